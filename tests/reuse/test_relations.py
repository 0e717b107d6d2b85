"""Who stands where to whom."""

from __future__ import annotations

import pytest

from pipeline.reuse.relations import Places, names_of
from tests.reuse.corpus import OWN, Report, frames


def places(*reports: Report) -> Places:
    return Places(frames(*reports)[1])


def above(all_of: Places, report: str) -> set[str]:
    return {all_of.all[r].report_id for r in all_of.superiors(all_of.number[report])}


def test_the_hierarchy_of_a_real_county() -> None:
    all_of = places(
        Report("province", "江苏省人民政府", 2024, OWN, code="320000", kind="government"),
        Report("prefecture", "南通市人民政府", 2024, OWN, code="320600", kind="government"),
        Report("county", "如东县人民政府", 2024, OWN, code="320623", kind="government"),
        Report("county_last_year", "如东县人民政府", 2023, OWN, code="320623", kind="government"),
        Report("office", "如东县人民政府办公室", 2024, OWN, code="320623", kind="office"),
        Report("bureau", "如东县苇塘管理局", 2024, OWN, code="320623"),
        Report("town", "如东县麦溪镇人民政府", 2024, OWN, code="320623", kind="town"),
        Report("town_office", "如东县麦溪镇党政办公室", 2024, OWN, code="320623", kind="office"),
    )
    county = {"county", "county_last_year", "office"}
    assert above(all_of, "bureau") == above(all_of, "town") == above(all_of, "town_office") == county
    assert above(all_of, "county") == above(all_of, "office") == {"prefecture"}
    assert above(all_of, "prefecture") == {"province"}
    assert above(all_of, "province") == set()


def test_the_hierarchy_of_divisions_that_the_list_has_not_is_read_from_names() -> None:
    all_of = places(
        Report("city", "望川市人民政府", 2024, OWN, code=None, kind="government"),
        Report("county", "望川市柳渡县人民政府", 2024, OWN, code=None, kind="government"),
        Report("office", "望川市柳渡县人民政府办公室", 2024, OWN, code=None, kind="office"),
        Report("bureau", "望川市柳渡县教育局", 2024, OWN, code=None),
        Report("other_bureau", "望川市柳渡县水务局", 2024, OWN, code=None),
        Report("town", "望川市柳渡县麦溪镇人民政府", 2024, OWN, code=None, kind="town"),
        Report("street", "望川市柳渡县沙渚街道办事处", 2024, OWN, code=None, kind="subdistrict"),
        Report("elsewhere", "云岭市柳渡县教育局", 2024, OWN, code=None),
        Report("city_bureau", "望川市水务局", 2024, OWN, code=None),
    )
    number = all_of.number
    for below in ("bureau", "other_bureau", "town", "street"):
        assert above(all_of, below) == {"county", "office"}, below
    assert above(all_of, "county") == above(all_of, "office") == above(all_of, "city_bureau") == {"city"}
    assert above(all_of, "elsewhere") == above(all_of, "city") == set()
    assert all_of.are_fellows(number["bureau"], number["other_bureau"])
    assert all_of.are_fellows(number["town"], number["street"])
    assert not all_of.are_fellows(number["bureau"], number["elsewhere"])
    assert not all_of.are_fellows(number["bureau"], number["town"])
    assert all_of.may_be_source(number["town"], number["city"])
    assert not all_of.may_be_source(number["city"], number["town"])


def test_a_name_that_says_no_place_or_one_of_several_leaves_organs_without_fellows() -> None:
    all_of = places(
        *(
            Report(f"{n}", name, 2024, OWN, code=None)
            for n, name in enumerate(("鼓楼区教育局", "鼓楼区水务局", "县教育局", "县水务局"))
        )
    )
    assert [p.parent for p in all_of.all] == [None] * 4
    assert all_of.fellows() == []


@pytest.mark.parametrize(
    ("code", "parent"), [("880101", "880100"), ("880100", "880000"), ("880000", None), ("odd", None)]
)
def test_a_code_that_the_list_has_not_is_read_by_its_form(code: str, parent: str | None) -> None:
    (place,) = places(Report("a", "甲县人民政府", 2024, OWN, code=code, kind="government")).all
    assert place.parent == parent


def test_last_years_report_is_the_only_one_of_that_year() -> None:
    one = Report("a", "甲县教育局", 2023, OWN)
    again = Report("b", "甲县教育局", 2023, OWN)
    now = Report("c", "甲县教育局", 2024, OWN)
    all_of = places(one, now)
    assert all_of.previous(all_of.number["c"]) == all_of.number["a"]
    all_of = places(one, again, now)
    assert all_of.previous(all_of.number["c"]) is None


def test_fellows_of_one_year_stand_next_to_each_other() -> None:
    all_of = places(
        *(
            Report(f"{n}{year}{code}", f"第{n}中心", year, OWN, code=code)
            for n in range(3)
            for year in (2023, 2024)
            for code in ("880101", "880102")
        )
    )
    keys = [(p.parent, p.year) for p in all_of.all]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("云岭市石汀区教育局", "石汀区教育局"),
        ("云岭市石汀区教育局", "石汀"),
        ("汀洲市云麓区白榆镇人民政府", "白榆镇"),
        ("江阴临港经济开发区管理委员会", "江阴临港开发区"),
        ("云岭市水务局", "云岭"),
    ],
)
def test_names_that_a_text_may_use(issuer: str, name: str) -> None:
    names = names_of(issuer, None, None, None)
    assert name in names
    assert [len(n) for n in names] == sorted((len(n) for n in names), reverse=True)


@pytest.mark.parametrize(
    ("issuer", "kept", "ordinary"),
    [
        ("青禾县政务公开办公室", {"青禾县", "青禾", "政务公开办公室"}, {"政务公开", "青禾县政务公开"}),
        ("青禾县政务服务办公室", {"青禾县"}, {"政务服务"}),
        ("青禾县网络安全和信息化办公室", {"青禾县"}, {"网络安全和信息化"}),
        ("青禾县公开镇人民政府", {"公开镇"}, {"公开", "青禾县公开"}),
        ("平安县人民政府", {"平安县"}, {"平安"}),
        ("云岭市新建区教育局", {"新建区", "云岭"}, {"新建", "云岭市新建"}),
        ("开发区管委会", {"开发区"}, {"开发"}),
        ("如东县财政局", {"如东县", "如东", "财政局"}, {"财政"}),
        ("费县人民政府", {"费县人民政府", "费县政府"}, {"费县"}),
    ],
)
def test_ordinary_words_are_no_names(issuer: str, kept: set[str], ordinary: set[str]) -> None:
    names = set(names_of(issuer, None, None, None))
    assert kept <= names
    assert not ordinary & names


def test_the_names_of_the_divisions_above_are_masked_as_well() -> None:
    assert {"如东县", "如东", "南通市", "江苏省"} <= set(names_of("如东县苇塘管理局", "如东县", "320623", 2024))
