"""PDF text with tabs: a grid of fixed width, one row per line, merged labels beside whatever row they happen to fall."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus.grid import Sheet, SheetCell
from tests.corpus.layouts.registry import TableText, layout
from tests.corpus.numbers import Key
from tests.corpus.options import Options

TRAILING = {form.PROACTIVE: 8, form.APPLICATIONS: 3, form.REMEDIES: 0}


def loosen(text: str, rng: random.Random) -> str:
    """A label with the spaces that a PDF reader leaves where the label was wrapped."""
    if len(text) >= 18:
        at = rng.randrange(12, len(text) - 3)
        text = text[:at] + " " + text[at:]
    if text.startswith(("（", "(")) and rng.random() < 0.7:
        text = text[:3] + " " + text[3:]
    return text


def scatter(cell: SheetCell, places: list[list[str]], rng: random.Random) -> None:
    """A merged label beside a row of its range, or in two pieces beside two rows."""
    rows = range(cell.row, cell.row + cell.row_span)
    if len(rows) >= 4 and rng.random() < 0.6:
        first = rng.randrange(rows.start + 1, rows.stop - 1)
        cut = rng.randrange(3, len(cell.text) - 1)
        places[first][cell.column] = loosen(cell.text[:cut], rng)
        places[first + 1][cell.column] = cell.text[cut:]
    else:
        places[rng.choice(rows)][cell.column] = loosen(cell.text, rng)


def grid_rows(sheet: Sheet, rng: random.Random, hidden: frozenset[Key] = frozenset()) -> list[list[str]]:
    places = [[""] * (sheet.width + TRAILING[sheet.table_code]) for _ in range(sheet.height)]
    for cell in sheet.cells:
        if cell.key:
            places[cell.row][cell.column] = "" if cell.key in hidden else cell.text
        elif cell.row_span > 1 and cell.row >= sheet.header_rows:
            scatter(cell, places, rng)
        elif cell.row_span > 1:
            # A header cell of two or three lines stands in the last or in the first of them.
            places[cell.row + rng.choice((0, cell.row_span - 1))][cell.column] = loosen(cell.text, rng)
        else:
            places[cell.row][cell.column] = loosen(cell.text, rng)
    return places


def as_text(sheet: Sheet, rows: list[list[str]], lost: frozenset[Key]) -> TableText:
    return TableText(["\t".join(r) for r in rows], list(range(len(rows))), sheet.header_rows, lost)


@layout("pdf_tabs", keeps_positions=True)
def pdf_tabs(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One row per line in a grid of tabs of fixed width."""
    return as_text(sheet, grid_rows(sheet, rng), frozenset())


@layout("pdf_tabs_paged", keeps_positions=True, is_paged=True)
def pdf_tabs_paged(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """The same over several pages."""
    return pdf_tabs(sheet, options, rng)


@layout("pdf_tabs_first_column_lost", keeps_positions=True)
def pdf_tabs_first_column_lost(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """The numbers of natural persons are lost in some rows; their places are kept."""
    if sheet.table_code != form.APPLICATIONS:
        return pdf_tabs(sheet, options, rng)
    printed = [c.key for c in sheet.cells if c.key and c.key[1] == "natural_person" and c.text]
    share = rng.choice((0.2, 0.5))
    lost = frozenset(k for k in printed if rng.random() < share)
    return as_text(sheet, grid_rows(sheet, rng, lost), lost)
