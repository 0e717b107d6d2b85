"""Ruling lines of a page into tables: the lattice of a connected group of lines, its cells bounded by walls.

Lines that build no cell (underlines, separators, a frame around the page or around one text) make no table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from pipeline import limits
from pipeline.read.fault import too_complex
from pipeline.read.pages_model import Rule

SNAP = 2.5
"""Points within which lines count as one: double lines, and the edges of cells that stand apart by their border."""
_SHORTEST = 5.0
"""Shortest line that can be a wall, in points: no row or column is narrower."""
_JOIN = 3.0
"""Largest gap between two pieces of one line (dashes), in points."""

_MOST_TABLES = 500
"""Tables on one page: each character is looked for in every one."""

_Segments = dict[float, list[tuple[float, float]]]
"""Position across -> intervals along, sorted and apart."""


class Area(NamedTuple):
    """A cell's place: rows and columns of the lattice, half-open."""

    row: int
    row_end: int
    column: int
    column_end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: `xs` and `ys` the edges of its lattice in points, `areas` its cells, which do not overlap.

    `owner[row][column]` is the index of the area that covers a place of the lattice.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    areas: tuple[Area, ...]
    owner: tuple[tuple[int, ...], ...]

    def box(self, area: Area) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of a cell."""
        return self.xs[area.column], self.ys[area.row], self.xs[area.column_end], self.ys[area.row_end]

    @property
    def size(self) -> float:
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


def find_tables(rules: Sequence[Rule]) -> list[Table]:
    """The tables that lines build, from top to bottom. Raises Fault(too_complex) for a lattice beyond the limit."""
    across, down = _segments(rules)
    tables = [t for group in _groups(across, down) if (t := _table(*group)) is not None]
    if len(tables) > _MOST_TABLES:
        raise too_complex("tables on a page", _MOST_TABLES)
    return sorted(_not_nested(tables), key=lambda t: (t.ys[0], t.xs[0]))


def _segments(rules: Iterable[Rule]) -> tuple[_Segments, _Segments]:
    """Lines snapped and merged: horizontal ones by y, vertical ones by x."""
    flat: list[tuple[float, float, float]] = []
    upright: list[tuple[float, float, float]] = []
    for x0, y0, x1, y1 in rules:
        if x1 - x0 >= y1 - y0:
            flat.append(((y0 + y1) / 2, x0, x1))
        else:
            upright.append(((x0 + x1) / 2, y0, y1))
    return _merged(flat), _merged(upright)


def _merged(lines: list[tuple[float, float, float]]) -> _Segments:
    out: _Segments = {}
    lines.sort()
    i = 0
    while i < len(lines):
        j = i + 1
        while j < len(lines) and lines[j][0] - lines[j - 1][0] <= SNAP and lines[j][0] - lines[i][0] <= 1.5 * SNAP:
            j += 1
        group = lines[i:j]
        joined = _union([(a, b) for _, a, b in group])
        if joined:
            total = sum([b - a for _, a, b in group])
            out[sum([at * (b - a) for at, a, b in group]) / total] = joined
        i = j
    return out


def _union(intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Intervals joined over small gaps; what stays too short to be a wall is left out."""
    ordered = sorted(intervals)
    out: list[tuple[float, float]] = []
    begin, end = ordered[0]
    for a, b in ordered:
        if a - end <= _JOIN:
            if b > end:
                end = b
        else:
            out.append((begin, end))
            begin, end = a, b
    out.append((begin, end))
    return [x for x in out if x[1] - x[0] >= _SHORTEST]


