"""Loads the tables of disclosure practice: categories, terms, types of problems and promises, contexts, denials."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.narrate.practice_wording import GAP, expanded, lower

EXCLUDED = "excluded"
"""Subcategory of wordings that hold a term and do not mean it (`不足以` for `不足`): matched, never counted."""

GENERAL = "general"
"""Subcategory of problems and promises that their clause alone says the type of (`types.csv`)."""

PROBLEMS = "problems"
"""Section five."""

SECTIONS = ("overview", PROBLEMS, "other_matters")
"""Sections that terms can be confined to."""

REPORT_YEAR, NEXT_YEAR = "report_year", "next_year"
"""Contexts that need no rows: the year of the report and the year after it, named in the sentence."""

HEADING = "heading"
"""Context of whole sentences that are headings or formulas of the form: they mention nothing."""

ROLES = ("verb", "nought", "harmless", "cancels", "stop", "topic", "filler")
"""What a wording of `denials.csv` does; see the README of the dictionaries."""

CATEGORIES_FILE = "categories.csv"
SUBCATEGORIES_FILE = "subcategories.csv"
PRACTICE_FILE = "disclosure_practice.csv"
TYPES_FILE = "types.csv"
CONTEXTS_FILE = "contexts.csv"
DENIALS_FILE = "denials.csv"
PRACTICE_FILES = {
    CATEGORIES_FILE: ("category", "unless", "is_deniable", "label_en", "label_zh", "description_en"),
    SUBCATEGORIES_FILE: ("category", "subcategory", "label_en", "label_zh"),
    PRACTICE_FILE: ("category", "subcategory", "term", "sections", "requires", "unless", "source"),
    TYPES_FILE: ("category", "type", "term"),
    CONTEXTS_FILE: ("context", "term"),
    DENIALS_FILE: ("role", "wording"),
}
"""Columns of each table."""


class DictionaryError(ValueError):
    """A row of a dictionary that cannot be used; the message names file, line and remedy."""


class Row(NamedTuple):
    """A row of a table with the number of its line."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Category:
    """A category of disclosure practice.

    `unless`: contexts of a sentence in which nothing of it counts. `is_deniable` False: a denial is no statement of it
    (未发现问题 is no problem), so what is denied is passed over.
    """

    category: str
    unless: tuple[str, ...]
    is_deniable: bool
    label_en: str
    label_zh: str
    description_en: str


@dataclass(frozen=True, slots=True)
class Subcategory:
    """A part of a category."""

    category: str
    subcategory: str
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True)
class PracticeTerm:
    """A term of a subcategory, with brackets and gaps as written, and where it counts.

    `sections` empty: in every section. `requires`: contexts that must all be there; `unless`: contexts none of which may.
    """

    category: str
    subcategory: str
    term: str
    sections: tuple[str, ...]
    requires: tuple[str, ...]
    unless: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A word that says what a general problem or promise is about; `category` empty: in every category with types."""

    category: str
    type: str
    term: str


@dataclass(frozen=True, slots=True)
class ContextWord:
    """A wording that makes a context of its sentence or clause."""

    context: str
    term: str


@dataclass(frozen=True, slots=True)
class DenialWord:
    """A wording of a denial, or one that limits denials; `role` as in ROLES."""

    role: str
    wording: str


# Compared and hashed by identity: what is compiled from a state of the tables is kept under the state itself.
@dataclass(frozen=True, slots=True, eq=False)
class Practice:
    """The tables of disclosure practice, in the order of their lines."""

    categories: tuple[Category, ...]
    subcategories: tuple[Subcategory, ...]
    terms: tuple[PracticeTerm, ...]
    types: tuple[TypeWord, ...]
    contexts: tuple[ContextWord, ...]
    denials: tuple[DenialWord, ...]


def read_table(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a table, stripped. Raises FileNotFoundError, and DictionaryError for lines that are none."""
    path = folder / name
    # utf-8-sig: spreadsheet programs write a byte order mark, and lawyers edit these files with them.
    with path.open(encoding="utf-8-sig", newline="") as f:
        reader = csv.DictReader(f, restval="")
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
        if missing:
            raise DictionaryError(f"{path}: column {', '.join(missing)} is missing; the first line must name it")
        for values in reader:
            if None in values:
                raise DictionaryError(
                    f"{path}, line {reader.line_num}: more fields than columns; put a field that holds a comma in quotes"
                )
            yield Row(reader.line_num, {c: values[c].strip() for c in columns})


