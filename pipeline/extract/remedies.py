"""Section four: reconsiderations and lawsuits, one row of fifteen numbers under three headers of five."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import form
from pipeline.extract.cells import Reading, build
from pipeline.extract.columns import Slots, ValueRow
from pipeline.extract.grids import Interval, by_grid, overlap
from pipeline.extract.grounds import Ground
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
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_LAST_YEAR = re.compile("上一?年|去年|本年|今年")


def read_remedies(region: Region, places: Places) -> StatutoryTable | None:
    """The table in a region, or None where there is none: neither its headers nor a row of numbers."""
    layout, found = region.layout, region.items
    header = _header(found)
    if header is None:
        return None
    first, last, recognised = header
    reading = Reading(TABLE, "2021", places, region.stated)
    if recognised < 8:
        reading.doubts.update(dict.fromkeys(ROWS, Ground.HEADERS_UNKNOWN))
        reading.find("column_order_unrecognised", observed=str(recognised), expected=str(WIDTH))
    header_items = found[first : last + 1]
    leaves = _leaves_of_grid(header_items) if layout == "grid" else None
    if leaves is None and not _in_order(header_items, layout):
        reading.doubts.update(dict.fromkeys(ROWS, Ground.COLUMNS_IN_OTHER_ORDER))
        reading.find("column_order_unrecognised", expected=" ".join(COLUMNS))
    candidates, end = _value_rows(found, last, layout)
    rows = _chosen(candidates).items if candidates else []
    _report_others(reading, candidates, rows)
    if rows:
        span = (rows[0].start, rows[-1].end)
        reading.row_place.update(dict.fromkeys(ROWS, span))
    else:
        reading.row_place.update(dict.fromkeys(ROWS, (found[first].start, found[last].end)))
    _place(reading, rows, layout, header_items, leaves, region.blanks_kept)
    cells = build(reading, lost_when_filled=region.may_lack_numbers)
    table_span = (found[first].start, found[end].end)
    return StatutoryTable(
        TABLE, "2021", layout, tuple(cells), tuple(reading.findings), (table_span,), tuple(reading.repairs)
    )


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
        if first is not None and recognised >= 3 and len(_filled(it)) >= WIDTH and not any(map(known.knows, texts)):
            # A row of numbers with a label of its own (2023年).
            break
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


@dataclass
class _Candidate:
    """A row of numbers below the header, over one item or several, and what stands before it (2023年)."""

    label: str
    items: list[Item]

    @property
    def texts(self) -> list[str]:
        return [p.text for it in self.items for p in _filled(it)]

    @property
    def years(self) -> list[int]:
        return [int(y) for y in _YEAR.findall(self.label)]


def _filled(it: Item) -> list[Piece]:
    return [p for p in it.value_pieces if p.text]


def _value_rows(found: Sequence[Item], last: int, layout: str) -> tuple[list[_Candidate], int]:
    """The rows of numbers that stand below a header, and the index of the last item that they take.

    Words between the header and the numbers (续表, 单位：件, a running title) end nothing: only prose does. A row ends with
    as many numbers as there are columns, and the next one, of another year or table, begins. Numbers in the header's own
    last item count: a text may run its rows together. A row of a grid that is blank counts where its label names a year.
    """
    keeps_blanks = layout == "grid" or layout in POSITIONAL
    out: list[_Candidate] = []
    open_row: _Candidate | None = None
    label, end = "", last
    if found[last].has_values:
        open_row = _Candidate("", [_values(found[last])])
        out.append(open_row)
    for i in range(last + 1, len(found)):
        it = found[i]
        if open_row is not None and (len(open_row.texts) >= WIDTH or (keeps_blanks and _is_long(open_row))):
            open_row = None
        if any(len(p.text) > _LONGEST_WORDS for p in it.pieces):
            break
        words = _label(it)
        if not it.has_values:
            if it.row is not None and _names_year(words) and len(it.pieces) > WIDTH:
                out.append(_Candidate(words, [item(it.value_pieces, it.at, it.row)]))
            elif it.row is not None and len(it.pieces) >= WIDTH and words:
                # Words in place of every number.
                out.append(_Candidate("", [it]))
            label = words if _names_year(words) else label
            continue
        if open_row is None:
            open_row = _Candidate(words or label, [])
            out.append(open_row)
            label = ""
        open_row.items.append(_values(it))
        # What comes behind the first row is one only if it is as long: a page number is none.
        end = i if len(out) == 1 or len(open_row.texts) >= WIDTH else end
    whole = [
        c for c in out if c is out[0] or len(c.texts) >= WIDTH or _is_long(c) or (_names_year(c.label) and not c.texts)
    ]
    return whole, end


def _is_long(c: _Candidate) -> bool:
    """Whether a row that leaves cells blank has as many cells as the table has columns."""
    return any(len(it.pieces) >= WIDTH for it in c.items)


def _label(it: Item) -> str:
    words = "".join(p.text for p in it.label_pieces)
    first = it.pieces[0].text if it.pieces else ""
    return first if not words and _YEAR.fullmatch(first) else words


def _names_year(words: str) -> bool:
    return bool(_YEAR.search(words) or _LAST_YEAR.search(words))


def _values(it: Item) -> Item:
    """The item without its label; a row of a grid with just as many cells as columns has none, only words among them."""
    has_label = bool(it.label_pieces) and not (it.row is not None and len(it.pieces) == WIDTH)
    return item(it.value_pieces, it.at, it.row) if has_label else it


def _chosen(candidates: Sequence[_Candidate]) -> _Candidate:
    """The row that is taken: of the latest year where the labels name years, else one that names no year before another."""
    latest = max((y for c in candidates for y in c.years), default=None)
    of_latest = [c for c in candidates if latest is not None and latest in c.years]
    if len(of_latest) == 1 and all(_names_year(c.label) for c in candidates):
        return of_latest[0]
    return next((c for c in candidates if not _names_year(c.label)), candidates[0])


def _report_others(reading: Reading, candidates: Sequence[_Candidate], taken: Sequence[Item]) -> None:
    """A second row of other numbers makes all of them doubtful: nothing but a year could say which row is the report's."""
    own = [p.text for it in taken for p in _filled(it)]
    others = [c for c in candidates if c.items is not taken and c.texts != own]
    if not others:
        return
    reading.doubts.update({r: Ground.SEVERAL_ROWS for r in ROWS if r not in reading.doubts})
    for c in others:
        at = (c.items[0].start, c.items[-1].end)
        for r in ROWS:
            observed, expected = " ".join(c.texts)[:200], " ".join(own)[:200]
            reading.find("row_repeated", row=r, observed=observed, expected=expected, at=at)


