"""Checks of a release's DuckDB file against its Parquet files, and of what follows from other tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from pipeline.release.verify_data import Data, first_line
from pipeline.store.compare_tables import name
from pipeline.store.duckdb_file import built_tables
from pipeline.store.indicator_rows import indicators_sql
from pipeline.store.reports_wide import REPORTS_WIDE, reports_wide
from pipeline.store.sql import quoted

_TABLES = frozenset(t.table for t in built_tables())
_DERIVED: Mapping[str, Callable[[], str]] = {REPORTS_WIDE: reports_wide, "indicators": indicators_sql}
"""What this program makes of the other tables by a query, with that query."""


def check_database(data: Data) -> tuple[str, ...]:
    """Whether the DuckDB file has exactly these tables, as tables, with the same columns and the same rows."""
    if data.without_database is not None:
        return (data.without_database,)
    try:
        return _against_database(data)
    except duckdb.Error as e:
        return (f"data/ogi.duckdb cannot be read: {first_line(e)}",)


def _against_database(data: Data) -> tuple[str, ...]:
    there, views = data.database_types(), _views(data)
    # A wide view is a file of its own as Parquet. What this program knows as a table may not hide behind a view.
    faults = [f"table {t} is a view in the DuckDB file" for t in data.tables if t in views & _TABLES]
    faults += [f"table {t} is not in the DuckDB file" for t in data.tables if t not in {*there, *views}]
    faults += [f"table {t} is only in the DuckDB file" for t in there if t not in data.tables]
    for table, types in data.types.items():
        if table not in there:
            continue
        if there[table] != types:
            faults.append(f"table {table}: the DuckDB file has other columns or types than the Parquet file")
            continue
        listed = ", ".join(map(name, types))
        marks = [data.mark(side, listed) for side in (data.of(table), f"{data.database}.main.{name(table)}")]
        if marks[0] != marks[1]:
            said = " and ".join(f"{rows:,}" for rows, _ in marks)
            faults.append(f"table {table}: the Parquet and the DuckDB file do not have the same rows ({said})")
    return tuple(faults)


def check_derived(data: Data) -> tuple[str, ...]:
    """Whether the wide table and the indicators are what this program makes of the tables, which must have its schema."""
    faults = []
    for table, query in _DERIVED.items():
        types = data.types.get(table, {})
        cast = ", ".join(f"{name(c)}::{type_} AS {name(c)}" for c, type_ in types.items())
        listed = ", ".join(map(name, types))
        try:
            if types and data.mark(data.of(table), listed) != data.mark(f"(SELECT {cast} FROM ({query()}))", listed):
                faults.append(f"{table} does not follow from the tables")
        except duckdb.Error as e:
            faults.append(f"{table} cannot be made of the tables: {first_line(e)}")
    return tuple(faults)


def _views(data: Data) -> set[str]:
    rows = data.connection.execute(
        f"""SELECT view_name FROM duckdb_views()
        WHERE database_name = {quoted(data.database)} AND schema_name = 'main' AND NOT internal"""
    ).fetchall()
    return {r[0] for r in rows}
