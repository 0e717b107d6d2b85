"""The readings of one short run, merged into classes. A lost blank counts as 0 here, and a total may be the blank.

Placements that differ only in where zeros stand satisfy the same identities: a class is where the non-zero numbers
stand. A lost cell that the strict stage has fixed counts as what it was fixed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reconcile.check import Values
from pipeline.reconcile.propagate import Bounds, Filling, Group, Table
from pipeline.reconcile.shape import Shape


class TooManyStates(Exception):
    """The enumeration passed its cap; the question stays undecided."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A class of readings of a run.

    `where`: (index of the number, slot) of every non-zero number. `tested`: rows in which a printed total equals the
    parts; `untested`: rows with non-zero numbers whose total is the blank. `parts`: (slot, number) of every part that
    is not zero, lost cells that were deduced among them.
    """

    where: tuple[tuple[int, int], ...]
    tested: tuple[str, ...]
    untested: tuple[str, ...]
    parts: tuple[tuple[int, int], ...]


def readings_of(shape: Shape, values: Values, bounds: Bounds, table: Table, cap: int) -> list[Reading]:
    """Every class of readings of a run that its own rows and the strict bounds allow, in a fixed order."""
    partial: dict[tuple[int, tuple[tuple[int, int], ...]], Reading] = {(0, ()): Reading((), (), (), ())}
    for group, fillings in zip(table.groups, table.live, strict=True):
        of_group: dict[int, list[tuple[int, Reading]]] = {}
        for filling in fillings:
            reading = _reading(shape, values, bounds, table.numbers, group, filling)
            if reading is not None:
                of_group.setdefault(filling[0], []).append((filling[0] + len(filling[1]), reading))
        extended: dict[tuple[int, tuple[tuple[int, int], ...]], Reading] = {}
        for (used, _), a in partial.items():
            for now_used, b in of_group.get(used, ()):
                where = a.where + b.where
                if (now_used, where) not in extended:
                    extended[now_used, where] = Reading(
                        where, a.tested + b.tested, a.untested + b.untested, a.parts + b.parts
                    )
                    if len(extended) > cap:
                        raise TooManyStates
        partial = extended
    return [r for (used, _), r in sorted(partial.items(), key=lambda x: x[0]) if used == len(table.numbers)]


def _reading(
    shape: Shape, values: Values, bounds: Bounds, numbers: tuple[int, ...], group: Group, filling: Filling
) -> Reading | None:
    first, at = filling
    printed = {group.slots[p]: numbers[first + n] for n, p in enumerate(at)}
    where = tuple((first + n, group.slots[p]) for n, p in enumerate(at) if numbers[first + n])
    if group.identity < 0:
        ok = all(bounds.lo[s] == 0 or bounds.fixed(s) for s in group.slots if s not in printed)
        return (
            Reading(where, (), (), tuple((group.slots[p], numbers[first + n]) for n, p in enumerate(at)))
            if ok
            else None
        )
    row = shape.rows[group.row]
    parts = []
    for s in row.parts:
        v = printed.get(s, values[s])
        if v is None:
            v = lost(bounds, s)
            if v is None:
                return None
        if v:
            parts.append((s, v))
    total = sum(v for _, v in parts)
    shown = printed.get(row.total, values[row.total])
    if shown is None:
        if not bounds.lo[row.total] <= total <= bounds.hi[row.total]:
            return None
    elif shown != total:
        return None
    if not where:
        return Reading((), (), (), tuple(parts))
    tested, untested = ((group.row,), ()) if shown is not None else ((), (group.row,))
    return Reading(where, tested, untested, tuple(parts))


def lost(bounds: Bounds, s: int) -> int | None:
    """What a lost cell counts as: what it was fixed at, else 0; None if it cannot be 0."""
    if bounds.fixed(s) or bounds.lo[s] == 0:
        return bounds.lo[s]
    return None


def packing(bits: int, columns: int) -> tuple[list[int], int]:
    """Shift of each column in a packed vector, and the guard bits for comparing two of them part by part."""
    shifts = [bits * n for n in range(columns)]
    return shifts, sum(1 << (s + bits - 1) for s in shifts)


def pack(parts: Sequence[tuple[int, int]], shift_of: dict[int, int]) -> int:
    """A row's parts as one integer, a field a column: adding integers adds rows."""
    return sum(v << shift_of[s] for s, v in parts)
