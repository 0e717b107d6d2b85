"""The readings of one short run, merged into classes. A lost blank counts as 0 here, and a total may be the blank.

Placements that differ only in where zeros stand satisfy the same identities: a class is where the non-zero numbers
stand. A lost cell that the strict stage has fixed counts as what it was fixed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.reconcile.budget import Budget
from pipeline.reconcile.check import Values
from pipeline.reconcile.fillings import Filling, Group, Table
from pipeline.reconcile.propagate import Bounds
from pipeline.reconcile.shape import RowShape, Shape


class Reading(NamedTuple):
    """A class of readings of a run.

    `where`: (index of the number, slot) of every non-zero number. `tested`: rows in which a printed total equals the
    parts; `untested`: rows with non-zero numbers whose total is the blank. `parts`: (slot, number) of every part that
    is not zero, lost cells that were deduced among them.
    """

    where: tuple[tuple[int, int], ...]
    tested: tuple[str, ...]
    untested: tuple[str, ...]
    parts: tuple[tuple[int, int], ...]


def readings_of(shape: Shape, values: Values, bounds: Bounds, table: Table, budget: Budget) -> list[Reading]:
    """Every class of readings of a run that its own rows and the strict bounds allow, in a fixed order.

    Raises TooManyStates above the budget.
    """
    partial: dict[tuple[int, tuple[tuple[int, int], ...]], Reading] = {(0, ()): Reading((), (), (), ())}
    for group, fillings in zip(table.groups, table.live, strict=True):
        of_group: dict[int, list[tuple[int, Reading]]] = {}
        of_row = _of_row if group.identity >= 0 else _of_loose_slots
        for first, used, reading in of_row(shape, values, bounds, table.numbers, group, fillings):
            of_group.setdefault(first, []).append((used, reading))
        extended: dict[tuple[int, tuple[tuple[int, int], ...]], Reading] = {}
        for (used, _), a in partial.items():
            for now_used, b in of_group.get(used, ()):
                where = a.where + b.where
                if (now_used, where) not in extended:
                    budget.spend(1)
                    extended[now_used, where] = Reading(
                        where, a.tested + b.tested, a.untested + b.untested, a.parts + b.parts
                    )
        partial = extended
    return [r for (used, _), r in sorted(partial.items(), key=lambda x: x[0]) if used == len(table.numbers)]


def _of_row(
    shape: Shape, values: Values, bounds: Bounds, numbers: tuple[int, ...], group: Group, fillings: Sequence[Filling]
) -> Iterator[tuple[int, int, Reading]]:
    """(first number used, number after the last one used, reading) of each class of fillings of a row that adds up."""
    row = shape.rows[group.row]
    given = tuple([lost(bounds, p) if values[p] is None else values[p] for p in row.parts])
    lowest, highest = bounds.lo[row.total], bounds.hi[row.total]
    seen = set()
    for first, used, total, reading in _adding_up(
        row, group.row, group.slots, numbers, tuple(fillings), given, values[row.total]
    ):
        if total is None or lowest <= total <= highest:
            key = (first, used, reading.where)
            if key not in seen:
                seen.add(key)
                yield first, used, reading


@lru_cache(maxsize=1024)
def _adding_up(
    row: RowShape,
    name: str,
    slots: tuple[int, ...],
    numbers: tuple[int, ...],
    fillings: tuple[Filling, ...],
    given: tuple[int | None, ...],
    given_total: int | None,
) -> tuple[tuple[int, int, int | None, Reading], ...]:
    """First number used, number after the last one, total where none is printed, and reading, of fillings that add up.

    `given`: what stands at each part where the filling puts no number there, None where nothing can; `given_total` the
    same for the total. Rows of few small numbers come again in table after table.
    """
    part_at = {p: n for n, p in enumerate(row.parts)}
    out: dict[tuple[int, int, int | None, Reading], None] = {}
    for first, at in fillings:
        used = first + len(at)
        parts, shown, where = [*given], given_total, []
        for n, p, v in zip(range(first, used), at, numbers[first:used], strict=True):
            s = slots[p]
            if v:
                where.append((n, s))
            if s == row.total:
                shown = v
            elif s in part_at:
                parts[part_at[s]] = v
        filled = tuple((p, v) for p, v in zip(row.parts, parts, strict=True) if v)
        total = sum(v for _, v in filled)
        if None in parts or (shown is not None and shown != total):
            continue
        tested, untested = ((), ()) if not where else ((name,), ()) if shown is not None else ((), (name,))
        reading = Reading(tuple(where), tested, untested, filled)
        out[first, used, None if shown is not None else total, reading] = None
    return tuple(out)


def _of_loose_slots(
    shape: Shape, values: Values, bounds: Bounds, numbers: tuple[int, ...], group: Group, fillings: Sequence[Filling]
) -> Iterator[tuple[int, int, Reading]]:
    """As `_of_row`, for slots of a row that has no identity."""
    for first, at in fillings:
        printed = {group.slots[p]: numbers[first + n] for n, p in enumerate(at)}
        if all(bounds.lo[s] == 0 or bounds.fixed(s) for s in group.slots if s not in printed):
            where = tuple((first + n, group.slots[p]) for n, p in enumerate(at) if numbers[first + n])
            yield first, first + len(at), Reading(where, (), (), tuple(printed.items()))


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
