"""How often a division is found, and how often a wrong one: all prefectures and counties of several years, in every way to name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.issuers import Division, Evidence, resolve, valid_in
from pipeline.issuers.divisions import ancestors
from pipeline.issuers.mentions import gazetteer

YEARS = (2008, 2013, 2019, 2020, 2021, 2024, 2026)
ORGANS = (
    "人民政府",
    "人民政府办公室",
    "教育局",
    "市场监督管理局",
    "发展和改革委员会",
    "税务局",
    "经济开发区管理委员会",
    "民政局",
    "政务服务数据管理局",
    "城市管理局",
)


def places(year: int) -> list[Division]:
    return [d for d in valid_in(year) if d.level != "province"]


def chain(d: Division, *levels: str) -> str:
    return "".join(a.name for a in reversed(ancestors(d)) if a.level in levels) + d.name


def bearers(d: Division, year: int) -> int:
    """How many divisions bear the name in the year or come under it the year after."""
    names = gazetteer(year)
    return next(len(held) for name, held, _ in names.names_at(d.name, 0) if name == d.name)


def score(year: int, write: Callable[[Division, str], Evidence], of: Callable[[Division], bool] = lambda d: True):
    found: Counter[str] = Counter()
    wrong = []
    for n, d in enumerate(places(year)):
        if of(d):
            evidence = write(d, ORGANS[n % len(ORGANS)])
            got = resolve(evidence)
            verdict = "none" if got is None else "right" if got.division_code == d.code else "wrong"
            found[verdict] += 1
            if verdict == "wrong":
                wrong.append((evidence, got))
    return found, wrong


@pytest.mark.parametrize("year", YEARS)
def test_every_whole_chain_is_found_and_none_is_taken_for_another(year: int):
    for levels in (("prefecture",), ("province", "prefecture")):
        found, wrong = score(
            year,
            lambda d, o, lv=levels: Evidence(issuer=chain(d, *lv) + o, report_year=year),
            lambda d: len(ancestors(d)) > 1,
        )
        assert wrong == []
        assert found["none"] == 0
    assert found["right"] > 2700
    found, wrong = score(
        year, lambda d, o: Evidence(issuer=chain(d, "province") + o, report_year=year), lambda d: len(ancestors(d)) == 1
    )
    assert (wrong, found["none"]) == ([], 0)


@pytest.mark.parametrize("year", YEARS)
def test_a_name_that_one_division_bears_decides_alone_and_one_that_several_bear_never(year: int):
    unique, wrong = score(
        year, lambda d, o: Evidence(issuer=d.name + o, report_year=year), lambda d: bearers(d, year) == 1
    )
    assert wrong == []
    assert unique["none"] == 0
    assert unique["right"] > 2900
    several, _ = score(year, lambda d, o: Evidence(issuer=d.name + o, report_year=year), lambda d: bearers(d, year) > 1)
    assert set(several) == {"none"}
    assert several["none"] > 50


@pytest.mark.parametrize("year", YEARS)
def test_a_name_that_several_bear_is_placed_by_a_second_evidence(year: int):
    ways = {
        "publisher": lambda d, o: Evidence(
            issuer=d.name + o, publisher=chain(d, "prefecture", "province") + "人民政府", report_year=year
        ),
        "address": lambda d, o: Evidence(
            issuer=d.name + o,
            body=f"总体情况\n办公地址：{chain(d, 'province', 'prefecture')}人民路1号",
            report_year=year,
        ),
    }
    for write in ways.values():
        found, wrong = score(year, write, lambda d: bearers(d, year) > 1)
        assert wrong == []
        assert found["none"] == 0


@pytest.mark.parametrize("year", (2013, 2024))
def test_an_organ_without_a_division_in_its_name_is_placed_by_its_address_never_wrongly(year: int):
    def write(d: Division, organ: str) -> Evidence:
        body = f"一、总体情况\n本局认真贯彻国务院和省政府的部署。\n联系地址：{chain(d, 'province', 'prefecture')}人民路1号，电话12345678。"
        return Evidence(issuer=d.name[-1] + "教育局", body=body, report_year=year)

    found, wrong = score(year, write, lambda d: d.level == "county" and d.name[-1] in "县区旗")
    assert wrong == []
    assert found["right"] / found.total() > 0.99


def test_short_names_decide_nothing_alone():
    found, _ = score(
        2024,
        lambda d, o: Evidence(issuer=d.name.removesuffix("县").removesuffix("市") + "经济开发区", report_year=2024),
        lambda d: len(d.name) == 3 and d.name[-1] in "县市",
    )
    assert set(found) == {"none"}


def test_short_names_are_trusted_with_a_second_evidence_and_never_lead_elsewhere():
    def write(d: Division, organ: str) -> Evidence:
        body = f"一、总体情况\n地址：{chain(d, 'province', 'prefecture')}人民路1号。"
        return Evidence(issuer=d.name[:-1] + "经济开发区管理委员会", body=body, report_year=2024)

    found, wrong = score(2024, write, lambda d: len(d.name) == 3 and d.name[-1] in "县市")
    assert wrong == []
    assert found["right"] / found.total() > 0.97


@pytest.mark.parametrize("year", (2008, 2024))
def test_what_a_text_says_of_other_places_places_no_organ(year: int):
    def write(d: Division, organ: str) -> Evidence:
        return Evidence(
            issuer="教育局",
            body=f"一、总体情况\n学习{chain(d, 'prefecture')}经验，赴{d.name}考察，与{d.name}结对。",
            report_year=year,
        )

    found, _ = score(year, write)
    assert set(found) == {"none"}
