"""Two builds held against each other: what is told, how it is counted, and what nobody wants to see on a terminal."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.store.compare import NotComparable, compared, parquet_of
from pipeline.store.compare_sections import SECTIONS
from tests.conftest import SAMPLE, copy_sample
from tests.test_cli import ogi

pytestmark = pytest.mark.xdist_group("compare")

UNBALANCED, OFFICE, WORD = "2024/unbalanced_2024.txt", "2023/office_2022.html", "2024/word_2023.txt"


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`before` and `after`: real builds of one folder in which documents were changed, added, emptied and removed."""
    folder = tmp_path_factory.mktemp("compare")
    copy_sample((UNBALANCED, OFFICE, WORD), folder / "in")
    build(folder, "before")
    text = (folder / "in" / UNBALANCED).read_text(encoding="utf-8")
    start = text.index("收到和处理政府信息公开申请情况")
    changed = text[:start] + text[start:].replace("\n\t29\n", "\n\t28\n", 1)
    assert changed != text
    (folder / "in" / UNBALANCED).write_text(changed, encoding="utf-8")
    (folder / "in" / OFFICE).write_text("", encoding="utf-8")
    (folder / "in" / WORD).unlink()
    shutil.copy(SAMPLE / "2024/word_2022_copy.txt", folder / "in" / "2024" / "new \x1b[2J\u202e.txt")
    build(folder, "after")
    return folder


def build(folder: Path, out: str) -> None:
    run = ogi("build", "--input", "in", "--output", out, "--workers", "1", cwd=folder)
    assert run.returncode == 0, run.stderr


def altered(builds: Path, out: Path, table: str, sql: str) -> Path:
    """A copy of the Parquet files of `before` in which a query over {old} takes the place of one table."""
    shutil.copytree(builds / "before" / "parquet", out)
    old = builds / "before" / "parquet" / f"{table}.parquet"
    (out / f"{table}.parquet").unlink()
    query = sql.format(old=f"read_parquet({str(old)!r})")
    with duckdb.connect() as connection:  # not the module's own, which other tests may have left in use
        connection.execute(f"COPY ({query}) TO '{out / table}.parquet' (FORMAT parquet)")
    return out


def told(old: Path, new: Path) -> dict[str, list[dict[str, object]]]:
    with compared(parquet_of(old), parquet_of(new)) as comparison:
        return {s.name: [dict(zip(s.columns, r, strict=True)) for r in comparison.rows(s)] for s in SECTIONS}


def test_a_build_and_what_was_kept_of_it_do_not_differ(builds: Path) -> None:
    shutil.copytree(builds / "before" / "parquet", builds / "kept")
    run = ogi("compare", "before", "kept", cwd=builds)
    assert (run.returncode, run.stdout) == (0, "old  before\nnew  kept\n\nNo difference in any row of any table.\n")


def test_documents_and_reports_that_came_went_or_ended_otherwise(builds: Path) -> None:
    found = told(builds / "before", builds / "after")
    ends = {d["source_path"]: (d["change"], d["old_outcome"], d["new_outcome"]) for d in found["documents"]}
    assert ends == {
        "2024/new \x1b[2J\u202e.txt": ("new", None, "parsed"),
        WORD: ("gone", "parsed", None),
        OFFICE: ("changed", "parsed", "unreadable"),
        UNBALANCED: ("changed", "parsed", "parsed"),
    }
    assert [(r["change"], r["source_path"]) for r in found["reports"]] == [
        ("new", "2024/new \x1b[2J\u202e.txt"),
        ("gone", OFFICE),
        ("gone", WORD),
    ]


def test_a_changed_number_is_told_as_a_cell_and_as_what_it_breaks(builds: Path) -> None:
    found = told(builds / "before", builds / "after")
    (cell,) = (c for c in found["cells"] if "value" in str(c["columns_changed"]).split(", "))
    assert {
        k: cell[k] for k in ("source_path", "row_code", "old_value", "new_value", "old_printed", "new_printed")
    } == {
        "source_path": UNBALANCED,
        "row_code": "received_new",
        "old_value": "29",
        "new_value": "28",
        "old_printed": "29",
        "new_printed": "28",
    }
    newly = {
        r["rule_code"]: (r["source_path"], r["findings_old"])
        for r in found["reports_by_rule"]
        if r["change"] == "newly fails"
    }
    assert newly["row_total_mismatch"] == (UNBALANCED, 0)
    by_rule = {r["rule_code"]: r for r in found["findings_by_rule"]}
    assert by_rule["row_total_mismatch"]["newly_fail"] == 1 and by_rule["row_total_mismatch"]["newly_pass"] == 0
    back = {r["rule_code"]: r for r in told(builds / "after", builds / "before")["findings_by_rule"]}
    assert back["row_total_mismatch"]["newly_pass"] == 1 and back["row_total_mismatch"]["newly_fail"] == 0


def test_people_see_a_table_without_characters_that_steer_the_terminal(builds: Path) -> None:
    run = ogi("compare", "before", "after", cwd=builds)
    assert run.returncode == 1 and run.stderr == ""
    assert "\x1b" not in run.stdout and "\u202e" not in run.stdout
    assert "2024/new ⟨U+001B⟩[2J⟨U+202E⟩.txt" in run.stdout
    assert "29 → 28" in run.stdout and "(--list for all)" in run.stdout
    listed = ogi("compare", "before", "after", "--list", cwd=builds)
    assert "(--list for all)" not in listed.stdout and len(listed.stdout) > len(run.stdout)


