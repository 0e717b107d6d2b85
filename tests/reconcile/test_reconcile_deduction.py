"""Deduction: what every feasible solution agrees on, and nothing else. A blank is any number >= 0."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.form import APPLICATIONS, REMEDIES
from pipeline.reconcile import Problem, reconcile
from pipeline.reconcile.flow import Network
from pipeline.reconcile.shape import shape_of
from tests.reconcile.reconcile_tables import (
    COLUMNS,
    IDENTITIES,
    OUTCOMES,
    REMEDY_IDENTITIES,
    REMEDY_ROWS,
    ROWS,
    Oracle,
    identities_of,
    random_truth,
    table_of,
    texts,
)

QUICK = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def positional(known, identities=IDENTITIES, rows=ROWS, columns=COLUMNS):
    """A table whose layout gives every position: what is not known is blank."""
    return Problem(identities, known, frozenset((r, c) for r in rows for c in columns if (r, c) not in known), ())


REPORTED = {
    "received_new": 29,
    "carried_in": 2,
    "granted": 5,
    "partial": 10,
    "unavailable_not_held": 19,
    "handled_total": 34,
    "carried_out": 2,
}


def test_a_report_that_lists_29_and_2_against_34_and_2():
    result = reconcile(positional({(r, c): v for r, v in REPORTED.items() for c in ("natural_person", "total")}))
    assert [(v.identity.name, v.observed, v.expected) for v in result.violations] == [
        ("balance(natural_person)", 31, 36),
        ("balance(total)", 31, 36),
    ]
    assert len(result.deduced) == 161
    assert {d.value for d in result.deduced.values()} == {0}
    assert not result.infeasible
    assert result.set_aside == ("balance(natural_person)", "balance(total)")


def test_a_single_blank_is_filled_and_the_identities_are_named():
    truth = table_of(
        {
            "received_new": (5, 1, 0, 0, 0, 0, 6),
            "granted": (5, 1, 0, 0, 0, 0, 6),
            "handled_total": (5, 1, 0, 0, 0, 0, 6),
        }
    )
    del truth["granted", "enterprise"]
    result = reconcile(positional(truth))
    ((slot, found),) = result.deduced.items()
    assert slot == ("granted", "enterprise")
    assert found.value == 1
    assert set(found.identities) <= {"row_total(granted)", "results_total(enterprise)"}
    assert found.identities


def test_any_three_blanks_are_filled():
    rng = Random(5)
    for _ in range(20):
        truth = random_truth("2021", APPLICATIONS, rng, 0.3)
        lost = rng.sample(sorted(truth), 3)
        result = reconcile(positional({s: v for s, v in truth.items() if s not in lost}))
        assert {s: d.value for s, d in result.deduced.items()} == {s: truth[s] for s in lost}


def test_four_blanks_at_the_corners_of_a_rectangle_stay_open():
    truth = random_truth("2021", APPLICATIONS, Random(1), 1.0)
    corners = {(r, c) for r in ("granted", "partial") for c in ("natural_person", "enterprise")}
    assert not reconcile(positional({s: v for s, v in truth.items() if s not in corners})).deduced


def test_an_empty_table_tests_nothing():
    result = reconcile(positional({}))
    assert (result.deduced, result.placed, result.violations, result.infeasible) == ({}, {}, (), False)


def test_a_complete_table_has_nothing_to_deduce():
    truth = random_truth("2021", APPLICATIONS, Random(3), 0.4)
    result = reconcile(positional(truth))
    assert (result.deduced, result.violations, result.set_aside) == ({}, (), ())


def test_a_total_of_zero_makes_its_parts_zero_and_says_nothing_of_other_rows():
    result = reconcile(positional({("carried_in", "total"): 0}))
    assert {s: d.value for s, d in result.deduced.items()} == {("carried_in", c): 0 for c in COLUMNS[:-1]}
    assert result.deduced["carried_in", "enterprise"].identities == ("row_total(carried_in)",)


def test_a_blank_row_of_the_remedies_stays_open_beside_full_ones():
    known = {("reconsideration", c): v for c, v in zip(OUTCOMES, (1, 0, 0, 0, 1), strict=True)}
    known |= {("litigation_direct", "upheld"): 2, ("litigation_direct", "total"): 2}
    result = reconcile(positional(known, REMEDY_IDENTITIES, REMEDY_ROWS, OUTCOMES))
    assert {s: d.value for s, d in result.deduced.items()} == {
        ("litigation_direct", c): 0 for c in ("corrected", "other", "pending")
    }


def test_parts_that_exceed_their_total_violate_the_row_though_cells_are_blank():
    known = {("reconsideration", "upheld"): 4, ("reconsideration", "corrected"): 3, ("reconsideration", "total"): 5}
    result = reconcile(positional(known, REMEDY_IDENTITIES, REMEDY_ROWS, OUTCOMES))
    (violation,) = result.violations
    assert (violation.observed, violation.expected) == (7, 5)
    assert not result.deduced
    assert result.set_aside == ("remedies_total(reconsideration)",)


def test_a_difference_is_not_filled_through_a_number_that_a_violation_touches():
    # The row of the granted is wrong, and any of its numbers may be: none of its columns may fill a blank by it.
    truth = table_of({"granted": (5, 3, 0, 0, 0, 0, 8), "partial": (2, 1, 0, 0, 0, 0, 3)})
    truth |= {
        (r, c): truth["granted", c] + truth["partial", c] for r in ("received_new", "handled_total") for c in COLUMNS
    }
    known = dict(truth)
    known["granted", "natural_person"] = 6
    blanks = [("partial", "natural_person"), ("partial", "enterprise"), ("partial", "legal_service")]
    for s in blanks:
        del known[s]
    result = reconcile(positional(known))
    assert [v.identity.name for v in result.violations] == ["row_total(granted)"]
    assert {"row_total(granted)", "results_total(natural_person)"} <= set(result.set_aside)
    # The column of the legal services balances already, so its blank is 0; the other two stay open.
    assert {s: d.value for s, d in result.deduced.items()} == {("partial", "legal_service"): 0}


def test_identities_that_fail_only_together_are_set_aside():
    # Each holds alone: the parts of a row need 9 through blanks that the columns allow 2 of.
    truth = table_of(
        {
            "received_new": (2, 0, 0, 0, 0, 0, 2),
            "granted": (2, 0, 0, 0, 0, 0, 2),
            "handled_total": (2, 0, 0, 0, 0, 0, 2),
        }
    )
    known = {s: v for s, v in truth.items() if s[0] != "partial"} | {("partial", "total"): 9}
    del known["granted", "total"], known["handled_total", "total"], known["received_new", "total"]
    result = reconcile(positional(known))
    assert result.infeasible
    assert not result.violations
    assert "row_total(partial)" in result.set_aside
    # Any number may be wrong, so that not even a row whose printed numbers balance at 0 fixes its blank.
    assert not result.deduced


def test_a_row_that_the_text_lost_is_an_unknown_too():
    truth = random_truth("2021", APPLICATIONS, Random(2), 0.4)
    known = {s: v for s, v in truth.items() if s[0] != "declined_petition"}
    result = reconcile(Problem(IDENTITIES, known, frozenset(), ()))
    assert {s: d.value for s, d in result.deduced.items()} == {
        s: v for s, v in truth.items() if s[0] == "declined_petition"
    }


@pytest.mark.parametrize(("form", "table"), [("2021", APPLICATIONS), ("2019", APPLICATIONS), ("2021", REMEDIES)])
@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0, 1), printed=st.floats(0, 1))
def test_deduced_is_exactly_what_linear_programming_fixes(form, table, seed, density, printed):
    rng = Random(seed)
    identities = identities_of(form, table)
    truth = random_truth(form, table, rng, density)
    known = {s: v for s, v in truth.items() if rng.random() < printed}
    result = reconcile(Problem(identities, known, frozenset(truth) - frozenset(known), ()))
    assert not result.infeasible
    assert not result.set_aside
    assert {s: d.value for s, d in result.deduced.items()} == {s: truth[s] for s in result.deduced}
    oracle = Oracle(identities, known)
    assert oracle.not_fixed(oracle.unknown, truth) == set(oracle.unknown) - set(result.deduced)


@pytest.mark.parametrize("form", ["2019", "2021"])
@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0, 1), printed=st.floats(0, 1), kept=st.floats(0.3, 1))
def test_the_flow_step_stays_exact_whichever_identities_are_dropped(form, seed, density, printed, kept):
    rng = Random(seed)
    identities = identities_of(form, APPLICATIONS)
    shape = shape_of(identities)
    truth = random_truth(form, APPLICATIONS, rng, density)
    known = {s: v for s, v in truth.items() if rng.random() < printed}
    leaned = [rng.random() < kept for _ in identities]
    values = [known.get(s) for s in shape.slots]
    assert shape.ends is not None
    network = Network(shape, leaned, [v or 0 for v in values], values)
    assert network.solve() is None
    fixed = {shape.slots[s]: network.flow[s] for s in network.fixed()}
    assert fixed == {s: truth[s] for s in fixed}
    oracle = Oracle([i for i, ok in zip(identities, leaned, strict=True) if ok], known)
    assert oracle.not_fixed(oracle.unknown, truth) == set(oracle.unknown) - set(fixed)


@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0, 1), printed=st.floats(0, 1), kept=st.floats(0.3, 1))
def test_the_identities_named_for_a_number_fix_it_alone(seed, density, printed, kept):
    rng = Random(seed)
    shape = shape_of(IDENTITIES)
    truth = random_truth("2021", APPLICATIONS, rng, density)
    known = {s: v for s, v in truth.items() if rng.random() < printed}
    leaned = [rng.random() < kept for _ in IDENTITIES]
    values = [known.get(s) for s in shape.slots]
    assert shape.ends is not None
    network = Network(shape, leaned, [v or 0 for v in values], values)
    network.solve()
    for s, names in sorted(network.fixed().items())[:5]:
        oracle = Oracle([IDENTITIES[n] for n in sorted(names)], known)
        assert not oracle.not_fixed([shape.slots[s]], truth)


@QUICK
@given(seed=st.integers(0, 10**6), printed=st.floats(0.3, 1), wrong=st.integers(1, 4))
def test_wrong_numbers_are_reported_and_what_is_leaned_on_stays_consistent(seed, printed, wrong):
    rng = Random(seed)
    truth = random_truth("2021", APPLICATIONS, rng, 0.3)
    known = {s: v for s, v in truth.items() if rng.random() < printed}
    for s in rng.sample(sorted(known), wrong):
        known[s] += rng.randint(1, 9)
    result = reconcile(positional(known))
    leaned = [i for i in IDENTITIES if i.name not in result.set_aside]
    oracle = Oracle(leaned, known)
    point = oracle.solve([1.0] * len(oracle.unknown))
    assert point is not None, "identities leaned on contradict each other"
    values = dict(zip(oracle.unknown, point, strict=True)) | known
    assert {s: d.value for s, d in result.deduced.items()} == {s: values[s] for s in result.deduced}
    fixed = set(oracle.unknown) - oracle.not_fixed(oracle.unknown, values)
    if result.repairs is None:
        assert fixed == set(result.deduced)
    else:
        # Nor does a deduction rest on a number that one of the smallest repairs would change, or, where none was found,
        # on any number of an identity that fails.
        suspects = {c.slot for r in result.repairs.solutions for c in r.changes}
        is_located = bool(suspects)
        suspects = suspects or {(r, c) for v in result.violations for r, c, _ in v.identity.terms}
        trusted = Oracle(IDENTITIES, {s: v for s, v in known.items() if s not in suspects})
        agreed = trusted.solve([0.0] * len(trusted.unknown))
        if agreed is not None:
            both = dict(zip(trusted.unknown, agreed, strict=True))
            certain = set(trusted.unknown) - trusted.not_fixed(trusted.unknown, both | known)
            expected = {s for s in fixed & certain if both[s] == values[s]}
            assert set(result.deduced) <= expected
            assert set(result.deduced) == expected or not is_located
    if Oracle(IDENTITIES, known).solve([0.0] * len(Oracle(IDENTITIES, known).unknown)) is None:
        assert result.violations or result.infeasible


def test_the_order_of_mappings_does_not_matter():
    rng = Random(11)
    truth = random_truth("2021", APPLICATIONS, rng, 0.3)
    known = {s: v for s, v in truth.items() if rng.random() < 0.6}
    problem = positional(known)
    items = list(known.items())
    rng.shuffle(items)
    other = replace(problem, known=dict(items), blank=frozenset(rng.sample(sorted(problem.blank), len(problem.blank))))
    assert repr(reconcile(problem)) == repr(reconcile(other))


def test_numbers_are_not_negative():
    with pytest.raises(ValueError, match=">= 0"):
        reconcile(texts({"granted": (-1, 0, 0, 0, 0, 0, -1)}))


def test_a_slot_is_not_both_known_and_in_a_run():
    problem = texts({"granted": (1, 1)})
    with pytest.raises(ValueError, match="also known"):
        reconcile(replace(problem, known={("granted", "total"): 1}))
