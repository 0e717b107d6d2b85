"""Why a value differs between two releases: its document, a rule, a word list, the program, or where the document stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.release.changes import entry
from pipeline.release.changes.compare import between
from pipeline.release.changes.model import ChangedTable
from pipeline.release.folder import Folder
from pipeline.release.versions import Step, needed
from tests.release.compared import (
    NATURAL,
    listed,
    of_table,
    put_elsewhere,
    read_by_another_program,
    reasons,
    report_of,
)
from tests.release.conftest import OFFICE, UNBALANCED
from tests.release.folders import copied, edition, rewritten

pytestmark = pytest.mark.xdist_group("releases")


def test_reports_that_came_excuse_nothing_that_does_not_hang_on_them(
    releases: Path, base: Folder, tmp_path: Path
) -> None:
    """One report more, of another organ, and another program: what that reads otherwise is told as such."""
    new = copied(releases / "added", tmp_path / "new")
    of_base = f"source_path IN ('{OFFICE}', '{UNBALANCED}')"
    rewritten(
        new, "documents", f"SELECT * REPLACE (CASE WHEN {of_base} THEN 'x' ELSE encoding END AS encoding) FROM {{old}}"
    )
    rewritten(new, "reports", f"SELECT * REPLACE (CASE WHEN {of_base} THEN 'x' ELSE title END AS title) FROM {{old}}")
    organ = f"issuer_id = (SELECT issuer_id FROM read_parquet({str(new.parquet('reports'))!r}) WHERE source_path = '{OFFICE}')"
    rewritten(new, "issuers", f"SELECT * REPLACE (CASE WHEN {organ} THEN 'x' ELSE issuer END AS issuer) FROM {{old}}")
    read_by_another_program(new)
    between(base, new)
    rows = listed(new)
    for table in ("documents", "reports", "issuers"):
        assert reasons(rows, table) == {"reader"}, table
    assert reasons(rows, "vocabulary") == {"corpus"} and reasons(rows, "issuers", "added") == {"corpus"}


@pytest.mark.parametrize("has_address", [False, True], ids=["another identity", "the same identity"])
def test_a_document_that_stands_elsewhere_hides_no_change_of_the_reader(
    base: Folder, same: Folder, has_address: bool
) -> None:
    moved = "2024/renamed.txt"
    before = report_of(base, UNBALANCED)
    put_elsewhere(same, UNBALANCED, moved, has_address=has_address)
    report = report_of(same, moved)
    cell = "table_code = 'applications' AND row_code = 'received_new' AND column_code = 'natural_person'"
    changed = f"report_id = '{report}' AND {cell}"
    rewritten(same, "cells", f"SELECT * REPLACE (CASE WHEN {changed} THEN 30 ELSE value END AS value) FROM {{old}}")
    rewritten(same, "documents", "SELECT * REPLACE (upper(reader) AS reader) FROM {old}")
    read_by_another_program(same)
    found = between(base, same)
    told = listed(same)
    columns = ("table_name", "column_name", "value_old", "value_new", "reason")
    rows = {tuple(r[c] for c in columns) for r in told if r["column_name"] != "reader"}
    path, identity = (UNBALANCED, moved, "moved"), (before, report, "moved")
    assert rows == {
        ("cells", "value", "29", "30", "reader"),  # the bytes are the same: the document is no reason
        ("documents", "source_path", *path),
        ("reports", "source_path", *path),
        *(() if has_address else (("reports", "report_id", *identity),)),
    }
    (value,) = of_table(told, "cells")
    assert json.loads(value["row_key"]) == {"report_id": report, "row_code": "received_new", **NATURAL}
    (documents,) = (t for t in found.changed if t.table == "documents")
    assert documents == ChangedTable("documents", 2, (("reader", 2), ("source_path", 1))), (
        "a row for two reasons is one"
    )
    r = found.reports
    assert r is not None and (r.added, r.removed, r.lost, r.moved) == (0, 0, 0, 0 if has_address else 1)
    assert needed(found) is (Step.PATCH if has_address else Step.MINOR)
    assert ("which have another `report_id` now: 1." in entry.entry(edition("1.1.0"), found)) is not has_address


def test_copies_that_move_together_stay_what_they_are(base: Folder, same: Folder) -> None:
    """A folder with two files of the same bytes is renamed: the first is still the first."""
    copy = "SELECT * REPLACE ('copy' AS document_id, {path} AS source_path, 'duplicate' AS outcome, NULL AS report_id)"
    for folder, path in ((base, "2024/z.txt"), (same, "moved/z.txt")):
        made = copy.format(path=f"'{path}'")
        rewritten(folder, "documents", f"FROM {{old}} UNION ALL {made} FROM {{old}} WHERE source_path = '{UNBALANCED}'")
    put_elsewhere(same, UNBALANCED, "moved/a.txt", has_address=False)
    found = between(base, same)
    paths = {(r["value_old"], r["value_new"]) for r in of_table(listed(same), "documents")}
    assert paths == {(UNBALANCED, "moved/a.txt"), ("2024/z.txt", "moved/z.txt")}
    assert found.unexplained == 0 and {c.reason for c in found.counts} == {"moved"}


def test_a_rule_that_says_something_else(base: Folder, same: Folder) -> None:
    """The rule's words and the findings under it changed, the documents did not."""
    of_rule = "rule_code = 'row_total_mismatch'"
    code = "balance_mismatch"
    rewritten(
        same,
        "rules",
        f"SELECT * REPLACE (CASE WHEN rule_code = '{code}' THEN 'New words' ELSE title_en END AS title_en) FROM {{old}}",
    )
    rewritten(
        same,
        "flags",
        f"SELECT * REPLACE (CASE WHEN rule_code = '{code}' THEN 'new' ELSE message_en END AS message_en) FROM {{old}} "
        f"WHERE NOT {of_rule}",
    )
    found = between(base, same)
    rows = listed(same)
    assert reasons(rows, "flags") == {"rule"} and reasons(rows, "rules") == {"rule"}
    assert [(c.kind, c.name, c.attribute) for c in found.schema] == [("rule", code, "English title")]
    assert needed(found) is Step.PATCH
    assert reasons(rows, "flags", "removed") <= {"unexplained"}, "no cause of theirs differs"