def _in_order(header: Sequence[Item], layout: str) -> bool:
    """Whether the labels, as far as they are all recognised, stand in the order of the form."""
    if layout in BY_PLACE or layout == "tabs":
        # Wrapped and merged labels stand scattered over the lines: only their places tell the order.
        read = tuple(code for _, code in _leaves(header, by_place=layout in BY_PLACE))
    else:
        read, _ = joined([p for it in header for p in it.pieces if p.text and not p.printed.is_value], labels(TABLE))
    if len(read) == WIDTH and read != COLUMNS * len(ROWS):
        return False
    return _groups_in_order(header)


def _groups_in_order(header: Sequence[Item]) -> bool:
    text = "".join(key(p.text) for it in header for p in it.pieces)
    pairs = ((_RECONSIDERATION, _LITIGATION), (_DIRECT, _AFTER))
    return all(text.find(x) <= text.find(y) for x, y in pairs if min(text.find(x), text.find(y)) >= 0)


def _place(
    reading: Reading,
    rows: Sequence[Item],
    layout: str,
    header: Sequence[Item],
    leaves: _Leaves | None,
    blanks_kept: bool,
) -> None:
    pieces = [p for it in rows for p in it.pieces]
    filled = [p for p in pieces if p.text]
    if not filled:
        reading.blank.update(_SLOTS)
        return
    order: Sequence[tuple[str, str]] = leaves.slots if leaves is not None else _SLOTS
    is_placed = layout == "grid" and len(rows) == 1
    if len(filled) == WIDTH and not is_placed:
        _fill(reading, filled, order)
        return
    slots: Sequence[Piece | None] | None = None
    if is_placed:
        slots = _in_grid(rows[0], leaves)
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
        # Where lone pipes stand between rows too, a blank at either end may be one, and then all others stand elsewhere.
        has_separators = any(not p.text for it in header for p in it.pieces)
        if not has_separators or (pieces[0].text and pieces[-1].text):
            slots = [p if p.text else None for p in pieces]
    if slots is not None:
        _fill(reading, slots, order)
    elif len(filled) >= WIDTH or any(p.printed.kind == "digits" for p in filled):
        at = (filled[0].start, filled[-1].end)
        observed = " ".join(p.text for p in filled)[:200]
        for r in ROWS:
            reading.find("surplus_number", row=r, observed=observed, expected=str(WIDTH), at=at)
        reading.unplaced.update({s: tuple(filled) for s in _SLOTS})
    else:
        reading.runs.append((_SLOTS, tuple(filled)))


