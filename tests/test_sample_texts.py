"""What is planted in the narratives of the sample (`tests/corpus/stories.py`), against the tables about texts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import gold
from tests.conftest import ROOT

TEXTS = ROOT / "data" / "sample_gold" / "meta" / "texts.csv"

STEMS = """
stems AS (
    SELECT r.report_id, parse_filename(r.source_path, true) AS stem FROM reports r
    JOIN documents d USING (document_id) WHERE d.member IS NULL
)
"""
"""The reports that are files of their own, each with the name of its gold."""


def planted(*kinds: str) -> list[Any]:
    """The plants of these kinds as cases: report, section, other report."""
    rows = [r for r in gold.rows(TEXTS) if r["kind"] in kinds]
    assert {r["kind"] for r in rows} == set(kinds)
    return [
        pytest.param(r["report"], r["section"], r["other_report"], id=f"{r['report']}-{r['section']}") for r in rows
    ]


def pair(build: Path, report: str, section: str, other: str) -> dict[str, Any]:
    """The pair of two reports' sections, seen from the first."""
    sql = f"""
        WITH {STEMS} SELECT p.* FROM reuse_pairs p JOIN stems a USING (report_id)
        JOIN stems b ON b.report_id = p.other_report_id WHERE p.section_code = ? AND (a.stem, b.stem) = (?, ?)
    """
    found = gold.query(build, sql, section, report, other)
    assert len(found) == 1, f"{report} and {other}: {len(found)} pairs"
    return found[0]


def shares(build: Path, report: str, section: str) -> dict[str, Any]:
    """The row of `reuse` of a section."""
    sql = f"WITH {STEMS} SELECT u.* FROM reuse u JOIN stems USING (report_id) WHERE stem = ? AND section_code = ?"
    (row,) = gold.query(build, sql, report, section)
    return row


def links(build: Path, report: str, other: str, kind: str) -> list[dict[str, Any]]:
    """Points of a report that are followed back to another report's, with the words of both."""
    sql = f"""
        WITH {STEMS} SELECT l.*, p.text, e.text AS earlier_text FROM point_links l
        JOIN points p ON (p.report_id, p.point_no) = (l.report_id, l.point_no)
        JOIN points e ON (e.report_id, e.point_no) = (l.earlier_report_id, l.earlier_point_no)
        JOIN stems a ON a.report_id = l.report_id JOIN stems b ON b.report_id = l.earlier_report_id
        WHERE (a.stem, b.stem, l.kind) = (?, ?, ?)
    """
    return gold.query(build, sql, report, other, kind)


def points(build: Path, report: str) -> list[tuple[str, str | None, str]]:
    """Kind, marker and first words of a report's points."""
    sql = f"""
        WITH {STEMS} SELECT kind, marker, left(text, 6) AS text FROM points JOIN stems USING (report_id)
        WHERE stem = ? ORDER BY point_no
    """
    return [(p["kind"], p["marker"], p["text"]) for p in gold.query(build, sql, report)]


def mentions(build: Path, report: str, feature: str) -> tuple[int, int]:
    """How often a report's section six affirms and denies a feature."""
    sql = f"""
        WITH {STEMS} SELECT sum(count)::INTEGER AS told, sum(count_denied)::INTEGER AS denied FROM features
        JOIN stems USING (report_id) WHERE (stem, section_code, feature) = (?, 'other_matters', ?)
    """
    (row,) = gold.query(build, sql, report, feature)
    return row["told"] or 0, row["denied"] or 0


# ---- copies ----
@pytest.mark.parametrize(("report", "section", "other"), planted("copied_with_new_numbers"))
def test_a_copy_with_new_numbers_differs_only_as_printed(sample_build: Path, report: str, section: str, other: str):
    copy = pair(sample_build, report, section, other)
    assert (copy["relation"], copy["is_identical"], copy["is_identical_raw"]) == ("previous_year", True, False)
    assert copy["jaccard"] == 1 > copy["jaccard_raw"]
    assert copy["numbers_unchanged"] is False
    found = shares(sample_build, report, section)
    assert (found["share_from_previous_year"], found["share_novel"]) == (1, 0)
    assert found["is_identical_to_previous_year"] and found["numbers_unchanged"] is False


