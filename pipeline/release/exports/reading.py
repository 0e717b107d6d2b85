"""Reads the tables and wide tables of a release that is being written, row after row in the order of their keys."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.release.folder import Folder
from pipeline.store.bounded import MEMORY
from pipeline.store.sql import connect, only, quoted


@dataclass(frozen=True, slots=True)
class Data:
    """A connection to the DuckDB file of a release, which answers with one thread: the same bytes on every machine."""

    connection: duckdb.DuckDBPyConnection
    folder: Folder

    def source(self, table: schema.Table) -> str:
        """SQL of a table, to stand behind FROM: as its Parquet file has it, or by its key where there is none."""
        parquet = self.folder.parquet(table.table)
        if parquet.exists():
            return f"read_parquet({only(parquet)}, hive_partitioning = false)"
        return f"(SELECT * FROM {table.table} ORDER BY {', '.join(table.key)})"


@contextmanager
def opened(folder: Folder) -> Iterator[Data]:
    """The DuckDB file of a release; what does not fit in memory goes beside it and is removed."""
    with tempfile.TemporaryDirectory(prefix=".exports-", dir=folder.data) as spilled:
        connection = connect(folder.database, read_only=True)
        with connection:
            connection.execute(f"SET memory_limit = {quoted(MEMORY)}")
            connection.execute(f"SET temp_directory = {quoted(str(Path(spilled)))}")
            connection.execute("SET threads = 1")
            connection.execute("SET enable_progress_bar_print = false")
            yield Data(connection, folder)
