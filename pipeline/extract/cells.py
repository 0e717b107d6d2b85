"""From what stands where to the cells of the dataset: status, value, unit, derivation, locator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from pipeline import form
from pipeline.extract.columns import Slots
from pipeline.extract.grounds import Ground
from pipeline.extract.layout import Piece
from pipeline.extract.numbers import denies, in_unit, parse
from pipeline.extract.recognised import tested_and_broken, unvouched
from pipeline.model import LARGEST, Cell, Finding, RepairedCell
from pipeline.normalize.text import Places
from pipeline.reconcile import Deduced, Placed, Problem, Repairs, Result, Run, reconcile

Slot = tuple[str, str]
_LARGEST_COUNT = LARGEST // 100
"""Counts that identities add up are smaller: what follows from all the cells of a table then still fits the dataset."""


@dataclass
class Reading:
    """What was read of one table, before reconciliation. Filled row by row, used once."""

    table_code: str
    form: str
    places: Places
    stated: Mapping[Slot, int] = field(default_factory=dict)
    """What sentences say of cells."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Rows whose numbers are doubtful, with the reason."""
    certain: dict[Slot, Piece] = field(default_factory=dict)
    doubtful: dict[Slot, tuple[Piece, str]] = field(default_factory=dict)
    """Pieces whose cell is inferred, with the ground."""
    blank: set[Slot] = field(default_factory=set)
    runs: list[tuple[tuple[Slot, ...], tuple[Piece, ...]]] = field(default_factory=list)
    unplaced: dict[Slot, tuple[Piece, ...]] = field(default_factory=dict)
    """Cells of rows whose numbers could not be placed at all, with the numbers."""
    not_printed: set[Slot] = field(default_factory=set)
    """Cells of rows that the text does not have."""
    header_units: dict[Slot, str] = field(default_factory=dict)
    """Units that the table gives beside the cell, where it is not the form's."""
    unit_doubts: dict[Slot, str] = field(default_factory=dict)
    """Cells whose unit is doubtful where the cell prints none itself, with the ground."""
    row_place: dict[str, tuple[int, int]] = field(default_factory=dict)
    unvouched: dict[Slot, str] = field(default_factory=dict)
    """Cells recognised from a picture that stay doubtful, with the ground."""
    joined: set[Slot] = field(default_factory=set)
    """Cells whose digits have a gap and that identities vouch for as one number."""
    findings: list[Finding] = field(default_factory=list)
    repairs: list[RepairedCell] = field(default_factory=list)

    def slots(self, row: str, columns: Sequence[str], slots: Slots) -> None:
        for c, p in zip(columns, slots, strict=True):
            if p is None:
                self.blank.add((row, c))
            else:
                self.certain[row, c] = p

    def doubt_row(self, row: str, columns: Sequence[str], slots: Slots, ground: str) -> None:
        """Takes a row whose numbers may stand elsewhere."""
        for c, p in zip(columns, slots, strict=True):
            if p is None:
                self.blank.add((row, c))
            else:
                self.doubtful[row, c] = (p, ground)

    def find(
        self,
        rule_code: str,
        row: str | None = None,
        column: str | None = None,
        observed: str | None = None,
        expected: str | None = None,
        at: tuple[int, int] | None = None,
    ) -> None:
        where = self.places.locator(*at) if at else None
        self.findings.append(Finding(rule_code, self.table_code, row, column, observed, expected, where))


def _holds_digits(text: str) -> bool:
    """Whether words hold a digit: a number with something around it, which is neither read nor taken for nothing."""
    return any(c.isdigit() for c in text)


def holds_digits_in_words(piece: Piece) -> bool:
    return piece.printed.kind == "words" and _holds_digits(piece.text)


def _does_not_apply(text: str) -> bool:
    """Whether a cell says that it has no number: by a mark, or by a sentence that denies. Other words leave it open."""
    kind = parse(text).kind
    return kind == "mark" or (kind == "words" and not _holds_digits(text) and denies(text))


@lru_cache(maxsize=65_536)
def _count_in(text: str) -> int | None:
    """The number that a cell contributes to identities: what does not apply counts as 0, what is no count as unknown."""
    if _does_not_apply(text):
        return 0
    p = parse(text)
    if p.kind == "number" and p.number is not None and p.number >= 0 and p.number == p.number.to_integral_value():
        count = int(p.number * (form.units()[p.unit].factor if p.unit in form.units() else 1))
        return count if count < _LARGEST_COUNT else None
    return None


def _count(piece: Piece) -> int | None:
    return _count_in(piece.text)


def _count_whole(piece: Piece) -> int | None:
    """As `_count`, with digits that may be two numbers unknown."""
    return None if piece.printed.has_gap else _count_in(piece.text)


