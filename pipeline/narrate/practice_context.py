"""The surroundings of a term: its sentence, its clause, and which contexts of `contexts.csv` hold there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from pipeline.narrate.denial import CLAUSE_END, clauses_of
from pipeline.narrate.practice_tables import NEXT_YEAR, REPORT_YEAR, ContextWord
from pipeline.narrate.practice_wording import alternation
from pipeline.narrate.tokens import HAN
from pipeline.structure.headings import NARRATIVES

# ASCII marks end a sentence only behind a Chinese character or a bracket: elsewhere they belong to addresses.
SENTENCE_END = re.compile(rf"[。！？；\n]|(?<=[{HAN}”’》）」』])[!?;]")

LONGEST_SENTENCE = 2000
"""From here on a sentence ends at the next clause, at the latest after as much again: real sentences are shorter."""

# What stands before the first word of a member of a list: 一是, （二）, 3., ①.
_MARKER = re.compile(
    r"[\s“”\"]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九十]是|[①-⑳]|(?:首先|其次|再次|最后|此外)[，,])*\s*"
)
_END_MARKS = " \t\u3000。；！？;!?：:，,、"


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text, without the marks that end them; overlong ones in parts."""
    start = 0
    for mark in SENTENCE_END.finditer(text):
        yield from _parts(text, start, mark.start())
        start = mark.end()
    yield from _parts(text, start, len(text))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        most = min(end, start + 2 * LONGEST_SENTENCE)
        mark = CLAUSE_END.search(text, start + LONGEST_SENTENCE, most)
        yield start, mark.start() if mark else most
        start = mark.end() if mark else most
    yield start, end


class Contexts:
    """Tells whether a context holds. Compiled from the wordings once."""

    def __init__(self, words: tuple[ContextWord, ...]) -> None:
        by_name: dict[str, list[str]] = {}
        for word in words:
            by_name.setdefault(word.context, []).append(word.term)
        self._patterns = {name: re.compile(alternation(terms)) for name, terms in by_name.items()}

    def holds(self, name: str, stretch: str, report_year: int | None, section_code: str) -> bool:
        """Whether a context, or one of several divided by `|`, holds in a sentence or clause."""
        for part in name.split("|"):
            if part in NARRATIVES:
                if part == section_code:
                    return True
            elif part in (REPORT_YEAR, NEXT_YEAR):
                year = None if report_year is None else report_year + (part == NEXT_YEAR)
                if year is not None and f"{year}年" in stretch:
                    return True
            elif self._patterns[part].search(stretch):
                return True
        return False


@lru_cache(maxsize=4096)
def _parsed(condition: str) -> tuple[tuple[str, bool], ...]:
    """The context that must hold and, where there is one, that which must not; each with whether its clause decides."""
    return tuple((name.removeprefix("clause:"), name.startswith("clause:")) for name in condition.split("-", 1))


@lru_cache(maxsize=4096)
def _by_clause(requires: tuple[str, ...], unless: tuple[str, ...]) -> bool:
    """Whether an answer may differ between the clauses of a sentence."""
    return any(in_clause for condition in (*requires, *unless) for _, in_clause in _parsed(condition))


class Sentence:
    """A sentence text[start:end] of a searchable text, and what is known of it so far."""

    def __init__(
        self, contexts: Contexts, text: str, start: int, end: int, report_year: int | None, section_code: str
    ) -> None:
        self.text, self.start, self.end = text, start, end
        self._contexts, self._report_year, self._section_code = contexts, report_year, section_code
        self._known: dict[tuple[str, int], bool] = {}
        self._answers: dict[tuple[tuple[str, ...], tuple[str, ...], int], bool] = {}
        self._clauses: list[tuple[int, int]] = []
        self._clause_starts: list[int] = []

    def another(self, start: int, end: int) -> Sentence:
        """Another sentence of the same text."""
        return Sentence(self._contexts, self.text, start, end, self._report_year, self._section_code)

    @property
    def clauses(self) -> list[tuple[int, int]]:
        """Its clauses in order."""
        if not self._clauses:
            self._clauses = list(clauses_of(self.text, self.start, self.end))
            self._clause_starts = [a for a, _ in self._clauses]
        return self._clauses

    def clause_number(self, at: int) -> int:
        """The number, from 0, of the clause that holds a position (or stands before the mark there)."""
        return bisect_right(self._clause_starts if self.clauses else [], at) - 1

    def holds(self, context: str, at: int) -> bool:
        """Whether a context of a term's conditions holds for a term at a position.

        `clause:` confines it to the clause; `a-b` holds where `a` does and `b` does not.
        """
        wanted, *other = _parsed(context)
        return self._holds(*wanted, at) and not (other and self._holds(*other[0], at))

    def _holds(self, name: str, in_clause: bool, at: int) -> bool:
        number = self.clause_number(at) if in_clause else -1
        known = self._known.get((name, number))
        if known is None:
            start, end = self.clauses[number] if in_clause else (self.start, self.end)
            marker = _MARKER.match(self.text, start, end)
            stretch = self.text[marker.end() if marker else start : end].rstrip(_END_MARKS)
            known = self._contexts.holds(name, stretch, self._report_year, self._section_code)
            self._known[name, number] = known
        return known

    def all_hold(self, requires: tuple[str, ...], unless: tuple[str, ...], at: int) -> bool:
        """Whether every required context holds for a term at a position, and none that would forbid it."""
        key = (requires, unless, self.clause_number(at) if _by_clause(requires, unless) else -1)
        known = self._answers.get(key)
        if known is None:
            known = all(self.holds(c, at) for c in requires) and not any(self.holds(c, at) for c in unless)
            self._answers[key] = known
        return known
