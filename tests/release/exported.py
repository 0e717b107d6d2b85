"""The data of a release of a build with hostile texts, written as `ogi release` does. Run as a program: writes it once more."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipeline.release import exports
from pipeline.release.folder import Folder
from pipeline.store.layout import Layout
from tests.expectations.published import publish_copy
from tests.release.folders import edition

PLANTED = (
    "=1+1",
    "@SUM(A1:A9)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "　＝1+1",
    '"=1+1',
    "\t=1+1",
    "'=1+1",
    "line one\r\nline two",
    'a,"b"\n=1+1',
)
SPLIT = ("a;=1+1", "a\t=1+1", "a;=1+1;b", '";=1+1', ";=1+1;", 'x";=1+1', "；=1+1")
"""Texts of which a formula is left where a program takes a `;` or a tab for the end of a cell."""
LONG = "长" * 3_000
"""More bytes than a text of fixed width has in Stata."""


def publish_hostile(layout: Layout, build: Path) -> None:
    """Publishes a build with these titles, a negative number, an empty text beside nulls, and a long text."""
    publish_copy(layout, build, {"reports": _titles, "cells": _negative, "documents": _empty, "passages": _long})


def write(source: Layout, root: Path) -> Folder:
    folder = Folder(root)
    exports.copy_tables(source, folder)
    assert exports.write_data(source, folder, edition("1.2.0")) == ()
    return folder


def _set(frame: pl.DataFrame, column: str, values: list[object]) -> pl.DataFrame:
    kept = frame[column].to_list()[len(values) :]
    return frame.with_columns(pl.Series(column, values + kept, dtype=frame.schema[column]))


def _titles(reports: pl.DataFrame) -> pl.DataFrame:
    return _set(reports, "title", [*PLANTED, None])


def _negative(cells: pl.DataFrame) -> pl.DataFrame:
    return _set(cells, "value_corrected", [*map(Decimal, ("-5", "0.5", "100", "12345678901.123456")), None])


def _empty(documents: pl.DataFrame) -> pl.DataFrame:
    return _set(documents, "reading_notes", ["", None, "null", "NA", *SPLIT])


def _long(passages: pl.DataFrame) -> pl.DataFrame:
    return _set(passages, "text", [LONG, LONG])


if __name__ == "__main__":
    write(Layout(Path(sys.argv[1])), Path(sys.argv[2]))
