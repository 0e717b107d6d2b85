"""Truths of statutory tables for the tests of `pipeline.reconcile`, ways to lose cells, and an oracle for deduction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random

import numpy as np
from scipy.optimize import linprog

from pipeline.form import APPLICATIONS, REMEDIES, IdentityInstance, column_codes, identity_instances, row_codes
from pipeline.reconcile import Problem, Run, Slot

Truth = dict[Slot, int]

TOTAL = "total"
COLUMNS = column_codes("2021", APPLICATIONS)
ROWS = row_codes("2021", APPLICATIONS)
IDENTITIES = identity_instances("2021", APPLICATIONS)
OUTCOMES = column_codes("2021", REMEDIES)
REMEDY_ROWS = row_codes("2021", REMEDIES)
REMEDY_IDENTITIES = identity_instances("2021", REMEDIES)


def identities_of(form: str, table: str) -> tuple[IdentityInstance, ...]:
    return identity_instances(form, table)


def table_of(
    rows: Mapping[str, Sequence[int]], columns: Sequence[str] = COLUMNS, all_rows: Sequence[str] = ROWS
) -> Truth:
    """A whole table from its rows as printed, complete rows only; rows not mentioned are zeros."""
    zero = (0,) * len(columns)
    return {(r, c): v for r in all_rows for c, v in zip(columns, rows.get(r, zero), strict=True)}


def texts(
    rows: Mapping[str, Sequence[int] | None],
    columns: Sequence[str] = COLUMNS,
    identities: tuple[IdentityInstance, ...] = IDENTITIES,
) -> Problem:
    """The table as a text gives it: complete rows are known, short ones are runs, None is a row printed empty."""
    known: Truth = {}
    blank: set[Slot] = set()
    runs = []
    for row, numbers in rows.items():
        slots = tuple((row, c) for c in columns)
        if numbers is None:
            blank.update(slots)
        elif len(numbers) == len(columns):
            known.update(zip(slots, numbers, strict=True))
        else:
            runs.append(Run(slots, tuple(numbers)))
    return Problem(identities, known, frozenset(blank), tuple(runs))


def random_truth(form: str, table: str, rng: Random, density: float, largest: int = 40) -> Truth:
    """A table that satisfies every identity of its form."""
    rows, columns = row_codes(form, table), column_codes(form, table)
    parts = [c for c in columns if c != TOTAL]
    truth = {(r, c): rng.randint(1, largest) if rng.random() < density else 0 for r in rows for c in parts}
    if table == APPLICATIONS:
        results = [r for r in rows if r not in ("received_new", "carried_in", "handled_total", "carried_out")]
        for c in parts:
            truth["handled_total", c] = sum(truth[r, c] for r in results)
            out = truth["handled_total", c] + truth["carried_out", c]
            truth["carried_in", c] = min(truth["carried_in", c], out)
            truth["received_new", c] = out - truth["carried_in", c]
    for r in rows:
        truth[r, TOTAL] = sum(truth[r, c] for c in parts)
    return {(r, c): truth[r, c] for r in rows for c in columns}


def lose(
    truth: Truth, columns: Sequence[str], rng: Random, zeros: float, numbers: float = 0.0
) -> tuple[list[tuple[str, list[int]]], list[list[Slot]]]:
    """Each row as printed after a share of its zeros and other numbers was lost; and where the printed ones stood."""
    printed, stood = [], []
    for row in dict.fromkeys(r for r, _ in truth):
        kept = [(row, c) for c in columns if rng.random() >= (numbers if truth[row, c] else zeros)]
        printed.append((row, [truth[s] for s in kept]))
        stood.append(kept)
    return printed, stood


def violated_now(identities: Iterable[IdentityInstance], values: Mapping[Slot, int]) -> list[str]:
    return [i.name for i in identities if sum(s * values[r, c] for r, c, s in i.terms)]


class Oracle:
    """Which unknowns have one value in every non-negative solution, by linear programming (the ranges are integral)."""

    def __init__(self, identities: Sequence[IdentityInstance], known: Mapping[Slot, int]) -> None:
        slots = list(dict.fromkeys((r, c) for i in identities for r, c, _ in i.terms))
        self.unknown = [s for s in slots if s not in known]
        at = {s: n for n, s in enumerate(self.unknown)}
        self.a = np.zeros((len(identities), len(self.unknown)))
        self.b = np.zeros(len(identities))
        for n, i in enumerate(identities):
            for r, c, sign in i.terms:
                if (r, c) in at:
                    self.a[n, at[r, c]] += sign
                else:
                    self.b[n] -= sign * known[r, c]

    def solve(self, weights: Sequence[float]) -> list[int] | None:
        """A solution of least weight, None if there is none. No number is above a million."""
        if not self.unknown:
            return [] if not self.b.any() else None
        found = linprog(weights, A_eq=self.a, b_eq=self.b, bounds=(0, 1e6), method="highs")
        return None if found.status == 2 else [round(x) for x in found.x]

    def not_fixed(self, candidates: Collection[Slot], truth: Mapping[Slot, int]) -> set[Slot]:
        """Of `candidates`, those for which some solution differs from `truth`."""
        open_ = set()
        left = [s for s in self.unknown if s in candidates]
        for sign in (1.0, -1.0):
            left = [s for s in left if s not in open_]
            open_ |= self._differing(dict.fromkeys(left, sign), truth)
        for s in [s for s in left if s not in open_]:
            if s not in open_:
                open_ |= self._differing({s: 1.0}, truth) | self._differing({s: -1.0}, truth)
        return open_ & set(candidates)

    def _differing(self, weight: Mapping[Slot, float], truth: Mapping[Slot, int]) -> set[Slot]:
        point = self.solve([weight.get(s, 0.0) for s in self.unknown])
        assert point is not None
        return {s for s, v in zip(self.unknown, point, strict=True) if v != truth[s]}
