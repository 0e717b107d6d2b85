"""Who copied from whom: pairs, their relations and figures, and the shares of a section."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline import schema
from pipeline.reuse import candidates, find_reuse, section
from pipeline.reuse.tables import ENOUGH_SHINGLES, MOST_OTHERS, PAIRS, REUSE
from tests.reuse.corpus import OTHER, OWN, THIRD, Report, frames


def found(*reports: Report) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Pairs, and the shares by report."""
    pairs, reuse = find_reuse(*frames(*reports))
    assert pairs.schema == PAIRS
    assert reuse.schema == REUSE
    return pairs.rows(named=True), {r["report_id"]: r for r in reuse.iter_rows(named=True)}


def ends(pairs: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(p["report_id"], p["other_report_id"], p["relation"]) for p in pairs}


def test_reports_that_differ_in_numbers_only_are_identical_masked_and_not_raw() -> None:
    pairs, reuse = found(
        Report("a", "甲县教育局", 2023, f"2023年，发布信息118条。{OWN}"),
        Report("b", "甲县教育局", 2024, f"2024年，发布信息97条。{OWN}"),
    )
    (pair,) = pairs
    assert ends(pairs) == {("b", "a", "previous_year")}
    assert (pair["containment"], pair["jaccard"], pair["is_identical"]) == (1, 1, True)
    assert pair["jaccard_raw"] < 1 and not pair["is_identical_raw"]
    assert pair["numbers_unchanged"] is False
    later = reuse["b"]
    assert (later["share_from_previous_year"], later["share_novel"]) == (1, 0)
    assert (later["is_identical_to_previous_year"], later["numbers_unchanged"]) == (True, False)
    assert (reuse["a"]["share_from_previous_year"], reuse["a"]["is_identical_to_previous_year"]) == (None, None)


def test_the_same_numbers_under_another_year_are_unchanged() -> None:
    pairs, reuse = found(
        Report("a", "甲县教育局", 2023, f"2023年，发布信息118条。{OWN}"),
        Report("b", "甲县教育局", 2024, f"2024年，发布信息118条。{OWN}"),
    )
    assert pairs[0]["numbers_unchanged"] is True
    assert reuse["b"]["numbers_unchanged"] is True
    assert reuse["b"]["numbers"] == 1


def test_texts_without_numbers_have_no_verdict_on_numbers() -> None:
    pairs, _ = found(Report("a", "甲县教育局", 2023, OTHER), Report("b", "甲县教育局", 2024, OTHER))
    assert pairs[0]["numbers_unchanged"] is None


def test_last_years_report_is_always_a_pair_so_that_novelty_is_known() -> None:
    pairs, reuse = found(Report("a", "甲县教育局", 2023, OWN), Report("b", "甲县教育局", 2024, OTHER))
    assert ends(pairs) == {("b", "a", "previous_year")}
    assert pairs[0]["containment"] == 0
    assert reuse["b"]["share_novel"] == 1


def test_a_gap_of_a_year_is_another_report_of_the_same_organ() -> None:
    pairs, reuse = found(Report("a", "甲县教育局", 2022, OWN), Report("b", "甲县教育局", 2024, OWN))
    assert ends(pairs) == {("b", "a", "same_organ")}
    assert reuse["b"]["share_from_previous_year"] is None
    assert (reuse["b"]["share_from_other"], reuse["b"]["share_novel"]) == (1, 0)
    # The later report is no source of the earlier one.
    assert (reuse["a"]["share_from_other"], reuse["a"]["share_novel"]) == (None, None)


@pytest.mark.parametrize("year", [2023, 2024])
def test_a_department_that_copies_the_countys_report(year: int) -> None:
    pairs, reuse = found(
        Report("county", "甲县人民政府", year, OWN, kind="government"),
        Report("bureau", "甲县教育局", 2024, OWN + THIRD),
    )
    assert ends(pairs) == {("bureau", "county", "superior")}
    assert pairs[0]["containment"] < 1 == pairs[0]["containment_other"]
    assert reuse["bureau"]["share_from_superior"] == pairs[0]["containment"]
    assert reuse["bureau"]["share_novel"] == pytest.approx(1 - pairs[0]["containment"])
    assert reuse["county"]["share_from_superior"] is None


