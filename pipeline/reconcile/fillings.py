"""Short runs as table constraints: the ways in which their numbers can stand in their slots, filtered by bounds.

A lost cell is any number >= 0. Table constraints: F. Rossi, P. van Beek, T. Walsh (eds.), "Handbook of Constraint
Programming" (2006), chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, groupby
from math import comb
from typing import NamedTuple

from pipeline.reconcile.problem import Run, Slot
from pipeline.reconcile.shape import Shape

NO_BOUND = 1 << 80
"""Stands for infinity in upper bounds; any sum at or above it is infinite too."""

MOST_FILLINGS = 20_000
"""Fillings of all runs of a table together. Runs of one row have no more than 35 each; long runs over rows can have more."""

Filling = tuple[int, tuple[int, ...]]
"""Index of the first number used, and the positions (within the group) at which it and its successors stand."""

Hull = tuple[Sequence[int], Sequence[int]]
"""Least and greatest number of each slot of a group."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The slots of a run that lie in one row, and what the row's identity has besides them.

    `total` is a position in `slots`, `outside_parts` and `outside_total` are slots of the same row; totals are -1 where
    there is none. `around`: every slot whose bounds filter the fillings.
    """

    row: str
    slots: tuple[int, ...]
    identity: int
    total: int
    outside_parts: tuple[int, ...]
    outside_total: int
    around: tuple[int, ...]


@lru_cache(maxsize=4096)
def _groups(shape: Shape, slots: tuple[Slot, ...]) -> tuple[Group, ...]:
    out = []
    for row, of_row in groupby(slots, key=lambda slot: slot[0]):
        own = tuple(shape.index[s] for s in of_row)
        if row not in shape.rows:
            out.append(Group(row, own, -1, -1, (), -1, own))
            continue
        r = shape.rows[row]
        total, outside_total = (own.index(r.total), -1) if r.total in own else (-1, r.total)
        outside = tuple(p for p in r.parts if p not in own)
        # Not only the run's slots: a bound of the row's other slots filters its fillings too.
        around = tuple(dict.fromkeys((*own, *r.parts, r.total)))
        out.append(Group(row, own, r.identity, total, outside, outside_total, around))
    return tuple(out)


class Table:
    """A run as a table constraint: the fillings of each of its rows that are still possible."""

    def __init__(self, shape: Shape, run: Run) -> None:
        self.numbers = run.numbers
        self.groups = _groups(shape, run.slots)
        self.live: list[Sequence[Filling]] = []
        before, after = 0, len(run.slots)
        for g in self.groups:
            after -= len(g.slots)
            self.live.append(_fillings(len(g.slots), before, after, len(run.numbers)))
            before += len(g.slots)
        self.ways = sum(map(len, self.live))

    def chain(self) -> bool:
        """Keep only fillings that fit together over the rows of the run; False if none are left."""
        if len(self.groups) == 1:
            return bool(self.live[0])
        reached = [{0}]
        for fillings in self.live:
            reached.append({first + len(at) for first, at in fillings if first in reached[-1]})
        wanted = {len(self.numbers)} & reached[-1]
        for n in range(len(self.live) - 1, -1, -1):
            self.live[n] = [f for f in self.live[n] if f[0] in reached[n] and f[0] + len(f[1]) in wanted]
            wanted = {f[0] for f in self.live[n]}
        return bool(wanted)


@lru_cache(maxsize=4096)
def _fillings(slots: int, before: int, after: int, count: int) -> tuple[Filling, ...]:
    """The fillings of a row of `slots` slots in a run of `count` numbers with so many slots before and after the row."""
    return tuple(
        (first, at) for first, here in _shares(slots, before, after, count) for at in combinations(range(slots), here)
    )


def _shares(slots: int, before: int, after: int, count: int) -> Iterator[tuple[int, int]]:
    """How a row can share in the run: (numbers before it, numbers in it)."""
    for first in range(max(0, count - slots - after), min(before, count) + 1):
        for here in range(max(0, count - first - after), min(slots, count - first) + 1):
            yield first, here


def count_fillings(shape: Shape, run: Run) -> int:
    """How many fillings the table constraint of a run starts with."""
    return _count(tuple(len(g.slots) for g in _groups(shape, run.slots)), len(run.numbers))


@lru_cache(maxsize=4096)
def _count(widths: tuple[int, ...], count: int) -> int:
    before, ways = 0, 0
    for n in widths:
        ways += sum(comb(n, here) for _, here in _shares(n, before, sum(widths) - before - n, count))
        before += n
    return ways


class Limits(NamedTuple):
    """What bounds say about one row of a run: bounds of the run's slots, and where the row's identity is `checked`, the
    place of the total among them (-1: outside), the bounds of all parts outside together, and those of a total outside.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    checked: bool
    total_at: int
    rest_low: int
    rest_high: int
    total_low: int
    total_high: int


@lru_cache(maxsize=4096)
def of_lone_row(numbers: tuple[int, ...], limits: Limits) -> tuple[tuple[Filling, ...], Hull | None]:
    """The fillings of a run in one row, and their hull. Rows of few small numbers come again in table after table.

    Narrower bounds only leave fewer fillings, so that it does no harm to start from all of them every time.
    """
    kept = possible(numbers, _fillings(len(limits.low), 0, 0, len(numbers)), limits)
    return tuple(f for f, _, _ in kept), hull_of(kept)


def possible(
    numbers: tuple[int, ...], fillings: Sequence[Filling], limits: Limits
) -> list[tuple[Filling, list[int], list[int]]]:
    """The fillings that satisfy the row within bounds, each with the bounds of the run's slots under it."""
    low0, high0, checked, total_at, rest_low, rest_high, total_low, total_high = limits
    out = []
    for filling in fillings:
        first, at = filling
        low, high = [*low0], [*high0]
        for p, v in zip(at, numbers[first : first + len(at)], strict=True):
            if v < low[p] or v > high[p]:
                break
            low[p] = high[p] = v
        else:
            if checked:
                parts_low, parts_high = sum(low) + rest_low, sum(high) + rest_high
                if total_at >= 0:
                    total_low, total_high = low[total_at], high[total_at]
                    parts_low -= total_low
                    parts_high -= total_high
                if parts_low > total_high or parts_high < total_low:
                    continue
                for p, (least, most) in enumerate(zip(low, high, strict=True)):
                    if least == most:
                        continue
                    if p == total_at:
                        low[p], high[p] = max(least, parts_low), min(most, parts_high)
                    else:
                        top, bottom = total_high - parts_low + least, total_low - parts_high + most
                        if top < most and total_high < NO_BOUND:
                            high[p] = top
                        if bottom > least and parts_high - most < NO_BOUND:
                            low[p] = bottom
            out.append((filling, low, high))
    return out


def hull_of(possible: Sequence[tuple[Filling, list[int], list[int]]]) -> Hull | None:
    """Least and greatest number of each slot over fillings; None where there are none."""
    if not possible:
        return None
    _, lows, highs = zip(*possible, strict=True)
    return tuple(map(min, zip(*lows, strict=True))), tuple(map(max, zip(*highs, strict=True)))
