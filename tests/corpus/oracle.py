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
    tested = any(e.tests for e in every)
    known_now = forced(usable)
    if known_now is None:
        return Answer({}, failing, True, not tested)
    rest = [r for e in usable if (r := reduced(e, known_now))[0]]
    blanks = sorted({k for terms, _ in rest for k, _ in terms})
    if not blanks:
        return Answer(known_now, failing, False, not tested)
    at = {k: i for i, k in enumerate(blanks)}
    matrix = np.zeros((len(rest), len(blanks)))
    for row, (terms, _) in enumerate(rest):
        for k, s in terms:
            matrix[row, at[k]] = s
    right = np.array([float(residual) for _, residual in rest])
    fixed = fixed_values(matrix, right)
    if fixed is None:
        return Answer({}, failing, True, not tested)
    solved = {blanks[i]: Decimal(round(v)) for i, v in fixed.items()}
    return Answer(known_now | solved, failing, False, not tested)


def reduced(e: Equation, known: dict[Key, Decimal]) -> tuple[tuple[tuple[Key, int], ...], Decimal]:
    """The blanks of an equation that are not known yet, and what they have to add up to."""
    open_ones = tuple((k, s) for k, s in e.blanks if k not in known)
    return open_ones, e.residual - sum((known[k] * s for k, s in e.blanks if k in known), Decimal(0))


def forced(equations: list[Equation]) -> dict[Key, Decimal] | None:
    """What follows equation by equation, so that most tables need no linear program: the only blank of an equation, and
    blanks of one sign that add up to zero. None where an equation cannot hold."""
    known: dict[Key, Decimal] = {}
    waiting, before = equations, -1
    while before != len(known):
        before, still = len(known), []
        for e in waiting:
            terms, residual = reduced(e, known)
            signs = {s for _, s in terms}
            if (not terms and residual) or (len(signs) == 1 and residual * next(iter(signs)) < 0):
                return None
            if len(signs) == 1 and (not residual or len(terms) == 1):
                known |= {k: residual * s if residual else Decimal(0) for k, s in terms}
            elif terms:
                still.append(e)
        waiting = still
    return known


def fixed_values(matrix: np.ndarray, right: np.ndarray) -> dict[int, float] | None:
    """Index and value of every variable that is the same in all solutions of `matrix` x = `right`, x >= 0; None where
    there is no solution.

    One program finds the variables that can be more than zero at all: solutions scaled up (by `scale`) and added up show
    all of them at once, each counted to 1. Among these, what moves is what the null space of their columns moves.
    """
    rows, n = matrix.shape
    eye, none = np.eye(n), np.zeros((n, 1))
    answer = linprog(
        np.concatenate((np.zeros(n), -np.ones(n), np.zeros(1))),  # x, what is counted of it, scale
        A_eq=np.hstack((matrix, np.zeros((rows, n)), -right[:, None])),
        b_eq=np.zeros(rows),
        A_ub=np.hstack((-eye, eye, none)),
        b_ub=np.zeros(n),
        bounds=[(0, None)] * n + [(0, 1)] * n + [(1, None)],
        method="highs",
    )
    if answer.status != 0:
        return None
    solution, counted = answer.x[:n] / answer.x[-1], answer.x[n : 2 * n]
    positive = np.flatnonzero(counted > 0.5)
    fixed = {int(i): 0.0 for i in np.flatnonzero(counted <= 0.5)}
    moves = moving(matrix[:, positive])
    return fixed | {int(i): float(solution[i]) for i, m in zip(positive, moves, strict=True) if not m}


def moving(matrix: np.ndarray) -> np.ndarray:
    """Which variables are not the same in all x with `matrix` x = 0: by elimination, those that are free or hang on one."""
    left = matrix.copy()
    row, pivots = 0, []
    for column in range(left.shape[1]):
        if row == len(left):
            break
        at = row + int(np.abs(left[row:, column]).argmax())
        if abs(left[at, column]) < EPSILON:
            continue
        left[[row, at]] = left[[at, row]]
        left[row] /= left[row, column]
        others = left[:, column].copy()
        others[row] = 0.0
        left -= np.outer(others, left[row])
        pivots.append(column)
        row += 1
    out = np.ones(left.shape[1], bool)
    out[pivots] = False
    out[pivots] = (np.abs(left[:row, out]) > EPSILON).any(axis=1)
    return out
