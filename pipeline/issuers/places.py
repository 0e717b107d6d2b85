"""Where an organ's own name says it is: the names of divisions that it opens with, by their form, listed or not."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from pipeline.issuers.divisions import divisions
from pipeline.issuers.kind import plain

NAMES_A_PLACE = "..(?:省|州|盟|县|旗|市[^场政])|.[^发园社景]区"
"""A pattern (of Python and of RE2, so that SQL can search with it, too) for names of organs that say where they are. One
that does not (太平镇人民政府) and that nothing places is borne by many organs."""

_LINK = re.compile(
    r"[\u4e00-\u9fff]{2,7}?(?:自治[区州县旗]|新区|省|市(?!场|政)|县|(?<![发园社景])区|旗|州|盟|镇|街道|乡(?![村建规管居]))"
)
_BELOW_COUNTIES = ("镇", "乡", "街道")
_NO_DIVISION = re.compile("(?:[护范胜务验税作度开校矿牧灌库片]|高新)区$")
"""Zones and the like, which end as a division does: 自然保护区, 合作区, 高新区."""


def links(name: str) -> tuple[str, ...]:
    """The names of places that an organ's name opens with: 望川市, 柳渡县, 麦溪镇 of 望川市柳渡县麦溪镇人民政府."""
    out, at = [], 0
    while (link := _LINK.match(name, at)) is not None:
        out.append(link.group())
        at = link.end()
    return tuple(out)


@cache
def _codes_of_name() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = defaultdict(set)
    for d in divisions():
        out[d.name].add(d.code)
    return {name: frozenset(codes) for name, codes in out.items()}


def _key(chain: tuple[str, ...]) -> str | None:
    if len(chain) > 1:
        return "".join(chain)
    codes = _codes_of_name().get(chain[0], frozenset(chain))
    return next(iter(codes)) if len(codes) == 1 else None


def places_named(name: str) -> tuple[str, ...]:
    """The divisions that an organ's name opens with, the nearest first, for organs whose division is not in the list:
    望川市柳渡县 and 望川市 of 望川市柳渡县教育局. One name alone that the list has is given by its code; one that several
    divisions bear (鼓楼区) is none.
    """
    chain: list[str] = []
    for link in links(plain(name)):
        if link.endswith(_BELOW_COUNTIES) or _NO_DIVISION.search(link):
            break
        chain.append(link)
    keys = (_key(tuple(chain[:n])) for n in range(len(chain), 0, -1))
    return tuple(k for k in keys if k is not None)