def _groups(across: _Segments, down: _Segments) -> list[tuple[_Segments, _Segments]]:
    """Lines that touch one another, group by group; only groups with lines in both directions."""
    flat = [(y, a, b) for y, parts in across.items() for a, b in parts]
    upright = [(x, a, b) for x, parts in down.items() for a, b in parts]
    most = 25 * limits.current().max_cells
    if len(flat) * len(upright) > most:
        raise too_complex("crossings of lines on a page", most)
    parent = list(range(len(flat) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    ys = [f[0] for f in flat]
    for j, (x, top, bottom) in enumerate(upright, len(flat)):
        first, last = bisect_right(ys, top - SNAP), bisect_right(ys, bottom + SNAP)
        for i, (_, left, right) in enumerate(flat[first:last], first):
            # `j` is put under nothing before its own turn is over: it stands for its group.
            if left - SNAP <= x <= right + SNAP and parent[i] != j:
                parent[root(i)] = j
    found: dict[int, tuple[_Segments, _Segments]] = {}
    for i, (at, a, b) in enumerate(flat):
        found.setdefault(root(i), ({}, {}))[0].setdefault(at, []).append((a, b))
    for j, (at, a, b) in enumerate(upright, len(flat)):
        found.setdefault(root(j), ({}, {}))[1].setdefault(at, []).append((a, b))
    return [g for g in found.values() if g[0] and g[1]]


def _edges(walls: _Segments, crossing: _Segments) -> tuple[float, ...]:
    """Edges of the lattice in one direction: the walls, and where an open side has none, the ends of what crosses."""
    edges = sorted(walls)
    first = min(a for parts in crossing.values() for a, _ in parts)
    last = max(b for parts in crossing.values() for _, b in parts)
    if first < edges[0] - 2 * SNAP:
        edges.insert(0, first)
    if last > edges[-1] + 2 * SNAP:
        edges.append(last)
    return tuple(edges)


def _covered(parts: Sequence[tuple[float, float]], a: float, b: float) -> bool:
    """Whether a line runs along most of the way from `a` to `b`."""
    if len(parts) == 1:
        x, y = parts[0]
        return (b if b < y else y) - (a if a > x else x) > 0.6 * (b - a)
    return sum(max(0.0, min(b, y) - max(a, x)) for x, y in parts) > 0.6 * (b - a)


def _along(parts: Sequence[tuple[float, float]], edges: Sequence[float]) -> list[bool]:
    """For each interval between edges, whether a line runs along it; most lines run along all."""
    if len(parts) == 1 and parts[0][0] <= edges[0] + SNAP and parts[0][1] >= edges[-1] - SNAP:
        shortest = min(map(sub, edges[1:], edges))
        if shortest > 2.5 * SNAP:
            return [True] * (len(edges) - 1)
    return [_covered(parts, a, b) for a, b in pairwise(edges)]


def _table(across: _Segments, down: _Segments) -> Table | None:
    xs, ys = _edges(down, across), _edges(across, down)
    width, height = len(xs) - 1, len(ys) - 1
    if width < 1 or height < 1 or width * height < 2:
        return None
    if width * height > limits.current().max_cells:
        raise too_complex("places of a table", limits.current().max_cells)
    # Walls and taken places row by row, a bit for each column: a cell's extent is told by a few of them at once.
    wall_right = [1 << width - 1] * height
    for c, x in enumerate(xs[1:-1]):
        for r, is_wall in enumerate(_along(down.get(x, ()), ys)):
            wall_right[r] |= is_wall << c
    wall_below = [sum(is_wall << c for c, is_wall in enumerate(_along(across.get(y, ()), xs))) for y in ys[1:-1]]
    taken = [0] * height
    owner = [[-1] * width for _ in range(height)]
    areas: list[Area] = []
    for r in range(height):
        c = 0
        while c < width:
            if taken[r] >> c & 1:
                c += 1
                continue
            c_end = c + 1
            while c_end < width and not (wall_right[r] >> c_end - 1 & 1 or taken[r] >> c_end & 1):
                c_end += 1
            places = (1 << c_end) - (1 << c)
            inside = places >> 1 & places
            r_end = r + 1
            # A row belongs to the cell above it where no wall is between and none inside.
            while r_end < height and not (
                wall_below[r_end - 1] & places or wall_right[r_end] & inside or taken[r_end] & places
            ):
                r_end += 1
            for row in range(r, r_end):
                taken[row] |= places
                owner[row][c:c_end] = [len(areas)] * (c_end - c)
            areas.append(Area(r, r_end, c, c_end))
            c = c_end
    if len(areas) < 2:
        return None
    return Table(xs, ys, tuple(areas), tuple(map(tuple, owner)))


def _not_nested(tables: list[Table]) -> list[Table]:
    """Of a table inside another one: the inner one where it takes much of the outer one's place, else the outer one.

    The first is a table set into a layout table or a frame; the second is a box drawn inside a cell.
    """
    dropped: set[int] = set()
    for i, inner in enumerate(tables):
        for j, outer in enumerate(tables):
            if i == j or j in dropped or i in dropped:
                continue
            if (
                outer.xs[0] <= inner.xs[0]
                and inner.xs[-1] <= outer.xs[-1]
                and outer.ys[0] <= inner.ys[0]
                and inner.ys[-1] <= outer.ys[-1]
            ):
                dropped.add(j if inner.size > outer.size / 4 and len(inner.areas) >= 4 else i)
    return [t for i, t in enumerate(tables) if i not in dropped]
