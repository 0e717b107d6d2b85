"""Tables of a DOCX: rows, merged cells and nested tables of `w:tbl` elements as one sheet of cells each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.read.building import join_paragraphs
from pipeline.read.docx_columns import Edges, RowShape, columns
from pipeline.read.docx_names import CELL, IMPORTED, PARAGRAPH, ROW, TABLE, VAL, W, number, value
from pipeline.read.docx_text import Words
from pipeline.read.fault import too_complex

if TYPE_CHECKING:
    from lxml.etree import _Element

_CELL_PROPERTIES = W + "tcPr"
_CONTINUED = ("continue", "cont")
_NOT_CONTENT = frozenset(W + n for n in ("tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "tblPrEx"))


@dataclass(slots=True)
class Cell:
    """A cell over `row_span` rows and the columns `left` to `right`, exclusive; its paragraphs and nested tables."""

    row: int
    left: int
    right: int
    items: list[Words | Table]
    row_span: int = 1

    @property
    def tables(self) -> list[Table]:
        return [i for i in self.items if isinstance(i, Table)]

    @property
    def lines(self) -> list[str]:
        """Its paragraphs that are not blank, without the numbers that Word prints before them."""
        return [i.text for i in self.items if isinstance(i, Words) and i.text.strip()]

    @property
    def text(self) -> str:
        """Its text in one line. The number of a list belongs to words (1. 规章), never to a value or to a blank.

        A column of values that somebody made a numbered list still holds the typed values only: joined to them, the
        list's "1. " would turn 5 into 1.5, and alone it would fill a cell in which nothing is written.
        """
        words = [i for i in self.items if isinstance(i, Words) and i.text.strip()]
        is_label = any(c.isalpha() for w in words for c in w.text)
        return join_paragraphs((w.label if is_label else "") + w.text for w in words)


@dataclass(slots=True)
class Table:
    """A table: its cells by row and column, the number of its rows."""

    cells: list[Cell] = field(default_factory=list)
    height: int = 0


def blocks(parent: _Element, wanted: tuple[str, ...]) -> Iterator[_Element]:
    """Elements of the wanted kinds under an element in order, through wrappers such as content controls, not nested."""
    stack = [iter(parent)]
    while stack:
        for element in stack[-1]:
            if element.tag in wanted:
                yield element
            elif len(element) and element.tag not in _NOT_CONTENT:
                stack.append(iter(element))
                break
        else:
            stack.pop()


def paragraphs_and_tables(parent: _Element) -> Iterator[_Element]:
    return blocks(parent, (PARAGRAPH, TABLE, IMPORTED))


def read_tables(root: _Element, words: dict[_Element, Words]) -> dict[_Element, Table]:
    """All tables under an element, nested ones too. Raises Fault(too_complex)."""
    found: dict[_Element, Table] = {}
    places = 0
    # The inner table before the one that holds it: the reverse of the order in which they begin.
    for element in reversed(list(root.iter(TABLE))):
        table, covered = _read_table(element, words, found)
        places += covered
        if places > limits.current().max_cells:
            raise too_complex("cells", limits.current().max_cells)
        found[element] = _composed(table)
    return found


def join_open(words: Iterator[Words]) -> Iterator[Words]:
    """Paragraphs, those whose end was deleted joined with the next."""
    held: Words | None = None
    for w in words:
        if held is not None:
            w = replace(w, text=held.text + w.text, boxes=held.boxes + w.boxes)
        held = w if w.is_open else None
        if held is None:
            yield w
    if held is not None:
        yield held


def _read_table(element: _Element, words: dict[_Element, Words], inner: dict[_Element, Table]) -> tuple[Table, int]:
    rows = [list(blocks(row, (CELL,))) for row in blocks(element, (ROW,))]
    shapes = []
    for row, cells in zip(blocks(element, (ROW,)), rows, strict=True):
        shapes.append(_shape(row, cells))
        if shapes[-1].columns > limits.current().max_cells:
            raise too_complex("cells", limits.current().max_cells)
    table = Table(height=len(rows))
    grid = [number(c.get(W + "w")) for g in element.iterchildren(W + "tblGrid") for c in g.iterchildren(W + "gridCol")]
    above: dict[tuple[int, int], Cell] = {}
    for at, (cells, edges) in enumerate(zip(rows, columns(shapes, grid), strict=True)):
        above = _read_row(table, at, cells, edges, above, words, inner)
    table.cells.sort(key=lambda c: (c.row, c.left))
    return table, sum(shape.columns for shape in shapes)


def _shape(row: _Element, cells: list[_Element]) -> RowShape:
    properties = row.find(W + "trPr")
    given: dict[str, _Element] = {}
    for element in properties if properties is not None else ():
        given[str(element.tag)] = element
    all_properties = [c.find(_CELL_PROPERTIES) for c in cells]
    spans = [1 if p is None else max(1, number(value(p.find(W + "gridSpan")), 1)) for p in all_properties]
    widths = [0 if p is None else _width(p.find(W + "tcW")) for p in all_properties]
    return RowShape(
        before=max(0, number(value(given.get(W + "gridBefore")))),
        spans=tuple(spans),
        after=max(0, number(value(given.get(W + "gridAfter")))),
        before_width=_width(given.get(W + "wBefore")),
        widths=tuple(widths) if widths and min(widths) > 0 else None,
    )


def _width(element: _Element | None) -> int:
    """A width in twips, or in fiftieths of a percent where the table is measured so; 0 where it is not given."""
    if element is None or element.get(W + "type", "dxa") not in ("dxa", "pct"):
        return 0
    text = element.get(W + "w", "")
    return number(text[:-1]) * 50 if text.endswith("%") else max(0, number(text))


def _read_row(
    table: Table,
    at: int,
    cells: list[_Element],
    edges: Edges,
    above: dict[tuple[int, int], Cell],
    words: dict[_Element, Words],
    inner: dict[_Element, Table],
) -> dict[tuple[int, int], Cell]:
    """Adds a row to the table. Returns its cells that take part in a vertical merge, by their columns."""
    merged: dict[tuple[int, int], Cell] = {}
    last: Cell | None = None
    for element, (left, right) in zip(cells, edges, strict=True):
        properties = element.find(_CELL_PROPERTIES)
        vertical, across = _merges(properties) if properties is not None else (None, None)
        if across in _CONTINUED and last is not None:
            last.right = right
            continue
        covering = above.get((left, right)) if vertical in _CONTINUED else None
        if covering is not None:
            covering.row_span += 1
            merged[left, right] = covering
            last = None
            continue
        last = Cell(at, left, right, _items(element, words, inner))
        table.cells.append(last)
        if vertical is not None:
            merged[left, right] = last
    return merged


def _merges(properties: _Element) -> tuple[str | None, str | None]:
    """How a cell merges (vertical, across): "restart", "continue" or None. A mark without a value continues."""
    vertical, across = properties.find(W + "vMerge"), properties.find(W + "hMerge")
    tracked = properties.find(W + "cellMerge")
    down = None if vertical is None else vertical.get(VAL, "continue")
    if tracked is not None and (revised := tracked.get(W + "vMerge")) is not None:
        down = "restart" if revised == "rest" else "continue"
    return down, None if across is None else across.get(VAL, "continue")


def _items(cell: _Element, words: dict[_Element, Words], inner: dict[_Element, Table]) -> list[Words | Table]:
    """What a cell holds. A nested table of one cell is that cell's content."""
    out: list[Words | Table] = []
    for is_text, group in groupby(paragraphs_and_tables(cell), key=lambda e: e.tag == PARAGRAPH):
        if is_text:
            out.extend(w for w in join_open(words[e] for e in group) if w.text.strip() or w.boxes)
            continue
        for table in (inner[e] for e in group if e.tag == TABLE):
            if len(table.cells) == 1:
                out.extend(table.cells[0].items)
            elif table.cells:
                out.append(table)
    return out


