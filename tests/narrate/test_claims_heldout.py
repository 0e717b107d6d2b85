"""The extractor of claims on sentences kept apart while it was built, and the scorer that judges it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import form, schema
from pipeline.narrate.claims import find_claims
from tests.narrate.claims_score import (
    DEVELOPMENT,
    GROUP_OF,
    NOT_CELLS,
    TEST,
    Figure,
    Score,
    Sentence,
    cell_score,
    judge,
    judge_all,
    read_rows,
    read_sentences,
    scores,
)


@dataclass(frozen=True)
class Said:
    subject: str
    value: Decimal
    scope: str = "unstated"
    column_code: str | None = None
    unit: str | None = "件"
    printed: str = "7件"


def sentence(*figures: Figure) -> Sentence:
    return Sentence(1, "applications", 2023, "", figures)


NEW = Figure("received_new", "", True, Decimal(7))


def test_there_are_at_least_300_sentences_and_each_differs() -> None:
    texts = Counter("".join(s.text.split()) for s in read_sentences())
    assert len(texts) >= 300
    assert max(texts.values()) == 1


@pytest.mark.parametrize("path", [TEST, *DEVELOPMENT], ids=lambda path: path.stem)
def test_codes_and_values_are_valid(path: Path) -> None:
    columns = {
        **dict.fromkeys(("reconsideration", "litigation", "remedies"), form.column_codes("2021", form.REMEDIES)[:-1]),
        **{s: form.column_codes("2021", form.APPLICATIONS)[:-1] for s, g in GROUP_OF.items() if g != "remedies"},
    }
    for row in read_rows(path):
        assert row["section_code"] in schema.codelist("section")
        if row["subject"]:
            assert row["subject"] in schema.codelist("claim_subject"), row
            assert row["scope"] in schema.codelist("claim_scope"), row
            assert not row["column_code"] or row["column_code"] in columns[row["subject"]], row
            assert Decimal(row["value"]) >= 0, row
        else:
            assert not any(row[c] for c in ("column_code", "scope", "value", "unit")), row


def test_every_subject_belongs_to_a_group_or_is_about_no_cell() -> None:
    subjects = {row["subject"] for row in read_rows()} - {""}
    assert subjects == set(schema.codelist("claim_subject"))
    assert subjects > set(GROUP_OF)


def test_no_sentence_was_used_while_the_extractor_was_built() -> None:
    used = {"".join(row["sentence"].split()) for path in DEVELOPMENT for row in read_rows(path)}
    assert used
    assert not used & {"".join(s.text.split()) for s in read_sentences()}


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (Said("received_new", Decimal(7)), 1),
        (Said("received_new", Decimal(7), scope="organ"), 1),
        (Said("received_new", Decimal(7), scope="whole"), 1),
        (Said("received_new", Decimal(7), scope="part"), 0),
        (Said("received_new", Decimal(7), scope="other_year"), 0),
        (Said("received_new", Decimal(7), column_code="natural_person"), 0),
        (Said("received_new", Decimal(8)), 0),
        (Said("handled_total", Decimal(7)), 0),
    ],
)
def test_a_figure_of_a_cell_is_right_where_subject_column_value_and_comparability_agree(said: Said, right: int) -> None:
    verdict = judge(sentence(NEW), [said])
    assert (len(verdict.right), len(verdict.missed), len(verdict.wrong)) == (right, 1 - right, 1 - right)


def test_the_same_figure_claimed_twice_is_wrong_once() -> None:
    verdict = judge(sentence(NEW), [Said("received_new", Decimal(7))] * 2)
    assert (verdict.right, verdict.wrong) == ((NEW,), (NEW,))


def test_new_applications_taken_for_all_received_are_wrong_and_counted_apart() -> None:
    verdict = judge(sentence(NEW), [Said("received_altogether", Decimal(7))])
    assert (verdict.right, len(verdict.wrong), verdict.received_confused) == ((), 1, 1)


def test_a_figure_about_something_else_must_not_become_a_cell() -> None:
    calls = Figure("hotline", "", True, Decimal(7))
    assert judge(sentence(calls), [Said("petitions", Decimal(7))]).right == (calls,)
    taken = judge(sentence(calls), [Said("handled_total", Decimal(7))])
    assert (taken.missed, len(taken.wrong)) == ((calls,), 1)
    assert scores([taken])[NOT_CELLS] == Score(stated=1, right=0, wrong=0)
    assert cell_score(scores([taken])) == Score(stated=0, right=0, wrong=1)


def test_a_denial_of_both_remedies_may_be_one_claim_or_two() -> None:
    both = (Figure("reconsideration", "", True, Decimal(0)), Figure("litigation", "", True, Decimal(0)))
    assert judge(sentence(*both), [Said("remedies", Decimal(0), printed="未发生")]).right == both


def test_what_a_word_implies_is_judged_neither_way() -> None:
    verdict = judge(sentence(NEW), [Said("received_new", Decimal(7)), Said("handled_total", Decimal(7), printed="均")])
    assert (verdict.right, verdict.wrong, len(verdict.implied)) == ((NEW,), (), 1)


def test_amounts_are_compared_in_yuan() -> None:
    fee = Figure("fees", "", True, Decimal(2400))
    assert judge(sentence(fee), [Said("fees", Decimal("0.24"), unit="万元")]).right == (fee,)


def test_precision_over_figures_of_cells() -> None:
    score = cell_score(scores(judge_all(read_sentences(), find_claims)))
    assert score.precision >= 0.98
