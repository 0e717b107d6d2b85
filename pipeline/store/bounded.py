"""DuckDB within bounds: work that does not fit in memory goes to a folder beside the result and is removed.

Over nothing or a DuckDB file, over Parquet files, and over the staged tables as views under their names.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.store.layout import Layout
from pipeline.store.sql import connect, only, quoted

MEMORY = "1GB"
"""What DuckDB may hold in memory before it writes to disk."""
_PREFIX = ".counting-"


@contextmanager
def bounded(
    beside: Path, threads: int | None = None, database: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection, and a folder in `beside` for what is in between; the folder is gone afterwards.

    `threads` None: as many as the machine has processors. Results do not depend on it. `database` None: in memory.
    """
    with bounds(beside) as (settings, folder), connect(database) as connection:
        for setting, value in settings.items():
            connection.execute(f"SET {setting} = {quoted(value)}")
        connection.execute("SET enable_progress_bar_print = false")  # else on standard output, whatever that is
        if threads is not None:
            connection.execute(f"SET threads = {threads:d}")
        yield connection, folder


@contextmanager
def bounds(beside: Path, memory: str = MEMORY) -> Iterator[tuple[dict[str, str], Path]]:
    """Settings of DuckDB that bound its memory, for connections that a library opens, too; and the folder, as `bounded`."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=beside) as folder:
        yield {"memory_limit": memory, "temp_directory": str(Path(folder) / "spilled")}, Path(folder)


@contextmanager
def over(tables: Mapping[str, Path], beside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view for each Parquet file."""
    with bounded(beside) as (connection, _):
        for table, path in tables.items():
            connection.execute(
                f"CREATE VIEW {table} AS SELECT * FROM read_parquet({only(path)}, hive_partitioning = false)"
            )
        yield connection


@contextmanager
def over_staged(layout: Layout, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with over({t: layout.staged_table(t) for t in tables}, layout.staged) as connection:
        yield connection


def clear(beside: Path) -> None:
    """Removes what killed processes left in a folder that nobody else works in now."""
    for folder in beside.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)
