"""Lines of flattened text into items: a table row or a piece of one, with or without its blank cells.

Layouts (names as in `reports.layout_*`):
  word_tabs    every cell on its own line after a tab, blank cells kept, a blank line between rows
  tabs         one row a line, cells between tabs, blank cells kept
  pipes        one row a line, cells between pipes, blank cells kept
  columns      one row a line, cells told by their place in the line (two or more blanks between)
  pipe_lines   one cell a line with a pipe before or after it; a lone pipe may be a blank cell
  run_on       the whole table in a paragraph, blanks between cells: blank cells are lost
  rows         one row a line, single blanks between cells: blank cells are lost
  lines        one cell a line: blank cells are lost
  grid         no text layout: the source itself has a table with cells (`pipeline.extract.grids`)
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract.numbers import Printed, parse
from pipeline.model import Line, Text

_MOST_LINES = 20_000
"""Lines of a region that are looked at; a table takes some 300."""
_MOST_CELLS = 100
_LONGEST_ROW = 5_000
POSITIONAL = frozenset({"word_tabs", "tabs", "pipes", "columns"})
WITH_CELLS = frozenset({"word_tabs", "pipes"})
"""Layouts of text in which a piece is a whole cell, whatever it holds."""
BY_PLACE = frozenset({"columns", "grid"})
"""Layouts in which a piece knows its left and right side."""
STREAMS = frozenset({"lines", "pipe_lines", "run_on"})
"""Layouts in which a row's label and its numbers follow one another with nothing that holds them together."""


class Piece(NamedTuple):
    """A cell, or a part of one: normalised text, its span, its column, and what it prints.

    `column` counts cells (word_tabs, tabs, pipes) or is the place of its middle in the line in half-widths (columns) or of
    its left side in the grid (grid). `certainty` as in `GridCell`.
    """

    text: str
    start: int
    end: int
    column: float
    printed: Printed
    left: int = 0
    right: int = 0
    certainty: float | None = None

    def saying(self, text: str, start: int, end: int, column: float | None = None) -> Piece:
        """The piece with another text, from elsewhere."""
        column = self.column if column is None else column
        return self._replace(text=text, start=start, end=end, column=column, printed=parse(text))


@dataclass(frozen=True, slots=True)
class Region:
    """Where a table is looked for: the items there, in which layout, and whether lone pipes are blank cells in it.

    `may_lack_numbers`: whether whoever made the text of the table may have lost some, as a layout of blanks alone can.
    `notes`: lines beside a grid that say in which unit its amounts are; in flattened text they are items. `stated`: what
    sentences of the report say of cells, by (row_code, column_code).
    """

    layout: str
    items: Sequence[Item]
    blanks_kept: bool = False
    may_lack_numbers: bool = False
    notes: Sequence[str] = ()
    stated: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GridRow:
    """What a row of a grid has beside its own cells: the frame of its coordinates, the cells that reach into it from above
    and those of its own that reach below it."""

    frame: int
    from_above: tuple[Piece, ...]
    reaching_below: tuple[Piece, ...]


class Item(NamedTuple):
    """A row of a table, or in the layouts without rows a label or a run of values. `at` is its number in the region.

    `first_value`: index of the first piece of the value part: after the last label piece before the first number or mark.
    `label_pieces`: the pieces before it that have a text.
    """

    pieces: tuple[Piece, ...]
    first_value: int
    label_pieces: tuple[Piece, ...]
    has_values: bool
    at: int
    row: GridRow | None = None

    @property
    def value_pieces(self) -> tuple[Piece, ...]:
        return self.pieces[self.first_value :]

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end


