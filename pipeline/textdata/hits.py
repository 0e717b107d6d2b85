"""Hits of the dictionaries, or of one wording, with their places and the words around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import duckdb

from pipeline.narrate.dictionary import Dictionaries, default_dictionaries, dictionary_states
from pipeline.narrate.matching import find_occurrences
from pipeline.narrate.practice_tables import Category, Practice, PracticeTerm
from pipeline.narrate.practice_wording import GAP, alternation, expanded
from pipeline.store.layout import Layout
from pipeline.store.sql import quoted
from pipeline.textdata.condition import NotAnswered, select_reports
from pipeline.textdata.opened import DICTIONARY, known_sections, listed, opened

_OWN = ""
"""Category of a wording of the user's own inside the matcher: no category of the dictionaries is called so."""

_BATCH = 500
_MOST_WORDINGS = 40
_BLANK = re.compile("[ \u00a0\u3000]")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `category` is one of the dictionaries, or `category.subcategory`; `term` a wording.

    A term alone is looked for as such; beside a category it narrows down the category's hits. `context` are characters
    on each side.
    """

    category: str | None = None
    term: str | None = None
    sections: tuple[str, ...] = ()
    where: str | None = None
    context: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit at text[start:end] of its section in the table `sections`: characters from 0, `end` not included.

    `category` and `subcategory` are None for a wording of the user's own. `hit` is what stands there, `term` the same
    without stray blanks and in lower case. `left` and `right` are the characters around it, of the same section.
    `locator` is the section's place in the source.
    """

    report_id: str
    issuer: str | None
    report_year: int | None
    section_code: str
    category: str | None
    subcategory: str | None
    term: str
    start: int
    end: int
    is_denied: bool
    left: str
    hit: str
    right: str
    locator: str


def hits(layout: Layout, sought: Sought, progress: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Hit]:
    """All hits, by year, organ, report, and place; `progress` is told how many of how many sections are searched.

    Searches the texts of the dataset with the dictionaries of this installation, one batch of sections after the other.
    Raises NotAnswered, where nothing can be looked for before the first hit.
    """
    dictionaries = _narrowed(default_dictionaries(), sought)
    sections = known_sections(sought.sections, DICTIONARY)
    with opened(layout, ("sections", "reports")) as connection:
        select_reports(connection, "chosen", sought.where, "--where")
        source = (
            "FROM sections s JOIN chosen USING (report_id) JOIN reports r USING (report_id) "
            f"WHERE s.section_code IN {listed(sections)}"
        )
        if not _number(connection, source):
            raise NotAnswered("no report fits --where and --section, so there is no text to search")
        if sought.term is not None:
            source += f" AND ({_may_hold(sought.term)})"
        total = _number(connection, source)
        cursor = connection.execute(
            "SELECT s.report_id, r.issuer, r.report_year, s.section_code, s.text, s.locator "
            f"{source} ORDER BY r.report_year NULLS LAST, r.issuer NULLS LAST, s.report_id, s.ordinal"
        )
        done = 0
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                yield from _of_section(_Section(*row), dictionaries, sought)
            done += len(batch)
            progress(done, total)


def _number(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"SELECT count(*) {source}").fetchall()[0][0])


def _may_hold(term: str) -> str:
    """SQL that is true of every text with a hit of the wording: DuckDB passes over the others far sooner than Python.

    Blanks and case are left aside altogether, which lets through a text too many and never one too few.
    """
    pieces = [[p for p in wording.split(GAP) if p] for wording in expanded(term)]
    if len(pieces) > _MOST_WORDINGS:
        return "true"
    text = "lower(translate(s.text, ' \u00a0\u3000', ''))"
    return " OR ".join(
        "(" + " AND ".join(f"contains({text}, lower({quoted(_BLANK.sub('', p))}))" for p in wording) + ")"
        for wording in pieces
    )


def changed_dictionaries(layout: Layout) -> tuple[str, ...] | None:
    """Word lists that are others now than those which the dataset was counted with: hits may then differ from `features`.

    None where the dataset does not say, because it was built before there was the table. Raises NotAnswered.
    """
    with opened(layout, ()) as connection:
        if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'dictionaries'").fetchall():
            return None
        then = dict(connection.execute("SELECT dictionary, sha256 FROM dictionaries").fetchall())
    now = {s.name: s.sha256 for s in dictionary_states()}
    return tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))


@dataclass(frozen=True, slots=True)
class _Section:
    report_id: str
    issuer: str | None
    report_year: int | None
    section_code: str
    text: str
    locator: str


def _of_section(section: _Section, dictionaries: Dictionaries, sought: Sought) -> Iterator[Hit]:
    _, _, subcategory = (sought.category or "").partition(".")
    wording = re.compile(alternation([sought.term])) if sought.term and sought.category else None
    text = section.text
    for found in find_occurrences(text, section.section_code, dictionaries, section.report_year):
        if (subcategory and found.subcategory != subcategory) or (wording and not wording.fullmatch(found.term)):
            continue
        is_own = found.category == _OWN
        yield Hit(
            section.report_id,
            section.issuer,
            section.report_year,
            section.section_code,
            None if is_own else found.category,
            None if is_own else found.subcategory,
            found.term,
            found.start,
            found.end,
            found.is_denied,
            text[max(0, found.start - sought.context) : found.start],
            text[found.start : found.end],
            text[found.end : found.end + sought.context],
            section.locator,
        )


def _narrowed(dictionaries: Dictionaries, sought: Sought) -> Dictionaries:
    """The dictionaries with nothing in them but what is sought; categories do not depend on each other."""
    practice = dictionaries.practice
    if sought.term is not None:
        _check_wording(sought.term)
    if sought.category is not None:
        wanted = _known_category(practice, sought.category)
        practice = replace(practice, terms=tuple(t for t in practice.terms if t.category == wanted))
    elif sought.term is not None:
        category = Category(_OWN, unless=(), is_deniable=True, label_en="", label_zh="", description_en="")
        own = PracticeTerm(_OWN, "", sought.term, sections=(), requires=(), unless=(), source="")
        practice = replace(practice, categories=(category,), terms=(own,))
    return replace(dictionaries, practice=practice)


def _check_wording(term: str) -> None:
    """Raises NotAnswered for a wording that the matcher of the dictionaries could not look for."""
    try:
        wordings = expanded(term)
    except ValueError as e:
        raise NotAnswered(f"--term {term!r} cannot be read: {e}") from e
    if any(len(w) < 2 or GAP in w[:2] or w.endswith(GAP) for w in wordings):
        raise NotAnswered(
            f"--term {term!r} is too short: it begins with two characters or more, and {GAP} stands between words"
        )


def _known_category(practice: Practice, wanted: str) -> str:
    """The category of `category` or `category.subcategory`. Raises NotAnswered where there is none."""
    category, dot, subcategory = wanted.partition(".")
    known = [c.category for c in practice.categories]
    if category not in known:
        raise NotAnswered(f"there is no category {category!r}: choose of {', '.join(sorted(known))}")
    parts = sorted(s.subcategory for s in practice.subcategories if s.category == category)
    if dot and subcategory not in parts:
        raise NotAnswered(f"category {category} has no subcategory {subcategory!r}: choose of {', '.join(parts)}")
    return category
