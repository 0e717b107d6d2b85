"""Measures of keyness, held against values worked out by hand and against scipy's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import chi2_contingency, false_discovery_control

from pipeline.textdata import measures

COUNTS = st.integers(1, 400)


def test_log_likelihood_of_a_textbook_table() -> None:
    # 120 of 20,000 tokens against 60 of 30,000: 2·Σ O·ln(O/E) with E = 72, 108, 19,928, 29,892.
    expected = 2 * (
        120 * math.log(120 / 72)
        + 60 * math.log(60 / 108)
        + 19_880 * math.log(19_880 / 19_928)
        + 29_940 * math.log(29_940 / 29_892)
    )
    assert measures.log_likelihood(120, 60, 20_000, 30_000) == pytest.approx(expected)
    assert measures.log_likelihood(60, 120, 30_000, 20_000) == pytest.approx(-expected)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_log_likelihood_is_that_of_scipy_with_a_sign(a: int, b: int, c: int, d: int) -> None:
    theirs = chi2_contingency([[a, b], [c, d]], correction=False, lambda_="log-likelihood").statistic
    ours = measures.log_likelihood(a, b, a + c, b + d)
    assert abs(ours) == pytest.approx(theirs, abs=1e-8)
    assert ours >= 0 if a * d >= b * c else ours <= 0


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_chi2_is_that_of_scipy_with_yates_where_quanteda_corrects(a: int, b: int, c: int, d: int) -> None:
    plain = chi2_contingency([[a, b], [c, d]], correction=False)
    n = a + b + c + d
    is_corrected = plain.expected_freq.min() < 5 and abs(a * d - b * c) >= n / 2
    theirs = chi2_contingency([[a, b], [c, d]], correction=is_corrected).statistic
    assert abs(measures.chi2(a, b, a + c, b + d)) == pytest.approx(theirs, abs=1e-8)


def test_chi2_of_quantedas_own_example() -> None:
    # Its test suite holds textstat_keyness of (3, 7) against (7, 2) to chisq.test with Yates' correction.
    theirs = chi2_contingency([[3, 7], [7, 2]], correction=True).statistic
    assert measures.chi2(3, 7, 10, 9) == pytest.approx(-theirs)


def test_log_ratio_is_a_size_and_an_absent_word_counts_half() -> None:
    assert measures.log_ratio(40, 10, 1000, 1000) == 2
    assert measures.log_ratio(10, 40, 1000, 1000) == -2
    assert measures.log_ratio(4, 0, 1000, 1000) == 3
    assert measures.log_ratio(10, 10, 1000, 2000) == 1


def test_a_feature_as_frequent_as_expected_has_nought_and_p_one() -> None:
    for measure in (measures.log_likelihood, measures.chi2, measures.log_ratio):
        assert str(measure(5, 10, 100, 200)) == "0.0"
    assert measures.p_value(0.0) == 1


def test_a_feature_that_is_all_there_is_tells_nothing() -> None:
    assert measures.chi2(5, 7, 5, 7) == measures.log_likelihood(5, 7, 5, 7) == 0


@given(st.floats(-60, 60))
def test_p_is_the_upper_tail_of_chi_squared(statistic: float) -> None:
    assert measures.p_value(statistic) == pytest.approx(chi2_distribution.sf(abs(statistic), 1), rel=1e-9)


def test_p_does_not_end_at_the_precision_of_one_minus_a_number() -> None:
    assert 0 < measures.p_value(500.0) < 1e-100


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_adjusted_p_values_are_those_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    assert measures.adjusted(p_values) == pytest.approx(false_discovery_control(p_values).tolist())


def test_no_p_values_no_adjusted_ones() -> None:
    assert measures.adjusted([]) == ()
