"""The Parquet files of a release: the build's tables byte for byte, and the wide table for those who want no joins."""

from __future__ import annotations

import shutil
from typing import Self

import polars as pl

from pipeline import schema
from pipeline.release.exports.reading import Data
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import built_tables
from pipeline.store.layout import Layout
from pipeline.store.sql import quoted

PARQUET = "parquet"


class BuildOutdated(Exception):
    """The build was made by another version, which had other tables or columns; the message names the first."""

    @classmethod
    def of(cls, source: Layout, what: str, how: str = "has other columns than this version writes") -> Self:
        return cls(
            f"the dataset in {source.out} was built by another version of ogi-panel: {what} {how}. Build it again with "
            f"`ogi build --input DIR --output {source.out}`"
        )


def copy_tables(source: Layout, folder: Folder) -> None:
    """Copies every table of the published build. Raises BuildOutdated where one is not as the schema has it, OSError."""
    # The link is followed once: a build that is published meanwhile must not give half of the files.
    build = source.current.resolve()
    for table in built_tables():
        path = build / "parquet" / f"{table.table}.parquet"
        if not path.exists() or pl.read_parquet_schema(path) != table.polars_schema:
            raise BuildOutdated.of(source, f"table {table.table}")
        target = folder.parquet(table.table)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def write_views(data: Data, folder: Folder) -> None:
    """Writes the wide tables that the schema wants as Parquet, sorted by their keys."""
    for view in schema.views():
        if PARQUET in view.exports:
            path = folder.parquet(view.table)
            path.unlink(missing_ok=True)
            data.connection.execute(
                f"COPY (SELECT * FROM {data.source(view)}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
