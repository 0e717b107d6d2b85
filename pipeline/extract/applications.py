"""Section three: the applications table (25 rows of form 2021, 23 of form 2019, 7 columns)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pipeline import form
from pipeline.extract.align import Alignment, RowMatch, align
from pipeline.extract.cells import Reading, build
from pipeline.extract.columns import Slots, ValueRow, by_cells, by_place, complete, explicit_blanks
from pipeline.extract.grids import by_grid
from pipeline.extract.grounds import Ground
from pipeline.extract.headers import Headers, agree, read_headers
from pipeline.extract.labels import Labels, labels
from pipeline.extract.layout import POSITIONAL, STREAMS, Item, Piece, Region
from pipeline.extract.repeated import report_repeated
from pipeline.extract.strays import doubt_rows_beside, lose_empty_rows
from pipeline.extract.words import absorb_words
from pipeline.model import Cell, StatutoryTable
from pipeline.normalize.text import Places

TABLE = form.APPLICATIONS
COLUMNS = form.column_codes("2021", TABLE)
WIDTH = len(COLUMNS)
_SPLIT_OTHER = tuple(r for r in form.row_codes("2021", TABLE) if r not in form.row_codes("2019", TABLE))
_ONE_OTHER = tuple(r for r in form.row_codes("2019", TABLE) if r not in form.row_codes("2021", TABLE))


def read_applications(region: Region, places: Places) -> StatutoryTable | None:
    """The table in a region, or None where there is none: fewer than three of its rows."""
    layout, found = region.layout, region.items
    if layout in STREAMS:
        found = absorb_words(found, labels(TABLE), lambda _: WIDTH)
    alignment = _aligned(found, layout)
    if alignment is None or len(alignment.rows) < 3:
        return None
    rows, form_code = _rows_of_form(alignment)
    header = found[alignment.first_item : rows[0].first_item]
    headers = read_headers(header, labels(TABLE), layout, COLUMNS)
    reading = Reading(TABLE, form_code, places, region.stated)
    columns = _column_order(headers, reading)
    _place_rows(reading, rows, layout, columns, headers, found, region.blanks_kept, bool(alignment.unlabelled))
    _leftovers(reading, alignment)
    lose_empty_rows(reading, alignment, rows, found)
    if layout == "columns":
        doubt_rows_beside(reading, alignment, rows, found)
    report_repeated(reading, alignment, rows)
    cells = build(reading, lost_when_filled=region.may_lack_numbers)
    if form_code == "2019":
        cells += [
            Cell(TABLE, r, c, obs_status="K", missing_reason="in_other_row") for r in _SPLIT_OTHER for c in COLUMNS
        ]
    span = (found[alignment.first_item].start, found[alignment.last_item].end)
    return StatutoryTable(
        TABLE, form_code, layout, tuple(cells), tuple(reading.findings), (span,), tuple(reading.repairs)
    )


def _aligned(found: Sequence[Item], layout: str) -> Alignment | None:
    """The rows. A group label that wraps, （六）其他 above 处理, is no row of the other form: it must not take one's place."""
    known = labels(TABLE)
    alignment = align(found, known, layout)
    if alignment is None:
        return None
    single = [r for r in alignment.rows if r.row_code in _ONE_OTHER]
    if not single or any(r.values is not None and r.values.has_values for r in single):
        return alignment
    if not any(r.row_code in _SPLIT_OTHER for r in alignment.rows):
        return alignment
    return align(found, _labels_of_split(), layout)


@cache
def _labels_of_split() -> Labels:
    """The labels without the row （六）其他处理 of form 2019."""
    known = labels(TABLE)
    kept = [i for i, r in enumerate(known.rows) if r not in _ONE_OTHER]
    return replace(
        known,
        rows=tuple(known.rows[i] for i in kept),
        row_keys=tuple(known.row_keys[i] for i in kept),
        row_of_key={k: r for k, r in known.row_of_key.items() if r not in _ONE_OTHER},
    )


def _rows_of_form(alignment: Alignment) -> tuple[list[RowMatch], str]:
    """The form by its labels: one row （六）其他处理 is form 2019; with its three rows below, that label is a group's."""
    codes = {r.row_code for r in alignment.rows}
    split, single = codes & set(_SPLIT_OTHER), codes & set(_ONE_OTHER)
    form_code = "2019" if single and not split else "2021"
    allowed = form.row_codes(form_code, TABLE)
    return [r for r in alignment.rows if r.row_code in allowed], form_code


