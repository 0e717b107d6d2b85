"""The inverted index of shingles: in which texts each stands, and how many divisions' organs write it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.distinct import distinct
from pipeline.reuse.shingles import Shingled

_NEVER = 1 << 62
_PART = 1 << 20
"""Shingles sorted at a time, which bounds the memory; more where there would be more than 256 parts, since each looks
through the highest bits of all.
"""
_MOST_BITS = 8
_LONE = np.iinfo(np.uint32).max
_BLOCK = 1 << 20
"""Values moved or shifted at a time."""


@dataclass(frozen=True, slots=True)
class Index:
    """Shingles that stand in two texts or more (or in one of many organs) are numbered; all others share the number
    `lone`, the last.

    `numbers`: those of the shingles of text `t`, in the order of their hashes, are numbers[offsets[t]:offsets[t + 1]].
    The texts of shingle `i`, ascending, are postings[starts[i]:starts[i + 1]]. `is_common`: whether it is common wording,
    by number; None where the corpus is too small to say.
    """

    offsets: NDArray[np.int64]
    numbers: NDArray[np.uint32]
    starts: NDArray[np.int64]
    postings: NDArray[np.uint32]
    is_common: NDArray[np.bool_] | None

    @property
    def lone(self) -> int:
        return len(self.starts) - 1

    def of(self, text: int) -> NDArray[np.uint32]:
        return self.numbers[self.offsets[text] : self.offsets[text + 1]]


def indexed(sets: Shingled, parents: list[NDArray[np.int64]], common_from: int | None) -> Index:
    """Indexes shingle sets. `parents`: the parent divisions (numbers) of the organs that have the text, each once;
    a shingle is common from `common_from` parents on. The sets are used up: numbers take the memory of their hashes.
    """
    bits = min(_MOST_BITS, max(0, int(np.ceil(np.log2(max(1, len(sets.values)) / _PART)))))
    part_of = _parts(sets.values, bits)
    lengths_of, common, last_of = [], [], []
    count = 0
    parents_of = _Parents.of(parents)
    for part in range(1 << bits):
        here = np.flatnonzero(part_of == part)
        order = here[np.argsort(sets.values[here], kind="stable")]
        values = sets.values[order]
        first = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if len(values) else here
        lengths = np.diff(np.append(first, len(values)))
        texts = _texts_of(sets.offsets, order)
        # Of one text that organs of many divisions have, too: it may be common wording as a whole.
        is_shared = (lengths > 1) | (parents_of.counts[texts[first]] >= (common_from or _NEVER))
        number = np.full(len(first), _LONE, np.uint32)
        number[is_shared] = np.arange(count, count + is_shared.sum(), dtype=np.uint32)
        sets.values[order] = np.repeat(number, lengths)
        lengths_of.append(lengths[is_shared])
        if common_from is not None:
            common.append(parents_of.at_least(common_from, texts[np.repeat(is_shared, lengths)], lengths_of[-1]))
        count += len(lengths_of[-1])
        last_of.append(count)
    numbers = _halved(sets.values)
    starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths_of]), dtype=np.int64)
    postings = np.empty(starts[-1], np.uint32)
    for part, (begin, end) in enumerate(pairwise([0, *last_of])):
        here = np.flatnonzero(part_of == part)
        here = here[numbers[here] != _LONE]
        order = here[np.argsort(numbers[here], kind="stable")]
        postings[starts[begin] : starts[end]] = _texts_of(sets.offsets, order)
    numbers[numbers == _LONE] = count
    is_common = np.append(np.concatenate(common), False) if common_from is not None else None
    return Index(sets.offsets, numbers, starts, postings, is_common)


def _parts(values: NDArray[np.uint64], bits: int) -> NDArray[np.uint8]:
    """The highest bits of each value."""
    parts = np.zeros(len(values), np.uint8)
    for first in range(0, len(values) if bits else 0, _BLOCK):
        parts[first : first + _BLOCK] = values[first : first + _BLOCK] >> np.uint64(64 - bits)
    return parts


def _texts_of(offsets: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.uint32]:
    return (np.searchsorted(offsets, places, side="right") - 1).astype(np.uint32)


def _halved(values: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Values below 2**32 in half of their memory; the other half is given back."""
    count = len(values)
    half = values.view(np.uint32)
    for first in range(0, count, _BLOCK):
        half[first : min(count, first + _BLOCK)] = values[first : first + _BLOCK].copy()
    del half
    values.resize((count + 1) // 2, refcheck=False)
    return values.view(np.uint32)[:count]


@dataclass(frozen=True, slots=True)
class _Parents:
    """The parents of each text: values[offsets[t]:offsets[t + 1]]."""

    offsets: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def of(cls, parents: list[NDArray[np.int64]]) -> _Parents:
        sizes = np.array([len(p) for p in parents], np.int64)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        return cls(offsets, np.concatenate(parents) if parents else np.empty(0, np.int64))

    @property
    def counts(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)

    def at_least(self, least: int, members: NDArray[np.uint32], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of lists of texts, laid end to end, whether their texts have at least so many parents between them."""
        reached = np.zeros(len(lengths), np.bool_)
        if not len(lengths):
            return reached
        each = self.counts[members]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        most = np.add.reduceat(each, bounds[:-1])
        may = most >= least
        if not may.any():
            return reached
        chosen = np.repeat(may, lengths)
        run = np.repeat(np.arange(len(lengths)), lengths)[chosen]
        texts = members[chosen]
        sizes = each[chosen]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        values = self.values[np.repeat(self.offsets[texts], sizes) + within]
        key = distinct((np.repeat(run, sizes).astype(np.int64) << 32) | values)
        found, parents = np.unique(key >> 32, return_counts=True)
        reached[found] = parents >= least
        return reached
