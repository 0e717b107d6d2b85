"""Builds the DuckDB file from the staged Parquet: typed tables with comments, wide views, views and macros that pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline import form, schema
from pipeline.schema.views import codes_over_forms
from pipeline.store.layout import Layout
from pipeline.store.measures import write_measures
from pipeline.store.reports_wide import REPORTS_WIDE, reports_wide
from pipeline.store.sql import connect, only, quoted

_TF_IDF = """SELECT t.report_id, t.section_code, t.term, t.token_class, t.count, v.idf, t.count * v.idf AS tf_idf
FROM terms t JOIN vocabulary v USING (term)"""


def built_tables() -> tuple[schema.Table, ...]:
    return tuple(t for t in schema.tables() if t.status == schema.BUILT)


def write_database(layout: Layout, path: Path) -> None:
    """Writes the DuckDB file at `path`, replacing what is there."""
    path.unlink(missing_ok=True)
    connection = connect(path)
    try:
        with _at_once(connection):
            create(connection)
        for table in built_tables():
            _fill(connection, table, layout.staged_table(table.table))
        with _at_once(connection):
            _comment(connection)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the tables without rows, the views over them and the measures; of comments those of the measures alone."""
    for table in built_tables():
        columns = ", ".join(f"{c.column} {c.sql_type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns)
        connection.execute(f"CREATE TABLE {table.table} ({columns})")
    for view in schema.views():
        connection.execute(f"CREATE VIEW {view.table} AS {view_sql(view)}")
    write_measures(connection)


def view_sql(view: schema.Table) -> str:
    """What a view of the schema selects: exactly its columns, with their types."""
    columns = ", ".join(f"{c.column}::{c.sql_type} AS {c.column}" for c in view.columns)
    if view.table in form.TABLES:
        rows = _rows_view(view.table)
    else:
        rows = {REPORTS_WIDE: reports_wide(), "tf_idf": _TF_IDF}[view.table]
    return f"SELECT {columns} FROM ({rows})"


def _fill(connection: duckdb.DuckDBPyConnection, table: schema.Table, source: Path) -> None:
    names = ", ".join(c.column for c in table.columns)
    connection.execute(
        f"INSERT INTO {table.table} SELECT {names} FROM read_parquet({only(source)}, hive_partitioning = false)"
    )


@contextmanager
def _at_once(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Hundreds of short statements in one transaction: each of its own would wait for the disk."""
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    for table in built_tables():
        connection.execute(f"COMMENT ON TABLE {table.table} IS {quoted(table.comment)}")
        _comment_columns(connection, table)
    for view in schema.views():
        connection.execute(f"COMMENT ON VIEW {view.table} IS {quoted(view.comment)}")
        _comment_columns(connection, view)


def _comment_columns(connection: duckdb.DuckDBPyConnection, table: schema.Table) -> None:
    for c in table.columns:
        connection.execute(f"COMMENT ON COLUMN {table.table}.{c.column} IS {quoted(c.comment)}")


def _picked(what: str, name: str, **codes: str) -> str:
    where = " AND ".join(f"c.{k}_code = {quoted(v)}" for k, v in codes.items())
    return f"any_value(c.{what}) FILTER ({where}) AS {name}"


def _rows_view(table_code: str) -> str:
    """A statutory table as printed: the label of a row is that of the report's own form where that has the row, else
    of the latest form that has it."""
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
    coalesce(any_value(l.label_zh) FILTER (l.form = {own}), arg_max(l.label_zh, l.form)) AS row_label,
    {picked}
FROM cells c
JOIN reports r USING (report_id)
JOIN row_order o ON o.row_code = c.row_code
JOIN labels l ON l.code = c.row_code
WHERE c.table_code = {quoted(table_code)}
GROUP BY r.report_id, r.issuer, r.report_year, o.row_no, c.row_code
ORDER BY r.report_year, r.issuer, r.report_id, o.row_no"""
