"""Placement: rows as a text prints them that lost blank cells, and where their numbers are taken to stand."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.form import APPLICATIONS, REMEDIES, column_codes
from pipeline.reconcile import Problem, Run, reconcile
from tests.reconcile.reconcile_tables import (
    COLUMNS,
    OUTCOMES,
    REMEDY_IDENTITIES,
    REMEDY_ROWS,
    ROWS,
    identities_of,
    lose,
    random_truth,
    table_of,
    texts,
)

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

ZEROS = (0,) * 7


def values_of(result, row, columns=COLUMNS):
    """A row's values: placed or deduced, None where open."""
    out = []
    for c in columns:
        found = result.placed.get((row, c)) or result.deduced.get((row, c))
        out.append(None if found is None else found.value)
    return out


def outcome(problem, result, row):
    return next(o for r, o in zip(problem.runs, result.runs, strict=True) if r.slots[0][0] == row)


# ---- a report of 2023 whose text lost blanks -------------------------------------------------------------------------
LINGANG = {
    "received_new": (16, 0, 0, 0, 16),
    "carried_in": (0, 0, 0, 0),
    "granted": (16, 0, 0, 0, 16),
    "partial": (0,) * 6,
    "denied_state_secret": ZEROS,
    "denied_other_law": ZEROS,
    "denied_safety_stability": (0,) * 4,
    "denied_third_party": (0,) * 6,
    "denied_internal_affairs": (0,) * 3,
    "denied_deliberative": (0,) * 4,
    **dict.fromkeys(ROWS[10:23], (0,) * 6),
    "handled_total": (16, 0, 0, 0, 0, 16),
    "carried_out": (0,) * 6,
}


def test_a_report_that_lost_blanks_reads_as_sixteen_natural_persons():
    problem = texts(LINGANG)
    assert tuple(LINGANG) == ROWS
    result = reconcile(problem)
    for row in ("received_new", "granted", "handled_total"):
        assert values_of(result, row) == [16, 0, 0, 0, 0, 0, 16]
        placed = result.placed[row, "natural_person"]
        assert (placed.value, placed.number) == (16, 0)
        assert placed.how == "preference: totals are printed; usual order of applicants"
        assert result.placed[row, "total"].number == len(LINGANG[row]) - 1
        assert outcome(problem, result, row).status == "preference"
    for row, numbers in LINGANG.items():
        if len(numbers) == 6 and not any(numbers):
            assert all((row, c) in result.deduced for c in COLUMNS)
    # Nothing of the table stays without a value, and every zero given by preference has no exact place.
    assert len(result.placed) + len(result.deduced) + len(problem.known) == 175
    assert all(p.number is None for p in result.placed.values() if p.value == 0)
    assert not result.infeasible


# ---- traps -----------------------------------------------------------------------------------------------------------
def test_a_whole_first_column_lost_while_zeros_stay_is_not_read_as_if_totals_were_parts():
    # Every identity holds when each total is taken for a part of the last column.
    rows = dict.fromkeys(ROWS, (0,) * 6) | {
        "received_new": (0, 0, 0, 0, 0, 3),
        "granted": (0, 0, 0, 0, 0, 1),
        "partial": (1, 0, 0, 0, 0, 3),
        "handled_total": (1, 0, 0, 0, 0, 4),
        "carried_in": (1, 0, 0, 0, 0, 1),
    }
    problem = texts(rows)
    result = reconcile(problem)
    assert outcome(problem, result, "received_new").status == "open"
    assert ("received_new", "other_organization") not in result.placed
    assert ("handled_total", "other_organization") not in result.placed


def test_full_rows_beside_a_lost_first_column_decide():
    full = dict.fromkeys(ROWS, ZEROS) | {"handled_total": (3, 0, 0, 0, 0, 0, 3), "partial": (2, 0, 0, 0, 0, 0, 2)}
    problem = texts(full | {"received_new": (0, 0, 0, 0, 0, 3), "carried_in": (0,) * 6, "granted": (0, 0, 0, 0, 0, 1)})
    result = reconcile(problem)
    assert values_of(result, "received_new") == [3, 0, 0, 0, 0, 0, 3]
    assert result.deduced["received_new", "natural_person"].value == 3
    assert result.placed["received_new", "total"].how == "unique"
    assert values_of(result, "granted") == [1, 0, 0, 0, 0, 0, 1]


