"""The surroundings of a term: its sentence, its clause, and which contexts of `contexts.csv` hold there."""

from __future__ import annotations

import re

from pipeline.narrate.denial import Spans, clauses_of
from pipeline.narrate.practice_tables import NEXT_YEAR, REPORT_YEAR, ContextWord
from pipeline.narrate.practice_wording import alternation
from pipeline.narrate.tokens import HAN

# ASCII marks end a sentence only behind a Chinese character or a bracket: elsewhere they belong to addresses.
SENTENCE_END = re.compile(rf"[。！？；\n]|(?<=[{HAN}”’》）」』])[!?;]")

# What stands before the first word of a member of a list: 一是, （二）, 3., ①.
_MARKER = re.compile(
    r"[\s“”\"]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九十]是|[①-⑳]|(?:首先|其次|再次|最后|此外)[，,])*\s*"
)
_END_MARKS = " \t\u3000。；！？;!?：:，,、"


class Contexts:
    """Tells whether a context holds. Compiled from the wordings once."""

    def __init__(self, words: tuple[ContextWord, ...]) -> None:
        by_name: dict[str, list[str]] = {}
        for word in words:
            by_name.setdefault(word.context, []).append(word.term)
        self._patterns = {name: re.compile(alternation(terms)) for name, terms in by_name.items()}

    def holds(self, name: str, stretch: str, report_year: int | None) -> bool:
        """Whether a context, or one of several divided by `|`, holds in a sentence or clause."""
        for part in name.split("|"):
            if part in (REPORT_YEAR, NEXT_YEAR):
                year = None if report_year is None else report_year + (part == NEXT_YEAR)
                if year is not None and f"{year}年" in stretch:
                    return True
            elif self._patterns[part].search(stretch):
                return True
        return False


class Sentence:
    """A sentence text[start:end] of a searchable text, and what is known of it so far."""

    def __init__(self, contexts: Contexts, text: str, start: int, end: int, report_year: int | None) -> None:
        self.text, self.start, self.end = text, start, end
        self._contexts, self._report_year = contexts, report_year
        self._known: dict[tuple[str, int, int], bool] = {}
        self._clauses: Spans | None = None

    def clause(self, at: int) -> tuple[int, int]:
        """The clause that holds a position."""
        if self._clauses is None:
            self._clauses = clauses_of(self.text, self.start, self.end)
        return next((c for c in self._clauses if c[0] <= at < c[1]), (self.start, self.end))

    def holds(self, context: str, at: int) -> bool:
        """Whether a context of a term's conditions holds for a term at a position.

        `clause:` confines it to the clause; `a-b` holds where `a` does and `b` does not.
        """
        wanted, _, other = context.partition("-")
        return self._holds(wanted, at) and not (other and self._holds(other, at))

    def _holds(self, context: str, at: int) -> bool:
        name = context.removeprefix("clause:")
        start, end = (self.start, self.end) if name == context else self.clause(at)
        key = (name, start, end)
        if key not in self._known:
            marker = _MARKER.match(self.text, start, end)
            stretch = self.text[marker.end() if marker else start : end].rstrip(_END_MARKS)
            self._known[key] = self._contexts.holds(name, stretch, self._report_year)
        return self._known[key]

    def all_hold(self, requires: tuple[str, ...], unless: tuple[str, ...], at: int) -> bool:
        """Whether every required context holds for a term at a position, and none that would forbid it."""
        return all(self.holds(c, at) for c in requires) and not any(self.holds(c, at) for c in unless)
