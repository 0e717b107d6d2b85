"""Verdicts: how many shingles two texts share, exactly, on the full sets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.postings import Index
from pipeline.reuse.shingles import Shingled


def intersections(index: Index, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shingles that texts a[i] and b[i] share. `a` ascends, so that each text is marked once."""
    shared = np.zeros(len(a), np.int64)
    mark = np.zeros(index.lone + 1, np.bool_)
    for begin, end in pairwise([*(np.flatnonzero(np.diff(a, prepend=-1))), len(a)]):
        own = index.of(int(a[begin]))
        mark[own] = True
        mark[index.lone] = False
        others = [index.of(int(t)) for t in b[begin:end]]
        hits = mark[np.concatenate(others)] if len(others) > 1 else mark[others[0]]
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(hits)])
        shared[begin:end] = np.diff(before[np.cumsum([0, *(len(o) for o in others)])])
        mark[own] = False
    return shared


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
