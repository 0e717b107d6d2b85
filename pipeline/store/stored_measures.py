"""Writes the measures into a DuckDB file, and fills those that are stored as tables."""

from __future__ import annotations

from itertools import takewhile

import duckdb

from pipeline.store.measures import MEASURES, SCALAR_MACRO, TABLE, TABLE_MACRO, VIEW, Measure, column_words
from pipeline.store.sql import quoted

_CALLED = {TABLE: "TABLE", VIEW: "VIEW", TABLE_MACRO: "MACRO TABLE", SCALAR_MACRO: "MACRO"}


def stored_measures() -> tuple[Measure, ...]:
    return tuple(m for m in MEASURES if m.kind == TABLE)


def write_measures(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates them beside the tables, each with its comment, tables and views with comments on their columns."""
    words = {r["column"]: f"{r['description_en']} {r['description_zh']}" for r in column_words()}
    for m in MEASURES:
        connection.execute(m.create)
        connection.execute(f"COMMENT ON {_CALLED[m.kind]} {m.name} IS {quoted(m.comment.strip())}")
        if m.kind in (TABLE, VIEW):
            for (column,) in connection.execute(
                f"SELECT column_name FROM duckdb_columns() WHERE table_name = {quoted(m.name)}"
            ).fetchall():
                connection.execute(f"COMMENT ON COLUMN {m.name}.{column} IS {quoted(words[column])}")


def fill_measures(connection: duckdb.DuckDBPyConnection) -> None:
    """Fills the stored ones, which are empty, from the tables."""
    for m in stored_measures():
        connection.execute(f"INSERT INTO {m.name} {m.sql} ORDER BY {m.sorted_by}")


def make_measure(connection: duckdb.DuckDBPyConnection, measure: Measure, into: str) -> None:
    """Makes the table `into` with what a stored measure must hold, of tables in a database that has no measures."""
    for m in takewhile(lambda m: m.kind != TABLE, MEASURES):
        connection.execute(m.create.replace("CREATE ", "CREATE OR REPLACE TEMP ", 1))
    connection.execute(f"CREATE TABLE {into} AS {measure.sql}")
