"""Stata files as pandas and R open them: labels, missing values, dates, codes."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import schema
from pipeline.release.exports.stata import cut, value_labels, variable_label
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import built_tables
from tests.release.exported import LONG

pytestmark = pytest.mark.xdist_group("exports")
AS_STATA = [t for t in (*built_tables(), *schema.views()) if "dta" in t.exports]

_R = """
library(haven)
folder <- commandArgs(trailingOnly = TRUE)[1]
said <- function(...) cat(..., "\\n", sep = "|")
cells <- read_dta(file.path(folder, "cells.dta"))
said(attr(cells, "label"))
said(attr(cells$obs_status, "label"))
labels <- attr(cells$obs_status, "labels")
said(names(labels)[labels == 1])
said(sum(cells$obs_status == labels[startsWith(names(labels), "O ")]))
said(sum(is.na(cells$value)), sum(cells$value, na.rm = TRUE))
dates <- read_dta(file.path(folder, "date_mentions.dta"))
said(class(dates$start_date)[1], sum(is.na(dates$start_date)), format(max(dates$start_date, na.rm = TRUE)))
said(paste(names(attr(dates$is_repaired, "labels")), attr(dates$is_repaired, "labels")))
wide <- read_dta(file.path(folder, "reports_wide.dta"))
said(nrow(wide), ncol(wide), attr(wide$app_received_new_tot_st, "label"))
passages <- read_dta(file.path(folder, "passages.dta"))
said(nchar(passages$text[1]))
"""


@pytest.fixture
def folder(hostile_release: Folder) -> Folder:
    return hostile_release


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    pd = pytest.importorskip("pandas")
    with pd.read_stata(path, iterator=True) as reader:
        yield reader


@pytest.mark.parametrize("table", AS_STATA, ids=lambda t: t.table)
def test_pandas_reads_every_file_with_its_labels(folder: Folder, table: schema.Table) -> None:
    columns = table.exported_columns
    with opened(folder.stata(table.table)) as reader:
        frame = reader.read(convert_categoricals=False)
        variables, values = reader.variable_labels(), reader.value_labels()
        assert reader.data_label == f"A panel of invented reports 1.2.0: {table.table}"
        assert reader.time_stamp == "31 Jan 2026 00:00"
    assert list(frame.columns) == [c.variable for c in columns]
    assert variables == {c.variable: variable_label(c) for c in columns}
    assert all(0 < len(label) <= 80 and "`" not in label for label in variables.values())
    assert values == {c.variable: value_labels(c) for c in columns if c.codelist or c.type == "bool"}
    if folder.parquet(table.table).exists():
        expected = pl.read_parquet(folder.parquet(table.table))
        for c in columns:
            assert list(map(_read, frame[c.variable])) == [_stated(c, v) for v in expected[c.column]], c.column


def _read(value: Any) -> Any:
    """A value as pandas has it; None for what is missing."""
    if isinstance(value, str):
        return value
    if value != value:
        return None
    return value.date() if hasattr(value, "date") else float(value)


def _stated(column: schema.Column, value: Any) -> Any:
    """What a Stata file says for a value of the dataset."""
    if column.type == "string" and not column.codelist:
        return value or ""
    if value is None or isinstance(value, dt.date):
        return value
    return float(schema.code_number(column.codelist, value)) if column.codelist else float(value)


def test_r_reads_labels_dates_and_missing_values(folder: Folder, tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None or subprocess.run([program, "-e", "library(haven)"], capture_output=True).returncode != 0:
        pytest.skip("skipped: no R with the package haven")
    script = tmp_path / "read.R"
    script.write_text(_R, encoding="utf-8")
    run = subprocess.run(
        [program, "--encoding=UTF-8", str(script), str(folder.stata("x").parent)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert run.returncode == 0, run.stderr
    said = [line.rstrip("|").split("|") for line in run.stdout.splitlines()]
    cells, dates = (pl.read_parquet(folder.parquet(t)) for t in ("cells", "date_mentions"))
    assert said[0] == ["A panel of invented reports 1.2.0: cells"]
    assert said[1] == ["Observation status after SDMX CL_OBS_STATUS 2.2"]
    assert said[2] == ["A – A printed number whose cell is certain"]
    assert said[3] == [str(cells.filter(obs_status="O").height)]
    assert int(said[4][0]) == cells["value"].null_count()
    assert float(said[4][1]) == pytest.approx(float(cells["value"].sum()), rel=1e-6)
    assert said[5] == ["Date", str(dates["start_date"].null_count()), str(dates["start_date"].max())]
    assert said[6] == ["no 0", "yes 1"]
    wide = schema.view("reports_wide")
    assert said[7][:2] == [str(pl.read_parquet(folder.parquet("reports")).height), str(len(wide.columns))]
    assert said[7][2] == "Status: Applications newly received in the year – Total"
    assert said[8] == [str(len(LONG))]


def test_a_label_is_the_first_sentence_and_no_longer_than_stata_takes() -> None:
    assert cut("Short") == "Short"
    assert cut("x" * 80) == "x" * 80
    assert cut("x" * 81) == "x" * 79 + "…"
    report_year = next(c for c in schema.table("reports").columns if c.column == "report_year")
    assert variable_label(report_year) == "Year that the report is about"
