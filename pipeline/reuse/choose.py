"""Which verified pairs are published: bounded per report, the most alike first."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.distinct import distinct
from pipeline.reuse.tables import MOST_OTHERS, PUBLISHED_FROM
from pipeline.reuse.texts import NO_TEXT, Integers, Texts, Verified

_ALIKE_KEPT = 64
"""Alike texts kept of one text, those with most of it."""


def published(texts: Texts, verified: Verified) -> tuple[Integers, Integers]:
    """Pairs of documents, the smaller first, ascending. A report brings in last year's report, the superior's where
    enough is shared, and of all others at most MOST_OTHERS, those in which most of its own text stands; so a report of
    which many others have copied is in more pairs, but each of these is one of the others' few.
    """
    starts, alike = _alike(texts, verified)
    count = len(texts.reports)
    keys = array("q")
    for d in range(count):
        text = int(texts.text_of[d])
        if text == NO_TEXT:
            continue
        previous = texts.previous(d)
        exact = [] if previous is None else [previous]
        superiors = texts.superiors(d)
        if superiors:
            others = texts.text_of[superiors]
            shared = verified.between(np.full(len(others), text), others)
            enough = shared >= PUBLISHED_FROM * np.minimum(texts.sizes[text], texts.sizes[others])
            exact += [s for s, is_enough in zip(superiors, enough, strict=True) if is_enough]
        taken = {d, *exact, *superiors}
        chosen: list[int] = []
        for other in _nearest_first(texts, d, [text, *alike[starts[text] : starts[text + 1]].tolist()]):
            if other not in taken:
                chosen.append(other)
                if len(chosen) == MOST_OTHERS:
                    break
        for other in (*exact, *chosen):
            keys.append(min(d, other) * count + max(d, other))
    unique = distinct(np.frombuffer(keys, np.int64)) if keys else np.empty(0, np.int64)
    return unique // max(1, count), unique % max(1, count)


def _alike(texts: Texts, verified: Verified) -> tuple[Integers, Integers]:
    """Of each text the texts alike, those with most of it first: alike[starts[t]:starts[t + 1]]."""
    a, b = verified.keys >> 32, verified.keys & 0xFFFFFFFF
    sizes = texts.sizes
    enough = verified.shared >= PUBLISHED_FROM * np.minimum(sizes[a], sizes[b])
    a, b, shared = a[enough], b[enough], verified.shared[enough]
    a, b, shared = np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([shared, shared])
    union = sizes[a] + sizes[b] - shared
    order = np.lexsort((b, np.abs(a - b), -(shared / union), -(shared / sizes[a]), a))
    a, b = a[order], b[order]
    place = np.arange(len(a)) - np.searchsorted(a, a)
    a, b = a[place < _ALIKE_KEPT], b[place < _ALIKE_KEPT]
    return np.searchsorted(a, np.arange(len(sizes) + 1)), b


def _nearest_first(texts: Texts, document: int, of: list[int]) -> Iterator[int]:
    """Documents of these texts in turn, of each text those nearest in the order of places, as many as could be needed."""
    needed = MOST_OTHERS + 8
    for text in of:
        members = texts.members[text]
        at = int(np.searchsorted(members, document))
        near: NDArray[np.int64] = members[max(0, at - needed) : at + needed]
        yield from near[np.argsort(np.abs(near - document), kind="stable")][: needed + 1].tolist()