def _composed(table: Table) -> Table:
    """The table with nested tables of one row, each alone in a cell beside cells of text, made cells of their row."""
    beside = {c.row for c in table.cells if not c.tables and c.text}
    inline = [c for c in table.cells if len(c.items) == 1 and c.row in beside and _is_row(c.items[0])]
    if not inline:
        return table
    cells: list[tuple[Fraction, Fraction, Cell]] = []
    for cell in table.cells:
        nested = cell.items[0] if cell in inline else None
        if not isinstance(nested, Table):
            cells.append((Fraction(cell.left), Fraction(cell.right), cell))
            continue
        wide = max(c.right for c in nested.cells)
        scale = Fraction(cell.right - cell.left, wide)
        for c in nested.cells:
            placed = Cell(cell.row, 0, 0, c.items, cell.row_span)
            cells.append((cell.left + c.left * scale, cell.left + c.right * scale, placed))
    lines = {x: n for n, x in enumerate(sorted({x for left, right, _ in cells for x in (left, right)}))}
    out = [replace(c, left=lines[left], right=lines[right]) for left, right, c in cells]
    return Table(sorted(out, key=lambda c: (c.row, c.left)), table.height)


def _is_row(item: Words | Table) -> bool:
    """Whether it is a table of one row of plain cells."""
    return isinstance(item, Table) and item.height == 1 and all(not c.tables for c in item.cells)