@pytest.mark.parametrize(("report", "section", "other"), planted("copied_with_its_numbers"))
def test_a_copy_with_its_numbers_is_told_from_one_without(sample_build: Path, report: str, section: str, other: str):
    copy = pair(sample_build, report, section, other)
    assert (copy["relation"], copy["is_identical"], copy["is_identical_raw"]) == ("previous_year", True, False)
    assert copy["numbers_unchanged"] is True
    assert shares(sample_build, report, section)["numbers"] >= 10
    assert shares(sample_build, report, section)["stale_year_mentions"] == 0, "its year is that of the report"


@pytest.mark.parametrize(("report", "section", "other"), planted("copied_with_stale_year"))
def test_a_year_that_was_left_in_a_copy_is_named(sample_build: Path, report: str, section: str, other: str):
    assert pair(sample_build, report, section, other)["is_identical_raw"]
    found = shares(sample_build, report, section)
    assert (found["stale_year_mentions"], found["stale_year_copied"]) == (1, 1)
    assert found["stale_sentence"].startswith(f"{other[-4:]}年，")
    sql = f"""
        WITH {STEMS} SELECT f.locator, s.locator AS whole FROM flags f JOIN stems USING (report_id)
        JOIN sections s USING (report_id) WHERE (stem, rule_code, section_code) = (?, 'stale_year_copied', ?)
    """
    (finding,) = gold.query(sample_build, sql, report, section)
    first, last = map(int, re.search(r"characters (\d+)-(\d+)$", finding["locator"]).groups())  # type: ignore[union-attr]
    (source,) = (ROOT / "data" / "sample").rglob(f"{report}.txt")
    assert source.read_text(encoding="utf-8")[first:last] == f"{other[-4:]}年"
    assert finding["locator"] != finding["whole"]


@pytest.mark.parametrize(("report", "section", "other"), planted("copied_from_sibling"))
def test_a_copy_of_a_fellow_organ_is_a_pair_of_siblings(sample_build: Path, report: str, section: str, other: str):
    first, second = sorted((report, other))
    copy = pair(sample_build, first, section, second)
    assert copy["relation"] == "sibling" and not copy["is_identical"]
    assert min(copy["containment"], copy["containment_other"]) > 0.9 > copy["jaccard_raw"]
    found = shares(sample_build, report, section)
    assert found["share_from_sibling"] > 0.9 > 0.1 > found["share_novel"]
    assert found["share_from_previous_year"] < 0.1


@pytest.mark.parametrize(("report", "section", "other"), planted("copied_from_superior"))
def test_a_copy_of_the_government_above_is_the_subordinates(sample_build: Path, report: str, section: str, other: str):
    copy = pair(sample_build, report, section, other)
    assert (copy["relation"], copy["is_identical"], copy["is_identical_raw"]) == ("superior", True, False)
    assert shares(sample_build, report, section)["share_from_superior"] == 1
    assert shares(sample_build, report, section)["share_novel"] == 0
    assert shares(sample_build, other, section)["share_novel"] == 1, "the one above did not copy from below"


@pytest.mark.parametrize(("report", "section", "other"), planted("own_text"))
def test_what_is_written_anew_is_novel(sample_build: Path, report: str, section: str, other: str):
    assert pair(sample_build, report, section, other)["containment"] < 0.2
    found = shares(sample_build, report, section)
    assert found["share_novel"] > 0.8
    assert found["copies_count"] == 0 and not found["is_identical_to_previous_year"]


@pytest.mark.parametrize(("report", "section", "other"), planted("headings_only"))
def test_headings_make_no_pair(sample_build: Path, report: str, section: str, other: str):
    found = shares(sample_build, report, section)
    assert (found["shingles"], found["share_novel"], found["copies_count"]) == (0, None, None)
    sql = f"""
        WITH {STEMS} SELECT p.* FROM reuse_pairs p JOIN stems a ON a.report_id IN (p.report_id, p.other_report_id)
        WHERE a.stem = ? AND p.section_code = ?
    """
    assert gold.query(sample_build, sql, report, section) == []


def test_nothing_else_in_these_reports_is_alike(sample_build: Path):
    """Half of a text shared with another report is one of the planted copies, whatever the section: what stands around a
    report on its page makes no pair.
    """
    sql = f"""
        WITH {STEMS} SELECT a.stem, p.section_code, b.stem AS other FROM reuse_pairs p
        JOIN stems a USING (report_id) JOIN stems b ON b.report_id = p.other_report_id
        WHERE greatest(p.containment, p.containment_other) >= 0.5
    """
    rows = gold.rows(TEXTS)
    told = {r["report"] for r in rows} | {r["other_report"] for r in rows}
    alike = {
        (p["section_code"], frozenset((p["stem"], p["other"])))
        for p in gold.query(sample_build, sql)
        if {p["stem"], p["other"]} & told
    }
    copies = {
        (r["section"], frozenset((r["report"], r["other_report"]))) for r in rows if r["kind"].startswith("copied")
    }
    assert alike == copies


