"""Blocks of a flowing document (web page, Word file) and how tables among them become grids.

Tables do two things in such files: they hold data, and they lay out the page. Which is which is told row by row: a row of
short cells belongs to a grid; a row with prose, or with other tables in it, is taken apart into its blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from pipeline import limits
from pipeline.read.building import LONGEST_CELL, LONGEST_LONE_CELL, Builder, NewCell, join_paragraphs
from pipeline.read.fault import too_complex

_LONGEST_PARAGRAPHS = 120
"""Characters that a cell of a data table has at most over several paragraphs."""
_WIDEST, _TALLEST = 1000, 65_534
"""Spans that HTML allows (WHATWG HTML, 4.9.11)."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line breaks inside it are part of its text. `is_link`: nothing but a link to another page.

    `group` as in `Place`.
    """

    text: str
    is_furniture: bool = False
    is_link: bool = False
    group: int = 0


@dataclass(slots=True)
class Cell:
    """A cell as written: its blocks and spans; a `row_span` of 0 reaches to the end of the table."""

    blocks: list[Block] = field(default_factory=list)
    row_span: int = 1
    column_span: int = 1


@dataclass(slots=True)
class Table:
    """Rows of cells as written, before spans are resolved."""

    rows: list[list[Cell]] = field(default_factory=list)


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell with its place: rows `row` to `row + row_span - 1`, columns `left` to `right - 1`; and its text."""

    row: int
    row_span: int
    left: int
    right: int
    cell: Cell
    text: str


class Writer:
    """Writes blocks in order; counts paragraphs and tables as it goes."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._paragraphs = self._tables = self._places = 0

    def write(self, blocks: Iterable[Block]) -> None:
        """Writes blocks. Raises Fault where tables have more cells than the limit."""
        for block in blocks:
            if isinstance(block, Paragraph):
                self._paragraphs += 1
                parts = (("paragraph", self._paragraphs),)
                self._builder.paragraph(block.text, parts, is_furniture=block.is_furniture, group=block.group)
            else:
                self._table(block)

    def _table(self, table: Table) -> None:
        placed = self._resolve(_composed(table))
        if not placed:
            return
        width = max(p.right for p in placed)
        by_row: dict[int, list[_Placed]] = {}
        for p in placed:
            by_row.setdefault(p.row, []).append(p)
        number: int | None = None
        for is_grid, rows in groupby(sorted(by_row), key=lambda r: _is_data(by_row[r], width)):
            cells = [p for r in rows for p in by_row[r]]
            if not is_grid or _is_list(cells):
                for p in cells:
                    self.write(p.cell.blocks)
                continue
            if number is None:
                self._tables += 1
                number = self._tables
            self._builder.grid((_new(p, number) for p in cells), frame=number)

    def _resolve(self, table: Table) -> list[_Placed]:
        """Spans resolved as HTML says (WHATWG HTML, 4.9.12), but no two cells overlap: the later one gives way."""
        out: list[_Placed] = []
        taken: dict[int, int] = {}
        """By column, the first row that is free in it."""
        height = len(table.rows)
        for r, row in enumerate(table.rows):
            at = 0
            for cell in row:
                while taken.get(at, 0) > r:
                    at += 1
                end = at + 1
                while end < at + min(max(cell.column_span, 1), _WIDEST) and taken.get(end, 0) <= r:
                    end += 1
                span = height - r if cell.row_span < 1 else min(cell.row_span, _TALLEST, height - r)
                self._places += (end - at) * span
                if self._places > limits.current().max_cells:
                    raise too_complex("cells of tables", limits.current().max_cells)
                for c in range(at, end):
                    taken[c] = r + span
                out.append(_Placed(r, span, at, end, cell, _text(cell)))
                at = end
        return out


def _text(cell: Cell) -> str:
    """The text of a cell without tables in it, its paragraphs joined."""
    if not cell.blocks:
        return ""
    if len(cell.blocks) == 1 and isinstance(only := cell.blocks[0], Paragraph) and "\n" not in only.text:
        return only.text.strip()
    return join_paragraphs(line for b in cell.blocks if isinstance(b, Paragraph) for line in b.text.split("\n"))


def _new(p: _Placed, table: int) -> NewCell:
    parts = (("table", table), ("row", p.row + 1), ("column", p.left + 1))
    return NewCell(p.row, p.row_span, p.left, p.right, p.text, parts)


def _is_data(row: Sequence[_Placed], width: int) -> bool:
    """Whether a row belongs to a grid: no tables in it, no prose."""
    filled = [p for p in row if p.cell.blocks]
    for p in filled:
        if any(isinstance(b, Table) for b in p.cell.blocks):
            return False
        length = len(p.text)
        if length > LONGEST_CELL or (length > _LONGEST_PARAGRAPHS and len(p.cell.blocks) > 1):
            return False
        if length > LONGEST_LONE_CELL and len(filled) == 1 and p.right - p.left >= width:
            return False
    return True


def _is_list(cells: Sequence[_Placed]) -> bool:
    """Whether rows are no grid after all: never two cells beside one another, or nothing but the site's furniture."""
    texts = [b for p in cells for b in p.cell.blocks if isinstance(b, Paragraph)]
    beside = any(a.row == b.row for a, b in pairwise(cells)) or any(p.left for p in cells)
    return not beside or all(b.is_furniture for b in texts)


def _composed(table: Table) -> Table:
    """The table with nested tables put in the place of the cell that holds nothing else.

    A nested table of one cell is that cell; one of a single row beside cells with text gives its cells to the row; the
    only cell of a table, where it holds just a table, is that table.
    """
    while len(table.rows) == 1 and len(table.rows[0]) == 1:
        inner = _only_table(table.rows[0][0])
        if inner is None:
            break
        table = inner
    rows = []
    for row in table.rows:
        if not any(isinstance(b, Table) for c in row for b in c.blocks):
            rows.append(row)
            continue
        cells: list[Cell] = []
        beside = any(_only_table(c) is None and _text(c) for c in row)
        for c in row:
            nested = _only_table(c)
            inner_rows = [r for r in nested.rows if r] if nested is not None else []
            if len(inner_rows) == 1 and len(inner_rows[0]) == 1:
                cells.append(Cell(inner_rows[0][0].blocks, c.row_span, c.column_span))
            elif len(inner_rows) == 1 and beside:
                cells += [Cell(x.blocks, c.row_span, x.column_span) for x in inner_rows[0]]
            else:
                cells.append(c)
        rows.append(cells)
    return Table(rows)


def _only_table(cell: Cell) -> Table | None:
    """The table that a cell holds and nothing else, or None."""
    blocks = [b for b in cell.blocks if isinstance(b, Table) or b.text.strip()]
    return blocks[0] if len(blocks) == 1 and isinstance(blocks[0], Table) else None
