"""What the identities fix in a table, by linear programming: an answer that owes nothing to the pipeline's own code.

A blank is a number that is not negative; it is fixed where its least and its greatest feasible value agree. An identity
that fails as printed is left out. One that shares a printed cell with a failing one is used only where its printed cells
already balance and its blanks stand on one side, so that they are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.optimize import linprog

from pipeline import form
from tests.corpus.numbers import Key

EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Equation:
    """sum(sign * blank) = residual, from one identity at one row or column."""

    axis: str
    at: str
    blanks: tuple[tuple[Key, int], ...]
    residual: Decimal
    printed: frozenset[Key]
    tests: bool

    @property
    def fails(self) -> bool:
        """No non-negative blanks can satisfy it."""
        signs = {s for _, s in self.blanks}
        if not signs:
            return self.residual != 0
        return len(signs) == 1 and self.residual * next(iter(signs)) < 0

    @property
    def zeroes(self) -> bool:
        return self.residual == 0 and len({s for _, s in self.blanks}) == 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`fixed`: what each determined blank is. `failing`: the identities that the printed numbers break.
    `is_infeasible`: the others contradict each other, so nothing is fixed. `is_untested`: no identity has printed
    numbers on both sides, so that to leave a fixed blank open is right too."""

    fixed: dict[Key, Decimal]
    failing: tuple[Equation, ...]
    is_infeasible: bool
    is_untested: bool


def equations(form_code: str, table_code: str, known: dict[Key, Decimal | None]) -> list[Equation]:
    axes = {i.identity_code: i.axis for i in form.identities(table_code)}
    out = []
    for instance in form.identity_instances(form_code, table_code):
        terms = [((r, c), s) for r, c, s in instance.terms]
        blanks = tuple((k, s) for k, s in terms if known[k] is None)
        printed = [(k, s) for k, s in terms if known[k] is not None]
        total = sum((known[k] * s for k, s in printed), Decimal(0))  # type: ignore[operator]
        tests = {s for _, s in printed} == {1, -1}
        out.append(
            Equation(axes[instance.identity_code], instance.at, blanks, -total, frozenset(k for k, _ in printed), tests)
        )
    return out


def solve(form_code: str, table_code: str, known: dict[Key, Decimal | None]) -> Answer:
    """`known`: the number of every cell, 0 where the cell does not apply, None where nothing is printed."""
    every = equations(form_code, table_code, known)
    failing = tuple(e for e in every if e.fails)
    tainted = {k for e in failing for k in e.printed}
    usable = [e for e in every if e.blanks and not e.fails and (not e.printed & tainted or e.zeroes)]
    blanks = sorted({k for e in usable for k, _ in e.blanks})
    tested = any(e.tests for e in every)
    if not blanks:
        return Answer({}, failing, False, not tested)
    at = {k: i for i, k in enumerate(blanks)}
    matrix = np.zeros((len(usable), len(blanks)))
    for row, e in enumerate(usable):
        for k, s in e.blanks:
            matrix[row, at[k]] = s
    right = np.array([float(e.residual) for e in usable])
    # No fixed blank exceeds what is printed; the bound only keeps the program finite.
    bound = 10.0 * (1 + sum(abs(float(v)) for v in known.values() if v is not None))
    fixed = fixed_values(matrix, right, bound)
    if fixed is None:
        return Answer({}, failing, True, not tested)
    return Answer({blanks[i]: Decimal(round(v)) for i, v in fixed.items()}, failing, False, not tested)


def fixed_values(matrix: np.ndarray, right: np.ndarray, bound: float) -> dict[int, float] | None:
    """Index and value of every variable that is the same in all solutions; None where there is no solution."""

    def extreme(cost: np.ndarray) -> np.ndarray | None:
        answer = linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, bound), method="highs")
        return answer.x if answer.status == 0 else None

    n = matrix.shape[1]
    rng = np.random.default_rng(0)
    first = extreme(np.ones(n))
    if first is None:
        return None
    candidates = np.ones(n, bool)

    def narrow(cost: np.ndarray) -> None:
        other = extreme(cost)
        if other is not None:
            candidates[np.abs(other - first) > EPSILON] = False

    for _ in range(3):
        narrow(rng.uniform(-1, 1, n))
    # All zeros at once: if their greatest sum is zero, each of them is fixed; what moves leaves the candidates.
    while True:
        zeros = candidates & (np.abs(first) <= EPSILON)
        before = zeros.sum()
        if before:
            narrow(-zeros.astype(float))
        if (candidates & (np.abs(first) <= EPSILON)).sum() == before:
            break
    for i in np.flatnonzero(candidates & (np.abs(first) > EPSILON)):
        for sign in (1.0, -1.0):
            if candidates[i]:
                cost = np.zeros(n)
                cost[i] = sign
                narrow(cost)
    return {int(i): float(first[i]) for i in np.flatnonzero(candidates)}
