"""The oracle of the corpus against the plain definition: a blank is fixed where its least and its greatest value agree."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest
from scipy.optimize import linprog

from pipeline import form
from tests.corpus import oracle, random_truth
from tests.corpus.numbers import Key

Known = dict[Key, Decimal | None]


def least_and_greatest(form_code: str, table_code: str, known: Known) -> dict[Key, Decimal] | None:
    """Two linear programs for every blank of the identities that hold; None where they contradict each other."""
    every = oracle.equations(form_code, table_code, known)
    tainted = {k for e in every if e.fails for k in e.printed}
    usable = [e for e in every if e.blanks and not e.fails and (not e.printed & tainted or e.zeroes)]
    blanks = sorted({k for e in usable for k, _ in e.blanks})
    matrix = np.array([[dict(e.blanks).get(k, 0) for k in blanks] for e in usable], float).reshape(-1, len(blanks))
    right = [float(e.residual) for e in usable]
    out = {}
    for at, blank in enumerate(blanks):
        cost = np.eye(len(blanks))[at]
        least, greatest = (linprog(s * cost, A_eq=matrix, b_eq=right, bounds=(0, 1e7)) for s in (1, -1))
        if least.status != 0:
            return None
        if abs(least.fun + greatest.fun) < 1e-6:
            out[blank] = Decimal(round(least.fun))
    return out


@pytest.mark.parametrize("seed", range(9))
def test_what_the_identities_fix_is_what_cannot_be_otherwise(seed: int) -> None:
    rng = random.Random(f"oracle {seed}")
    table = random_truth(seed, consistent=bool(seed % 3)).tables[rng.choice((form.REMEDIES, form.APPLICATIONS))]
    known: Known = {k: c.number for k, c in table.cells.items()}
    for k in rng.sample(sorted(known), min(14 + seed, len(known) // 2)):
        known[k] = None
    answer = oracle.solve(table.form, table.table_code, known)
    wanted = least_and_greatest(table.form, table.table_code, known)
    assert answer.is_infeasible == (wanted is None)
    assert answer.fixed == (wanted or {})


def test_one_blank_in_a_row_is_the_rest_of_its_total() -> None:
    known: Known = {(d.row_code, d.column_code): Decimal(0) for d in form.cell_defs("2021", form.REMEDIES)}
    known["reconsideration", "total"] = Decimal(7)
    known["reconsideration", "upheld"] = None
    assert oracle.solve("2021", form.REMEDIES, known).fixed == {("reconsideration", "upheld"): Decimal(7)}


def test_two_blanks_in_a_row_are_open_unless_nothing_is_left_for_them() -> None:
    known: Known = {(d.row_code, d.column_code): Decimal(0) for d in form.cell_defs("2021", form.REMEDIES)}
    known["reconsideration", "total"] = Decimal(7)
    for row in ("reconsideration", "litigation_direct"):
        known[row, "upheld"] = known[row, "other"] = None
    fixed = oracle.solve("2021", form.REMEDIES, known).fixed
    assert fixed == {("litigation_direct", "upheld"): Decimal(0), ("litigation_direct", "other"): Decimal(0)}
