"""SQL of the wide table `reports_wide`: one row a report, each cell of the forms as two columns, number and status.

The cells of a report are gathered in lists by one aggregation, and each column picks its place from them: with one
aggregate a column the query would take twenty times as long. The lists are held in memory, so it is asked for some
thousand reports at a time (`pipeline.store.wide_tables`).
"""

from __future__ import annotations

from pipeline import form, schema
from pipeline.schema.views import HARMONISED_PARTS, WideCell, wide_cells
from pipeline.store.sql import quoted

REPORTS_WIDE = "reports_wide"
_COUNTS = {"cells_certain": "A", "cells_doubted": "U", "cells_deduced": "I", "cells_open": "O"}
_CORRECTED = "cells_corrected"
_FINDINGS = {"findings_error": "error", "findings_warning": "warning"}


def reports_wide(span: str = "true") -> str:
    """The statement, over the reports that meet a condition on `report_id`. Columns in no particular order: the schema
    has it."""
    parts = [
        WideCell(c.table_code, part, c.column_code)
        for c in wide_cells()
        if c.is_harmonised
        for part in HARMONISED_PARTS
    ]
    placed = {c: n for n, c in enumerate((*wide_cells(), *parts))}
    places = ", ".join(
        f"({quoted(c.table_code)}, {quoted(c.row_code)}, {quoted(c.column_code)}, {n})" for c, n in placed.items()
    )
    conditions = {n: f"c.obs_status = {quoted(s)}" for n, s in _COUNTS.items()} | {
        _CORRECTED: "c.correction_id IS NOT NULL"
    }
    counted = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in conditions.items())
    found = ", ".join(f"count(*) FILTER (severity = {quoted(s)}) AS {name}" for name, s in _FINDINGS.items())
    picked = ",\n        ".join(
        f"numbers[list_position(places, {n})] AS {c.value}, statuses[list_position(places, {n})] AS {c.status}"
        for c, n in placed.items()
    )
    reported = {c.column for c in schema.table("reports").columns}
    of_report = [c.column for c in schema.view(REPORTS_WIDE).columns if c.column in reported]
    columns = [
        *(f"r.{c}" for c in of_report),
        *(f"coalesce({c}, 0) AS {c}" for c in (*conditions, *_FINDINGS)),
        *(x for c in wide_cells() for x in (_harmonised(c) if c.is_harmonised else (c.value, c.status))),
    ]
    listed = ",\n    ".join(columns)
    return f"""
WITH form_places(table_code, row_code, column_code, place) AS (VALUES {places}),
gathered AS (
    SELECT c.report_id, {counted},
        list({{'place': p.place, 'number': c.value, 'status': c.obs_status}}) AS cells
    FROM (FROM cells WHERE {span}) c LEFT JOIN form_places p USING (table_code, row_code, column_code)
    GROUP BY c.report_id
),
lists AS (
    SELECT * EXCLUDE (cells), list_transform(cells, lambda x: x.place) AS places,
        list_transform(cells, lambda x: x.number) AS numbers, list_transform(cells, lambda x: x.status) AS statuses
    FROM gathered
),
picked AS (
    SELECT report_id, {", ".join(conditions)},
        {picked}
    FROM lists
),
found AS (SELECT report_id, {found} FROM flags WHERE {span} GROUP BY report_id)
SELECT {listed}
FROM (FROM reports WHERE {span}) r LEFT JOIN picked USING (report_id) LEFT JOIN found USING (report_id)"""


def _harmonised(cell: WideCell) -> tuple[str, str]:
    """The one printed row, or the sum of its three where all are known; `does not apply` counts as 0."""
    three = [WideCell(form.APPLICATIONS, part, cell.column_code) for part in HARMONISED_PARTS]
    one = f"CASE {cell.status} WHEN 'M' THEN 0 ELSE {cell.value} END"
    total = " + ".join(f"CASE {c.status} WHEN 'M' THEN 0 WHEN 'K' THEN NULL ELSE {c.value} END" for c in three)
    statuses = ", ".join(c.status for c in three)
    # Null where the report has none of the three cells: nothing is compared with a null.
    weakest = f"""CASE
            WHEN coalesce({statuses}) IS NULL THEN NULL
            WHEN {" AND ".join(f"coalesce({c.status}, 'O') = 'M'" for c in three)} THEN 'M'
            WHEN {" OR ".join(f"coalesce({c.status}, 'O') IN ('O', 'K')" for c in three)} THEN 'O'
            WHEN 'U' IN ({statuses}) THEN 'U'
            WHEN 'I' IN ({statuses}) THEN 'I'
            ELSE 'A' END"""
    return (
        f"coalesce({one}, {total}) AS {cell.value}",
        f"CASE WHEN {cell.status} IS NOT NULL AND (({one}) IS NOT NULL OR ({total}) IS NULL) THEN {cell.status} "
        f"ELSE {weakest} END AS {cell.status}",
    )
