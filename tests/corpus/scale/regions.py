"""Invented organs without end: towns in real counties, and whole prefectures and counties of made-up names.

Every other county is a real one, so that organs have a division to be found; its organs are towns, subdistricts and zones
that no county has. The other counties and their prefectures bear names that no division has or had (checked against the
tables that the pipeline knows), so that no code is right for them; they have governments, offices and bureaus, too.
"""

from __future__ import annotations

import csv
import random
from functools import cache
from itertools import product
from pathlib import Path

import pipeline.issuers
from tests.corpus.places import Organ

COUNTIES = 9
"""Counties of a made-up prefecture."""
ORGANS = 32
"""Organs of a county."""
_BUREAUS = (
    "教育局 水务局 民政局 司法局 财政局 审计局 统计局 林业局 商务局 科学技术局 应急管理局 交通运输局 医疗保障局 自然资源局 "
    "农业农村局 市场监督管理局 住房和城乡建设局 人力资源和社会保障局 发展和改革委员会 卫生健康委员会"
)
BUREAUS = tuple(_BUREAUS.split())
TOWNS = ("镇人民政府", "镇人民政府", "乡人民政府", "街道办事处", "经济开发区管理委员会")
_HEADS = "云石青望松汀澜柳禾桐麦沙白苇岚溪枫榆荻芦湄砚橡杉葭蓼岫霁"
_TAILS = "岭塘渡岩洲麓陂渚浦泽坪垭屿湾堰桥滩坝泉栈坞津圩畈"
_DATA = Path(pipeline.issuers.__file__).with_name("data")


def organ(number: int) -> Organ:
    """An organ by its number; organs of a county follow each other."""
    at, rank = divmod(number, ORGANS)
    pair, is_real = divmod(at, 2)
    if is_real:
        parent = counties()[pair % len(counties())]
        return Organ(parent + town(number), f"{parent}人民政府")
    prefecture, county = divmod(pair, COUNTIES)
    city = stems()[prefecture * (COUNTIES + 1)] + "市"
    parent = city + stems()[prefecture * (COUNTIES + 1) + 1 + county] + ("区" if county < 3 else "县")
    government = f"{parent}人民政府"
    if rank == 0:
        return Organ(government, f"{city}人民政府")
    if rank == 1:
        return Organ(f"{parent}人民政府办公室", government)
    if rank < 2 + len(BUREAUS):
        return Organ(parent + BUREAUS[rank - 2], government)
    return Organ(parent + town(number), government)


def town(number: int) -> str:
    """The made-up town, subdistrict or zone of an organ; no county has two of the same name."""
    places = stems()
    return places[(number * 37 + number // ORGANS) % len(places)] + TOWNS[number % len(TOWNS)]


def county_of(number: int) -> int:
    """The number of the county that an organ belongs to."""
    return number // ORGANS


@cache
def stems() -> tuple[str, ...]:
    """Made-up names without 市, 区, 县, in a fixed order, the short ones first."""
    out: list[str] = []
    for names in (product(_HEADS, _TAILS), (p for p in product(_HEADS, _HEADS, _TAILS) if p[0] != p[1])):
        free = [n for n in map("".join, names) if n not in real()]
        random.Random("stems").shuffle(free)
        out += free
    return tuple(out)


@cache
def real() -> frozenset[str]:
    """Names of real divisions and towns, with and without what they end in."""
    names = [row["name"] for row in _rows("divisions.csv")]
    names += [name for row in _rows("townships.csv") for name in row["names"].split("|")]
    return frozenset(
        (*names, *(n[:-1] for n in names), *(n.rstrip("市区县州盟旗省镇乡") for n in names), *(n[:-2] for n in names))
    )


@cache
def counties() -> tuple[str, ...]:
    """Real counties with the city above them that have borne their names since before the first report."""
    of = {row["code"]: row for row in _rows("divisions.csv")}
    names = [
        of[row["parent_code"]]["name"] + row["name"]
        for row in of.values()
        if row["level"] == "county"
        and row["valid_from"] < "2019"
        and not row["valid_to"]
        and of[row["parent_code"]]["level"] == "prefecture"
        and not of[row["parent_code"]]["valid_to"]
    ]
    random.Random("counties").shuffle(names)
    return tuple(names)


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
