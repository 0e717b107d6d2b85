"""The same sheet cut or merged otherwise: doubled columns, stacked headers, empty rows and columns, blocks of rows."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

from pipeline import form
from tests.corpus.grid import Sheet, SheetCell

PER_CENT = {
    form.PROACTIVE: (31.0, 23.0, 23.0, 23.0),
    form.APPLICATIONS: (4.5, 9.0, 28.5, 8.0, 8.0, 8.0, 8.0, 8.0, 9.0, 9.0),
    form.REMEDIES: (100 / 15,) * 15,
}
"""Widths of the columns on paper, in per cent; the first one of section three holds one character a line."""


def doubled(sheet: Sheet) -> Sheet:
    """Every column split in two, every cell over twice as many of them."""
    cells = tuple(replace(c, column=2 * c.column, column_span=2 * c.column_span) for c in sheet.cells)
    return replace(sheet, width=2 * sheet.width, label_columns=2 * sheet.label_columns, cells=cells)


def stretched(sheet: Sheet, width: int) -> Sheet:
    """The sheet over `width` columns, a multiple of its own."""
    by = width // sheet.width
    cells = tuple(replace(c, column=by * c.column, column_span=by * c.column_span) for c in sheet.cells)
    return replace(sheet, width=width, label_columns=by * sheet.label_columns, cells=cells)


def with_empty_column(sheet: Sheet) -> Sheet:
    """An empty column at the right."""
    empty = tuple(SheetCell(row, sheet.width, "") for row in range(sheet.height))
    return replace(sheet, width=sheet.width + 1, cells=sheet.cells + empty)


def with_empty_row(sheet: Sheet, at: int) -> Sheet:
    """An empty row before row `at`; cells merged over that place grow by it."""
    cells = [
        replace(c, row=c.row + 1)
        if c.row >= at
        else replace(c, row_span=c.row_span + 1)
        if c.row + c.row_span > at
        else c
        for c in sheet.cells
    ]
    taken = {x for c in cells if c.row < at < c.row + c.row_span for x in range(c.column, c.column + c.column_span)}
    cells += [SheetCell(at, x, "") for x in range(sheet.width) if x not in taken]
    header = sheet.header_rows + (at < sheet.header_rows)
    return replace(sheet, height=sheet.height + 1, header_rows=header, cells=tuple(cells))


def with_stacked_headers(sheet: Sheet, rng: random.Random) -> Sheet:
    """Header cells over several rows cut into two stacked ones: the label above, below, or a part of it in each."""
    out: list[SheetCell] = []
    for cell in sheet.cells:
        is_header = cell.row < sheet.header_rows and cell.column >= sheet.label_columns
        if not is_header or cell.row_span < 2:
            out.append(cell)
            continue
        text = cell.text.replace(" ", "")
        upper, lower = rng.choice(((text, ""), ("", text), (text[: len(text) // 2], text[len(text) // 2 :])))
        out.append(replace(cell, text=upper, row_span=1))
        out.append(replace(cell, text=lower, row=cell.row + 1, row_span=cell.row_span - 1))
    return replace(sheet, cells=tuple(out))


def pieces(sheet: Sheet, starts: list[int], *, repeat: bool) -> list[Sheet]:
    """The sheet cut before each row of `starts`; a label merged over a cut stands again in the next piece, or is blank.

    The header is a piece of its own where it has rows.
    """
    bounds = sorted({0, *([sheet.header_rows] if sheet.header_rows else []), *starts, sheet.height})
    out = []
    for top, bottom in itertools.pairwise(bounds):
        cells = []
        for cell in sheet.cells:
            first, last = max(cell.row, top), min(cell.row + cell.row_span, bottom)
            if first < last:
                text = cell.text if cell.row == first or repeat else ""
                cells.append(replace(cell, row=first - top, row_span=last - first, text=text))
        header = max(0, min(sheet.header_rows, bottom) - top)
        out.append(replace(sheet, height=bottom - top, header_rows=header, cells=tuple(cells)))
    return out


def group_starts(sheet: Sheet) -> list[int]:
    """Rows at which a group of rows may begin in a table of its own."""
    if sheet.header_rows == 0:
        return [c.row for c in sheet.cells if c.column_span == sheet.width]
    labels = [c for c in sheet.cells if c.row >= sheet.header_rows and c.column < sheet.label_columns]
    return sorted({c.row for c in labels if c.column <= 1})
