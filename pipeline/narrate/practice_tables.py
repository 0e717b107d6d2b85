"""The tables of disclosure practice: categories, terms, types of problems and promises, contexts, denials; reading them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.structure.headings import NARRATIVES

EXCLUDED = "excluded"
"""Subcategory of wordings that hold a term and do not mean it (`不足以` for `不足`): matched, never counted."""

GENERAL = "general"
"""Subcategory of problems and promises that their clause alone says the type of (`types.csv`)."""

PROBLEMS_ADMITTED, IMPROVEMENTS = "problems_admitted", "improvements_promised"
"""Categories whose types points have, too."""

PROBLEMS = "problems"
"""Section five."""

REPORT_YEAR, NEXT_YEAR = "report_year", "next_year"
"""The year of the report and the year after it, named in the sentence."""

COMPUTED = frozenset({REPORT_YEAR, NEXT_YEAR, *NARRATIVES})
"""Contexts that need no rows; a section's code holds in that section."""

ROLES = ("verb", "nought", "harmless", "cancels", "stop", "topic", "acts", "filler")
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
    TYPES_FILE: ("category", "type", "term", "not_in"),
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
    """A word that says what a problem or promise is about; `category` empty: in every category with types.

    `not_in`: longer wordings inside of which it does not say so.
    """

    category: str
    type: str
    term: str
    not_in: tuple[str, ...]


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
    raw = path.read_bytes()
    try:
        # utf-8-sig: spreadsheet programs write a byte order mark, and lawyers edit these files with them.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        raise DictionaryError(f"{path}, line {line}: this is no UTF-8; save the file as CSV in UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
    line = 1
    try:
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
        if missing:
            raise DictionaryError(f"{path}: column {', '.join(missing)} is missing; the first line must name it")
        line = reader.line_num + 1
        for values in reader:
            line = reader.line_num + 1
            if None in values:
                raise DictionaryError(
                    f"{path}, line {reader.line_num}: more fields than columns; put a field that holds a comma in quotes"
                )
            yield Row(reader.line_num, {c: values[c].strip() for c in columns})
    except csv.Error as e:
        raise DictionaryError(f"{path}, line {line}: this is no valid CSV ({e}); correct the line") from None


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
