"""Pipes: one row per line, padded or with trailing pipes or as Markdown; one cell per line with a pipe."""

from __future__ import annotations

import random

from tests.corpus.grid import Sheet
from tests.corpus.layouts.registry import TableText, layout
from tests.corpus.options import Options


def expanded(sheet: Sheet, row: int, *, repeat: bool) -> list[str]:
    """All places of a row; a merged label in each of its places or only in the first one, a number once."""
    out = [""] * sheet.width
    for cell in sheet.slots(row):
        if cell.row == row:
            out[cell.column] = cell.text
        if repeat and cell.key is None:
            for at in range(cell.column, cell.column + cell.column_span):
                out[at] = cell.text
    return out


def piped(texts: list[str]) -> str:
    return "| " + " | ".join(texts) + " |"


@layout("pipes_padded", keeps_positions=True)
def pipes_padded(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One row per line, all rows equally wide, blanks kept."""
    rows = [piped(expanded(sheet, r, repeat=options.merge_fill == "repeat")) for r in range(sheet.height)]
    return TableText(rows, list(range(len(rows))), sheet.header_rows)


@layout("pipes_markdown", keeps_positions=True)
def pipes_markdown(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """The same with a Markdown rule, under a header that a converter made up."""
    made_up = [("" if options.blank_text else f"列{i + 1}") for i in range(sheet.width)]
    body = pipes_padded(sheet, options, rng).lines
    return TableText([piped(made_up), "|" + "---|" * sheet.width, *body])


@layout("pipes_trailing", keeps_positions=True)
def pipes_trailing(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One row per line, each merged cell once, rows filled up at the right with empty pipes."""
    lines = []
    for row in sheet.rows():
        texts = [c.text for c in row]
        lines.append("|" + "|".join(texts + [""] * (sheet.width - len(texts))) + "|")
    return TableText(lines, list(range(len(lines))), sheet.header_rows)


@layout("pipe_per_line", keeps_positions=True)
def pipe_per_line(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One cell per line with a trailing pipe; a blank cell is a lone pipe."""
    return TableText([f"{c.text}|" for row in sheet.rows() for c in row])


@layout("pipe_per_line_lost", keeps_positions=False)
def pipe_per_line_lost(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One cell per line with a trailing pipe, blanks dropped, a lone pipe between rows."""
    return TableText([line for row in sheet.rows() for line in (*(f"{c.text}|" for c in row if c.text), "|")])


@layout("leading_pipes", keeps_positions=True)
def leading_pipes(sheet: Sheet, options: Options, rng: random.Random) -> TableText:
    """One cell per line with a leading pipe; a blank cell is a lone pipe."""
    return TableText([f"|{c.text}" for row in sheet.rows() for c in row])
