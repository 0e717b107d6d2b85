"""Writes files so that whoever looks sees the old one or the whole new one: beside, flushed to disk, renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

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


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """A file that a user named, open for UTF-8 text; a link in its place stays and what it leads to is written.

    A regular file is the old one until the whole new one takes its place; where writing fails, the old one stays. A
    device or a pipe is written as it stands, since a file in its place would take it away from everybody. The folder
    must be there. Raises OSError.
    """
    if _is_standard_output(path):
        # Not opened anew: that would begin at its first byte and overwrite what was printed there.
        with os.fdopen(os.dup(1), "w", encoding="utf-8", newline="") as f:
            yield f
        return
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as f:
            yield f
        return
    beside = path.with_name(path.name + ".partial")
    try:
        with beside.open("w", encoding="utf-8", newline="") as f:
            yield f
        flush(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _is_standard_output(path: Path) -> bool:
    """Whether it is a name like /dev/stdout: a link or a device, and the same file as our standard output."""
    try:
        is_same = os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False
    return is_same and (path.is_symlink() or not path.is_file())


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
