"""Bounds of every slot, tightened over identities and short runs until nothing moves. Sound, not complete.

Each short run is a table constraint: its order-preserving placements, filtered as bounds tighten; a lost cell is any
number >= 0. Placing numbers as a constraint problem over finite domains: F. Rossi, P. van Beek, T. Walsh (eds.),
"Handbook of Constraint Programming" (2006), chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from pipeline.reconcile.problem import Run
from pipeline.reconcile.shape import Shape

NO_BOUND = 1 << 80
"""Stands for infinity in upper bounds; any sum at or above it is infinite too."""

_MOST_STEPS = 60
"""Evaluations allowed per identity and run: bounds of an infeasible table could otherwise creep for ever."""

Filling = tuple[int, tuple[int, ...]]
"""Index of the first number used, and the positions (within the group) at which it and its successors stand."""


@dataclass(frozen=True, slots=True)
class Group:
    """The slots of a run that lie in one row; `parts` and `total` are positions in `slots`, -1 without a total here."""

    row: str
    slots: tuple[int, ...]
    identity: int


class Table:
    """A run as a table constraint: the fillings of each of its rows that are still possible."""

    def __init__(self, shape: Shape, run: Run) -> None:
        self.numbers = run.numbers
        self.groups: list[Group] = []
        start = 0
        for end in range(1, len(run.slots) + 1):
            if end == len(run.slots) or run.slots[end][0] != run.slots[start][0]:
                row = run.slots[start][0]
                identity = shape.rows[row].identity if row in shape.rows else -1
                self.groups.append(Group(row, tuple(shape.index[s] for s in run.slots[start:end]), identity))
                start = end
        k, before, after = len(run.numbers), 0, len(run.slots)
        self.live: list[list[Filling]] = []
        for g in self.groups:
            n = len(g.slots)
            after -= n
            fillings = [
                (first, at)
                for first in range(max(0, k - n - after), min(before, k) + 1)
                for count in range(max(0, k - first - after), min(n, k - first) + 1)
                for at in _positions(n, count)
            ]
            self.live.append(fillings)
            before += n

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


@lru_cache(maxsize=512)
def _positions(slots: int, count: int) -> tuple[tuple[int, ...], ...]:
    return tuple(combinations(range(slots), count))


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
                # Not only the run's slots: a bound of the row's other slots filters its fillings too.
                of_row = (*shape.left[g.identity], *shape.right[g.identity]) if g.identity >= 0 else g.slots
                for s in {*g.slots, *of_row}:
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
            low = [sum(lo[s] for s in side) for side in (left, right)]
            high = [sum(hi[s] for s in side) for side in (left, right)]
            if low[0] > high[1] or low[1] > high[0]:
                return None
            if low == high:
                return moved
            before = len(moved)
            for n, side in enumerate((left, right)):
                most, least = high[1 - n], low[1 - n]
                for s in side:
                    if lo[s] == hi[s]:
                        continue
                    top = most - (low[n] - lo[s]) if most < NO_BOUND else NO_BOUND
                    others = high[n] - hi[s]
                    bottom = least - others if others < NO_BOUND else 0
                    change = self._set(s, bottom, top, why)
                    if change is None:
                        return None
                    if change:
                        moved.append(s)
            if len(moved) == before:
                break
        return moved

    def _filter(self, table: Table, leaned: Sequence[bool]) -> list[int] | None:
        """Drop impossible fillings and narrow the run's slots to the hull of the rest."""
        hulls: list[list[tuple[Filling, list[int], list[int]]]] = []
        for n, g in enumerate(table.groups):
            kept = self._possible(g, table.numbers, table.live[n], leaned)
            hulls.append(kept)
            table.live[n] = [f for f, _, _ in kept]
        if not table.chain():
            return None
        moved: list[int] = []
        for n, g in enumerate(table.groups):
            alive = set(table.live[n])
            why = g.identity if g.identity >= 0 and leaned[g.identity] else -1
            lows = [low for f, low, _ in hulls[n] if f in alive]
            highs = [high for f, _, high in hulls[n] if f in alive]
            for s, low, high in zip(g.slots, zip(*lows, strict=True), zip(*highs, strict=True), strict=True):
                change = self._set(s, min(low), max(high), why)
                if change is None:
                    return None
                if change:
                    moved.append(s)
        return moved

    def _possible(
        self, g: Group, numbers: tuple[int, ...], fillings: list[Filling], leaned: Sequence[bool]
    ) -> list[tuple[Filling, list[int], list[int]]]:
        """The fillings that satisfy the row within bounds, each with the bounds of the group's slots under it."""
        low0, high0 = [self.lo[s] for s in g.slots], [self.hi[s] for s in g.slots]
        checked = g.identity >= 0 and leaned[g.identity]
        total_at, rest_low, rest_high = -1, 0, 0
        outside_total: int | None = None
        if checked:
            (total,) = self.shape.right[g.identity]
            inside = set(g.slots)
            outside = [s for s in self.shape.left[g.identity] if s not in inside]
            rest_low, rest_high = sum(self.lo[s] for s in outside), sum(self.hi[s] for s in outside)
            total_at = g.slots.index(total) if total in inside else -1
            outside_total = None if total in inside else total
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
                    if outside_total is None:
                        total_low, total_high = low[total_at], high[total_at]
                        parts_low = sum(low) - total_low + rest_low
                        parts_high = sum(high) - total_high + rest_high
                    else:
                        total_low, total_high = self.lo[outside_total], self.hi[outside_total]
                        parts_low, parts_high = sum(low) + rest_low, sum(high) + rest_high
                    if parts_low > total_high or parts_high < total_low:
                        continue
                    for p in range(len(low)):
                        if low[p] == high[p]:
                            continue
                        if p == total_at:
                            low[p], high[p] = max(low[p], parts_low), min(high[p], parts_high)
                        else:
                            others_low, others_high = parts_low - low0[p], parts_high - high0[p]
                            if total_high < NO_BOUND:
                                high[p] = min(high[p], total_high - others_low)
                            if others_high < NO_BOUND:
                                low[p] = max(low[p], total_low - others_high)
                out.append((filling, low, high))
        return out
