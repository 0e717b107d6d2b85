"""Which division continues which: the identity of a division through new names, new codes and new levels."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from pipeline.issuers.divisions import Division, division, divisions, stem, with_code


@cache
def _followers() -> dict[Division, tuple[Division, ...]]:
    """The divisions that a division went to when it ended."""
    out = {}
    for d in divisions():
        if d.valid_to is not None:
            year = d.valid_to
            held = (next((x for x in with_code(c) if x.stood_at_the_end_of(year)), None) for c in d.successor_codes)
            out[d] = tuple(x for x in held if x is not None)
    return out


@cache
def _heirs() -> dict[Division, Division]:
    """The one division that continues an ended one, where there is one.

    A division continues as the only one that it became, if that began with the change and came from no other of the same level;
    among several the one of its own name continues it (孟津县 and 吉利区 became 孟津区, which continues 孟津县). What was joined to a
    division that goes on, or joined with others under a new name, ends. A change of level continues a division only where nothing
    else was part of it (儋州市); so the prefecture-level 莱芜市 ends, and its 莱城区 is continued by 莱芜区.
    """
    before = defaultdict(list)
    for old, following in _followers().items():
        for new in following:
            if new.valid_from == old.valid_to:
                before[new].append(old)
    out = {}
    for old, following in _followers().items():
        begun = [n for n in following if n.valid_from == old.valid_to and _continues(old, n, before[n])]
        if len(following) > 1:
            begun = [n for n in begun if stem(n.name) == stem(old.name)]
        if len(begun) == 1:
            out[old] = begun[0]
    return out


def _continues(old: Division, new: Division, came_from: list[Division]) -> bool:
    if old.level != new.level:
        return came_from == [old]
    peers = [d for d in came_from if d.level == new.level]
    return peers == [old] or [d for d in peers if stem(d.name) == stem(new.name)] == [old]


@cache
def _names() -> dict[Division, str]:
    founders = {}
    origin = {new: old for old, new in _heirs().items()}
    for d in divisions():
        first = d
        while first in origin:
            first = origin[first]
        founders[d] = first
    held: dict[str, list[Division]] = defaultdict(list)
    for first in sorted(set(founders.values()), key=lambda d: (d.code, d.valid_from)):
        held[first.code].append(first)
    return {d: f.code if held[f.code][0] == f else f"{f.code}@{f.valid_from}" for d, f in founders.items()}


def lineage_of(d: Division) -> str:
    """The identity of a division: the code of the first in its line, with @year where a code was given out a second time."""
    return _names()[d]


def lineage(code: str, year: int | None = None) -> str:
    """The identity of what the code stood for in that year (else newest); an unknown code stands for itself.

    Being the oldest known code, it stays when a division changes again: 海门市 (320684) and 海门区 (320614) both give 320684.
    """
    d = division(code, year) or division(code)
    return code if d is None else lineage_of(d)


def in_year(d: Division, year: int) -> Division:
    """What a division was called at the end of the year, along its own line; the division itself where the line was not there."""
    line = [x for x in divisions() if _names()[x] == _names()[d]]
    return next((x for x in line if x.stood_at_the_end_of(year)), d)
