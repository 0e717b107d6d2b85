"""Errors put into the numbers of a table of known truth: each kind changes one thing, as scans, web text and hands do.

A `Sheet` is a statutory table as a text gives it. An injector takes a sheet and hands back another, or None where the
table has nothing that this error could change (two equal numbers swapped are no error).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline import form
from pipeline.reconcile import Problem, Run, Slot

TOTAL, HANDLED = "total", "handled_total"
MISREAD = ("17", "06", "38", "56", "08", "68", "49", "27")
"""Digits that scans and eyes take for one another."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of `truth` (every cell of the form) and what the text prints of it.

    `printed`: number by cell, None where the cell is blank; a wrong number stands here. `short`: rows of which the text
    keeps the numbers in their order and loses the blank cells. `dropped`: rows that the text does not have.
    """

    form: str
    table_code: str
    truth: Mapping[Slot, int]
    printed: Mapping[Slot, int | None]
    short: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    @property
    def rows(self) -> tuple[str, ...]:
        return form.row_codes(self.form, self.table_code)

    @property
    def columns(self) -> tuple[str, ...]:
        return form.column_codes(self.form, self.table_code)

    @property
    def numbers(self) -> dict[Slot, int]:
        """What the text prints, where it stands in the original."""
        return {s: n for s, n in self.printed.items() if n is not None and s[0] not in self.dropped}

    @property
    def wrong(self) -> dict[Slot, int]:
        """The true number of every cell that prints another one."""
        return {s: self.truth[s] for s, n in self.numbers.items() if n != self.truth[s]}

    @property
    def unprinted(self) -> tuple[Slot, ...]:
        numbers = self.numbers
        return tuple(s for s in self.truth if s not in numbers)

    @property
    def text(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Rows in their order, each with the numbers that it prints: all that is left once blanks are lost."""
        rows = ((r, [self.printed[r, c] for c in self.columns]) for r in self.rows if r not in self.dropped)
        return tuple((r, tuple(n for n in numbers if n is not None)) for r, numbers in rows)

    def problem(self) -> Problem:
        """The sheet as the reconciliation gets it."""
        known: dict[Slot, int] = {}
        blank: set[Slot] = set()
        runs = []
        for row, numbers in self.text:
            slots = tuple((row, c) for c in self.columns)
            if row in self.short and 0 < len(numbers) < len(slots):
                runs.append(Run(slots, numbers))
                continue
            for slot in slots:
                n = self.printed[slot]
                if n is None:
                    blank.add(slot)
                else:
                    known[slot] = n
        return Problem(form.identity_instances(self.form, self.table_code), known, frozenset(blank), tuple(runs))

    def printing(self, changes: Mapping[Slot, int | None]) -> Sheet:
        return replace(self, printed={**self.printed, **changes})


Injector = Callable[[Sheet, random.Random], Sheet | None]


def clean(form_code: str, table_code: str, truth: Mapping[Slot, int]) -> Sheet:
    """The table with every cell printed."""
    return Sheet(form_code, table_code, truth, dict(truth))


