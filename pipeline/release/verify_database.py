"""Checks of a release's DuckDB file against its Parquet files, and of what follows from other tables."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from pipeline.release.verify_data import Data, first_line
from pipeline.release.verify_derived import derived_tables, made_anew
from pipeline.store.compare_tables import name
from pipeline.store.duckdb_file import built_tables
from pipeline.store.sql import quoted

_TABLES = frozenset(t.table for t in built_tables())
_DERIVED = tuple(derived_tables())


def check_database(data: Data, files: Collection[str] = ()) -> tuple[str, ...]:
    """Whether the DuckDB file has exactly these tables, as tables, with the same columns and the same rows.

    Beside them it may have what follows from them: by this program, and what is declared as CSV file (`files`).
    """
    if data.without_database is not None:
        return (data.without_database,)
    try:
        return _against_database(data, {*data.tables, *_DERIVED, *files})
    except duckdb.Error as e:
        return (f"data/ogi.duckdb cannot be read: {first_line(e)}",)


def _against_database(data: Data, known: Collection[str]) -> tuple[str, ...]:
    there, views = data.database_types(), _views(data)
    # Other versions have wide views. What this program knows as a table of the dataset may not hide behind a view.
    faults = [f"table {t} is a view in the DuckDB file" for t in data.tables if t in views & _TABLES]
    faults += [f"table {t} is not in the DuckDB file" for t in data.tables if t not in {*there, *views}]
    faults += [f"table {t} is only in the DuckDB file" for t in there if t not in known]
    for table, types in data.types.items():
        if table not in there:
            continue
        if there[table] != types:
            faults.append(f"table {table}: the DuckDB file has other columns or types than the Parquet file")
            continue
        listed = ", ".join(map(name, types))
        marks = [data.mark(side, listed) for side in (data.of(table), data.stored(table))]
        if marks[0] != marks[1]:
            said = " and ".join(f"{rows:,}" for rows, _ in marks)
            faults.append(f"table {table}: the Parquet and the DuckDB file do not have the same rows ({said})")
    return tuple(faults)


def check_derived(data: Data) -> tuple[str, ...]:
    """Whether what follows from other tables is what this program makes of them, which must have its schema.

    What is no Parquet file is judged as the DuckDB file has it.
    """
    stored = data.database_types()
    faults = []
    for table in _DERIVED:
        if table not in data.types and table not in stored:
            continue  # told by another check
        is_file = table in data.types
        what, side = (table, data.of(table)) if is_file else (f"{table} in the DuckDB file", data.stored(table))
        listed = ", ".join(map(name, data.types[table] if is_file else stored[table]))
        try:
            if data.mark(side, listed) != data.mark(made_anew(data, table), listed):
                faults.append(f"{what} does not follow from the tables")
        except duckdb.Error as e:
            faults.append(f"{table} cannot be made of the tables: {first_line(e)}")
    return tuple(faults)


def _views(data: Data) -> set[str]:
    rows = data.connection.execute(
        f"""SELECT view_name FROM duckdb_views()
        WHERE database_name = {quoted(data.database)} AND schema_name = 'main' AND NOT internal"""
    ).fetchall()
    return {r[0] for r in rows}
