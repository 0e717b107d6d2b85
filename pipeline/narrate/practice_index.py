"""Arranges the terms of the dictionaries for the search: by section and by the characters they begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.narrate.denial import Denials
from pipeline.narrate.practice_context import Contexts
from pipeline.narrate.practice_tables import EXCLUDED, Practice, PracticeTerm
from pipeline.narrate.practice_wording import GAP, expanded, is_plain, lower, one_of, pattern, pattern_head
from pipeline.structure.headings import NARRATIVES


@dataclass(frozen=True, slots=True)
class Term:
    """What a wording is: of several rows with the same wording one stands for each set of conditions."""

    subcategory: str
    sections: frozenset[str]
    requires: tuple[str, ...]
    unless: tuple[str, ...]


Terms = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The terms of a category that may stand where some two or three characters do, those that count in a section."""

    category: str
    plain: tuple[tuple[int, dict[str, Terms]], ...]
    """By length, the longest first: what a comparison of characters finds."""
    patterns: tuple[tuple[re.Pattern[str], Terms], ...]
    """Where comparing is not enough: a gap, or a Latin end that must be the end of the word."""
    gate: re.Pattern[str] | None
    """All patterns as one, which mostly says at once that none is there; None without patterns."""


@dataclass(frozen=True, slots=True)
class SectionIndex:
    """The terms that count in a section.

    Terms of two characters, or with a gap behind two, stand under every three that begin so.
    """

    by_three: dict[str, tuple[Beginning, ...]]
    by_two: dict[str, tuple[Beginning, ...]]
    """What counts where no term has such a third character."""
    pairs: frozenset[str]
    """First two characters of all terms."""


@dataclass(frozen=True, slots=True)
class _Family:
    """Terms with the same stem that differ behind their last gap only, as one pattern: 收到…申请, 收到…申请表."""

    stem: str
    source: str
    terms: Terms


class Index:
    """The terms of one state of the tables, ready for search."""

    def __init__(self, practice: Practice) -> None:
        self.contexts, self.denials = Contexts(practice.contexts), Denials(practice.denials)
        self.undeniable = frozenset(c.category for c in practice.categories if not c.is_deniable)
        self.unless = {c.category: c.unless for c in practice.categories if c.unless}
        self._plain, self._families = _arranged(practice)
        self._sections: dict[str, SectionIndex] = {}
        self._compiled: dict[str, re.Pattern[str]] = {}

    def of_section(self, section_code: str) -> SectionIndex:
        """The terms that count in a section."""
        section = section_code if section_code in NARRATIVES else ""
        if section not in self._sections:
            self._sections[section] = self._of_section(section)
        return self._sections[section]

    def _of_section(self, section: str) -> SectionIndex:
        plain: dict[str, dict[str, dict[str, Terms]]] = {}
        families: dict[str, dict[str, list[_Family]]] = {}
        for category, texts in self._plain.items():
            for text, terms in texts.items():
                if here := _counting(terms, section):
                    plain.setdefault(text[:3], {}).setdefault(category, {})[text] = here
        for category, own in self._families.items():
            for family in own:
                if here := _counting(family.terms, section):
                    key = family.stem[:3].partition(GAP)[0]
                    families.setdefault(key, {}).setdefault(category, []).append(
                        _Family(family.stem, family.source, here)
                    )
        by_key: dict[str, tuple[Beginning, ...]] = {}
        for key in sorted(plain.keys() | families.keys()):
            keys = (key, key[:2]) if len(key) > 2 else (key,)
            categories = {c for k in keys for c in (*plain.get(k, ()), *families.get(k, ()))}
            by_key[key] = tuple(
                self._beginning(
                    category,
                    {t: x for k in keys for t, x in plain.get(k, {}).get(category, {}).items()},
                    [f for k in keys for f in families.get(k, {}).get(category, ())],
                )
                for category in sorted(categories)
            )
        return SectionIndex(
            {k: b for k, b in by_key.items() if len(k) > 2},
            {k: b for k, b in by_key.items() if len(k) == 2},
            frozenset(k[:2] for k in by_key),
        )

    def _beginning(self, category: str, plain: dict[str, Terms], families: list[_Family]) -> Beginning:
        lengths = sorted({len(t) for t in plain}, reverse=True)
        # Where two end at the same place the first is taken: a wording that is excluded goes first.
        ordered = sorted(families, key=lambda f: f.terms[0].subcategory != EXCLUDED)
        return Beginning(
            category,
            tuple((n, {t: terms for t, terms in plain.items() if len(t) == n}) for n in lengths),
            tuple((self._pattern(f.source), f.terms) for f in ordered),
            self._pattern("|".join(sorted({f.source for f in families}))) if families else None,
        )

    def _pattern(self, source: str) -> re.Pattern[str]:
        # Kept here: the sections share patterns, and there are more than `re` remembers.
        if source not in self._compiled:
            self._compiled[source] = re.compile(source)
        return self._compiled[source]


@lru_cache(maxsize=8)
def index_of(practice: Practice) -> Index:
    """The index of a state of the tables."""
    return Index(practice)


def _counting(terms: Terms, section: str) -> Terms:
    return tuple(t for t in terms if not t.sections or section in t.sections)


def _arranged(practice: Practice) -> tuple[dict[str, dict[str, Terms]], dict[str, list[_Family]]]:
    """By category: wordings that comparing finds, and families of the others."""
    grouped: dict[str, dict[str, list[tuple[tuple[object, ...], Term]]]] = {}
    for row in practice.terms:
        term = Term(row.subcategory, frozenset(row.sections), row.requires, row.unless)
        for wording in expanded(row.term):
            grouped.setdefault(row.category, {}).setdefault(lower(wording), []).append((_rank(row), term))
    plain: dict[str, dict[str, Terms]] = {}
    families: dict[str, list[_Family]] = {}
    for category, ranked in grouped.items():
        by_stem: dict[tuple[str, Terms], list[str]] = {}
        for text, rows in sorted(ranked.items()):
            terms = tuple(term for _, term in sorted(rows, key=lambda r: r[0]))
            if is_plain(text):
                plain.setdefault(category, {})[text] = terms
            else:
                by_stem.setdefault((text.rpartition(GAP)[0] or text, terms), []).append(text)
        families[category] = [
            _Family(stem, _source(stem, sorted(texts, key=lambda t: (-len(t), t))), terms)
            for (stem, terms), texts in by_stem.items()
        ]
    return plain, families


def _rank(row: PracticeTerm) -> tuple[object, ...]:
    """Of rows with the same wording the one with the most conditions comes first; the order of lines never matters."""
    conditions = len(row.requires) + len(row.unless) + bool(row.sections)
    return (row.subcategory != EXCLUDED, -conditions, row.subcategory, row.sections, row.requires, row.unless)


def _source(stem: str, texts: list[str]) -> str:
    """One regular expression for terms with the same stem; the nearest end is taken, of several there the longest."""
    if GAP not in texts[0]:
        return pattern(texts[0])
    ends = [pattern(t).removeprefix(pattern_head(stem)) for t in texts]
    return pattern_head(stem) + one_of("".join(t.rpartition(GAP)[2][0] for t in texts), ends)
