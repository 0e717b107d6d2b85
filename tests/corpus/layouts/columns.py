"""PDF text in columns of spaces, as a layout-keeping PDF reader prints it; Chinese characters are two wide."""

from __future__ import annotations

import random
from itertools import pairwise

from pipeline import form
from tests.corpus.grid import Sheet, SheetCell
from tests.corpus.layouts.registry import TableText, layout
from tests.corpus.options import Options

GAP = 2
WIDTHS = {
    form.PROACTIVE: (30, 22, 22, 22),
    form.APPLICATIONS: (10, 10, 32, 10, 10, 10, 10, 10, 10, 10),
    form.REMEDIES: (8,) * 15,
}


def width(text: str) -> int:
    """Width in character cells; curly quotation marks are full-width in the fonts of such documents."""
    return sum(2 if ord(c) > 0x2000 else 1 for c in text)


def wrap(text: str, limit: int) -> list[str]:
    """A text in lines of at most `limit` cells; numbers are never broken, as in a real cell."""
    if text[:1].isdigit() and width(text) <= limit + GAP:
        return [text]
    out, line, used = [], "", 0
    for c in text:
        wide = 2 if ord(c) > 0x2000 else 1
        if line and used + wide > limit:
            out.append(line.rstrip())
            line, used = "", 0
        if c != " " or line:
            line += c
            used += wide
    return [*out, line.rstrip()]


def balanced(text: str, limit: int) -> list[str]:
    """A header in lines of about equal length: 结果 over 维持."""
    n = len(wrap(text, limit))
    return wrap(text, min(limit, 2 * -(-len(text) // n)))


class Canvas:
    """Lines of text in which pieces are set at columns of character cells."""

    def __init__(self, height: int) -> None:
        self.pieces: list[list[tuple[int, str]]] = [[] for _ in range(height)]

    def set(self, line: int, x: int, text: str) -> None:
        self.pieces[line].append((x, text))

    def lines(self) -> list[str]:
        out = []
        for pieces in self.pieces:
            text = ""
            for x, piece in sorted(pieces):
                text += " " * max(x - width(text), 1 if text else 0) + piece
            out.append(text)
        return out


def edges(sheet: Sheet) -> list[int]:
    """Left edge of every column, widened where a number would not fit, and the right edge of the last."""
    widths = list(WIDTHS[sheet.table_code])
    for cell in sheet.cells:
        if cell.key and cell.column_span == 1:
            widths[cell.column] = max(widths[cell.column], min(width(cell.text), 24) + GAP)
    out = [0]
    for w in widths:
        out.append(out[-1] + w)
    return out


def heights(sheet: Sheet, at: list[int]) -> list[int]:
    """Lines that every row takes: those of its tallest unmerged cell; the last row of a merge makes room for it."""
    out = [1] * sheet.height

    def need(cell: SheetCell) -> int:
        return len(wrap(cell.text, at[cell.column + cell.column_span] - at[cell.column] - GAP))

    for cell in sheet.cells:
        if cell.row_span == 1:
            out[cell.row] = max(out[cell.row], need(cell))
    for cell in sheet.cells:
        rows = slice(cell.row, cell.row + cell.row_span)
        out[cell.row + cell.row_span - 1] += max(0, need(cell) - sum(out[rows]))
    return out


@layout("pdf_columns", keeps_positions=True, delimited=True, prose="wrapped")
def pdf_columns(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """Columns aligned with spaces; a wrapped label has its numbers on its middle or first line."""
    at = edges(sheet)
    high = heights(sheet, at)
    tops = [sum(high[:r]) for r in range(sheet.height + 1)]
    canvas = Canvas(tops[-1])
    for cell in sheet.cells:
        left, right = at[cell.column], at[cell.column + cell.column_span]
        top, bottom = tops[cell.row], tops[cell.row + cell.row_span]
        is_header = cell.row < sheet.header_rows and cell.column >= sheet.label_columns
        lines = (balanced if is_header else wrap)(cell.text, right - left - GAP)
        room = bottom - top - len(lines)
        if not cell.key and cell.row_span == 1 and cell.row >= sheet.header_rows and cell.column < sheet.label_columns:
            start = top
        else:
            start = top if cell.key and options.value_line == "first" else top + room // 2
        centred = cell.key is not None or cell.column >= sheet.label_columns
        for i, line in enumerate(lines):
            x = left + max(0, (right - left - GAP - width(line)) // 2) if centred else left
            if line:
                canvas.set(start + i, x, line)
    header = tops[sheet.header_rows]
    return TableText(canvas.lines(), [t for t, _ in pairwise(tops)], header)


@layout("pdf_columns_paged", keeps_positions=True, is_paged=True, prose="wrapped")
def pdf_columns_paged(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """The same over several pages."""
    return pdf_columns(sheet, options, rng)
