"""Derived measures of a report: each the ratio or the sum of cells that `schema/data/indicators.csv` names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from pipeline.data_files import table_rows
from pipeline.store.files import stage
from pipeline.store.layout import Layout
from pipeline.store.sql import over_staged, quoted


@dataclass(frozen=True, slots=True)
class Indicator:
    """Sum of the numerator's cells, divided by the sum of the denominator's where there is one."""

    indicator: str
    unit: str
    numerator: tuple[tuple[str, ...], ...]
    denominator: tuple[tuple[str, ...], ...]


@cache
def indicators() -> tuple[Indicator, ...]:
    return tuple(
        Indicator(
            r["indicator"],
            r["unit"],
            tuple(tuple(cell.split("/")) for cell in r["numerator"].split()),
            tuple(tuple(cell.split("/")) for cell in r["denominator"].split()),
        )
        for r in table_rows("pipeline.schema", "indicators.csv")
    )


# M and K count as 0: the source says that there is nothing, or counts it in the row `other`. A blank is unknown.
_SQL = """
WITH terms(indicator, unit, side, table_code, row_code, column_code) AS (VALUES {terms}),
joined AS (
    SELECT r.report_id, t.indicator, t.unit, t.side,
           CASE WHEN c.obs_status IN ('M', 'K') THEN 0 ELSE c.value END AS number,
           CASE WHEN c.obs_status IN ('M', 'K') THEN 'A' ELSE coalesce(c.obs_status, 'O') END AS status
    FROM reports r CROSS JOIN terms t
    LEFT JOIN cells c USING (report_id, table_code, row_code, column_code)
),
summed AS (
    SELECT report_id, indicator, any_value(unit) AS unit,
           sum(number) FILTER (side = 'numerator') AS numerator,
           sum(number) FILTER (side = 'denominator') AS denominator,
           bool_or(side = 'denominator') AS is_share,
           bool_or(number IS NULL) AS is_open,
           max(CASE status WHEN 'A' THEN 0 WHEN 'I' THEN 1 WHEN 'U' THEN 2 ELSE 3 END) AS weakest
    FROM joined GROUP BY report_id, indicator
)
SELECT report_id, indicator, unit,
       CASE WHEN is_open THEN NULL
            WHEN NOT is_share THEN numerator::DOUBLE
            WHEN denominator = 0 THEN NULL
            ELSE numerator::DOUBLE / denominator::DOUBLE END AS value,
       CASE WHEN is_open THEN 'O'
            WHEN is_share AND denominator = 0 THEN 'M'
            ELSE ['A', 'I', 'U', 'O'][weakest + 1] END AS obs_status
FROM summed
"""


def stage_indicators(layout: Layout) -> pl.DataFrame:
    """Stages the table `indicators`: every indicator for every report, null where a number that it needs is missing."""
    terms = ", ".join(
        "(" + ", ".join(quoted(x) for x in (i.indicator, i.unit, side, *cell)) + ")"
        for i in indicators()
        for side, cells in (("numerator", i.numerator), ("denominator", i.denominator))
        for cell in cells
    )
    beside = layout.staged_table("indicators").with_suffix(".computed")
    with over_staged(layout, ("reports", "cells")) as connection:
        connection.execute(f"COPY ({_SQL.format(terms=terms)}) TO {quoted(str(beside))} (FORMAT parquet)")
    try:
        # A share of nothing, or an empty dataset, leaves types to the schema.
        return stage(layout.staged_table("indicators"), "indicators", pl.read_parquet(beside, glob=False))
    finally:
        beside.unlink()