def _column_order(headers: Headers, reading: Reading) -> tuple[str, ...]:
    """The columns from left to right, by their labels. Without enough labels the form's order is assumed, with doubt."""
    if agree(headers, COLUMNS, at_least=4):
        return COLUMNS
    known = tuple(c for c in headers.order if c in COLUMNS)
    if sorted(known) == sorted(COLUMNS) and headers.is_whole:
        return known
    reading.doubts.update(dict.fromkeys(form.row_codes(reading.form, TABLE), Ground.HEADERS_UNKNOWN))
    reading.find("column_order_unrecognised", observed=" ".join(known) or None, expected=" ".join(COLUMNS))
    return COLUMNS


def _place_rows(
    reading: Reading,
    rows: Sequence[RowMatch],
    layout: str,
    columns: tuple[str, ...],
    headers: Headers,
    found: Sequence[Item],
    blanks_kept: bool,
    has_strays: bool,
) -> None:
    with_values = [r for r in rows if r.values is not None]
    value_rows = [ValueRow(r.row_code, r.values, r.label_end) for r in with_values if r.values is not None]
    slots: list[Slots | None]
    if layout == "columns":
        slots = by_place(value_rows, WIDTH, [headers.places.get(c) for c in columns])
    elif layout == "grid":
        intervals = [headers.intervals.get(c) for c in columns]
        slots = by_grid(value_rows, intervals, headers.frame, () if None in intervals else headers.foreign)
    elif layout in POSITIONAL:
        slots = by_cells(value_rows, WIDTH, [headers.places.get(c) for c in columns], is_grid=layout != "word_tabs")
    elif layout == "pipe_lines" and blanks_kept:
        slots = explicit_blanks(value_rows, WIDTH)
    else:
        slots = [complete(v, WIDTH) for v in value_rows]
    if (
        layout == "pipes"
        and len(headers.order) < WIDTH
        and _may_have_lost_a_column(value_rows, slots, columns, headers)
    ):
        for v in value_rows:
            reading.doubts.setdefault(v.code, Ground.COLUMN_MISSING)
        reading.find("column_order_unrecognised", observed=" ".join(headers.order), expected=" ".join(COLUMNS))
    by_row = {v.code: s for v, s in zip(value_rows, slots, strict=True)}
    expected = form.row_codes(reading.form, TABLE)
    matched = [r.row_code for r in rows]
    for i, r in enumerate(rows):
        item_span = (found[r.first_item].start, found[r.last_item].end)
        reading.row_place[r.row_code] = item_span
        got = by_row.get(r.row_code, (None,) * WIDTH)
        pieces = [p for p in (r.values.pieces[r.label_end :] if r.values else ()) if p.text]
        missing = _missing_after(matched, i, expected)
        if got is None:
            _open_row(reading, r, pieces, columns, missing)
        elif missing and layout in STREAMS and any(got):
            # Numbers of a row whose label is lost stand behind this row's own, and seven may be of both.
            reading.blank.update((r.row_code, c) for c, p in zip(columns, got, strict=True) if p is None)
            reading.doubtful.update(
                {(r.row_code, c): (p, Ground.NEXT_LABEL_LOST) for c, p in zip(columns, got, strict=True) if p}
            )
        elif not r.is_sure and not _neighbours_exact(rows, i, expected):
            reading.doubt_row(r.row_code, columns, got, Ground.LABEL_DAMAGED)
        else:
            reading.slots(r.row_code, columns, got)
    for code in expected:
        if code not in matched and not any((code, c) in reading.doubtful for c in columns):
            reading.not_printed.update((code, c) for c in columns)
            reading.find("row_missing", row=code)
            if has_strays:
                # Numbers without a label stand in the table, perhaps this row's: nothing is deduced past them.
                reading.doubts[code] = Ground.STRAYS


def _may_have_lost_a_column(
    rows: Sequence[ValueRow], slots: Sequence[Slots | None], columns: Sequence[str], headers: Headers
) -> bool:
    """Whether cells are filled up at the right, so that a row does not show how many columns it has, and no number
    stands under its own header."""
    if not any(len(v.cells) > WIDTH for v in rows):
        return False
    placed = [(c, p) for row in slots if row for c, p in zip(columns, row, strict=True) if p is not None]
    return not any(headers.places.get(c) == p.column for c, p in placed)


