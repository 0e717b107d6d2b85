"""Sets up the joint search of a table: which rows vary, which are given, which are unknown, which columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.reconcile.budget import Budget
from pipeline.reconcile.check import Values
from pipeline.reconcile.deduce import Strict
from pipeline.reconcile.join import Option, Row, Rows, join
from pipeline.reconcile.problem import Run
from pipeline.reconcile.readings import Reading, lost, pack, packing
from pipeline.reconcile.shape import Pattern, Shape

APPLICANTS_BY_FREQUENCY = (
    "natural_person",
    "enterprise",
    "legal_service",
    "other_organization",
    "public_interest_organization",
    "research_institution",
)
"""Columns of the applications table, those that most often hold numbers first."""

TESTED_SHIFT, STATED_SHIFT = 64, 56
"""A score is the number of tested rows, shifted, that of cells as a sentence states them, shifted, and the weights of the
columns (six fields of eight bits)."""

_COLUMN_BITS = 8


class JointReader:
    """Best scores of readings over all joint readings of one table."""

    def __init__(
        self, shape: Shape, values: Values, strict: Strict, lost_rows: frozenset[str], stated: Mapping[int, int]
    ) -> None:
        self.shape, self.values, self.strict, self.lost_rows = shape, values, strict, lost_rows
        numbers = sum(v or 0 for v in values) + sum(sum(t.numbers) for t in strict.tables if t)
        numbers += sum(strict.bounds.lo)
        # Room for sums of sums, and a guard bit on top.
        fields = _fields(shape, (8 * numbers + 8).bit_length() + 1)
        self.field, self.shift_of, self.guard = fields.mask_of, fields.shift_of, fields.guard
        self.weight = _weights(shape)
        self.given_rows: dict[str, int | None] = {}
        self.stated: dict[str, list[tuple[tuple[int, ...], int]]] = {}
        for s, v in stated.items():
            row = shape.slots[s][0]
            if row in shape.rows:
                parts = shape.rows[row].parts if s == shape.rows[row].total else (s,)
                self.stated.setdefault(row, []).append((parts, v))

    def options(self, run: Run, readings: Sequence[Reading]) -> list[Option]:
        """Each reading of a run as (packed vector of its parts, score).

        A score counts rows tested by a printed total, then cells that are as a sentence states them, then numbers in the
        more usual applicant columns.
        """
        rows = {row for row, _ in run.slots}
        is_row = len(rows) == 1
        stated = [x for row in sorted(rows) for x in self.stated.get(row, ())]
        weight, shift = self.weight, self.shift_of
        return [
            (
                sum([v << shift[slot] for slot, v in r.parts]) if is_row else 0,
                (len(r.tested) << TESTED_SHIFT)
                + (_as_stated(r, stated) << STATED_SHIFT if stated else 0)
                + sum([weight.get(slot, 0) for _, slot in r.where]),
            )
            for r in readings
        ]

    def best_scores(
        self, runs: Sequence[Run], options: Sequence[Sequence[Option]], budget: Budget
    ) -> list[list[int | None]]:
        """By run and option: the best score of a joint reading that has it; None where there is none.

        Raises TooManyStates above the budget.
        """
        shape = self.shape
        rows = [{row for row, _ in run.slots} for run in runs]
        own_row = {next(iter(r)): n for n, r in enumerate(rows) if len(r) == 1}
        in_several = {row for r in rows if len(r) > 1 for row in r}
        out: list[list[int | None]] = [[score for _, score in o] for o in options]

        def row_of(name: str) -> Row | None:
            if name in own_row:
                return options[own_row[name]] if name in shape.rows else None
            if name in in_several:
                return None
            if name not in self.given_rows:
                self.given_rows[name] = self._given(name)
            given = self.given_rows[name]
            return None if given is None else [(given, 0)]

        frame = [(r, s) for r, s in shape.frame.rows if r != shape.hub] if shape.frame else []
        sides = [(r, s, row_of(r)) for r, s in frame]
        hub = row_of(shape.hub) if shape.hub is not None else [(0, 0)]
        hub_sign = dict(shape.frame.rows).get(shape.hub or "", -1) if shape.frame else -1
        opposite = [(r, x) for r, s, x in sides if s != hub_sign and x is not None]
        same = [(r, x) for r, s, x in sides if s == hub_sign and x is not None]
        has_frame = bool(frame) and len(opposite) + len(same) == len(sides)
        results = [(r, row_of(r)) for r, s in shape.results.rows if r != shape.hub] if shape.results else []
        varying = [(r, x) for r, x in results if x is not None and r in own_row]
        has_results = bool(results) and (hub is not None or has_frame)
        marginals = join(
            Rows(
                opposite=[x for _, x in opposite] if has_frame else [],
                same=[x for _, x in same] if has_frame else [],
                hub=hub,
                results=[x for _, x in varying] if has_results else [],
                base=sum(x[0][0] for r, x in results if x is not None and r not in own_row),
                has_frame=has_frame,
                has_results=has_results,
                slack=any(x is None for _, x in results),
                frame_mask=self._mask(shape.frame),
                results_mask=self._mask(shape.results),
                guard=self.guard,
            ),
            budget,
        )
        joined: list[tuple[str, list[int | None]]] = []
        if has_frame:
            joined += zip([r for r, _ in opposite], marginals.opposite, strict=True)
            joined += zip([r for r, _ in same], marginals.same, strict=True)
        if has_results:
            joined += zip([r for r, _ in varying], marginals.results, strict=True)
        if shape.hub is not None and hub is not None:
            joined.append((shape.hub, marginals.hub))
        failed = any(all(x is None for x in m) for _, m in joined if m)
        for name, marks in joined:
            if name in own_row:
                out[own_row[name]] = [None] * len(marks) if failed else marks
        return out

    def _given(self, name: str) -> int | None:
        """The packed parts of a row without a run; None where they are unknown."""
        shape, bounds = self.shape, self.strict.bounds
        if name not in shape.rows:
            return None
        row = shape.rows[name]
        printed = [self.values[p] for p in row.parts]
        if None not in printed:
            return sum([v << self.shift_of[p] for p, v in zip(row.parts, printed, strict=True) if v])
        parts = []
        for p in row.parts:
            v = self.values[p]
            if v is None:
                v = None if name in self.lost_rows and not bounds.fixed(p) else lost(bounds, p)
            if v is None:
                return None
            parts.append((p, v))
        total = sum(v for _, v in parts)
        complete = all(self.values[p] is not None or bounds.fixed(p) for p in row.parts)
        if not complete and self.values[row.total] is not None and self.values[row.total] != total:
            return None
        return pack(parts, self.shift_of)

    def _mask(self, pattern: Pattern | None) -> int:
        """The columns in which a column identity holds, as far as is known."""
        if pattern is None:
            return 0
        holds = [c for c, n in pattern.at.items() if n not in self.strict.failed]
        return sum([self.field[c] for c in holds if c in self.field])


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where the columns stand in a packed vector: mask of a column, shift of a part's slot, guard bits."""

    mask_of: dict[str, int]
    shift_of: dict[int, int]
    guard: int


