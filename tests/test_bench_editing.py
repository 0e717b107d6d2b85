"""The editing benchmark: each error changes what it says, the limits are those of the identities, the bars are met."""

from __future__ import annotations

import random

import pytest

from benchmarks import editing_errors as e
from benchmarks import editing_theory as theory
from benchmarks.bench_editing import bars
from benchmarks.editing_kinds import KINDS, TABLES
from benchmarks.editing_measure import measure, sheets
from benchmarks.editing_reports import WRONG_DIGIT, blank_report, judge_reports, says
from benchmarks.editing_score import VERDICTS, fill_in_reading_order, fill_row_by_row, score
from pipeline import form
from pipeline.model import Cell
from pipeline.reconcile import reconcile
from tests.reconcile.reconcile_tables import COLUMNS, table_of

PARTS = COLUMNS[:-1]
TRUTH = table_of(
    {
        "received_new": (20, 13, 0, 0, 0, 2, 35),
        "carried_in": (1, 0, 0, 0, 0, 0, 1),
        "granted": (10, 7, 0, 0, 0, 2, 19),
        "unavailable_not_held": (9, 6, 0, 0, 0, 0, 15),
        "handled_total": (19, 13, 0, 0, 0, 2, 34),
        "carried_out": (2, 0, 0, 0, 0, 0, 2),
    }
)


def sheet() -> e.Sheet:
    return e.clean("2021", form.APPLICATIONS, TRUTH)


def many(inject: e.Injector, count: int = 60) -> list[e.Sheet]:
    return [s for n in range(count) if (s := inject(sheet(), random.Random(n))) is not None]


def row(of: e.Sheet, code: str) -> tuple[int | None, ...]:
    return tuple(of.printed[code, c] for c in of.columns)


def test_a_digit_typo_changes_one_digit_of_one_number():
    found = many(e.digit_typo, 200)
    assert len(found) == 200
    for one in found:
        (slot,) = one.wrong
        printed, true = str(one.printed[slot]), str(TRUTH[slot])
        same_digits = sorted(printed) == sorted(true)
        assert abs(len(printed) - len(true)) == 1 or same_digits or sum(map(str.__ne__, printed, true)) == 1
        assert not one.unprinted
    assert {len(str(s.printed[slot])) - len(str(TRUTH[slot])) for s in found for slot in s.wrong} == {-1, 0, 1}


def test_errors_repeated_stand_elsewhere_each_time():
    assert {len(s.wrong) for s in many(e.times(3, e.digit_typo))} == {3}
    assert {len(s.wrong) for s in many(e.times(2, e.other_value))} == {2}
    assert {len(s.wrong) for s in many(e.times(2, e.swap_in_column))} == {4}


@pytest.mark.parametrize(("inject", "axis"), [(e.swap_in_row, 0), (e.swap_in_column, 1)])
def test_a_swap_exchanges_two_different_numbers_of_a_row_or_a_column(inject, axis):
    for one in many(inject):
        (a, b) = one.wrong
        assert a[axis] == b[axis]
        assert (one.printed[a], one.printed[b]) == (TRUTH[b], TRUTH[a])


def test_a_shifted_row_moves_by_one_column_and_loses_its_edge():
    for one in many(e.shifted_row):
        (code,) = {r for r, _ in one.wrong}
        true, printed = [TRUTH[code, c] for c in COLUMNS], list(row(one, code))
        assert printed[:-1] == true[1:] or printed[1:] == true[:-1]
        assert printed[-1 if printed[:-1] == true[1:] else 0] in (None, 0)


def test_merged_digits_are_two_neighbours_in_one_cell_and_a_blank():
    rows = {row(s, code) for s in many(e.merged_digits, 200) for code in ("granted", "carried_in")}
    assert (107, None, 0, 0, 0, 2, 19) in rows
    assert (10, None, 0, 0, 0, 0, 1) in rows


def test_split_digits_push_the_row_to_the_right():
    rows = {row(s, code) for s in many(e.split_digits, 100) for code in ("granted", "unavailable_not_held")}
    assert (1, 0, 7, 0, 0, 0, 2) in rows
    assert (9, 6, 0, 0, 0, 0, 15) in rows


def test_lost_numbers_are_no_wrong_numbers():
    for inject, unprinted in (
        (e.dropped_row, 7),
        (e.dropped_column, 25),
        (e.lost_totals, 25),
        (e.lost_all_totals, 31),
        (e.blank_cells(3), 3),
        (e.blanks(1.0, zeros=True), 156),
        (e.lost_cells(1.0, zeros=True), 156),
    ):
        for one in many(inject, 5):
            assert (len(one.unprinted), one.wrong) == (unprinted, {})


def test_a_short_row_keeps_its_numbers_in_their_order():
    (one,) = many(e.lost_cells(1.0, zeros=True), 1)
    problem = one.problem()
    assert problem.known == {}
    assert tuple(r.numbers for r in problem.runs[:3]) == ((20, 13, 2, 35), (1, 1), (10, 7, 2, 19))
    assert ("partial", "total") in problem.blank  # a row of which nothing is left


