"""Counts what a section's text holds: its lengths, and how often each subcategory of disclosure practice is named."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.model import Feature
from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.matching import find_occurrences
from pipeline.narrate.practice_context import SENTENCE_END
from pipeline.narrate.tokens import NUMBER, tokenize

_SPACE = re.compile(r"\s+")
_WORDLIKE = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class PracticeCount:
    """Occurrences of a category or subcategory: affirmed, and within a denial."""

    count: int
    count_denied: int


def section_features(
    section_code: str, text: str, dictionaries: Dictionaries | None = None, report_year: int | None = None
) -> tuple[Feature, ...]:
    """Features of a section, sorted by name.

    `text` is the section's normalised text without its statutory table. Lengths are always there: `length.characters`
    (white space not counted), `length.numbers` (numbers in digits), `length.sentences`, `length.tokens`. Then
    `<category>.<subcategory>` for each that occurs, and `<category>`.

    Counts are affirmed occurrences, denied ones (未收到…, 0件) are counted apart; a row is there for either. Rates are per
    1,000 tokens and per 1,000 characters of the section, rounded to six decimals, None for lengths and where the
    section has no token or no character.
    """
    own = dictionaries or default_dictionaries()
    characters = len(_SPACE.sub("", text))
    tokens = len(tokenize(text, own))
    lengths = {
        "length.characters": characters,
        "length.numbers": sum(1 for _ in NUMBER.finditer(text)),
        "length.sentences": sum(1 for s in SENTENCE_END.split(text) if _WORDLIKE.search(s)),
        "length.tokens": tokens,
    }
    rows = [Feature(section_code, name, count, None, None) for name, count in lengths.items()]
    rows += [
        Feature(section_code, name, n.count, _per_1000(n.count, tokens), _per_1000(n.count, characters), n.count_denied)
        for name, n in practice_counts(text, section_code, own, report_year).items()
    ]
    return tuple(sorted(rows, key=lambda f: f.feature))


def practice_counts(
    text: str, section_code: str, dictionaries: Dictionaries | None = None, report_year: int | None = None
) -> dict[str, PracticeCount]:
    """Occurrences of each subcategory that occurs (`<category>.<subcategory>`) and of each category.

    A category counts places: a problem or promise that is of two types at one place counts once in its category and
    once in each type. `report_year` lets promises for the year after it be told.
    """
    affirmed, denied = Counter[str](), Counter[str]()
    places = set[tuple[str, int]]()
    for found in find_occurrences(text, section_code, dictionaries, report_year):
        counts = denied if found.is_denied else affirmed
        counts[f"{found.category}.{found.subcategory}"] += 1
        if (found.category, found.start) not in places:
            places.add((found.category, found.start))
            counts[found.category] += 1
    return {name: PracticeCount(affirmed[name], denied[name]) for name in affirmed.keys() | denied.keys()}


def _per_1000(count: int, of: int) -> float | None:
    return round(count * 1000 / of, 6) if of else None
