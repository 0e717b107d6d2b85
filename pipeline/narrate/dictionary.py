"""Loads the dictionaries of `data/dictionaries`: categories, disclosure-practice terms, terms for the segmenter.

The tables are data that a lawyer corrects; what makes a row invalid is checked here, with the line and the remedy.
"""

from __future__ import annotations

import csv
import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

EXCLUDED = "excluded"
"""Subcategory of wordings that hold a term and do not mean it (`不足以` for `不足`): matched, never counted."""

GAP = "…"
"""Stands in a term for some characters of the same clause: `加大…力度`."""

CATEGORIES_FILE = "categories.csv"
PRACTICE_FILE = "disclosure_practice.csv"
SEGMENTATION_FILE = "segmentation.csv"
FILES = {
    CATEGORIES_FILE: ("category", "label_zh", "label_en", "description_en"),
    PRACTICE_FILE: ("category", "subcategory", "term", "label_en", "label_zh", "source"),
    SEGMENTATION_FILE: ("term", "frequency", "tag", "source"),
}

_PACKAGE = Path(__file__).resolve().parent


class DictionaryError(ValueError):
    """A row of a dictionary that cannot be used; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category of disclosure practice."""

    category: str
    label_zh: str
    label_en: str
    description_en: str


@dataclass(frozen=True, slots=True)
class PracticeTerm:
    """A term of a subcategory; the labels are the subcategory's."""

    category: str
    subcategory: str
    term: str
    label_en: str
    label_zh: str
    source: str


@dataclass(frozen=True, slots=True)
class SegmentationTerm:
    """A word for the segmenter. `frequency` None: as high as it takes for the word to be cut as one token."""

    term: str
    frequency: int | None
    tag: str
    source: str


# Compared and hashed by identity: caches keep what they derive from a set of dictionaries under the set itself.
@dataclass(frozen=True, slots=True, eq=False)
class Dictionaries:
    """One state of the three dictionaries. `content_hash` is the SHA-256 of their canonical content, hexadecimal."""

    categories: tuple[Category, ...]
    practice: tuple[PracticeTerm, ...]
    segmentation: tuple[SegmentationTerm, ...]
    content_hash: str


def dictionary_folder() -> Path:
    """Folder of the dictionaries: the checkout's `data/dictionaries`, else the copy inside the installed package.

    Raises FileNotFoundError where neither is there.
    """
    checkout = _PACKAGE.parents[1]
    packaged = _PACKAGE / "_dictionaries"
    # An installed package lies in a folder without pyproject.toml, where some other `data` might lie as well.
    if (checkout / "pyproject.toml").is_file() and (checkout / "data" / "dictionaries" / CATEGORIES_FILE).is_file():
        return checkout / "data" / "dictionaries"
    if (packaged / CATEGORIES_FILE).is_file():
        return packaged
    raise FileNotFoundError(
        f"no dictionaries: {CATEGORIES_FILE} is neither in {checkout / 'data' / 'dictionaries'} nor in {packaged}; "
        "restore data/dictionaries in the checkout or reinstall the package"
    )


def load_dictionaries(folder: Path) -> Dictionaries:
    """Reads and checks the three tables of a folder.

    Raises FileNotFoundError for a missing table, DictionaryError for a row that cannot be used.
    """
    rows = {name: tuple(_read(folder, name)) for name in FILES}
    categories = _categories(folder, rows[CATEGORIES_FILE])
    return Dictionaries(
        categories=categories,
        practice=_practice(folder, rows[PRACTICE_FILE], {c.category for c in categories}),
        segmentation=_segmentation(folder, rows[SEGMENTATION_FILE]),
        content_hash=_hash(rows),
    )


@cache
def default_dictionaries() -> Dictionaries:
    """The project's own dictionaries, read once per process."""
    return load_dictionaries(dictionary_folder())


def dictionary_hash(dictionaries: Dictionaries | None = None) -> str:
    """SHA-256 (hexadecimal) of the content of the dictionaries.

    Every column of every row counts; the order of rows and columns, quoting and line ends do not, since features do
    not depend on them.
    """
    return (dictionaries or default_dictionaries()).content_hash


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    values: dict[str, str]


