"""Names of divisions in a text: found in one pass, joined to chains (江苏省南通市如东县), read as of the report's year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.issuers.divisions import Division, divisions, family, stem
from pipeline.issuers.lineage import lineage_of

NEAR = 2
"""Years before and after the report's within which a name that nothing bore in the report's year is still understood."""
_AUTONOMOUS = {"自治县": "县", "自治州": "州", "自治旗": "旗"}
_PLACE_AFTER = re.compile(
    r"[\u4e00-\u9fff]{0,2}?(?:镇|(?<!城)乡(?!村|镇)|街道|社区|苏木|(?<![农乡])村|(?<![铁道公])路|大道|大街|巷)|(?:湾|河|湖|山|大桥|机场|火车站)"
)
"""What makes a short name part of another: 长沙镇, 北京路, 通州湾."""
_NOT_A_KIND = re.compile(r"市(?=场|容|政(?!府|协|务|法)|民(?!政|族|防|营|宗))|区(?=域|块|划|间)|县(?=域)")
"""Where 市, 区 belongs to the next word: 海门市场监督管理局 is 海门's, not 海门市's."""
_BEFORE = frozenset("在由于向与及到至对据请经按为从自将让驻赴是")


@dataclass(frozen=True, slots=True)
class Chain:
    """Names of divisions that stand together in the text, each below the one before.

    `divisions`: what the last of them can be, narrowed by those before (several: ambiguous). `is_full`: the last is a whole name
    (如东县, not 如东). `links`: how many names; span: `start` to `end` in the text.
    """

    start: int
    end: int
    divisions: tuple[Division, ...]
    is_full: bool
    links: int


@cache
def word_like() -> frozenset[str]:
    """Short names that are common words too."""
    text = files("pipeline.issuers").joinpath("data", "word_like.txt").read_text(encoding="utf-8")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


class Gazetteer:
    """The names of the divisions as of one year (None: of all years), to be looked up and found in texts."""

    def __init__(self, year: int | None) -> None:
        held: dict[tuple[str, bool], list[Division]] = defaultdict(list)
        for d in divisions():
            if year is None or (d.valid_from - NEAR <= year and (d.valid_to is None or year <= d.valid_to + NEAR)):
                for name, is_full in _surfaces(d.name):
                    held[name, is_full].append(d)
        self._names: dict[str, tuple[tuple[Division, ...], bool]] = {}
        for (name, is_full), ds in held.items():
            if is_full or (name, True) not in held:
                self._names[name] = (_as_of(ds, year), is_full)
        self._lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._names:
            lengths[name[:2]].add(len(name))
        for start, found in lengths.items():
            self._lengths[start] = tuple(sorted(found, reverse=True))
        firsts = "".join(sorted({n[0] for n in self._names}))
        seconds = "".join(sorted({n[1] for n in self._names}))
        self._starts = re.compile(f"(?=[{firsts}][{seconds}])")

    def names_at(self, text: str, i: int) -> Iterator[tuple[str, tuple[Division, ...], bool]]:
        """Names that the text has at i, longest first: (name, what it can be, whether it is a whole name)."""
        for n in self._lengths.get(text[i : i + 2], ()):
            name = text[i : i + n]
            held = self._names.get(name)
            if held is None:
                continue
            if held[1] and _NOT_A_KIND.match(text, i + n - 1) and not self._has_whole_name(text, i + n):
                continue
            if not held[1] and _PLACE_AFTER.match(text, i + n):
                continue
            yield name, held[0], held[1]

    def _has_whole_name(self, text: str, i: int) -> bool:
        """Whether a division's whole name begins at i: 南平市政和县 is 南平市 and 政和县."""
        found = (self._names.get(text[i : i + n]) for n in self._lengths.get(text[i : i + 2], ()))
        return any(held is not None and held[1] for held in found)

    def chain_at(self, text: str, i: int) -> Chain | None:
        """The chain that begins at i: the one that reaches deepest, then furthest, then with a whole name."""
        found = list(self.chains_at(text, i))
        return max(found, key=lambda c: (c.links, c.end, c.is_full)) if found else None

    def chains_at(self, text: str, i: int) -> Iterator[Chain]:
        """Every way to read a chain at i."""
        return self._chains(text, i, i, (), 0)

    def _chains(self, text: str, i: int, start: int, above: tuple[Division, ...], links: int) -> Iterator[Chain]:
        for name, held, is_full in self.names_at(text, i):
            if above:
                codes = {d.code for d in above}
                below = tuple(d for d in held if d.code not in codes and codes & family(d))
            else:
                below = held
            if not below:
                continue
            end = i + len(name)
            yield Chain(start, end, below, is_full, links + 1)
            if links < 3:
                yield from self._chains(text, end, start, below, links + 1)
                if name.endswith("市") and text.startswith("市", end - 1):
                    # 济南市中区 stands for 济南市市中区.
                    yield from self._chains(text, end - 1, start, below, links + 1)

    def chains(self, text: str) -> Iterator[Chain]:
        """All chains of a running text. Names that are words too, and those of two characters, count only where a phrase begins."""
        done = 0
        for m in self._starts.finditer(text):
            i = m.start()
            if i < done:
                continue
            lengths = self._lengths.get(text[i : i + 2])
            if lengths is None or not any(text[i : i + n] in self._names for n in lengths):
                continue
            chain = self.chain_at(text, i)
            if chain is None:
                continue
            name = text[i : chain.end]
            if chain.links == 1:
                is_word = stem(name) in word_like() or name in word_like()
                if (is_word and not chain.is_full) or ((is_word or len(name) == 2) and not _begins_a_phrase(text, i)):
                    continue
            done = chain.end
            yield chain


def _begins_a_phrase(text: str, i: int) -> bool:
    before = text[i - 1 : i]
    return not "\u4e00" <= before <= "\u9fff" or before in _BEFORE or text[max(0, i - 2) : i] == "中国"


@cache
def _surfaces(name: str) -> tuple[tuple[str, bool], ...]:
    short = stem(name)
    out = [(name, True)]
    if short != name and len(short) >= 2:
        out.append((short, False))
        out.extend((short + kind, True) for ending, kind in _AUTONOMOUS.items() if name.endswith(ending))
    return tuple(out)


def _as_of(held: list[Division], year: int | None) -> tuple[Division, ...]:
    """Of each line the one meant in that year. What was there in the year, or came the year after (when the report was
    published), goes before what was there within `NEAR` years."""
    if year is not None:
        held = [d for d in held if d.exists_in(year) or d.exists_in(year + 1)] or held
    lines: dict[str, Division] = {}
    for d in held:
        line = lineage_of(d)
        if line not in lines or _rank(d, year) > _rank(lines[line], year):
            lines[line] = d
    return tuple(lines.values())


def _rank(d: Division, year: int | None) -> tuple[bool, bool, int]:
    if year is None:
        return (False, False, d.valid_from)
    return (d.stood_at_the_end_of(year), d.exists_in(year), d.valid_from)


@lru_cache(maxsize=64)
def gazetteer(year: int | None) -> Gazetteer:
    """The names as of a year, built once."""
    return Gazetteer(year)
