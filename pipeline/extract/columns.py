"""Which piece of a row is which column: by place where the layout keeps places, else left open for placement.

Several ways of reading the places are tried on the whole table ("values follow the label", "columns are fixed", "columns
are where numbers stand", "columns stand under their headers"); a reading under which a number of any row falls outside the
columns is out. Rows on which the remaining readings agree are certain.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.extract.layout import Item, Piece
from pipeline.extract.numbers import parse

Slots = tuple[Piece | None, ...]
"""One entry a column: the piece that stands there, or None where the place is blank."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A row of which the value part starts at piece `label_end` of `item`."""

    code: str
    item: Item
    label_end: int

    @property
    def cells(self) -> tuple[Piece, ...]:
        return self.item.pieces[self.label_end :]


def _filled(pieces: Sequence[Piece]) -> list[Piece]:
    return [p for p in pieces if p.text]


def _as_slots(pieces: Sequence[Piece]) -> Slots:
    return tuple(p if p.text else None for p in pieces)


def _after_label(row: ValueRow, width: int) -> Slots | None:
    """Values follow the label: the first `width` cells behind it, and nothing further right."""
    cells = row.cells
    if any(p.text for p in cells[width:]) or len(cells) < width:
        return None
    return _as_slots(cells[:width])


def _fixed(columns: Sequence[float]) -> Callable[[ValueRow, int], Slots | None]:
    def read(row: ValueRow, width: int) -> Slots | None:
        by_column = {p.column: p for p in row.cells if p.text}
        if set(by_column) - set(columns):
            return None
        return tuple(by_column.get(c) for c in columns)

    return read


def by_cells(
    rows: Sequence[ValueRow], width: int, headers: Sequence[float | None], *, is_grid: bool
) -> list[Slots | None]:
    """Slots of rows whose cells are counted (tabs, pipes, one cell a line with blanks kept); None: places do not decide.

    `headers`: for each column of the table the cell number under which its label stands, None where it is not known.
    `is_grid`: whether a cell's number is the same column in every row (else merged labels may shift it).
    """
    readings: list[Callable[[ValueRow, int], Slots | None]] = [_after_label]
    if is_grid:
        readings += [_fixed(c) for c in _column_sets(rows, width) if _fits(headers, c)]
    sets = []
    for read in readings:
        got = [read(r, width) for r in rows]
        if all(s is not None for s in got):
            sets.append((read, got))
    if not sets:
        # No reading fits every row: a row with exactly as many numbers as columns is complete all the same.
        return [complete(r, width) for r in rows]
    if len(sets) > 1 and sum(h is not None for h in headers) >= _ENOUGH_HEADERS:
        # The columns stand where their headers do.
        sets = [(read, got) for read, got in sets if read is not _after_label]
    groups = zip(*(got for _, got in sets), strict=True)
    return [g[0] if all(x == g[0] for x in g) else complete(r, width) for r, g in zip(rows, groups, strict=True)]


_ENOUGH_HEADERS = 3


def _column_sets(rows: Sequence[ValueRow], width: int) -> list[list[float]]:
    """Sets of cell numbers that can be the table's columns: those that hold numbers, with neighbours where they are few."""
    occupied = sorted({p.column for r in rows for p in r.cells if p.text})
    if len(occupied) == width:
        return [occupied]
    if len(occupied) > width:
        return []
    leftmost = max((int(r.item.pieces[r.label_end - 1].column) if r.label_end else -1 for r in rows), default=-1)
    widest = max((len(r.item.pieces) for r in rows), default=0)
    sets = ([float(first + k) for k in range(width)] for first in range(leftmost + 1, widest - width + 1))
    return [c for c in sets if set(occupied) <= set(c)]


def _fits(headers: Sequence[float | None], columns: Sequence[float]) -> bool:
    return all(h is None or h == c for h, c in zip(headers, columns, strict=True))


def complete(row: ValueRow, width: int) -> Slots | None:
    """Slots of a row that prints as many numbers as it has columns, or none at all; else None."""
    filled = _filled(row.cells)
    if not filled:
        return (None,) * width
    return tuple(filled) if len(filled) == width else None


def explicit_blanks(rows: Sequence[ValueRow], width: int) -> list[Slots | None]:
    """Slots of rows whose blank cells stand as pieces of their own: certain only if every row has all its cells."""
    if rows and all(len(r.cells) in (0, width) for r in rows):
        return [_as_slots(r.cells) if r.cells else (None,) * width for r in rows]
    return [complete(r, width) for r in rows]