def _read(folder: Path, name: str) -> Iterator[_Row]:
    path = folder / name
    # utf-8-sig: spreadsheet programs write a byte order mark, and lawyers edit these files with them.
    with path.open(encoding="utf-8-sig", newline="") as f:
        reader = csv.DictReader(f, restval="")
        missing = [c for c in FILES[name] if c not in (reader.fieldnames or ())]
        if missing:
            raise DictionaryError(f"{path}: column {', '.join(missing)} is missing; the first line must name it")
        for values in reader:
            if None in values:
                raise DictionaryError(
                    f"{path}, line {reader.line_num}: more fields than columns; put a field that holds a comma in quotes"
                )
            yield _Row(reader.line_num, {c: values[c].strip() for c in FILES[name]})


def _required(path: Path, row: _Row, *columns: str) -> None:
    for column in columns:
        value = row.values[column]
        if not value:
            raise DictionaryError(f"{path}, line {row.line}: {column} is empty; fill it in or delete the line")
        if value != unicodedata.normalize("NFC", value):
            raise DictionaryError(
                f"{path}, line {row.line}: {column} {value!r} is not in Unicode form NFC; write it as "
                f"{unicodedata.normalize('NFC', value)!r}"
            )


def _categories(folder: Path, rows: tuple[_Row, ...]) -> tuple[Category, ...]:
    path, seen = folder / CATEGORIES_FILE, set[str]()
    for row in rows:
        _required(path, row, *FILES[CATEGORIES_FILE])
        code = row.values["category"]
        if code in seen or code == "length" or "." in code:
            raise DictionaryError(
                f"{path}, line {row.line}: category {code!r} is taken (or reserved, or has a full stop); rename it"
            )
        seen.add(code)
    return tuple(Category(**row.values) for row in rows)


def _practice(folder: Path, rows: tuple[_Row, ...], categories: set[str]) -> tuple[PracticeTerm, ...]:
    path = folder / PRACTICE_FILE
    first_line: dict[tuple[str, str], int] = {}
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    out = []
    for row in rows:
        _required(path, row, "category", "subcategory", "term", "label_en", "label_zh")
        term = PracticeTerm(**row.values)
        where = f"{path}, line {row.line}"
        if term.category not in categories:
            raise DictionaryError(f"{where}: unknown category {term.category!r}; add it to {CATEGORIES_FILE}")
        # The matcher looks terms up by their first two characters; and a single character names nothing.
        if len(term.term) < 2 or GAP in term.term[:2] or term.term.endswith(GAP):
            raise DictionaryError(
                f"{where}: {term.term!r} is too short or its {GAP} stands at an end; a term begins with two characters "
                f"or more and {GAP} stands between words"
            )
        # Matching ignores case, so `App` and `APP` are one term.
        key = (term.category, term.term.lower())
        if key in first_line:
            raise DictionaryError(
                f"{where}: {term.term!r} stands in line {first_line[key]} already, in the same category; delete one"
            )
        first_line[key] = row.line
        label = (term.label_en, term.label_zh)
        if labels.setdefault((term.category, term.subcategory), label) != label:
            raise DictionaryError(
                f"{where}: labels {label} differ from those of other lines of {term.category}.{term.subcategory}; "
                "a subcategory has one label in each language"
            )
        out.append(term)
    return tuple(out)


def _segmentation(folder: Path, rows: tuple[_Row, ...]) -> tuple[SegmentationTerm, ...]:
    path, seen = folder / SEGMENTATION_FILE, set[str]()
    out = []
    for row in rows:
        _required(path, row, "term", "tag")
        values = row.values
        where = f"{path}, line {row.line}"
        if values["term"] in seen:
            raise DictionaryError(f"{where}: {values['term']!r} stands there twice; delete one")
        # isdecimal() alone would let full-width digits pass, which an editor does not see.
        if values["frequency"] and not (values["frequency"].isascii() and values["frequency"].isdecimal()):
            raise DictionaryError(f"{where}: frequency {values['frequency']!r} is no whole number; correct or empty it")
        seen.add(values["term"])
        out.append(
            SegmentationTerm(
                term=values["term"],
                frequency=int(values["frequency"]) if values["frequency"] else None,
                tag=values["tag"],
                source=values["source"],
            )
        )
    return tuple(out)


def _hash(rows: dict[str, tuple[_Row, ...]]) -> str:
    content = {name: sorted([row.values[c] for c in FILES[name]] for row in rows[name]) for name in sorted(rows)}
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
