"""PDF printed by a browser: ruled tables that break over pages, a stacked label, page numbers; and tables without lines."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Report, Table
from tests.corpus.formats.browser import Browser
from tests.corpus.formats.html_markup import escape, page, rows, spans
from tests.corpus.formats.registry import Written, program_format
from tests.corpus.formats.sheets import PER_CENT
from tests.corpus.grid import Sheet, SheetCell
from tests.corpus.layouts.columns import width

FONTS = ('"Noto Serif CJK SC", serif', '"Noto Sans CJK SC", sans-serif', '"WenQuanYi Zen Hei", sans-serif')
PAGE_MARKS = (
    '"- " counter(page) " -"',
    '"— " counter(page) " —"',
    "counter(page)",
    '"第 " counter(page) " 页 共 " counter(pages) " 页"',
    "none",
)
LARGEST = 10.5
"""Type of a table, in points."""


def _room(sheet: Sheet, cell: SheetCell) -> float:
    """The width that a cell of a table without lines has for its text, in points."""
    share = sum(PER_CENT[sheet.table_code][cell.column : cell.column + cell.column_span])
    return share / 100 * 174 / 25.4 * 72 - 10


def style(rng: random.Random, *, ruled: bool) -> str:
    size, font = rng.choice((9.5, 10.5, 11, 12)), rng.choice(FONTS)
    row = rng.choice((2, 4, 7))
    breaks = rng.choice(("avoid", "auto"))
    line = "border: 0.75pt solid black;" if ruled else "border: none;"
    align = rng.choice(("middle", "middle", "top"))
    return f"""
@page {{ size: A4; margin: 22mm 18mm; @bottom-center {{ content: {rng.choice(PAGE_MARKS)}; font-size: 10pt }} }}
body {{ font: {size}pt {font}; margin: 0; line-height: 1.35 }}
h1 {{ text-align: center; font-size: 18pt; margin: 4mm 0 }} h2 {{ font-size: 14pt; margin: 3mm 0 2mm; break-after: avoid }}
p {{ text-indent: 2em; margin: 1mm 0; line-height: 1.7 }} p.right {{ text-align: right }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%; font-size: {min(size, LARGEST)}pt; margin: 2mm 0 }}
td {{ {line} padding: {row / 2}pt 2pt; vertical-align: {align}; word-break: break-all }}
td.c {{ text-align: center }} td.n {{ white-space: nowrap }} tr {{ break-inside: {breaks} }} thead {{ display: {rng.choice(("table-header-group", "table-row-group"))} }}
table.gaps td {{ padding: {row / 2}pt 5pt }}
"""


class Print:
    """The print view of one report."""

    def __init__(self, report: Report, *, ruled: bool) -> None:
        self.report, self.ruled = report, ruled
        self.rng = report.rng("print")

    def table(self, sheet: Sheet) -> str:
        def attributes(cell: SheetCell) -> str:
            centred = cell.key or cell.column >= sheet.label_columns
            # Without rulings nobody could tell a number broken over two lines from two numbers.
            is_whole = not self.ruled and any(c.isdigit() for c in cell.text) and cell.key
            if is_whole and cell.column + cell.column_span == sheet.width:
                # What runs over the page's edge the browser does not print.
                fit = min(1.0, _room(sheet, cell) / (width(cell.text) * 0.55 * LARGEST))
                return spans(cell) + f' class="c n" style="font-size: {fit:.2f}em"'
            return spans(cell) + (' class="c n"' if is_whole else ' class="c"' if centred else "")

        columns = "".join(f'<col style="width:{w}%">' for w in PER_CENT[sheet.table_code])
        lines = rows(sheet, attributes=attributes)
        n = sheet.header_rows
        head = "<thead>" + "\n".join(lines[:n]) + "</thead>\n" if n else ""
        body = "<tbody>" + "\n".join(lines[n:]) + "</tbody>"
        return f"<table{'' if self.ruled else ' class=gaps'}><colgroup>{columns}</colgroup>\n{head}{body}</table>"

    def block(self, block: Block) -> str:
        if isinstance(block, MetadataBlock):
            return "".join(f"<p>{k}：{escape(v)}</p>" for k, v in block.pairs)
        if isinstance(block, Table):
            return self.table(block.sheet)
        if isinstance(block, MissingTable):
            return ""
        if isinstance(block, Heading):
            return f"<h2>{escape(block.text)}</h2>"
        if block.kind == "title":
            return f"<h1>{escape(block.text)}</h1>"
        return f"<p{' class=right' if block.kind == 'signature' else ''}>{escape(block.text)}</p>"

    def page(self) -> str:
        body = "\n".join(self.block(b) for b in self.report.blocks)
        return page(self.report.truth.title, body, style=style(self.rng, ruled=self.ruled))


def printed(reports: Sequence[Report], *, ruled: bool) -> list[Written]:
    with Browser() as browser:
        return [Written(browser.print_pdf(Print(r, ruled=ruled).page())) for r in reports]


@program_format("pdf_browser", ".pdf")
def pdf_browser(reports: Sequence[Report]) -> list[Written]:
    """Ruled tables."""
    return printed(reports, ruled=True)


@program_format("pdf_unruled", ".pdf")
def pdf_unruled(reports: Sequence[Report]) -> list[Written]:
    """Tables without any line; only the places of the texts tell the columns."""
    return printed(reports, ruled=False)