# ---- wrong numbers ----
def digit_typo(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """One number with one digit misread, replaced, dropped or doubled, or with two neighbouring digits swapped."""
    return _one_number(sheet, rng, lambda n: int(_mistyped(str(n), rng) or n))


def other_value(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """One number replaced by any other of about its size."""
    return _one_number(sheet, rng, lambda n: rng.randint(0, 2 * n + 10))


def _one_number(sheet: Sheet, rng: random.Random, change: Callable[[int], int]) -> Sheet | None:
    """Half of the time among the numbers that are not zero: a typo on a sheet of zeros would nearly always hit one."""
    wrong = sheet.wrong
    right = [(s, n) for s, n in sheet.numbers.items() if s not in wrong]
    counts = [(s, n) for s, n in right if n]
    for _ in range(50):
        slot, n = rng.choice(counts if counts and rng.random() < 0.5 else right)
        changed = change(n)
        if changed != n and changed != sheet.truth[slot]:
            return sheet.printing({slot: changed})
    return None


def _mistyped(digits: str, rng: random.Random) -> str | None:
    at = rng.randrange(len(digits))
    how = rng.choice(("misread", "misread", "replaced", "dropped", "doubled", "swapped"))
    if how == "misread":
        others = [a if b == digits[at] else b for a, b in MISREAD if digits[at] in (a, b)]
        return digits[:at] + rng.choice(others) + digits[at + 1 :] if others else None
    if how == "replaced":
        return digits[:at] + rng.choice("0123456789") + digits[at + 1 :]
    if how == "dropped":
        return digits[:at] + digits[at + 1 :] or None
    if how == "doubled":
        return digits[: at + 1] + digits[at:]
    return digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :]


def swap_in_row(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """Two cells of a row changed places."""
    return _swap(sheet, rng, lambda a, b: a[0] == b[0])


def swap_in_column(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """Two cells of a column changed places."""
    return _swap(sheet, rng, lambda a, b: a[1] == b[1])


def _swap(sheet: Sheet, rng: random.Random, together: Callable[[Slot, Slot], bool]) -> Sheet | None:
    wrong = sheet.wrong
    numbers = {s: n for s, n in sheet.numbers.items() if s not in wrong}
    counts = [s for s, n in numbers.items() if n]
    rng.shuffle(counts)
    for a in counts:
        others = [b for b in numbers if together(a, b) and numbers[b] != numbers[a]]
        if others:
            b = rng.choice(others)
            return sheet.printing({a: numbers[b], b: numbers[a]})
    return None


def shifted_row(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """A row one column too far left or right: the cell at one edge is lost, the other edge is blank or says 0."""
    rows = list(sheet.rows)
    rng.shuffle(rows)
    wrong = {r for r, _ in sheet.wrong}
    for row in rows:
        cells = [sheet.printed[row, c] for c in sheet.columns]
        edge = rng.choice((None, 0))
        moved = [*cells[1:], edge] if rng.random() < 0.5 else [edge, *cells[:-1]]
        changed = sheet.printing({(row, c): n for c, n in zip(sheet.columns, moved, strict=True)})
        if row not in wrong and len(changed.wrong) > len(sheet.wrong):
            return changed
    return None


def merged_digits(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """Two neighbours run together: "1" and "0" become "10" and a blank."""
    pairs = []
    for row in sheet.rows:
        for a, b in zip(sheet.columns, sheet.columns[1:], strict=False):
            left, right = sheet.printed[row, a], sheet.printed[row, b]
            if left and right is not None and left == sheet.truth[row, a] and right == sheet.truth[row, b]:
                pairs.append(((row, a), (row, b), int(f"{left}{right}")))
    if not pairs:
        return None
    first, second, both = rng.choice(pairs)
    return sheet.printing({first: both, second: None})


def split_digits(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """A number fell apart: "10" becomes "1" and "0", the row behind it moves right and loses its last cell."""
    wrong = {r for r, _ in sheet.wrong}
    long = [
        (row, at)
        for row in sheet.rows
        for at, c in enumerate(sheet.columns[:-1])
        if row not in wrong and (sheet.printed[row, c] or 0) >= 10
    ]
    if not long:
        return None
    row, at = rng.choice(long)
    cells = [sheet.printed[row, c] for c in sheet.columns]
    digits = str(cells[at])
    cut = rng.randrange(1, len(digits))
    moved = [*cells[:at], int(digits[:cut]), int(digits[cut:]), *cells[at + 1 : -1]]
    return sheet.printing({(row, c): n for c, n in zip(sheet.columns, moved, strict=True)})


# ---- lost numbers ----
def dropped_row(sheet: Sheet, rng: random.Random) -> Sheet | None:
    return replace(sheet, dropped=sheet.dropped | {rng.choice([r for r in sheet.rows if r not in sheet.dropped])})


def dropped_column(sheet: Sheet, rng: random.Random) -> Sheet | None:
    full = [c for c in sheet.columns if any(sheet.printed[r, c] is not None for r in sheet.rows)]
    column = rng.choice(full)
    return _blanked(sheet, lambda s: s[1] == column)


def lost_totals(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """The totals of the rows blank."""
    return _blanked(sheet, lambda s: s[1] == TOTAL)


def lost_all_totals(sheet: Sheet, rng: random.Random) -> Sheet | None:
    """The totals of the rows and those of the columns blank."""
    return _blanked(sheet, lambda s: TOTAL in s or HANDLED in s)


def blank_cells(count: int) -> Injector:
    """So many cells blank, whatever they hold."""

    def inject(sheet: Sheet, rng: random.Random) -> Sheet | None:
        chosen = set(rng.sample(sorted(sheet.numbers), count))
        return _blanked(sheet, lambda s: s in chosen)

    return inject


def blanks(share: float, *, zeros: bool) -> Injector:
    """A share of the zeros, or of all cells, blank; every blank keeps its place."""

    def inject(sheet: Sheet, rng: random.Random) -> Sheet | None:
        return _blanked(sheet, lambda s: (not zeros or not sheet.printed[s]) and rng.random() < share)

    return inject


def lost_cells(share: float, *, zeros: bool) -> Injector:
    """The same where a blank loses its place: rows show fewer numbers than the form has columns."""

    def inject(sheet: Sheet, rng: random.Random) -> Sheet | None:
        blanked = blanks(share, zeros=zeros)(sheet, rng)
        return blanked and replace(blanked, short=frozenset(sheet.rows))

    return inject


def _blanked(sheet: Sheet, test: Callable[[Slot], bool]) -> Sheet | None:
    chosen = {s: None for s in sheet.numbers if test(s)}
    return sheet.printing(chosen) if chosen else None


# ---- put together ----
def times(count: int, injector: Injector) -> Injector:
    """One error so many times, each elsewhere."""

    def inject(sheet: Sheet, rng: random.Random) -> Sheet | None:
        out: Sheet | None = sheet
        for _ in range(count):
            out = out and injector(out, rng)
        return out

    return inject


def then(first: Injector, second: Injector) -> Injector:
    """A wrong number in a table that also lost some: not counted where the loss took the wrong number."""

    def inject(sheet: Sheet, rng: random.Random) -> Sheet | None:
        wrong = first(sheet, rng)
        both = wrong and second(wrong, rng)
        return both if both and both.wrong else None

    return inject
