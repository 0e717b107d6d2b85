"""Builds the DuckDB file from the staged Parquet: typed tables with comments, and wide views for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline import form, schema
from pipeline.store.layout import Layout
from pipeline.store.sql import only, quoted

VIEWS = {
    form.PROACTIVE: "One row per report and row of the table of section two, one column per form column. "
    "第二节表格：每份报告、每行一行，表格的每列一列。",
    form.APPLICATIONS: "One row per report and row of the table of section three, one column per form column. "
    "第三节表格：每份报告、每行一行，表格的每列一列。",
    form.REMEDIES: "One row per report and row of the table of section four, one column per form column. "
    "第四节表格：每份报告、每行一行，表格的每列一列。",
    "reports_wide": "One row per report, one column per cell, the forms harmonised: `other` is the one printed row or "
    "the sum of its three. 每份报告一行，每个单元格一列，各表式已统一：`other` 为印出的一行或其三行之和。",
    "tf_idf": "One row per row of `terms` with its tf-idf: the count times `vocabulary.idf`, which is frozen with this "
    "dataset (the raw count; nothing is normalised). "
    "`terms` 的每一行附 tf-idf：词频乘以 `vocabulary.idf`；idf 随本数据集固定（词频为原始次数，不作归一化）。",
}

_TF_IDF = """SELECT t.report_id, t.section_code, t.term, t.token_class, t.count, v.idf, t.count * v.idf AS tf_idf
FROM terms t JOIN vocabulary v USING (term)"""


def built_tables() -> tuple[schema.Table, ...]:
    return tuple(t for t in schema.tables() if t.status == schema.BUILT)


def codes_over_forms(table_code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rows and columns of a table over all forms, each in the order in which the forms print them."""
    rows: dict[str, None] = {}
    columns: dict[str, None] = {}
    for f in reversed(form.FORMS):
        rows.update(dict.fromkeys(form.row_codes(f, table_code)))
        columns.update(dict.fromkeys(form.column_codes(f, table_code)))
    return tuple(rows), tuple(columns)


def write_database(layout: Layout, path: Path) -> None:
    """Writes the DuckDB file at `path`, replacing what is there."""
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path))
    try:
        for table in built_tables():
            _write_table(connection, table, layout.staged_table(table.table))
        for table_code in form.TABLES:
            connection.execute(f"CREATE VIEW {table_code} AS {_rows_view(table_code)}")
        connection.execute(f"CREATE VIEW reports_wide AS {_reports_view()}")
        connection.execute(f"CREATE VIEW tf_idf AS {_TF_IDF}")
        for view, comment in VIEWS.items():
            connection.execute(f"COMMENT ON VIEW {view} IS {quoted(comment)}")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _write_table(connection: duckdb.DuckDBPyConnection, table: schema.Table, source: Path) -> None:
    columns = ", ".join(f"{c.column} {c.sql_type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns)
    names = ", ".join(c.column for c in table.columns)
    connection.execute(f"CREATE TABLE {table.table} ({columns})")
    connection.execute(f"INSERT INTO {table.table} SELECT {names} FROM read_parquet({only(source)})")
    connection.execute(f"COMMENT ON TABLE {table.table} IS {quoted(table.comment)}")
    for c in table.columns:
        connection.execute(f"COMMENT ON COLUMN {table.table}.{c.column} IS {quoted(c.comment)}")


def _picked(what: str, name: str, **codes: str) -> str:
    where = " AND ".join(f"c.{k}_code = {quoted(v)}" for k, v in codes.items())
    return f"any_value(c.{what}) FILTER ({where}) AS {name}"


def _rows_view(table_code: str) -> str:
    """A statutory table as printed: the label of a row is that of the report's own form where that has the row."""
    rows, columns = codes_over_forms(table_code)
    order = ", ".join(f"({quoted(r)}, {i})" for i, r in enumerate(rows, 1))
    own = {
        form.PROACTIVE: "r.form_proactive",
        form.APPLICATIONS: "r.form_applications",
        form.REMEDIES: quoted(form.FORMS[-1]),
    }[table_code]
    picked = ",\n    ".join(
        f"{_picked('value', c, column=c)}, {_picked('obs_status', f'{c}_status', column=c)}" for c in columns
    )
    return f"""
WITH row_order(row_code, row_no) AS (VALUES {order}),
labels AS (
    SELECT code, form, label_zh, label_en FROM codes WHERE codelist = 'row' AND table_code = {quoted(table_code)}
)
SELECT r.report_id, r.issuer, r.report_year, o.row_no, c.row_code,
    coalesce(any_value(l.label_zh) FILTER (l.form = {own}), any_value(l.label_zh)) AS row_label,
    {picked}
FROM cells c
JOIN reports r USING (report_id)
JOIN row_order o ON o.row_code = c.row_code
JOIN labels l ON l.code = c.row_code
WHERE c.table_code = {quoted(table_code)}
GROUP BY r.report_id, r.issuer, r.report_year, o.row_no, c.row_code
ORDER BY r.report_year, r.issuer, r.report_id, o.row_no"""


def _reports_view() -> str:
    values, harmonised = [], []
    for table_code in form.TABLES:
        rows, columns = codes_over_forms(table_code)
        for row in (*rows, *(["other"] if table_code == form.APPLICATIONS and "other" not in rows else [])):
            if table_code == form.APPLICATIONS and row.startswith("other_"):
                continue
            for column in columns:
                name = f"{table_code}_{row}_{column}"
                if table_code == form.APPLICATIONS and row == "other":
                    harmonised.append(_other(column, name))
                elif any(column in form.columns_of_row(f, table_code, row) for f in form.FORMS):
                    values.append(_picked("value", name, table=table_code, row=row, column=column))
    picked = ",\n    ".join((*values, *harmonised))
    keys: Sequence[str] = ("report_id", "issuer_id", "issuer", "report_year", "form_proactive", "form_applications")
    listed = ", ".join(f"r.{k}" for k in keys)
    return f"SELECT {listed},\n    {picked}\nFROM reports r LEFT JOIN cells c USING (report_id)\nGROUP BY {listed}"


def _other(column: str, name: str) -> str:
    """The one printed row, or the sum of its three where all are known; `does not apply` counts as 0."""
    here = f"c.table_code = 'applications' AND c.column_code = {quoted(column)}"
    number = "CASE WHEN c.obs_status = 'M' THEN 0 ELSE c.value END"
    three = "c.row_code IN ('other_uncorrected', 'other_unpaid_fee', 'other_other') AND c.obs_status <> 'K'"
    return f"""coalesce(
        any_value({number}) FILTER ({here} AND c.row_code = 'other'),
        CASE WHEN count({number}) FILTER ({here} AND {three}) = 3
             THEN sum({number}) FILTER ({here} AND {three}) END)::DECIMAL(18,6) AS {name}"""
