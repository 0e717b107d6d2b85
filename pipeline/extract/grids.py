"""Tables whose cells the source positions (HTML, Word, ruled PDF): rows as items, and which number is which column.

A grid says more than any flattened text: where a cell begins and ends, which cells are merged, which are blank. It is
believed only where it is whole: a number counts as a column's where it stands under that column's header and every
other column of its row has a cell too, or where exactly as many cells as columns follow the label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extract.columns import Slots, ValueRow, complete
from pipeline.extract.layout import GridRow, Item, Piece, item
from pipeline.extract.numbers import parse
from pipeline.model import Grid, GridCell, Text

LAYOUT = "grid"
_NUMBERED = re.compile(r"\s*(?:\d{1,2}\s*[.、．]|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、)")
Interval = tuple[float, float]


def grid_items(text: Text, span: tuple[int, int]) -> list[Item]:
    """Rows of the grids that begin in a part of the text (normalised offsets), in the order of the text."""
    a, b = span
    out: list[Item] = []
    for g in text.grids:
        if g.span[0] < b and g.span[1] >= a:
            out += [x for x in _rows(text, g, len(out)) if a <= x.start < b]
    return [x if x.at == i else x._replace(at=i) for i, x in enumerate(out)]


def _piece(text: Text, c: GridCell) -> Piece:
    raw = text.text[c.start : c.end]
    stripped = raw.strip()
    start = c.start if len(stripped) == len(raw) else c.start + len(raw) - len(raw.lstrip())
    return Piece(stripped, start, start + len(stripped), c.left, parse(stripped), c.left, c.right, c.certainty)


def _rows(text: Text, grid: Grid, first: int) -> list[Item]:
    by_row: dict[int, list[GridCell]] = {}
    for c in grid.cells:
        by_row.setdefault(c.row, []).append(c)
    tall: list[tuple[int, Piece]] = []
    """Cells of the rows so far that reach below them, each with the row at which it has ended."""
    out: list[Item] = []
    for row, cells in by_row.items():
        tall = [(end, p) for end, p in tall if end > row]
        above = tuple(p for _, p in tall)
        pieces = [_piece(text, c) for c in cells]
        own = [(c.row + c.row_span, p) for c, p in zip(cells, pieces, strict=True) if c.row_span > 1]
        below = tuple(p for _, p in own)
        tall += own
        if out and (joined := _label_goes_on(out[-1], pieces, above)) is not None:
            ends = tuple(p for end, p in tall if p in above and end > row + 1)
            previous = out[-1].row
            assert previous is not None
            out[-1] = item(joined, out[-1].at, GridRow(grid.frame, previous.from_above, ends))
            continue
        out.append(item(pieces, first + len(out), GridRow(grid.frame, above, below)))
    return out


def _label_goes_on(row: Item, below: Sequence[Piece], above: Sequence[Piece]) -> list[Piece] | None:
    """The pieces of a row with its label completed by the row below, where that is no row of its own.

    A line inside the label's cell, drawn or wrongly found, cuts a label in two while the numbers beside it reach over
    both. A label that begins with a number of its own is another row's.
    """
    own = [p for p in row.pieces if p in above]
    if not any(p.printed.is_value for p in own) or not below:
        return None
    pieces = list(row.pieces)
    for q in below:
        k = next((k for k, p in enumerate(pieces) if (p.left, p.right) == (q.left, q.right) and p not in above), None)
        if k is None or not q.text or not pieces[k].text or q.printed.is_value or _NUMBERED.match(q.text):
            return None
        p = pieces[k]
        if p.printed.is_value:
            return None
        sure = [c for c in (p.certainty, q.certainty) if c is not None]
        whole = p.saying(p.text + q.text, p.start, q.end)
        pieces[k] = whole._replace(certainty=min(sure) if sure else None)
    return pieces


def by_grid(
    rows: Sequence[ValueRow],
    headers: Sequence[Interval | None],
    frame: int | None,
    foreign: Sequence[Interval] = (),
) -> list[Slots | None]:
    """Slots of the rows of a grid; None where the grid does not decide.

    `headers`: for each column the interval in which its label stands, None where it is not known; `frame`: the frame of
    these intervals; `foreign`: intervals of labels beside them that are no column of the form. Two readings are tried on the
    whole table, "under the headers" and "behind the label"; one that fails on any row that it can be tried on is out, and
    what is left must agree. A row with numbers beside its columns, or fewer cells than columns, is read in neither way.
    """
    width = len(headers)
    known = [h for h in headers if h is not None]
    is_known = len(known) == width and all(a[1] <= b[0] for a, b in pairwise(sorted(known)))
    here = [is_known and r.item.row is not None and r.item.row.frame == frame for r in rows]
    over_labels = [
        (p.left, p.right) for r, h in zip(rows, here, strict=True) if h for p in r.item.pieces[: r.label_end]
    ]
    foreign = [f for f in foreign if not any(overlap(x, f) for x in over_labels)]
    # A row under its headers has a cell for each; more or fewer cells than columns say that one is foreign or missing.
    behind = [
        None if (foreign and _is_filled(r)) or (h and len(r.cells) != width) else _after_label(r, width)
        for r, h in zip(rows, here, strict=True)
    ]
    columns = _Columns(known, foreign)
    # Rows of another frame (one table a row) have no header over them.
    under = [_under(r, columns) if h else b for r, h, b in zip(rows, here, behind, strict=True)]
    whole = [under] if foreign else [got for got in (under, behind) if all(s is not None for s in got)]
    out: list[Slots | None] = []
    for r, h, *ways in zip(rows, here, *(whole or (under, behind)), strict=True):
        if ways[0] is not None and all(w == ways[0] for w in ways):
            out.append(ways[0])
        elif not _is_filled(r):
            out.append((None,) * width)
        else:
            out.append(None if h or foreign or _is_shared(r) else complete(r, width))
    return out


def _is_filled(row: ValueRow) -> bool:
    return any(p.text for p in [*row.cells, *_from_above(row)])


def _from_above(row: ValueRow) -> list[Piece]:
    """Cells from above that reach into the value part of a row."""
    assert row.item.row is not None
    label = row.item.pieces[row.label_end - 1] if row.label_end else None
    return [p for p in row.item.row.from_above if label is None or p.left >= label.right]


def _is_shared(row: ValueRow) -> bool:
    """Whether a number of the row is also another row's: its cell reaches over both."""
    assert row.item.row is not None
    return any(p.text and p in row.item.row.reaching_below for p in row.cells) or any(p.text for p in _from_above(row))