def _fill(reading: Reading, slots: Sequence[Piece | None], order: Sequence[tuple[str, str]]) -> None:
    for slot, p in zip(order, slots, strict=True):
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


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The fifteen column labels of a grid from left to right: the cell of each in the form, and where it stands."""

    slots: tuple[tuple[str, str], ...]
    intervals: tuple[Interval, ...]
    foreign: tuple[Interval, ...]
    frame: int | None


def _leaves_of_grid(header: Sequence[Item]) -> _Leaves | None:
    """The labels with the groups that stand above them; None where these do not tell fifteen different cells."""
    stacked = sorted(_leaf_stacks(header, by_place=True), key=lambda x: x[0][-1].left)
    above = [p for it in header for p in it.pieces if p.text and labels(TABLE).column(p.text) is None]
    slots = []
    for pieces, code in stacked:
        row = _group_above(pieces[-1], [p for p in above if p not in pieces])
        if row is None:
            return None
        slots.append((row, code))
    if sorted(slots) != sorted(_SLOTS):
        return None
    frames = {it.row.frame for it in header if it.row is not None and it.label_pieces}
    used = [p for s, _ in stacked for p in s]
    bottom = [it for it in header if any(p in used for p in it.pieces)]
    beside = [p for it in bottom for p in (*it.pieces, *(it.row.from_above if it.row is not None else ()))]
    intervals = tuple((float(s[-1].left), float(s[-1].right)) for s, _ in stacked)
    foreign = tuple(
        (float(p.left), float(p.right))
        for p in beside
        if p.text and p not in used and not any(overlap((p.left, p.right), x) for x in intervals)
    )
    return _Leaves(tuple(slots), intervals, foreign, frames.pop() if len(frames) == 1 else None)


def _group_above(leaf: Piece, above: Sequence[Piece]) -> str | None:
    """The row of the form whose group label stands above a column label."""
    over = "".join(key(p.text) for p in above if p.left <= leaf.left and leaf.right <= p.right)
    named = {
        ROWS[0]: _RECONSIDERATION in over and _LITIGATION not in over,
        ROWS[1]: _DIRECT in over,
        ROWS[2]: _AFTER in over,
    }
    rows = [r for r, is_named in named.items() if is_named]
    return rows[0] if len(rows) == 1 else None


def _in_grid(row: Item, leaves: _Leaves | None) -> Slots | None:
    """The row's cells under the fifteen headers, or just as many cells as columns; both where both can be told."""
    intervals: Sequence[Interval | None] = leaves.intervals if leaves is not None else [None] * WIDTH
    frame, foreign = (leaves.frame, leaves.foreign) if leaves is not None else (None, ())
    return by_grid([ValueRow("", row, 0)], intervals, frame, foreign)[0]


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