def _as_stated(r: Reading, stated: Sequence[tuple[tuple[int, ...], int]]) -> int:
    """How many stated numbers a reading gives to their parts; a total is the sum of its parts, printed or not."""
    at = dict(r.parts)
    return sum(sum(at.get(p, 0) for p in parts) == v for parts, v in stated)


@lru_cache(maxsize=256)
def _fields(shape: Shape, bits: int) -> _Fields:
    parts = [p for r in shape.rows.values() for p in r.parts]
    columns = tuple(dict.fromkeys(shape.slots[p][1] for p in parts))
    shifts, guard = packing(bits, len(columns))
    shift = dict(zip(columns, shifts, strict=True))
    mask_of = {c: ((1 << bits) - 1) << s for c, s in shift.items()}
    return _Fields(mask_of, {p: shift[shape.slots[p][1]] for p in parts}, guard)


@lru_cache(maxsize=64)
def _weights(shape: Shape) -> dict[int, int]:
    """What a number at a part's slot adds to a score: more in the more usual applicant columns."""
    last = len(APPLICANTS_BY_FREQUENCY) - 1
    rank = {c: last - n for n, c in enumerate(APPLICANTS_BY_FREQUENCY)}
    parts = [p for r in shape.rows.values() for p in r.parts]
    return {p: 1 << _COLUMN_BITS * rank[shape.slots[p][1]] for p in parts if shape.slots[p][1] in rank}
