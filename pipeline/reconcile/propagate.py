"""Bounds of every slot, tightened over identities and short runs until nothing moves. Sound, not complete.

Each short run is a table constraint: its order-preserving placements, filtered as bounds tighten; a lost cell is any
number >= 0. Placing numbers as a constraint problem over finite domains: F. Rossi, P. van Beek, T. Walsh (eds.),
"Handbook of Constraint Programming" (2006), chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, groupby

from pipeline.reconcile.problem import Run, Slot
from pipeline.reconcile.shape import Shape

NO_BOUND = 1 << 80
"""Stands for infinity in upper bounds; any sum at or above it is infinite too."""

_MOST_STEPS = 60
"""Evaluations allowed per identity and run: bounds of an infeasible table could otherwise creep for ever."""

Filling = tuple[int, tuple[int, ...]]
"""Index of the first number used, and the positions (within the group) at which it and its successors stand."""

Hull = tuple[list[int], list[int]]
"""Least and greatest number of each slot of a group."""


@dataclass(frozen=True, slots=True)
class Group:
    """The slots of a run that lie in one row, and what the row's identity has besides them.

    `parts` and `total` are positions in `slots`, `outside_parts` and `outside_total` slots of the same row; totals are
    -1 where there is none. `around`: every slot whose bounds filter the fillings.
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
        (first, at)
        for first in range(max(0, count - slots - after), min(before, count) + 1)
        for here in range(max(0, count - first - after), min(slots, count - first) + 1)
        for at in combinations(range(slots), here)
    )


