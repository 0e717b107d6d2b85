"""Divisions that an organ's own name opens with."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipeline.issuers.places import NAMES_A_PLACE, links, places_named


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("望川市柳渡县教育局", ("望川市柳渡县", "望川市")),
        ("望川市柳渡县麦溪镇人民政府", ("望川市柳渡县", "望川市")),
        ("云岭市石汀区南栈街道办事处", ("云岭市石汀区", "云岭市")),
        ("望川市住房和城乡建设局", ("望川市",)),
        ("望川市城市管理局", ("望川市",)),
        ("望川市市场监督管理局", ("望川市",)),
        ("澜塘市沙渚经济开发区管理委员会", ("澜塘市",)),
        ("云岭市高新区管理委员会", ("云岭市",)),
        ("望川市柳渡县自然保护区管理局", ("望川市柳渡县", "望川市")),
        ("太平镇人民政府", ()),
        ("县教育局", ()),
    ],
)
def test_the_places_of_a_name(name: str, places: tuple[str, ...]) -> None:
    assert places_named(name) == places


def test_a_name_that_the_list_has_is_given_by_its_code() -> None:
    assert places_named("南通市柳渡县教育局") == ("南通市柳渡县", "320600")


def test_a_name_that_several_divisions_bear_is_no_place() -> None:
    assert places_named("鼓楼区教育局") == ()


def test_towns_are_links_of_a_name_and_no_divisions() -> None:
    assert links("望川市柳渡县麦溪镇人民政府") == ("望川市", "柳渡县", "麦溪镇")


@pytest.mark.parametrize(
    "name", ["望川市教育局", "太平镇人民政府", "县教育局", "沙渚经济开发区", "石汀区教育局", "市场监督管理局"]
)
def test_python_and_sql_read_the_pattern_alike(name: str) -> None:
    (found,) = duckdb.execute("SELECT regexp_matches(?, ?)", [name, NAMES_A_PLACE]).fetchone() or ()
    assert found == bool(re.search(NAMES_A_PLACE, name))
