"""Measures of keyness: how much more frequent a feature is in one group of texts than in another.

For each feature a table of two by two, with `a` occurrences in the group, `b` in the reference, and `c` and `d` the rest
of the tokens that were counted there. All measures are signed: positive where the feature is more frequent in the group
than expected.

* `log_likelihood`: the likelihood ratio G² (Dunning 1993), without correction. What quanteda.textstats gives for
  `textstat_keyness(x, target, measure = "lr", correction = "none")`, which however adds 10^-9 inside each logarithm.
* `chi2`: Pearson's χ² with Yates' correction where an expected count is below 5 and the correction does not exceed the
  deviation, |ad - bc| ≥ N/2. What quanteda.textstats gives for `measure = "chi2"` (its default correction).
* `log_ratio`: the binary logarithm of the ratio of the two relative frequencies (Hardie 2014), no test but a size: 1 is
  twice as frequent, 2 four times. A count of 0 is taken as 0.5. Its p value is that of `log_likelihood`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

LOG_LIKELIHOOD, CHI2, LOG_RATIO = "log_likelihood", "chi2", "log_ratio"
MEASURES = {
    LOG_LIKELIHOOD: "log-likelihood G² (Dunning 1993), signed, no correction",
    CHI2: "chi-squared, signed, Yates' correction where an expected count is below 5 and |ad - bc| ≥ N/2",
    LOG_RATIO: "log ratio (Hardie 2014), binary logarithm, a count of 0 taken as 0.5; p of log-likelihood",
}
"""Measures by name, with what is shown beside their figures."""

_FEW = 5
_ABSENT = 0.5


def log_likelihood(a: int, b: int, group: int, reference: int) -> float:
    """Signed G²; `group` and `reference` are the tokens counted in each."""
    table = _cells(a, b, group, reference)
    observed = 2 * sum(o * math.log(o / e) for o, e in zip(table, _expected(*table), strict=True) if o)
    return _signed(max(observed, 0.0), *table)


def chi2(a: int, b: int, group: int, reference: int) -> float:
    """Signed χ² with Yates' correction where quanteda applies it; 0 where a margin is empty."""
    table = a, b, c, d = _cells(a, b, group, reference)
    n = a + b + c + d
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if not margins:
        return 0.0
    deviation = abs(a * d - b * c)
    is_corrected = 2 * deviation >= n and min(_expected(*table)) < _FEW
    return _signed(n * (deviation - (n / 2 if is_corrected else 0)) ** 2 / margins, *table)


def log_ratio(a: int, b: int, group: int, reference: int) -> float:
    """Binary logarithm of the ratio of relative frequencies; neither group may be empty."""
    return math.log2(((a or _ABSENT) / group) / ((b or _ABSENT) / reference))


def p_value(statistic: float) -> float:
    """Upper tail of χ² with one degree of freedom, for a signed statistic."""
    return math.erfc(math.sqrt(abs(statistic) / 2))


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """p values adjusted for the rate of false discoveries (Benjamini and Hochberg 1995), in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i], reverse=True)
    out, least = [0.0] * len(p_values), 1.0
    for rank, i in zip(range(len(order), 0, -1), order, strict=True):
        least = min(least, p_values[i] * len(p_values) / rank)
        out[i] = least
    return tuple(out)


def _cells(a: int, b: int, group: int, reference: int) -> tuple[int, int, int, int]:
    # Two hits of a dictionary can share one token, so in a very short text there may be more hits than tokens.
    return a, b, max(group - a, 0), max(reference - b, 0)


def _expected(a: int, b: int, c: int, d: int) -> tuple[float, float, float, float]:
    n = a + b + c + d
    return (a + b) * (a + c) / n, (a + b) * (b + d) / n, (a + c) * (c + d) / n, (b + d) * (c + d) / n


def _signed(statistic: float, a: int, b: int, c: int, d: int) -> float:
    return statistic if a * (a + b + c + d) > (a + b) * (a + c) else 0.0 - statistic
