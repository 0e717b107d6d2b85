"""One truth in every text layout, cell by cell: nothing silent, overclaimed or missing; exact where places are kept.

The same measure over more truths: `make bench-layouts`.
"""

from __future__ import annotations

import pytest

from tests.corpus import LAYOUTS, random_options, random_truth
from tests.corpus.score import score_with_verdicts

SEEDS = range(900, 912)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cells(layout: str):
    for seed in SEEDS:
        truth = random_truth(seed)
        counts, verdicts = score_with_verdicts(truth, layout, random_options(seed))
        bad = [v for v in verdicts if v.verdict in ("silent", "overclaimed", "missing")]
        assert not bad, (seed, bad[:3])
        if LAYOUTS[layout].keeps_positions:
            assert counts["short_of_gold"] == 0, (seed, layout)
            assert counts["doubted_consistent"] == 0, (seed, layout)