def solve(reading: Reading) -> Result:
    """Places and deduces what the identities of the table allow."""
    instances = form.identity_instances(reading.form, reading.table_code)
    with_gap = {s for s, p in reading.certain.items() if p.printed.has_gap}
    if with_gap:
        tested, broken = tested_and_broken(reading.certain, instances, _count)
        reading.joined = with_gap & (tested - broken)
    known: dict[Slot, int] = {}
    for slot, piece in reading.certain.items():
        n = _count_in(piece.text)
        if n is not None and (slot not in with_gap or slot in reading.joined):
            known[slot] = n
    for slot, (piece, _) in reading.doubtful.items():
        n = _count(piece) if slot in reading.joined else _count_whole(piece)
        if n is not None:
            known[slot] = n
    runs = []
    for slots, pieces in reading.runs:
        numbers = tuple(_count_whole(p) for p in pieces)
        if all(n is not None for n in numbers):
            runs.append(Run(slots, tuple(n for n in numbers if n is not None)))
        else:
            runs.append(Run(slots, ()))
    return reconcile(
        Problem(
            identities=instances,
            known=known,
            blank=frozenset(reading.blank),
            runs=tuple(runs),
            stated=reading.stated,
        )
    )


def _mostly_filled(reading: Reading) -> bool:
    filled, blank = len(reading.certain), len(reading.blank)
    return filled >= 9 * blank


def build(reading: Reading, lost_when_filled: bool) -> list[Cell]:
    """Cells of the table in form order. `lost_when_filled`: in this layout, a blank in a filled table is a loss.

    A table that prints its zeros leaves no cell blank: where text extraction yields a blank among them, it lost a number.
    """
    result = solve(reading)
    instances = form.identity_instances(reading.form, reading.table_code)
    reading.unvouched.update(unvouched(reading.certain, instances, _count))
    lost = lost_when_filled and _mostly_filled(reading)
    if result.infeasible:
        # Without short rows it is the printed numbers themselves that contradict each other, several identities together.
        rule = "readings_infeasible" if reading.runs else "identities_contradict"
        reading.find(rule, observed=", ".join(result.set_aside) or None)
    out = _Cells(reading, result, lost).all()
    if result.repairs is None:
        return out
    by_slot = {(c.row_code, c.column_code): c for c in out}
    reading.repairs = _repaired(result.repairs, by_slot)
    suggested = result.repairs.suggested
    if any(by_slot[slot].obs_status != "A" for slot in suggested):
        # Where a mark stands, or a number that may belong elsewhere, the reading may be what is wrong.
        return out
    return [
        c._replace(value_suggested=Decimal(suggested[slot]))
        if (slot := (c.row_code, c.column_code)) in suggested
        else c
        for c in out
    ]


def _repaired(repairs: Repairs, by_slot: Mapping[Slot, Cell]) -> list[RepairedCell]:
    out = []
    for number, repair in enumerate(repairs.solutions, 1):
        for change in repair.changes:
            cell = by_slot[change.slot]
            new = None if change.repaired is None else Decimal(change.repaired)
            out.append(
                RepairedCell(cell.table_code, number, *change.slot, cell.value, new, repair.kind, repair.weight / 100)
            )
    return out