def test_a_county_that_copies_its_prefecture() -> None:
    pairs, _ = found(
        Report("prefecture", "乙市人民政府", 2024, OWN, code="880100", kind="government"),
        Report("county", "甲县人民政府办公室", 2024, OWN, kind="office"),
    )
    assert ends(pairs) == {("county", "prefecture", "superior")}


def test_what_the_county_took_from_its_department_is_no_superiors_text() -> None:
    pairs, _ = found(
        Report("county", "甲县人民政府", 2024, OWN, kind="government"),
        Report("bureau", "甲县教育局", 2023, OWN),
    )
    assert ends(pairs) == {("county", "bureau", "other")}


def test_what_an_organ_below_wrote_in_the_same_year_leaves_the_superiors_text_novel() -> None:
    county = (
        Report("last_year", "甲县人民政府", 2023, OTHER, kind="government"),
        Report("county", "甲县人民政府", 2024, OWN, kind="government"),
    )
    for below in (
        Report("bureau", "甲县教育局", 2024, OWN),
        Report("town", "甲县松塘镇人民政府", 2024, OWN, kind="town"),
    ):
        _, reuse = found(*county, below)
        assert (reuse["county"]["share_novel"], reuse["county"]["share_from_other"]) == (1, None)
        assert reuse[below.report_id]["share_novel"] == 0
    _, reuse = found(*county, Report("bureau", "甲县教育局", 2023, OWN))
    assert (reuse["county"]["share_novel"], reuse["county"]["share_from_other"]) == (0, 1), "it stood there before"


def test_a_prefecture_is_above_the_towns_of_its_counties() -> None:
    _, reuse = found(
        Report("last_year", "乙市人民政府", 2023, OTHER, code="880100", kind="government"),
        Report("city", "乙市人民政府", 2024, OWN, code="880100", kind="government"),
        Report("town", "甲县松塘镇人民政府", 2024, OWN, kind="town"),
    )
    assert (reuse["city"]["share_novel"], reuse["town"]["share_novel"]) == (1, 0)


def test_of_fellows_with_one_text_neither_is_novel() -> None:
    _, reuse = found(Report("a", "甲县教育局", 2024, OWN), Report("b", "甲县水务局", 2024, OWN))
    assert (reuse["a"]["share_novel"], reuse["b"]["share_novel"]) == (0, 0)


def test_towns_and_subdistricts_of_a_county_are_fellows_and_bureaus_are_not_theirs() -> None:
    pairs, reuse = found(
        Report("a", "甲县松塘镇人民政府", 2024, OWN, kind="town"),
        Report("b", "甲县柳渡街道办事处", 2024, OWN, kind="subdistrict"),
        Report("c", "甲县教育局", 2024, OWN),
    )
    assert ends(pairs) == {("a", "b", "sibling"), ("a", "c", "other"), ("b", "c", "other")}
    assert reuse["a"]["share_from_sibling"] == reuse["b"]["share_from_sibling"] == 1
    assert reuse["c"]["share_from_sibling"] is None
    assert [r["copies_count"] for r in reuse.values()] == [2, 2, 2]


def test_a_fellow_whose_text_is_another_leaves_a_share_and_no_pair() -> None:
    pairs, reuse = found(Report("a", "甲县教育局", 2024, OWN), Report("b", "甲县水务局", 2024, OTHER))
    assert pairs == []
    assert (reuse["a"]["share_from_sibling"], reuse["a"]["share_novel"]) == (0, 1)


def test_a_copy_from_elsewhere_names_the_later_report_first() -> None:
    pairs, reuse = found(
        Report("z", "丙县教育局", 2021, OWN, code="770101"), Report("b", "甲县司法局", 2024, THIRD + OWN)
    )
    assert ends(pairs) == {("b", "z", "other")}
    assert reuse["b"]["share_from_other"] == pairs[0]["containment"]


