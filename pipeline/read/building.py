"""Writes a document's blocks into one text, with the place in the source of each: what every reader of a format uses.

A paragraph is a line. A row of a grid is a line with its cells between tabs, so that the text alone still reads like the
table; the grid says exactly which cell each piece of it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from pipeline import limits
from pipeline.model import Document, Grid, GridCell, Parts, Place
from pipeline.read.fault import too_complex

_BLANKS = re.compile(r"[^\S\n]+")
_UNEVEN = re.compile(r"[^\S ]|^ | $|  ")
_WIDE_GAP = re.compile(r"(?<=\d)[^\S\n]{2,}(?=\d)")
_BREAKS = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]+\s*")


LONGEST_CELL = 300
LONGEST_LONE_CELL = 60
"""Characters that a cell of a data table has at most, and one that stands alone in its row: the form's labels with every
gloss are shorter. What is longer is prose, and the table there lays out the page."""


class NewCell(NamedTuple):
    """A cell to be written: its place in the grid as in `GridCell`, its text, its place in the source."""

    row: int
    row_span: int
    left: int
    right: int
    text: str
    parts: Parts
    certainty: float | None = None


GAP = "  "
"""Stands for a break, or a wide gap, between two digits of a cell: whether they are one number, the text does not say."""


def join_paragraphs(lines: Iterable[str]) -> str:
    """Paragraphs and lines of a cell whose source breaks them on purpose, as `join_lines`, but a break between digits shows."""
    out = ""
    for line in lines:
        line = line.strip()
        between_digits = out[-1:].isdigit() and line[:1].isdigit()
        out = f"{out}{GAP}{line}" if between_digits else join_lines((out, line))
    return out


def join_lines(lines: Iterable[str]) -> str:
    """Lines of one cell or one wrapped sentence as one: no blank at a break beside a Chinese character, else one."""
    out = ""
    for line in lines:
        line = line.strip()
        if out and line and not (_is_wide(out[-1]) or _is_wide(line[0])):
            out += " "
        out += line
    return out


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WFA"


def one_line(text: str) -> str:
    """A cell's text in one line: breaks closed up as `join_paragraphs` does, runs of blanks made one, between digits two."""
    if not _UNEVEN.search(text):
        return text
    joined = _WIDE_GAP.sub("\n", join_paragraphs(_BREAKS.split(text)))
    return _BLANKS.sub(" ", joined).strip().replace("\n", GAP)


class Builder:
    """Assembles a `Document` block by block, in reading order. Writing raises Fault(too_complex) beyond `max_characters`."""

    def __init__(self) -> None:
        self._most = limits.current().max_characters
        self._parts: list[str] = []
        self._length = 0
        self._places: list[Place] = []
        self._grids: list[Grid] = []
        self._furniture: list[tuple[int, int]] = []

    @property
    def length(self) -> int:
        """Characters written so far."""
        return self._length

    def _write(self, text: str) -> int:
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._most:
            raise too_complex("characters", self._most)
        return start

    def paragraph(self, text: str, parts: Parts, *, is_furniture: bool = False, group: int = 0) -> None:
        """A paragraph, or a line of a page. Breaks inside it stay; an empty one leaves nothing. `group` as in `Place`."""
        text = text.rstrip()
        if not text.strip():
            return
        start = self._write(text)
        self._places.append(Place(start, self._length, parts, group))
        if is_furniture:
            self._furniture.append((start, self._length))
        self._write("\n")

    def grid(self, cells: Iterable[NewCell], frame: int) -> None:
        """A grid, its cells in any order; they must not overlap."""
        ordered = sorted(cells, key=lambda c: (c.row, c.left, c.right))
        out: list[GridCell] = []
        begin = self._length
        row = None
        for c in ordered:
            if row is not None:
                self._write("\t" if c.row == row else "\n")
            row = c.row
            text = one_line(c.text)
            start = self._write(text)
            self._places.append(Place(start, self._length, c.parts))
            out.append(GridCell(c.row, c.row_span, c.left, c.right, start, self._length, c.certainty))
        if out:
            self._grids.append(Grid(tuple(out), frame, (begin, self._length)))
            self._write("\n")

    def document(
        self,
        reader: str,
        encoding: str | None = None,
        *,
        facts: Iterable[tuple[str, str]] = (),
        notes: Iterable[str] = (),
        reservation: tuple[str, str] | None = None,
    ) -> Document:
        return Document(
            text="".join(self._parts),
            reader=reader,
            encoding=encoding,
            grids=tuple(self._grids),
            places=tuple(self._places),
            furniture=tuple(self._furniture),
            facts=tuple(facts),
            notes=tuple(notes),
            reservation=reservation,
        )