# ---- points over the years ----
def test_points_are_found_one_by_one(sample_build: Path):
    assert points(sample_build, "road_bureau_2023") == [
        ("problem", "其一", "限行信息发布"),
        ("problem", "其二", "修缮工程只公"),
        ("problem", "其三", "许可档案没有"),
        ("improvement_promised", "其一", "限行方案确定"),
        ("improvement_promised", "其二", "每半月公布一"),
        ("improvement_promised", "其三", "分批扫描许可"),
    ]
    kinds = Counter(kind for kind, _, _ in points(sample_build, "road_bureau_2024"))
    assert kinds == {"improvement_made": 3, "problem": 2, "improvement_promised": 2}
    assert {marker for _, marker, _ in points(sample_build, "reed_bureau_2024")} == {"（1）", "（2）", "（3）"}


@pytest.mark.parametrize(("report", "section", "other"), planted("problem_repeated"))
def test_a_problem_told_again_is_followed_back(sample_build: Path, report: str, section: str, other: str):
    again = [x for x in links(sample_build, report, other, "problem") if x["earlier_kind"] == "problem"]
    assert [(x["text"][:9], x["earlier_text"][:9]) for x in again] == [("苇塘分布图更新周期", "苇塘分布图更新周期")]
    assert again[0]["jaccard"] < 1 and again[0]["same_types"]


@pytest.mark.parametrize(("report", "section", "other"), planted("promise_repeated"))
def test_a_promise_made_again_is_followed_back(sample_build: Path, report: str, section: str, other: str):
    again = [
        x
        for x in links(sample_build, report, other, "improvement_promised")
        if x["earlier_kind"] == "improvement_promised"
    ]
    words = {"first_town_2023": "由网格员每月拍照", "reed_bureau_2023": "在“一网通办”平"}[report]
    assert [(x["text"][:8], x["earlier_text"][:8]) for x in again] == [(words, words)]


@pytest.mark.parametrize(("report", "section", "other"), planted("improvement_made"))
def test_what_was_done_is_tied_to_the_problem_and_to_the_promise(
    sample_build: Path, report: str, section: str, other: str
):
    made = links(sample_build, report, other, "improvement_made")
    assert {(x["text"][:8], x["earlier_kind"], x["earlier_text"][:8]) for x in made} == {
        ("限行信息发布晚于", "problem", "限行信息发布晚于"),
        ("已做到每半月公布", "improvement_promised", "每半月公布一次施"),
    }
    assert links(sample_build, report, other, "problem") == [], "its problems of this year are others"


# ---- what is denied, and what is peculiar to whom ----
@pytest.mark.parametrize(("report", "section", "other"), planted("nothing_charged"))
def test_a_denial_is_no_mention(sample_build: Path, report: str, section: str, other: str):
    told, denied = mentions(sample_build, report, "fees")
    assert told == 0 < denied


@pytest.mark.parametrize(("report", "section", "other"), planted("charged"))
def test_fees_that_were_charged_are_a_mention(sample_build: Path, report: str, section: str, other: str):
    told, denied = mentions(sample_build, report, "fees")
    assert denied == 0 < told


def test_towns_and_departments_differ_in_their_words(sample_build: Path):
    sql = f"""
        WITH {STEMS}, of_kind AS (
            SELECT CASE issuer_kind WHEN 'department' THEN 'department' ELSE 'town' END AS kind, report_id
            FROM reports JOIN stems USING (report_id)
            WHERE issuer_kind IN ('department', 'town', 'subdistrict') AND stem IN (SELECT unnest(?))
        )
        SELECT feature, kind, sum(count)::INTEGER AS n FROM features JOIN of_kind USING (report_id)
        WHERE feature IN ('hotline', 'proactive_channels.boards', 'policy_interpretation_response', 'digital_government')
        GROUP BY ALL
    """
    told = sorted({r["report"] for r in gold.rows(TEXTS)})
    count = Counter({(r["feature"], r["kind"]): r["n"] for r in gold.query(sample_build, sql, told)})
    for feature in ("hotline", "proactive_channels.boards"):
        assert count[feature, "town"] > 3 * count[feature, "department"], feature
    for feature in ("policy_interpretation_response", "digital_government"):
        assert count[feature, "department"] > 3 * count[feature, "town"], feature