def _missing_after(matched: Sequence[str], i: int, expected: Sequence[str]) -> list[str]:
    """Rows of the form between a row found and the next one found."""
    start = expected.index(matched[i]) + 1
    end = expected.index(matched[i + 1]) if i + 1 < len(matched) else len(expected)
    return list(expected[start:end])


def _neighbours_exact(rows: Sequence[RowMatch], i: int, expected: Sequence[str]) -> bool:
    """Whether the rows before and after, in the form's own order, were recognised exactly: then this is the one between."""
    k = expected.index(rows[i].row_code)
    before = i == 0 or (rows[i - 1].certainty == 1.0 and rows[i - 1].row_code == expected[k - 1])
    after = i + 1 == len(rows) or (rows[i + 1].certainty == 1.0 and rows[i + 1].row_code == expected[k + 1])
    return before and after


def _sum_holds(pieces: Sequence[Piece]) -> bool:
    numbers = [p.printed.number if p.printed.kind == "number" else 0 for p in pieces]
    return all(n is not None for n in numbers) and sum(numbers[:-1], start=0) == numbers[-1]  # type: ignore[arg-type]


def _open_row(
    reading: Reading, match: RowMatch, pieces: list[Piece], columns: tuple[str, ...], missing: list[str]
) -> None:
    """A row whose numbers are not as many as its columns."""
    row = match.row_code
    if len(pieces) in (0, WIDTH):
        # Its numbers are another row's too, or stand beside the columns.
        reading.unplaced.update({(row, c): tuple(pieces) for c in columns})
        return
    at = (pieces[0].start, pieces[-1].end)
    if len(pieces) < WIDTH:
        if any(p.printed.kind == "digits" for p in pieces):
            reading.unplaced.update({(row, c): tuple(pieces) for c in columns})
            return
        reading.runs.append((tuple((row, c) for c in columns), tuple(pieces)))
        return
    observed = " ".join(p.text for p in pieces)
    if len(pieces) == 2 * WIDTH and len(missing) == 1 and reading.form in form.FORMS:
        # The label of the next row is lost, its numbers are not: exactly one row of the form is missing here.
        halves = pieces[:WIDTH], pieces[WIDTH:]
        if all(_sum_holds(h) for h in halves):
            for code, half in zip((row, missing[0]), halves, strict=True):
                for c, p in zip(columns, half, strict=True):
                    reading.doubtful[code, c] = (p, Ground.ROW_INFERRED)
            reading.find("row_unlabelled", row=missing[0], observed=" ".join(p.text for p in halves[1]), at=at)
            reading.row_place[missing[0]] = (halves[1][0].start, halves[1][-1].end)
            return
    mended = _mended(pieces)
    reading.find("surplus_number", row=row, observed=observed, expected=str(WIDTH), at=at)
    if mended is not None:
        for c, p in zip(columns, mended, strict=True):
            reading.doubtful[row, c] = (p, "unique: the only way to read one number too many in which the row adds up")
        return
    reading.unplaced.update({(row, c): tuple(pieces) for c in columns})


def _mended(pieces: Sequence[Piece]) -> list[Piece] | None:
    """Eight numbers for seven columns: one is foreign (a page number), or one was split in two ("1", "0" for 10).

    The only seven that add up, if there is just one such way and it is not all zeros.
    """
    if len(pieces) != WIDTH + 1 or not all(p.printed.kind == "number" for p in pieces):
        return None
    candidates = [[*pieces[:k], *pieces[k + 1 :]] for k in range(len(pieces))]
    for k, (a, b) in enumerate(itertools.pairwise(pieces)):
        if a.text.isdigit() and b.text.isdigit() and a.text != "0":
            joined = a.saying(a.text + b.text, a.start, b.end)
            candidates.append([*pieces[:k], joined, *pieces[k + 2 :]])
    ways = {tuple(p.printed.number for p in c): c for c in reversed(candidates) if _sum_holds(c)}
    if len(ways) != 1:
        return None
    ((numbers, way),) = ways.items()
    return way if any(numbers) else None


def _leftovers(reading: Reading, alignment: Alignment) -> None:
    for it, words in alignment.unlabelled:
        observed = " ".join([words, *(p.text for p in it.value_pieces if p.text)]).strip()
        reading.find("row_unlabelled", observed=observed[:200], at=(it.start, it.end))
