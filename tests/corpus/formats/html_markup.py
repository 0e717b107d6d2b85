"""Pieces of HTML that all web formats share: escaped text, tables with spans, whole pages."""

from __future__ import annotations

import html
from collections.abc import Callable

from tests.corpus.grid import Sheet, SheetCell

Inner = Callable[[SheetCell], str]
Attributes = Callable[[SheetCell], str]


def escape(text: str) -> str:
    return html.escape(text, quote=False)


def plain(cell: SheetCell) -> str:
    return escape(cell.text)


def spans(cell: SheetCell) -> str:
    """The span attributes of a cell, each with a blank before it."""
    out = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return out + (f' colspan="{cell.column_span}"' if cell.column_span > 1 else "")


def rows(sheet: Sheet, inner: Inner = plain, attributes: Attributes = spans, tag: str = "td") -> list[str]:
    """The <tr> elements of a sheet."""
    out = []
    for row in sheet.rows():
        cells = (f"<{tag}{attributes(c)}>{inner(c)}</{tag}>" for c in row)
        out.append("<tr>" + "".join(cells) + "</tr>")
    return out


def table(
    sheet: Sheet, inner: Inner = plain, attributes: Attributes = spans, opening: str = '<table border="1">'
) -> str:
    return opening + "\n" + "\n".join(rows(sheet, inner, attributes)) + "\n</table>"


def page(title: str, body: str, *, charset: str | None = "utf-8", style: str = "") -> str:
    """A whole page; without a charset declaration where it is None."""
    declared = f'<meta charset="{charset}">\n' if charset else ""
    css = f"<style>{style}</style>\n" if style else ""
    head = f"<head>\n{declared}<title>{escape(title)}</title>\n{css}</head>"
    return f"<!DOCTYPE html>\n<html>\n{head}\n<body>\n{body}\n</body>\n</html>\n"