def test_a_typo_in_a_table_with_blanks_is_still_printed():
    for one in many(e.then(e.digit_typo, e.blanks(1.0, zeros=True))):
        assert len(one.wrong) == 1
        assert set(one.wrong) <= set(one.problem().known)


def test_every_kind_finds_tables_for_every_form():
    for tables in TABLES:
        for kind in KINDS:
            (one,) = sheets(tables, kind, 1)
            assert bool(one.wrong) == kind.has_errors, (tables.name, kind.label)
            assert kind.has_errors or one.unprinted


def test_templates_fill_whole_tables_rightly_and_slip_with_the_first_blank():
    assert fill_in_reading_order(sheet()) == TRUTH == fill_row_by_row(sheet())
    blank = sheet().printing({("carried_in", "enterprise"): None})
    assert fill_row_by_row(blank)["carried_in", "other_organization"] == 1  # the total, one cell too far left
    assert fill_in_reading_order(blank)["granted", "natural_person"] == 7


def test_the_identities_notice_three_wrong_cells_and_locate_one():
    of_2021, of_2019 = (theory.code_of(f, form.APPLICATIONS) for f in ("2021", "2019"))
    assert of_2021 == theory.Code(cells=175, identities=39, rank=37, distance=4)
    assert of_2019 == theory.Code(cells=161, identities=37, rank=35, distance=4)
    assert theory.code_of("2021", form.REMEDIES) == theory.Code(cells=15, identities=3, rank=3, distance=2)


def test_the_fewest_changes_of_one_wrong_cell_are_its_truth():
    for one in many(e.digit_typo, 20):
        assert theory.fewest_changes(one) == [one.wrong]
    # Two numbers of a column swapped: those of another column, or the totals, could as well make up for it.
    swapped = sheet().printing({("granted", "enterprise"): 6, ("unavailable_not_held", "enterprise"): 7})
    assert theory.fewest_changes(swapped) == [
        {("granted", c): granted, ("unavailable_not_held", c): not_held}
        for c, granted, not_held in (("natural_person", 11, 8), ("enterprise", 7, 6), ("total", 18, 16))
    ]


def test_blanks_are_fixed_by_the_equations_or_by_what_cannot_be_negative():
    three = many(e.blank_cells(3), 5)
    assert [theory.fixed_by_equalities(s) for s in three] == [3] * 5 == [theory.fixed_by_program(s) for s in three]
    (zeros,) = many(e.blanks(0.5, zeros=True), 1)
    fixed = theory.fixed_by_program(zeros)
    assert theory.fixed_by_equalities(zeros) < fixed == len(reconcile(zeros.problem()).deduced)


def test_what_is_printed_is_read_again_without_the_pipeline():
    def cell(printed: str, unit: str | None = None) -> Cell:
        return Cell(form.PROACTIVE, "fees", "amount", printed=printed, unit=unit)

    assert says(cell("１２")) == 12
    assert says(cell("1,234")) == 1234
    assert says(cell("减3")) == -3
    assert says(cell("251000元", "万元")) == says(cell("25.1", "万元"))


def test_the_score_knows_right_from_wrong():
    one = sheet().printing({("granted", "natural_person"): 18})
    counts = score(one, reconcile(one.problem()))
    assert counts["located"] == counts["suggested_right"] == counts["full_3"] == counts["faulty"] == 1
    unseen = {("received_new", "natural_person"): 13, ("received_new", "enterprise"): 20}
    unseen |= {(r, c): TRUTH[r, d] for r in e.clean("2021", form.APPLICATIONS, TRUTH).rows[1:] for c, d in _SWAPPED}
    other = sheet().printing(unseen)  # two applicants' columns swapped: no identity can know
    assert not theory.can_be_noticed(other)
    assert score(other, reconcile(other.problem()))["undetected"] == 1


_SWAPPED = (("natural_person", "enterprise"), ("enterprise", "natural_person"))


def test_reports_come_in_every_layout_with_blanks_as_their_pattern_says():
    truth, _, _ = blank_report(0, "only_nonzero")
    cells = truth.tables[form.APPLICATIONS].cells
    assert all(c.is_blank == (not c.true) for c in cells.values())
    assert len({blank_report(n, "none")[1] for n in range(16)}) == 16
    assert truth.is_consistent


@pytest.mark.slow
def test_a_small_run_meets_every_bar():
    labels = ("digit typo 1", "any other value 3", "swap in column 1", "typo, cells blank 30 %", "cells blank 10 %")
    measured = {(t.name, k): measure(t.name, k, 4, 1) for t in TABLES for k in labels}
    judged = {p: judge_reports(p, range(8)) for p in ("only_nonzero", "mixed", WRONG_DIGIT)}
    reports = {p: n for p, (n, _) in judged.items()}
    assert [text for ok, text in bars(measured, reports) if not ok] == []
    assert [line for _, lines in judged.values() for line in lines] == []
    assert reports[WRONG_DIGIT]["with_error"] == reports[WRONG_DIGIT]["suggested_right"] == 8
    assert all(sum(n[v] for v in VERDICTS) == n["faulty"] for n in measured.values())
    assert sum(n["missed"] for n in measured.values()) == 0
    assert all(n["fixed_filled"] == n["fixed"] for n in measured.values())
