"""Character shingles of texts as sorted 64-bit hashes, many texts at once, in numpy.

A shingle is every run of `SHINGLE` characters (Broder 1997, "On the resemblance and containment of documents"). Its
hash folds one code point after the other through the finaliser of SplitMix64 (Steele, Lea & Flood 2014): the same on
every machine and in every process, which Python's `hash()` of strings is not.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.distinct import distinct

SHINGLE = 6
"""Characters of a shingle. Measured: unrelated sections of real reports share at most 0.09, 0.07 and 0.06 of the shorter
one's shingles of 5, 6 and 7 characters; texts of which one to three words in a hundred were changed keep 0.89, 0.87 and
0.85 of them (`benchmarks/reuse_cases.py`, `light`).
"""

_BLOCK = 1 << 21
"""Characters hashed at a time."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shingled:
    """The shingle sets of texts: those of text `t` are values[offsets[t]:offsets[t + 1]], sorted, each once. `values` owns
    its memory, so that it can be given back.
    """

    offsets: Offsets
    values: Hashes

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)

    def of(self, text: int) -> Hashes:
        return self.values[self.offsets[text] : self.offsets[text + 1]]


def _mixed(x: Hashes) -> Hashes:
    """SplitMix64's finaliser, in place."""
    x ^= x >> np.uint64(30)
    x *= _FIRST
    x ^= x >> np.uint64(27)
    x *= _SECOND
    x ^= x >> np.uint64(31)
    return x


def _rolled(text: str) -> Hashes:
    """The hash of the shingle that begins at each character of a text."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = len(points) - SHINGLE + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    rolled = np.full(count, _GOLDEN)
    for i in range(SHINGLE):
        rolled ^= points[i : i + count]
        rolled += _GOLDEN
        _mixed(rolled)
    return rolled


def shingled(texts: Iterable[str], characters: int) -> Shingled:
    """The shingle sets of texts, which are taken one after the other and not kept; a text shorter than a shingle has
    none. `characters`: no fewer than all texts have together. Raises ValueError where they are too few.
    """
    # Written in place: memory that no shingle reaches is never touched.
    values = np.empty(characters, np.uint64)
    sizes = array("q")
    filled = 0
    for block in _blocks(texts):
        hashes = _rolled("".join(block))
        at = 0
        for text in block:
            # Windows that would reach into the next text are left out.
            own = distinct(hashes[at : at + max(0, len(text) - SHINGLE + 1)])
            if filled + len(own) > characters:
                raise ValueError(f"the texts have more than {characters} characters")
            values[filled : filled + len(own)] = own
            sizes.append(len(own))
            filled += len(own)
            at += len(text)
    values.resize(filled, refcheck=False)
    return Shingled(np.cumsum([0, *sizes], dtype=np.int64), values)


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts in turn, so many at a time that they have `_BLOCK` characters, or one alone."""
    block: list[str] = []
    characters = 0
    for text in texts:
        if block and characters + len(text) > _BLOCK:
            yield block
            block, characters = [], 0
        block.append(text)
        characters += len(text)
    if block:
        yield block
