"""Names of places for the segmenter: divisions since 2002, their short names, towns; and which of them are safe to add.

A name in full (`如东县`) is added to the dictionary with the lowest frequency that makes it one token, so it never takes
part of a more frequent word: `南山区域` stays `南山`, `区域`. A short name (`如东`) is where ordinary words get torn, so:

* three characters or more: added like a name in full;
* two characters: never added. Where jieba knows the word already, it is classed as a place;
* words of `pipeline/issuers/data/word_like.txt` (`和平`, `公安`, `资源`) are no places, except provinces (`海南` and `河南` are
  in that list for counties' sake), and neither are those of `segmentation.csv` that have another tag (`惠民`, `互助`).

A name of a town has three characters or more: `新镇` and `通镇` arise where two words meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.issuers.divisions import PROVINCE, divisions, stem, townships
from pipeline.issuers.mentions import word_like


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """`whole`: names that are added as they are; `short`: two characters, never added, places where jieba knows them."""

    whole: frozenset[str]
    short: frozenset[str]

    def rows(self) -> list[tuple[str, str]]:
        """Every name with what it is, for the hash."""
        return [*((name, "whole") for name in self.whole), *((name, "short") for name in self.short)]


@cache
def place_names() -> PlaceNames:
    """The names of all divisions, 2002 to now, and of the towns of today."""
    provinces = {stem(d.name) for d in divisions() if d.level == PROVINCE}
    full = {d.name for d in divisions()} - word_like()
    stems = ({stem(d.name) for d in divisions()} - word_like() | provinces) - full
    towns = {name for names in townships().values() for name in names if len(name) > 2}
    return PlaceNames(
        whole=frozenset(full | towns | {name for name in stems if len(name) > 2}),
        short=frozenset(name for name in stems if len(name) == 2),
    )
