"""The administrative divisions of China, each with the years in which it had this code and name.

Data: `data/divisions.csv`, built by `scripts/divisions` (see `data/README.md` for its source, checks and corrections).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PROVINCE, PREFECTURE, COUNTY = "province", "prefecture", "county"
FIRST_YEAR = 2002
"""`valid_from` of what is older: the list begins with the end of this year."""

_NATIONS = (
    "蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|"
    "东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|塔吉克|怒族|鄂温克族|裕固族|"
    "独龙族|各族|保安族|哈萨克族|蒙古|维吾尔族|柯尔克孜族|塔吉克族"
)
_STEM = re.compile(
    rf"^(?P<stem>.{{2,}}?)(?:(?:{_NATIONS})+(?:自治[区州县旗]|区)|自治[区州县旗]|省|市|地区|盟|新区|特区|林区|矿区|区|县|旗)$"
)


class Division(NamedTuple):
    """A division under one code, name and parent.

    `valid_from` is the first calendar year in which it existed as such (2002: or before), `valid_to` the year of the change
    that ended it (None: it still exists), so that in the year of a change both the old and the new division are valid.
    """

    code: str
    name: str
    level: str
    valid_from: int
    valid_to: int | None
    parent_code: str | None
    successor_codes: tuple[str, ...]
    pinyin: str

    def exists_in(self, year: int | None) -> bool:
        """Whether it existed on some day of the year; in any year where none is given."""
        return year is None or self.valid_from <= year <= (self.valid_to or year)

    def stood_at_the_end_of(self, year: int) -> bool:
        return self.valid_from <= year < (self.valid_to or year + 1)


def stem(name: str) -> str:
    """A division's name without its kind and nationalities: 如东县 to 如东, 延边朝鲜族自治州 to 延边; 忠县 stays."""
    m = _STEM.match(name)
    return m["stem"] if m else name


@cache
def divisions() -> tuple[Division, ...]:
    """All divisions of the list, by code and first year."""
    with files("pipeline.issuers").joinpath("data", "divisions.csv").open(encoding="utf-8") as f:
        return tuple(
            Division(
                code,
                name,
                level,
                int(since),
                int(until) if until else None,
                parent or None,
                tuple(following.split("|")) if following else (),
                pinyin,
            )
            for code, name, level, since, until, parent, following, pinyin in list(csv.reader(f))[1:]
        )


@cache
def _by_code() -> dict[str, tuple[Division, ...]]:
    out: dict[str, list[Division]] = defaultdict(list)
    for d in divisions():
        out[d.code].append(d)
    return {code: tuple(ds) for code, ds in out.items()}


def with_code(code: str) -> tuple[Division, ...]:
    """All that the code stood for, oldest first; empty for an unknown code."""
    return _by_code().get(code, ())


def division(code: str, year: int | None = None) -> Division | None:
    """What the code stood for in that year: at its end where it changed within the year; without a year the newest."""
    held = with_code(code)
    if year is None:
        return held[-1] if held else None
    at_end = next((d for d in held if d.stood_at_the_end_of(year)), None)
    return at_end or next((d for d in reversed(held) if d.exists_in(year)), None)


def valid_in(year: int) -> Iterable[Division]:
    """The divisions that stood at the end of the year (2002 to 2026)."""
    return (d for d in divisions() if d.stood_at_the_end_of(year))


@cache
def ancestors(d: Division) -> tuple[Division, ...]:
    """The divisions above it in the last year of its validity, nearest first: a county's prefecture (if any), province."""
    out = []
    code = d.parent_code
    while code is not None:
        held = with_code(code)
        above = next((x for x in reversed(held) if x.exists_in(d.valid_to)), held[-1])
        out.append(above)
        code = above.parent_code
    return tuple(out)


def family(d: Division) -> frozenset[str]:
    """Codes of the division and of those above it."""
    return frozenset((d.code, *(a.code for a in ancestors(d))))


@cache
def townships() -> dict[str, tuple[str, ...]]:
    """Towns, townships and subdistricts of each county (code) in 2026. Older ones are not in the list."""
    with files("pipeline.issuers").joinpath("data", "townships.csv").open(encoding="utf-8") as f:
        return {code: tuple(names.split("|")) for code, names in list(csv.reader(f))[1:]}


@cache
def has_counties(code: str) -> bool:
    """Whether any division was ever below this one: 东莞市, 中山市 and 嘉峪关市 have none."""
    return any(d.parent_code == code for d in divisions())


@cache
def area_codes() -> dict[str, tuple[str, ...]]:
    """Telephone area codes (without the leading 0) and the codes of the prefectures that have them."""
    with files("pipeline.issuers").joinpath("data", "area_codes.csv").open(encoding="utf-8") as f:
        return {prefix: tuple(codes.split("|")) for prefix, codes in list(csv.reader(f))[1:]}


@cache
def postcodes() -> dict[str, str]:
    """The first two digits of a postcode and the province's code."""
    with files("pipeline.issuers").joinpath("data", "postcodes.csv").open(encoding="utf-8") as f:
        return dict(list(csv.reader(f))[1:])
