"""Lists every row that differs between two releases, into a table of a DuckDB file: of any size, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.release.changes.model import ADDED, CHANGED, REMOVED, ChangedTable, Count
from pipeline.release.changes.reasons import Causes, joined
from pipeline.store.compare_tables import TablePair, find_touched, name
from pipeline.store.sql import quoted
from pipeline.textdata.spreadsheet import safe_sql

COLUMNS = ("table_name", "change", "row_key", "report_id", "column_name", "value_old", "value_new", "reason")
"""Columns of `rows`: of a row that was added or removed column and values are null; `report_id` is null where a table has none."""
_LISTED = "list_filter([{}], lambda v: v IS NOT NULL)"
_ORDER = "table_no, row_key, change, column_no"


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE differing (table_no INTEGER, table_name VARCHAR, row_key VARCHAR, report_id VARCHAR, change VARCHAR, "
        "column_no INTEGER, column_name VARCHAR, value_old VARCHAR, value_new VARCHAR, reason VARCHAR)"
    )


def collect(connection: duckdb.DuckDBPyConnection, number: int, pair: TablePair, causes: Causes) -> None:
    """Adds the rows of a table that differ. `report_marks` must be there."""
    if not pair.key:
        _collect_whole(connection, number, pair, causes)
        return
    if pair.by_report:
        find_touched(connection, pair)
        # Rows of a report that only one release has need no join to tell that they came or went.
        connection.execute(
            "DELETE FROM touched WHERE report_id IN (SELECT report_id FROM report_marks WHERE reason IS NOT NULL)"
        )
        for side, alias, change in ((pair.new, "n", ADDED), (pair.old, "o", REMOVED)):
            connection.execute(
                f"""INSERT INTO differing
                SELECT {number}, {quoted(pair.table)}, {_key(pair, (alias,))}, report_id, {quoted(change)}, 0, NULL, NULL, NULL, m.reason
                FROM {side} {alias} JOIN report_marks m USING (report_id) WHERE m.reason IS NOT NULL"""
            )
        if connection.execute("SELECT 1 FROM touched LIMIT 1").fetchone() is None:
            return
    row = f"{{'no': 0, 'name': NULL::VARCHAR, 'old': NULL::VARCHAR, 'new': NULL::VARCHAR, 'reason': {causes.of(pair)}}}"
    values = ", ".join(
        f"CASE WHEN {pair.differs(c)} THEN {{'no': {n}, 'name': {quoted(c)}, 'old': {pair.text('o', c)}, "
        f"'new': {pair.text('n', c)}, 'reason': {causes.of(pair, c)}}} END"
        for n, c in enumerate(pair.columns, 1)
    )
    report = "coalesce(n.report_id, o.report_id)" if "report_id" in (*pair.key, *pair.columns) else "NULL"
    change = f"CASE WHEN o.is_here IS NULL THEN '{ADDED}' WHEN n.is_here IS NULL THEN '{REMOVED}' ELSE '{CHANGED}' END"
    connection.execute(
        f"""INSERT INTO differing
        SELECT {number}, {quoted(pair.table)}, row_key, report, change, v.no, v.name, v.old, v.new, v.reason
        FROM (SELECT {_key(pair, ("n", "o"))} AS row_key, {report}::VARCHAR AS report, {change} AS change,
              unnest(CASE WHEN o.is_here AND n.is_here THEN {_LISTED.format(values)} ELSE [{row}] END) AS v
              FROM {joined(pair)} WHERE {pair.differing()})"""
    )


def _collect_whole(connection: duckdb.DuckDBPyConnection, number: int, pair: TablePair, causes: Causes) -> None:
    """A table without a key: its rows are compared as they are, and stand as their own keys."""
    columns = ", ".join(f"{name(c)}::VARCHAR AS {name(c)}" for c in pair.columns)
    reason = "reader" if causes.program else "corpus" if causes.corpus else "unexplained"
    for change, first, second in ((ADDED, pair.new, pair.old), (REMOVED, pair.old, pair.new)):
        connection.execute(
            f"""INSERT INTO differing SELECT {number}, {quoted(pair.table)}, to_json(t)::VARCHAR, NULL, {quoted(change)}, 0,
            NULL, NULL, NULL, {quoted(reason)}
            FROM (SELECT {columns} FROM {first} EXCEPT ALL SELECT {columns} FROM {second}) t"""
        )


def _key(pair: TablePair, aliases: tuple[str, ...]) -> str:
    """The key as a JSON object, which names its columns: they differ from table to table."""
    named = ", ".join(f"{quoted(k)}: coalesce({', '.join(f'{a}.{name(k)}' for a in aliases)}, NULL)" for k in pair.key)
    return f"to_json({{{named}}})::VARCHAR"


def counts(connection: duckdb.DuckDBPyConnection) -> tuple[Count, ...]:
    """Rows and values by table, change and reason."""
    found = connection.execute(
        f"""SELECT table_name, change, reason,
            CASE change WHEN '{CHANGED}' THEN count(DISTINCT row_key) ELSE count(*) END, count(column_name)
        FROM differing GROUP BY table_no, table_name, change, reason ORDER BY table_no, change, reason"""
    ).fetchall()
    return tuple(Count(*row) for row in found)


def changed_tables(connection: duckdb.DuckDBPyConnection) -> tuple[ChangedTable, ...]:
    """Rows that changed and values of these, the columns with the most of them first."""
    found = connection.execute(
        """SELECT table_name, any_value(changed), list((column_name, n) ORDER BY n DESC, column_name)
        FROM (SELECT table_no, table_name, column_name, count(*) AS n FROM differing WHERE column_name IS NOT NULL GROUP BY ALL)
        JOIN (SELECT table_name, count(DISTINCT row_key) AS changed FROM differing WHERE column_name IS NOT NULL GROUP BY ALL)
        USING (table_name) GROUP BY table_no, table_name ORDER BY table_no"""
    ).fetchall()
    return tuple(ChangedTable(table, rows, tuple((c, n) for c, n in values)) for table, rows, values in found)


def export(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes `rows.parquet` and `rows.csv.gz`, in the same order; in the latter no cell starts a formula, and each stands in quotation
    marks, as in the CSV files of the tables."""
    listed = ", ".join(COLUMNS)
    safe = ", ".join(f"{_no_formula(c)} AS {c}" for c in COLUMNS)
    # One thread and the order of rows kept: the same rows give the same bytes.
    connection.execute("SET threads = 1")
    connection.execute("SET preserve_insertion_order = true")
    for path, what, how in (
        (folder / "rows.parquet", listed, "FORMAT parquet, COMPRESSION zstd"),
        (folder / "rows.csv.gz", safe, "FORMAT csv, HEADER, FORCE_QUOTE *, COMPRESSION gzip"),
    ):
        connection.execute(f"COPY (SELECT {what} FROM differing ORDER BY {_ORDER}) TO {quoted(str(path))} ({how})")


def _no_formula(column: str) -> str:
    """Numbers stay as they are: here they are texts, and one below zero begins as a formula may."""
    return f"CASE WHEN regexp_full_match({column}, '-?[0-9]+([.][0-9]+)?') THEN {column} ELSE {safe_sql(column)} END"
