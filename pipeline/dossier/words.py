"""The words of pages and answers in Chinese and English, from `data/words.csv`."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pipeline.data_files import table_rows


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


@cache
def _words() -> dict[str, Both]:
    return {r["key"]: Both(r["zh"], r["en"]) for r in table_rows(__package__, "words.csv")}


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