def test_a_short_text_is_found_inside_a_long_one() -> None:
    pairs, _ = found(
        Report("a", "甲县教育局", 2024, THIRD),
        Report("b", "丙县教育局", 2024, OWN * 3 + THIRD + OTHER * 3, code="770101"),
    )
    assert pairs[0]["containment"] == 1
    assert pairs[0]["jaccard"] < 0.4


def test_headings_alone_never_make_a_pair() -> None:
    headings = (
        "（一）主动公开情况\n（二）依申请公开情况\n（三）政府信息管理情况\n（四）平台建设情况\n（五）监督保障情况"
    )
    pairs, reuse = found(
        Report("a", "甲县教育局", 2023, headings),
        Report("b", "甲县教育局", 2024, headings),
        Report("c", "甲县水务局", 2024, headings + "\n无。"),
    )
    assert pairs == []
    for row in reuse.values():
        assert row["shingles"] < ENOUGH_SHINGLES
        assert {row[c] for c in row if c.startswith("share_")} == {None}
        assert row["copies_count"] is None


def test_the_same_headings_over_different_texts_make_no_pair() -> None:
    def under(text: str) -> str:
        return f"（一）主动公开情况。{text}\n（二）依申请公开情况。{text[::-1]}"

    pairs, _ = found(
        Report("a", "甲县教育局", 2024, under(OWN)), Report("b", "丙县教育局", 2024, under(OTHER), code="770101")
    )
    assert pairs == []


def test_nothing_to_compare_with_is_null_and_not_zero() -> None:
    _, reuse = found(Report("a", "甲县教育局", 2024, OWN))
    row = reuse["a"]
    assert {row[c] for c in row if c.startswith("share_")} == {None}
    assert (row["is_identical_to_previous_year"], row["numbers_unchanged"], row["copies_count"]) == (None, None, 0)


def test_no_sections_give_no_rows() -> None:
    pairs, reuse = find_reuse(*frames())
    assert (len(pairs), len(reuse)) == (0, 0)


def test_a_section_of_an_unknown_report_is_refused() -> None:
    sections, reports = frames(Report("a", "甲县教育局", 2024, OWN))
    with pytest.raises(ValueError, match="not given, such as a"):
        find_reuse(sections, reports.clear())


def test_organs_that_a_name_does_not_tell_apart_have_no_last_year() -> None:
    pairs, _ = found(
        Report("a", "教育局", 2023, OWN, code=None),
        Report("b", "教育局", 2024, OWN, code=None),
    )
    assert ends(pairs) == {("b", "a", "other")}


def test_sections_of_different_codes_are_not_compared() -> None:
    pairs, _ = found(Report("a", "甲县教育局", 2023, OWN), Report("b", "甲县教育局", 2024, OWN, section="problems"))
    assert pairs == []


def test_of_many_copies_each_report_brings_in_few_pairs_and_the_count_says_how_many() -> None:
    count = 90
    pairs, reuse = found(
        *(Report(f"{i:03}", f"甲县第{i}中心", 2024, OWN, code=f"88{i % 30:02}01") for i in range(count))
    )
    assert count <= len(pairs) <= MOST_OTHERS * count
    assert {r["copies_count"] for r in reuse.values()} == {count - 1}


def test_common_wording_is_what_organs_under_many_divisions_write() -> None:
    reports = [
        Report(f"r{i:02}", "教育局", 2024, OTHER + str(i) + f"独有{chr(0x5000 + i)}" * 20, code=f"88{i:02}01")
        for i in range(24)
    ]
    reports += [Report("own", "水务局", 2024, THIRD + OTHER, code="889901")]
    _, reuse = found(*reports)
    assert 0.4 < reuse["own"]["share_boilerplate"] < 0.8
    assert reuse["own"]["share_novel"] == pytest.approx(1 - reuse["own"]["share_boilerplate"])


