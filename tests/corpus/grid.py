"""The statutory table as a sheet with merged cells, the way the form prints it; renderers flatten it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pipeline import form
from tests.corpus.labels import Labels
from tests.corpus.numbers import Key
from tests.corpus.options import Options
from tests.corpus.truth import TableTruth

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of the sheet. `key` is set for cells that hold a number; `text` is "" for a blank one."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `header_rows` lines above the first number row (0 where headers and numbers alternate)."""

    table_code: str
    width: int
    height: int
    header_rows: int
    label_columns: int
    cells: tuple[SheetCell, ...]

    def rows(self) -> list[list[SheetCell]]:
        """Cells by the row in which they begin, left to right."""
        out: list[list[SheetCell]] = [[] for _ in range(self.height)]
        for cell in sorted(self.cells, key=lambda c: (c.row, c.column)):
            out[cell.row].append(cell)
        return out

    def slots(self, row: int) -> list[SheetCell]:
        """All cells that cover a row, left to right, those merged from above too."""
        return sorted((c for c in self.cells if c.row <= row < c.row + c.row_span), key=lambda c: c.column)


def build(table: TableTruth, options: Options, *, delimited: bool) -> Sheet:
    """The sheet of a table; `delimited` says whether the layout could carry a number with a space inside."""
    labels = Labels(table.form, table.table_code, options)
    texts = cell_texts(table, options, delimited)
    builders = {form.PROACTIVE: proactive, form.APPLICATIONS: applications, form.REMEDIES: remedies}
    return builders[table.table_code](table, labels, texts)


def cell_texts(table: TableTruth, options: Options, delimited: bool) -> dict[Key, str]:
    rng = random.Random(f"cells{options.seed}{table.table_code}")
    texts = {k: c.printed for k, c in table.cells.items()}
    if options.split_digits and delimited:
        long = [
            k for k, c in table.cells.items() if c.number is not None and c.printed.isdigit() and len(c.printed) == 2
        ]
        for k in rng.sample(long, min(2, len(long))):
            texts[k] = texts[k][0] + " " + texts[k][1]
    if options.full_width_digits:
        texts = {k: t.translate(FULL_WIDTH) for k, t in texts.items()}
    return texts


def proactive(table: TableTruth, labels: Labels, texts: dict[Key, str]) -> Sheet:
    defs = form.cell_defs(table.form, table.table_code)
    cells: list[SheetCell] = []
    at = 0
    for group in dict.fromkeys(d.group_label for d in defs):
        of_group = [d for d in defs if d.group_label == group]
        columns = list(dict.fromkeys(d.column_code for d in of_group))
        span = 3 if len(columns) == 1 else 1
        cells.append(SheetCell(at, 0, labels.dress(group), 1, 4))
        cells.append(SheetCell(at + 1, 0, "信息内容"))
        cells += [SheetCell(at + 1, 1 + i, labels.column(c), 1, span) for i, c in enumerate(columns)]
        at += 2
        for row in dict.fromkeys(d.row_code for d in of_group):
            cells.append(SheetCell(at, 0, labels.row(row)))
            cells += [SheetCell(at, 1 + i, texts[row, c], 1, span, (row, c)) for i, c in enumerate(columns)]
            at += 1
    return Sheet(table.table_code, 4, at, 0, 1, tuple(cells))


def applications(table: TableTruth, labels: Labels, texts: dict[Key, str]) -> Sheet:
    columns = form.column_codes(table.form, table.table_code)
    cells = [
        SheetCell(0, 0, labels.group("identity_note"), 3, 3),
        SheetCell(0, 3, labels.group("applicants"), 1, 7),
        SheetCell(1, 3, labels.column("natural_person"), 2, 1),
        SheetCell(1, 4, labels.group("organizations"), 1, 5),
        SheetCell(1, 9, labels.column("total"), 2, 1),
        *(SheetCell(2, 4 + i, labels.column(c)) for i, c in enumerate(columns[1:6])),
    ]
    rows = form.row_codes(table.form, table.table_code)
    groups = {d.row_code: d.group_label for d in form.cell_defs(table.form, table.table_code)}
    results = [r for r in rows if groups[r]]
    outer = groups["granted"]
    cells.append(SheetCell(3 + rows.index(results[0]), 0, labels.dress(outer), len(results), 1))
    for at, row in enumerate(rows, 3):
        if not groups[row]:
            cells.append(SheetCell(at, 0, labels.row(row), 1, 3))
        elif groups[row] == outer:
            cells.append(SheetCell(at, 1, labels.row(row), 1, 2))
        else:
            same = [r for r in rows if groups[r] == groups[row]]
            if row == same[0]:
                cells.append(SheetCell(at, 1, labels.dress(groups[row]), len(same), 1))
            cells.append(SheetCell(at, 2, labels.row(row)))
        cells += [SheetCell(at, 3 + i, texts[row, c], key=(row, c)) for i, c in enumerate(columns)]
    return Sheet(table.table_code, 10, 3 + len(rows), 3, 3, tuple(cells))


def remedies(table: TableTruth, labels: Labels, texts: dict[Key, str]) -> Sheet:
    rows = form.row_codes(table.form, table.table_code)
    columns = form.column_codes(table.form, table.table_code)
    cells = [
        SheetCell(0, 0, labels.group("reconsideration_header"), 1, 5),
        SheetCell(0, 5, labels.group("litigation_header"), 1, 10),
        *(SheetCell(1, i, labels.column(c), 2, 1) for i, c in enumerate(columns)),
        SheetCell(1, 5, labels.group("direct_header"), 1, 5),
        SheetCell(1, 10, labels.group("after_reconsideration_header"), 1, 5),
        *(SheetCell(2, 5 + i, labels.column(c)) for i, c in enumerate(columns * 2)),
        *(SheetCell(3, 5 * j + i, texts[r, c], key=(r, c)) for j, r in enumerate(rows) for i, c in enumerate(columns)),
    ]
    return Sheet(table.table_code, 15, 4, 3, 0, tuple(cells))
