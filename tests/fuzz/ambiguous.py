"""Which regular expressions repeat a choice that one text fits in several ways: those take exponential time to fail.

`(?:约|为|约为)*` reads 约为 as one word or as two; twenty of them in a line that does not fit in the end are read in 2²⁰
ways. A repeated choice of words is sound if no text is a sequence of its words in two ways, which the algorithm of Sardinas
and Patterson decides (A. A. Sardinas, G. W. Patterson, "A necessary and sufficient condition for unique decomposition of
coded messages", IRE Convention Record 8, 1953).
"""

from __future__ import annotations

import functools
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST_WORDS = 20_000
_MANY = 8
"""Times from which a repetition can take long."""
_Words = frozenset[tuple[str, ...]]
"""Sequences of signs; a class of characters is one sign, its own source."""


class _Twice(Exception):
    """A word that a choice itself gives twice."""

    def __init__(self, word: tuple[str, ...]) -> None:
        super().__init__(word)
        self.word = word


def _once_each(words: list[tuple[str, ...]]) -> _Words:
    found = frozenset(words)
    if len(found) < len(words) and (twice := [w for w, n in Counter(words).items() if n > 1 and w]):
        raise _Twice(min(twice))
    return found


def compiled_patterns(package: str) -> Iterator[re.Pattern[str]]:
    """The patterns that the loaded modules of a package hold, and those that their cached functions gave so far."""
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] == package:
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value = _given(value)
                yield from _patterns_in(value, 4)


def _given(function: Any) -> object:
    """What a cached function of no arguments gave; None where it was not asked yet or takes some."""
    if not function.cache_info().currsize:
        return None
    try:
        return function()
    except TypeError:
        return None


def _patterns_in(value: object, depth: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, dict):
        for v in value.values():
            yield from _patterns_in(v, depth - 1)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for v in value:
            yield from _patterns_in(v, depth - 1)


def ambiguous(pattern: str, flags: int = 0) -> list[str]:
    """For each repeated choice of words that can be taken apart in several ways, a text that shows it."""
    out = []
    for repeated in _repeated(parser.parse(pattern, flags)):
        try:
            words = _words(repeated)
            shown = None if words is None else _in_two_ways(words - {()})
        except _Twice as twice:
            shown = twice.word
        if shown is not None:
            out.append("".join(shown))
    return out


def _repeated(parsed: Any) -> Iterator[Any]:
    for kind, value in parsed:
        if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            if value[1] >= _MANY:
                yield value[2]
            yield from _repeated(value[2])
        elif kind is constants.SUBPATTERN:
            yield from _repeated(value[3])
        elif kind is constants.BRANCH:
            for branch in value[1]:
                yield from _repeated(branch)
        elif kind in (constants.ASSERT, constants.ASSERT_NOT):
            yield from _repeated(value[1])


def _words(parsed: Any) -> _Words | None:
    """Everything that a pattern without endless parts fits; None where it has some, or too much."""
    found: _Words = frozenset({()})
    for kind, value in parsed:
        more: _Words | None
        if kind is constants.LITERAL:
            more = frozenset({(chr(value),)})
        elif kind in (constants.IN, constants.ANY, constants.NOT_LITERAL):
            more = _class(value) if kind is constants.IN else None
        elif kind is constants.BRANCH:
            branches = [_words(b) for b in value[1]]
            more = None if None in branches else _once_each([w for b in branches for w in b or ()])
        elif kind is constants.SUBPATTERN:
            more = _words(value[3])
        elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT) and value[1] <= 3:
            once = _words(value[2])
            more = None if once is None else _times(once, value[0], value[1])
        elif kind in (constants.ASSERT, constants.ASSERT_NOT, constants.AT):
            more = frozenset({()})
        else:
            more = None
        if more is None or len(found) * len(more) > _MOST_WORDS:
            return None
        found = _once_each([a + b for a in found for b in more])
    return found


def _class(members: Sequence[Any]) -> _Words | None:
    """The characters of a class that lists them, or the digits."""
    out = set()
    for kind, value in members:
        if kind is constants.LITERAL:
            out.add((chr(value),))
        elif kind is constants.CATEGORY and value is constants.CATEGORY_DIGIT:
            out |= {(c,) for c in "0123456789"}
        elif kind is constants.RANGE and value[1] - value[0] < 30:
            out |= {(chr(c),) for c in range(value[0], value[1] + 1)}
        else:
            return None
    return frozenset(out)


def _times(once: _Words, least: int, most: int) -> _Words | None:
    out: list[tuple[str, ...]] = []
    now: _Words = frozenset({()})
    for n in range(most + 1):
        out += now if n >= least else ()
        if len(now) * len(once) > _MOST_WORDS:
            return None
        now = _once_each([a + b for a in now for b in once])
    return _once_each(out)


def _in_two_ways(words: _Words) -> tuple[str, ...] | None:
    """A sequence of words that is another sequence of them too; None where there is none."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for w in words:
        by_first.setdefault(w[0], []).append(w)
    # What one reading is ahead of the other by, with the longer reading so far.
    ahead = {b[len(a) :]: b for a in words for b in by_first[a[0]] if len(a) < len(b) and b[: len(a)] == a}
    seen: set[tuple[str, ...]] = set()
    while ahead:
        rest, read = ahead.popitem()
        if rest in words:
            return read
        if rest in seen:
            continue
        seen.add(rest)
        for w in by_first.get(rest[0], ()):
            if len(w) < len(rest) and rest[: len(w)] == w:
                ahead.setdefault(rest[len(w) :], read)
            elif len(w) > len(rest) and w[: len(rest)] == rest:
                ahead.setdefault(w[len(rest) :], read + w[len(rest) :])
    return None
