"""Candidate pairs of texts, linear in the corpus: which texts share sampled shingles.

Each text is represented by its smallest shingle hashes: a bottom-s sketch (Broder 1997), a MinHash of one permutation.
They are looked up in the full index of shingles, not in the sketches of others, so that a short text is found inside a
long one as well as a copy of the same length, which sketches against sketches (MinHash-LSH) cannot do.

* Sampled are shingles that stand in at most `RARE` texts. Each votes for every text that has it.
* Shingles of more texts (forms of words that thousands share) would make the work grow with the square. A text is
  linked with its `NEIGHBOURS` nearest in the list only; the order of texts puts fellows of one year next to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.distinct import distinct
from pipeline.reuse.postings import Index

RARE = 64
"""Texts that a shingle may stand in to vote for all of them."""
SAMPLED_RARE = 32
"""Rare shingles of a text that vote."""
SAMPLED_COMMON = 12
"""Shingles of many texts by which a text is linked with its neighbours."""
NEIGHBOURS = 4
"""Texts before and behind it in such a list."""
MOST_CANDIDATES = 128
"""Candidates of one text, those with most votes."""
_VOTES = 16
"""One vote in so many makes a candidate, two where there are so many votes."""

_BLOCK = 2048
"""Texts whose candidates are gathered at a time."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def candidates(index: Index) -> Iterator[Pairs]:
    """Pairs (text, other text) in blocks of texts, ascending; a pair may come once from either side."""
    frequency = np.diff(index.starts)
    texts = len(index.offsets) - 1
    for first in range(0, texts, _BLOCK):
        last = min(texts, first + _BLOCK)
        voted = _by_votes(index, frequency, first, last)
        linked = _by_neighbours(index, frequency, first, last)
        keys = distinct(np.concatenate([voted, linked]))
        yield keys >> 32, keys & 0xFFFFFFFF


def _sampled(index: Index, chosen: NDArray[np.bool_], first: int, last: int, most: int) -> Pairs:
    """Of chosen shingles of the texts first to last the `most` smallest of each: (text, number)."""
    begin, end = index.offsets[first], index.offsets[last]
    before = np.concatenate([[0], np.cumsum(chosen)])
    rank = before[1:] - np.repeat(before[index.offsets[first:last] - begin], np.diff(index.offsets[first : last + 1]))
    taken = np.flatnonzero(chosen & (rank <= most))
    owner = np.repeat(np.arange(first, last), np.diff(index.offsets[first : last + 1]))[taken]
    return owner, index.numbers[begin:end][taken].astype(np.int64)


def _by_votes(index: Index, frequency: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    numbers = index.numbers[index.offsets[first] : index.offsets[last]]
    of = np.append(frequency, 0)[numbers]
    owner, number = _sampled(index, (of > 1) & (of <= RARE), first, last, SAMPLED_RARE)
    count = frequency[number]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    other = index.postings[np.repeat(index.starts[number], count) + within].astype(np.int64)
    keys = (np.repeat(owner, count) << 32) | other
    keys, votes = np.unique(keys[other != np.repeat(owner, count)], return_counts=True)
    sampled = np.bincount(owner - first, minlength=last - first)
    text = (keys >> 32) - first
    keys, votes, text = (a[votes >= np.maximum(1, sampled[text] // _VOTES)] for a in (keys, votes, text))
    order = np.lexsort((keys, -votes, text))
    starts = np.searchsorted(text[order], np.arange(last - first))
    place = np.arange(len(order)) - starts[text[order]]
    return np.asarray(keys[order[place < MOST_CANDIDATES]], np.int64)


def _by_neighbours(index: Index, frequency: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    numbers = index.numbers[index.offsets[first] : index.offsets[last]]
    owner, number = _sampled(index, np.append(frequency, 0)[numbers] > RARE, first, last, SAMPLED_COMMON)
    order = np.argsort(number, kind="stable")
    owner, number = owner[order], number[order]
    found = [np.empty(0, np.int64)]
    lists, begins = np.unique(number, return_index=True)
    for n, (a, b) in zip(lists, pairwise(np.append(begins, len(number))), strict=True):
        members = index.postings[index.starts[n] : index.starts[n + 1]]
        texts = owner[a:b]
        at = np.searchsorted(members, texts)
        near = at[:, None] + np.array([s for s in range(-NEIGHBOURS, NEIGHBOURS + 1) if s])
        is_there = (near >= 0) & (near < len(members))
        other = members[np.clip(near, 0, len(members) - 1)].astype(np.int64)
        found.append(((texts[:, None] << 32) | other)[is_there])
    return distinct(np.concatenate(found))