_RULE = re.compile(r"[\s|:+=-]*-{2,}[\s|:+=-]*")
_GAP = re.compile(r"\s{2,}|\t")
_FAR_APART = re.compile(r"\S {3,}\S")
_TOKEN = re.compile(r"\S+")
PIPES = "|｜│┃"
_PIPE = re.compile(rf"\\?[{PIPES}]")
_BY_PIPES = re.compile(rf"(\\?[{PIPES}])")
_BY_TABS = re.compile("(\t)")
"""Cut a line into cells and what stands between them, by turns."""
_LONE_NUMBER = re.compile(r"\s*\d{1,3}\s*")


def _is_page_number(text: str, source: Text) -> bool:
    """A number alone on a line of a layout whose rows have more, from 1 and no larger than the text can have pages.

    A reader of pages has told page numbers by where they stand; what it left is a row's only number.
    """
    if source.places and source.places[0].parts[0][0] == "page":
        return False
    return bool(_LONE_NUMBER.fullmatch(text)) and 0 < int(text) <= 3 + len(source.lines) // 10


@lru_cache(maxsize=8192)
def _wide(char: str) -> int:
    # Ambiguous characters (dashes, quotation marks) are wide in Chinese type: Unicode Standard Annex 11.
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def item(pieces: Sequence[Piece], at: int, row: GridRow | None = None) -> Item:
    label_end, has_values = 0, False
    label_pieces = []
    for i, p in enumerate(pieces):
        if not p.text:
            continue
        if p.printed.is_value:
            has_values = True
            break
        label_end = i + 1
        label_pieces.append(p)
    return Item(tuple(pieces), label_end, tuple(label_pieces), has_values, at, row)


def _is_prose(text: str) -> bool:
    return (
        len(text) > 60
        and len(stripped := text.strip()) > 60
        and "\t" not in stripped
        and "|" not in stripped
        and "  " not in stripped
    )


def _is_run_on(text: str) -> bool:
    """A whole table in one line: longer than any row, with single blanks between many numbers."""
    if len(text) < 200 or "  " in text.strip() or "\t" in text or "|" in text:
        return False
    return sum(parse(t).is_value for t in text.split()) >= 8


def detect(lines: Sequence[Line]) -> str:
    """The layout of a region's lines, told from how its short lines are separated."""
    if any(_is_run_on(x.text) for x in lines):
        return "run_on"
    solid = [x.text for x in lines if x.text.strip() and not x.is_furniture and not _is_prose(x.text)]
    if not solid:
        return "lines"
    n = len(solid)
    together = "\n".join(solid)
    tabs = [(x, k) for x in solid if (k := x.count("\t"))] if "\t" in together else []
    tabbed = sum(x.startswith("\t") and k <= 2 for x, k in tabs)
    tab_rows = sum(k >= 3 for _, k in tabs)
    used = [c for c in PIPES if c in together]
    pipes = [sum(x.count(c) for c in used) for x in solid] if used else []
    pipe_rows = sum(k >= 2 for k in pipes)
    pipe_lines = sum(k == 1 for k in pipes)
    if tabbed >= 0.6 * n:
        return "word_tabs"
    if pipe_rows >= 0.4 * n and pipe_rows > pipe_lines:
        return "pipes"
    if tab_rows >= 0.3 * n:
        return "tabs"
    if pipe_lines >= 0.5 * n:
        return "pipe_lines"
    spaced = several = with_values = 0
    for x in solid:
        tokens = x.split()
        values = sum(parse(t).is_value for t in tokens)
        with_values += values > 0
        # A line of one token is at most one value.
        if values and len(tokens) > 1:
            several += 1
            spaced += len([c for c in _GAP.split(x.strip()) if c]) >= 2
    if several >= max(1, 0.4 * with_values):
        return "columns" if spaced >= 0.5 * several else "rows"
    # A table without a number is told by its headers: labels in one line, far apart.
    apart = sum(bool(_FAR_APART.search(x.strip())) for x in solid)
    return "columns" if apart >= max(1, 0.15 * n) else "lines"