def test_a_report_whose_text_lost_the_first_number_of_five_rows():
    rows = dict.fromkeys(ROWS, ZEROS) | {
        "received_new": (0, 0, 0, 0, 0, 3),
        "granted": (0, 0, 0, 0, 0, 1),
        "unavailable_not_held": (1, 0, 0, 0, 0, 0, 1),
        "other_other": (1, 0, 0, 0, 0, 0, 1),
        "handled_total": (3, 0, 0, 0, 0, 0, 3),
        **dict.fromkeys(("carried_in", "partial", "other_unpaid_fee"), (0,) * 6),
    }
    problem = texts(rows)
    result = reconcile(problem)
    assert [values_of(result, r.slots[0][0])[0] for r in problem.runs] == [3, 0, 1, 0, 0]
    assert ("granted", "natural_person") in result.deduced
    assert {o.status for o in result.runs} == {"unique"}
    assert len(result.placed) + len(result.deduced) + len(problem.known) == 175


def test_a_misprint_is_not_absorbed_by_a_reading_without_a_total():
    # 2 and 3 against 6 printed: without the convention of the other rows, "2 3 6" would be three parts.
    rows = dict.fromkeys(ROWS) | {
        "received_new": (2, 9, 11),
        "granted": (4, 4),
        "partial": (2, 3, 6),
        "denied_third_party": (2, 2),
        "handled_total": (2, 9, 11),
    }
    problem = texts(rows)
    result = reconcile(problem)
    assert result.infeasible
    assert outcome(problem, result, "received_new").status == "infeasible"
    assert not result.placed


def test_a_misprint_is_not_absorbed_by_a_deduced_total():
    # Alone, the row of the granted could have lost its total, and that would be 15.
    rows = dict.fromkeys(ROWS, ZEROS) | {
        "received_new": (7, 0, 0, 0, 0, 0, 7),
        "granted": (7, 0, 0, 0, 0, 8),
        "partial": (0,) * 6,
        "handled_total": (7, 0, 0, 0, 0, 7),
    }
    problem = texts(rows)
    result = reconcile(problem)
    assert result.infeasible
    assert not result.placed
    assert set(result.deduced) == {("partial", c) for c in COLUMNS}


def test_totals_that_are_blank_throughout_are_read_as_blank():
    rows = dict.fromkeys(ROWS) | {
        "received_new": (6, 5, 0, 0, 0, 0),
        "granted": (4, 2, 0, 0, 0, 0),
        "partial": (2, 3, 0, 0, 0, 0),
        "handled_total": (6, 5, 0, 0, 0, 0),
    }
    result = reconcile(texts(rows))
    assert not result.infeasible
    assert values_of(result, "granted") == [4, 2, 0, 0, 0, 0, 6]
    assert result.deduced["granted", "total"].value == 6


def test_three_and_three_is_a_part_and_its_total_by_preference():
    rows = dict.fromkeys(ROWS) | {"received_new": (3, 3), "granted": (3, 3), "handled_total": (3, 3)}
    problem = texts(rows)
    result = reconcile(problem)
    assert values_of(result, "granted") == [3, 0, 0, 0, 0, 0, 3]
    assert result.placed["granted", "natural_person"].how.startswith("preference: ")
    assert result.placed["granted", "natural_person"].how.endswith("usual order of applicants")
    assert outcome(problem, result, "granted").readings > 6
    assert not result.deduced


def test_an_organ_whose_applicants_are_all_enterprises_fools_the_preference_unless_a_row_is_complete():
    short = dict.fromkeys(ROWS) | {"received_new": (3, 3), "granted": (3, 3), "handled_total": (3, 3)}
    assert reconcile(texts(short)).placed["granted", "natural_person"].value == 3
    result = reconcile(texts(short | {"handled_total": (0, 3, 0, 0, 0, 0, 3)}))
    assert values_of(result, "granted") == [0, 3, 0, 0, 0, 0, 3]


def test_a_printed_total_of_zero_beside_parts_is_not_a_total():
    problem = texts(dict.fromkeys(ROWS) | {"granted": (3, 2, 0)})
    result = reconcile(problem)
    assert ("granted", "total") not in result.placed


def test_rows_that_print_only_totals_stay_open():
    rows = dict.fromkeys(ROWS) | {"received_new": (5,), "granted": (5,), "handled_total": (5,)}
    problem = texts(rows)
    result = reconcile(problem)
    assert [o.status for o in result.runs] == ["open"] * 3
    assert not result.placed
    assert not result.deduced


def test_balance_off_but_rows_right_is_read_without_the_balance_with_blanks_dropped():
    rows = dict.fromkeys(ROWS) | {
        "received_new": (29, 29),
        "carried_in": (2, 2),
        "granted": (5, 5),
        "partial": (10, 10),
        "unavailable_not_held": (19, 19),
        "handled_total": (34, 34),
        "carried_out": (2, 2),
    }
    problem = texts(rows)
    result = reconcile(problem)
    assert result.infeasible
    for row, numbers in rows.items():
        if numbers:
            assert values_of(result, row) == [numbers[0], 0, 0, 0, 0, 0, numbers[0]]
    assert all("the balance left aside" in p.how for p in result.placed.values())
    assert not result.deduced


