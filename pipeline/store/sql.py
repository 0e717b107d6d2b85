"""A DuckDB connection over the staged tables, as views under their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.store.layout import Layout


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def over(tables: dict[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view for each Parquet file."""
    connection = duckdb.connect()
    try:
        for table, path in tables.items():
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({quoted(str(path))})")
        yield connection
    finally:
        connection.close()


@contextmanager
def over_staged(layout: Layout, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with over({t: layout.staged_table(t) for t in tables}) as connection:
        yield connection
