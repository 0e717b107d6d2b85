"""Shingles: the sets of substrings, hashed the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.reuse import postings, shingles
from pipeline.reuse.postings import Index, indexed
from pipeline.reuse.shingles import SHINGLE, shingled
from pipeline.reuse.verify import intersections

TEXTS = st.lists(st.text(alphabet="公开信息𠀀a0", max_size=40), min_size=1, max_size=8)


def cut(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}


@settings(deadline=None)
@given(TEXTS)
def test_a_text_has_as_many_hashes_as_different_substrings(texts: list[str]) -> None:
    sets = shingled(texts, sum(map(len, texts)))
    assert sets.sizes.tolist() == [len(cut(t)) for t in texts]
    for i in range(len(texts)):
        assert np.all(np.diff(sets.of(i).astype(object)) > 0)


@settings(deadline=None)
@given(TEXTS)
def test_texts_share_as_many_hashes_as_substrings(texts: list[str]) -> None:
    sets = shingled(texts, sum(map(len, texts)))
    index = indexed(sets, [np.empty(0, np.int64)] * len(texts), None)
    a, b = (np.array(x, np.int64) for x in zip(*np.ndindex(len(texts), len(texts)), strict=True))
    shared = intersections(index, a, b)
    for i, j, count in zip(a, b, shared, strict=True):
        own, other = cut(texts[i]), cut(texts[j])
        # A shingle that one text alone has counts for no other.
        expected = (
            len(own & other) if i != j else len(own & set().union(*(cut(t) for k, t in enumerate(texts) if k != i)))
        )
        assert count == expected
    least = shared[::-1].copy()
    assert _only_from(least, intersections(index, a, b, least)) == _only_from(least, shared)


def _only_from(least: NDArray[np.int64], shared: NDArray[np.int64]) -> list[int]:
    return [s if s >= enough else -1 for enough, s in zip(least.tolist(), shared.tolist(), strict=True)]


def test_shingles_that_share_a_place_of_the_small_table_are_told_apart() -> None:
    numbers = np.array([5, 9, 5 + (1 << 16), 9], np.uint32)
    starts = np.zeros(1 << 17, np.int64)
    index = Index(np.array([0, 2, 4]), numbers, starts, np.empty(0, np.uint32), None)
    a, b, least = np.array([0]), np.array([1]), np.array([1])
    assert intersections(index, a, b, least).tolist() == intersections(index, a, b).tolist() == [1]
    assert intersections(index, a, b, least + 1)[0] < 2


@settings(deadline=None)
@given(TEXTS)
def test_in_small_parts_the_index_is_the_same(texts: list[str]) -> None:
    characters, nobody = sum(map(len, texts)), [np.empty(0, np.int64)] * len(texts)
    whole = indexed(shingled(texts, characters), nobody, None)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(shingles, "_BLOCK", 10)
        small.setattr(postings, "_PART", 4)
        small.setattr(postings, "_BLOCK", 3)
        parts = indexed(shingled(texts, characters), nobody, None)
    for field in ("offsets", "numbers", "starts", "postings"):
        assert np.array_equal(getattr(whole, field), getattr(parts, field)), field


def test_texts_longer_than_said_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 0 characters"):
        shingled(["公开信息目录"], 0)


def test_the_hashes_are_the_same_in_every_build() -> None:
    values = shingled(["政府信息公开工作", "政府信息公"], 13).values
    assert f"{int(np.bitwise_xor.reduce(values)):016x}" == "1406f55f578ce46c"


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 30), max_size=6), min_size=1, max_size=8))
def test_common_wording_is_counted_by_parents_once_each(parents: list[set[int]]) -> None:
    texts = ["公开信息目录更新" + "甲乙丙丁戊己庚辛"[i] * 8 for i in range(len(parents))]
    of = [np.array(sorted(p), np.int64) for p in parents]
    index = indexed(shingled(texts, sum(map(len, texts))), of, 5)
    assert index.is_common is not None
    common = len(cut(texts[0]) & set.intersection(*(cut(t) for t in texts))) if len(texts) > 1 else 0
    is_common_to_all = len(set().union(*parents)) >= 5
    for i in range(len(texts)):
        own = len(parents[i]) >= 5
        flags = int(index.is_common[index.of(i)].sum())
        assert flags == (len(cut(texts[i])) if own else common if is_common_to_all and len(texts) > 1 else 0)
