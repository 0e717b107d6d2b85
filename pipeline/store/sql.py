"""A DuckDB connection over the staged tables, as views under their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.store.layout import Layout


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def only(path: Path) -> str:
    """A file as an SQL literal for `read_parquet`, which would take `[1]` or `*` in a folder's name for a pattern."""
    return quoted(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


@contextmanager
def over(tables: dict[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view for each Parquet file."""
    connection = duckdb.connect()
    try:
        for table, path in tables.items():
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({only(path)})")
        yield connection
    finally:
        connection.close()


@contextmanager
def over_staged(layout: Layout, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with over({t: layout.staged_table(t) for t in tables}) as connection:
        yield connection
