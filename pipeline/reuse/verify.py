"""Verdicts: how many shingles two texts share, exactly, on the full sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.postings import Index
from pipeline.reuse.shingles import Shingled

_SLOT = np.uint16
"""Places of a table that fits into the processor's cache, by the last bits of a shingle's number. As several share one,
it says at most too many."""


def intersections(
    index: Index, a: NDArray[np.int64], b: NDArray[np.int64], least: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Shingles that texts a[i] and b[i] share. `a` ascends, so that each text is marked once. Of pairs that share fewer
    than least[i], which is faster, it is a number below that.
    """
    shared = np.zeros(len(a), np.int64)
    mark, slots = np.zeros(index.lone + 1, np.bool_), np.zeros(np.iinfo(_SLOT).max + 1, np.bool_)
    for begin, end in pairwise([*(np.flatnonzero(np.diff(a, prepend=-1))), len(a)]):
        own = index.of(int(a[begin]))
        own = own[own != index.lone]
        others = b[begin:end]
        found = shared[begin:end]
        chosen: slice | NDArray[np.int64] = slice(None)
        if least is not None:
            numbers, ends = _laid_out(index, others)
            taken = own.astype(_SLOT)
            slots[taken] = True
            found[:] = _hits(slots, numbers.astype(_SLOT), ends)
            slots[taken] = False
            chosen = np.flatnonzero(found >= least[begin:end])
            others = others[chosen]
        if len(others):
            mark[own] = True
            found[chosen] = _hits(mark, *_laid_out(index, others))
            mark[own] = False
    return shared


def _laid_out(index: Index, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The numbers of these texts' shingles end to end, and where each text ends."""
    begins, ends = index.offsets[texts], index.offsets[texts + 1]
    numbers = index.numbers
    parts = [numbers[x:y] for x, y in zip(begins.tolist(), ends.tolist(), strict=True)]
    return np.concatenate(parts), np.cumsum(ends - begins)


def _hits(
    is_marked: NDArray[np.bool_], numbers: NDArray[np.unsignedinteger[Any]], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many of each text's numbers are marked."""
    # Several times faster than is_marked[numbers] and a running sum. None is out of range: "clip" only skips the check.
    hits = np.flatnonzero(is_marked.take(numbers, mode="clip"))
    return np.diff(np.searchsorted(hits, ends), prepend=0)


def jaccard(sets: Shingled, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """The Jaccard index of texts a[i] and b[i] by their hashes; nan where neither has a shingle."""
    out = np.full(len(a), np.nan)
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        one, other = sets.of(int(x)), sets.of(int(y))
        if len(one) + len(other):
            both = np.sort(np.concatenate([one, other]))
            common = int(np.count_nonzero(both[1:] == both[:-1]))
            out[i] = common / (len(one) + len(other) - common)
    return out
