"""Section four: reconsiderations and lawsuits, one row of fifteen numbers under three headers of five."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import form
from pipeline.extract.cells import HEADERS_UNKNOWN, Reading, build
from pipeline.extract.columns import Slots, ValueRow
from pipeline.extract.grids import Interval, by_grid
from pipeline.extract.headers import joined, stacks
from pipeline.extract.labels import key, labels
from pipeline.extract.layout import BY_PLACE, POSITIONAL, Item, Piece, Region, item
from pipeline.model import StatutoryTable
from pipeline.normalize.text import Places

TABLE = form.REMEDIES
ROWS = form.row_codes("2021", TABLE)
COLUMNS = form.column_codes("2021", TABLE)
WIDTH = len(ROWS) * len(COLUMNS)
# The labels above the columns: 行政复议; 行政诉讼, with 未经复议直接起诉 and 复议后起诉 below it.
_RECONSIDERATION = form.labels_of_row("2021", TABLE, ROWS[0])[0]
_LITIGATION, _DIRECT = form.labels_of_row("2021", TABLE, ROWS[1])[0].split("/")
_AFTER = form.labels_of_row("2021", TABLE, ROWS[2])[0].split("/")[1]
_SLOTS = tuple((r, c) for r in ROWS for c in COLUMNS)
_LONGEST_WORDS = 45


def read_remedies(region: Region, places: Places) -> StatutoryTable | None:
    """The table in a region, or None where there is none: neither its headers nor a row of numbers."""
    layout, found = region.layout, region.items
    header = _header(found)
    if header is None:
        return None
    first, last, recognised = header
    reading = Reading(TABLE, "2021", places)
    if recognised < 8:
        reading.doubts.update(dict.fromkeys(ROWS, HEADERS_UNKNOWN))
        reading.find("column_order_unrecognised", observed=str(recognised), expected=str(WIDTH))
    if not _in_order(found[first : last + 1], layout):
        reading.doubts.update(dict.fromkeys(ROWS, "the columns stand in another order than on the form"))
        reading.find("column_order_unrecognised", expected=" ".join(COLUMNS))
    rows, end = _value_items(found, last)
    if rows:
        span = (rows[0].start, rows[-1].end)
        reading.row_place.update(dict.fromkeys(ROWS, span))
    else:
        reading.row_place.update(dict.fromkeys(ROWS, (found[first].start, found[last].end)))
    _place(reading, rows, layout, found[first : last + 1], region.blanks_kept)
    cells = build(reading, lost_when_filled=layout in ("tabs", "columns"))
    table_span = (found[first].start, found[end].end)
    return StatutoryTable(TABLE, "2021", layout, tuple(cells), tuple(reading.findings), (table_span,))


def _header(found: Sequence[Item]) -> tuple[int, int, int] | None:
    """(first item, last item, column labels recognised) of the header, or None."""
    known = labels(TABLE)
    first: int | None = None
    last = recognised = 0
    for i, it in enumerate(found):
        if any(len(p.text) > 60 for p in it.pieces):
            if first is not None and recognised >= 3:
                break
            first, recognised = None, 0
            continue
        texts = [p.text for p in it.pieces if p.text and not p.printed.is_value]
        if not texts:
            if it.has_values and first is not None and recognised >= 3:
                break
            continue
        hits = sum(known.knows(t) for t in texts)
        part = sum(any(key(t) and key(t) in k for k in known.column_of_key) for t in texts)
        if hits or part:
            if first is None:
                first = i
            last = i
            recognised += sum(known.column(t) is not None for t in texts)
        elif first is not None and recognised >= 3 and len("".join(texts)) > 12:
            break
    if first is None:
        return None
    # Wrapped labels (结果 / 维持): counted on the joined text of the header.
    joined = "".join(key(p.text) for it in found[first : last + 1] for p in it.pieces if not p.printed.is_value)
    leaves = sum(joined.count(key(form.labels_of_column("2021", TABLE, c)[0])) for c in COLUMNS)
    recognised = max(recognised, leaves)
    both = _RECONSIDERATION in joined and _LITIGATION in joined
    return (first, last, recognised) if recognised >= 3 or both else None


def _value_items(found: Sequence[Item], last: int) -> tuple[list[Item], int]:
    """The items that hold the table's numbers, and the index of the table's last item.

    Words between the header and the numbers (续表, 单位：件, a running title) end nothing: only prose does, or as many
    numbers as there are columns. Numbers in the header's own last item count: a text may run its rows together.
    """
    out: list[Item] = []
    if found[last].has_values:
        out.append(item(found[last].value_pieces, found[last].at, found[last].row))
    end, count = last, sum(bool(p.text) for it in out for p in it.pieces)
    for i in range(last + 1, len(found)):
        it = found[i]
        if count >= WIDTH or any(len(p.text) > _LONGEST_WORDS for p in it.pieces):
            break
        if it.has_values:
            out.append(item(it.value_pieces, it.at, it.row) if it.label_pieces else it)
            count += sum(bool(p.text) for p in it.value_pieces)
            end = i
    return out, end


def _in_order(header: Sequence[Item], layout: str) -> bool:
    """Whether the labels, as far as they are all recognised, stand in the order of the form."""
    if layout in BY_PLACE or layout == "tabs":
        # Wrapped and merged labels stand scattered over the lines: only their places tell the order.
        read = [code for _, code in _leaves(header, by_place=layout in BY_PLACE)]
        return len(read) != WIDTH or read == list(COLUMNS) * len(ROWS)
    read, _ = joined([p for it in header for p in it.pieces if p.text and not p.printed.is_value], labels(TABLE))
    if len(read) == WIDTH and read != list(COLUMNS) * len(ROWS):
        return False
    text = "".join(key(p.text) for it in header for p in it.pieces)
    pairs = ((_RECONSIDERATION, _LITIGATION), (_DIRECT, _AFTER))
    return all(text.find(x) <= text.find(y) for x, y in pairs if min(text.find(x), text.find(y)) >= 0)


def _place(reading: Reading, rows: Sequence[Item], layout: str, header: Sequence[Item], blanks_kept: bool) -> None:
    pieces = [p for it in rows for p in it.pieces]
    filled = [p for p in pieces if p.text]
    if not filled:
        reading.blank.update(_SLOTS)
        return
    if len(filled) == WIDTH:
        _fill(reading, filled)
        return
    slots: Sequence[Piece | None] | None = None
    if layout == "grid":
        if len(rows) == 1:
            slots = _in_grid(rows[0], header)
    elif layout in POSITIONAL and len(rows) == 1:
        if layout == "columns":
            slots = _under_headers(filled, header, by_place=True)
        elif len(pieces) == WIDTH:
            slots = [p if p.text else None for p in pieces]
        else:
            slots = _under_headers(filled, header, by_place=False)
            if slots is None and len(pieces) > WIDTH and not any(p.text for p in pieces[WIDTH:]):
                totals = [p.column for it in header for p in it.pieces if labels(TABLE).column(p.text) == COLUMNS[-1]]
                if totals and set(totals) <= {4, 9, 14}:
                    slots = [p if p.text else None for p in pieces[:WIDTH]]
    elif layout == "pipe_lines" and blanks_kept and len(pieces) == WIDTH:
        slots = [p if p.text else None for p in pieces]
    if slots is not None:
        _fill(reading, slots)
    elif len(filled) > WIDTH or any(p.printed.kind == "digits" for p in filled):
        at = (filled[0].start, filled[-1].end)
        observed = " ".join(p.text for p in filled)[:200]
        for r in ROWS:
            reading.find("surplus_number", row=r, observed=observed, expected=str(WIDTH), at=at)
        reading.unplaced.update({s: tuple(filled) for s in _SLOTS})
    else:
        reading.runs.append((_SLOTS, tuple(filled)))


def _fill(reading: Reading, slots: Sequence[Piece | None]) -> None:
    for slot, p in zip(_SLOTS, slots, strict=True):
        if p is None:
            reading.blank.add(slot)
        else:
            reading.certain[slot] = p


def _under_headers(filled: Sequence[Piece], header: Sequence[Item], *, by_place: bool) -> Sequence[Piece | None] | None:
    """Each number under its header, where all fifteen headers are recognised and stand at places of their own."""
    leaves = _leaves(header, by_place=by_place)
    if [c for _, c in leaves] != list(COLUMNS) * len(ROWS):
        return None
    slots: list[Piece | None] = [None] * WIDTH
    for p in filled:
        ranked = sorted((abs(p.column - x), k) for k, (x, _) in enumerate(leaves))
        near, k = ranked[0]
        if slots[k] is not None or (near > 0 and ranked[1][0] < 2 * near + 1):
            return None
        slots[k] = p
    return slots


def _in_grid(row: Item, header: Sequence[Item]) -> Slots | None:
    """The row's cells under the fifteen headers, or just as many cells as columns; both where both can be told."""
    intervals: list[Interval | None] = [None] * WIDTH
    leaves = sorted(_leaf_stacks(header, by_place=True), key=lambda x: x[0][-1].left)
    frames = {it.row.frame for it in header if it.row is not None and it.label_pieces}
    if [code for _, code in leaves] == list(COLUMNS) * len(ROWS) and len(frames) == 1:
        intervals = [(s[-1].left, s[-1].right) for s, _ in leaves]
    return by_grid([ValueRow("", row, 0)], intervals, next(iter(frames), None))[0]


def _leaves(header: Sequence[Item], *, by_place: bool) -> list[tuple[float, str]]:
    """(place, column) of every column label that the stacks of a header end in, from left to right."""
    return sorted((sum(p.column for p in s) / len(s), code) for s, code in _leaf_stacks(header, by_place=by_place))


def _leaf_stacks(header: Sequence[Item], *, by_place: bool) -> list[tuple[list[Piece], str]]:
    """The pieces of each column label, with its code."""
    out = []
    known = labels(TABLE)
    for s in stacks(header, by_place=by_place):
        for n in range(len(s)):
            code = known.column("".join(p.text for p in s[n:]))
            if code is not None:
                out.append((s[n:], code))
                break
    return out
