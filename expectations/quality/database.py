"""The file of a dataset, open for the quality pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.store.compare import memory
from pipeline.store.query import QueryFailed
from pipeline.store.sql import connect, quoted


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file read-only; what does not fit into memory goes to a temporary folder, never beside the file.

    Raises QueryFailed where it cannot be read.
    """
    try:
        with (
            tempfile.TemporaryDirectory(prefix="ogi-quality-") as spill,
            connect(database, read_only=True) as connection,
        ):
            connection.execute(f"SET temp_directory = {quoted(spill)}")
            connection.execute(f"SET memory_limit = '{memory()}B'")
            connection.execute("SET enable_progress_bar = false")
            yield connection
    except duckdb.Error as e:
        raise QueryFailed(str(e)) from e
