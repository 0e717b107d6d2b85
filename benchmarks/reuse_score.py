"""Scores found pairs against what was planted, with an implementation of its own: Python sets of substrings."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import polars as pl
from scipy import sparse

from benchmarks.reuse_cases import Corpus
from pipeline.reuse.mask import Masked, mask
from pipeline.reuse.relations import PREVIOUS_YEAR, names_of
from pipeline.reuse.shingles import SHINGLE
from pipeline.reuse.tables import ENOUGH_SHINGLES, MOST_OTHERS, PUBLISHED_FROM

HIGH = 0.8
"""Containment from which a planted copy has to be found."""


class Naive:
    """Masked texts and their shingle sets of a corpus, one by one."""

    def __init__(self, corpus: Corpus) -> None:
        self.texts = corpus.sections["text"].to_list()
        self._facts = corpus.reports.select("issuer", "division_name", "division_code", "report_year").rows()
        self.masked: Callable[[int], Masked] = lru_cache(1 << 12)(self._masked)
        self.shingles: Callable[[int], frozenset[str]] = lru_cache(1 << 12)(self._shingles)

    def _masked(self, i: int) -> Masked:
        return mask(self.texts[i], names_of(*self._facts[i]))

    def _shingles(self, i: int) -> frozenset[str]:
        return cut(self.masked(i).text)

    def containment(self, a: int, b: int) -> float | None:
        """The larger of both ways; None where too little is left of either."""
        one, other = self.shingles(a), self.shingles(b)
        smaller = min(len(one), len(other))
        return None if smaller < ENOUGH_SHINGLES else len(one & other) / smaller


def cut(text: str) -> frozenset[str]:
    return frozenset(text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1))


@dataclass
class Score:
    """Counts over the planted copies and the published pairs."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    of_templates: int = 0
    of_templates_found: int = 0
    lower_planted: int = 0
    lower_found: int = 0
    pairs: int = 0
    unplanted: int = 0
    checked: int = 0
    wrong: int = 0
    templated: int = 0
    templated_paired: int = 0
    traps_paired: int = 0
    most_per_report: int = 0

    @property
    def recall(self) -> float:
        return self.found.total() / self.planted.total()

    def recall_of(self, kind: str) -> float:
        return self.found[kind] / self.planted[kind]


def scored(corpus: Corpus, pairs: pl.DataFrame, sample: int = 2_000) -> Score:
    """Scores the published pairs of a corpus; `sample` of them are computed again."""
    naive = Naive(corpus)
    ids = corpus.reports["report_id"].to_list()
    number = {r: i for i, r in enumerate(ids)}
    rows = pairs.rows(named=True)
    ends = [(number[r["report_id"]], number[r["other_report_id"]]) for r in rows]
    found = {frozenset(e) for e in ends}
    score = Score(pairs=len(rows))
    for p in corpus.planted:
        containment = naive.containment(p.copy, p.source)
        is_found = frozenset((p.copy, p.source)) in found
        if containment is not None and containment >= HIGH:
            score.planted[p.kind] += 1
            score.found[p.kind] += is_found
        elif containment is not None and containment >= PUBLISHED_FROM:
            score.lower_planted += 1
            score.lower_found += is_found
    for p in corpus.of_templates:
        if (naive.containment(p.copy, p.source) or 0) >= HIGH:
            score.of_templates += 1
            score.of_templates_found += frozenset((p.copy, p.source)) in found
    traps, paired = set(corpus.traps), Counter(end for pair in found for end in pair)
    for (a, b), row in zip(ends, rows, strict=True):
        if row["relation"] != PREVIOUS_YEAR and not corpus.sources[a] & corpus.sources[b]:
            score.unplanted += 1
            score.traps_paired += bool(traps & {a, b})
    score.templated = len(corpus.templated)
    score.templated_paired = sum(paired[i] > 0 for i in corpus.templated)
    score.most_per_report = max(paired.values(), default=0)
    for k in random.Random(0).sample(range(len(rows)), min(sample, len(rows))):
        score.checked += 1
        score.wrong += not _is_right(naive, *ends[k], rows[k])
    return score


def _is_right(naive: Naive, a: int, b: int, row: dict[str, object]) -> bool:
    one, other = naive.shingles(a), naive.shingles(b)
    raw, other_raw = ("".join(naive.texts[i].split()) for i in (a, b))
    numbers, other_numbers = naive.masked(a).numbers, naive.masked(b).numbers
    common, raw_common = len(one & other), len(cut(raw) & cut(other_raw))
    expected = {
        "containment": common / len(one),
        "containment_other": common / len(other),
        "jaccard": common / len(one | other),
        "jaccard_raw": raw_common / len(cut(raw) | cut(other_raw)),
        "is_identical": naive.masked(a).text == naive.masked(b).text,
        "is_identical_raw": raw == other_raw,
        "numbers_unchanged": numbers == other_numbers if numbers or other_numbers else None,
    }
    return all(row[column] == value for column, value in expected.items())


def brute_force(corpus: Corpus) -> set[frozenset[int]]:
    """All pairs of a corpus that share enough to be published, by one product of sparse matrices."""
    naive = Naive(corpus)
    count = len(naive.texts)
    column: dict[str, int] = {}
    rows, columns = [], []
    for i in range(count):
        own = [column.setdefault(s, len(column)) for s in naive.shingles(i)]
        if len(own) >= ENOUGH_SHINGLES:
            rows += [i] * len(own)
            columns += own
    matrix = sparse.csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=(count, len(column)))
    sizes = np.diff(matrix.indptr)
    product = sparse.triu(matrix @ matrix.T, 1).tocoo()
    enough = product.data >= PUBLISHED_FROM * np.minimum(sizes[product.row], sizes[product.col])
    return {frozenset(p) for p in zip(product.row[enough].tolist(), product.col[enough].tolist(), strict=True)}


def crowded_out(pairs: set[frozenset[int]]) -> Counter[int]:
    """How many pairs a report is in, for those that are in more than are published of it."""
    held = Counter(end for pair in pairs for end in pair)
    return Counter({i: n for i, n in held.items() if n > MOST_OTHERS})