def test_a_text_that_all_have_word_for_word_is_common_wording_though_it_is_one_text() -> None:
    _, reuse = found(*(Report(f"r{i:02}", "教育局", 2024, OTHER, code=f"88{i:02}01") for i in range(24)))
    assert {r["share_boilerplate"] for r in reuse.values()} == {1.0}


def test_in_a_small_corpus_nothing_is_said_of_common_wording() -> None:
    _, reuse = found(*(Report(f"r{i}", "教育局", 2024, OTHER, code=f"88{i:02}01") for i in range(9)))
    assert {r["share_boilerplate"] for r in reuse.values()} == {None}


MANY = frames(
    *(
        Report(f"{i:02}", f"甲县第{i % 7}中心", 2020 + i % 5, (OWN, OTHER, THIRD)[i % 3] * (1 + i % 2))
        for i in range(40)
    )
)


def test_the_order_of_the_rows_makes_no_difference() -> None:
    sections, reports = MANY
    for one, other in zip(
        find_reuse(sections, reports),
        find_reuse(sections.reverse(), reports.sample(fraction=1, shuffle=True, seed=1)),
        strict=True,
    ):
        assert one.equals(other)


def test_lazy_sections_and_small_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    sections, reports = MANY
    whole = find_reuse(sections, reports)
    assert len(whole[0]) > 9
    monkeypatch.setattr(section, "_PAIRS_BLOCK", 4)
    monkeypatch.setattr(candidates, "_BLOCK", 3)
    for one, other in zip(whole, find_reuse(sections.lazy(), reports), strict=True):
        assert one.equals(other)


def test_the_tables_are_those_of_the_schema() -> None:
    pairs, reuse = find_reuse(*frames(Report("a", "甲县教育局", 2023, OWN), Report("b", "甲县教育局", 2024, OWN)))
    schema.conform("reuse_pairs", pairs)
    schema.conform("reuse", reuse)
    assert set(pairs["relation"]) <= set(schema.codelist("reuse_relation"))


def test_a_stale_year_is_tied_to_last_years_sentence() -> None:
    pairs, reuse = found(
        Report("a", "甲县教育局", 2023, f"2023年，甲县教育局改版网站。{OWN}"),
        Report("b", "甲县教育局", 2024, f"2023年，甲县教育局改版网站。{OWN}"),
    )
    row = reuse["b"]
    assert pairs[0]["is_identical_raw"]
    assert (row["stale_year_mentions"], row["stale_year_copied"]) == (1, 1)
    assert row["stale_sentence"] == "2023年，甲县教育局改版网站"
    assert (reuse["a"]["stale_year_mentions"], reuse["a"]["stale_year_copied"]) == (0, None)


def test_without_a_year_nothing_is_said_of_stale_ones() -> None:
    sections, reports = frames(Report("a", "甲县教育局", None, OWN))
    _, reuse = find_reuse(sections, reports)
    assert reuse.select(pl.col("stale_year_mentions", "stale_year_copied", "stale_sentence").is_null().all()).row(
        0
    ) == (
        True,
        True,
        True,
    )


def test_of_a_template_that_hundreds_fill_in_each_is_linked_with_few() -> None:
    count = 300
    texts = [OWN + OTHER + f"另设{chr(0x4E00 + 7 * i)}{chr(0x5E00 + 5 * i)}专窗" + THIRD for i in range(count)]
    pairs, reuse = found(
        *(
            Report(f"{i:03}", f"第{i}中心", 2024, t, code=f"88{i // 100:02}01", kind="public_body")
            for i, t in enumerate(texts)
        )
    )
    assert len(pairs) <= MOST_OTHERS * count
    assert len({p["report_id"] for p in pairs} | {p["other_report_id"] for p in pairs}) == count
    # Fellows of one year are neighbours in every list, so they are what each is linked with.
    assert {p["relation"] for p in pairs} <= {"sibling", "other"}
    assert sum(p["relation"] == "sibling" for p in pairs) > 0.9 * len(pairs)
    assert all(r["share_from_sibling"] > 0.8 for r in reuse.values())
