"""What the wide tables and views of the DuckDB file select, and how the wide tables are filled in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipeline import form, schema
from pipeline.schema.views import codes_over_forms
from pipeline.store.reports_wide import REPORTS_WIDE, reports_wide
from pipeline.store.sql import quoted

REPORTS_AT_ONCE = 8_192
"""Reports whose cells are laid out at a time: some 2·10⁶ cells."""
ALL = "true"
"""The condition on `report_id` that every report meets."""

_TF_IDF = """SELECT t.report_id, t.section_code, t.term, t.token_class, t.count, v.idf, t.count * v.idf AS tf_idf
FROM terms t JOIN vocabulary v USING (term)"""


def view_sql(view: schema.Table, span: str = ALL) -> str:
    """What a view of the schema selects: exactly its columns, with their types, in no order.

    `span` is a condition on `report_id`, which `tf_idf` does not take.
    """
    columns = ", ".join(f"{c.column}::{c.sql_type} AS {c.column}" for c in view.columns)
    if view.table in form.TABLES:
        rows = _rows_of_form(view.table, span)
    else:
        rows = reports_wide(span) if view.table == REPORTS_WIDE else _TF_IDF
    return f"SELECT {columns} FROM ({rows})"


def fill(connection: duckdb.DuckDBPyConnection, view: schema.Table, into: str) -> None:
    """Adds the rows of a wide table to the table `into`, by spans of `report_id`: the tables of cells are sorted by it, so
    that each span is read alone, and what has to be in memory does not grow with the dataset.
    """
    for span in _spans(connection):
        connection.execute(f"INSERT INTO {into} {view_sql(view, span)}")


def _spans(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Conditions on `report_id` that part the reports; each report meets one of them."""
    ends = connection.execute(
        "SELECT report_id FROM (SELECT report_id, row_number() OVER (ORDER BY report_id) AS n FROM reports) "
        f"WHERE n % {REPORTS_AT_ONCE} = 0 ORDER BY report_id"
    ).fetchall()
    before = ALL
    for (end,) in ends:
        yield f"{before} AND report_id <= {quoted(end)}"
        before = f"report_id > {quoted(end)}"
    yield before


def _rows_of_form(table_code: str, span: str) -> str:
    """A statutory table as printed: the label of a row is that of the report's own form where that has the row, else
    of the latest form that has it."""
    rows, columns = codes_over_forms(table_code)
    order = ", ".join(f"({quoted(r)}, {i})" for i, r in enumerate(rows, 1))
    own = {
        form.PROACTIVE: "r.form_proactive",
        form.APPLICATIONS: "r.form_applications",
        form.REMEDIES: quoted(form.FORMS[-1]),
    }[table_code]
    picked = ",\n        ".join(f"{_picked('value', c, c)}, {_picked('obs_status', c, f'{c}_status')}" for c in columns)
    return f"""
WITH row_order(row_code, row_no) AS (VALUES {order}),
labels AS (
    SELECT code AS row_code, form, label_zh FROM codes WHERE codelist = 'row' AND table_code = {quoted(table_code)}
),
latest AS (SELECT row_code, arg_max(label_zh, form) AS label_zh FROM labels GROUP BY row_code),
printed AS (
    SELECT report_id, row_code,
        {picked}
    FROM cells WHERE table_code = {quoted(table_code)} AND {span}
    GROUP BY report_id, row_code
)
SELECT r.report_id, r.issuer, r.report_year, o.row_no, p.* EXCLUDE (report_id),
    coalesce(own.label_zh, latest.label_zh) AS row_label
FROM printed p
JOIN reports r USING (report_id)
JOIN row_order o USING (row_code)
JOIN latest USING (row_code)
LEFT JOIN labels own ON own.row_code = p.row_code AND own.form = {own}"""


def _picked(what: str, column_code: str, name: str) -> str:
    return f"any_value({what}) FILTER (column_code = {quoted(column_code)}) AS {name}"
