"""Writes files so that whoever looks sees the old one or the whole new one: beside, flushed to disk, renamed."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from pipeline import schema

_ROW_GROUP = 131_072


def flush(path: Path) -> None:
    """Has the operating system put a file, or the entries of a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".partial")
    beside.write_text(text, encoding="utf-8")
    flush(beside)
    beside.replace(path)


def replace_parquet(path: Path, frame: pl.DataFrame) -> None:
    """The same frame gives the same bytes: fixed compression and row groups, no clock, no machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".partial")
    frame.rechunk().write_parquet(beside, compression="zstd", compression_level=3, row_group_size=_ROW_GROUP)
    flush(beside)
    beside.replace(path)


def stage(path: Path, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Writes a table of the dataset after holding it against the schema. Raises SchemaMismatch."""
    frame = schema.conform(table, frame)
    replace_parquet(path, frame)
    return frame
