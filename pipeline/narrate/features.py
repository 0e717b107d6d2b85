"""Counts what a section's text holds: its lengths, and how often each subcategory of disclosure practice is named."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.model import Feature
from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.matching import occurrences, searchable
from pipeline.narrate.tokens import HAN, NUMBER, tokenize

_SPACE = re.compile(r"\s+")
# ASCII marks end a sentence only behind a Chinese character or a bracket: elsewhere they belong to addresses.
_SENTENCE_END = re.compile(rf"[。！？；\n]|(?<=[{HAN}”’》）」』])[!?;]")
_WORDLIKE = re.compile(r"\w")


def section_features(section_code: str, text: str, dictionaries: Dictionaries | None = None) -> tuple[Feature, ...]:
    """Features of a section, sorted by name.

    `text` is the section's normalised text without its statutory table. Lengths are always there: `length.characters`
    (white space not counted), `length.numbers` (numbers in digits), `length.sentences`, `length.tokens`. Then
    `<category>.<subcategory>` for each that occurs, and `<category>` for their sum.

    Counts are occurrences; rates are per 1,000 tokens and per 1,000 characters of the section, rounded to six
    decimals, None for lengths and where the section has no token or no character.
    """
    own = dictionaries or default_dictionaries()
    characters = len(_SPACE.sub("", text))
    tokens = len(tokenize(text, own))
    lengths = {
        "length.characters": characters,
        "length.numbers": sum(1 for _ in NUMBER.finditer(text)),
        "length.sentences": sum(1 for s in _SENTENCE_END.split(text) if _WORDLIKE.search(s)),
        "length.tokens": tokens,
    }
    rows = [Feature(section_code, name, count, None, None) for name, count in lengths.items()]
    rows += [
        Feature(section_code, name, count, _per_1000(count, tokens), _per_1000(count, characters))
        for name, count in practice_counts(text, own).items()
    ]
    return tuple(sorted(rows, key=lambda f: f.feature))


def practice_counts(text: str, dictionaries: Dictionaries | None = None) -> dict[str, int]:
    """Occurrences of each subcategory that occurs (`<category>.<subcategory>`) and of each category as their sum.

    Terms are matched leftmost-longest without overlaps within a category, without regard to case; one place may count
    in several categories. What a wording of the subcategory `excluded` covers counts nowhere in its category.
    """
    counts: Counter[str] = Counter()
    for found in occurrences(searchable(text), dictionaries):
        counts[f"{found.category}.{found.subcategory}"] += 1
        counts[found.category] += 1
    return dict(counts)


def _per_1000(count: int, of: int) -> float | None:
    return round(count * 1000 / of, 6) if of else None