def blanks_are_kept(lines: Sequence[Line]) -> bool:
    """In `pipe_lines`: whether lone pipes are blank cells. They may be what separates rows instead.

    What separates rows stands behind every one: behind the labels of a header, and between a row's last number and the
    next label; and it stands alone, before a label.
    """
    cells = [p for row in _pipe_lines([x for x in lines if not x.is_furniture]) for p in row]
    kinds = ["blank" if not p.text else "value" if p.printed.is_value else "label" for p in cells]
    pairs = set(itertools.pairwise(kinds))
    behind_label = any(kinds[i : i + 3] == ["label", "blank", "label"] for i in range(len(kinds)))
    inside = ("blank", "blank") in pairs or ("blank", "value") in pairs
    return inside or ("value", "label") in pairs or not behind_label


def items(text: Text, lines: Sequence[Line], layout: str) -> list[Item]:
    """The items of a region, in order. Page furniture and rules are left out."""
    build: Callable[[Sequence[Line]], list[list[Piece]]] = {
        "word_tabs": _word_tabs,
        "tabs": lambda kept: _tabs(text, kept),
        "pipes": lambda kept: _pipes(text, kept),
        "columns": lambda kept: _columns(text, kept),
        "pipe_lines": _pipe_lines,
        "rows": _rows,
        "run_on": _run_on,
        "lines": _cell_lines,
    }[layout]
    kept = [y for x in lines[:_MOST_LINES] if not x.is_furniture and (y := _trimmed(x)) is not None]
    return [item(p, i) for i, p in enumerate(build(kept)) if p]


def _trimmed(line: Line) -> Line | None:
    """The line without a run of hundreds of separators at its end, which sites leave behind; None where nothing is left."""
    if len(line.text) <= _MOST_CELLS or max(line.text.count("|"), line.text.count("\t")) <= _MOST_CELLS:
        return line
    text = line.text.rstrip("|\t ")
    if not text.strip("|\t "):
        return None
    return Line(text[:_LONGEST_ROW], line.start)


_NOTHING = parse("")


def _cut(raw: str, start: int, column: float) -> Piece:
    """The piece that a part of a line holds, which begins at `start` of the text."""
    stripped = raw.strip()
    if not stripped:
        return Piece("", start, start, column, _NOTHING)
    if len(stripped) < len(raw):
        start += len(raw) - len(raw.lstrip())
    return Piece(stripped, start, start + len(stripped), column, parse(stripped))


def _separated(line: Line, separators: re.Pattern[str], first: int = 0) -> list[Piece]:
    """The cells of a line, numbered from `first` on."""
    parts = separators.split(line.text)
    out: list[Piece] = []
    at = line.start
    for k in range(0, len(parts), 2):
        out.append(_cut(parts[k], at, first + len(out)))
        if k + 1 < len(parts):
            at += len(parts[k]) + len(parts[k + 1])
    return out


def _tokens(line: Line) -> list[Piece]:
    """What blanks separate, numbered."""
    return [
        Piece(m[0], line.start + m.start(), line.start + m.end(), i, parse(m[0]))
        for i, m in enumerate(_TOKEN.finditer(line.text))
    ]


