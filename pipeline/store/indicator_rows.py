"""Computes the table `indicators`: every indicator for every report, from its cells, in SQL."""

from __future__ import annotations

from pipeline import form
from pipeline.store.bounded import over_staged
from pipeline.store.indicators import Cell, forms_of, indicators, is_exchangeable
from pipeline.store.layout import Layout
from pipeline.store.sql import quoted
from pipeline.store.streamed import stage_query

# How far a cell can be relied on. What does not apply counts as 0; a blank is unknown.
_NOT_APPLICABLE, _CERTAIN, _DEDUCED, _DOUBTFUL, _OPEN, _NOT_ASKED, _IN_THE_ONE_ROW = range(-1, 6)

_FORM = {
    form.PROACTIVE: "r.form_proactive",
    form.APPLICATIONS: "r.form_applications",
    form.REMEDIES: f"CASE WHEN r.table_remedies = 'none' THEN 'none' ELSE {quoted(form.FORMS[-1])} END",
}

_SQL = """
WITH wanted(cell_no, table_code, row_code, column_code) AS (VALUES {wanted}),
found AS (
    SELECT c.report_id, w.cell_no,
           CASE WHEN c.obs_status IN ('M', 'K') THEN 0 ELSE c.value END AS number,
           CASE WHEN c.obs_status = 'M' THEN {not_applicable} WHEN c.obs_status = 'K' THEN {in_the_one_row}
                WHEN c.value IS NULL THEN {open} WHEN c.obs_status = 'A' THEN {certain}
                WHEN c.obs_status = 'I' THEN {deduced} WHEN c.obs_status = 'U' THEN {doubtful} ELSE {open} END AS rank
    FROM cells c JOIN wanted w USING (table_code, row_code, column_code)
),
wide AS (SELECT report_id, {picked} FROM found GROUP BY report_id),
whole AS (SELECT r.report_id, {numbers}, {ranks} FROM reports r LEFT JOIN wide w USING (report_id)),
measured AS (SELECT report_id, unnest([{measures}], recursive := true) FROM whole),
-- A sum that no number of the schema can hold is open, as is one with an open part.
sums AS (
    SELECT report_id, indicator, unit, scale, is_share, is_ratio,
           CASE WHEN above IS NULL THEN greatest(above_rank, {open}) ELSE above_rank END AS above_rank,
           CASE WHEN is_ratio AND below IS NULL THEN greatest(below_rank, {open}) ELSE below_rank END AS below_rank,
           above, below
    FROM measured
),
judged AS (
    SELECT *, greatest(above_rank, below_rank) AS rank,
           CASE WHEN above_rank < {open} AND (is_ratio OR above_rank > {not_applicable}) THEN above END AS numerator,
           CASE WHEN below_rank < {open} THEN below END AS denominator
    FROM sums
)
SELECT report_id, indicator, numerator, denominator,
       CASE WHEN rank >= {open} THEN NULL
            WHEN NOT is_ratio THEN numerator::DOUBLE * scale
            WHEN least(numerator, denominator) < 0 OR (is_share AND numerator > denominator) THEN NULL
            WHEN denominator = 0 THEN NULL
            ELSE numerator::DOUBLE * scale / denominator::DOUBLE END AS value,
       unit,
       CASE WHEN rank >= {not_asked} THEN 'M'
            WHEN rank = {open} THEN 'O'
            WHEN NOT is_ratio AND rank = {not_applicable} THEN 'M'
            WHEN is_ratio AND (least(numerator, denominator) < 0 OR (is_share AND numerator > denominator)) THEN 'O'
            WHEN is_ratio AND denominator = 0 THEN 'M'
            ELSE ['A', 'A', 'I', 'U'][rank + 2] END AS obs_status
FROM judged
"""


def stage_indicators(layout: Layout) -> None:
    """Stages the table `indicators`: a row for every report and indicator, its parts and value null where it has none."""
    with over_staged(layout, ("reports", "cells")) as connection:
        stage_query(connection, "indicators", indicators_sql(), layout.staged_table("indicators"))


def indicators_sql() -> str:
    """The query for the rows of `indicators`, over the tables `reports` and `cells`."""
    cells = tuple(dict.fromkeys(c for i in indicators() for c in (*i.numerator, *i.denominator)))
    number = {cell: n for n, cell in enumerate(cells)}
    picked = (
        f"any_value(number) FILTER (cell_no = {n}) AS n{n}, any_value(rank) FILTER (cell_no = {n}) AS r{n}"
        for n in number.values()
    )

    def side(members: tuple[Cell, ...], name: str) -> str:
        if not members:
            return f"'{name}': NULL::DECIMAL(18,6), '{name}_rank': NULL::INTEGER"
        ranks, terms = [], []
        for cell in members:
            n = number[cell]
            either = is_exchangeable(cell, members)
            terms.append(f"coalesce(n{n}, 0)" if either else f"n{n}")
            ranks.append(f"CASE WHEN r{n} >= {_NOT_ASKED} THEN {_NOT_APPLICABLE} ELSE r{n} END" if either else f"r{n}")
        return f"'{name}': TRY_CAST({' + '.join(terms)} AS DECIMAL(18,6)), '{name}_rank': greatest({', '.join(ranks)})"

    return _SQL.format(
        wanted=", ".join(f"({n}, {', '.join(map(quoted, c))})" for c, n in number.items()),
        picked=", ".join(picked),
        numbers=", ".join(f"n{n}" for n in number.values()),
        ranks=", ".join(f"coalesce(r{n}, {_absent(c)}) AS r{n}" for c, n in number.items()),
        measures=", ".join(
            f"{{'indicator': {quoted(i.indicator)}, 'unit': {quoted(i.unit)}, 'scale': {i.scale}, "
            f"'is_share': {i.is_share}, 'is_ratio': {bool(i.denominator)}, "
            f"{side(i.numerator, 'above')}, {side(i.denominator, 'below')}}}"
            for i in indicators()
        ),
        not_applicable=_NOT_APPLICABLE,
        certain=_CERTAIN,
        deduced=_DEDUCED,
        doubtful=_DOUBTFUL,
        open=_OPEN,
        not_asked=_NOT_ASKED,
        in_the_one_row=_IN_THE_ONE_ROW,
    )


def _absent(cell: Cell) -> str:
    """The rank of a cell that `cells` does not have: open where the table is missing, else not on the report's form."""
    known = ", ".join(map(quoted, ("none", *forms_of(cell))))
    return f"CASE WHEN {_FORM[cell.table_code]} IN ({known}) THEN {_OPEN} ELSE {_NOT_ASKED} END"
