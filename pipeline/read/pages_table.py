"""The tables of a page: characters into the cells that the lines build, edges made the same on all pages."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline import limits
from pipeline.read.building import join_lines
from pipeline.read.fault import too_complex
from pipeline.read.pages_flow import FULL, FlowLine, FlowPage
from pipeline.read.pages_grid import Table, find_tables
from pipeline.read.pages_lines import cell_text, height_of, lines_of, slack, split
from pipeline.read.pages_model import Glyph, Page

_NUMBER = re.compile(r"[-+]?[\d.,]+")
_NEAR = 2.5
"""Points within which edges of tables on different pages are the same."""
_FARTHEST = 60.0
"""How far a page may be shifted against those before it (mirrored margins), in points."""


@dataclass(slots=True)
class TableCell:
    """A cell in the making: `left` and `right` in points of its own page.

    `is_full`: whether its last line is as long as a line of this cell can be, so that the text may go on elsewhere.
    """

    row: int
    row_span: int
    left: float
    right: float
    text: str
    certainty: float | None
    is_full: bool = False

    def join(self, rest: TableCell) -> str:
        """The text with what stands on the next page."""
        return join_lines((self.text, rest.text)) if self.text and rest.text else self.text or rest.text


@dataclass(slots=True)
class PageGrid:
    """A table in the making: its extent on the page, its cells by row; `edges` from points to those of all pages."""

    left: float
    top: float
    right: float
    bottom: float
    cells: list[TableCell]
    edges: dict[float, int] = field(default_factory=dict)

    def place(self, cell: TableCell) -> tuple[int, int]:
        """A cell's left and right edge as on all pages."""
        return self.edges[cell.left], self.edges[cell.right]


@dataclass(slots=True)
class PageSheet:
    """A page in the making: its lines outside of tables, its tables from top to bottom."""

    flow: FlowPage
    grids: list[PageGrid]


def read_sheet(page: Page, before: PageSheet | None = None) -> PageSheet:
    """The page's tables and lines; `before` is the page before it, whose last table may go on here."""
    limit = limits.current().max_page_objects
    if len(page.glyphs) + len(page.rules) > limit:
        raise too_complex("characters and lines on a page", limit)
    tables = find_tables(page.rules)
    if not tables:
        return PageSheet(_flow(page, page.glyphs, []), [])
    inside: list[dict[int, list[Glyph]]] = [{} for _ in tables]
    outside: list[Glyph] = []
    for g in page.glyphs:
        _assign(g, tables, inside, outside)
    certainty = dict(zip(page.glyphs, page.certainty, strict=True)) if page.certainty is not None else {}
    grids = []
    for t, cells in zip(tables, inside, strict=True):
        if len(cells) < 2 and not (cells and t is tables[0] and before is not None and _goes_on(before, t)):
            outside += [g for gs in cells.values() for g in gs]
        else:
            grids.append(_grid(t, cells, certainty))
    return PageSheet(_flow(page, outside, grids), grids)


def _goes_on(before: PageSheet, table: Table) -> bool:
    """Whether a table has the walls of the last table before it: it goes on, though all but one of its cells are blank."""
    if not before.grids:
        return False
    above = before.grids[-1]
    walls = {x - above.left for c in above.cells for x in (c.left, c.right)}
    here = [x - table.xs[0] for x in table.xs]
    return (
        len(table.xs) > 2
        and abs(above.right - above.left - here[-1]) <= _NEAR
        and all(any(abs(x - w) <= _NEAR for w in walls) for x in here)
    )


