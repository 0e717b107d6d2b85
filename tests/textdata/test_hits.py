"""Hits with their places and the words around them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.narrate.features import practice_counts
from pipeline.store.layout import Layout
from pipeline.textdata.condition import NotAnswered
from pipeline.textdata.hits import Hit, Sought, hits
from tests.textdata.invented import REPORTS, Invented, invented_dataset


def found(layout: Layout, sought: Sought) -> list[Hit]:
    return list(hits(layout, sought))


def test_a_wording_with_its_place_and_context(invented: Layout) -> None:
    first, second = found(invented, Sought(term="三审三校", context=2))
    assert (first.report_id, first.report_year, first.section_code) == (REPORTS[0].report_id, 2023, "overview")
    assert (first.start, first.end, first.left, first.hit, first.right) == (5, 9, "息。", "三审三校", "。")
    assert (first.category, first.subcategory, first.locator) == (None, None, "line 1")
    assert second.issuer == "丙县教育局" and second.right == "，A"


def test_places_are_those_of_the_table_sections_in_sql_too(invented: Layout) -> None:
    with duckdb.connect(str(invented.database), read_only=True) as db:
        for hit in found(invented, Sought(category="training")):
            in_sql = db.execute(
                "SELECT substr(text, ? + 1, ? - ?) FROM sections WHERE report_id = ? AND section_code = ?",
                [hit.start, hit.end, hit.start, hit.report_id, hit.section_code],
            ).fetchall()
            assert in_sql == [(hit.hit,)]


def test_hits_of_a_category_are_as_many_as_features_counts(invented: Layout) -> None:
    for category in ("training", "problems_admitted", "application_handling"):
        expected = sum(
            n.count + n.count_denied
            for r in REPORTS
            for code, text in r.sections.items()
            for name, n in practice_counts(text, code, report_year=r.year).items()
            if name.startswith(category + ".")
        )
        assert len(found(invented, Sought(category=category))) == expected > 0


def test_a_subcategory_and_a_term_narrow_a_category_down(invented: Layout) -> None:
    everything = found(invented, Sought(category="training"))
    one = everything[0]
    part = found(invented, Sought(category=f"training.{one.subcategory}"))
    assert part == [h for h in everything if h.subcategory == one.subcategory]
    assert found(invented, Sought(category="training", term=one.hit)) == [h for h in everything if h.term == one.term]


def test_sections_and_conditions_narrow_the_search_down(invented: Layout) -> None:
    assert {h.section_code for h in found(invented, Sought(term="信息公开", sections=("overview",)))} == {"overview"}
    assert {h.report_year for h in found(invented, Sought(term="公开信息", where="report_year = 2023"))} == {2023}


def test_a_denied_hit_says_so(invented: Layout) -> None:
    denied = [h for h in found(invented, Sought(term="政府信息公开申请")) if h.is_denied]
    assert [h.left[-3:] for h in denied] == ["未收到"]


def test_alternatives_and_gaps_as_in_the_dictionaries(invented: Layout) -> None:
    assert {h.hit for h in found(invented, Sought(term="政策[解读|宣传]形式"))} == {"政策解读形式"}
    assert {h.hit for h in found(invented, Sought(term="人员…大"))} == {"人员流动大"}
    assert {h.hit for h in found(invented, Sought(term="app"))} == {"APP", "App"}


def test_order_is_by_year_organ_and_place(invented: Layout) -> None:
    all_ = found(invented, Sought(term="培训"))
    keys = [(h.report_year, h.issuer, h.report_id, h.start) for h in all_]
    assert keys == sorted(keys)


def test_a_wording_is_found_across_stray_blanks_and_in_any_case(tmp_path: Path) -> None:
    texts = {
        "overview": "落 实三 审\u3000三校制度。",
        "problems": "微信公众号 WeChat 和 wechat，It's",
        "other_matters": "三审\n三校",
    }
    layout = invented_dataset(tmp_path, (Invented("甲局", None, 2024, texts),))
    assert [h.hit for h in found(layout, Sought(term="三审三校"))] == ["三 审\u3000三校"]
    assert [h.hit for h in found(layout, Sought(term="[weChat|没有]"))] == ["WeChat", "wechat"]
    assert [h.hit for h in found(layout, Sought(term="落实…制度"))] == ["落 实三 审\u3000三校制度"]
    assert [h.hit for h in found(layout, Sought(term="it's"))] == ["It's"]


def test_progress_counts_sections(invented: Layout) -> None:
    told: list[tuple[int, int]] = []
    list(hits(invented, Sought(category="training"), lambda done, of: told.append((done, of))))
    sections = sum(len(r.sections) for r in REPORTS)
    assert told[-1] == (sections, sections)


@pytest.mark.parametrize(
    ("sought", "says"),
    [
        (Sought(category="dancing"), "no category 'dancing': choose of .*training"),
        (Sought(category="training.dancing"), "training has no subcategory 'dancing': choose of "),
        (Sought(term="审"), "too short"),
        (Sought(term="…培训"), "too short"),
        (Sought(term="[三审"), "cannot be read"),
        (Sought(term="培训", sections=("seven",)), "choose of overview"),
        (Sought(term="培训", where="year = 1"), "cannot be used"),
        (Sought(term="培训", where="report_year = 1"), "no text to search"),
    ],
)
def test_what_cannot_be_looked_for_says_why(invented: Layout, sought: Sought, says: str) -> None:
    with pytest.raises(NotAnswered, match=says):
        found(invented, sought)
