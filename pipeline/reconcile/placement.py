"""Which reading of the short rows is chosen, and on what ground: conventions, preferences, and where neither decides.

Placement is a constraint problem over the rows (see `readings`, `join`). Where several readings survive, preferences
that the outcome names decide, or the numbers stay open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.reconcile.check import Values
from pipeline.reconcile.deduce import Strict
from pipeline.reconcile.evidence import FRAME, RESULTS, Convention, RowEvidence, convention
from pipeline.reconcile.jointly import JointReader
from pipeline.reconcile.problem import Placed, Run, RunOutcome, Status
from pipeline.reconcile.propagate import Table
from pipeline.reconcile.readings import Reading, TooManyStates, readings_of
from pipeline.reconcile.shape import Shape

_TESTED_SHIFT = 64
_STEPS = ("totals are printed", "rows tested by a printed total first", "usual order of applicants")
_AS_COMPLETE_ROWS = "preference: totals are printed, as in the complete rows"


@dataclass(slots=True)
class _State:
    """A run on its way. `levels`: its readings that are feasible, then those left after each preference in turn."""

    number: int
    run: Run
    table: Table
    block: str
    readings: list[Reading]
    evidence: RowEvidence | None = None
    levels: list[list[Reading]] = field(default_factory=list)

    @property
    def is_zero(self) -> bool:
        return not any(self.run.numbers)

    @property
    def is_testable(self) -> bool:
        return self.evidence is not None and self.evidence.testable


def place(
    shape: Shape, values: Values, runs: Sequence[Run], strict: Strict, lost_rows: frozenset[str], cap: int
) -> tuple[dict[int, Placed], list[RunOutcome], bool]:
    """Numbers of short runs by slot, what became of each run, and whether the rows have no joint reading.

    `lost_rows`: rows of which the text has nothing at all.
    """
    outcomes: dict[int, RunOutcome] = {}
    states = []
    for n, (run, table) in enumerate(zip(runs, strict.tables, strict=True)):
        if table is None:
            outcomes[n] = RunOutcome("infeasible", 0)
            continue
        try:
            found = _zero_reading(shape, strict, run) or readings_of(shape, values, strict.bounds, table, cap)
        except TooManyStates:
            outcomes[n] = RunOutcome("undecided", 0)
            continue
        block = RESULTS if run.slots[0][0] in shape.result_rows else FRAME
        states.append(_State(n, run, table, block, found))
    evidence = _evidence(shape, values, strict, states)
    by_block = {b: convention(e for e in evidence if e.block == b) for b in (FRAME, RESULTS)}
    active = [s for s in states if not s.is_zero and s.readings]
    # A run without a reading leaves its rows unknown to the others; an all-zero one with a reading stands for zeros.
    read = {s.number for s in states if s.readings}
    unread = {row for n, run in enumerate(runs) if n not in read for row, _ in run.slots}
    reader = JointReader(shape, values, strict, lost_rows | unread, cap)
    decided = _fill_levels(reader, active, by_block)
    placed: dict[int, Placed] = {}
    for s in states:
        if not s.is_zero:
            doubtful = by_block[s.block].doubtful
            outcomes[s.number] = _outcome(shape, s, doubtful, decided, placed)
    all_feasible = all(s.levels and s.levels[-1] for s in active) or not decided
    for s in states:
        if s.is_zero:
            how = _zero_convention(shape, values, by_block[s.block], convention(evidence)) if all_feasible else None
            outcomes[s.number] = _zero_outcome(shape, values, strict, s, how, all_feasible, placed)
    for s in states:
        if not s.is_zero:
            _place_certain(s, placed)
    return placed, [outcomes[n] for n in range(len(runs))], not all_feasible


def _zero_reading(shape: Shape, strict: Strict, run: Run) -> list[Reading]:
    """The one class of an all-zero run, where nothing speaks against zeros throughout its rows: most rows of a table."""
    if any(run.numbers):
        return []
    rows = [shape.rows[r] for r in {row for row, _ in run.slots} if r in shape.rows]
    slots = {*(shape.index[s] for s in run.slots), *(s for r in rows for s in (*r.parts, r.total))}
    return [] if any(strict.bounds.lo[s] for s in slots) else [Reading((), (), (), ())]


def _evidence(shape: Shape, values: Values, strict: Strict, states: Sequence[_State]) -> list[RowEvidence]:
    """Every row with non-zero numbers, short or complete, as evidence of how totals are printed."""
    out = []
    for s in states:
        if s.is_zero:
            continue
        totals = {shape.rows[g.row].total for g in s.table.groups if g.identity >= 0}
        could_end_in_total = any(
            group.slots[p] in totals and s.run.numbers[first + n]
            for group, fillings in zip(s.table.groups, s.table.live, strict=True)
            for first, at in fillings
            for n, p in enumerate(at)
        )
        testable = any(r.tested and not r.untested for r in s.readings)
        s.evidence = RowEvidence(s.block, testable, could_end_in_total)
        out.append(s.evidence)
    for name, row in shape.rows.items():
        if row.identity not in strict.failed and values[row.total] and all(values[p] is not None for p in row.parts):
            out.append(RowEvidence(RESULTS if name in shape.result_rows else FRAME, True, True))
    return out


def _fill_levels(reader: JointReader, active: Sequence[_State], by_block: dict[str, Convention]) -> bool:
    """Set the levels of every run; False where the joint search was too large, and rows stand alone."""
    all_readings = [s.readings for s in active]
    allowed = [
        [r for r in s.readings if not (by_block[s.block].totals_printed and s.is_testable and r.untested)]
        for s in active
    ]
    runs = [s.run for s in active]
    try:
        best = reader.best_scores(runs, allowed)
    except TooManyStates:
        for s, conventional in zip(active, allowed, strict=True):
            s.levels = [s.readings, conventional]
        return False
    feasible = [[r for r, b in zip(o, m, strict=True) if b is not None] for o, m in zip(allowed, best, strict=True)]
    everything = feasible
    if sum(map(len, allowed)) < sum(map(len, all_readings)):
        try:
            wide = reader.best_scores(runs, all_readings)
            everything = [
                [r for r, b in zip(o, m, strict=True) if b is not None] for o, m in zip(all_readings, wide, strict=True)
            ]
        except TooManyStates:
            everything = all_readings
    for s, all_feasible, options, marks, conventional in zip(active, everything, allowed, best, feasible, strict=True):
        top = max((b for b in marks if b is not None), default=0)
        tested = [
            r
            for r, b in zip(options, marks, strict=True)
            if b is not None and b >> _TESTED_SHIFT == top >> _TESTED_SHIFT
        ]
        preferred = [r for r, b in zip(options, marks, strict=True) if b == top]
        s.levels = [all_feasible, conventional, tested, preferred] if conventional else []
    return True


def _outcome(shape: Shape, s: _State, doubtful: bool, decided: bool, placed: dict[int, Placed]) -> RunOutcome:
    """Place what the readings agree on at the first level at which they do."""
    if not s.levels:
        return RunOutcome("infeasible", 0)
    first, last = s.levels[0], s.levels[-1]
    if doubtful and s.evidence and s.evidence.could_end_in_total and any(r.untested for r in last):
        return RunOutcome("open", len(first))
    if not decided and len(last) > 1:
        return RunOutcome("undecided", len(first))
    views = [_View(readings) for readings in s.levels]
    for n, v in enumerate(s.run.numbers):
        for level, view in enumerate(views):
            if v and len(at := view.slots_of.get(n, ())) == 1:
                placed[next(iter(at))] = Placed(v, s.number, n, _how(s.levels, level))
                break
    for group in s.table.groups:
        for slot in group.slots:
            for level, view in enumerate(views):
                if group.row in view.tested and slot not in view.filled:
                    placed[slot] = Placed(0, s.number, None, _how(s.levels, level))
                    break
    status: Status = "unique" if len(first) == 1 else "preference" if len(last) == 1 else "open"
    return RunOutcome(status, len(first))


class _View:
    """What the readings of one level say together: `slots_of` each number, slots `filled` in any of them, and the rows
    that all of them have `tested`."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.slots_of: dict[int, set[int]] = {}
        self.filled: set[int] = set()
        for r in readings:
            for n, slot in r.where:
                self.slots_of.setdefault(n, set()).add(slot)
            self.filled.update(slot for slot, _ in (*r.parts, *((slot, n) for n, slot in r.where)))
        self.tested = frozenset.intersection(*(frozenset(r.tested) for r in readings))


