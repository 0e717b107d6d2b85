"""Cuts text into word tokens: numbers and foreign words by pattern, Chinese runs with jieba and the domain dictionary.

How a run is cut:

* Only jieba's dictionary (0.42.1, pinned) and `segmentation.csv` decide; jieba's hidden Markov model for unknown words
  is off. It makes up words at random places (`率为`, `由区`, `日至`), it keeps global state that any other user of
  jieba in the process can change, and no one can look up why it cut as it did. Without it every token is an entry of a
  dictionary or a single character, and an unknown name is mended by adding it to `segmentation.csv`.
* jieba writes its prefix dictionary to a file shared by all programs of the machine and reads it back unchecked, and
  it logs to stderr meanwhile. Neither happens here: the prefix dictionary is built in memory, once per process (some
  0.5 s, against 0.2 s from a cache file), so processes cannot disturb each other.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from math import prod
from typing import TYPE_CHECKING

from pipeline.narrate.dictionary import Dictionaries, default_dictionaries

if TYPE_CHECKING:
    from jieba import Tokenizer

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Chinese characters as a character class: unified and compatibility ideographs, 々 and 〇."""

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
"""A number in digits: thousands separators, decimals. Chinese numerals are words."""

_PIECE = re.compile(rf"(?P<han>[{HAN}]+)|(?P<number>(?:{NUMBER.pattern})[%％‰]?)|(?P<word>[^\W\d{HAN}]+)")
# Flattened PDF text sets a blank between any two Chinese characters; a wider space separates two things.
_STRAY_BLANK = re.compile(rf"(?<=[{HAN}])[ \u00a0\u3000](?=[{HAN}])")

# Paragraphs repeat between reports. Longer ones hardly do, and a bound on the length bounds the memory as well.
_CACHED_PARAGRAPHS = 4096
_CACHED_LENGTH = 400


def tokenize(text: str, dictionaries: Dictionaries | None = None) -> tuple[str, ...]:
    """Word tokens of a text in order; punctuation and white space are no tokens, a number is one.

    `text` is normalised text; a single blank between two Chinese characters is ignored. Deterministic: the same text
    and dictionaries give the same tokens in every process.
    """
    own = dictionaries or default_dictionaries()
    out: list[str] = []
    for paragraph in text.splitlines():
        out += _cached(paragraph, own) if len(paragraph) <= _CACHED_LENGTH else _tokens(paragraph, own)
    return tuple(out)


def without_stray_blanks(text: str) -> str:
    """The text without single blanks between two Chinese characters."""
    return _STRAY_BLANK.sub("", text)


@lru_cache(maxsize=_CACHED_PARAGRAPHS)
def _cached(paragraph: str, dictionaries: Dictionaries) -> tuple[str, ...]:
    return tuple(_tokens(paragraph, dictionaries))


def _tokens(paragraph: str, dictionaries: Dictionaries) -> Iterator[str]:
    jieba_tokenizer = _tokenizer(dictionaries)
    for piece in _PIECE.finditer(without_stray_blanks(paragraph)):
        if piece.lastgroup == "han":
            yield from jieba_tokenizer.cut(piece.group(), HMM=False)
        else:
            yield piece.group()


# A tokenizer takes some 100 MB: one for the project's dictionaries, one for others under trial.
@lru_cache(maxsize=2)
def _tokenizer(dictionaries: Dictionaries) -> Tokenizer:
    """A tokenizer of our own with jieba's dictionary and the domain terms; never jieba's shared one."""
    with warnings.catch_warnings():
        # jieba 0.42.1 has invalid escapes (SyntaxWarning from Python 3.12 on, jieba issue 1050) and imports
        # pkg_resources (deprecated, jieba issue 1026). Can go when a release of jieba has neither.
        warnings.simplefilter("ignore")
        import jieba

    frequencies, total = _prefix_dictionary()
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    # Frequencies are worked out against jieba's dictionary alone, all of them before any is added: so the order of
    # the rows does not matter.
    wanted = {
        t.term: t.frequency if t.frequency is not None else _sufficient_frequency(tokenizer, t.term)
        for t in dictionaries.segmentation
    }
    for term, frequency in sorted(wanted.items()):
        tokenizer.total += frequency - frequencies.get(term, 0)
        frequencies[term] = frequency
        for end in range(1, len(term)):
            frequencies.setdefault(term[:end], 0)
    return tokenizer


def _sufficient_frequency(tokenizer: Tokenizer, term: str) -> int:
    """The frequency from which on a term is cut as one token (as jieba's `suggest_freq` does)."""
    frequencies: dict[str, int] = tokenizer.FREQ
    total: int = tokenizer.total
    parts = prod(frequencies.get(part, 1) / total for part in tokenizer.cut(term, HMM=False))
    return max(int(parts * total) + 1, frequencies.get(term, 0))


def _prefix_dictionary() -> tuple[dict[str, int], int]:
    """jieba's word frequencies, with 0 for what only begins a word, and their sum (as `Tokenizer.gen_pfdict` does)."""
    fields = files("jieba").joinpath("dict.txt").read_text("utf-8").split()
    words = dict(zip(fields[::3], map(int, fields[1::3]), strict=True))
    frequencies: dict[str, int] = {}
    longer = list(words)
    length = 1
    while longer := [w for w in longer if len(w) > length]:
        frequencies.update(dict.fromkeys([w[:length] for w in longer], 0))
        length += 1
    frequencies.update(words)
    return frequencies, sum(map(int, fields[1::3]))
