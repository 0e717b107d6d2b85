"""One cell per line (Word text, web text) and one row per line with single spaces."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus.grid import Sheet, SheetCell
from tests.corpus.layouts.registry import TableText, layout
from tests.corpus.options import Options


@layout("word_tabs", keeps_positions=True)
def word_tabs(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """Every cell on its own line after a tab, blanks kept, cells merged from above as empty cells."""
    out = TableText([])
    for row in range(sheet.height):
        out.row_starts.append(len(out.lines))
        for cell in sheet.slots(row):
            text = cell.text if cell.row == row else ""
            out.lines.append("\t" + (text or (options.blank_text if cell.key else "")))
        out.lines.append("")
    return out


def cell_lines(cell: SheetCell, rng: random.Random) -> list[str]:
    """A cell of web text: nothing for a blank, sometimes a header over two lines."""
    if not cell.text:
        return []
    if cell.key is None and " " in cell.text and len(cell.text) == 5:
        return cell.text.split(" ")
    return [cell.text]


@layout("web_lines", keeps_positions=False, prose="spaced")
def web_lines(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One cell per line with a blank line after each; blanks vanish."""
    lines = [line for cell in sheet.rows() for c in cell for line in cell_lines(c, rng)]
    if not options.blank_lines:
        return TableText(lines)
    return TableText([x for line in lines for x in ((" " if line.isdigit() and options.blank_text else "") + line, "")])


@layout("web_lines_tight", keeps_positions=False)
def web_lines_tight(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One cell per line, no blank line anywhere; blanks vanish."""
    return TableText([line for row in sheet.rows() for c in row for line in cell_lines(c, rng)])


@layout("single_spaces", keeps_positions=False, delimited=False)
def single_spaces(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One row per line, label and numbers with single spaces between; blanks vanish."""
    rows = (" ".join(c.text.replace(" ", "") for c in row if c.text) for row in sheet.rows())
    return TableText([r for r in rows if r])


@layout("glued", keeps_positions=False, delimited=False, glued=True, prose="spaced")
def glued(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """Section two without any separator (规章000), the other tables one cell per line; blanks vanish."""
    if sheet.table_code != form.PROACTIVE:
        return web_lines(sheet, options, rng)
    return TableText(["".join(c.text.replace(" ", "") for c in row) for row in sheet.rows()])
