"""Web pages that write the statutory tables in odd shapes: split into many, nested, one table for all, odd spans."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.corpus.formats import sheets
from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Paragraph, Report, Table
from tests.corpus.formats.html_markup import escape, page, rows, spans, table
from tests.corpus.formats.html_site import Site
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.grid import Sheet, SheetCell

FULL = 60
"""Columns of the table that holds a whole report: a multiple of 4, 10 and 15."""


def body(report: Report, write_table: Callable[[Sheet], str]) -> Written:
    """The report as a page in UTF-8, its statutory tables written by a function of the sheet."""
    site = Site(report)
    parts = [write_table(b.sheet) if isinstance(b, Table) else site.block(b) for b in report.blocks]
    return Written(page(report.truth.title, "\n".join(parts)).encode("utf-8"))


@file_format("html_split", ".html")
def html_split(report: Report) -> Written:
    """Each statutory table as one <table> per row, or one per block of rows, the header in one of its own."""
    rng = report.rng("split")
    per_row, repeat = rng.random() < 0.5, rng.random() < 0.5

    def write(sheet: Sheet) -> str:
        starts = list(range(sheet.header_rows, sheet.height)) if per_row else sheets.group_starts(sheet)
        return "\n".join(table(piece) for piece in sheets.pieces(sheet, starts, repeat=repeat))

    return body(report, write)


@file_format("html_nested", ".html")
def html_nested(report: Report) -> Written:
    """Tables in layout cells and one-cell tables in cells, or the whole report in one table."""
    if report.truth.seed % 2:
        return Written(page(report.truth.title, whole_report(report)).encode("utf-8"))
    rng = report.rng("nested")
    share = rng.choice((0.1, 0.5, 1.0))

    def inner(cell: SheetCell) -> str:
        text = escape(cell.text)
        if rng.random() >= share:
            return text
        return f'<table border="0" width="100%"><tr><td align="center">{text}</td></tr></table>'

    def write(sheet: Sheet) -> str:
        data = table(sheet, inner)
        return f'<table width="100%"><tr><td width="10"></td><td>\n{data}\n</td><td width="10"></td></tr></table>'

    return body(report, write)


def whole_report(report: Report) -> str:
    """Headings, prose and tables as rows of one table; prose stands in cells over its whole width."""
    out = [f'<table border="1" width="900"><tr style="height:0">{"<td></td>" * FULL}</tr>']
    for block in report.blocks:
        out += full_rows(block)
    return "\n".join([*out, "</table>"])


def full_rows(block: Block) -> list[str]:
    if isinstance(block, Table):
        return rows(sheets.stretched(block.sheet, FULL))
    if isinstance(block, MetadataBlock):
        half = FULL // 2
        return [f'<tr><td colspan="{half}">{k}</td><td colspan="{half}">{escape(v)}</td></tr>' for k, v in block.pairs]
    if isinstance(block, MissingTable):
        return [f'<tr><td colspan="{FULL}"><img src="1.jpg"></td></tr>']
    align = ' align="right"' if isinstance(block, Paragraph) and block.kind == "signature" else ""
    anchor = '<a name="_GoBack"></a>' if isinstance(block, Heading) and block.has_bookmark else ""
    return [f'<tr><td colspan="{FULL}"{align}>{anchor}{escape(block.text)}</td></tr>']


def odd_spans(sheet: Sheet, rng: random.Random) -> Sheet:
    """The same table with some of: doubled columns, stacked headers, an empty column, empty rows."""
    if rng.random() < 0.5:
        sheet = sheets.with_stacked_headers(sheet, rng)
    if rng.random() < 0.6:
        sheet = sheets.doubled(sheet)
    if rng.random() < 0.4:
        sheet = sheets.with_empty_column(sheet)
    if rng.random() < 0.4:
        sheet = sheets.with_empty_row(sheet, sheet.height)
    if rng.random() < 0.4 and sheet.header_rows:
        sheet = sheets.with_empty_row(sheet, sheet.header_rows)
    return sheet


@file_format("html_spans", ".html")
def html_spans(report: Report) -> Written:
    """The same tables in equivalent but odd spans: spelt out, left empty, or reaching out of the table."""
    rng = report.rng("spans")

    def write(sheet: Sheet) -> str:
        sheet = odd_spans(sheet, rng)

        def attributes(cell: SheetCell) -> str:
            if cell.row + cell.row_span == sheet.height and rng.random() < 0.05:
                cell = replace(cell, row_span=cell.row_span + 3)
            if cell.column_span == sheet.width and rng.random() < 0.1:
                cell = replace(cell, column_span=cell.column_span + 2)
            return spans(cell) or rng.choice(("", ' rowspan="1"', ' colspan="1" rowspan="1"', ' colspan=""'))

        return table(sheet, attributes=attributes)

    return body(report, write)