def test_machines_get_everything_as_csv_and_json(builds: Path) -> None:
    expected = told(builds / "before", builds / "after")
    run = ogi("compare", "before", "after", "--csv", "differences", cwd=builds)
    assert run.returncode == 1 and f"wrote {len(SECTIONS)} files to differences" in run.stdout
    for section in SECTIONS:
        with (builds / "differences" / f"{section.name}.csv").open(encoding="utf-8", newline="") as f:
            assert len(list(csv.DictReader(f))) == len(expected[section.name])
    run = ogi("compare", "before", "after", "--json", cwd=builds)
    answer = json.loads(run.stdout)
    assert run.returncode == 1 and "\u202e" not in run.stdout and answer["equal"] is False
    assert {s.name: answer[s.name] for s in SECTIONS} == expected
    assert answer["totals"]["cells"] == len(expected["cells"])


Alter = Callable[[str, str], Path]


@pytest.fixture
def alter(builds: Path, tmp_path: Path) -> Alter:
    return lambda table, sql: altered(builds, tmp_path / table, table, sql)


def test_a_status_that_changes_is_counted_by_transition(builds: Path, alter: Alter) -> None:
    new = alter(
        "cells",
        "SELECT * REPLACE (CASE WHEN table_code = 'remedies' AND obs_status = 'A' THEN 'U' ELSE obs_status END "
        "AS obs_status) FROM {old}",
    )
    with duckdb.connect() as connection:
        row = connection.execute(
            f"SELECT count(*), count(DISTINCT report_id) FROM '{builds}/before/parquet/cells.parquet' "
            "WHERE table_code = 'remedies' AND obs_status = 'A'"
        ).fetchone()
    found = told(builds / "before", new)
    assert [tuple(r.values()) for r in found["cells_by_status"]] == [("remedies", "A", "U", *(row or ()), 0, 0, 0)]
    assert len(found["cells"]) == (row or (0,))[0] and not found["findings_by_rule"]


def test_what_a_report_says_of_itself_is_told_column_by_column(builds: Path, alter: Alter) -> None:
    new = alter("reports", "SELECT * REPLACE (report_year + 1 AS report_year, NULL::VARCHAR AS issuer) FROM {old}")
    changes = {
        (r["source_path"], r["column_name"]): (r["value_old"], r["value_new"])
        for r in told(builds / "before", new)["report_metadata"]
    }
    assert changes[UNBALANCED, "report_year"] == ("2024", "2025")
    assert changes[UNBALANCED, "issuer"] == ("澜塘市青禾区市场监督管理局", None)
    assert len(changes) == 6


def test_a_rule_and_a_column_that_are_new_are_told(builds: Path, alter: Alter) -> None:
    new = alter("rules", "SELECT * REPLACE ('info' AS severity) FROM {old} WHERE rule_code <> 'date_repaired'")
    found = told(builds / "before", new)
    by_rule = {r["rule_code"]: r for r in found["rules"]}
    assert by_rule["date_repaired"]["change"] == "gone"
    assert (by_rule["balance_mismatch"]["old_severity"], by_rule["balance_mismatch"]["new_severity"]) == (
        "error",
        "info",
    )
    more = alter("sections", "SELECT *, 1 AS paragraphs FROM {old}")
    assert told(builds / "before", more)["schema"] == [
        {"table_name": "sections", "column_name": "paragraphs", "type_old": None, "type_new": "INTEGER"}
    ]


def test_any_other_table_counts_its_rows(builds: Path, alter: Alter) -> None:
    new = alter("date_mentions", "SELECT * REPLACE ('x' AS printed) FROM {old} WHERE mention_no > 1")
    (table,) = told(builds / "before", new)["tables"]
    gone = int(str(table["rows_old"])) - int(str(table["rows_new"]))
    assert (table["table_name"], table["added"], table["gone"]) == ("date_mentions", 0, gone) and gone == 3
    assert table["changed"] == table["rows_new"] and table["columns_changed"] == f"printed {table['rows_new']}"


def test_a_column_of_another_type_is_compared_by_what_it_says(builds: Path, alter: Alter) -> None:
    new = alter("reports", "SELECT * REPLACE (report_year::BIGINT AS report_year) FROM {old}")
    found = told(builds / "before", new)
    assert [s["column_name"] for s in found["schema"]] == ["report_year"]
    assert not found["tables"] and not found["report_metadata"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda d: None, "there is no dataset in {d}"),
        (lambda d: (d / "cells.parquet").write_text("no Parquet"), "is not whole: there is no documents.parquet"),
        (
            lambda d: [
                (d / f"{t}.parquet").write_text("x") for t in ("cells", "documents", "flags", "reports", "rules")
            ],
            "cannot be compared: ",
        ),
    ],
)
def test_what_is_no_dataset_is_said(builds: Path, tmp_path: Path, make: Callable[[Path], object], says: str) -> None:
    make(tmp_path)
    run = ogi("compare", str(builds / "before"), str(tmp_path))
    assert run.returncode == 2 and run.stdout == "" and "Traceback" not in run.stderr
    assert says.format(d=tmp_path) in run.stderr


def test_an_older_dataset_without_a_promised_column_is_refused(builds: Path, alter: Alter) -> None:
    with (
        pytest.raises(
            NotComparable, match="the new dataset cannot be compared: its table cells has no column derivation"
        ),
        compared(parquet_of(builds / "before"), alter("cells", "SELECT * EXCLUDE (derivation) FROM {old}")),
    ):
        raise AssertionError("it was compared")


def test_folders_of_parquet_and_versions_are_datasets_too(builds: Path) -> None:
    version = builds / "before" / ".versions" / "1"
    assert parquet_of(version) == version / "parquet" and parquet_of(version / "parquet") == version / "parquet"
    assert ogi("compare", "before", "before/.versions/1", cwd=builds).returncode == 0
