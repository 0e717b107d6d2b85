"""Bounds of every slot, tightened over identities and short runs until nothing moves. Sound, not complete.

Bounds propagation over linear equations and table constraints: F. Rossi, P. van Beek, T. Walsh (eds.), "Handbook of
Constraint Programming" (2006), chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipeline.reconcile.fillings import NO_BOUND, Group, Hull, Limits, Table, hull_of, of_lone_row, possible
from pipeline.reconcile.shape import Shape

_MOST_STEPS = 60
"""Evaluations allowed per identity and run: bounds of an infeasible table could otherwise creep for ever."""

_AT_ONCE = 100
"""Fillings that count as one evaluation."""


@lru_cache(maxsize=512)
def _watching(shape: Shape, groups_of_tables: tuple[tuple[Group, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """By slot, what to look at again when its bounds move: identities by number, then tables by number after those."""
    out = [list(uses) for uses in shape.uses]
    for n, groups in enumerate(groups_of_tables, len(shape.identities)):
        for g in groups:
            for s in g.around:
                out[s].append(n)
    return tuple(map(tuple, out))


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
        watching = _watching(shape, tuple([t.groups for t in tables]))
        queue = [n for n in range(count) if leaned[n]] + [count + n for n in range(len(tables))]
        waiting = set(queue)
        budget = _MOST_STEPS * (len(queue) + 1)
        costs = [1 + t.ways // _AT_ONCE for t in tables]
        at = 0
        while at < len(queue) and budget > 0:
            task = queue[at]
            at += 1
            budget -= 1 if task < count else costs[task - count]
            waiting.discard(task)
            moved = (
                self._tighten(shape.left[task], shape.right[task], task)
                if task < count
                else self._filter(tables[task - count], leaned)
            )
            if moved is None:
                return False
            for s in moved:
                for n in watching[s]:
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
                if low == high or (most >= NO_BOUND and (not least or high >= 2 * NO_BOUND)):
                    continue  # nothing is open, or nothing bounds it
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
            if not any(table.numbers) and not any(map(self.lo.__getitem__, g.around)):
                hull: Hull | None = self._hull_of_zeros(g, len(table.numbers), leaned)
            else:
                table.live[0], hull = of_lone_row(table.numbers, self._limits(g, leaned))
            return moved if hull is not None and self._narrow(g, hull, leaned, moved) else None
        found = []
        for n, g in enumerate(table.groups):
            kept = possible(table.numbers, table.live[n], self._limits(g, leaned))
            found.append(kept)
            table.live[n] = [f for f, _, _ in kept]
        if not table.chain():
            return None
        for n, g in enumerate(table.groups):
            alive = set(table.live[n])
            hull = hull_of([x for x in found[n] if x[0] in alive])
            if hull is None or not self._narrow(g, hull, leaned, moved):
                return None
        return moved

    def _limits(self, g: Group, leaned: Sequence[bool]) -> Limits:
        lo, hi = self.lo, self.hi
        low, high = tuple([lo[s] for s in g.slots]), tuple([hi[s] for s in g.slots])
        if g.identity < 0 or not leaned[g.identity]:
            return Limits(low, high, False, -1, 0, 0, 0, 0)
        rest_low, rest_high = sum([lo[s] for s in g.outside_parts]), sum([hi[s] for s in g.outside_parts])
        if g.total >= 0:
            return Limits(low, high, True, g.total, rest_low, rest_high, 0, 0)
        return Limits(low, high, True, -1, rest_low, rest_high, lo[g.outside_total], hi[g.outside_total])

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
