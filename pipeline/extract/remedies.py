"""Section four: reconsiderations and lawsuits, one row of fifteen numbers under three headers of five."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import form
from pipeline.extract.cells import HEADERS_UNKNOWN, Reading, build
from pipeline.extract.labels import key, labels
from pipeline.extract.layout import POSITIONAL, Item, Piece, detect, items
from pipeline.model import Line, StatutoryTable, Text
from pipeline.normalize.text import Places

TABLE = form.REMEDIES
ROWS = form.row_codes("2021", TABLE)
COLUMNS = form.column_codes("2021", TABLE)
WIDTH = len(ROWS) * len(COLUMNS)
_SLOTS = tuple((r, c) for r in ROWS for c in COLUMNS)
_LONGEST_JOIN = 3


def read_remedies(text: Text, places: Places, lines: Sequence[Line], *, blanks_kept: bool) -> StatutoryTable | None:
    """The table in a region's lines, or None where there is none: neither its headers nor a row of numbers.

    `blanks_kept`: in the layout `pipe_lines`, whether lone pipes are blank cells.
    """
    layout = detect(lines)
    found = items(text, lines, layout)
    header = _header(found)
    if header is None:
        return None
    first, last, recognised = header
    reading = Reading(TABLE, "2021", places, text, layout in POSITIONAL)
    if recognised < 8:
        reading.doubts.update(dict.fromkeys(ROWS, HEADERS_UNKNOWN))
        reading.find("column_order_unrecognised", observed=str(recognised), expected=str(WIDTH))
    rows, end = _value_items(found, last + 1, layout)
    if rows:
        span = (rows[0].start, rows[-1].end)
        reading.row_place.update(dict.fromkeys(ROWS, span))
    else:
        reading.row_place.update(dict.fromkeys(ROWS, (found[first].start, found[last].end)))
    _place(reading, rows, layout, found[first : last + 1], blanks_kept)
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
    leaves = sum(joined.count(key(x)) for x in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    recognised = max(recognised, leaves)
    both = "行政复议" in joined and "行政诉讼" in joined
    return (first, last, recognised) if recognised >= 3 or both else None


def _value_items(found: Sequence[Item], start: int, layout: str) -> tuple[list[Item], int]:
    """The items that hold the table's numbers, and the index of its last item."""
    out: list[Item] = []
    end = start - 1
    for i in range(start, len(found)):
        it = found[i]
        words = [p for p in it.pieces if p.text and not p.printed.is_value]
        if words and not it.has_values:
            break
        if words and len(words) > len([p for p in it.pieces if p.text]) // 2:
            break
        if it.has_values or (layout in POSITIONAL and not out):
            out.append(it)
            end = i
    return out, max(end, start - 1)


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
    if layout in POSITIONAL and len(rows) == 1:
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
    leaves: list[tuple[float, str]] = []
    stacks: list[list[Piece]] = []
    for it in header:
        for p in it.pieces:
            if not p.text:
                continue
            for s in stacks:
                q = s[-1]
                if (p.left < q.right and q.left < p.right) if by_place else p.column == q.column:
                    s.append(p)
                    break
            else:
                stacks.append([p])
    known = labels(TABLE)
    for s in stacks:
        for n in range(len(s)):
            code = known.column("".join(p.text for p in s[n:]))
            if code is not None:
                leaves.append((sum(p.column for p in s[n:]) / len(s[n:]), code))
                break
    leaves.sort()
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
