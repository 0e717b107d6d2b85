"""Cuts text into tokens of six classes: words, stop words, places, numbers, dates, foreign words.

What is no Chinese character is cut by pattern (`token_patterns`), Chinese runs by the segmenter (`segmenter`). What
neither patterns nor dictionaries know falls into its characters; nothing is guessed.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.token_cutter import cutter
from pipeline.narrate.token_patterns import CLAUSE, HAN, NUMBER, STRAY_BLANK

__all__ = ["HAN", "NUMBER", "STRAY_BLANK", "TOKEN_CLASSES", "Token", "tokenize", "tokens", "without_stray_blanks"]

TOKEN_CLASSES = ("word", "stop_word", "place", "number", "date", "foreign")
"""Classes of tokens; the code list `token_class`."""


class Token(NamedTuple):
    """A token: its text without blanks inside it, its class, and where it stands (half-open, with such blanks)."""

    text: str
    token_class: str
    start: int
    end: int


_token = partial(tuple.__new__, Token)


def tokens(text: str, dictionaries: Dictionaries | None = None) -> tuple[Token, ...]:
    """Tokens of a text in order; punctuation and white space are none.

    `text` is normalised text. A single blank between two Chinese characters is ignored, a line break is not. The class
    of a Chinese token is `stop_word` if `stop_words.csv` has it, `place` if it is the name of a division or a town,
    else `word`; `foreign` are words in other scripts and addresses of sites and mail, whole.

    Deterministic: the same text and dictionaries give the same tokens in every process. Raises nothing. Takes some
    300 bytes a token.
    """
    cut = cutter(dictionaries or default_dictionaries()).clause
    out: list[Token] = []
    for clause in CLAUSE.finditer(text):
        texts, classes, starts, ends = cut(clause.group())
        at = clause.start()
        out += map(_token, zip(texts, classes, [s + at for s in starts], [e + at for e in ends], strict=True))
    return tuple(out)


def tokenize(text: str, dictionaries: Dictionaries | None = None) -> tuple[str, ...]:
    """The texts of `tokens`, in less time."""
    cut = cutter(dictionaries or default_dictionaries()).clause
    out: list[str] = []
    for clause in CLAUSE.findall(text):
        out += cut(clause).texts
    return tuple(out)


def without_stray_blanks(text: str) -> str:
    """The text without single blanks between two Chinese characters."""
    return STRAY_BLANK.sub("", text)