def _how(levels: Sequence[Sequence[Reading]], level: int) -> str:
    steps = [_STEPS[n] for n in range(level) if len(levels[n + 1]) < len(levels[n])]
    return "preference: " + "; ".join(steps) if steps else "unique"


def _zero_convention(shape: Shape, values: Values, block: Convention, table: Convention) -> str | None:
    """Why the last zero of an all-zero row is its total; None where nothing says so."""
    said_by = block if block.has_evidence else table
    if said_by.has_evidence:
        return f"preference: {_STEPS[0]}" if said_by.totals_printed else None
    complete = any(all(values[s] is not None for s in (*r.parts, r.total)) for r in shape.rows.values())
    return _AS_COMPLETE_ROWS if complete else None


def _zero_outcome(
    shape: Shape, values: Values, strict: Strict, s: _State, how: str | None, feasible: bool, placed: dict[int, Placed]
) -> RunOutcome:
    bounds = strict.bounds
    slots = [shape.index[x] for x in s.run.slots]
    if all(map(bounds.fixed, slots)):
        return RunOutcome("unique", 1)
    if not feasible:
        return RunOutcome("infeasible", 0)
    zero_rows = []
    for g in s.table.groups:
        if g.identity >= 0:
            row = shape.rows[g.row]
            if any(bounds.lo[x] or values[x] for x in (*row.parts, row.total)):
                return RunOutcome("open", 2)
            zero_rows.append(g)
    if how is None or not s.run.numbers or not zero_rows:
        return RunOutcome("open", 2)
    for g in zero_rows:
        for x in g.slots:
            placed[x] = Placed(0, s.number, None, how)
    return RunOutcome("preference", 2)


def _place_certain(s: _State, placed: dict[int, Placed]) -> None:
    """Numbers that stand at one slot in every reading of the strict stage, in which lost cells are any number."""
    at: dict[int, set[int]] = {}
    for group, fillings in zip(s.table.groups, s.table.live, strict=True):
        for (first, _), of_count in groupby(fillings, key=lambda f: (f[0], len(f[1]))):
            for n, positions in enumerate(zip(*(f[1] for f in of_count), strict=True), first):
                at.setdefault(n, set()).update(group.slots[p] for p in set(positions))
    for n, slots in at.items():
        if len(slots) == 1 and s.run.numbers[n]:
            placed[slots.pop()] = Placed(s.run.numbers[n], s.number, n, "unique")
