"""The right answer for every cell of a rendered report, in the format of the hand-keyed gold files."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline import form
from tests.corpus import oracle
from tests.corpus.layouts.registry import Layout
from tests.corpus.numbers import Key
from tests.corpus.options import Options
from tests.corpus.truth import TableTruth, Truth

HEADER = ("table", "row", "column", "value", "printed")
KINDS = ("printed", "blank", "open", "absent", "undecidable", "not_applicable")


@dataclass(frozen=True, slots=True)
class GoldCell:
    """What a cell should become. `kind` as in the gold files, and `not_applicable` (not in them).

    `true` is what the author had in mind. `is_lenient`: null and the true number are both right (a table that
    contradicts itself or that tests no identity, a row whose marks have lost their places).
    `names_row`: printed identities along this row fail, so that a finding names the row.
    """

    table: str
    row: str
    column: str
    value: Decimal | None
    kind: str
    true: Decimal | None = None
    is_lenient: bool = False
    names_row: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.table, self.row, self.column)


def gold_cells(truth: Truth, layout: Layout, options: Options, lost: dict[str, frozenset[Key]]) -> tuple[GoldCell, ...]:
    """Gold of a report: tables that the document leaves out have none."""
    out: list[GoldCell] = []
    for code in form.TABLES:
        if code not in options.missing_tables:
            out += table_gold(truth.tables[code], layout, lost.get(code, frozenset()))
    return tuple(out)


def answer(table: TableTruth, lost: frozenset[Key]) -> oracle.Answer:
    items = tuple(
        (k, None if k in lost else c.number if c.number is not None else Decimal(0) if c.is_mark else None)
        for k, c in table.cells.items()
    )
    return _answer(table.form, table.table_code, items)


@lru_cache(maxsize=256)
def _answer(form_code: str, table_code: str, items: tuple[tuple[Key, Decimal | None], ...]) -> oracle.Answer:
    return oracle.solve(form_code, table_code, dict(items))


def table_gold(table: TableTruth, layout: Layout, lost: frozenset[Key]) -> list[GoldCell]:
    found = answer(table, lost)
    contradictory = bool(found.failing) or found.is_infeasible
    marked = {r for (r, _), c in table.cells.items() if c.is_mark}
    named = {e.at for e in found.failing if e.axis == "row"}
    doubtful = set() if layout.keeps_positions else short_rows(table, layout)
    bare = {r for r, _ in table.cells} - {r for (r, _), c in table.cells.items() if not c.is_blank}
    if table.table_code == form.REMEDIES and bare != {r for r, _ in table.cells}:
        bare = set()  # one line holds all three rows: with anything printed, each of them may hold it
    out = []
    for (row, column), cell in table.cells.items():
        key = (row, column)
        value, kind, lenient = cell.number, "printed", False
        if key in lost:
            value = found.fixed.get(key)
            kind, lenient = ("open", contradictory) if value is None else ("absent", contradictory or found.is_untested)
        elif cell.is_mark:
            kind = "not_applicable"
        elif cell.is_blank:
            value = found.fixed.get(key)
            kind, lenient = ("open", contradictory) if value is None else ("blank", contradictory or found.is_untested)
        if row in doubtful and not (row in bare and kind == "open"):
            kind = "undecidable" if kind != "not_applicable" else kind
            value = cell.true if value is None and kind == "undecidable" else value
            lenient = lenient or row in marked or not table.is_consistent
        out.append(GoldCell(table.table_code, row, column, value, kind, cell.true, lenient, row in named))
    return out


def short_rows(table: TableTruth, layout: Layout) -> set[str]:
    """Rows whose places are open: a blank is lost, or numbers run together in more than one way."""
    if table.table_code == form.PROACTIVE and layout.glued:
        return {
            r
            for r in {r for r, _ in table.cells}
            if splits(table, r) != 1 or any(c.is_blank for (q, _), c in table.cells.items() if q == r)
        }
    rows = {r for (r, _), c in table.cells.items() if c.is_blank}
    if table.table_code == form.REMEDIES and rows:
        return {r for r, _ in table.cells}
    return rows


def splits(table: TableTruth, row: str) -> int:
    """Ways to cut a run of digits into at most as many numbers as the row has cells; 0 where it is no run of digits."""
    texts = [c.printed for (r, _), c in table.cells.items() if r == row]
    if len(texts) == 1:
        return 1
    run = "".join(texts)
    if not run.isdigit():
        return 0

    def ways(at: int, cells: int) -> int:
        if at == len(run):
            return 1
        if cells == 0:
            return 0
        ends = (at + 1,) if run[at] == "0" else range(at + 1, len(run) + 1)
        return sum(ways(end, cells - 1) for end in ends)

    return ways(0, len(texts))


def to_csv(cells: tuple[GoldCell, ...]) -> str:
    """The gold file, the value of an exact decimal without exponent. Cells that print a mark have no line in it: the
    format of the gold files has no word for them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for c in cells:
        if c.kind != "not_applicable":
            writer.writerow((*c.key, "" if c.value is None else f"{c.value:f}", c.kind))
    return out.getvalue()