def _assign(g: Glyph, tables: Sequence[Table], inside: Sequence[dict[int, list[Glyph]]], outside: list[Glyph]) -> None:
    """Puts a run of characters into the cell that holds its middle, or outside.

    A run over a wall is split, but for a number: one too wide for its cell is still one number.
    """
    text, left, top, right, bottom = g
    y = (top + bottom) / 2
    for t, cells in zip(tables, inside, strict=True):
        ys, xs = t.ys, t.xs
        if not ys[0] <= y < ys[-1]:
            continue
        row, first, last = t.owner[bisect_right(ys, y) - 1], xs[0], xs[-1]
        x = (left + right) / 2
        area = row[bisect_right(xs, x) - 1] if first <= x < last else None
        if len(text) > 1:
            inset = (right - left) / len(text) / 2
            for x in (left + inset, right - inset):
                if area != (row[bisect_right(xs, x) - 1] if first <= x < last else None):
                    if _NUMBER.fullmatch(text):
                        break
                    for part in split(g):
                        _assign(part, tables, inside, outside)
                    return
        if area is not None:
            cells.setdefault(area, []).append(g)
            return
    outside.append(g)


def _grid(table: Table, glyphs: dict[int, list[Glyph]], certainty: dict[Glyph, float]) -> PageGrid:
    """The cells with their texts; rows are counted by where cells begin."""
    rows = {y: i for i, y in enumerate(sorted({a.row for a in table.areas}))}
    starts = list(rows)
    lined = {i: lines_of(gs) for i, gs in glyphs.items()}
    width = {i: table.xs[table.areas[i].column_end] - table.xs[table.areas[i].column] for i in lined}
    free = min((slack(line, width[i]) for i, lines in lined.items() for line in lines), default=0.0)
    free = max(0.0, free)
    cells = []
    for i, a in enumerate(table.areas):
        lines = lined.get(i, [])
        sure = [certainty[g] for line in lines for g in line if g in certainty] if certainty else []
        text = cell_text(lines, width[i], free) if lines else ""
        left, right = table.xs[a.column], table.xs[a.column_end]
        row = rows[a.row]
        span = max(1, bisect_left(starts, a.row_end) - row)
        # Only what stands at the end of the table can go on elsewhere.
        is_last = bool(lines) and row == len(starts) - 1
        full = is_last and slack(lines[-1], width[i]) < free + FULL * height_of(lines[-1])
        cells.append(TableCell(row, span, left, right, text, min(sure) if sure else None, full))
    return PageGrid(table.xs[0], table.ys[0], table.xs[-1], table.ys[-1], cells)


def _flow(page: Page, glyphs: Sequence[Glyph], grids: Sequence[PageGrid]) -> FlowPage:
    lines = [FlowLine.of(line, i) for i, line in enumerate(lines_of(glyphs), 1)]
    return FlowPage(page, lines, [(g.left, g.top, g.right, g.bottom) for g in grids])


def align(sheets: Sequence[PageSheet]) -> None:
    """Gives the edges of all tables whole numbers, the same one for edges in the same place."""
    known: list[float] = []
    for sheet in sheets:
        for grid in sheet.grids:
            edges = sorted({x for c in grid.cells for x in (c.left, c.right)})
            shift = _shift(edges, known)
            for x in edges:
                at = min(known, key=lambda k: abs(k - x - shift), default=None)
                if at is None or abs(at - x - shift) > _NEAR:
                    at = x + shift
                    known.append(at)
                grid.edges[x] = round(at)
            _keep_apart(grid.edges, edges)


def _shift(edges: Sequence[float], known: Sequence[float]) -> float:
    """How far a table stands shifted against those before it: by so much that all its edges meet, else 0."""
    if not known or len(edges) < 4:
        return 0.0

    def met(shift: float) -> int:
        return sum(any(abs(k - x - shift) <= _NEAR for k in known) for x in edges)

    plain = met(0.0)
    if plain == len(edges):
        return 0.0
    for k in sorted(known, key=lambda k: abs(k - edges[0])):
        if abs(k - edges[0]) < _FARTHEST and met(k - edges[0]) == len(edges) and plain < len(edges) / 2:
            return k - edges[0]
    return 0.0


def _keep_apart(whole: dict[float, int], edges: Sequence[float]) -> None:
    """Two edges of one table never fall on one number."""
    last = None
    for x in edges:
        if last is not None and whole[x] <= last:
            whole[x] = last + 1
        last = whole[x]