class _Cells:
    """The cells of one table, as the reading and its reconciliation have them."""

    def __init__(self, reading: Reading, result: Result, lost: bool) -> None:
        """`lost`: whether a blank is a number that was lost."""
        self._reading = reading
        self._result = result
        self._lost = lost
        self._run_of: dict[Slot, int] = {s: i for i, (slots, _) in enumerate(reading.runs) for s in slots}
        self._row_locators: dict[str, str | None] = {}

    def all(self) -> list[Cell]:
        """In the order of the form."""
        reading, out = self._reading, []
        certain, doubtful, doubts, unvouched = reading.certain, reading.doubtful, reading.doubts, reading.unvouched
        for slot, unit in _slots(reading.form, reading.table_code):
            piece = certain.get(slot)
            if piece is not None:
                out.append(self._printed(slot, piece, unit, doubts.get(slot[0]) or unvouched.get(slot)))
            elif slot in doubtful:
                piece, ground = doubtful[slot]
                out.append(self._printed(slot, piece, unit, ground))
            else:
                out.append(self._not_printed(slot, unit))
        return out

    def _printed(self, slot: Slot, piece: Piece, unit: str | None, doubt: str | None) -> Cell:
        reading, p = self._reading, piece.printed
        text, locator = reading.places.printed_at(piece.start, piece.end)
        table, (row, column) = reading.table_code, slot
        if p.number is None or (table != form.PROACTIVE and abs(p.number) >= _LARGEST_COUNT):
            if _does_not_apply(piece.text) and not (doubt or "").startswith(Ground.RECOGNISED):
                return Cell(table, row, column, text, None, unit, "M", "not_applicable", locator=locator)
            return Cell(table, row, column, text, None, unit, "O", "unplaced", locator=locator)
        if p.has_gap and slot not in reading.joined:
            doubt = doubt or Ground.DIGITS_APART
        if not p.unit:
            doubt = doubt or reading.unit_doubts.get(slot)
            if slot in reading.header_units:
                p = p._replace(unit=reading.header_units[slot])
        value, unit, conversion = in_unit(p, unit) if p.unit else (p.number, unit, None)
        derivation = "; ".join(x for x in (doubt, conversion) if x) if doubt or conversion else None
        # By place: most cells of a corpus are made here.
        return Cell(table, row, column, text, value, unit, "U" if doubt else "A", None, derivation, None, None, locator)

    def _not_printed(self, slot: Slot, unit: str | None) -> Cell:
        reading, result = self._reading, self._result
        deduced, placed = result.deduced.get(slot), result.placed.get(slot)
        if placed is not None and not (deduced is not None and placed.number is None):
            return self._placed(slot, placed, unit)
        run = self._run_of.get(slot)
        is_lost = run is not None or slot in reading.not_printed or slot in reading.unplaced or self._lost
        absence = "lost" if is_lost else "blank"
        if (
            deduced is not None
            and slot not in reading.unplaced
            and slot[0] not in reading.doubts
            and not _rests_on_doubt(reading, deduced)
        ):
            return Cell(
                reading.table_code,
                *slot,
                value=Decimal(deduced.value),
                unit=unit,
                obs_status="I",
                # What only the readings of the row itself fix rests on the row's own identity.
                derivation="; ".join(deduced.identities) or _own_identity(reading, slot[0]),
                absence=absence,
                locator=self._row_locator(slot[0]),
            )
        if slot in reading.unplaced:
            reason = "unplaced"
        elif run is not None:
            placed_numbers = {p.number for p in result.placed.values() if p.run == run and p.number is not None}
            reason = "blank" if len(placed_numbers) == len(reading.runs[run][1]) else "unplaced"
        else:
            reason = absence
        return Cell(
            reading.table_code,
            *slot,
            unit=unit,
            obs_status="O",
            missing_reason=reason,
            absence=absence,
            locator=self._row_locator(slot[0]),
        )

    def _placed(self, slot: Slot, placed: Placed, unit: str | None) -> Cell:
        reading = self._reading
        printed, locator = None, None
        if placed.number is not None:
            piece = reading.runs[placed.run][1][placed.number]
            if piece.printed.kind == "mark":
                return self._printed(slot, piece, unit, None)
            printed, locator = reading.places.printed_at(piece.start, piece.end)
        return Cell(
            reading.table_code,
            *slot,
            printed=printed,
            value=Decimal(placed.value),
            unit=unit,
            obs_status="U",
            derivation=placed.how,
            absence=None if printed is not None else "lost",
            locator=locator or self._row_locator(slot[0]),
        )

    def _row_locator(self, row: str) -> str | None:
        """Where the row stands, for its cells in which nothing does."""
        if row not in self._row_locators:
            where = self._reading.row_place.get(row)
            self._row_locators[row] = self._reading.places.locator(*where) if where else None
        return self._row_locators[row]


@cache
def _slots(form_code: str, table_code: str) -> tuple[tuple[Slot, str | None], ...]:
    """Slots with their units in the order of the form."""
    return tuple(((c.row_code, c.column_code), c.unit or None) for c in form.cell_defs(form_code, table_code))


def _rests_on_doubt(reading: Reading, deduced: Deduced) -> bool:
    """Whether a deduction uses a number that was recognised from a picture and that nothing vouches for."""
    if not reading.unvouched:
        return False
    used = [i for i in form.identity_instances(reading.form, reading.table_code) if i.name in deduced.identities]
    return not used or any((r, c) in reading.unvouched for i in used for r, c, _ in i.terms)


def _own_identity(reading: Reading, row: str) -> str:
    instances = form.identity_instances(reading.form, reading.table_code)
    return next((i.name for i in instances if i.at == row), "")


def absent_table(table_code: str, form_code: str, reason: str, locator: str | None) -> tuple[Cell, ...]:
    """Cells of a table that the document does not have: all null, which is neither zero nor blank."""
    return tuple(
        Cell(
            table_code,
            c.row_code,
            c.column_code,
            unit=c.unit or None,
            obs_status="O",
            missing_reason=reason,
            locator=locator,
        )
        for c in form.cell_defs(form_code, table_code)
    )