def test_a_word_list_and_another_program(base: Folder, same: Folder) -> None:
    rewritten(same, "features", "SELECT * REPLACE (count + 1 AS count) FROM {old}")
    found = between(base, same)
    assert reasons(listed(same), "features") == {"unexplained"} and found.unexplained > 0
    said = entry.entry(edition("1.0.1"), found)
    assert "**Rows that changed, and nothing says why" in said and "变化原因不明" in said
    read_by_another_program(same)
    between(base, same)
    assert reasons(listed(same), "features") == {"reader"}
    rewritten(
        same,
        "dictionaries",
        "SELECT * REPLACE (CASE dictionary WHEN 'contexts' THEN '1.1.0' ELSE version END AS version) FROM {old}",
    )
    found = between(base, same)
    assert reasons(listed(same), "features") == {"dictionary"}
    assert found.dictionaries == (("contexts", "1.0.0", "1.1.0"),)
    assert "- Word list `contexts`: 1.0.0 → 1.1.0." in entry.entry(edition("1.0.1"), found)


def test_a_report_found_to_be_a_copy_is_no_loss(base: Folder, same: Folder) -> None:
    """Another document gives the same organ's year now; the old one is still there, as a duplicate."""
    old = report_of(base, OFFICE)
    is_it = f"source_path = '{OFFICE}'"
    other = "'other' AS report_id, 'other' AS document_id, 'other.html' AS source_path"
    rewritten(
        same,
        "documents",
        f"SELECT * REPLACE (CASE WHEN {is_it} THEN 'duplicate' ELSE outcome END AS outcome) FROM {{old}} "
        f"UNION ALL SELECT * REPLACE ({other}, 'other bytes' AS content_sha256) FROM {{old}} WHERE {is_it}",
    )
    rewritten(
        same,
        "reports",
        f"FROM {{old}} WHERE NOT {is_it} UNION ALL SELECT * REPLACE ({other}) FROM {{old}} WHERE {is_it}",
    )
    cell = f"CASE report_id WHEN '{old}' THEN 'other' ELSE report_id END AS report_id"
    rewritten(same, "cells", f"SELECT * REPLACE ({cell}) FROM {{old}}")
    found = between(base, same)
    assert found.reports is not None and (found.reports.added, found.reports.removed, found.reports.lost) == (1, 1, 0)
    assert needed(found) is Step.MINOR
    assert reasons(listed(same), "reports", "removed") == {"corpus"}
    assert reasons(listed(same), "reports", "added") == {"source"}


def test_an_indicator_that_is_computed_otherwise_is_a_major_step_and_the_reason_of_its_values(
    base: Folder, same: Folder
) -> None:
    base.codebook.mkdir(exist_ok=True)
    (base.codebook / "indicators.csv").write_text(
        'indicator,formula_en\nshare_granted,"{Granted: Total} ÷ {Received: Total}"\n', encoding="utf-8"
    )
    changed = "indicator IN ('share_granted', 'applications_received')"
    rewritten(
        same, "indicators", f"SELECT * REPLACE (CASE WHEN {changed} THEN -1 ELSE value END AS value) FROM {{old}}"
    )
    read_by_another_program(same)
    difference = between(base, same)
    assert needed(difference) is Step.MAJOR
    assert [(c.kind, c.name, c.attribute) for c in difference.schema] == [("indicator", "share_granted", "formula")]
    rows = of_table(listed(same), "indicators")
    assert {(json.loads(r["row_key"])["indicator"], r["reason"]) for r in rows} == {
        ("share_granted", "rule"),
        ("applications_received", "reader"),
    }