def require(path: Path, row: Row, *columns: str) -> None:
    """Raises DictionaryError where a column is empty or not in Unicode form NFC."""
    for column in columns:
        value = row.values[column]
        if not value:
            raise DictionaryError(f"{path}, line {row.line}: {column} is empty; fill it in or delete the line")
        if value != unicodedata.normalize("NFC", value):
            raise DictionaryError(
                f"{path}, line {row.line}: {column} {value!r} is not in Unicode form NFC; write it as "
                f"{unicodedata.normalize('NFC', value)!r}"
            )


def practice_of(folder: Path, rows: dict[str, tuple[Row, ...]]) -> Practice:
    """The tables of disclosure practice from their rows. Raises DictionaryError for a row that cannot be used."""
    contexts = tuple(_contexts(folder / CONTEXTS_FILE, rows[CONTEXTS_FILE]))
    is_context = _context_check({c.context for c in contexts} | {REPORT_YEAR, NEXT_YEAR})
    categories = tuple(_categories(folder / CATEGORIES_FILE, rows[CATEGORIES_FILE], is_context))
    codes = {c.category for c in categories}
    subcategories = tuple(_subcategories(folder / SUBCATEGORIES_FILE, rows[SUBCATEGORIES_FILE], codes))
    known = {(s.category, s.subcategory) for s in subcategories}
    return Practice(
        categories=categories,
        subcategories=subcategories,
        terms=tuple(_terms(folder / PRACTICE_FILE, rows[PRACTICE_FILE], codes, known, is_context)),
        types=tuple(_types(folder / TYPES_FILE, rows[TYPES_FILE], known)),
        contexts=contexts,
        denials=tuple(_denials(folder / DENIALS_FILE, rows[DENIALS_FILE])),
    )


def _context_check(known: set[str]) -> Callable[[str, str], tuple[str, ...]]:
    def check(where: str, names: str) -> tuple[str, ...]:
        for name in names.split():
            for part in re.split(r"[|-]", name.replace("clause:", "")):
                if part not in known:
                    raise DictionaryError(f"{where}: unknown context {part!r}; add it to {CONTEXTS_FILE}")
        return tuple(names.split())

    return check


def _categories(path: Path, rows: tuple[Row, ...], check: Callable[[str, str], tuple[str, ...]]) -> Iterator[Category]:
    seen = set[str]()
    for row in rows:
        require(path, row, "category", "is_deniable", "label_en", "label_zh", "description_en")
        code = row.values["category"]
        if code in seen or code == "length" or "." in code:
            raise DictionaryError(
                f"{path}, line {row.line}: category {code!r} is taken (or reserved, or has a full stop); rename it"
            )
        seen.add(code)
        v = row.values
        unless = check(f"{path}, line {row.line}", v["unless"])
        if v["is_deniable"] not in ("yes", "no"):
            raise DictionaryError(f"{path}, line {row.line}: is_deniable is {v['is_deniable']!r}; write yes or no")
        yield Category(code, unless, v["is_deniable"] == "yes", v["label_en"], v["label_zh"], v["description_en"])


def _subcategories(path: Path, rows: tuple[Row, ...], categories: set[str]) -> Iterator[Subcategory]:
    seen = set[tuple[str, str]]()
    for row in rows:
        require(path, row, *PRACTICE_FILES[SUBCATEGORIES_FILE])
        out = Subcategory(**row.values)
        where = f"{path}, line {row.line}"
        _in_categories(where, out.category, categories)
        key = (out.category, out.subcategory)
        if key in seen or out.subcategory == EXCLUDED or "." in out.subcategory:
            raise DictionaryError(f"{where}: subcategory {out.subcategory!r} is taken or reserved; rename it")
        seen.add(key)
        yield out


