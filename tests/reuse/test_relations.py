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


def test_the_names_of_the_divisions_above_are_masked_as_well() -> None:
    assert {"如东县", "如东", "南通市", "江苏省"} <= set(names_of("如东县苇塘管理局", "如东县", "320623", 2024))