def _after_label(row: ValueRow, width: int) -> Slots | None:
    cells = row.cells
    if _is_shared(row) or _from_above(row) or len(cells) < width or any(p.text for p in cells[width:]):
        return None
    return tuple(p if p.text else None for p in cells[:width])


class _Columns:
    """Which headers stand over a cell. Rows share the sides of their cells: each pair of sides is looked at once."""

    def __init__(self, headers: Sequence[Interval], foreign: Sequence[Interval]) -> None:
        self.width = len(headers)
        self._headers = headers
        self._foreign = foreign
        self._over: dict[Interval, tuple[list[int], bool]] = {}

    def over(self, p: Piece) -> tuple[list[int], bool]:
        """The columns under whose headers a cell stands, and whether it stands under a foreign one."""
        sides = (p.left, p.right)
        if sides not in self._over:
            own = [k for k, h in enumerate(self._headers) if overlap(sides, h)]
            self._over[sides] = own, any(overlap(sides, h) for h in self._foreign)
        return self._over[sides]


def _under(row: ValueRow, columns: _Columns) -> Slots | None:
    """Each column's cell; None where a column has no cell, or a number stands under no header or under several. What stands
    under a foreign header is left out."""
    if _is_shared(row):
        return None
    cells = [*row.cells, *_from_above(row)]
    slots: list[Piece | None] = [None] * columns.width
    covered = [False] * columns.width
    for p in cells:
        over, is_foreign = columns.over(p)
        for k in over:
            covered[k] = True
        if not p.text or (not over and is_foreign):
            continue
        if not over or (len(over) > 1 and p.printed.kind != "mark"):
            return None
        for k in over:
            if slots[k] is not None:
                return None
            slots[k] = p
    return tuple(slots) if all(covered) else None


def overlap(cell: Interval, header: Interval) -> bool:
    """Whether a cell stands in a column: more than half of the narrower lies in the wider."""
    shared = min(cell[1], header[1]) - max(cell[0], header[0])
    return shared > 0.5 * min(cell[1] - cell[0], header[1] - header[0])