def by_place(rows: Sequence[ValueRow], width: int, headers: Sequence[float | None]) -> list[Slots | None]:
    """Slots of rows told by their place in the line (space-aligned columns); None where the place does not decide.

    Columns are the intervals that the numbers of complete rows cover; without one, the clusters of all numbers where
    there are as many as columns; without those, the places of the headers. Digits with a blank between ("1 0") are one
    number where that makes the row complete or all of it stands in one column, else two.
    """
    filled = [_filled(r.cells) for r in rows]
    pure = [f for f in filled if len(f) == width and not any(" " in p.text for p in f)]
    full = pure or [f for f in filled if len(f) == width]
    intervals = _hulls(full, width) if full else None
    # Complete rows that do not stand under one another: a page of the table is shifted, and no place says a column.
    # Numbers stand where those of complete rows do, or close by; a header is only near its numbers.
    reach = _CLOSE if full else _NEAR
    if intervals is None and not full:
        clusters = _clusters(sorted((p for f in filled for p in f), key=lambda p: p.left))
        if len(clusters) == width:
            intervals = clusters
        elif all(h is not None for h in headers):
            intervals = _under(clusters, [h for h in headers if h is not None])
        elif apart := [s for f in filled if len(s := _split(f)) == width]:
            intervals = _hulls(apart, width)
    return [_place(f, intervals, width, reach) for f in filled]


_CLOSE, _NEAR = 1.0, 4.0
"""Half-widths that a number may stand outside of its column."""


def _split(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with digits that a blank separates taken apart."""
    out = []
    for p in pieces:
        at = 0
        for part in p.text.split():
            at = p.text.index(part, at)
            left = p.left + at
            right = left + len(part)
            start = p.start + at
            out.append(Piece(part, start, start + len(part), (left + right) / 2, parse(part), left, right))
            at += len(part)
    return out


def _place(filled: list[Piece], intervals: Sequence[tuple[int, int]] | None, width: int, reach: float) -> Slots | None:
    if not filled:
        return (None,) * width
    spaced = any(" " in p.text and p.printed.is_value for p in filled)
    if spaced and intervals is not None:
        over = [sum(p.left < b and a < p.right for a, b in intervals) for p in filled]
        if any(n > 1 for n in over):
            filled = _split(filled)
    elif spaced and len(filled) != width:
        filled = _split(filled)
        if len(filled) != width:
            return None
    if len(filled) == width:
        return tuple(filled)
    return _nearest(filled, intervals, width, reach) if intervals else None


def _under(clusters: Sequence[tuple[int, int]], headers: Sequence[float]) -> list[tuple[int, int]]:
    """Each header's column: the numbers that stand nearest to it, or just its own place where none do."""
    out = [(int(h), int(h) + 1) for h in headers]
    for a, b in clusters:
        k = min(range(len(headers)), key=lambda i: abs(headers[i] - (a + b) / 2))
        out[k] = (min(out[k][0], a), max(out[k][1], b))
    return out


def _hulls(full: Sequence[Sequence[Piece]], width: int) -> list[tuple[int, int]] | None:
    hulls = [(min(r[k].left for r in full), max(r[k].right for r in full)) for k in range(width)]
    return hulls if all(a[1] <= b[0] for a, b in itertools.pairwise(hulls)) else None


def _clusters(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for p in pieces:
        if out and p.left <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], p.right))
        else:
            out.append((p.left, p.right))
    return out


def _nearest(filled: Sequence[Piece], intervals: Sequence[tuple[int, int]], width: int, reach: float) -> Slots | None:
    """Each number at the column nearest to it, where that is clear: no other column half as near, none taken twice."""

    def distance(p: Piece, interval: tuple[int, int]) -> float:
        left, right = interval
        if p.right >= left and p.left <= right:
            return 0.0
        return min(abs(p.left - right), abs(left - p.right), abs(p.column - (left + right) / 2))

    slots: list[Piece | None] = [None] * width
    for p in filled:
        ranked = sorted((distance(p, iv), k) for k, iv in enumerate(intervals))
        near, k = ranked[0]
        if slots[k] is not None or (width > 1 and ranked[1][0] < max(2.0, 2 * near)) or near > reach:
            return None
        slots[k] = p
    return tuple(slots)