def _in_categories(where: str, category: str, categories: set[str]) -> None:
    if category not in categories:
        raise DictionaryError(f"{where}: unknown category {category!r}; add it to {CATEGORIES_FILE}")


def _wordings(where: str, wording: str) -> tuple[str, ...]:
    try:
        return expanded(wording)
    except ValueError as e:
        raise DictionaryError(f"{where}: {wording!r} cannot be read: {e}") from e


def _terms(
    path: Path,
    rows: tuple[Row, ...],
    categories: set[str],
    subcategories: set[tuple[str, str]],
    check: Callable[[str, str], tuple[str, ...]],
) -> Iterator[PracticeTerm]:
    first_line: dict[tuple[str, ...], int] = {}
    for row in rows:
        require(path, row, "category", "subcategory", "term")
        v, where = row.values, f"{path}, line {row.line}"
        category, subcategory = v["category"], v["subcategory"]
        _in_categories(where, category, categories)
        if subcategory != EXCLUDED and (category, subcategory) not in subcategories:
            raise DictionaryError(
                f"{where}: unknown subcategory {category}.{subcategory}; add it with its labels to {SUBCATEGORIES_FILE}"
            )
        conditions = (v["sections"], v["requires"], v["unless"])
        for wording in _wordings(where, v["term"]):
            # The matcher looks terms up by their first two characters; and a single character names nothing.
            if len(wording) < 2 or GAP in wording[:2] or wording.endswith(GAP):
                raise DictionaryError(
                    f"{where}: {wording!r} is too short or its {GAP} stands at an end; a term begins with two "
                    f"characters or more and {GAP} stands between words"
                )
            # Matching ignores case, so `App` and `APP` are one term.
            key = (category, lower(wording), *conditions)
            if key in first_line:
                raise DictionaryError(
                    f"{where}: {wording!r} stands in line {first_line[key]} already, in the same category; delete one"
                )
            first_line[key] = row.line
        for section in v["sections"].split():
            if section not in SECTIONS:
                raise DictionaryError(f"{where}: unknown section {section!r}; sections are {', '.join(SECTIONS)}")
        yield PracticeTerm(
            category=category,
            subcategory=subcategory,
            term=v["term"],
            sections=tuple(v["sections"].split()),
            requires=check(where, v["requires"]),
            unless=check(where, v["unless"]),
            source=v["source"],
        )


def _types(path: Path, rows: tuple[Row, ...], subcategories: set[tuple[str, str]]) -> Iterator[TypeWord]:
    typed = {category for category, subcategory in subcategories if subcategory == GENERAL}
    for row in rows:
        require(path, row, "type", "term")
        out = TypeWord(**row.values)
        where = f"{path}, line {row.line}"
        for category in (out.category,) if out.category else typed:
            if (category, out.type) not in subcategories:
                raise DictionaryError(f"{where}: {category} has no subcategory {out.type!r}; add it or correct the row")
        _wordings(where, out.term)
        yield out


def _contexts(path: Path, rows: tuple[Row, ...]) -> Iterator[ContextWord]:
    for row in rows:
        require(path, row, "context", "term")
        out = ContextWord(**row.values)
        where = f"{path}, line {row.line}"
        if out.context in (REPORT_YEAR, NEXT_YEAR):
            raise DictionaryError(f"{where}: {out.context} is worked out from the report's year; take another name")
        _wordings(where, out.term)
        yield out


def _denials(path: Path, rows: tuple[Row, ...]) -> Iterator[DenialWord]:
    for row in rows:
        require(path, row, *PRACTICE_FILES[DENIALS_FILE])
        out = DenialWord(**row.values)
        where = f"{path}, line {row.line}"
        if out.role not in ROLES:
            raise DictionaryError(f"{where}: unknown role {out.role!r}; roles are {', '.join(ROLES)}")
        _wordings(where, out.wording)
        yield out
