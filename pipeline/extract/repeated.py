"""Rows that stand twice: a second table in the section, or a row printed again with other numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.align import Alignment, RowMatch
from pipeline.extract.cells import Reading


def report_repeated(reading: Reading, alignment: Alignment, rows: Sequence[RowMatch]) -> None:
    """Names every row that is printed again with other numbers than those that were taken."""
    by_code = {r.row_code: r for r in rows}
    for code, it in alignment.repeated:
        taken = by_code.get(code)
        if taken is None:
            continue
        own = [p.text for p in (taken.values.value_pieces if taken.values else ()) if p.text]
        other = [p.text for p in it.value_pieces if p.text]
        if own != other:
            reading.find(
                "row_repeated", row=code, observed=" ".join(other)[:200], expected=" ".join(own), at=(it.start, it.end)
            )
