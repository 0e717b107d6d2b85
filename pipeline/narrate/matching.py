"""Finds dictionary terms in a text: leftmost-longest and without overlaps within each category, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.narrate.dictionary import EXCLUDED, GAP, Dictionaries, PracticeTerm, default_dictionaries
from pipeline.narrate.tokens import without_stray_blanks

# What a gap may stand for: up to 20 characters of the same clause (an enumeration with 、 is one clause).
_GAP_PATTERN = r"[^\s，。！？；：,!?;:]{0,20}?"
_LATIN = "[a-z0-9]"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term found at [start, end) of the searched text."""

    category: str
    subcategory: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    subcategory: str
    pattern: re.Pattern[str] | None
    """Where comparing characters is not enough: a gap, or a Latin end that must be the end of the word."""


# First two characters of a term → the terms of each category that begin so, longest first.
_Index = dict[str, tuple[tuple[str, tuple[_Term, ...]], ...]]


def searchable(text: str) -> str:
    """The text in which terms are looked for: lower case, without single blanks between two Chinese characters."""
    return without_stray_blanks(text).lower()


def occurrences(searched: str, dictionaries: Dictionaries | None = None) -> Iterator[Occurrence]:
    """Terms in a searchable text, by start and category.

    Of the terms of a category that begin at a place the longest is taken, and the search goes on behind it. Places
    that a wording of the subcategory `excluded` covers are passed over in its category.
    """
    index = _index(dictionaries or default_dictionaries())
    free_from: dict[str, int] = {}
    for start in range(len(searched) - 1):
        for category, terms in index.get(searched[start : start + 2], ()):
            if start < free_from.get(category, 0):
                continue
            best, end = None, start
            for term in terms:
                if term.pattern is None:
                    term_end = start + len(term.text) if searched.startswith(term.text, start) else 0
                else:
                    match = term.pattern.match(searched, start)
                    term_end = match.end() if match else 0
                if term_end > end:
                    best, end = term, term_end
            if best is not None:
                free_from[category] = end
                if best.subcategory != EXCLUDED:
                    yield Occurrence(category, best.subcategory, start, end)


@lru_cache(maxsize=8)
def _index(dictionaries: Dictionaries) -> _Index:
    grouped: dict[str, dict[str, list[_Term]]] = {}
    for row in sorted(dictionaries.practice, key=lambda t: (t.category, -len(t.term), t.term.lower())):
        term = _term(row)
        grouped.setdefault(term.text[:2], {}).setdefault(row.category, []).append(term)
    return {
        beginning: tuple((category, tuple(terms)) for category, terms in by_category.items())
        for beginning, by_category in grouped.items()
    }


def _term(row: PracticeTerm) -> _Term:
    text = row.term.lower()
    # `app` is no part of `happy`, `12345` no part of a telephone number.
    before = rf"(?<!{_LATIN})" if re.match(_LATIN, text) else ""
    after = rf"(?!{_LATIN})" if re.match(_LATIN, text[-1]) else ""
    if not (before or after or GAP in text):
        return _Term(text, row.subcategory, None)
    body = _GAP_PATTERN.join(map(re.escape, text.split(GAP)))
    return _Term(text, row.subcategory, re.compile(before + body + after))
