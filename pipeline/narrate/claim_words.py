"""The words of narrative figures: the lexicon, the units and the cell sets of `data/claim_*.csv`, and its tokens."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.data_files import table_rows

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_HAN = re.compile(r"[\u3007\u3400-\u9fff]")
_NO_HAN = re.compile(r"[^\u3007\u3400-\u9fff]")


class Word(NamedTuple):
    """A word of the lexicon found at [start, end): what it is (`kinds`) and, by kind, which one (`codes`, "" for none)."""

    start: int
    end: int
    kinds: tuple[str, ...]
    codes: tuple[str, ...]
    han: int
    """How many of its characters are Chinese."""

    def code(self, kind: str) -> str | None:
        return self.codes[self.kinds.index(kind)] if kind in self.kinds else None


def _spellings(word: str) -> Iterator[str]:
    """`收[到|取]` is 收, 收到 or 收取."""
    m = _OPTIONAL.search(word)
    if m is None:
        yield word
        return
    for choice in ("", *m[1].split("|")):
        yield from _spellings(word[: m.start()] + choice + word[m.end() :])


@cache
def _lexicon() -> dict[str, tuple[tuple[str, ...], tuple[str, ...], int]]:
    """The words with kinds, codes and the number of Chinese characters."""
    known: dict[str, dict[str, str]] = {}
    for row in table_rows(__package__, "claim_words.csv"):
        for word in row["words"].split():
            for spelling in _spellings(word):
                known.setdefault(spelling, {}).setdefault(row["kind"], row["code"])
    return {word: (tuple(k), tuple(k.values()), len(_HAN.findall(word))) for word, k in known.items()}


@cache
def _any_word() -> re.Pattern[str]:
    """The longest word at a place, as one pattern: its branches part at the first character."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(_lexicon(), key=lambda w: (-len(w), w)):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    # Branches are tried in their order: first characters of many words first.
    ordered = sorted(by_first.items(), key=lambda item: -len(item[1]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in ordered))


@dataclass(frozen=True, slots=True)
class _Lexed:
    """A text with its words, leftmost and longest, where they begin and end, and the places of what is not Chinese."""

    words: tuple[Word, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    no_han: tuple[int, ...]


# The parts of a sentence are asked for one after the other.
@lru_cache(maxsize=16)
def _lexed(text: str) -> _Lexed:
    words = _walk(text, 0, len(text))
    return _Lexed(
        words,
        tuple([w.start for w in words]),
        tuple([w.end for w in words]),
        tuple([m.start() for m in _NO_HAN.finditer(text)]),
    )


def _walk(text: str, start: int, end: int) -> tuple[Word, ...]:
    lexicon = _lexicon()
    found = [(m.start(), m.end(), lexicon[m.group()]) for m in _any_word().finditer(text, start, end)]
    return tuple([Word(a, b, kinds, codes, han) for a, b, (kinds, codes, han) in found])


def words_in(text: str, start: int, end: int) -> tuple[Word, ...]:
    """Words of the lexicon in text[start:end], leftmost and longest, without overlaps.

    They are those of the whole text, but for the word that the beginning or the end of the part cuts.
    """
    if start >= end:
        return ()
    known = _lexed(text)
    first = bisect_left(known.starts, start)
    if first and known.ends[first - 1] > start:
        return _walk(text, start, end)
    last = bisect_right(known.ends, end)
    words = known.words[first:last]
    if last < len(known.words) and known.starts[last] < end:
        words += _walk(text, known.starts[last], end)
    return words


def han_in(text: str, start: int, end: int) -> int:
    """How many characters of text[start:end] are Chinese."""
    places = _lexed(text).no_han
    return end - start - (bisect_left(places, end) - bisect_left(places, start)) if end > start else 0


def unknown_characters(text: str, start: int, end: int, words: tuple[Word, ...]) -> int:
    """How many Chinese characters of text[start:end] belong to no word of the lexicon."""
    return han_in(text, start, end) - sum([w.han for w in words if start <= w.start and w.end <= end])


@cache
def units() -> tuple[tuple[str, str], ...]:
    """(unit, what may not follow it as a pattern), the longest first."""
    ordered = sorted(table_rows(__package__, "claim_units.csv"), key=lambda r: -len(r["unit"]))
    return tuple((r["unit"], r["not_before"]) for r in ordered)


@cache
def cell_sets() -> dict[str, tuple[tuple[tuple[str, ...], ...], ...]]:
    """By reading: the admissible sets of cells, the first one the primary; a cell as (table, row, column if given).

    A row may end with `*`: every row that begins so.
    """
    return {
        r["reading"]: tuple(
            tuple(tuple(cell.split("/")) for cell in terms.split(" + ")) for terms in r["cells"].split(" | ")
        )
        for r in table_rows(__package__, "claim_cells.csv")
    }
