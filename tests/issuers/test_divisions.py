"""The list of divisions agrees with itself in every year, and with changes that are well known."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files

import pytest

from pipeline.issuers import division, lineage, valid_in
from pipeline.issuers.divisions import (
    FIRST_YEAR,
    ancestors,
    area_codes,
    divisions,
    postcodes,
    stem,
    townships,
    with_code,
)
from pipeline.issuers.lineage import in_year

YEARS = range(FIRST_YEAR, 2027)


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_each_code_once_and_every_parent(year: int):
    codes = Counter(d.code for d in valid_in(year))
    assert max(codes.values()) == 1
    assert all(d.parent_code is None or d.parent_code in codes for d in valid_in(year))
    assert sum(c.endswith("0000") for c in codes) == 31
    assert 3200 < len(codes) < 3240


def test_siblings_have_different_names_in_every_year():
    for year in YEARS:
        names = Counter((d.parent_code, d.name) for d in valid_in(year))
        assert [n for n, count in names.items() if count > 1] == []


def test_whatever_ended_has_followers_that_stood_at_the_end_of_that_year():
    for d in divisions():
        if d.valid_to is not None:
            assert d.successor_codes, d
            for code in d.successor_codes:
                assert any(x.stood_at_the_end_of(d.valid_to) for x in with_code(code)), d


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("320684", 2019, "海门市"),
        ("320684", 2021, None),
        ("320614", 2020, "海门区"),
        ("320614", 2019, None),
        ("320281", 2024, "江阴市"),
        ("320623", 2008, "如东县"),
        ("410881", 2007, "济源市"),
        ("419001", 2012, "济源市"),
        ("130300", 2024, "秦皇岛市"),
        ("341400", 2010, "巢湖市"),
        ("340181", 2012, "巢湖市"),
        ("371200", 2017, "莱芜市"),
        ("370116", 2019, "莱芜区"),
        ("330109", 2003, "萧山区"),
        ("330181", 2003, None),
        ("320683", 2008, "通州市"),
        ("320612", 2009, "通州区"),
        ("320213", 2015, "梁溪区"),
        ("320202", 2016, None),
        ("330103", 2020, "下城区"),
        ("330103", 2022, None),
        ("330110", 2022, "余杭区"),
        ("330113", 2021, "临平区"),
        ("330114", 2021, "钱塘区"),
        ("659001", 2003, "石河子市"),
        ("659012", 2023, "白杨市"),
        ("460300", 2012, "三沙市"),
        ("130682", 2020, "定州市"),
        ("130181", 2020, "辛集市"),
        ("420600", 2009, "襄樊市"),
        ("420600", 2011, "襄阳市"),
        ("530800", 2006, "思茅市"),
        ("530800", 2008, "普洱市"),
        ("110103", 2009, "崇文区"),
        ("500157", 2026, "两江新区"),
    ],
)
def test_well_known_divisions(code: str, year: int, name: str | None):
    d = division(code, year)
    assert (d.name if d else None) == name


def test_both_the_old_and_the_new_division_are_valid_in_the_year_of_the_change():
    old, new = division("320684", 2020), division("320614", 2020)
    assert old is not None
    assert new is not None
    assert old.exists_in(2020)
    assert not old.stood_at_the_end_of(2020)
    assert [a.name for a in ancestors(new)] == ["南通市", "江苏省"]
    assert in_year(new, 2015) == old


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("320684", "320614", True),
        ("320683", "320612", True),
        ("410881", "419001", True),
        ("371202", "370116", True),
        ("371203", "370117", True),
        ("341402", "340181", True),
        ("410322", "410308", True),
        ("350403", "350404", True),
        ("469003", "460400", True),
        ("652101", "650402", True),
        ("371200", "370116", False),
        ("341400", "340181", False),
        ("320202", "320213", False),
        ("410306", "410308", False),
        ("330104", "330114", False),
        ("500112", "500157", False),
    ],
)
def test_which_division_continues_which(one: str, other: str, same: bool):
    assert (lineage(one) == lineage(other)) is same


def test_a_line_is_one_division_at_a_time():
    for year in YEARS:
        lines = Counter(lineage(d.code, year) for d in valid_in(year))
        assert max(lines.values()) == 1, [n for n, c in lines.items() if c > 1]


def test_names_without_their_kind():
    short = {
        "如东县": "如东",
        "延边朝鲜族自治州": "延边",
        "广西壮族自治区": "广西",
        "忠县": "忠县",
        "浦东新区": "浦东",
        "神农架林区": "神农架",
    }
    assert {n: stem(n) for n in short} == short
    assert stem("积石山保安族东乡族撒拉族自治县") == "积石山"


def test_every_correction_says_why():
    with files("pipeline.issuers").joinpath("data", "corrections.csv").open(encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    assert rows
    assert all(len(r["reason"]) > 15 and r["action"] in ("drop", "as", "into", "new") for r in rows)


def test_towns_area_codes_and_postcodes_belong_to_divisions():
    codes = {d.code for d in valid_in(2026)}
    assert set(townships()) <= codes
    assert "洋口镇" in townships()["320623"]
    assert {c for cs in area_codes().values() for c in cs} <= codes
    assert area_codes()["513"] == ("320600",)
    assert set(postcodes().values()) <= codes
    assert len(set(postcodes().values())) == 31
