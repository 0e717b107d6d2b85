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


def by_cells(rows: Sequence[ValueRow], width: int, headers: Sequence[float | None]) -> list[Slots | None]:
    """Slots of rows whose cells are counted (tabs, pipes, one cell a line with blanks kept); None: places do not decide.

    `headers`: for each column of the table the cell number under which its label stands, None where it is not known.
    """
    readings: list[Callable[[ValueRow, int], Slots | None]] = [_after_label]
    occupied = sorted({p.column for r in rows for p in r.cells if p.text})
    leftmost = max((r.item.pieces[r.label_end - 1].column if r.label_end else -1 for r in rows), default=-1)
    widest = max((len(r.item.pieces) for r in rows), default=0)
    if len(occupied) == width:
        readings.append(_fixed(occupied))
    elif len(occupied) < width:
        for first in range(int(leftmost) + 1, max(int(leftmost) + 2, widest - width + 1)):
            columns = [float(first + k) for k in range(width)]
            agrees = all(h is None or h == c for h, c in zip(headers, columns, strict=True))
            if set(occupied) <= set(columns) and agrees:
                readings.append(_fixed(columns))
    sets = []
    for read in readings:
        got = [read(r, width) for r in rows]
        if all(s is not None for s in got):
            sets.append(got)
    if not sets:
        # No reading fits every row: a row with exactly as many numbers as columns is complete all the same.
        return [_complete(r, width) for r in rows]
    if len(sets) > 1 and len(occupied) == width and any(h is not None for h in headers):
        agree = all(h is None or h == c for h, c in zip(headers, occupied, strict=True))
        if agree:
            sets = [s for s in sets if s == [_fixed(occupied)(r, width) for r in rows]] or sets
    return [
        group[0] if all(g == group[0] for g in group) else _complete(r, width)
        for r, group in zip(rows, zip(*sets, strict=True), strict=True)
    ]


def _complete(row: ValueRow, width: int) -> Slots | None:
    filled = _filled(row.cells)
    if not filled:
        return (None,) * width
    return tuple(filled) if len(filled) == width else None


def by_place(rows: Sequence[ValueRow], width: int, headers: Sequence[float | None]) -> list[Slots | None]:
    """Slots of rows told by their place in the line (space-aligned columns); None where the place does not decide.

    Columns are the intervals that the numbers of complete rows cover; without one, the clusters of all numbers where
    there are as many as columns; without those, the places of the headers.
    """
    full = [_filled(r.cells) for r in rows if len(_filled(r.cells)) == width]
    everything = sorted((p for r in rows for p in r.cells if p.text), key=lambda p: p.left)
    intervals = _hulls(full, width) if full else None
    if intervals is None:
        clusters = _clusters(everything)
        if len(clusters) == width:
            intervals = clusters
        elif all(h is not None for h in headers):
            intervals = [(int(h or 0), int(h or 0)) for h in headers]
    out: list[Slots | None] = []
    for r in rows:
        filled = _filled(r.cells)
        if not filled:
            out.append((None,) * width)
        elif len(filled) == width:
            out.append(tuple(filled))
        else:
            out.append(_nearest(filled, intervals, width) if intervals else None)
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


def _nearest(filled: Sequence[Piece], intervals: Sequence[tuple[int, int]], width: int) -> Slots | None:
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
        if slots[k] is not None or (width > 1 and ranked[1][0] < max(2.0, 2 * near)) or near > 4:
            return None
        slots[k] = p
    return tuple(slots)
