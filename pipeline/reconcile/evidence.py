"""What a table's rows say about its totals: are they printed, are they blank, or is that open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FRAME, RESULTS = "frame", "results"
"""Blocks of rows. Every row outside the results is a frame row; the remedies table is one block."""


@dataclass(frozen=True, slots=True)
class RowEvidence:
    """One row with non-zero numbers. `testable`: some reading has a printed total that equals its parts.

    `could_end_in_total`: as far as the row itself says, its last number could be a total whose parts the text lost.
    """

    block: str
    testable: bool
    could_end_in_total: bool


@dataclass(frozen=True, slots=True)
class Convention:
    """How the rows of one block are to be read.

    `totals_printed`: at least twice as many testable rows as untestable ones. `doubtful`: rows whose last number may
    be a total without its parts outweigh the rest. Then a reading that takes the total for the blank cannot be told
    from one in which a whole column of numbers was lost: every identity holds for both.
    """

    totals_printed: bool
    doubtful: bool
    has_evidence: bool


def convention(rows: Iterable[RowEvidence]) -> Convention:
    testable = doubtful = surely_blank = 0
    for r in rows:
        testable += r.testable
        doubtful += not r.testable and r.could_end_in_total
        surely_blank += not r.testable and not r.could_end_in_total
    printed = testable > 0 and testable >= 2 * (doubtful + surely_blank)
    return Convention(
        printed,
        doubtful > 0 and not printed and not surely_blank >= 2 * doubtful,
        testable + doubtful + surely_blank > 0,
    )
