"""Checks the rows of the tables of disclosure practice: each that cannot be used is named with its line and a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.narrate.practice_tables import (
    CATEGORIES_FILE,
    COMPUTED,
    CONTEXTS_FILE,
    DENIALS_FILE,
    EXCLUDED,
    GENERAL,
    PRACTICE_FILE,
    PRACTICE_FILES,
    ROLES,
    SUBCATEGORIES_FILE,
    TYPES_FILE,
    Category,
    ContextWord,
    DenialWord,
    DictionaryError,
    Practice,
    PracticeTerm,
    Row,
    Subcategory,
    TypeWord,
    require,
)
from pipeline.narrate.practice_wording import GAP, expanded, lower
from pipeline.structure.headings import NARRATIVES


def practice_of(folder: Path, rows: dict[str, tuple[Row, ...]]) -> Practice:
    """The tables of disclosure practice from their rows. Raises DictionaryError for a row that cannot be used."""
    contexts = tuple(_contexts(folder / CONTEXTS_FILE, rows[CONTEXTS_FILE]))
    is_context = _context_check({c.context for c in contexts} | COMPUTED)
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
            if section not in NARRATIVES:
                raise DictionaryError(f"{where}: unknown section {section!r}; sections are {', '.join(NARRATIVES)}")
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
        v, where = row.values, f"{path}, line {row.line}"
        out = TypeWord(v["category"], v["type"], v["term"], tuple(v["not_in"].split()))
        for category in (out.category,) if out.category else typed:
            if (category, out.type) not in subcategories:
                raise DictionaryError(f"{where}: {category} has no subcategory {out.type!r}; add it or correct the row")
        for wording in (out.term, *out.not_in):
            _wordings(where, wording)
        yield out


def _contexts(path: Path, rows: tuple[Row, ...]) -> Iterator[ContextWord]:
    for row in rows:
        require(path, row, "context", "term")
        out = ContextWord(**row.values)
        where = f"{path}, line {row.line}"
        if out.context in COMPUTED:
            raise DictionaryError(f"{where}: {out.context} is worked out from the report; take another name")
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