class Bounds:
    """Lower and upper bound of every slot, with the identity that last moved each (-1: none, or a run's order)."""

    def __init__(self, shape: Shape, values: Sequence[int | None]) -> None:
        self.shape = shape
        self.lo = [0 if v is None else v for v in values]
        self.hi = [NO_BOUND if v is None else v for v in values]
        self.why_lo = [-1] * len(values)
        self.why_hi = [-1] * len(values)

    def fixed(self, s: int) -> bool:
        return self.lo[s] == self.hi[s]

    def propagate(self, leaned: Sequence[bool], tables: Sequence[Table]) -> bool:
        """Tighten to a fixpoint; False where no solution is left (bounds are then meaningless)."""
        shape = self.shape
        count = len(shape.identities)
        tables_at: dict[int, list[int]] = {}
        for n, table in enumerate(tables):
            for g in table.groups:
                for s in g.around:
                    tables_at.setdefault(s, []).append(count + n)
        queue = [n for n in range(count) if leaned[n]] + [count + n for n in range(len(tables))]
        waiting = set(queue)
        budget = _MOST_STEPS * (len(queue) + 1)
        at = 0
        while at < len(queue) and budget:
            budget -= 1
            task = queue[at]
            at += 1
            waiting.discard(task)
            moved = (
                self._tighten(shape.left[task], shape.right[task], task)
                if task < count
                else self._filter(tables[task - count], leaned)
            )
            if moved is None:
                return False
            for s in moved:
                for n in (*shape.uses[s], *tables_at.get(s, ())):
                    if n not in waiting and (n >= count or leaned[n]) and n != task:
                        waiting.add(n)
                        queue.append(n)
        return True

    def _set(self, s: int, lo: int, hi: int, why: int) -> bool | None:
        """Narrow a slot; whether it moved, None if nothing is left of it."""
        moved = False
        if lo > self.lo[s]:
            self.lo[s], self.why_lo[s], moved = lo, why, True
        if hi < self.hi[s]:
            self.hi[s], self.why_hi[s], moved = hi, why, True
        return None if self.lo[s] > self.hi[s] else moved

    def _tighten(self, left: tuple[int, ...], right: tuple[int, ...], why: int) -> list[int] | None:
        lo, hi = self.lo, self.hi
        moved: list[int] = []
        for _ in range(2):  # the second time sees what the first did to the other side
            low_left, high_left = sum(map(lo.__getitem__, left)), sum(map(hi.__getitem__, left))
            low_right, high_right = sum(map(lo.__getitem__, right)), sum(map(hi.__getitem__, right))
            if low_left > high_right or low_right > high_left:
                return None
            if low_left == high_left and low_right == high_right:
                return moved
            before = len(moved)
            for side, low, high, least, most in (
                (left, low_left, high_left, low_right, high_right),
                (right, low_right, high_right, low_left, high_left),
            ):
                for s in side:
                    if lo[s] == hi[s]:
                        continue
                    top = most - (low - lo[s]) if most < NO_BOUND else NO_BOUND
                    others = high - hi[s]
                    bottom = least - others if others < NO_BOUND else 0
                    if bottom > lo[s] or top < hi[s]:
                        if not self._set(s, bottom, top, why):
                            return None
                        moved.append(s)
            if len(moved) == before:
                break
        return moved

    def _filter(self, table: Table, leaned: Sequence[bool]) -> list[int] | None:
        """Drop impossible fillings and narrow the run's slots to the hull of the rest."""
        moved: list[int] = []
        if len(table.groups) == 1:
            (g,) = table.groups
            if not any(table.numbers) and not any(self.lo[s] for s in g.around):
                hull = self._hull_of_zeros(g, len(table.numbers), leaned)
            else:
                kept = self._possible(g, table.numbers, table.live[0], leaned)
                table.live[0] = [f for f, _, _ in kept]
                hull = _hull(kept)
            return moved if hull is not None and self._narrow(g, hull, leaned, moved) else None
        possible = []
        for n, g in enumerate(table.groups):
            kept = self._possible(g, table.numbers, table.live[n], leaned)
            possible.append(kept)
            table.live[n] = [f for f, _, _ in kept]
        if not table.chain():
            return None
        for n, g in enumerate(table.groups):
            alive = set(table.live[n])
            hull = _hull([x for x in possible[n] if x[0] in alive])
            if hull is None or not self._narrow(g, hull, leaned, moved):
                return None
        return moved

    def _narrow(self, g: Group, hull: Hull, leaned: Sequence[bool], moved: list[int]) -> bool:
        """Narrow a group's slots, noting which moved; False if nothing is left of one."""
        why = g.identity if g.identity >= 0 and leaned[g.identity] else -1
        for s, low, high in zip(g.slots, *hull, strict=True):
            if low > self.lo[s] or high < self.hi[s]:
                if not self._set(s, low, high, why):
                    return False
                moved.append(s)
        return True

    def _hull_of_zeros(self, g: Group, count: int, leaned: Sequence[bool]) -> Hull:
        """The hull of all fillings with `count` zeros of a row that can be zero throughout: most rows of most tables.

        Every filling is possible. A printed total makes the row zeros; else its blank parts are free up to the total,
        and the total is no more than as many parts as are blank.
        """
        low, high = [0] * len(g.slots), [self.hi[s] for s in g.slots]
        if count == len(high):
            return low, low
        if g.identity < 0 or not leaned[g.identity]:
            return low, high
        rest = sum(self.hi[s] for s in g.outside_parts)
        if g.total < 0:
            most = self.hi[g.outside_total]
            return low, [min(h, most) for h in high] if most < NO_BOUND else high
        most = high.pop(g.total)
        blank = len(high) - count
        total = min(most, rest + sum(sorted(high, reverse=True)[: max(blank, 0)]))
        parts = [min(h, most) for h in high] if blank > 0 else [0] * len(high)
        parts.insert(g.total, total)
        return low, parts

    def _possible(
        self, g: Group, numbers: tuple[int, ...], fillings: Sequence[Filling], leaned: Sequence[bool]
    ) -> list[tuple[Filling, list[int], list[int]]]:
        """The fillings that satisfy the row within bounds, each with the bounds of the group's slots under it."""
        lo, hi = self.lo, self.hi
        low0, high0 = [lo[s] for s in g.slots], [hi[s] for s in g.slots]
        checked = g.identity >= 0 and leaned[g.identity]
        total_at = g.total if checked else -1
        rest_low, rest_high = sum(lo[s] for s in g.outside_parts), sum(hi[s] for s in g.outside_parts)
        out = []
        for filling in fillings:
            first, at = filling
            low, high = low0[:], high0[:]
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
                    else:
                        total_low, total_high = lo[g.outside_total], hi[g.outside_total]
                    if parts_low > total_high or parts_high < total_low:
                        continue
                    for p, (least, most) in enumerate(zip(low, high, strict=True)):
                        if least == most:
                            continue
                        if p == total_at:
                            if parts_low > least:
                                low[p] = parts_low
                            if parts_high < most:
                                high[p] = parts_high
                        else:
                            top, bottom = total_high - parts_low + least, total_low - parts_high + most
                            if top < most and total_high < NO_BOUND:
                                high[p] = top
                            if bottom > least and parts_high - most < NO_BOUND:
                                low[p] = bottom
                out.append((filling, low, high))
        return out


def _hull(possible: Sequence[tuple[Filling, list[int], list[int]]]) -> Hull | None:
    """Least and greatest number of each slot over fillings; None where there are none."""
    if not possible:
        return None
    _, lows, highs = zip(*possible, strict=True)
    return list(map(min, zip(*lows, strict=True))), list(map(max, zip(*highs, strict=True)))
