"""The truth of a large corpus as Parquet: a row a document, a row a cell, one file of each for every block."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.corpus.gold import KINDS
from tests.corpus.scale.documents import Block

DOCUMENTS, CELLS = "documents", "cells"
_VALUE = pl.Decimal(18, 6)


def write(block: Block, at: int, folder: Path) -> None:
    """Writes `documents/00000.parquet` and `cells/00000.parquet` of a block into `folder`.

    documents: number, path, member ("" for a file of its own), kind, format, organ, year, same_as (the number of the
    document that it repeats). cells: number of the document, path, member, table, row, column, kind as in the gold
    files, value (in the form's unit, null for nothing), true (what the author had in mind), is_lenient and names_row as
    in `gold.GoldCell`. Cells of tables that a document leaves out are not in it.
    """
    for name, frame in ((DOCUMENTS, documents(block)), (CELLS, cells(block))):
        path = folder / name / f"{at:05d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path, compression="zstd")


def documents(block: Block) -> pl.DataFrame:
    rows = [(d.number, d.path, d.member, d.kind, d.format, d.organ, d.year, d.same_as) for d in block.documents]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "number": pl.Int64,
        "path": pl.String,
        "member": pl.String,
        "kind": pl.String,
        "format": pl.String,
        "organ": pl.String,
        "year": pl.Int32,
        "same_as": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def cells(block: Block) -> pl.DataFrame:
    of = [(d, g) for d in block.documents for g in d.gold]

    def numbers(values: list[object]) -> pl.Series:
        return pl.Series([None if v is None else str(v) for v in values], dtype=pl.String).cast(_VALUE)

    return pl.DataFrame(
        {
            "number": pl.Series([d.number for d, _ in of], dtype=pl.Int64),
            "path": pl.Series([d.path for d, _ in of], dtype=pl.String),
            "member": pl.Series([d.member for d, _ in of], dtype=pl.String),
            "table": pl.Series([g.table for _, g in of], dtype=pl.String),
            "row": pl.Series([g.row for _, g in of], dtype=pl.String),
            "column": pl.Series([g.column for _, g in of], dtype=pl.String),
            "kind": pl.Series([g.kind for _, g in of], dtype=pl.Enum(KINDS)),
            "value": numbers([g.value for _, g in of]),
            "true": numbers([g.true for _, g in of]),
            "is_lenient": pl.Series([g.is_lenient for _, g in of], dtype=pl.Boolean),
            "names_row": pl.Series([g.names_row for _, g in of], dtype=pl.Boolean),
        }
    )