def test_full_rows_that_break_the_balance_leave_the_results_to_be_placed():
    rows = dict.fromkeys(ROWS) | {
        "received_new": (29, 0, 0, 0, 0, 0, 29),
        "carried_in": (2, 0, 0, 0, 0, 0, 2),
        "granted": (5, 5),
        "partial": (29, 29),
        "handled_total": (34, 0, 0, 0, 0, 0, 34),
        "carried_out": (2, 0, 0, 0, 0, 0, 2),
    }
    result = reconcile(texts(rows))
    assert [v.identity.name for v in result.violations] == ["balance(natural_person)", "balance(total)"]
    assert values_of(result, "granted") == [5, 0, 0, 0, 0, 0, 5]
    assert values_of(result, "partial") == [29, 0, 0, 0, 0, 0, 29]
    assert not result.infeasible


def test_a_row_with_more_numbers_than_slots_places_nothing_and_spoils_no_other_row():
    slots = tuple(("granted", c) for c in COLUMNS)
    other = texts({"partial": (0,) * 6})
    problem = Problem(other.identities, {}, frozenset(), (Run(slots, (1,) * 8), *other.runs))
    result = reconcile(problem)
    assert [o.status for o in result.runs] == ["infeasible", "unique"]
    assert result.infeasible
    assert {s[0] for s in result.deduced} == {"partial"}
    assert "row_total(granted)" in result.set_aside


@pytest.mark.parametrize("numbers", [(0,), (0, 0, 0), (0,) * 5])
def test_an_all_zero_row_alone_stays_open(numbers):
    problem = texts({"granted": numbers})
    result = reconcile(problem)
    assert (result.placed, result.deduced) == ({}, {})
    assert result.runs[0].status == "open"


def test_all_zero_rows_follow_the_complete_rows():
    result = reconcile(texts({"granted": (0, 0), "partial": ZEROS}))
    assert values_of(result, "granted") == [0] * 7
    assert {p.how for p in result.placed.values()} == {"preference: totals are printed, as in the complete rows"}


def test_six_zeros_of_seven_are_deduced_whichever_is_lost():
    result = reconcile(texts({"granted": (0,) * 6}))
    assert {s: d.value for s, d in result.deduced.items()} == {("granted", c): 0 for c in COLUMNS}
    assert result.deduced["granted", "total"].identities == ("row_total(granted)",)


def test_an_empty_table_and_an_empty_run():
    slots = tuple(("granted", c) for c in COLUMNS)
    result = reconcile(Problem(texts({}).identities, {}, frozenset(), (Run(slots, ()),)))
    assert (result.placed, result.deduced) == ({}, {})
    assert [o.status for o in result.runs] == ["open"]


def test_a_number_that_stands_at_one_slot_in_every_reading_is_unique_and_not_deduced():
    # The last 0 is no total, so the total is the one lost cell.
    result = reconcile(texts({"granted": (5, 1, 2, 0, 0, 0)}))
    placed = {s: (p.value, p.number, p.how) for s, p in result.placed.items()}
    assert placed == {
        ("granted", c): (v, n, "unique") for n, (c, v) in enumerate(zip(COLUMNS, (5, 1, 2), strict=False))
    }
    assert {s: d.value for s, d in result.deduced.items()} == {
        ("granted", c): v for c, v in zip(COLUMNS[3:], (0, 0, 0, 8), strict=True)
    }


def test_a_search_above_the_cap_is_undecided():
    rng = Random(4)
    truth = random_truth("2021", APPLICATIONS, rng, 0.5)
    printed, _ = lose(truth, COLUMNS, rng, zeros=1.0)
    problem = texts(dict(printed))
    result = reconcile(problem, cap=10)
    assert "undecided" in {o.status for o in result.runs}
    assert not {p.how for p in result.placed.values()} & {"preference: usual order of applicants"}


# ---- remedies --------------------------------------------------------------------------------------------------------
ALL_REMEDIES = tuple((r, c) for r in REMEDY_ROWS for c in OUTCOMES)


def remedies(*numbers):
    return Problem(REMEDY_IDENTITIES, {}, frozenset(), (Run(ALL_REMEDIES, numbers),))


def test_one_run_of_three_rows_is_split_in_all_ways():
    result = reconcile(remedies(1, 0, 2, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 4))
    assert values_of(result, "reconsideration", OUTCOMES) == [1, 0, 2, 0, 3]
    assert values_of(result, "litigation_after_reconsideration", OUTCOMES) == [4, 0, 0, 0, 4]
    assert values_of(result, "litigation_direct", OUTCOMES) == [0] * 5
    assert result.placed["reconsideration", "total"].how == "unique"


