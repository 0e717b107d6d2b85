"""The strict stage: what every feasible reading agrees on. A lost or blank cell is any number >= 0 here.

Deductive imputation: T. de Waal, J. Pannekoek, S. Scholtus, "Handbook of Statistical Data Editing and Imputation"
(Wiley 2011), chapter 9.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.reconcile.check import Values, leaned
from pipeline.reconcile.fillings import MOST_FILLINGS, NO_BOUND, Table, count_fillings
from pipeline.reconcile.flow import Network
from pipeline.reconcile.problem import Run
from pipeline.reconcile.propagate import Bounds
from pipeline.reconcile.shape import Shape


@dataclass(frozen=True, slots=True)
class Strict:
    """Bounds and remaining fillings after deduction.

    `failed`: identities that do not hold, alone or together; `is_located`: none fails only together with others;
    `leaned`: those that the deduction rests on;
    `tables`: by run, None for a run that no reading satisfies or that is `too_long` to look at; `why`: identities that
    fix a slot, by slot.
    """

    bounds: Bounds
    leaned: list[bool]
    failed: frozenset[int]
    is_located: bool
    tables: list[Table | None]
    infeasible: bool
    why: dict[int, frozenset[int]]
    too_long: frozenset[int]


def deduce(
    shape: Shape, values: Values, runs: Sequence[Run], violated: frozenset[int], distrusted: Collection[int] = ()
) -> Strict:
    """Tighten bounds exactly; set aside what fails, and go on with the rest.

    `distrusted`: runs one of which has a wrong number, as is known from elsewhere; nothing is deduced through them.
    """
    failed = violated
    too_long = _too_long(shape, runs)
    usable = [len(r.numbers) <= len(r.slots) and n not in distrusted for n, r in enumerate(runs)]
    infeasible = not all(usable)
    failed |= _touching(shape, runs, usable)
    is_located = True
    while True:
        lean = leaned(shape, values, failed, is_located=is_located)
        looked_at = [ok and n not in too_long for n, ok in enumerate(usable)]
        tables = [Table(shape, r) if ok else None for r, ok in zip(runs, looked_at, strict=True)]
        bounds = Bounds(shape, values)
        why: dict[int, frozenset[int]] = {}
        if _settle(shape, values, bounds, lean, tables, why):
            return Strict(bounds, lean, failed, is_located, tables, infeasible, why, too_long)
        infeasible = True
        contradiction = _contradiction(shape, values, lean)
        if contradiction is not None:
            failed |= contradiction
            is_located = False
        else:
            # The numbers at known places agree; a short row is to blame. Which one, only a row alone can tell.
            alone = [
                t is None or Bounds(shape, [None] * len(values)).propagate(lean, [Table(shape, r)])
                for t, r in zip(tables, runs, strict=True)
            ]
            if all(alone):
                # All that are left are suspects, those with numbers before those of zeros.
                numbered = [u and any(r.numbers) for u, r in zip(usable, runs, strict=True)]
                alone = [not n for n in numbered] if any(numbered) else [False] * len(runs)
            usable = [u and a for u, a in zip(usable, alone, strict=True)]
            failed |= _touching(shape, runs, usable)


def _too_long(shape: Shape, runs: Sequence[Run]) -> frozenset[int]:
    """Runs over several rows with too many ways to share their numbers among the rows; they constrain nothing."""
    left, out = MOST_FILLINGS, set()
    for n, run in enumerate(runs):
        ways = count_fillings(shape, run)
        if ways > left:
            out.add(n)
        else:
            left -= ways
    return frozenset(out)


def _touching(shape: Shape, runs: Sequence[Run], usable: Sequence[bool]) -> frozenset[int]:
    """Identities with a slot of a run that has no reading: its wrong number may stand in any of them."""
    return frozenset(
        n for r, ok in zip(runs, usable, strict=True) if not ok for s in r.slots for n in shape.uses[shape.index[s]]
    )


def _contradiction(shape: Shape, values: Values, lean: Sequence[bool]) -> frozenset[int] | None:
    """The identities that contradict each other over the numbers at known places alone."""
    if shape.ends is None:
        if Bounds(shape, values).propagate(lean, []):
            return None
        return frozenset(n for n, ok in enumerate(lean) if ok)
    network = Network(shape, lean, [v or 0 for v in values], values)
    found = network.solve()
    return network.identities(found) if found is not None else None


def _settle(
    shape: Shape,
    values: Values,
    bounds: Bounds,
    lean: Sequence[bool],
    tables: Sequence[Table | None],
    why: dict[int, frozenset[int]],
) -> bool:
    """Propagation and the exact flow step in turn, until neither fixes anything more; False on a contradiction."""
    live = [t for t in tables if t is not None]
    in_run = {s for t in live for g in t.groups for s in g.slots}
    while True:
        if not bounds.propagate(lean, live):
            return False
        fixed = [low == high for low, high in zip(bounds.lo, bounds.hi, strict=True)]
        for s, v in enumerate(values):
            if v is None and fixed[s] and s not in why:
                why[s] = frozenset(n for n in (bounds.why_lo[s], bounds.why_hi[s]) if n >= 0)
        if shape.ends is None or all(fixed):
            return True
        # Bounds that identities imply are left out, so that a cut names those identities itself.
        own = [f or s in in_run for s, f in enumerate(fixed)]
        low = [b if o else 0 for b, o in zip(bounds.lo, own, strict=True)]
        high = [b if o and b < NO_BOUND else None for b, o in zip(bounds.hi, own, strict=True)]
        network = Network(shape, lean, low, high)
        if network.solve() is not None:
            return False
        found = network.fixed()
        for s, names in found.items():
            bounds.lo[s] = bounds.hi[s] = network.flow[s]
            why[s] = names
        if not found or not live:
            return True
