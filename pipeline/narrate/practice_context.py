"""The surroundings of a term: its sentence, its clause, and which contexts of `contexts.csv` hold there."""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from pipeline.narrate.denial import CLAUSE_END, clauses_of
from pipeline.narrate.practice_tables import NEXT_YEAR, REPORT_YEAR, ContextWord
from pipeline.narrate.practice_wording import alternation, beginning, expanded, lower
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


@dataclass(frozen=True, slots=True)
class Context:
    """One context of a condition, or several divided by `|`, one of which must hold."""

    name: str
    parts: tuple[str, ...]
    in_clause: bool
    """Whether the clause of a term decides, not its sentence."""
    bits: int
    """One for each of its parts that words decide, one for all others."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A context that must hold and, where there is one, one that must not (`a-b`)."""

    wanted: Context
    other: Context | None


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What must hold for a term, and what must not. Each is made once for all terms that have it."""

    requires: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    by_clause: bool
    """Whether the answer may differ between the clauses of a sentence."""


class Contexts:
    """Tells whether a context holds. Compiled from the wordings once."""

    def __init__(self, words: tuple[ContextWord, ...]) -> None:
        by_name: dict[str, list[str]] = {}
        for word in words:
            by_name.setdefault(word.context, []).append(word.term)
        self._patterns = {name: re.compile(alternation(terms)) for name, terms in by_name.items()}
        self._bits = {name: 1 << n for n, name in enumerate(by_name)}
        self._always = 1 << len(by_name)
        self._begun: dict[str, int] = {}
        for name, terms in by_name.items():
            for wording in {w for term in terms for w in expanded(term)}:
                key = beginning(lower(wording))
                self._begun[key] = self._begun.get(key, 0) | self._bits[name]
        self._keys = frozenset(self._begun)

    def conditions(self, requires: tuple[str, ...], unless: tuple[str, ...]) -> Conditions:
        """Conditions as the tables write them, ready for `Sentence.all_hold`."""
        required, forbidden = (tuple(map(self._condition, names)) for names in (requires, unless))
        contexts = (c for x in (*required, *forbidden) for c in (x.wanted, x.other))
        return Conditions(required, forbidden, any(c is not None and c.in_clause for c in contexts))

    def _condition(self, written: str) -> Condition:
        wanted, *other = map(self._context, written.split("-", 1))
        return Condition(wanted, other[0] if other else None)

    def _context(self, written: str) -> Context:
        name = written.removeprefix("clause:")
        parts = tuple(name.split("|"))
        # A section or a year is no word that could be missed.
        bits = reduce(operator.or_, (self._bits.get(part, self._always) for part in parts))
        return Context(name, parts, written.startswith("clause:"), bits)

    def possible(self, stretch: str) -> int:
        """The bits of contexts of which a word may stand in the stretch, since its first two characters do.

        All others cannot hold. They are most, so that most questions cost no search.
        """
        keys = self._keys.intersection(map(operator.add, stretch, stretch[1:]))
        found = map(self._begun.__getitem__, keys | self._keys.intersection(stretch))
        return reduce(operator.or_, found, self._always)

    def holds(self, parts: tuple[str, ...], stretch: str, report_year: int | None, section_code: str) -> bool:
        """Whether one of several contexts holds in a sentence or clause."""
        for part in parts:
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


class Sentence:
    """A sentence text[start:end] of a searchable text, and what is known of it so far."""

    def __init__(
        self, contexts: Contexts, text: str, start: int, end: int, report_year: int | None, section_code: str
    ) -> None:
        self.text, self.start, self.end = text, start, end
        self._contexts, self._report_year, self._section_code = contexts, report_year, section_code
        self._possible = 0
        self._known: dict[tuple[str, int], bool] = {}
        self._answers: dict[tuple[Conditions, int], bool] = {}
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

    def _holds(self, context: Context, at: int) -> bool:
        if not self._possible:
            self._possible = self._contexts.possible(self.text[self.start : self.end])
        if not self._possible & context.bits:
            return False
        number = self.clause_number(at) if context.in_clause else -1
        known = self._known.get((context.name, number))
        if known is None:
            start, end = self.clauses[number] if context.in_clause else (self.start, self.end)
            marker = _MARKER.match(self.text, start, end)
            stretch = self.text[marker.end() if marker else start : end].rstrip(_END_MARKS)
            known = self._contexts.holds(context.parts, stretch, self._report_year, self._section_code)
            self._known[context.name, number] = known
        return known

    def _is_met(self, condition: Condition, at: int) -> bool:
        return self._holds(condition.wanted, at) and not (condition.other and self._holds(condition.other, at))

    def all_hold(self, conditions: Conditions, at: int) -> bool:
        """Whether every required context holds for a term at a position, and none that would forbid it.

        `clause:` confines a context to the clause; `a-b` holds where `a` does and `b` does not.
        """
        key = (conditions, self.clause_number(at) if conditions.by_clause else -1)
        known = self._answers.get(key)
        if known is None:
            known = all(self._is_met(c, at) for c in conditions.requires) and not any(
                self._is_met(c, at) for c in conditions.unless
            )
            self._answers[key] = known
        return known
