"""Arranges the terms of the dictionaries for the search: by section and by the characters they begin with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.narrate.denial import Denials
from pipeline.narrate.practice_context import Conditions, Contexts
from pipeline.narrate.practice_tables import EXCLUDED, Practice, PracticeTerm
from pipeline.narrate.practice_wording import GAP, expanded, is_plain, lower, one_of, pattern, pattern_head
from pipeline.structure.headings import NARRATIVES


@dataclass(frozen=True, slots=True)
class Term:
    """What a wording is: of several rows with the same wording one stands for each set of conditions."""

    subcategory: str
    sections: frozenset[str]
    conditions: Conditions | None
    """None where it counts everywhere."""


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
class Start:
    """The terms of all categories that may stand where some two or three characters do."""

    lengths: tuple[int, ...]
    plain: dict[str, tuple[Beginning, ...]]
    """By term, the categories that have it."""
    gated: tuple[Beginning, ...]
    gate: re.Pattern[str] | None
    """The categories with patterns, and all of these as one."""

    def standing(self, searched: str, start: int, end: int) -> Sequence[Beginning]:
        """The categories of which a term stands at a place of a sentence that ends at `end`, sorted: mostly none."""
        found = [got for n in self.lengths if (got := self.plain.get(searched[start : start + n])) is not None]
        if self.gate is not None and self.gate.match(searched, start, end) is not None:
            found.append(self.gated)
        if len(found) < 2:
            return found[0] if found else ()
        by_category = {b.category: b for beginnings in found for b in beginnings}
        return [by_category[c] for c in sorted(by_category)]


class SectionIndex:
    """The terms that count in a section.

    Terms of two characters, or with a gap behind two, stand under every three that begin so. What stands under a
    beginning is put together when a text first has it: there are thousands, and a document has some hundred of them.
    """

    def __init__(self, keys: frozenset[str], make: Callable[[str], Start]) -> None:
        self.pairs = frozenset(key[:2] for key in keys)
        """First two characters of all terms."""
        self._keys, self._make = keys, make
        self._made: dict[str, Start] = {}

    def at(self, three: str) -> Start | None:
        """The terms that may stand where these three characters do (two at the end of a text)."""
        key = three if three in self._keys else three[:2]
        start = self._made.get(key)
        if start is None and key in self._keys:
            start = self._made[key] = self._make(key)
        return start


@dataclass(frozen=True, slots=True)
class _Family:
    """Terms with the same stem that differ behind their last gap only, as one pattern: 收到…申请, 收到…申请表."""

    stem: str
    texts: tuple[str, ...]
    """Those of one length by the alphabet, the longest first."""
    terms: Terms

    @property
    def source(self) -> str:
        return _source(self.stem, self.texts)


class Index:
    """The terms of one state of the tables, ready for search."""

    def __init__(self, practice: Practice) -> None:
        self.contexts, self.denials = Contexts(practice.contexts), Denials(practice.denials)
        self.undeniable = frozenset(c.category for c in practice.categories if not c.is_deniable)
        self.unless = {c.category: self.contexts.conditions((), c.unless) for c in practice.categories if c.unless}
        self._plain, self._families = _arranged(practice, self.contexts)
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
                        _Family(family.stem, family.texts, here)
                    )

        def make(key: str) -> Start:
            keys = (key, key[:2]) if len(key) > 2 else (key,)
            categories = {c for k in keys for c in (*plain.get(k, ()), *families.get(k, ()))}
            return self._start(
                tuple(
                    self._beginning(
                        category,
                        {t: x for k in keys for t, x in plain.get(k, {}).get(category, {}).items()},
                        [f for k in keys for f in families.get(k, {}).get(category, ())],
                    )
                    for category in sorted(categories)
                ),
                [f for k in keys for own in families.get(k, {}).values() for f in own],
            )

        return SectionIndex(frozenset(plain.keys() | families.keys()), make)

    def _start(self, beginnings: tuple[Beginning, ...], families: list[_Family]) -> Start:
        plain: dict[str, list[Beginning]] = {}
        for b in beginnings:
            for text in (text for _, terms in b.plain for text in terms):
                plain.setdefault(text, []).append(b)
        gated = tuple(b for b in beginnings if b.gate is not None)
        return Start(
            tuple(sorted({len(text) for text in plain})),
            {text: tuple(having) for text, having in plain.items()},
            gated,
            self._pattern(_any_of(families)) if families else None,
        )

    def _beginning(self, category: str, plain: dict[str, Terms], families: list[_Family]) -> Beginning:
        lengths = sorted({len(t) for t in plain}, reverse=True)
        # Where two end at the same place the first is taken: a wording that is excluded goes first.
        ordered = sorted(families, key=lambda f: f.terms[0].subcategory != EXCLUDED)
        return Beginning(
            category,
            tuple((n, {t: terms for t, terms in plain.items() if len(t) == n}) for n in lengths),
            tuple((self._pattern(f.source), f.terms) for f in ordered),
            self._pattern(_any_of(families)) if families else None,
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


def _arranged(practice: Practice, contexts: Contexts) -> tuple[dict[str, dict[str, Terms]], dict[str, list[_Family]]]:
    """By category: wordings that comparing finds, and families of the others."""
    grouped: dict[str, dict[str, list[tuple[tuple[object, ...], Term]]]] = {}
    made: dict[tuple[tuple[str, ...], tuple[str, ...]], Conditions | None] = {((), ()): None}
    for row in practice.terms:
        written = row.requires, row.unless
        if written not in made:
            made[written] = contexts.conditions(*written)
        term = Term(row.subcategory, frozenset(row.sections), made[written])
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
            _Family(stem, tuple(sorted(texts, key=lambda t: (-len(t), t))), terms)
            for (stem, terms), texts in by_stem.items()
        ]
    return plain, families


def _rank(row: PracticeTerm) -> tuple[object, ...]:
    """Of rows with the same wording the one with the most conditions comes first; the order of lines never matters."""
    conditions = len(row.requires) + len(row.unless) + bool(row.sections)
    return (row.subcategory != EXCLUDED, -conditions, row.subcategory, row.sections, row.requires, row.unless)


def _any_of(families: list[_Family]) -> str:
    """One regular expression that says whether a term of any family stands at a place; a stem is looked for once."""
    by_stem: dict[tuple[str, bool], set[str]] = {}
    for family in families:
        by_stem.setdefault((family.stem, GAP in family.texts[0]), set()).update(family.texts)
    return "|".join(_source(stem, tuple(sorted(texts))) for (stem, _), texts in sorted(by_stem.items()))


def _source(stem: str, texts: tuple[str, ...]) -> str:
    """One regular expression for terms with the same stem; the nearest end is taken, of several there the longest."""
    if GAP not in texts[0]:
        return pattern(texts[0])
    ends = [pattern(t).removeprefix(pattern_head(stem)) for t in texts]
    return pattern_head(stem) + one_of("".join(t.rpartition(GAP)[2][0] for t in texts), ends)
