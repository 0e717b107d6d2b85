"""Invariants of the table `indicators`: a value is its parts put together, and nothing stands for a measure left out."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.store.indicators import indicators
from pipeline.store.sql import quoted

_RELATIVE_ERROR = "1e-12"
"""Of a division in double precision, with room."""

Named = tuple[str, str]
"""(name, query of the rows of `indicators` that break it)"""


def of_values() -> Iterator[Named]:
    """A value against the numerator and the denominator that stand beside it."""
    known = ", ".join(f"({quoted(i.indicator)}, {i.scale}, {i.is_share}, {bool(i.denominator)})" for i in indicators())
    rows = (
        f"(SELECT * FROM {{batch}}) JOIN (VALUES {known}) AS k(indicator, scale, is_share, is_ratio) USING (indicator)"
    )
    computed = "numerator::DOUBLE * scale / CASE WHEN is_ratio THEN denominator::DOUBLE ELSE 1 END"
    for name, broken in (
        (
            "an indicator is its numerator times its scale, over its denominator where it has one",
            "value IS NOT NULL AND NOT coalesce(isfinite(value) "
            f"AND abs(value - {computed}) <= {_RELATIVE_ERROR} * abs({computed}), false)",
        ),
        (
            "an indicator is null exactly where the status says so, and only one that divides has a denominator",
            "(value IS NULL) <> (obs_status IN ('O', 'M')) OR (denominator IS NOT NULL AND NOT is_ratio)",
        ),
        ("a share lies between 0 and 1", "is_share AND value NOT BETWEEN 0 AND 1"),
    ):
        yield name, f"SELECT * FROM {rows} WHERE {broken}"


def of_reports() -> Named:
    return (
        "every report has every indicator",
        "SELECT report_id FROM reports LEFT JOIN (SELECT report_id, count(*) AS n FROM {batch} GROUP BY report_id) "
        f"USING (report_id) WHERE coalesce(n, 0) <> {len(indicators())}",
    )
