"""Section two: what the organ disclosed on its own. Blocks of rows, each under its own header; no identity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline import form
from pipeline.extract.align import RowMatch, align
from pipeline.extract.cells import Reading, build, holds_digits_in_words
from pipeline.extract.columns import Slots, ValueRow, by_cells, by_place, complete, explicit_blanks
from pipeline.extract.grids import by_grid
from pipeline.extract.grounds import Ground
from pipeline.extract.headers import Headers, agree, has_foreign_column, read_headers
from pipeline.extract.labels import labels
from pipeline.extract.layout import POSITIONAL, STREAMS, Item, Piece, Region, item
from pipeline.extract.money import is_note, unit_of_amounts
from pipeline.extract.numbers import split_glued
from pipeline.extract.repeated import report_repeated
from pipeline.extract.strays import lose_empty_rows
from pipeline.extract.words import absorb_words
from pipeline.model import StatutoryTable
from pipeline.normalize.text import Places

TABLE = form.PROACTIVE
_GLUED = re.compile(r"(.*[^\d.,，\s+\-])\s*([+\-]?\d[\d.,，+\-]*(?:元|万元|件)?)")


def _unglue(found: Sequence[Item]) -> list[Item]:
    """Cuts a label from the digits glued to it ("规章000", "行政许可12")."""
    known = labels(TABLE)
    out = []
    for it in found:
        pieces: list[Piece] = []
        for p in it.pieces:
            m = _GLUED.fullmatch(p.text) if not p.printed.is_value else None
            if m is not None and known.row(m[1]) is not None and known.row(p.text) is None:
                cut = p.start + m.start(2)
                pieces.append(p.saying(m[1], p.start, p.start + m.end(1)))
                pieces.append(p.saying(m[2], cut, p.end, p.column + 1))
            else:
                pieces.append(p)
        out.append(item(pieces, it.at, it.row) if len(pieces) != len(it.pieces) else it)
    return out


def _widest(row_code: str) -> int:
    """The most columns that a row has in any form."""
    return max(len(form.columns_of_row(f, TABLE, row_code)) for f in form.FORMS)


def read_proactive(region: Region, places: Places) -> StatutoryTable | None:
    """The table in a region, or None where there is none: fewer than two of its rows."""
    layout, known = region.layout, labels(TABLE)
    found = _unglue(region.items)
    if layout in STREAMS:
        found = absorb_words(found, known, _widest)
    alignment = align(found, known, layout)
    if alignment is None or len(alignment.rows) < 2:
        return None
    form_code = _form(found[alignment.first_item : alignment.last_item + 1], [r.row_code for r in alignment.rows])
    allowed = form.row_codes(form_code, TABLE)
    rows = [r for r in alignment.rows if r.row_code in allowed]
    reading = Reading(TABLE, form_code, places, region.stated)
    heads = Headers((), {}, {})
    header_texts: list[str] = []
    has_foreign = False
    notes = _notes(found, rows, region)
    previous = alignment.first_item
    groups: dict[tuple[int, tuple[str, ...]], list[RowMatch]] = {}
    block_heads: list[Headers] = [heads]
    block = 0
    for r in rows:
        header = found[previous : r.first_item]
        columns = form.columns_of_row(form_code, TABLE, r.row_code)
        if any(it.label_pieces for it in header):
            block += 1
            heads = read_headers(header, known, layout, columns)
            block_heads.append(heads)
            header_texts = [_joined(it) for it in header]
            has_foreign = (
                layout != "grid" and "items_change" not in columns and has_foreign_column(header, known, columns)
            )
        if "amount" in columns:
            label = "".join(_joined(it) for it in found[r.first_item : r.last_item + 1])
            unit, ground = unit_of_amounts([label, *header_texts, *notes])
            if unit is not None and unit != form.unit_of(form_code, TABLE, r.row_code, "amount"):
                reading.header_units[r.row_code, "amount"] = unit
            if ground is not None:
                reading.unit_doubts[r.row_code, "amount"] = ground
        is_missing = layout == "grid" and any(c not in heads.intervals for c in columns) and bool(heads.intervals)
        # A row of one number needs no header to tell its column.
        if len(columns) > 1 and (is_missing or not (block and agree(heads, columns, at_least=2))):
            reading.doubts[r.row_code] = Ground.HEADERS_UNKNOWN
            reading.find("column_order_unrecognised", row=r.row_code, expected=" ".join(columns))
        elif has_foreign:
            reading.doubts[r.row_code] = Ground.FOREIGN_COLUMN
            reading.find("column_order_unrecognised", row=r.row_code, expected=" ".join(columns))
        groups.setdefault((block, columns), []).append(r)
        previous = r.last_item + 1
    for (at, columns), members in groups.items():
        _place(reading, members, layout, columns, block_heads[at], found, region.blanks_kept)
    matched = {r.row_code for r in rows}
    for code in allowed:
        if code not in matched:
            reading.not_printed.update((code, c) for c in form.columns_of_row(form_code, TABLE, code))
            reading.find("row_missing", row=code)
    for it, words in alignment.unlabelled:
        observed = " ".join([words, *(p.text for p in it.value_pieces if p.text)]).strip()
        # Local extensions of the form have rows of their own; numbers without any words are a loss.
        reading.find("row_not_on_form" if words else "row_unlabelled", observed=observed[:200], at=(it.start, it.end))
    lose_empty_rows(reading, alignment, rows, found)
    report_repeated(reading, alignment, rows)
    cells = build(reading, lost_when_filled=False)
    span = (found[alignment.first_item].start, found[alignment.last_item].end)
    return StatutoryTable(
        TABLE, form_code, layout, tuple(cells), tuple(reading.findings), (span,), tuple(reading.repairs)
    )


def _joined(it: Item) -> str:
    return "".join(p.text for p in it.label_pieces)


def _notes(found: Sequence[Item], rows: Sequence[RowMatch], region: Region) -> list[str]:
    """What lines before the first row and behind the last say about the unit of amounts."""
    beside = [*found[: rows[0].first_item], *found[rows[-1].last_item + 1 :]] if rows else []
    return [
        *region.notes,
        *(t for it in beside if not it.has_values and is_note(t := _joined(it)) and labels(TABLE).column(t) is None),
    ]


def _form(found: Sequence[Item], rows: Sequence[str]) -> str:
    """The form that has more of the labels seen; rows and columns that only one form has decide."""
    known = labels(TABLE)
    columns = {known.column(p.text) for it in found for p in it.pieces if p.text and not p.printed.is_value}
    # Columns may be wrapped over lines: what is joined counts as well.
    joined = "".join(p.text for it in found for p in it.pieces if not p.printed.is_value)
    score = {}
    for f in form.FORMS:
        others = {c for g in form.FORMS if g != f for c in form.column_codes(g, TABLE)}
        own = set(form.column_codes(f, TABLE)) - others
        row_own = set(form.row_codes(f, TABLE)) - {r for g in form.FORMS if g != f for r in form.row_codes(g, TABLE)}
        wrapped = sum(
            any(label in joined for label in form.labels_of_column(f, TABLE, c) if len(label) > 3)
            for c in own - columns
        )
        score[f] = 2 * len(own & columns) + 2 * len(row_own & set(rows)) + wrapped
    return max(reversed(form.FORMS), key=lambda f: score[f])


def _place(
    reading: Reading,
    rows: Sequence[RowMatch],
    layout: str,
    columns: tuple[str, ...],
    headers: Headers,
    found: Sequence[Item],
    blanks_kept: bool,
) -> None:
    """Places the rows of one block under its headers."""
    width = len(columns)
    places = [headers.places.get(c) for c in columns]
    value_rows = [ValueRow(r.row_code, r.values, r.label_end) for r in rows if r.values is not None]
    slots: list[Slots | None]
    if layout == "columns":
        slots = by_place(value_rows, width, places)
    elif layout == "grid":
        slots = by_grid(value_rows, [headers.intervals.get(c) for c in columns], headers.frame, headers.foreign)
    elif layout in POSITIONAL:
        slots = by_cells(value_rows, width, places, is_grid=layout != "word_tabs")
    elif layout == "pipe_lines" and blanks_kept:
        slots = explicit_blanks(value_rows, width)
    else:
        slots = [complete(v, width) for v in value_rows]
    if width == 1 and layout != "grid":
        # One number for one column needs no place.
        slots = [complete(v, 1) if s is None else s for v, s in zip(value_rows, slots, strict=True)]
    by_row = {v.code: s for v, s in zip(value_rows, slots, strict=True)}
    for r in rows:
        reading.row_place[r.row_code] = (found[r.first_item].start, found[r.last_item].end)
        got = by_row.get(r.row_code, (None,) * width)
        pieces = [p for p in (r.values.pieces[r.label_end :] if r.values else ()) if p.text]
        if got is not None and not any(p is not None and p.printed.kind == "digits" for p in got):
            if not r.is_sure:
                reading.doubt_row(r.row_code, columns, got, Ground.LABEL_DAMAGED)
            elif layout in STREAMS and any(p is not None and holds_digits_in_words(p) for p in got):
                reading.doubt_row(r.row_code, columns, got, Ground.WORDS_AMONG_NUMBERS)
            else:
                reading.slots(r.row_code, columns, got)
        else:
            _open_row(reading, r.row_code, pieces, columns)


def _open_row(reading: Reading, row: str, pieces: list[Piece], columns: tuple[str, ...]) -> None:
    if not pieces:
        reading.unplaced.update({(row, c): () for c in columns})
        return
    at = (pieces[0].start, pieces[-1].end)
    if len(pieces) == 1 and len(columns) > 1 and pieces[0].text.isdigit():
        ways = split_glued(pieces[0].text, len(columns))
        if len(ways) == 1:
            start = pieces[0].start
            for c, n in zip(columns, ways[0], strict=True):
                end = start + len(str(n))
                part = pieces[0].saying(str(n), start, end)
                reading.doubtful[row, c] = (part, "unique: the only way to cut the glued digits")
                start = end
            return
    if len(pieces) > len(columns):
        reading.find(
            "surplus_number", row=row, observed=" ".join(p.text for p in pieces), expected=str(len(columns)), at=at
        )
    reading.unplaced.update({(row, c): tuple(pieces) for c in columns})
