"""Sets up the joint search of a table: which rows vary, which are given, which are unknown, which columns hold."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reconcile.check import Values
from pipeline.reconcile.deduce import Strict
from pipeline.reconcile.join import Row, Rows, join
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

_TESTED_SHIFT = 64
_COLUMN_BITS = 8


class JointReader:
    """Best scores of readings over all joint readings of one table."""

    def __init__(self, shape: Shape, values: Values, strict: Strict, lost_rows: frozenset[str], cap: int) -> None:
        self.shape, self.values, self.strict, self.lost_rows, self.cap = shape, values, strict, lost_rows, cap
        columns = tuple(dict.fromkeys(shape.slots[p][1] for r in shape.rows.values() for p in r.parts))
        numbers = sum(v or 0 for v in values) + sum(n for t in strict.tables if t for n in t.numbers)
        numbers += sum(lo for lo in strict.bounds.lo)
        # Room for sums of sums, and a guard bit on top.
        shifts, self.guard = packing((8 * numbers + 8).bit_length() + 1, len(columns))
        self.field = dict(zip(columns, self._masks(shifts), strict=True))
        shift = dict(zip(columns, shifts, strict=True))
        self.shift_of = {p: shift[shape.slots[p][1]] for r in shape.rows.values() for p in r.parts}
        self.weight = {
            p: 1 << _COLUMN_BITS * (len(APPLICANTS_BY_FREQUENCY) - 1 - APPLICANTS_BY_FREQUENCY.index(shape.slots[p][1]))
            for p in self.shift_of
            if shape.slots[p][1] in APPLICANTS_BY_FREQUENCY
        }

    def best_scores(self, runs: Sequence[Run], readings: Sequence[Sequence[Reading]]) -> list[list[int | None]]:
        """By run and reading: the best score of a joint reading that has it; None where there is none.

        A score counts rows tested by a printed total, then numbers in the more usual applicant columns. Raises
        TooManyStates above the cap.
        """
        shape = self.shape
        rows = [{row for row, _ in run.slots} for run in runs]
        own_row = {next(iter(r)): n for n, r in enumerate(rows) if len(r) == 1}
        options: list[list[tuple[int, int]]] = [
            [(pack(r.parts, self.shift_of) if len(rows[n]) == 1 else 0, self._score(r)) for r in readings[n]]
            for n in range(len(runs))
        ]
        out: list[list[int | None]] = [[score for _, score in o] for o in options]

        def row_of(name: str) -> Row | None:
            if name in own_row:
                return options[own_row[name]] if name in shape.rows else None
            if any(name in r for r in rows):
                return None
            given = self._given(name)
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
            self.cap,
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

    def _score(self, r: Reading) -> int:
        return (len(r.tested) << _TESTED_SHIFT) + sum(self.weight.get(slot, 0) for _, slot in r.where)

    def _mask(self, pattern: Pattern | None) -> int:
        """The columns in which a column identity holds, as far as is known."""
        if pattern is None:
            return 0
        return sum(
            f for c, f in self.field.items() if pattern.at.get(c, -1) >= 0 and pattern.at[c] not in self.strict.failed
        )

    def _masks(self, shifts: Sequence[int]) -> list[int]:
        ends = [*shifts[1:], self.guard.bit_length()]
        return [((1 << end) - 1) ^ ((1 << start) - 1) for start, end in zip(shifts, ends, strict=True)]
