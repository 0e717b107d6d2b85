"""The benchmark's own parts: the generator, the scoring, and a small run in which every planted copy is found."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.reuse_cases import KINDS, Corpus, corpus
from benchmarks.reuse_score import HIGH, Naive, brute_force, crowded_out, scored
from pipeline.reuse import find_reuse


@pytest.fixture(scope="module")
def made() -> Corpus:
    return corpus(2_000)


@pytest.fixture(scope="module")
def pairs(made: Corpus) -> pl.DataFrame:
    return find_reuse(made.sections, made.reports)[0]


def test_the_corpus_is_the_same_each_time(made: Corpus) -> None:
    again = corpus(2_000)
    assert made.sections.equals(again.sections)
    assert made.planted == again.planted
    assert not made.sections.equals(corpus(2_000, seed=1).sections)


def test_every_kind_is_planted_and_most_as_it_says(made: Corpus) -> None:
    assert {p.kind for p in made.planted} == set(KINDS)
    naive = Naive(made)
    kept = {
        k: [naive.containment(p.copy, p.source) or 0 for p in made.planted if p.kind.startswith(k)]
        for k in ("numbers", "light", "heavy")
    }
    assert min(kept["numbers"]) == 1
    assert sum(c >= HIGH for c in kept["light"]) > 0.8 * len(kept["light"])
    assert sum(0.35 < c < HIGH for c in kept["heavy"]) > 0.9 * len(kept["heavy"])


def test_what_was_planted_is_found_and_nothing_else(made: Corpus, pairs: pl.DataFrame) -> None:
    score = scored(made, pairs)
    assert score.recall == 1
    assert (score.unplanted, score.wrong) == (0, 0)
    assert score.templated_paired == score.templated


def test_brute_force_finds_no_pair_more_but_of_reports_in_more_than_are_published(
    made: Corpus, pairs: pl.DataFrame
) -> None:
    number = {r: i for i, r in enumerate(made.reports["report_id"])}
    found = {frozenset((number[a], number[b])) for a, b in pairs.select("report_id", "other_report_id").iter_rows()}
    everything = brute_force(made)
    crowded = crowded_out(everything)
    assert all(i in crowded for pair in everything - found for i in pair)


def test_the_scoring_notices_what_is_missing_false_or_wrong(made: Corpus, pairs: pl.DataFrame) -> None:
    assert scored(made, pairs.head(0)).recall == 0
    alone = [i for i, p in enumerate(made.sources) if len(p) == 1 and i not in made.traps][:2]
    ids = made.reports["report_id"]
    false = (
        pairs.filter("is_identical")
        .head(1)
        .with_columns(report_id=pl.lit(ids[alone[0]]), other_report_id=pl.lit(ids[alone[1]]), relation=pl.lit("other"))
    )
    score = scored(made, false)
    assert (score.unplanted, score.wrong) == (1, 1)
