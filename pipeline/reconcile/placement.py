"""Which reading of the short rows is chosen, and on what ground: conventions, preferences, and where neither decides.

Placement is a constraint problem over the rows (see `readings`, `join`). Where several readings survive, preferences
that the outcome names decide, or the numbers stay open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.reconcile.budget import Budget, TooManyStates
from pipeline.reconcile.check import Values
from pipeline.reconcile.deduce import Strict
from pipeline.reconcile.evidence import FRAME, RESULTS, Convention, RowEvidence, convention
from pipeline.reconcile.fillings import Table
from pipeline.reconcile.jointly import STATED_SHIFT, TESTED_SHIFT, JointReader
from pipeline.reconcile.problem import PREFERENCE, UNIQUE, Placed, Run, RunOutcome, Status
from pipeline.reconcile.readings import Reading, readings_of
from pipeline.reconcile.shape import Shape

_AGAINST_CONVENTION = -1 << 96
"""Outweighs every score: what is left of a joint score below zero has a reading against the convention."""

_STEPS = (
    "totals are printed",
    "rows tested by a printed total first",
    "as the narrative states",
    "usual order of applicants",
)
_AS_COMPLETE_ROWS = f"{PREFERENCE}totals are printed, as in the complete rows"

_ZEROS = Reading((), (), (), ())

Placing = tuple[dict[int, Placed], list[RunOutcome], bool]
"""Numbers of short runs by slot, what became of each run, and whether the rows have no joint reading."""


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
    shape: Shape,
    values: Values,
    runs: Sequence[Run],
    strict: Strict,
    lost_rows: frozenset[str],
    stated: Mapping[int, int],
    budget: Budget,
) -> Placing:
    """Numbers of short runs by slot, what became of each run, and whether the rows have no joint reading.

    `lost_rows`: rows of which the text has nothing at all; `stated`: what sentences say of slots.
    """
    outcomes: dict[int, RunOutcome] = {}
    states = []
    for n, (run, table) in enumerate(zip(runs, strict.tables, strict=True)):
        if table is None:
            outcomes[n] = RunOutcome("undecided" if n in strict.too_long else "infeasible", 0)
            continue
        try:
            found = _zero_reading(strict, run, table) or readings_of(shape, values, strict.bounds, table, budget.half())
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
    reader = JointReader(shape, values, strict, lost_rows | unread, stated)
    decided = _fill_levels(reader, active, by_block, budget)
    placed: dict[int, Placed] = {}
    for s in states:
        if not s.is_zero:
            doubtful = by_block[s.block].doubtful
            outcomes[s.number] = _outcome(shape, s, doubtful, decided, placed)
    all_feasible = all(s.levels and s.levels[-1] for s in active) or not decided
    of_table = convention(evidence)
    zero_how = {b: _zero_convention(shape, values, c, of_table) if all_feasible else None for b, c in by_block.items()}
    for s in states:
        if s.is_zero:
            outcomes[s.number] = _zero_outcome(shape, values, strict, s, zero_how[s.block], all_feasible, placed)
    for s in states:
        if not s.is_zero:
            _place_certain(s, placed)
    return placed, [outcomes[n] for n in range(len(runs))], not all_feasible


def _zero_reading(strict: Strict, run: Run, table: Table) -> list[Reading]:
    """The one class of an all-zero run, where nothing speaks against zeros throughout its rows: most rows of a table."""
    lo = strict.bounds.lo
    if any(run.numbers) or any(lo[s] for g in table.groups for s in g.around):
        return []
    return [_ZEROS]


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


def _fill_levels(
    reader: JointReader, active: Sequence[_State], by_block: dict[str, Convention], budget: Budget
) -> bool:
    """Set the levels of every run; False where the joint search was too large, and rows stand alone.

    One search finds what is feasible at all and what by the convention alone: a reading against it makes every joint
    score that it is part of negative. Where that search is too large, one of the conventional readings may not be.
    """
    if not active:
        return True
    runs = [s.run for s in active]
    options = [reader.options(s.run, s.readings) for s in active]
    against = [
        [by_block[s.block].totals_printed and s.is_testable and bool(r.untested) for r in s.readings] for s in active
    ]
    marks: list[list[int | None]]
    everything: list[list[Reading]] | None = None
    try:
        penalised = [
            [(v, score + _AGAINST_CONVENTION) if a else (v, score) for (v, score), a in zip(o, x, strict=True)]
            for o, x in zip(options, against, strict=True)
        ]
        wide = reader.best_scores(runs, penalised, budget.half())
        everything = [
            [r for r, b in zip(s.readings, m, strict=True) if b is not None] for s, m in zip(active, wide, strict=True)
        ]
        marks = [[None if b is None or b < 0 else b for b in m] for m in wide]
    except TooManyStates:
        allowed = [[o for o, a in zip(os, x, strict=True) if not a] for os, x in zip(options, against, strict=True)]
        try:
            found = reader.best_scores(runs, allowed, budget)
        except TooManyStates:
            for s, x in zip(active, against, strict=True):
                s.levels = [s.readings, [r for r, a in zip(s.readings, x, strict=True) if not a]]
            return False
        marks = [[None if a else next(m) for a in x] for x, m in zip(against, map(iter, found), strict=True)]
    for n, (s, m) in enumerate(zip(active, marks, strict=True)):
        scored = [(r, b) for r, b in zip(s.readings, m, strict=True) if b is not None]
        if not scored:
            continue
        top = max(b for _, b in scored)
        s.levels = [
            s.readings if everything is None else everything[n],
            [r for r, _ in scored],
            [r for r, b in scored if b >> TESTED_SHIFT == top >> TESTED_SHIFT],
            [r for r, b in scored if b >> STATED_SHIFT == top >> STATED_SHIFT],
            [r for r, b in scored if b == top],
        ]
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
    for level, readings in enumerate(s.levels):
        if level and len(readings) == len(s.levels[level - 1]):
            continue
        # Every reading has the numbers that are not zero, in their order: a set for each of them.
        places = [set(at) for at in zip(*(r.where for r in readings), strict=True)]
        for n, slot in (at for alone in places if len(alone) == 1 for at in alone):
            placed.setdefault(slot, Placed(s.run.numbers[n], s.number, n, _how(s.levels, level)))
        tested = set(readings[0].tested).intersection(*(r.tested for r in readings))
        if tested:
            filled = {slot for at in places for _, slot in at} | {slot for r in readings for slot, _ in r.parts}
            for slot in (x for group in s.table.groups if group.row in tested for x in group.slots):
                if slot not in filled:
                    placed.setdefault(slot, Placed(0, s.number, None, _how(s.levels, level)))
    status: Status = "unique" if len(first) == 1 else "preference" if len(last) == 1 else "open"
    return RunOutcome(status, len(first))


def _how(levels: Sequence[Sequence[Reading]], level: int) -> str:
    steps = [_STEPS[n] for n in range(level) if len(levels[n + 1]) < len(levels[n])]
    return PREFERENCE + "; ".join(steps) if steps else UNIQUE


def _zero_convention(shape: Shape, values: Values, block: Convention, table: Convention) -> str | None:
    """Why the last zero of an all-zero row is its total; None where nothing says so."""
    said_by = block if block.has_evidence else table
    if said_by.has_evidence:
        return f"{PREFERENCE}{_STEPS[0]}" if said_by.totals_printed else None
    complete = any(all(values[s] is not None for s in (*r.parts, r.total)) for r in shape.rows.values())
    return _AS_COMPLETE_ROWS if complete else None


def _zero_outcome(
    shape: Shape, values: Values, strict: Strict, s: _State, how: str | None, feasible: bool, placed: dict[int, Placed]
) -> RunOutcome:
    bounds = strict.bounds
    if all(bounds.lo[x] == bounds.hi[x] for g in s.table.groups for x in g.slots):
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
            placed[slots.pop()] = Placed(s.run.numbers[n], s.number, n, UNIQUE)
