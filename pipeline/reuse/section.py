"""One section code over the whole corpus: texts masked and collapsed, pairs verified, chosen and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.reuse.candidates import candidates
from pipeline.reuse.choose import published
from pipeline.reuse.distinct import distinct
from pipeline.reuse.mask import unmasked
from pipeline.reuse.postings import Index
from pipeline.reuse.relations import Places
from pipeline.reuse.shares import share_rows
from pipeline.reuse.shingles import shingled
from pipeline.reuse.tables import PAIRS, PUBLISHED_FROM
from pipeline.reuse.texts import Integers, Texts, Verified, keys_of
from pipeline.reuse.verify import intersections, jaccard

_PAIRS_BLOCK = 1 << 13
"""Pairs whose texts are compared as they are written at a time."""


def compared(code: str, by_report: Mapping[str, str], places: Places) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `reuse_pairs` and `reuse` of one section. `by_report`: its text by report."""
    texts, index = Texts.indexed(by_report, places)
    verified = _verified(texts, index)
    first, second = published(texts, verified)
    pairs = [
        texts.places.related(int(texts.reports[a]), int(texts.reports[b])) for a, b in zip(first, second, strict=True)
    ]
    own = np.array([texts.document_of[p[0]] for p in pairs], np.int64)
    other = np.array([texts.document_of[p[1]] for p in pairs], np.int64)
    relations = [p[2] for p in pairs]
    shares = share_rows(code, texts, index, verified, own, other, relations)
    # The largest of what is in memory; it is not needed for the texts as they are written.
    del index
    return _pair_rows(code, texts, verified, own, other, relations), shares


def _verified(texts: Texts, index: Index) -> Verified:
    """All pairs in an exact relation, and of the candidates those alike enough to be published."""
    sizes = texts.sizes
    keys, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for related in texts.related():
        keys.append(related)
        counts.append(intersections(index, related >> 32, related & 0xFFFFFFFF))
    for a, b in candidates(index):
        found = distinct(keys_of(a, b))
        a, b = found >> 32, found & 0xFFFFFFFF
        least = np.ceil(PUBLISHED_FROM * np.minimum(sizes[a], sizes[b])).astype(np.int64)
        shared = intersections(index, a, b, least)
        enough = shared >= least
        keys.append(found[enough])
        counts.append(shared[enough])
    unique, at = np.unique(np.concatenate(keys), return_index=True)
    return Verified(unique, np.concatenate(counts)[at], sizes)


def _pair_rows(
    code: str, texts: Texts, verified: Verified, own: Integers, other: Integers, relations: list[str]
) -> pl.DataFrame:
    a, b = texts.text_of[own], texts.text_of[other]
    shared = verified.between(a, b)
    sizes = texts.sizes
    raw_jaccard, is_identical_raw = _raw(texts.written, own, other)
    return pl.DataFrame(
        {
            "report_id": [texts.place(d).report_id for d in own],
            "section_code": [code] * len(own),
            "other_report_id": [texts.place(d).report_id for d in other],
            "relation": relations,
            "containment": shared / sizes[a],
            "containment_other": shared / sizes[b],
            "jaccard": shared / (sizes[a] + sizes[b] - shared),
            "jaccard_raw": raw_jaccard,
            "is_identical": a == b,
            "is_identical_raw": is_identical_raw,
            "numbers_unchanged": [texts.numbers_unchanged(x, y) for x, y in zip(own, other, strict=True)],
        },
        schema=PAIRS,
    )


def _raw(written: Sequence[str], own: Integers, other: Integers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of pairs of documents as they are written, without white space: the Jaccard index, and whether they are the same."""
    similarity, is_same = np.empty(len(own)), np.empty(len(own), np.bool_)
    order = np.argsort(own, kind="stable")
    for first in range(0, len(own), _PAIRS_BLOCK):
        here = order[first : first + _PAIRS_BLOCK]
        documents, at = np.unique(np.concatenate([own[here], other[here]]), return_inverse=True)
        raw = [unmasked(written[d]) for d in documents]
        a, b = at[: len(here)], at[len(here) :]
        similarity[here] = jaccard(shingled(raw, sum(map(len, raw))), a, b)
        is_same[here] = [raw[x] == raw[y] for x, y in zip(a, b, strict=True)]
    return similarity, is_same
