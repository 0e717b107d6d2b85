"""The codebook as CSV files: what the page shows, for programs. No text in them begins a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from pipeline import form, schema
from pipeline.dossier.visible import one_line
from pipeline.form.breaks import breaks
from pipeline.release.codebook.cautions import cautions
from pipeline.release.codebook.cells import CellVariable, Place
from pipeline.release.codebook.model import Codebook, ColumnEntry
from pipeline.release.codebook.numbers import Value, plain
from pipeline.release.codebook.profiles import MOST_CHARACTERS, QUANTILES, Profile
from pipeline.schema.views import HARMONISED
from pipeline.store.files import writing
from pipeline.textdata.spreadsheet import write_csv

_QUANTILES = tuple(f"p{q}" for q in QUANTILES)
_SHARES = {
    "A": "share_printed",
    "U": "share_doubted",
    "I": "share_deduced",
    "O": "share_open",
    "M": "share_not_applicable",
    "K": "share_in_other_row",
}
Row = Sequence[object]


def _heading(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def write_spreadsheets(folder: Path, book: Codebook) -> None:
    """Writes the files in the folder, which must be there. Shares have six places, other numbers are exact."""
    written: dict[str, tuple[Sequence[str], Iterable[Row]]] = {
        "tables.csv": (_TABLES, _tables(book)),
        "columns.csv": (_COLUMNS, _columns(book)),
        "distributions.csv": (_DISTRIBUTIONS, _distributions(book)),
        "codes.csv": (_CODES, _codes(book)),
        "cells.csv": (_CELLS, _cells(book)),
        "indicators.csv": (_INDICATORS, _indicators(book)),
        "breaks.csv": (_BREAKS, _breaks()),
        "cautions.csv": (_CAUTIONS, _cautions()),
    }
    for name, (heading, rows) in written.items():
        with writing(folder / name) as file:
            write_csv(file, heading, rows)


_TABLES = ("table", "kind", "key", "rows", "columns", "formats", "description_en", "description_zh")


def _tables(book: Codebook) -> Iterator[Row]:
    for entry in book.tables:
        t = entry.table
        formats = ("duckdb",) if entry.is_view else ("duckdb", "parquet")
        yield (
            t.table,
            entry.kind,
            " ".join(t.key),
            entry.rows,
            len(t.columns),
            " ".join((*formats, *t.exports)),
            t.description_en,
            t.description_zh,
        )


_COLUMNS = _heading(
    f"""table column position is_key type unit codelist refers_to may_be_null stata_variable rows missing share_missing
    distinct distinct_is_estimate shortest longest lowest {" ".join(_QUANTILES)} highest description_en description_zh"""
)


def _columns(book: Codebook) -> Iterator[Row]:
    for entry in book.tables:
        for c in entry.columns:
            d = c.column
            yield (
                *(d.table, d.column, c.position, c.is_key, d.type, d.unit, d.codelist, c.refers_to, d.nullable),
                *(d.variable, *_figures(c), d.description_en, d.description_zh),
            )


def _figures(entry: ColumnEntry) -> Row:
    p = entry.profile
    if p is None:
        return (None,) * (9 + len(QUANTILES))
    lengths = (p.lowest, p.highest) if entry.column.type == "string" else (None, None)
    range_: Row = _range(p) if entry.column.type != "string" else (None,) * (2 + len(QUANTILES))
    return (p.rows, p.missing, _share(p.missing, p.rows), p.distinct, p.is_estimate, *lengths, *range_)


def _range(p: Profile) -> Row:
    """Lowest, quantiles, highest."""
    quantiles = p.quantiles or (None,) * len(QUANTILES)
    return tuple(_number(v) for v in (p.lowest, *quantiles, p.highest))


_DISTRIBUTIONS = ("table", "column", "kind", "value", "from", "to", "rows")


def _distributions(book: Codebook) -> Iterator[Row]:
    for entry in book.tables:
        for c in entry.columns:
            if c.profile:
                kind = "range" if c.profile.is_ordered else "commonest"
                for bar in c.profile.bars:
                    label = one_line(bar.label, MOST_CHARACTERS)
                    range_ = (_number(bar.first), _number(bar.last))
                    yield (entry.table.table, c.column.column, kind, label, *range_, bar.rows)


_CODES = _heading(
    """codelist table_code code code_number forms label_zh label_zh_before label_en used_in_table used_in_column
    rows"""
)


def _codes(book: Codebook) -> Iterator[Row]:
    for c in book.codes:
        own = (c.codelist, c.table_code, c.code, c.number, " ".join(c.forms), c.label_zh, c.label_zh_before, c.label_en)
        for use in c.uses:
            yield (*own, use.table, use.column, use.rows)
        if not c.uses:
            yield (*own, None, None, None)


_PLACE = ("row_no", "column_no", "group_zh", "row_zh", "column_zh", "unit")


_CELLS = _heading(
    f"""table_code row_code column_code row_en column_en section_zh forms
    {" ".join(f"{name}_{f}" for f in form.FORMS for name in _PLACE)}
    reports_wide_column stata_variable stata_status_variable rows {" ".join(f"rows_{f}" for f in form.FORMS)}
    {" ".join(_SHARES[s] for s in schema.codelist("obs_status"))}
    numbers share_zero lowest {" ".join(_QUANTILES)} highest links breaks"""
)


def _cells(book: Codebook) -> Iterator[Row]:
    sections = {c.code: c.label_zh for c in book.codes if c.codelist == "section"}
    for c in book.cells:
        n = c.numbers
        at = {p.form: p for p in c.places}
        share_zero = _share(n.zeros, n.numbers)
        quantiles = n.quantiles or (None,) * len(QUANTILES)
        yield (
            *(c.table_code, c.row_code, c.column_code, c.row_en, c.column_en),
            *(sections[c.table_code], " ".join(c.forms)),
            *(v for f in form.FORMS for v in _place(at.get(f))),
            *(_wide(c), *(c.wide_variables or (None, None)), n.rows),
            *(n.by_form.get(f, 0) if n.by_form else None for f in form.FORMS),
            *(_share(n.statuses.get(s, 0), n.rows) for s in schema.codelist("obs_status")),
            *(n.numbers, share_zero, *(_number(v) for v in (n.lowest, *quantiles, n.highest))),
            *(c.links, " ".join(b.break_code for b in c.breaks)),
        )


def _place(place: Place | None) -> Row:
    if place is None:
        return (None,) * len(_PLACE)
    return (*(place.row_no, place.column_no, place.group_label), *(place.row_label, place.column_label, place.unit))


def _wide(c: CellVariable) -> str:
    """The cell's column in `reports_wide`; a part of the harmonised row has that row's, which is no column of its own."""
    return f"{c.table_code}_{HARMONISED}_{c.column_code}" if c.is_part else c.wide


_INDICATORS = _heading(
    f"""indicator theme unit label_en label_zh formula_en formula_zh null_en null_zh links link_note_en link_note_zh rows
    missing lowest {" ".join(_QUANTILES)} highest description_en description_zh"""
)


def _indicators(book: Codebook) -> Iterator[Row]:
    for e in book.indicators:
        i = e.indicator
        yield (
            *(i.indicator, i.theme, i.unit, e.label_en, e.label_zh, i.formula_en, i.formula_zh),
            *(i.null_rule_en, i.null_rule_zh, i.links, i.link_note_en, i.link_note_zh),
            *(e.rows, e.profile.missing, *_range(e.profile), i.description_en, i.description_zh),
        )


_BREAKS = _heading(
    """break table_code form_from rows_from columns_from form_to rows_to columns_to kind links title_en title_zh note_en
    note_zh bridge_en bridge_zh"""
)


def _breaks() -> Iterator[Row]:
    for b in breaks():
        yield (
            *(b.break_code, b.table_code, b.form_from, " ".join(b.rows_from), " ".join(b.columns_from)),
            *(b.form_to, " ".join(b.rows_to), " ".join(b.columns_to), b.kind, b.links),
            *(b.title_en, b.title_zh, b.note_en, b.note_zh, b.bridge_en, b.bridge_zh),
        )


_CAUTIONS = ("caution", "about", "title_en", "title_zh", "text_en", "text_zh")


def _cautions() -> Iterator[Row]:
    for c in cautions():
        yield (c.caution, " ".join(c.about), c.title_en, c.title_zh, c.text_en, c.text_zh)


def _share(part: int, whole: int) -> str | None:
    return f"{part / whole:.6f}" if whole else None


def _number(value: Value | None) -> object:
    """A number stays one: the minus of a text would be put behind an apostrophe."""
    return Decimal(plain(value)) if isinstance(value, Decimal | float) else value
