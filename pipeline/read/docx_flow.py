"""Writes the body of a DOCX out in reading order, and decides which of its tables are tables.

Many documents are laid out with tables: a frame around the page, columns of prose. What is no table of data is written as
paragraphs, and a grid is broken where a row of it is prose or holds another table.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.read.building import LONGEST_CELL, LONGEST_LONE_CELL, Builder, NewCell
from pipeline.read.docx_names import PARAGRAPH, TABLE
from pipeline.read.docx_tables import Cell, Table, join_open, paragraphs_and_tables, read_tables
from pipeline.read.docx_text import Words

if TYPE_CHECKING:
    from lxml.etree import _Element

_PARAGRAPHS = 4
"""Paragraphs that make a cell of more than half as many characters prose."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table that are data: a grid to be written."""

    table: Table
    cells: list[Cell]


_Block = Words | Table | _Rows


class Writer:
    """Writes blocks into `builder`; `notes` are what the reading left out."""

    def __init__(self, words: dict[_Element, Words], root: _Element) -> None:
        self.builder = Builder()
        self.notes: list[str] = []
        self._words = words
        self._tables = read_tables(root, words)
        self._paragraphs = 0
        self._numbers: dict[int, int] = {}

    def write(self, body: _Element) -> None:
        todo: deque[_Block] = deque(self._blocks(body))
        while todo:
            block = todo.popleft()
            if isinstance(block, Table):
                todo.extendleft(reversed(_pieces(block)))
                continue
            if isinstance(block, Words):
                self._paragraph(block)
                boxes = block.boxes
            else:
                # A box floats over the table: its words are no part of the cell that it is tied to.
                self._grid(block)
                boxes = [box for c in block.cells for i in c.items if isinstance(i, Words) for box in i.boxes]
            todo.extendleft(reversed([b for box in boxes for b in self._blocks(box)]))

    def _blocks(self, parent: _Element) -> list[_Block]:
        out: list[_Block] = []
        for is_text, group in groupby(paragraphs_and_tables(parent), key=lambda e: e.tag == PARAGRAPH):
            if is_text:
                out.extend(join_open(self._words[e] for e in group))
                continue
            for element in group:
                if element.tag == TABLE:
                    out.append(self._tables[element])
                else:
                    self.notes.append("A part imported from another format (altChunk) was not read.")
        return out

    def _paragraph(self, words: Words) -> None:
        if words.text.strip():
            self._paragraphs += 1
            self.builder.paragraph(words.label + words.text, (("paragraph", self._paragraphs),))

    def _grid(self, rows: _Rows) -> None:
        if not any(c.text for c in rows.cells):
            return
        number = self._numbers.setdefault(id(rows.table), len(self._numbers) + 1)
        first = rows.cells[0].row
        self.builder.grid(
            (
                NewCell(
                    c.row - first,
                    c.row_span,
                    c.left,
                    c.right,
                    c.text,
                    (("table", number), ("row", c.row + 1), ("column", c.left + 1)),
                )
                for c in rows.cells
            ),
            number,
        )


def _pieces(table: Table) -> list[_Block]:
    """A table as the grids and paragraphs that it is, in reading order."""
    out: list[_Block] = []
    for is_data, group in groupby(_bands(table), key=_is_data):
        bands = list(group)
        if is_data and any(len(band) > 1 for band in bands):
            cells = [cell for band in bands for cell in band]
            out.append(_Rows(table, cells))
        else:
            out.extend(item for band in bands for cell in band for item in cell.items)
    return out


def _bands(table: Table) -> list[list[Cell]]:
    """Cells by rows; rows that a merged cell ties together are one band."""
    out: list[list[Cell]] = []
    end = 0
    for cell in table.cells:
        if cell.row >= end:
            out.append([])
        out[-1].append(cell)
        end = max(end, cell.row + cell.row_span)
    return out


def _is_data(band: list[Cell]) -> bool:
    for cell in band:
        if cell.tables:
            return False
        lines = cell.lines
        length = sum(map(len, lines))
        if length > LONGEST_CELL or (len(lines) >= _PARAGRAPHS and 2 * length > LONGEST_CELL):
            return False
        if len(band) == 1 and (length > LONGEST_LONE_CELL or (len(lines) > 1 and 3 * length > LONGEST_LONE_CELL)):
            return False
    return True
