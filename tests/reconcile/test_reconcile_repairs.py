"""Errors located: every smallest repair is found, the only one is suggested, and no printed number is touched."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.form import APPLICATIONS
from pipeline.reconcile import Problem, Repairs, Slot, reconcile
from pipeline.reconcile.shape import shape_of
from tests.reconcile.reconcile_tables import (
    COLUMNS,
    IDENTITIES,
    OUTCOMES,
    REMEDY_IDENTITIES,
    REMEDY_ROWS,
    ROWS,
    Oracle,
    Truth,
    identities_of,
    random_truth,
    table_of,
    violated_now,
)

QUICK = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FORMS = st.sampled_from(["2019", "2021"])


def printed(table: Truth, form: str = "2021", blank: frozenset[Slot] = frozenset()) -> Problem:
    return Problem(identities_of(form, APPLICATIONS), {s: v for s, v in table.items() if s not in blank}, blank, ())


def repairs(problem: Problem) -> Repairs:
    found = reconcile(problem).repairs
    assert found is not None
    return found


def as_sets(found: Repairs) -> set[frozenset[tuple[Slot, int | None]]]:
    return {frozenset((c.slot, c.repaired) for c in r.changes) for r in found.solutions}


# A small report: 12 new, 1 carried in, 9 granted, 3 in part, 1 carried over.
REPORT = table_of(
    {
        "received_new": (10, 2, 0, 0, 0, 0, 12),
        "carried_in": (1, 0, 0, 0, 0, 0, 1),
        "granted": (7, 2, 0, 0, 0, 0, 9),
        "partial": (3, 0, 0, 0, 0, 0, 3),
        "handled_total": (10, 2, 0, 0, 0, 0, 12),
        "carried_out": (1, 0, 0, 0, 0, 0, 1),
    }
)


def test_a_table_that_adds_up_needs_no_repair():
    assert reconcile(printed(REPORT)).repairs is None


def test_one_wrong_number_is_located_and_its_true_value_suggested():
    found = repairs(printed(REPORT | {("granted", "natural_person"): 1}))
    assert as_sets(found) == {frozenset({(("granted", "natural_person"), 7)})}
    assert (found.solutions[0].kind, found.solutions[0].weight) == ("digit", 70)
    assert found.suggested == {("granted", "natural_person"): 7}
    assert found.is_complete


def test_two_numbers_of_a_row_that_changed_places():
    swapped = {("granted", "natural_person"): 2, ("granted", "enterprise"): 7}
    found = repairs(printed(REPORT | swapped))
    assert found.solutions[0].kind == "swapped"
    assert found.suggested == {("granted", "natural_person"): 7, ("granted", "enterprise"): 2}


def test_two_numbers_of_a_column_that_changed_places_are_told_from_other_pairs():
    swapped = {("granted", "natural_person"): 3, ("partial", "natural_person"): 7}
    found = repairs(printed(REPORT | swapped))
    # Any column could make up for it in two numbers; in one of them they have just changed places.
    assert len(found.solutions) > 1
    assert found.suggested == {("granted", "natural_person"): 7, ("partial", "natural_person"): 3}


def test_a_row_moved_by_one_column():
    moved = dict(zip([("granted", c) for c in COLUMNS], (0, 7, 2, 0, 0, 0, 0), strict=True))
    found = repairs(printed(REPORT | moved))
    assert found.solutions[0].kind == "shifted"
    assert found.suggested == {
        ("granted", "natural_person"): 7,
        ("granted", "enterprise"): 2,
        ("granted", "research_institution"): 0,
        ("granted", "total"): 9,
    }


def test_ten_read_as_one_and_nought():
    split = dict(zip([("handled_total", c) for c in COLUMNS], (1, 0, 2, 0, 0, 0, 0), strict=True))
    found = repairs(printed(REPORT | split))
    assert found.solutions[0].kind == "merged"
    assert {s: v for s, v in found.suggested.items() if v} == {
        ("handled_total", "natural_person"): 10,
        ("handled_total", "enterprise"): 2,
        ("handled_total", "total"): 12,
    }


def test_a_balance_that_fails_in_two_columns_has_several_smallest_repairs_and_none_is_suggested():
    reported = {"received_new": 29, "carried_in": 2, "granted": 5, "partial": 29, "handled_total": 34, "carried_out": 2}
    known = {(r, c): v for r, v in reported.items() for c in ("natural_person", "total")}
    blank = frozenset((r, c) for r in ROWS for c in COLUMNS if (r, c) not in known)
    found = repairs(Problem(IDENTITIES, known, blank, ()))
    assert as_sets(found) == {
        frozenset({(("received_new", "natural_person"), 34), (("received_new", "total"), 34)}),
        frozenset({(("carried_in", "natural_person"), 7), (("carried_in", "total"), 7)}),
    }
    assert not found.suggested


def test_of_several_repairs_as_small_the_likelier_is_listed_first_and_none_is_suggested():
    """Only a total stands beside its parts: the digit that looks misread proves nothing."""
    known = {("granted", "natural_person"): 40, ("granted", "enterprise"): 3, ("granted", "total"): 42}
    blank = frozenset((r, c) for r in ROWS for c in COLUMNS if (r, c) not in known)
    found = repairs(Problem(IDENTITIES, known, blank, ()))
    assert len(found.solutions) > 1
    assert [r.weight for r in found.solutions] == sorted(r.weight for r in found.solutions)
    assert not found.suggested


def test_where_nothing_is_located_nothing_is_deduced_from_what_fails():
    rng = Random(5)
    table = {s: v + rng.randint(1, 50) if rng.random() < 0.4 else v for s, v in REPORT.items()}
    blank = ("partial", "enterprise")
    result = reconcile(printed(table, blank=frozenset({blank})))
    assert result.repairs is not None
    assert not result.repairs.solutions
    assert blank not in result.deduced


def test_a_number_that_no_report_prints_is_refused():
    with pytest.raises(ValueError, match="below"):
        reconcile(printed(REPORT | {("granted", "total"): 2**81}))


def test_a_row_of_remedies_has_five_suspects_and_none_is_suggested():
    table = table_of({"reconsideration": (30, 20, 0, 10, 66)}, OUTCOMES, REMEDY_ROWS)
    found = repairs(Problem(REMEDY_IDENTITIES, table, frozenset(), ()))
    assert {s for r in as_sets(found) for s, _ in r} == {("reconsideration", c) for c in OUTCOMES}
    assert not found.suggested


def test_a_table_beyond_the_cap_is_undecided():
    rng = Random(5)
    table = {s: v + rng.randint(1, 50) if rng.random() < 0.4 else v for s, v in REPORT.items()}
    found = repairs(printed(table))
    assert (found.solutions, found.is_complete, dict(found.suggested)) == ((), False, {})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), form=FORMS, density=st.floats(0.02, 1), by=st.integers(1, 10**6))
def test_any_single_wrong_number_of_a_complete_table_is_located(seed: int, form: str, density: float, by: int) -> None:
    rng = Random(seed)
    truth = random_truth(form, APPLICATIONS, rng, density)
    slot = rng.choice(sorted(truth))
    found = repairs(printed(truth | {slot: truth[slot] + by}, form))
    assert as_sets(found) == {frozenset({(slot, truth[slot])})}
    assert found.suggested == {slot: truth[slot]}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), form=FORMS, density=st.floats(0.02, 1), wrong=st.integers(2, 6))
def test_repairs_satisfy_every_identity_and_are_no_larger_than_the_truth(
    seed: int, form: str, density: float, wrong: int
) -> None:
    rng = Random(seed)
    truth = random_truth(form, APPLICATIONS, rng, density)
    table = dict(truth)
    for slot in rng.sample(sorted(truth), wrong):
        table[slot] = rng.choice([v for v in range(60) if v != truth[slot]])
    result = reconcile(printed(table, form))
    if wrong <= 3:
        assert result.violations
    for r in result.repairs.solutions if result.repairs else ():
        mended = table | {c.slot: c.repaired for c in r.changes}
        assert not violated_now(identities_of(form, APPLICATIONS), mended)
        assert min(mended.values()) >= 0
        assert all(c.printed == table[c.slot] != c.repaired for c in r.changes)
        assert r.kind in ("shifted", "merged") or len(r.changes) <= wrong
    assert result.placed == {}


@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0.05, 0.5), close=st.booleans())
def test_every_pair_of_changes_that_mends_two_wrong_numbers_is_listed(seed: int, density: float, close: bool) -> None:
    """Against all pairs of cells, each tried by linear algebra."""
    rng = Random(seed)
    truth = random_truth("2021", APPLICATIONS, rng, density, largest=9)
    first = rng.choice(sorted(truth))
    others = [s for s in sorted(truth) if s != first and (not close or s[1] == first[1])]
    table = dict(truth)
    for slot in (first, rng.choice(others)):
        table[slot] += rng.randint(1, 9)
    shape = shape_of(IDENTITIES)
    matrix = np.zeros((len(shape.identities), len(shape.slots)))
    for n, (left, right) in enumerate(zip(shape.left, shape.right, strict=True)):
        matrix[n, list(left)] = 1
        matrix[n, list(right)] = -1
    off = matrix @ np.array([table[s] for s in shape.slots])
    touching = [s for s in range(len(shape.slots)) if matrix[off != 0][:, s].any()]
    expected = set()
    for pair in itertools.combinations(touching, 2):
        change, *_ = np.linalg.lstsq(matrix[:, pair], -off, rcond=None)
        if np.allclose(matrix[:, pair] @ change, -off) and all(abs(c) > 0.5 for c in change):
            new = {shape.slots[s]: table[shape.slots[s]] + round(c) for s, c in zip(pair, change, strict=True)}
            if min(new.values()) >= 0:
                expected.add(frozenset(new.items()))
    found = repairs(printed(table))
    if len(found.solutions[0].changes) == 2:
        assert {s for s in as_sets(found) if len(s) == 2} == expected


@QUICK
@given(seed=st.integers(0, 10**6), density=st.floats(0.05, 0.5), blanks=st.floats(0.1, 0.9))
def test_with_blanks_the_single_numbers_that_could_be_wrong_are_exactly_those_listed(
    seed: int, density: float, blanks: float
) -> None:
    """Against each cell in turn taken for unknown, by linear programming. A blank is any number >= 0."""
    rng = Random(seed)
    truth = random_truth("2021", APPLICATIONS, rng, density)
    blank = frozenset(s for s, v in truth.items() if not v and rng.random() < blanks)
    wrong = rng.choice(sorted(set(truth) - blank))
    table = truth | {wrong: truth[wrong] + rng.randint(1, 30)}
    known = {s: v for s, v in table.items() if s not in blank}
    found = reconcile(printed(table, blank=blank)).repairs
    if found is None:
        assert Oracle(IDENTITIES, known).solve([0.0] * len(blank)) is not None
        return
    suspects = set()
    for slot in known:
        oracle = Oracle(IDENTITIES, {s: v for s, v in known.items() if s != slot})
        if oracle.solve([0.0] * len(oracle.unknown)) is not None:
            suspects.add(slot)
    assert {c.slot for r in found.solutions for c in r.changes} == suspects
    assert wrong in suspects


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_the_order_of_mappings_does_not_matter(form: str) -> None:
    rng = Random(3)
    truth = random_truth(form, APPLICATIONS, rng, 0.3)
    table = truth | {
        ("granted", "total"): truth["granted", "total"] + 1,
        ("partial", "total"): truth["partial", "total"] + 1,
    }
    items = list(table.items())
    rng.shuffle(items)
    assert repr(repairs(printed(table, form))) == repr(repairs(printed(dict(items), form)))


def test_totals_that_were_never_filled_in():
    """Totals printed as 0 beside parts: one cause, though every row with numbers is off."""
    zeroed = REPORT | {(r, "total"): 0 for r in ROWS}
    found = repairs(printed(zeroed))
    assert [r.kind for r in found.solutions] == ["zeroed"]
    assert found.suggested == {(r, "total"): REPORT[r, "total"] for r in ROWS if REPORT[r, "total"]}
