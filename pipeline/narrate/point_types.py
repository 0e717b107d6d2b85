"""Tells what a problem or an improvement is about by the words of `types.csv`: one table for features and points."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from pipeline.narrate.dictionary import default_dictionaries
from pipeline.narrate.point_words import LONGEST
from pipeline.narrate.practice_tables import GENERAL, IMPROVEMENTS, PROBLEMS_ADMITTED, Practice
from pipeline.narrate.practice_wording import GAP, alternation, expanded, lower

_PROBLEM = "problem"


class _Words(NamedTuple):
    """The words of a type that begin with the same two characters; within `longer` wordings they say nothing."""

    code: str
    word: re.Pattern[str]
    longer: re.Pattern[str] | None


def types_of(kind: str, text: str) -> tuple[str, ...]:
    """Types of a point as in the code list `point_type`, sorted; `general` alone where no word says which.

    `kind`: code list `point_kind`. Only the first `LONGEST` characters are looked at.
    """
    category = PROBLEMS_ADMITTED if kind == _PROBLEM else IMPROVEMENTS
    look = lower(text[:LONGEST])
    return types_in(default_dictionaries().practice, category, look, 0, len(look)) or (GENERAL,)


def types_in(practice: Practice, category: str, text: str, start: int, end: int) -> tuple[str, ...]:
    """Types whose words stand in text[start:end], which is lower case, sorted. Empty for a category without types."""
    beginnings = _words(practice).get(category)
    if not beginnings:
        return ()
    out = set[str]()
    covered: dict[re.Pattern[str], tuple[tuple[int, int], ...]] = {}
    stretch = text[start:end]
    pairs = map(operator.add, stretch, [*stretch[1:], ""])
    for offset, words in enumerate(map(beginnings.get, pairs, map(beginnings.get, stretch))):
        for code, word, longer in words or ():
            if code in out or (found := word.match(text, start + offset, end)) is None:
                continue
            if longer is None:
                out.add(code)
                continue
            if longer not in covered:
                covered[longer] = tuple(m.span() for m in longer.finditer(text, start, end))
            a, b = found.span()
            # Inside a longer wording is also what begins before it and ends in it.
            if not any(c <= a < d or c < b <= d for c, d in covered[longer]):
                out.add(code)
    return tuple(sorted(out))


class ClauseTypes:
    """Types named in the clauses of a sentence; each clause is read once."""

    def __init__(self, practice: Practice, text: str, clauses: Sequence[tuple[int, int]]) -> None:
        self._practice, self._text, self._clauses = practice, text, clauses
        self._own: dict[tuple[str, int], tuple[str, ...]] = {}
        self._around: dict[str, tuple[list[frozenset[str]], list[frozenset[str]]]] = {}

    def of(self, category: str, number: int) -> tuple[str, ...]:
        """What a general problem or promise in a clause is about: by the words of its clause, else by those before it,
        else by those behind it; empty where none says.
        """
        own = self._own_types(category, number)
        if own:
            return own
        if category not in self._around:
            each = [frozenset(self._own_types(category, n)) for n in range(len(self._clauses))]
            before = list(accumulate(each, operator.or_))
            behind = list(accumulate(reversed(each), operator.or_))[::-1]
            self._around[category] = before, behind
        before, behind = self._around[category]
        # What stands behind a colon is a list of its own: 仍存在薄弱环节：一是更新慢 says at first that something is wrong.
        is_list = self._text.startswith(("：", ":"), self._clauses[number][1])
        return tuple(sorted(before[number] or (() if is_list else behind[number])))

    def _own_types(self, category: str, number: int) -> tuple[str, ...]:
        if (category, number) not in self._own:
            self._own[category, number] = types_in(self._practice, category, self._text, *self._clauses[number])
        return self._own[category, number]


def typed_categories(practice: Practice) -> frozenset[str]:
    """Categories whose occurrences of the subcategory `general` get types."""
    return frozenset(s.category for s in practice.subcategories if s.subcategory == GENERAL)


@lru_cache(maxsize=8)
def _words(practice: Practice) -> dict[str, dict[str, tuple[_Words, ...]]]:
    """By category, the words of types by their first two characters; by the first where a gap follows.

    The latter stand under every two that begin so, too.
    """
    typed = sorted(typed_categories(practice))
    grouped: dict[str, dict[str, dict[tuple[str, tuple[str, ...]], list[str]]]] = {c: {} for c in typed}
    for row in practice.types:
        for wording in expanded(row.term):
            for category in (row.category,) if row.category else typed:
                key = lower(wording)[:2].removesuffix(GAP)
                grouped[category].setdefault(key, {}).setdefault((row.type, row.not_in), []).append(wording)
    for pairs in grouped.values():
        for key in [k for k in pairs if len(k) > 1]:
            for of, words in pairs.get(key[0], {}).items():
                pairs[key].setdefault(of, []).extend(words)
    # Both categories share most words, and many words the longer wordings.
    compiled = lru_cache(maxsize=None)(lambda wordings: re.compile(alternation(list(wordings))))
    return {
        category: {
            pair: tuple(
                _Words(code, compiled(tuple(words)), compiled(longer) if longer else None)
                for (code, longer), words in sorted(group.items())
            )
            for pair, group in pairs.items()
        }
        for category, pairs in grouped.items()
    }
