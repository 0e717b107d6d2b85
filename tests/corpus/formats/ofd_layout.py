"""Lays a report out on A4 pages in millimetres, y downwards: texts by their baselines, rulings as lines."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.corpus.formats.blocks import Heading, MetadataBlock, MissingTable, Paragraph, Report, Table
from tests.corpus.formats.sheets import PER_CENT
from tests.corpus.grid import Sheet, SheetCell
from tests.corpus.layouts.columns import width, wrap

LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 24.0, 272.0
PROSE_SIZE, TABLE_SIZE, PADDING = 3.88, 3.18, 1.0
LEADING = 1.4


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text: its left end and its baseline, its size; a Chinese character is as wide as the size."""

    x: float
    y: float
    size: float
    text: str

    @property
    def width(self) -> float:
        return width(self.text) * self.size / 2


@dataclass(slots=True)
class Page:
    """What stands on a page. `boxes` are the ruled cells as x, y, width, height."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)


class Typesetter:
    """Fills pages from top to bottom."""

    def __init__(self, rng: random.Random, padding: float, *, has_whole_numbers: bool) -> None:
        self.rng, self.padding, self.has_whole_numbers = rng, padding, has_whole_numbers
        self.pages = [Page()]
        self.y = TOP
        self.vertical = rng.choice(("middle", "middle", "top"))

    def room(self, height: float) -> None:
        """Begins a page where `height` is not left on this one."""
        if self.y + height > BOTTOM:
            self.pages.append(Page())
            self.y = TOP

    def line(self, text: str, x: float, size: float) -> None:
        self.room(size * LEADING)
        self.pages[-1].pieces.append(Piece(x, self.y + size * 1.1, size, text))
        self.y += size * LEADING

    def prose(self, text: str, size: float = PROSE_SIZE, align: str = "left", indent: int = 0) -> None:
        per_line = int((RIGHT - LEFT) / size * 2)
        for i, line in enumerate(wrap("　" * indent + text, per_line)):
            bare = line.lstrip("　")
            free = RIGHT - LEFT - width(bare) * size / 2
            left = {"left": width(line) * size / 2 - width(bare) * size / 2 if i == 0 else 0, "center": free / 2}
            self.line(bare, LEFT + left.get(align, free), size)

    # ---- tables ----
    def table(self, sheet: Sheet) -> None:
        edges = [LEFT]
        for share in PER_CENT[sheet.table_code]:
            edges.append(edges[-1] + share * (RIGHT - LEFT) / 100)
        lines = {
            c: [c.text] if c.key and self.has_whole_numbers else wrapped(c, edges, self.padding) for c in sheet.cells
        }
        heights = row_heights(sheet, lines)
        tops: list[tuple[int, float]] = []
        if sheet.header_rows:
            self.room(sum(heights[: sheet.header_rows + 1]))
        for height in heights:
            self.room(height)
            tops.append((len(self.pages) - 1, self.y))
            self.y += height
        for cell in sheet.cells:
            self.cell(sheet, cell, lines[cell], edges, heights, tops)
        self.y += 2

    def cell(
        self,
        sheet: Sheet,
        cell: SheetCell,
        lines: list[str],
        edges: list[float],
        heights: list[float],
        tops: list[tuple[int, float]],
    ) -> None:
        """A cell, in one fragment on each page that it reaches; its text flows from one to the next."""
        left, right = edges[cell.column], edges[cell.column + cell.column_span]
        rows = range(cell.row, cell.row + cell.row_span)
        rest = list(lines)
        for page in sorted({tops[r][0] for r in rows}):
            here = [r for r in rows if tops[r][0] == page]
            top = tops[here[0]][1]
            height = sum(heights[r] for r in here)
            self.pages[page].boxes.append((left, top, right - left, height))
            fits = max(1, int((height - PADDING) / (TABLE_SIZE * LEADING)))
            now, rest = (rest, []) if here[-1] == rows[-1] else (rest[:fits], rest[fits:])
            free = height - len(now) * TABLE_SIZE * LEADING
            y = top + (free / 2 if self.vertical == "middle" else PADDING / 2)
            for line in now:
                size = TABLE_SIZE
                if cell.key and self.has_whole_numbers and line:
                    size = min(size, (right - left - 2 * self.padding) * 2 / width(line))
                room = right - left - 2 * self.padding - width(line) * size / 2
                is_centred = cell.key or cell.column >= sheet.label_columns
                x = left + self.padding + (max(0.0, room / 2) if is_centred else 0)
                if line:
                    self.pages[page].pieces.append(Piece(x, y + TABLE_SIZE * 1.1, size, line))
                y += TABLE_SIZE * LEADING


def wrapped(cell: SheetCell, edges: list[float], padding: float) -> list[str]:
    free = edges[cell.column + cell.column_span] - edges[cell.column] - 2 * padding
    return wrap(cell.text, max(2, int(free / TABLE_SIZE * 2)))


def row_heights(sheet: Sheet, lines: dict[SheetCell, list[str]]) -> list[float]:
    """Heights that hold every cell; the last row of a merged one makes room for it."""
    line = TABLE_SIZE * LEADING
    out = [line + PADDING] * sheet.height
    for cell in sheet.cells:
        if cell.row_span == 1:
            out[cell.row] = max(out[cell.row], len(lines[cell]) * line + PADDING)
    for cell in sheet.cells:
        end = cell.row + cell.row_span
        out[end - 1] += max(0.0, len(lines[cell]) * line + PADDING - sum(out[cell.row : end]))
    return out


def lay_out(
    report: Report, rng: random.Random, padding: float = PADDING, *, has_whole_numbers: bool = False
) -> list[Page]:
    """The pages of a report, with page numbers or without.

    `padding` is what a cell leaves free at its left and right; `has_whole_numbers`: no number goes over two lines, a
    long one is set in smaller type.
    """
    setter = Typesetter(rng, padding, has_whole_numbers=has_whole_numbers)
    for block in report.blocks:
        if isinstance(block, MetadataBlock):
            for key, value in block.pairs:
                setter.prose(f"{key}：{value}")
        elif isinstance(block, Heading):
            setter.room(20)
            setter.prose(block.text, 4.9)
        elif isinstance(block, Table):
            setter.table(block.sheet)
        elif isinstance(block, MissingTable):
            setter.y += 5
        elif isinstance(block, Paragraph):
            size, align = {"title": (6.3, "center"), "signature": (PROSE_SIZE, "right")}.get(
                block.kind, (PROSE_SIZE, "left")
            )
            setter.prose(block.text, size, align, indent=2 if block.kind == "text" else 0)
    if rng.random() < 0.7:
        mark = rng.choice(("- {} -", "— {} —", "{}"))
        for i, page in enumerate(setter.pages, 1):
            page.pieces.append(Piece(102, 285, PROSE_SIZE, mark.format(i)))
    return setter.pages
