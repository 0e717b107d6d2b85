"""Two releases of real builds held against each other: steps, rows by key, changes of the schema, the entry."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import duckdb
import pytest

from pipeline.release.changes import entry
from pipeline.release.changes.compare import NotComparable, between
from pipeline.release.changes.model import Difference
from pipeline.release.folder import Folder
from pipeline.release.versions import Step, WrongVersion, needed, version_for
from tests.release.compared import (
    NATURAL,
    listed,
    of_table,
    reasons,
    report_of,
    schema_rows,
)
from tests.release.conftest import ADDED, OFFICE, UNBALANCED
from tests.release.folders import copied, edited_json, edited_resource, edition, rewritten

pytestmark = pytest.mark.xdist_group("releases")


def test_a_changed_number_in_a_report_is_a_patch_with_old_new_and_source(
    releases: Path, base: Folder, tmp_path: Path
) -> None:
    new = copied(releases / "changed", tmp_path / "new")
    found = between(base, new)
    assert needed(found) is Step.PATCH and str(version_for(found)) == "1.0.1" and not found.schema
    rows = listed(new)
    (value,) = (r for r in of_table(rows, "cells") if r["column_name"] == "value")
    key = json.loads(value["row_key"])
    assert key == {"report_id": report_of(new, UNBALANCED), "row_code": "received_new", **NATURAL}
    assert (value["value_old"], value["value_new"], value["reason"]) == ("29", "28", "source")
    (sha,) = (r for r in of_table(rows, "documents") if r["column_name"] == "content_sha256")
    assert json.loads(sha["row_key"]) == {"source_path": UNBALANCED, "member": None} and sha["reason"] == "source"
    findings = of_table(rows, "flags", "added")
    assert {(r["report_id"], r["reason"]) for r in findings} == {(key["report_id"], "source")}
    assert found.unexplained == 0
    said = entry.entry(edition("1.0.1"), found)
    numbers = re.findall(r"^  - .+ 2024, `applications/received_new/natural_person`: (.*)$", said, re.MULTILINE)
    assert numbers == ["29 → 28 (`source`)"]
    assert re.search(r"^- `cells`: \d+ changed \(.*`value` 1[,)]", said, re.MULTILINE)


def test_an_added_report_is_a_minor_step(releases: Path, base: Folder, tmp_path: Path) -> None:
    new = copied(releases / "added", tmp_path / "new")
    found = between(base, new)
    assert needed(found) is Step.MINOR and str(version_for(found)) == "1.1.0"
    rows = listed(new)
    (report,) = of_table(rows, "reports", "added")
    assert json.loads(report["row_key"]) == {"report_id": report_of(new, ADDED)} and report["reason"] == "source"
    assert reasons(rows, "cells", "added") == {"source"} and not of_table(rows, "cells")
    assert reasons(rows, "vocabulary") == {"corpus"}
    r = found.reports
    assert r is not None and (r.added, r.removed, r.lost, r.years, r.issuers) == (1, 0, 0, (2023,), 1)
    assert found.unexplained == 0


def test_a_removed_report_is_a_loss_for_whoever_repeats_an_analysis(
    releases: Path, base: Folder, tmp_path: Path
) -> None:
    more = copied(releases / "added", tmp_path / "more")
    found = between(more, base)
    assert needed(found) is Step.MAJOR
    assert found.reports is not None and (found.reports.removed, found.reports.lost) == (1, 1)
    said = entry.entry(edition("2.0.0"), found)
    assert "Organ-years that had a report in the release before and have none now: 1**" in said
    (lost,) = re.findall(r"^  - (.*), 2023: (.*)$", said, re.MULTILINE)
    assert lost[0] and lost[1] == f"`{ADDED}` (its document is not there any more)"
    assert f"，2023：`{ADDED}`（文件已不在）" in said
    with pytest.raises(WrongVersion, match="1 organ-year without a report, which had one"):
        version_for(found, edition("1.2.0").version)


def test_a_correction_by_hand_is_a_patch_and_leaves_the_value(releases: Path, base: Folder, tmp_path: Path) -> None:
    new = copied(releases / "corrected", tmp_path / "new")
    found = between(base, new)
    assert needed(found) is Step.PATCH and found.unexplained == 0
    rows = listed(new)
    changed = {r["column_name"]: (r["value_old"], r["value_new"], r["reason"]) for r in of_table(rows, "cells")}
    assert changed == {
        "value_corrected": ("", "7", "correction"),
        "correction_id": ("", "carried-in", "correction"),
    }
    assert reasons(rows, "corrections", "added") == {"correction"}
    assert {c.table for c in found.counts} == {"cells", "corrections"}
    with duckdb.connect() as connection:
        wide = (
            f"SELECT source_path, cells_corrected FROM read_parquet({str(new.parquet('reports_wide'))!r}) ORDER BY ALL"
        )
        assert connection.execute(wide).fetchall() == [(OFFICE, 0), (UNBALANCED, 1)]


def test_a_renamed_column_is_a_major_step_and_its_values_are_still_compared(base: Folder, same: Folder) -> None:
    rewritten(same, "cells", "SELECT * RENAME (missing_reason AS why_missing) FROM {old}")
    edited_resource(same, "cells", {"name": "why_missing"}, "missing_reason")
    found = between(base, same)
    assert needed(found) is Step.MAJOR and str(version_for(found)) == "2.0.0"
    (change,) = schema_rows(same)
    assert change == {
        "kind": "column",
        "parent": "cells",
        "name": "missing_reason",
        "change": "renamed",
        "attribute": "name",
        "value_old": "missing_reason",
        "value_new": "why_missing",
        "step": "major",
    }
    assert listed(same) == []
    assert "- Renamed: `cells.missing_reason`, now `why_missing`." in entry.entry(edition("2.0.0"), found)
    with pytest.raises(WrongVersion, match=r"column cells\.missing_reason is now called why_missing"):
        version_for(found, edition("1.0.1").version)


def test_a_renamed_key_and_a_changed_value_under_it(base: Folder, same: Folder) -> None:
    rewritten(
        same,
        "indicators",
        "SELECT report_id, indicator AS measure, CASE WHEN indicator = 'applications_received' THEN value + 1 ELSE value END "
        "AS value, * EXCLUDE (report_id, indicator, value) FROM {old}",
    )
    edited_resource(same, "indicators", {"name": "measure"}, "indicator")
    said = json.loads(same.datapackage.read_text(encoding="utf-8"))
    (resource,) = (r for r in said["resources"] if r["name"] == "indicators")
    resource["schema"]["primaryKey"] = ["report_id", "measure"]
    edited_json(same.datapackage, resources=said["resources"])
    found = between(base, same)
    assert needed(found) is Step.MAJOR
    changed = of_table(listed(same), "indicators")
    assert changed and {r["column_name"] for r in changed} == {"value"}
    assert {json.loads(r["row_key"])["measure"] for r in changed} == {"applications_received"}


def test_columns_tables_and_codes_that_come_and_go(base: Folder, same: Folder) -> None:
    rewritten(same, "reports", "SELECT *, 1 AS weight FROM {old}")
    found = between(base, same)
    assert [str(c) for c in found.schema] == ["column reports.weight was added"] and needed(found) is Step.MINOR
    rewritten(same, "reports", "SELECT * EXCLUDE (weight, title) FROM {old}")
    assert [str(c) for c in between(base, same).schema] == ["column reports.title was removed"]
    rewritten(same, "codes", "SELECT * FROM {old} WHERE NOT (codelist = 'severity' AND code = 'info')")
    found = between(base, same)
    assert "code severity.info was removed" in [str(c) for c in found.schema] and needed(found) is Step.MAJOR
    assert reasons(listed(same), "codes", "removed") == {"schema"}
    same.parquet("terms").unlink()
    assert "table terms was removed" in [str(c) for c in between(base, same).schema]


def test_a_type_and_a_unit_are_meaning_a_description_is_wording(base: Folder, same: Folder) -> None:
    edited_resource(same, "cells", {"description": "Other words."}, "printed")
    found = between(base, same)
    assert [(c.name, c.attribute) for c in found.schema] == [("printed", "description")]
    assert needed(found) is Step.PATCH
    assert "(descriptions, labels, messages): 1; see" in entry.entry(edition("1.0.1"), found)
    edited_resource(same, "features", {"unit": "per 100 tokens"}, "per_1000_tokens")
    assert needed(between(base, same)) is Step.MAJOR
    edited_resource(same, "features", {"unit": "per 1000 tokens"}, "per_1000_tokens")
    rewritten(same, "features", "SELECT * REPLACE (count::BIGINT AS count) FROM {old}")
    found = between(base, same)
    assert "column features.count: type was INTEGER, is BIGINT" in [str(c) for c in found.schema]
    assert listed(same) == [], "the numbers are the same, whatever their type"


def test_of_many_that_are_lost_the_first_are_named_and_nothing_of_theirs_is_markdown(
    base: Folder, same: Folder
) -> None:
    """Names come from documents that anyone can write: no link, no mark-up, no second line of an entry."""
    hostile = "'**x** [here](https://example.org)' || chr(10) || '## 9.9.9 <b>' || chr(8238) AS issuer, n + 1990 AS report_year"
    number = "'lost' || n AS document_id, 'lost' || n AS report_id"
    where = f"source_path = '{OFFICE}'"
    columns = {
        "reports": f"{number}, 'lost' || n AS issuer_id, {hostile}",
        "documents": f"{number}, 'a`b' || n AS source_path",
    }
    for table, replaced in columns.items():
        more = f"SELECT * EXCLUDE (n) REPLACE ({replaced}) FROM {{old}}, range(20) r(n) WHERE {where}"
        rewritten(base, table, f"FROM {{old}} UNION ALL {more}")
    found = between(base, same)
    assert found.reports is not None and found.reports.lost == 20
    said = entry.entry(edition("2.0.0"), found)
    lines = [line for line in said.splitlines() if line.startswith("  - ")]
    assert len(lines) == 2 * 13 and lines[12] == "  - and 8 more" and lines[25] == "  - 另有 8 项"
    name = r"\*\*x\*\* \[here\](https://example.org) \#\# 9.9.9 \<b\>"
    assert lines[0] == f"  - {name}, 1990: `` a`b0 `` (its document is not there any more)"
    assert said.count("\n## ") == 0


def test_a_release_is_compared_before_it_describes_itself(base: Folder, same: Folder) -> None:
    """The version comes from the comparison, and what a release says of itself and the wide table come after it."""
    for path in (same.datapackage, same.provenance, same.parquet("reports_wide")):
        path.unlink()
    found = between(base, same)
    assert needed(found) is Step.NONE, found


def test_the_same_release_asks_for_no_version(base: Folder, same: Folder) -> None:
    found = between(base, same)
    assert needed(found) is Step.NONE and listed(same) == [] and schema_rows(same) == []
    with pytest.raises(WrongVersion, match=r"nothing changed since 1\.0\.0"):
        version_for(found)


def test_the_files_are_the_same_byte_for_byte_and_say_the_same(releases: Path, base: Folder, tmp_path: Path) -> None:
    first, second = (copied(releases / "added", tmp_path / n) for n in ("one", "two"))
    between(base, first)
    between(base, second)
    names = sorted(p.name for p in first.changes.iterdir())
    assert names == ["README.md", "metadata.csv", "rows.csv.gz", "rows.parquet", "schema.csv", "summary.csv"]
    for name in names:
        assert (first.changes / name).read_bytes() == (second.changes / name).read_bytes(), name
    with duckdb.connect() as connection:
        sql = f"SELECT table_name, change, reason, count(*) FROM read_parquet({str(first.changes / 'rows.parquet')!r}) GROUP BY ALL ORDER BY ALL"
        in_parquet = connection.execute(sql).fetchall()
    rows = listed(first)
    assert sum(r[3] for r in in_parquet) == len(rows)
    with (first.changes / "summary.csv").open(encoding="utf-8", newline="") as f:
        summary = list(csv.DictReader(f))
    assert {(s["table_name"], s["change"], s["reason"]) for s in summary} == {r[:3] for r in in_parquet}
    (cells,) = (s for s in summary if s["table_name"] == "cells")
    assert int(cells["rows_count"]) == len(of_table(rows, "cells", "added"))


def test_no_text_becomes_a_formula_in_a_spreadsheet(base: Folder, same: Folder) -> None:
    rewritten(same, "reports", "SELECT * REPLACE ('=1+1' AS title, '-3' AS index_number) FROM {old}")
    between(base, same)
    new = {(r["column_name"], r["value_new"]) for r in of_table(listed(same), "reports")}
    assert new == {("title", "'=1+1"), ("index_number", "-3")}
    with duckdb.connect() as connection:
        rows = f"read_parquet({str(same.changes / 'rows.parquet')!r})"
        sql = f"SELECT DISTINCT value_new FROM {rows} WHERE column_name = 'title'"
        assert connection.execute(sql).fetchall() == [("=1+1",)]


def test_a_first_release_says_so(base: Folder) -> None:
    assert between(None, base) == Difference(None)
    assert sorted(p.name for p in base.changes.iterdir()) == ["README.md"]
    assert "First release" in (base.changes / "README.md").read_text(encoding="utf-8")
    text = base.changelog.read_text(encoding="utf-8")
    assert "## 1.0.0 (2026-01-31)" in text and "首次发布" in text


def test_the_entry_stands_before_those_of_the_releases_before(releases: Path, base: Folder, tmp_path: Path) -> None:
    new = copied(releases / "added", tmp_path / "new")
    entry.write(new, edition("1.1.0", "1.0.0"), between(base, new), base)
    text = new.changelog.read_text(encoding="utf-8")
    assert text.count("# Changelog") == 1
    assert text.index("## 1.1.0") < text.index("- Reports: 3 (1 added, 0 removed).") < text.index("## 1.0.0")
    assert "- New report years: 2023." in text and "- 新增报告年度：2023。" in text
    assert "`cells`: 200 added." in text and "`cells`：新增 200 行。" in text
    assert "| `corpus` |" in (new.changes / "README.md").read_text(encoding="utf-8")


def test_what_is_no_release_cannot_be_compared_with(base: Folder, same: Folder, tmp_path: Path) -> None:
    with pytest.raises(NotComparable, match=r"PROVENANCE\.json cannot be read: No such file"):
        between(Folder(tmp_path / "nowhere"), same)
    base.parquet("cells").write_bytes(b"PAR1 no")
    with pytest.raises(NotComparable, match="cells"):
        between(base, same)
    base.datapackage.write_text("{", encoding="utf-8")
    with pytest.raises(NotComparable, match=r"datapackage\.json is no JSON"):
        between(base, same)


def test_a_renamed_column_of_a_view_is_a_major_step(base: Folder, same: Folder) -> None:
    """`applications` lies in no Parquet file, but people open it as CSV and Stata file and ask it in SQL."""
    said = json.loads(same.datapackage.read_text(encoding="utf-8"))
    (view,) = (r for r in said["resources"] if r["name"] == "applications_csv")
    (column,) = (f for f in view["schema"]["fields"] if f["name"] == "row_label")
    column["name"] = "row_name"
    same.datapackage.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    difference = between(base, same)
    assert needed(difference) is Step.MAJOR
    assert ("applications", "row_label", "row_name") in {(c.parent, c.old, c.new) for c in difference.schema}
