"""The words of pages and answers in Chinese and English, from `data/words.csv`."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


@cache
def _words() -> dict[str, Both]:
    with files(__package__).joinpath("data", "words.csv").open(encoding="utf-8") as f:
        return {r["key"]: Both(r["zh"], r["en"]) for r in csv.DictReader(f)}


def word(key: str, **values: object) -> Both:
    """The words under a key, with numbers or texts put in. Raises KeyError for a key that is not in the table."""
    found = _words()[key]
    if not values:
        return found
    shown = {k: f"{v:,}" if isinstance(v, int) else str(v) for k, v in values.items()}
    return Both(found.zh.format(**shown), found.en.format(**shown))


def same(text: str) -> Both:
    """A text that is the same in both languages."""
    return Both(text, text)
