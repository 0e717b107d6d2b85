"""Columns of a Word table: which places its cells take, from the grid, the spans and the widths that the file gives.

ECMA-376 part 1, 17.4.17 (gridSpan), 17.4.48 (tblGrid), 17.4.71 (tcW). Word lays a table out by these edges and not by
counting cells, so tables written by hand have edges that differ by a hair from row to row: they are made one again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

HAIR = 60
"""Edges closer than this (twips: 3 points) are one edge wherever no cell lies between them."""
_SHARE = 0.25
"""So are edges closer than this part of the narrowest cell beside them, as a dragged border leaves them."""


@dataclass(frozen=True, slots=True)
class RowShape:
    """A row: columns before its first cell, each cell's span, and widths in twips where the file gives them all."""

    before: int
    spans: tuple[int, ...]
    after: int
    before_width: int
    widths: tuple[int, ...] | None

    @property
    def columns(self) -> int:
        return self.before + sum(self.spans) + self.after


Edges = tuple[tuple[int, int], ...]
"""(left, right) of each cell of a row."""


def columns(rows: Sequence[RowShape], grid: Sequence[int]) -> list[Edges]:
    """The columns that each row's cells take, counted from 0, right exclusive. `grid`: widths of the grid's columns."""
    edges = [_by_grid(row) for row in rows]
    wide = max((row.columns for row in rows), default=0)
    if any(row.columns != wide for row in rows):
        by_width = [_by_width(row) for row in rows if row.widths is not None]
        if len(by_width) == len(rows) and _end_together(by_width):
            return _merged(by_width)
    if wide != len(grid) or min(grid, default=0) <= 0:
        # No widths to go by: only lines of the grid that no cell begins or ends at are left out.
        lines = {x: n for n, x in enumerate(sorted({x for row in edges for cell in row for x in cell}))}
        return [tuple((lines[a], lines[b]) for a, b in row) for row in edges]
    places = [0, *accumulate(grid)]
    return _merged([tuple((places[a], places[b]) for a, b in row) for row in edges])


def _by_grid(row: RowShape) -> Edges:
    out = []
    at = row.before
    for span in row.spans:
        out.append((at, at + span))
        at += span
    return tuple(out)


def _by_width(row: RowShape) -> Edges:
    out = []
    at = row.before_width
    for width in row.widths or ():
        out.append((at, at + width))
        at += width
    return tuple(out)


def _end_together(rows: Sequence[Edges]) -> bool:
    """Whether the widths describe one table: its rows end at the same place, give or take a fiftieth."""
    ends = [row[-1][1] for row in rows if row]
    return len(ends) == len(rows) and max(ends) - min(ends) <= max(HAIR, max(ends) // 50)


def _merged(rows: list[Edges]) -> list[Edges]:
    """Edges in twips to column numbers, edges that differ by a hair made one."""
    narrowest: dict[int, int] = {}
    users: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for left, right in row:
            for edge in (left, right):
                narrowest[edge] = min(narrowest.get(edge, right - left), right - left)
                users.setdefault(edge, set()).add(at)
    column: dict[int, int] = {}
    count, first, narrow = -1, 0, 0
    used: set[int] = set()
    for edge in sorted(users):
        narrow = min(narrow, narrowest[edge])
        if count < 0 or edge - first > max(HAIR, _SHARE * narrow) or not used.isdisjoint(users[edge]):
            count, first, narrow, used = count + 1, edge, narrowest[edge], set()
        column[edge] = count
        used |= users[edge]
    return [tuple((column[a], column[b]) for a, b in row) for row in rows]
