"""From what stands where to the cells of the dataset: status, value, unit, derivation, locator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline import form
from pipeline.extract.columns import Slots
from pipeline.extract.grounds import Ground
from pipeline.extract.layout import Piece
from pipeline.extract.numbers import denies, in_unit
from pipeline.extract.recognised import tested_and_broken, unvouched
from pipeline.model import Cell, Finding, RepairedCell
from pipeline.normalize.text import Places
from pipeline.reconcile import MOST, Deduced, Placed, Problem, Repairs, Result, Run, reconcile

Slot = tuple[str, str]


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


def holds_digits(piece: Piece) -> bool:
    """Whether words hold a digit: a number with something around it, which is neither read nor taken for nothing."""
    return any(c.isdigit() for c in piece.text)


def holds_digits_in_words(piece: Piece) -> bool:
    return piece.printed.kind == "words" and holds_digits(piece)


def _does_not_apply(piece: Piece) -> bool:
    """Whether a cell says that it has no number: by a mark, or by a sentence that denies. Other words leave it open."""
    p = piece.printed
    return p.kind == "mark" or (p.kind == "words" and not holds_digits(piece) and denies(piece.text))


def _count(piece: Piece) -> int | None:
    """The number that a piece contributes to identities: what does not apply counts as 0, what is no count as unknown."""
    p = piece.printed
    if _does_not_apply(piece):
        return 0
    if p.kind == "number" and p.number is not None and p.number >= 0 and p.number == p.number.to_integral_value():
        count = int(p.number * (form.units()[p.unit].factor if p.unit in form.units() else 1))
        return count if count < MOST else None
    return None


def _count_whole(piece: Piece) -> int | None:
    """As `_count`, with digits that may be two numbers unknown."""
    return None if piece.printed.has_gap else _count(piece)


def solve(reading: Reading) -> Result:
    """Places and deduces what the identities of the table allow."""
    if any(p.printed.has_gap for p in reading.certain.values()):
        instances = form.identity_instances(reading.form, reading.table_code)
        tested, broken = tested_and_broken(reading.certain, instances, _count)
        reading.joined = {s for s, p in reading.certain.items() if p.printed.has_gap} & (tested - broken)
    known: dict[Slot, int] = {}
    for slot, piece in [*reading.certain.items(), *((s, p) for s, (p, _) in reading.doubtful.items())]:
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
            identities=form.identity_instances(reading.form, reading.table_code),
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
    run_of: dict[Slot, int] = {s: i for i, (slots, _) in enumerate(reading.runs) for s in slots}
    out = []
    for row in form.row_codes(reading.form, reading.table_code):
        for column in form.columns_of_row(reading.form, reading.table_code, row):
            out.append(_cell(reading, result, row, column, run_of, lost))
    if result.repairs is None:
        return out
    by_slot = {(c.row_code, c.column_code): c for c in out}
    reading.repairs = _repaired(result.repairs, by_slot)
    suggested = result.repairs.suggested
    if any(by_slot[slot].obs_status != "A" for slot in suggested):
        # Where a mark stands, or a number that may belong elsewhere, the reading may be what is wrong.
        return out
    return [
        replace(c, value_suggested=Decimal(suggested[slot]))
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


def _cell(reading: Reading, result: Result, row: str, column: str, run_of: dict[Slot, int], lost: bool) -> Cell:
    slot = (row, column)
    unit = form.unit_of(reading.form, reading.table_code, row, column)
    make = _maker(reading, row, column)
    if slot in reading.certain:
        doubt = reading.doubts.get(row) or reading.unvouched.get(slot)
        return _printed(make, reading, slot, reading.certain[slot], unit, doubt)
    if slot in reading.doubtful:
        piece, ground = reading.doubtful[slot]
        return _printed(make, reading, slot, piece, unit, ground)
    deduced, placed = result.deduced.get(slot), result.placed.get(slot)
    where = reading.row_place.get(row)
    row_locator = reading.places.locator(*where) if where else None
    in_run = slot in run_of
    absence = "lost" if in_run or slot in reading.not_printed or slot in reading.unplaced or lost else "blank"
    if placed is not None and not (deduced is not None and placed.number is None):
        return _placed(make, reading, placed, unit, row_locator)
    if (
        deduced is not None
        and slot not in reading.unplaced
        and row not in reading.doubts
        and not _rests_on_doubt(reading, deduced)
    ):
        return make(
            value=Decimal(deduced.value),
            unit=unit or None,
            obs_status="I",
            # What only the readings of the row itself fix rests on the row's own identity.
            derivation="; ".join(deduced.identities) or _own_identity(reading, row),
            absence=absence,
            locator=row_locator,
        )
    if slot in reading.unplaced:
        reason = "unplaced"
    elif in_run:
        i = run_of[slot]
        placed_numbers = {p.number for p in result.placed.values() if p.run == i and p.number is not None}
        reason = "blank" if len(placed_numbers) == len(reading.runs[i][1]) else "unplaced"
    else:
        reason = "lost" if absence == "lost" else "blank"
    return make(
        unit=unit or None,
        obs_status="O",
        missing_reason=reason,
        absence="lost" if absence == "lost" else "blank",
        locator=row_locator,
    )


def _rests_on_doubt(reading: Reading, deduced: Deduced) -> bool:
    """Whether a deduction uses a number that was recognised from a picture and that nothing vouches for."""
    if not reading.unvouched:
        return False
    used = [i for i in form.identity_instances(reading.form, reading.table_code) if i.name in deduced.identities]
    return not used or any((r, c) in reading.unvouched for i in used for r, c, _ in i.terms)


def _own_identity(reading: Reading, row: str) -> str:
    instances = form.identity_instances(reading.form, reading.table_code)
    return next((i.name for i in instances if i.at == row), "")


def _maker(reading: Reading, row: str, column: str) -> Callable[..., Cell]:
    def make(**kw: object) -> Cell:
        return Cell(reading.table_code, row, column, **kw)  # type: ignore[arg-type]

    return make


def _printed(
    make: Callable[..., Cell], reading: Reading, slot: Slot, piece: Piece, unit: str, doubt: str | None
) -> Cell:
    text = reading.places.printed(piece.start, piece.end)
    locator = reading.places.locator(piece.start, piece.end)
    printed = piece.printed
    if _does_not_apply(piece) and not (doubt or "").startswith(Ground.RECOGNISED):
        return make(printed=text, unit=unit or None, obs_status="M", missing_reason="not_applicable", locator=locator)
    if printed.kind != "number":
        return make(printed=text, unit=unit or None, obs_status="O", missing_reason="unplaced", locator=locator)
    if printed.has_gap and slot not in reading.joined:
        doubt = doubt or Ground.DIGITS_APART
    if not printed.unit:
        doubt = doubt or reading.unit_doubts.get(slot)
        printed = replace(printed, unit=reading.header_units.get(slot, ""))
    value, value_unit, conversion = in_unit(printed, unit)
    return make(
        printed=text,
        value=value,
        unit=value_unit,
        obs_status="U" if doubt else "A",
        derivation="; ".join(x for x in (doubt, conversion) if x) or None,
        locator=locator,
    )


def _placed(make: Callable[..., Cell], reading: Reading, placed: Placed, unit: str, row_locator: str | None) -> Cell:
    printed, locator = None, row_locator
    if placed.number is not None:
        piece = reading.runs[placed.run][1][placed.number]
        if piece.printed.kind == "mark":
            return _printed(make, reading, ("", ""), piece, unit, None)
        printed = reading.places.printed(piece.start, piece.end)
        locator = reading.places.locator(piece.start, piece.end)
    return make(
        printed=printed,
        value=Decimal(placed.value),
        unit=unit or None,
        obs_status="U",
        derivation=placed.how,
        absence=None if printed is not None else "lost",
        locator=locator,
    )


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