def test_fourteen_zeros_of_fifteen_are_deduced():
    result = reconcile(remedies(*[0] * 14))
    assert {s: d.value for s, d in result.deduced.items()} == dict.fromkeys(ALL_REMEDIES, 0)


def test_remedies_whose_part_is_open_still_have_their_total():
    result = reconcile(Problem(REMEDY_IDENTITIES, {}, frozenset(), (Run(ALL_REMEDIES[:5], (3, 3)),)))
    assert result.runs[0].status == "open"
    assert values_of(result, "reconsideration", OUTCOMES) == [None, None, None, None, 3]


# ---- properties ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("form", "table"), [("2021", APPLICATIONS), ("2019", APPLICATIONS), ("2021", REMEDIES)])
@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0, 0.4), zeros=st.floats(0, 1), numbers=st.floats(0, 0.3))
def test_deduction_is_never_contradicted_by_the_truth_whatever_was_lost(form, table, seed, density, zeros, numbers):
    rng = Random(seed)
    columns, identities = column_codes(form, table), identities_of(form, table)
    truth = random_truth(form, table, rng, density)
    printed, stood = lose(truth, columns, rng, zeros, numbers)
    if table == REMEDIES:
        run = Run(tuple(truth), tuple(v for _, row in printed for v in row))
        problem = Problem(identities, {}, frozenset(), (run,))
    else:
        problem = texts(dict(printed), columns, identities)
    result = reconcile(problem)
    assert {s: d.value for s, d in result.deduced.items()} == {s: truth[s] for s in result.deduced}
    assert not result.violations
    assert not result.set_aside or (result.infeasible and numbers > 0)
    where = {s: n for row in stood for n, s in enumerate(row)}
    for s, p in result.placed.items():
        if p.how == "unique" and p.number is not None and numbers == 0 and table == APPLICATIONS:
            assert where[s] == p.number


@QUICK
@given(seed=st.integers(0, 10**6), zeros=st.floats(0, 1))
def test_unique_readings_hold_where_only_zeros_were_lost(seed, zeros):
    rng = Random(seed)
    truth = random_truth("2021", APPLICATIONS, rng, 0.05)
    printed, _ = lose(truth, COLUMNS, rng, zeros)
    problem = texts(dict(printed))
    result = reconcile(problem)
    unique = {s: p.value for s, p in result.placed.items() if p.how == "unique"}
    assert unique == {s: truth[s] for s in unique}
    assert not result.infeasible
    for slot, p in result.placed.items():
        if p.number is not None:
            assert problem.runs[p.run].numbers[p.number] == p.value
            assert slot in problem.runs[p.run].slots
        assert slot not in result.deduced


@QUICK
@given(seed=st.integers(0, 10**6))
def test_one_wrong_number_never_raises_and_never_shakes_the_complete_rows(seed):
    rng = Random(seed)
    truth = random_truth("2021", APPLICATIONS, rng, 0.1)
    truth[rng.choice(sorted(truth))] += rng.randint(1, 9)
    printed, _ = lose(truth, COLUMNS, rng, 0.4)
    problem = texts(dict(printed))
    result = reconcile(problem)
    assert not (set(result.placed) | set(result.deduced)) & set(problem.known)
    assert len(result.runs) == len(problem.runs)


def test_placed_rows_satisfy_their_total_in_a_table_of_natural_persons_and_enterprises():
    truth = table_of(
        {
            "received_new": (20, 4, 0, 0, 0, 0, 24),
            "carried_in": (3, 0, 0, 0, 0, 0, 3),
            "granted": (11, 3, 0, 0, 0, 0, 14),
            "unavailable_not_held": (9, 1, 0, 0, 0, 0, 10),
            "handled_total": (20, 4, 0, 0, 0, 0, 24),
            "carried_out": (3, 0, 0, 0, 0, 0, 3),
        }
    )
    printed, _ = lose(truth, COLUMNS, Random(1), zeros=1.0)
    result = reconcile(texts({r: n or None for r, n in printed}))
    for row, numbers in printed:
        if numbers:
            assert values_of(result, row) == [truth[row, c] for c in COLUMNS]


def test_the_order_of_known_cells_does_not_matter():
    rng = Random(9)
    truth = random_truth("2021", APPLICATIONS, rng, 0.1)
    printed, _ = lose(truth, COLUMNS, rng, 0.2)
    problem = texts(dict(printed))
    items = list(problem.known.items())
    rng.shuffle(items)
    again = Problem(problem.identities, dict(items), problem.blank, problem.runs)
    assert repr(reconcile(problem)) == repr(reconcile(again))
