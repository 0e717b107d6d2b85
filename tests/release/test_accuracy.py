"""Cells held against gold files: every verdict by a case made by hand, and the counts of the scorer beside the gold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline import schema
from pipeline.release import accuracy
from pipeline.release.accuracy import KINDS, VERDICTS, GoldWrong, judged, summary
from pipeline.release.folder import Folder

HEADER = "table,row,column,value,printed"
CELL = {"table_code": "applications", "row_code": "received_new", "column_code": "total"}

Report = tuple[str, str, str | None]
"""Its id, the path of its document, and the member of a container."""


def release(
    root: Path,
    cells: list[dict[str, object]],
    flags: list[dict[str, object]] | None = None,
    reports: tuple[Report, ...] = (("r1", "2024/a.txt", None),),
) -> Folder:
    """The tables that are looked at, all other columns as null or whatever fits."""
    folder = Folder(root)
    folder.parquet("cells").parent.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[dict[str, object]]] = {
        "cells": cells,
        "flags": flags or [],
        "reports": [{"report_id": r, "document_id": f"d{r}", "source_path": p} for r, p, _ in reports],
        "documents": [{"document_id": f"d{r}", "source_path": p, "member": m} for r, p, m in reports],
    }
    for table, rows in tables.items():
        pl.DataFrame(rows, schema=schema.empty_frame(table).schema).write_parquet(folder.parquet(table))
    return folder


def gold(root: Path, *lines: str, name: str = "a", header: str = HEADER) -> Path:
    root.mkdir(exist_ok=True)
    (root / f"{name}.csv").write_text("\n".join((header, *lines, "")), encoding="utf-8")
    return root


def verdict(tmp_path: Path, kind: str, expected: str, status: str, value: int | None, printed: str | None) -> str:
    """Of one cell that no finding names."""
    folder = release(
        tmp_path / "1.0.0",
        [{"report_id": "r1", **CELL, "value": value, "obs_status": status, "printed": printed}],
    )
    frame = judged(folder, [gold(tmp_path / "gold", f"applications,received_new,total,{expected},{kind}")])
    (found,) = frame["verdict"]
    assert set(frame.columns) == set(accuracy._SCHEMA) and frame["kind"].to_list() == [kind]
    return str(found)


@pytest.mark.parametrize(
    ("kind", "expected", "status", "value", "printed", "said"),
    [
        # The number stands there.
        ("printed", "7", "A", 7, "7", "exact"),
        ("printed", "7", "U", 7, "7", "exact"),
        ("printed", "7", "I", 7, None, "silent"),  # deduced, although it is printed
        ("printed", "7", "A", 7, None, "silent"),  # certain of what it did not read
        ("printed", "7", "A", 8, "8", "silent"),
        ("printed", "7", "U", 8, "8", "flagged"),
        ("printed", "7", "O", None, None, "silent"),
        ("printed", "7", "M", None, "/", "silent"),
        ("printed", "0", "O", None, None, "silent"),
        ("printed", "0", "A", 0, "0", "exact"),
        # Nothing is printed, the identities fix the number.
        ("blank", "7", "I", 7, None, "deduced"),
        ("blank", "7", "O", None, None, "unfilled"),
        ("blank", "7", "I", 8, None, "silent"),
        ("blank", "7", "A", 7, "7", "silent"),  # a blank made into a printed number
        ("blank", "7", "U", 7, None, "flagged"),
        ("blank", "7", "M", None, None, "silent"),
        # Nothing is printed, nothing fixes a number.
        ("open", "", "O", None, None, "exact"),
        ("open", "", "A", 0, None, "silent"),
        ("open", "", "I", 0, None, "silent"),
        ("open", "", "U", 0, None, "flagged"),
        ("open", "", "M", None, None, "silent"),
        # The text lost the number.
        ("absent", "7", "I", 7, None, "deduced"),
        ("absent", "7", "O", None, None, "unfilled"),
        ("absent", "7", "A", 7, "7", "silent"),
        ("absent", "7", "U", 8, "8", "flagged"),
        # A short row leaves the cell open.
        ("undecidable", "7", "U", 7, "7", "deduced"),
        ("undecidable", "7", "I", 7, None, "deduced"),
        ("undecidable", "7", "A", 7, "7", "overclaimed"),
        ("undecidable", "7", "O", None, None, "unfilled"),
        ("undecidable", "7", "A", 8, "8", "silent"),
        ("undecidable", "7", "U", 8, "8", "flagged"),
        # A mark in place of a number.
        ("not_applicable", "", "M", None, "/", "exact"),
        ("not_applicable", "", "O", None, None, "exact"),
        ("not_applicable", "", "A", 0, "0", "silent"),
        ("not_applicable", "", "U", 0, "0", "flagged"),
    ],
)
def test_every_kind_and_status(
    tmp_path: Path, kind: str, expected: str, status: str, value: int | None, printed: str | None, said: str
) -> None:
    assert verdict(tmp_path, kind, expected, status, value, printed) == said


@pytest.mark.parametrize(
    ("place", "severity", "said"),
    [
        ({}, "warning", "flagged"),
        ({}, "error", "flagged"),
        ({}, "info", "silent"),  # a remark is no doubt
        ({"column_code": None}, "warning", "flagged"),
        ({"column_code": "natural_person"}, "warning", "silent"),
        ({"row_code": "carried_in"}, "warning", "silent"),
        ({"row_code": None}, "error", "silent"),  # a finding about a column names no cell
        ({"table_code": None, "row_code": None, "column_code": None}, "error", "silent"),
    ],
)
def test_a_finding_as_narrow_as_the_row_says_that_a_cell_may_be_wrong(
    tmp_path: Path, place: dict[str, object], severity: str, said: str
) -> None:
    flag = {"flag_id": "f", "report_id": "r1", **CELL, "severity": severity} | place
    for value, expected in ((8, (said, False)), (7, ("exact", said == "flagged"))):
        cell = {"report_id": "r1", **CELL, "value": value, "obs_status": "A", "printed": str(value)}
        folder = release(tmp_path / "1.0.0", [cell], [flag, flag | {"flag_id": "g"}])
        frame = judged(folder, [gold(tmp_path / "gold", "applications,received_new,total,7,printed")])
        assert frame.select("verdict", "is_doubted").rows() == [expected], "and one that is right is doubted then"


def test_a_cell_without_a_row_is_missing_and_one_of_another_report_is_no_help(tmp_path: Path) -> None:
    cell = {"report_id": "r2", **CELL, "value": 7, "obs_status": "A", "printed": "7"}
    folder = release(tmp_path / "1.0.0", [cell], reports=(("r1", "a.txt", None), ("r2", "b.txt", None)))
    frame = judged(folder, [gold(tmp_path / "gold", "applications,received_new,total,7,printed")])
    assert frame["verdict"].to_list() == ["missing"]


def test_the_summary_adds_up_by_any_column(tmp_path: Path) -> None:
    cells = [
        {"report_id": "r1", **CELL, "value": 7, "obs_status": "U", "printed": "7"},
        {"report_id": "r1", **CELL, "row_code": "carried_in", "value": 1, "obs_status": "A", "printed": "1"},
    ]
    lines = ("applications,received_new,total,7,printed", "applications,carried_in,total,2,printed")
    frame = judged(
        release(tmp_path / "1.0.0", cells), [gold(tmp_path / "gold", *lines, "remedies,litigation,total,,open")]
    )
    whole = summary(frame).row(0, named=True)
    assert whole == dict.fromkeys(VERDICTS, 0) | {"cells": 3, "exact": 1, "silent": 1, "missing": 1, "doubted": 1}
    by_table = summary(frame, "table_code")
    assert by_table["table_code"].to_list() == ["applications", "remedies"]
    assert by_table.drop("table_code").sum().row(0, named=True) == whole


def test_a_report_is_found_by_its_document_or_its_member(tmp_path: Path) -> None:
    reports = (("r1", "2024/batch.zip", "inner/a.html"), ("r2", "2024/batch.zip", "inner/b.html"))
    cell = {"report_id": "r1", **CELL, "value": 7, "obs_status": "A", "printed": "7"}
    folder = release(tmp_path / "1.0.0", [cell], reports=reports)
    line = "applications,received_new,total,7,printed"
    frame = judged(folder, [gold(tmp_path / "gold", line), gold(tmp_path / "more", line, name="elsewhere")])
    assert frame.select("gold", "source_path", "verdict").rows() == [("a", "2024/batch.zip", "exact")]


def test_two_reports_of_one_name_are_told_of(tmp_path: Path) -> None:
    folder = release(tmp_path / "1.0.0", [], reports=(("r1", "2023/a.txt", None), ("r2", "2024/a.pdf", None)))
    files = gold(tmp_path / "gold", "applications,received_new,total,7,printed")
    with pytest.raises(GoldWrong, match=r"a\.csv could be about 2 reports \(2023/a\.txt, 2024/a\.pdf\): give"):
        judged(folder, [files])


def test_without_gold_nothing_is_judged(tmp_path: Path) -> None:
    folder = release(tmp_path / "1.0.0", [])
    assert judged(folder, []).is_empty()
    assert judged(folder, [gold(tmp_path / "gold", name="of_another_report")]).is_empty()


RIGHT = "applications,received_new,total,7,printed"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no table of gold cells"),
        ("table,row,value\nremedies,x,1\n", f"line 1 must read {HEADER}"),
        (f"{HEADER}\n{RIGHT}\nremedies,x,total,7,typed\n", "line 3: `printed` is one of printed, blank, open, absent"),
        (f"{HEADER}\nremedies,x,total,7\n", "line 2: `printed` is one of"),
        (f"{HEADER}\n{RIGHT},more\n", "is no table of gold cells"),
        (f"{HEADER}\nremedies,x,total,seven,printed\n", "is no table of gold cells .*seven"),
        (f"{HEADER}\nremedies,x,total,nan,printed\n", "line 2: `value` is no number"),
        (f"{HEADER}\nremedies,x,total,,printed\n", "line 2: a printed number needs its `value`"),
        (f"{HEADER}\nremedies,,total,7,printed\n", "line 2 names no cell: give table, row and column"),
        (f"{HEADER}\nfees,x,total,7,printed\n", "line 2: `table` is one of proactive, applications, remedies"),
        (f"{HEADER}\n{RIGHT}\nremedies,x,total,,open\n{RIGHT}\n", "line 4 names a cell a second time"),
    ],
)
def test_a_gold_file_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    folder = release(tmp_path / "1.0.0", [])
    (tmp_path / "gold").mkdir()
    path = tmp_path / "gold" / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GoldWrong, match=f"^{re.escape(str(path))} .*{message}"):
        judged(folder, [tmp_path / "gold"])


def test_what_is_no_folder_of_gold_files_and_no_text_are_told_of(tmp_path: Path) -> None:
    folder = release(tmp_path / "1.0.0", [])
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(GoldWrong, match=f"no gold file in {re.escape(str(path))}"):
            judged(folder, [path])
    files = gold(tmp_path / "gold")
    (files / "a.csv").write_bytes(f"{HEADER}\n{RIGHT}\n".encode() + "收到,x,y,1,printed\n".encode("gb18030"))
    with pytest.raises(GoldWrong, match=r"a\.csv is no table of gold cells"):
        judged(folder, [files])


def test_every_kind_and_verdict_has_a_meaning_in_both_languages() -> None:
    assert all(en and zh for en, zh in (*KINDS.values(), *VERDICTS.values()))


def test_the_counts_are_those_of_the_scorer(shared_folder: Path, shared_build: Path, tmp_path: Path) -> None:
    """`score_cells.py` was written apart from this project."""
    scorer = shared_folder / "tools" / "score_cells.py"
    command = [sys.executable, str(scorer), "--dataset", str(shared_build / "parquet"), "--gold"]
    folder = Folder(tmp_path / "1.0.0")
    folder.data.mkdir(parents=True)
    (folder.data / "parquet").symlink_to((shared_build / "parquet").resolve())
    # The true gold, and the same with every seventh number changed and some kinds exchanged: wrong cells are counted too.
    for name in ("gold", "spoilt"):
        golds = shared_folder / "gold" if name == "gold" else _spoilt(shared_folder / "gold", tmp_path / name)
        said = subprocess.run([*command, str(golds)], capture_output=True, text=True, encoding="utf-8", check=False)
        counted = {k: int(n) for k, n in re.findall(r"(\w+) (\d+)", said.stdout.splitlines()[-1])}
        frame = judged(folder, [golds])
        ours = summary(frame).row(0, named=True)
        assert counted == {k: ours[k] for k in counted} and counted.keys() | {"cells"} == ours.keys()
        by_file = {r["gold"]: r for r in summary(frame, "gold").iter_rows(named=True)}
        for line in said.stdout.splitlines()[:-1]:
            gold_name, _, rest = line.partition(": ")
            found = {k: int(n) for k, n in re.findall(r"(\w+) (\d+)", rest)}
            assert found == {k: by_file[gold_name][k] for k in found}
        assert (ours["silent"] == 0) == (name == "gold"), ours


def _spoilt(of: Path, into: Path) -> Path:
    into.mkdir()
    for path in sorted(of.glob("*.csv")):
        frame = pl.read_csv(path, schema_overrides={"value": pl.Float64}, infer_schema=False).with_row_index("i")
        frame = frame.with_columns(
            value=pl.when(pl.col("i") % 7 == 0).then(pl.col("value") + 1).otherwise("value"),
            printed=pl.when((pl.col("i") % 11 == 0) & pl.col("value").is_not_null())
            .then(pl.lit("undecidable"))
            .otherwise("printed"),
            row=pl.when(pl.col("i") == 3).then(pl.lit("no_such_row")).otherwise("row"),
        )
        frame.drop("i").write_csv(into / path.name)
    return into
