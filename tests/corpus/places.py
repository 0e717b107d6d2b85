"""Invented organs: no division or organ of these names exists together in this way."""

from __future__ import annotations

import random
from dataclasses import dataclass

CITIES = ("云岭市", "望川市", "松岩市", "汀洲市", "澜塘市")
COUNTIES = ("青禾区", "石汀区", "云麓区", "柳渡县", "禾塘县", "沙渚县", "桐陂县")
TOWNS = ("白榆镇", "麦溪乡", "竹坞镇", "南栈街道办事处")
BUREAUS = (
    "教育局",
    "交通运输局",
    "住房和城乡建设局",
    "市场监督管理局",
    "卫生健康委员会",
    "农业农村局",
    "发展和改革委员会",
)


@dataclass(frozen=True, slots=True)
class Organ:
    """An issuer: its name in full, and the parent government."""

    name: str
    parent: str


def random_organ(rng: random.Random) -> Organ:
    city, county = rng.choice(CITIES), rng.choice(COUNTIES)
    kind = rng.choice(("office", "bureau", "city_bureau", "town", "zone", "government"))
    parent = city + county
    if kind == "office":
        return Organ(f"{parent}人民政府办公室", f"{parent}人民政府")
    if kind == "bureau":
        return Organ(parent + rng.choice(BUREAUS), f"{parent}人民政府")
    if kind == "city_bureau":
        return Organ(city + rng.choice(BUREAUS), f"{city}人民政府")
    if kind == "town":
        town = rng.choice(TOWNS)
        return Organ(parent + town + ("人民政府" if town[-1] in "镇乡" else ""), f"{parent}人民政府")
    if kind == "zone":
        return Organ(f"{city}{county[:2]}经济开发区管理委员会", f"{city}人民政府")
    return Organ(f"{parent}人民政府", f"{city}人民政府")
