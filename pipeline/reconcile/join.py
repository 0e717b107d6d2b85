"""Joint readings of all rows over the column identities, with the best score through every option of every row.

The identities form a tree through the hub row: the frame rows are joined with it, then for each total vector that
survives the results are added up to it by dynamic programming, forward and backward, with (max, +) scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from pipeline.reconcile.budget import Budget
from pipeline.reconcile.columns import Step, thin

Option = tuple[int, int]
"""(packed vector of parts, score)"""

Row = Sequence[Option]

_LEAST = -1 << 120
"""Below every score; scores may be negative."""

_FEW = 2_000
"""Up to so many combinations of options, looking at columns first costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is joined. `opposite` adds up to `same` + `hub`; `results` and `base` to the hub.

    `hub` is None where the hub row is unknown. `has_frame`: no frame row is unknown. `has_results`: there are
    results to be added up; `slack`: a results row is unknown, so that the others add up to no more than the hub.
    Masks choose the columns whose identity holds; `guard` as in `readings.packing`.
    """

    opposite: Sequence[Row]
    same: Sequence[Row]
    hub: Row | None
    results: Sequence[Row]
    base: int
    has_frame: bool
    has_results: bool
    slack: bool
    frame_mask: int
    results_mask: int
    guard: int


@dataclass(frozen=True, slots=True)
class Marginals:
    """Best total score of a joint reading through each option, by row; None: no joint reading has it."""

    opposite: list[list[int | None]]
    same: list[list[int | None]]
    hub: list[int | None]
    results: list[list[int | None]]

    @property
    def feasible(self) -> bool:
        rows = [*self.opposite, *self.same, *self.results, self.hub]
        return all(any(x is not None for x in r) for r in rows if r)


def join(rows: Rows, budget: Budget) -> Marginals:
    """Marginals of the joint readings. Raises TooManyStates above the budget."""
    out = Marginals(
        [[None] * len(r) for r in rows.opposite],
        [[None] * len(r) for r in rows.same],
        [None] * len(rows.hub or ()),
        [[None] * len(r) for r in rows.results],
    )
    left = _sums(rows.opposite, rows.frame_mask, budget) if rows.has_frame else {}
    right = _sums(rows.same, rows.frame_mask, budget) if rows.has_frame else {}
    best_left = {v: max(score for _, score in c) for v, c in left.items()}
    best_right = {v: max(score for _, score in c) for v, c in right.items()}
    results_mask = rows.results_mask
    hub = rows.hub
    if hub is None:
        if rows.has_frame:
            # The hub row is whatever the frame leaves for it, in the columns in which the frame holds.
            results_mask &= rows.frame_mask
            rests = {a - b for a in left for b in right if _fits(b, a, rows.guard)}
            budget.spend(len(rests))
            hub = [(v, 0) for v in sorted(rests)]
        else:
            hub = []
    chain = _Chain(rows.results, rows.base & results_mask, results_mask, rows.slack, rows.guard, budget)
    around: dict[int, int] = {}
    around_right: dict[int, int] = {}
    of_vector: dict[int, list[tuple[int, int]]] = {}
    for n, (vector, score) in enumerate(hub):
        of_vector.setdefault(vector, []).append((n, score))
    for vector, of_hub in of_vector.items():
        best_hub = max(score for _, score in of_hub)
        frame_best = 0
        matches: list[tuple[int, int, int]] = []
        if rows.has_frame:
            of_frame = vector & rows.frame_mask
            matches = [(b, b + of_frame, s) for b, s in best_right.items() if b + of_frame in best_left]
            if not matches:
                continue
            frame_best = max(best_left[v] + s for _, v, s in matches)
        results_best = 0
        if rows.has_results:
            found = chain.run(vector & results_mask, best_hub + frame_best, out.results)
            if found is None:
                continue
            results_best = found
        if rows.hub is not None:
            for n, score in of_hub:
                out.hub[n] = score + frame_best + results_best
        own = best_hub + results_best
        for b, v, s in matches:
            around[v] = max(around.get(v, _LEAST), own + s)
            around_right[b] = max(around_right.get(b, _LEAST), own + best_left[v])
    for sums, context, rows_out in ((left, around, out.opposite), (right, around_right, out.same)):
        for v, outside in context.items():
            for combination, score in sums[v]:
                for r, n in enumerate(combination):
                    rows_out[r][n] = _most(rows_out[r][n], outside + score)
    return out


def _most(a: int | None, b: int) -> int:
    return b if a is None or b > a else a


def _fits(a: int, b: int, guard: int) -> bool:
    """Whether `a` <= `b` in every field."""
    return ((b | guard) - a) & guard == guard


def _sums(rows: Sequence[Row], mask: int, budget: Budget) -> dict[int, list[tuple[tuple[int, ...], int]]]:
    """Every combination of options, by the sum of its vectors: (options, score)."""
    budget.spend(prod(map(len, rows)))
    sums: list[tuple[tuple[int, ...], int, int]] = [((), 0, 0)]
    for row in rows:
        options = [((n,), v & mask, s) for n, (v, s) in enumerate(row)]
        sums = [(chosen + n, vector + v, score + s) for chosen, vector, score in sums for n, v, s in options]
    out: dict[int, list[tuple[tuple[int, ...], int]]] = {}
    for chosen, vector, score in sums:
        out.setdefault(vector, []).append((chosen, score))
    return out


class _Chain:
    """The results added up to a given total vector."""

    def __init__(self, rows: Sequence[Row], base: int, mask: int, slack: bool, guard: int, budget: Budget) -> None:
        # Rows with few options first: states stay few.
        self.order = sorted(range(len(rows)), key=lambda r: (len(rows[r]), r))
        self.rows = [[(v & mask, s) for v, s in rows[r]] for r in self.order]
        self.base, self.slack, self.guard, self.budget = base, slack, guard, budget
        self.fields = _fields(guard)
        self.reach = [0]
        for row in reversed(self.rows):
            most = sum(max((v & f for v, _ in row), default=0) for _, f in self.fields)
            self.reach.append(self.reach[-1] + most)
        self.reach.reverse()

    def run(self, total: int, outside: int, out: list[list[int | None]]) -> int | None:
        """Best score of results that add up to `total`; notes in `out` the best score through each option."""
        guard = self.guard
        if not _fits(self.base, total, guard) or not (self.slack or _fits(total, self.base + self.reach[0], guard)):
            return None
        room = total | guard  # a vector fits where taking it away borrows from no guard bit, as in `_fits`
        options = [[(n, v, s) for n, (v, s) in enumerate(row) if (room - v) & guard == guard] for row in self.rows]
        useful: list[list[int]] = []
        if not self.slack and prod(map(len, options)) > _FEW:
            options, useful = thin(options, self.base, total, self.fields)
        if not all(options):
            return None
        layers, moves = self._forward(total, options, useful)
        ends = [v for v in layers[-1] if self.slack or v == total]
        if not ends:
            return None
        best = max(layers[-1][v] for v in ends)
        after = dict.fromkeys(ends, 0)
        for depth in range(len(self.rows) - 1, -1, -1):
            before: dict[int, int] = {}
            marks = out[self.order[depth]]
            for state, n, to, s in moves[depth]:
                rest = after.get(to)
                if rest is None:
                    continue
                if s + rest > before.get(state, _LEAST):
                    before[state] = s + rest
                through, mark = outside + layers[depth][state] + s + rest, marks[n]
                if mark is None or through > mark:
                    marks[n] = through
            after = before
        return best

    def _forward(
        self, total: int, options: Sequence[Sequence[Step]], useful: Sequence[Sequence[int]]
    ) -> tuple[list[dict[int, int]], list[list[tuple[int, int, int, int]]]]:
        """Partial sums with their best scores by depth, and the steps (from, option, to, score) between them."""
        guard, slack = self.guard, self.slack
        room = total | guard
        layers, moves = [{self.base: 0}], []
        for depth, here in enumerate(options):
            reach = self.reach[depth + 1]
            columns = [(*f, sums[depth + 1]) for f, sums in zip(self.fields, useful, strict=False) if sums]
            layer: dict[int, int] = {}
            steps = []
            for state, score in layers[-1].items():
                for n, v, s in here:
                    to = state + v
                    if to not in layer:
                        if (room - to) & guard != guard or not (slack or _fits(total, to + reach, guard)):
                            continue
                        if columns and not all(sums >> ((to & mask) >> shift) & 1 for shift, mask, sums in columns):
                            continue
                    steps.append((state, n, to, s))
                    if score + s > layer.get(to, _LEAST):
                        layer[to] = score + s
                if len(layer) > self.budget.left:
                    break
            self.budget.spend(len(layer))
            layers.append(layer)
            moves.append(steps)
        return layers, moves


def _fields(guard: int) -> list[tuple[int, int]]:
    """(shift, mask) of each field, from the guard bits at their tops."""
    out, low = [], 0
    for top in range(guard.bit_length()):
        if guard >> top & 1:
            out.append((low, ((1 << (top + 1)) - 1) ^ ((1 << low) - 1)))
            low = top + 1
    return out
