"""The data files of a release with what they hold: what every description of the release for programs derives from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.release.folder import Folder
from pipeline.schema.relations import Relation, relations_of, view_relations
from pipeline.schema.views import views
from pipeline.store.duckdb_file import built_tables

PARQUET, CSV, STATA = "parquet", "csv", "dta"
MEDIATYPES = {
    PARQUET: "application/vnd.apache.parquet",
    CSV: "text/csv",
    STATA: "application/x-stata-dta",
}
DATABASE_MEDIATYPE = "application/vnd.duckdb"


class FileMissing(Exception):
    """A data file that the schema promises is not in the release, and nobody said that it is left out."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A table or wide table in one format. `columns` are those that the file has, `relations` those that hold within it."""

    path: Path
    relative: str
    format: str
    table: schema.Table
    columns: tuple[schema.Column, ...]
    relations: tuple[Relation, ...]

    @property
    def is_view(self) -> bool:
        return self.table in views()

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    @property
    def sha256(self) -> str:
        with self.path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()


def data_files(folder: Folder, left_out: Sequence[str] = ()) -> tuple[DataFile, ...]:
    """Every table and `reports_wide` as Parquet, then the tables and wide tables that are exported as CSV, then as Stata.

    `left_out` names tables, or files by their path in the release, that are not part of it. Raises FileMissing.
    """
    out = []
    for file in _promised(folder):
        if file.table.table in left_out or file.relative in left_out:
            continue
        if not file.path.is_file():
            raise FileMissing(
                f"{file.relative} is not in the release: write its data first, or say that it is left out"
            )
        out.append(file)
    return tuple(out)


def has_database(folder: Folder, left_out: Sequence[str] = ()) -> bool:
    """Whether the DuckDB file is part of the release. Its bytes and size differ where its content does not."""
    relative = folder.database.relative_to(folder.root).as_posix()
    return relative not in left_out and folder.database.is_file()


def _promised(folder: Folder) -> Iterator[DataFile]:
    for t in built_tables():
        yield _file(folder, folder.parquet(t.table), PARQUET, t, t.columns, relations_of(t.table))
    for v in views():
        if PARQUET in v.exports:
            yield _file(folder, folder.parquet(v.table), PARQUET, v, v.columns, view_relations(v))
    for form, path_of in ((CSV, folder.csv), (STATA, folder.stata)):
        for t in (*built_tables(), *views()):
            if form in t.exports:
                relations = relations_of(t.table) or view_relations(t)
                yield _file(folder, path_of(t.table), form, t, t.exported_columns, relations)


def _file(
    folder: Folder,
    path: Path,
    form: str,
    table: schema.Table,
    columns: tuple[schema.Column, ...],
    relations: tuple[Relation, ...],
) -> DataFile:
    here = {c.column for c in columns}
    return DataFile(
        path,
        path.relative_to(folder.root).as_posix(),
        form,
        table,
        columns,
        tuple(r for r in relations if here.issuperset(r.columns)),
    )


def rows(parquet: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(pl.scan_parquet(parquet, glob=False).select(pl.len()).collect().item())
