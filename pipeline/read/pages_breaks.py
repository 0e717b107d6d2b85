"""Table rows that a page break cut: put together where it is evident, else left as two rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.read.pages_table import PageGrid, PageSheet, TableCell

_VALUE = re.compile(r"[-+＋－]?[\d０-９][\d０-９.,，．\s]*|[/／\-—–空无]+|不适用")
_ITEM = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]")


def join_cut_rows(sheets: Sequence[PageSheet]) -> None:
    """Joins the last row of a page with the first of the next where one of them cannot be a row of its own.

    That is: one of them is blank; or one has only the label and the other only the numbers; or the second one's label is
    no item of its own, in a table whose rows are numbered, only one of the two has numbers, and the first one's label
    fills its line.
    """
    for above, below in pairwise(sheets):
        if not (above.grids and below.grids):
            continue
        a, b = above.grids[-1], below.grids[0]
        if any(x.middle > a.bottom and not x.is_furniture for x in above.flow.lines):
            continue
        if any(x.middle < b.top and not x.is_furniture for x in below.flow.lines):
            continue
        _join(a, b)


def _join(a: PageGrid, b: PageGrid) -> None:
    end = max(c.row + c.row_span for c in a.cells)
    last = {a.place(c): c for c in a.cells if c.row_span == 1 and c.row == end - 1}
    first = {b.place(c): c for c in b.cells if c.row_span == 1 and c.row == 0}
    if last.keys() != first.keys() or not last or min(end, max(c.row + c.row_span for c in b.cells)) < 2:
        return
    if not any(c.text for c in first.values()):
        _drop_row(b, 0)
    elif not any(c.text for c in last.values()):
        _drop_row(a, end - 1)
    elif _is_cut(list(last.values()), list(first.values())):
        for key, cell in last.items():
            rest = first[key]
            cell.text = cell.join(rest)
            if rest.certainty is not None:
                cell.certainty = min(rest.certainty, 1.0 if cell.certainty is None else cell.certainty)
        _drop_row(b, 0)


def _is_cut(last: list[TableCell], first: list[TableCell]) -> bool:
    values = [any(_VALUE.fullmatch(c.text) for c in row) for row in (last, first)]
    if values[0] == values[1]:
        return False
    labels = [[c for c in row if c.text and not _VALUE.fullmatch(c.text)] for row in (last, first)]
    if not labels[1]:
        return bool(labels[0])
    # A row without a number of its own stands among numbered ones too: only a full line goes on.
    return (
        bool(labels[0])
        and labels[0][-1].is_full
        and bool(_ITEM.match(labels[0][-1].text))
        and not any(_ITEM.match(c.text) for c in labels[1])
    )


def _drop_row(grid: PageGrid, row: int) -> None:
    """Takes out a row: its own cells go, those over several rows get shorter."""
    kept = []
    for c in grid.cells:
        if c.row == row and c.row_span == 1:
            continue
        if c.row <= row < c.row + c.row_span:
            c.row_span -= 1
        elif c.row > row:
            c.row -= 1
        kept.append(c)
    grid.cells = kept
