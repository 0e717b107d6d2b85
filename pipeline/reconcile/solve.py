"""One statutory table reconciled: violations, deduction, placement, in that order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.reconcile.budget import Budget
from pipeline.reconcile.check import Values, violations
from pipeline.reconcile.deduce import Strict, deduce
from pipeline.reconcile.placement import Placing, place
from pipeline.reconcile.problem import (
    PREFERENCE,
    UNIQUE,
    Deduced,
    Placed,
    Problem,
    Repairs,
    Result,
    Run,
    RunOutcome,
    Slot,
)
from pipeline.reconcile.propagate import Bounds
from pipeline.reconcile.repair import repairs_of
from pipeline.reconcile.shape import Shape, shape_of

MOST = 1 << 62
"""Numbers are below this: sums of them stay far from what stands for infinity in bounds."""

_NOTHING: frozenset[int] = frozenset()


def reconcile(problem: Problem, cap: int = 20_000) -> Result:
    """Place the numbers of short runs and deduce the cells in which nothing certain is printed.

    Two questions, two meanings of a blank: where a printed number stands, a lost blank may be taken as 0; what an
    unprinted cell is, a blank is any number >= 0, and only what every feasible solution agrees on is deduced. The
    placement is a small constraint problem, exact up to `cap` states and "undecided" above it. Exact integers, no
    randomness; the order of mappings does not matter. Numbers are counts in the unit of the form. Raises ValueError
    for a negative number, or one of 2^62 or more.

    Source of the identities: the form's notes (see `pipeline.form.identities`). Of deduction: T. de Waal,
    J. Pannekoek, S. Scholtus, "Handbook of Statistical Data Editing and Imputation" (Wiley 2011), chapter 9.
    """
    budget = Budget(cap)
    shape, values, runs = _compile(problem)
    broken = violations(shape, values)
    found = tuple(broken[n] for n in sorted(broken))
    unknown = [s for s, v in enumerate(values) if v is None]
    if not unknown and not runs:
        failed = tuple(v.identity.name for v in found)
        return Result({}, {}, (), found, False, failed, repairs_of(shape, values, cap) if found else None)
    if all(v is None for v in values) and not any(r.numbers for r in runs):
        # Nothing is printed: nothing is tested.
        return Result({}, {}, tuple(RunOutcome("open", 1) for _ in runs), (), False, ())
    strict = deduce(shape, values, runs, frozenset(broken))
    placed: dict[int, Placed] = {}
    outcomes: list[RunOutcome] = []
    no_joint_reading = False
    lost_rows = _lost_rows(problem, shape)
    stated = {shape.index[s]: n for s, n in sorted(problem.stated.items()) if s in shape.index}

    def placing(strict: Strict) -> Placing:
        return place(shape, values, runs, strict, lost_rows, stated, budget)

    if runs:
        placed, outcomes, no_joint_reading = placing(strict)
    if no_joint_reading:
        # Some number of the short rows is wrong, or more than zeros was lost: which, nothing tells. Lost cells that
        # could be any number would absorb it, so what those rows touch is not deduced from.
        suspects = [n for n, o in enumerate(outcomes) if o.status == "infeasible" and any(runs[n].numbers)]
        retried = _without_the_balance(shape, strict, placing)
        strict = deduce(shape, values, runs, frozenset(broken), suspects)
        if retried is None:
            fixed = [all(strict.bounds.fixed(shape.index[s]) for s in r.slots) for r in runs]
            outcomes = [RunOutcome("unique", 1) if f else RunOutcome("infeasible", 0) for f in fixed]
            placed = {}
        else:
            placed, outcomes = retried
    fails = bool(found) or strict.infeasible or no_joint_reading
    repairs = _repairs(shape, values, placed, fails, cap)
    certain = _without_suspects(shape, values, runs, repairs, strict.failed)
    deduced: dict[Slot, Deduced] = {}
    names: dict[frozenset[int], tuple[str, ...]] = {}
    low, high, why, slots = strict.bounds.lo, strict.bounds.hi, strict.why, shape.slots
    for s in unknown:
        if low[s] != high[s]:
            continue
        if certain is not None and not (certain.fixed(s) and certain.lo[s] == low[s]):
            continue
        if not strict.is_located and s not in placed:
            continue  # several numbers may be wrong, and which, nothing tells: an unprinted cell stays open
        if not (s in placed and placed[s].value and placed[s].how == UNIQUE):
            by = why.get(s, _NOTHING)
            if by not in names:
                names[by] = tuple(map(shape.names.__getitem__, sorted(by)))
            deduced[slots[s]] = Deduced(low[s], names[by])
    return Result(
        {shape.slots[s]: p for s, p in sorted(placed.items()) if shape.slots[s] not in deduced},
        deduced,
        tuple(outcomes),
        found,
        strict.infeasible or no_joint_reading,
        tuple(name for name, ok in zip(shape.names, strict.leaned, strict=True) if not ok),
        repairs,
        budget.spent,
    )


def _without_suspects(
    shape: Shape, values: Values, runs: Sequence[Run], repairs: Repairs | None, failed: frozenset[int]
) -> Bounds | None:
    """What the table fixes when every number that may be the wrong one is taken for unknown: no deduction rests on it.

    Those are the numbers that a smallest repair would change, or all in the identities `failed` where no repair was found.
    None where nothing fails.
    """
    if repairs is None:
        return None
    suspects = {shape.index[c.slot] for r in repairs.solutions for c in r.changes}
    suspects = suspects or {s for n in failed for s in (*shape.left[n], *shape.right[n])}
    trusted = [None if s in suspects else v for s, v in enumerate(values)]
    touched = [n for n, r in enumerate(runs) if any(shape.index[x] in suspects for x in r.slots)]
    return deduce(shape, trusted, runs, frozenset(), touched).bounds


def _repairs(shape: Shape, values: Values, placed: dict[int, Placed], fails: bool, cap: int) -> Repairs | None:
    """Repairs of the printed numbers, those of short rows at the slots that they were given."""
    at = {s: p.value for s, p in placed.items() if p.number is not None}
    printed = [at.get(s, v) for s, v in enumerate(values)] if at else values
    if not fails and not (at and violations(shape, printed)):
        return None
    is_certain = all(placed[s].how == UNIQUE for s in at)
    return repairs_of(shape, printed, cap, is_certain=is_certain)


def _without_the_balance(
    shape: Shape, strict: Strict, placing: Callable[[Strict], Placing]
) -> tuple[dict[int, Placed], list[RunOutcome]] | None:
    """Rows that have no joint reading, read without the balance; None where that does not help.

    A source whose balance fails while its rows and results are right (29 + 2 against 34 + 2) is common. The results are
    not left aside in the same way: three numbers that do not add up would pass for three parts. Every number placed
    here says on what it rests.
    """
    if shape.frame is None:
        return None
    balance = frozenset(n for n in shape.frame.at.values() if n >= 0)
    placed, outcomes, none = placing(replace(strict, failed=strict.failed | balance))
    if none:
        return None
    return {s: p._replace(how=_aside(p.how)) for s, p in placed.items()}, outcomes


def _aside(how: str) -> str:
    aside = f"{PREFERENCE}the balance left aside, which no reading satisfies"
    return aside if how == UNIQUE else f"{aside}; {how.removeprefix(PREFERENCE)}"


def _compile(problem: Problem) -> tuple[Shape, list[int | None], tuple[Run, ...]]:
    """The problem by slot number. Known slots that no identity mentions do not matter and are left out."""
    numbers = [*problem.known.values(), *(n for r in problem.runs for n in r.numbers)]
    if min(numbers, default=0) < 0 or max(numbers, default=0) >= MOST:
        raise ValueError(f"reconcile: numbers must be >= 0 and below {MOST}, got {min(numbers)} to {max(numbers)}")
    shape = shape_of(problem.identities)
    in_runs = [s for r in problem.runs for s in r.slots]
    taken = set(in_runs)
    if len(taken) < len(in_runs) or not (taken.isdisjoint(problem.known) and taken.isdisjoint(problem.blank)):
        raise ValueError("reconcile: a slot of a run is also known, blank, or in another run")
    extra = tuple(s for s in in_runs if s not in shape.index)
    if extra:
        shape = shape_of(problem.identities, extra)
    return shape, list(map(problem.known.get, shape.slots)), problem.runs


def _lost_rows(problem: Problem, shape: Shape) -> frozenset[str]:
    seen = {row for row, _ in (*problem.known, *problem.blank, *(s for r in problem.runs for s in r.slots))}
    return frozenset(row for row, _ in shape.slots if row not in seen)
