"""The data of a release: what CSV, Stata and DuckDB files say is what the Parquet files say, to the byte twice."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline import schema
from pipeline.release import exports
from pipeline.release.exports import stata
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import built_tables, stored_tables
from pipeline.store.layout import Layout
from pipeline.store.stored_measures import stored_measures
from pipeline.textdata.spreadsheet import PATTERN, original
from tests.conftest import ROOT
from tests.release.exported import PLANTED, SPLIT
from tests.release.folders import edition

pytestmark = pytest.mark.xdist_group("exports")
ALL = (*built_tables(), *schema.views())
BY_NAME = {t.table: t for t in ALL}
AS_CSV = [t.table for t in ALL if "csv" in t.exports]


@pytest.fixture
def source(hostile_source: Layout) -> Layout:
    return hostile_source


@pytest.fixture
def folder(hostile_release: Folder) -> Folder:
    return hostile_release


def files(folder: Folder) -> Iterator[tuple[str, str]]:
    for path in sorted(p for p in folder.root.rglob("*") if p.is_file()):
        yield path.relative_to(folder.root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_release_has_every_table_in_the_formats_that_the_schema_names(folder: Folder) -> None:
    there = {name for name, _ in files(folder)}
    expected = {"data/ogi.duckdb"} | {f"data/parquet/{t.table}.parquet" for t in built_tables()}
    for t in ALL:
        for form, name in (("parquet", "parquet/{}.parquet"), ("csv", "csv/{}.csv.gz"), ("dta", "stata/{}.dta")):
            if form in t.exports:
                expected.add(f"data/{name.format(t.table)}")
    assert there == expected


def test_parquet_files_are_the_builds_byte_for_byte(source: Layout, folder: Folder) -> None:
    for t in built_tables():
        assert folder.parquet(t.table).read_bytes() == (source.parquet / f"{t.table}.parquet").read_bytes()


def test_the_wide_table_needs_no_join(folder: Folder) -> None:
    frame = pl.read_parquet(folder.parquet("reports_wide"))
    assert frame.schema == schema.view("reports_wide").polars_schema
    reports, cells = (pl.read_parquet(folder.parquet(t)) for t in ("reports", "cells"))
    assert frame["report_id"].to_list() == sorted(reports["report_id"])
    total = cells.filter(table_code="applications", row_code="received_new", column_code="total")
    picked = frame.select("report_id", "applications_received_new_total", "applications_received_new_total_status")
    joined = (
        reports.select("report_id").sort("report_id").join(total, on="report_id", how="left", maintain_order="left")
    )
    assert picked.rows() == joined.select("report_id", "value", "obs_status").rows()


@pytest.mark.parametrize("name", AS_CSV)
def test_a_csv_file_says_what_the_table_says(folder: Folder, name: str) -> None:
    """Read as text, which keeps null (nothing between commas) and the empty text (two quotation marks) apart."""
    table = BY_NAME[name]
    columns = table.exported_columns
    read = pl.read_csv(folder.csv(name), infer_schema=False)
    assert read.columns == [c.column for c in columns]
    assert read.with_columns(_typed(read, c) for c in columns).equals(_rows(folder, table), null_equal=True)


def _typed(read: pl.DataFrame, column: schema.Column) -> pl.Series:
    values = read[column.column]
    if column.type == "string":
        return pl.Series(column.column, [v if v is None else original(v) for v in values], dtype=pl.String)
    if column.type == "bool":
        return values.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    return values.str.to_date("%Y-%m-%d") if column.type == "date" else values.cast(column.polars_type)


def _rows(folder: Folder, table: schema.Table) -> pl.DataFrame:
    columns = [c.column for c in table.exported_columns]
    if folder.parquet(table.table).exists():
        return pl.read_parquet(folder.parquet(table.table), columns=columns).select(columns)
    with duckdb.connect(str(folder.database), read_only=True) as db:
        rows = db.execute(f"SELECT * FROM {table.table} ORDER BY {', '.join(table.key)}").fetchall()
    return pl.DataFrame(rows, schema=table.polars_schema, orient="row").select(columns)


def test_csv_is_plain(folder: Folder) -> None:
    packed = folder.csv("documents").read_bytes()
    assert packed[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"  # no time, no name
    lines = gzip.decompress(packed).decode("utf-8").split("\n")
    columns = schema.table("documents").columns
    assert lines[0] == ",".join(f'"{c.column}"' if c.type == "string" else c.column for c in columns)
    read = list(csv.reader(lines[1:-1]))
    for place, c in enumerate(columns):
        if c.type != "string":
            assert not any(f',"{row[place]}",' in line for row, line in zip(read, lines[1:], strict=False)), c.column
    assert lines[-1] == "" and "\r" not in "".join(lines)
    values = pl.read_csv(folder.csv("cells"), infer_schema=False)["value_corrected"].to_list()
    assert values[:5] == ["-5", "0.5", "100", "12345678901.123456", None]
    notes = pl.read_csv(folder.csv("documents"), infer_schema=False)["reading_notes"].to_list()
    assert notes[:4] == ["", None, "null", "NA"]
    assert [original(n) for n in notes[4 : 4 + len(SPLIT)]] == list(SPLIT)
    told = f"SELECT reading_notes FROM read_csv('{folder.csv('documents')}', allow_quoted_nulls = false, all_varchar = true)"
    assert [n for (n,) in duckdb.execute(told).fetchall()] == notes


def test_formats_of_the_schema_are_those_that_are_written() -> None:
    assert {form for t in ALL for form in t.exports} == {"parquet", "csv", "dta"}
    assert [t.table for t in ALL if not t.exports] == ["terms", "vocabulary", "tf_idf"]


def test_long_texts_are_left_out_of_files_for_spreadsheets() -> None:
    assert {t.table: t.left_out for t in ALL if t.left_out} == {"sections": ("text",)}
    assert not any(c in t.key for t in ALL for c in t.left_out)


@pytest.mark.parametrize("name", AS_CSV)
def test_no_cell_begins_a_formula(folder: Folder, name: str) -> None:
    read = pl.read_csv(folder.csv(name), infer_schema=False)
    for c in BY_NAME[name].exported_columns:
        if c.type == "string":
            assert [v for v in read[c.column].drop_nulls() if re.match(PATTERN, v) and v[0] != "'"] == [], c.column
        else:
            assert [v for v in read[c.column].drop_nulls() if not re.fullmatch(r"[-+0-9.e]+|true|false", v)] == []


def test_libreoffice_runs_no_formula_of_ours(folder: Folder, tmp_path: Path) -> None:
    if (program := shutil.which("soffice")) is None:
        pytest.skip("skipped: no LibreOffice")
    titles = [original(t) for t in pl.read_csv(folder.csv("reports"), infer_schema=False)["title"][: len(PLANTED)]]
    assert titles == list(PLANTED)
    for name, text in (("bare", "title\n=1+1\n"), ("split", "title,\na;=1+1,\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    for name in ("reports", "reports_wide", "cells", "documents"):
        (tmp_path / f"{name}.csv").write_bytes(gzip.decompress(folder.csv(name).read_bytes()))
    opened = _opened(program, tmp_path, "44", "bare", "reports", "reports_wide", "cells", "documents")
    assert "table:formula" in opened.pop("bare")
    for name, text in opened.items():
        assert "table:formula" not in text, name
    split = _opened(program, tmp_path, "59/9", "split", "documents", "reports")
    assert "table:formula" in split.pop("split")
    for name, text in split.items():
        assert "table:formula" not in text, name
    assert "<text:p>a;&apos;=1+1;b</text:p>" in opened["documents"]
    assert "<text:p>&apos;=1+1</text:p>" in opened["reports"] and "&apos;@SUM(A1:A9)" in opened["reports_wide"]
    assert re.search(r'office:value-type="float" office:value="-5"', opened["cells"])


def _opened(program: str, folder: Path, separators: str, *names: str) -> dict[str, str]:
    """What LibreOffice makes of CSV files in a folder, told to split them at these characters (by their numbers)."""
    # The last token has formulas evaluated: the least careful way in which somebody can open a file.
    how = f"CSV:{separators},34,76,1,,0,false,true,false,false,false,0,true"
    out = folder / separators.replace("/", "_")
    run = subprocess.run(
        [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", f"--infilter={how}", "--convert-to", "fods", "--outdir", str(out)),
            *(str(folder / f"{n}.csv") for n in names),
        ],
        capture_output=True,
        text=True,
        timeout=180,
    )
    opened = {p.stem: p.read_text(encoding="utf-8") for p in out.glob("*.fods")}
    if not opened:
        pytest.skip(f"skipped: LibreOffice Calc is missing ({run.stderr.strip()[:80]})")
    assert set(opened) == set(names)
    return opened


def test_the_duckdb_file_explains_every_column_of_tables_and_views(folder: Folder) -> None:
    with duckdb.connect(str(folder.database), read_only=True) as db:
        found = db.execute("SELECT table_name, column_name, data_type, comment FROM duckdb_columns()").fetchall()
        tables = dict(db.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        views = dict(db.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    for t in ALL:
        here = {(c, kind, comment) for name, c, kind, comment in found if name == t.table}
        assert here == {(c.column, c.sql_type, c.comment) for c in t.columns}
    measures = {m.name: m.comment for m in stored_measures()}
    assert tables == {t.table: t.comment for t in stored_tables()} | measures
    assert {v.table: v.comment for v in schema.views() if v not in stored_tables()}.items() <= views.items()


def test_written_twice_the_bytes_are_the_same(source: Layout, folder: Folder, tmp_path: Path) -> None:
    again = Folder(tmp_path / "1.2.0")
    command = [sys.executable, "-m", "tests.release.exported", str(source.out), str(again.root)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Shanghai"})
    assert dict(files(again)) == dict(files(folder))


def test_a_build_of_another_version_is_refused(source: Layout, tmp_path: Path) -> None:
    old = Layout(tmp_path / "old")
    shutil.copytree(source.current, old.versions / "1", symlinks=False)
    old.current.symlink_to("1")
    path = old.current / "parquet" / "codes.parquet"
    pl.read_parquet(path).drop("code_number").write_parquet(path)
    with pytest.raises(exports.BuildOutdated, match=r"table codes has other columns .* Build it again with `ogi build"):
        exports.copy_tables(old, Folder(tmp_path / "release"))
    with duckdb.connect(str(old.current / "ogi.duckdb")) as db:
        db.execute("CREATE TABLE kept AS FROM reports_wide")
        db.execute("DROP TABLE reports_wide")
    with pytest.raises(exports.BuildOutdated, match="reports_wide in its DuckDB file has other columns"):
        exports.write_data(old, Folder(tmp_path / "release"), edition("1.0.0"))
    with duckdb.connect(str(old.current / "ogi.duckdb")) as db:
        db.execute("CREATE VIEW reports_wide AS FROM kept")
    with pytest.raises(exports.BuildOutdated, match="reports_wide in its DuckDB file is stored otherwise than by this"):
        exports.write_data(old, Folder(tmp_path / "release"), edition("1.0.0"))


def test_what_is_too_large_for_stata_is_left_out_and_named(
    source: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = pl.read_parquet(source.parquet / "cells.parquet")
    monkeypatch.setattr(stata, "MOST_MEMORY", cells.height * cells.width * 55)
    folder = Folder(tmp_path / "release")
    exports.copy_tables(source, folder)
    assert exports.write_data(source, folder, edition("1.0.0")) == ("data/stata/cells.dta",)
    assert not folder.stata("cells").exists() and folder.stata("reports").exists()
