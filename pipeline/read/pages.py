"""Pages of characters and ruling lines into paragraphs and grids: what every reader of a paged format uses.

    add_pages(builder, pages)

Tables with lines become grids with the cells that the lines build (`pages_grid`); the rest becomes paragraphs, wrapped
lines joined (`pages_flow`), and tables without lines become lines of text with their columns in place
(`pages_columns`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pipeline import limits
from pipeline.model import Parts
from pipeline.read.building import LONGEST_LONE_CELL, Builder, NewCell
from pipeline.read.fault import too_complex
from pipeline.read.pages_breaks import join_cut_rows
from pipeline.read.pages_columns import place_columns
from pipeline.read.pages_flow import Flow, find_margins, mark_furniture
from pipeline.read.pages_model import Glyph, Page, Rule
from pipeline.read.pages_table import PageGrid, PageSheet, TableCell, align, read_sheet

__all__ = ["Glyph", "Page", "Rule", "add_pages", "uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """Holds the cyclic collector back: the many small objects of pages are no garbage and hold no cycles, and looking
    through them again and again takes a third of the time. The limits bound how many there are."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@uncollected()
def add_pages(builder: Builder, pages: Sequence[Page]) -> None:
    """Writes lines and grids of all pages in reading order. All grids share frame 0.

    Raises Fault(too_complex) beyond the limits for pages, objects of a page and cells.
    """
    limit = limits.current()
    if len(pages) > limit.max_pages:
        raise too_complex("pages", limit.max_pages)
    sheets: list[PageSheet] = []
    for page in pages:
        sheets.append(read_sheet(page, sheets[-1] if sheets else None))
    if sum(len(g.cells) for s in sheets for g in s.grids) > limit.max_cells:
        raise too_complex("cells", limit.max_cells)
    flows = [s.flow for s in sheets]
    find_margins(flows)
    mark_furniture(flows)
    place_columns(flows)
    align(sheets)
    join_cut_rows(sheets)
    flow = Flow(builder)
    for sheet in sheets:
        _write(builder, flow, sheet)
    flow.close()


def _write(builder: Builder, flow: Flow, sheet: PageSheet) -> None:
    """The page's lines and grids from top to bottom."""
    lines, at = sheet.flow.lines, 0
    for number, grid in enumerate(sheet.grids, 1):
        while at < len(lines) and lines[at].middle < grid.top:
            flow.add(sheet.flow, lines[at])
            at += 1
        flow.close()
        _write_grid(builder, grid, (("page", sheet.flow.page.number), ("table", number)))
    for line in lines[at:]:
        flow.add(sheet.flow, line)


def _write_grid(builder: Builder, grid: PageGrid, place: Parts) -> None:
    """The cells, row by row; a row that is prose over the whole width becomes a paragraph and breaks the grid."""
    rows: dict[int, list[TableCell]] = {}
    for c in grid.cells:
        rows.setdefault(c.row, []).append(c)
    pending: list[NewCell] = []
    for row, cells in sorted(rows.items()):
        parts = [(*place, ("row", row + 1), ("column", i)) for i, _ in enumerate(cells, 1)]
        only = cells[0]
        if (
            len(cells) == 1
            and only.row_span == 1
            and len(only.text) > LONGEST_LONE_CELL
            and only.right - only.left > 0.95 * (grid.right - grid.left)
        ):
            builder.grid(pending, 0)
            pending = []
            builder.paragraph(only.text, (*place, ("row", row + 1)))
            continue
        pending += [
            NewCell(c.row, c.row_span, grid.edges[c.left], grid.edges[c.right], c.text, p, c.certainty)
            for c, p in zip(cells, parts, strict=True)
        ]
    builder.grid(pending, 0)
