"""The words of narrative figures: the lexicon, the units and the cell sets of `data/claim_*.csv`, and its tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.data_files import table_rows

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_HAN = re.compile(r"[\u3007\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the lexicon found at [start, end): what it is (`kinds`) and, by kind, which one (`codes`, "" for none)."""

    start: int
    end: int
    kinds: tuple[str, ...]
    codes: tuple[str, ...]

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
def _lexicon() -> dict[str, tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]]:
    """By first character: (word, kinds, codes), the longest first."""
    known: dict[str, dict[str, str]] = {}
    for row in table_rows(__package__, "claim_words.csv"):
        for word in row["words"].split():
            for spelling in _spellings(word):
                known.setdefault(spelling, {}).setdefault(row["kind"], row["code"])
    index: dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]] = {}
    for word in sorted(known, key=lambda w: (-len(w), w)):
        index.setdefault(word[0], []).append((word, tuple(known[word]), tuple(known[word].values())))
    return {first: tuple(words) for first, words in index.items()}


@lru_cache(maxsize=512)
def words_in(text: str, start: int, end: int) -> tuple[Word, ...]:
    """Words of the lexicon in text[start:end], leftmost and longest, without overlaps."""
    index, out, at = _lexicon(), [], start
    while at < end:
        for word, kinds, codes in index.get(text[at], ()):
            if at + len(word) <= end and text.startswith(word, at):
                out.append(Word(at, at + len(word), kinds, codes))
                at += len(word)
                break
        else:
            at += 1
    return tuple(out)


def unknown_characters(text: str, start: int, end: int, words: tuple[Word, ...]) -> int:
    """How many Chinese characters of text[start:end] belong to no word of the lexicon."""
    covered = sum(len(_HAN.findall(text, w.start, w.end)) for w in words if start <= w.start and w.end <= end)
    return len(_HAN.findall(text, start, end)) - covered


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