def _word_tabs(lines: Sequence[Line]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    current: list[Piece] = []
    for line in lines:
        if line.text.startswith("\t"):
            current.append(_cut(line.text[1:], line.start + 1, len(current)))
        elif line.text.strip() and current and len(line.text) < 30:
            p, q = current[-1], _cut(line.text, line.start, 0)
            if p.text and not p.printed.is_value and not q.printed.is_value:
                # A label of several paragraphs: the next one stands on a line of its own without a tab.
                current[-1] = p.saying(f"{p.text} {q.text}", p.start, q.end)
            # Anything else between the cells of a row is what a page break left: a page number, a running title.
        else:
            rows.append(current)
            current = []
            if line.text.strip():
                rows.append([_cut(line.text, line.start, 0)])
    rows.append(current)
    return [r for r in rows if r]


def _tabs(source: Text, lines: Sequence[Line]) -> list[list[Piece]]:
    return [
        _separated(x, _BY_TABS)
        for x in lines
        # A number alone on a line without a tab is a page number: the rows of this layout have tabs.
        if x.text.strip() and not ("\t" not in x.text and _is_page_number(x.text, source))
    ]


def _pipes(source: Text, lines: Sequence[Line]) -> list[list[Piece]]:
    out = []
    for x in lines:
        if not x.text.strip() or ("--" in x.text and _RULE.fullmatch(x.text)):
            continue
        # A pipe at the beginning or the end of a line frames its cells.
        framed = _PIPE.match(x.text.lstrip())
        cells = _separated(x, _BY_PIPES, first=-1 if framed else 0)
        if len(cells) == 1:
            if not _is_page_number(x.text, source):
                out.append(cells)
            continue
        if not cells[-1].text:
            cells.pop()
        out.append(cells[1:] if framed else cells)
    return out


def _columns(source: Text, lines: Sequence[Line]) -> list[list[Piece]]:
    out = []
    for x in lines:
        if not x.text.strip() or _is_page_number(x.text, source):
            continue
        text = x.text
        chars = source.source_characters(x.start, x.end)
        row: list[Piece] = []
        at = place = measured = 0
        for gap in [*_GAP.finditer(text), None]:
            end = gap.start() if gap else len(text)
            for a, b in _cells_of_chunk(text, at, end):
                p = _cut(text[a:b], x.start + a, 0)
                if p.text:
                    left = _place_behind(chars[measured : p.start - x.start], place)
                    right = place = _place_behind(chars[p.start - x.start : p.end - x.start], left)
                    measured = p.end - x.start
                    row.append(p._replace(column=(left + right) / 2, left=left, right=right))
            if gap:
                at = gap.end()
        out.append(row)
    return out


def _place_behind(chars: str, place: int) -> int:
    """The place in its line, in half-widths, behind characters that begin at `place`."""
    if chars.isascii() and "\t" not in chars:
        return place + len(chars)
    for c in chars:
        place += 8 - place % 8 if c == "\t" else _wide(c)
    return place


def _cells_of_chunk(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Splits "label 0" where a column is so narrow that one blank separates it from the next.

    Numbers alone stay together: "1 0" may be one number or two, which the table's other rows decide.
    """
    tokens = [(m.start(), m.end(), parse(m[0]).is_value) for m in _TOKEN.finditer(text, start, end)]
    values = sum(value for _, _, value in tokens)
    if values in (0, len(tokens)):
        return [(start, end)]
    out: list[tuple[int, int]] = []
    label_open = False
    for a, b, value in tokens:
        if not value and label_open:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
        label_open = not value
    return out


def _pipe_lines(lines: Sequence[Line]) -> list[list[Piece]]:
    """A lone pipe stays as a piece without text: whether it is a blank cell is for the table to say."""
    cells: list[Piece] = []
    for x in lines:
        if x.text.strip():
            parts = [p for p in _separated(x, _BY_PIPES) if p.text]
            cells += parts or [_cut("", x.start, 0)]
    return _runs(cells)


def _rows(lines: Sequence[Line]) -> list[list[Piece]]:
    return [tokens for x in lines if (tokens := _tokens(x))]


def _run_on(lines: Sequence[Line]) -> list[list[Piece]]:
    return _runs([p for x in lines for p in _tokens(x)])


def _cell_lines(lines: Sequence[Line]) -> list[list[Piece]]:
    return _runs([p for x in lines if (p := _cut(x.text, x.start, 0)).text])


def _runs(cells: Sequence[Piece]) -> list[list[Piece]]:
    """Labels one by one, values (and blanks between them) together."""
    out: list[list[Piece]] = []
    run: list[Piece] = []
    for p in cells:
        if p.text and not p.printed.is_value:
            if run:
                out.append(run)
                run = []
            out.append([p])
        else:
            run.append(p)
    if run:
        out.append(run)
    return out
