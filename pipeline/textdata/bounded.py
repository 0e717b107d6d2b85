"""DuckDB within bounds: work that does not fit in memory goes to a folder beside the result and is removed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.store.sql import connect, quoted

MEMORY = "2GB"
"""What DuckDB may hold in memory before it writes to disk."""


@contextmanager
def bounded(beside: Path, threads: int | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection, and a folder in `beside` for what is in between; the folder is gone afterwards.

    `threads` None: as many as the machine has processors. Results do not depend on it.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".counting-", dir=beside) as folder, connect() as connection:
        connection.execute(f"SET memory_limit = {quoted(MEMORY)}")
        connection.execute(f"SET temp_directory = {quoted(str(Path(folder) / 'spilled'))}")
        connection.execute("SET enable_progress_bar_print = false")  # else on standard output, whatever that is
        if threads is not None:
            connection.execute(f"SET threads = {threads:d}")
        yield connection, Path(folder)
