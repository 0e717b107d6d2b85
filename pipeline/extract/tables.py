"""Finds the three statutory tables of a document and reads each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline import form
from pipeline.extract.applications import read_applications
from pipeline.extract.grids import LAYOUT, grid_items
from pipeline.extract.layout import Region, blanks_are_kept, detect, items
from pipeline.extract.money import is_note
from pipeline.extract.proactive import read_proactive
from pipeline.extract.remedies import read_remedies
from pipeline.model import Line, Section, StatutoryTable, Text
from pipeline.normalize.text import Places
from pipeline.reconcile import PREFERENCE

Reader = Callable[[Region, Places], StatutoryTable | None]
_READERS: dict[str, Reader] = {
    form.PROACTIVE: read_proactive,
    form.APPLICATIONS: read_applications,
    form.REMEDIES: read_remedies,
}


Stated = Mapping[str, Mapping[tuple[str, str], int]]
"""What sentences say of cells: by table, (row_code, column_code)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table with the region that it was read in."""

    table: StatutoryTable
    region: Region


def find_tables(text: Text, places: Places, sections: Sequence[Section]) -> dict[str, Found]:
    """The tables that the document has, by code. A table whose section was found is looked for there first; one whose
    heading is missing, wherever no other table stands.
    """
    out: dict[str, Found] = {}
    by_code = {s.section_code: s for s in sections}
    # Only the first two tables tell what a lone pipe is: in the third, one may stand between headers and numbers.
    regions = _Regions(text, [by_code[c].body_span for c in form.TABLES[:2] if c in by_code])
    for code, read in _READERS.items():
        section = by_code.get(code)
        if section is not None:
            found = _first(read, regions.of(section.body_span), places)
            if found is not None:
                out[code] = found
    for code, read in _READERS.items():
        if code in out or (code == form.REMEDIES and code in by_code):
            continue
        span = _free(text, sections, {c: f.table for c, f in out.items()}, code)
        found = _first(read, regions.of(span), places) if span is not None else None
        if found is not None:
            out[code] = found
    return {code: out[code] for code in form.TABLES if code in out}


def read_again(found: Mapping[str, Found], places: Places, stated: Stated) -> dict[str, StatutoryTable]:
    """The tables with what sentences state of cells, which chooses between readings of short rows."""
    out = {}
    for code, f in found.items():
        said = stated.get(code)
        again = _READERS[code](replace(f.region, stated=said), places) if said else None
        out[code] = again or f.table
    return out


def _first(read: Reader, regions: Iterator[Region], places: Places) -> Found | None:
    return next((Found(t, r) for r in regions if (t := read(r, places)) is not None), None)


class _Regions:
    """The ways to look at parts of a text: the grids of a part, where it has any, before its lines."""

    def __init__(self, text: Text, tell_pipes: Sequence[tuple[int, int]]) -> None:
        """`tell_pipes`: the parts that tell what a lone pipe is, looked at where that is asked."""
        self._text = text
        self._tell_pipes = tell_pipes
        self._by_lines: dict[tuple[int, int], Region] = {}

    def of(self, span: tuple[int, int]) -> Iterator[Region]:
        text = self._text
        lines = _lines(text, span)
        if text.grids:
            found = grid_items(text, span)
            if found:
                notes = [
                    note
                    for x in lines
                    if is_note(note := x.text.strip()) and not any(g.span[0] <= x.start < g.span[1] for g in text.grids)
                ]
                yield Region(LAYOUT, found, notes=notes)
        region = self._by_lines.get(span)
        if region is None:
            layout = detect(lines)
            kept = layout == "pipe_lines" and self._blanks_are_kept
            may_lack_numbers = layout in ("tabs", "columns") and not text.has_all_text
            region = self._by_lines[span] = Region(layout, items(text, lines, layout), kept, may_lack_numbers)
        yield region

    @cached_property
    def _blanks_are_kept(self) -> bool:
        return blanks_are_kept([x for span in self._tell_pipes for x in _lines(self._text, span)])


def _free(
    text: Text, sections: Sequence[Section], found: Mapping[str, StatutoryTable], wanted: str
) -> tuple[int, int] | None:
    """Where a table without a heading can stand: after the tables before it, before the tables behind it."""
    order = form.TABLES.index(wanted)
    start, end = 0, len(text.text)
    for code, table in found.items():
        for a, b in table.spans:
            if form.TABLES.index(code) < order:
                start = max(start, b)
            else:
                end = min(end, a)
    for s in sections:
        # The narrative sections hold no table; the first one may be followed by any.
        if s.section_code in ("problems", "other_matters"):
            end = min(end, s.span[0])
    return (start, end) if start < end else None


def _lines(text: Text, span: tuple[int, int]) -> list[Line]:
    """The lines of a part of the text, the first and the last cut to it."""
    a, b = span
    first = bisect_left(text.lines, a, key=lambda line: line.end)
    last = bisect_left(text.lines, b, lo=first, key=lambda line: line.start)
    out = list(text.lines[first:last])
    for k in {0, len(out) - 1} if out else ():
        line = out[k]
        start, end = max(a, line.start), min(b, line.end)
        if (start, end) != (line.start, line.end):
            out[k] = Line(text.text[start:end], start)
    return out


def is_open_to_statements(table: StatutoryTable) -> bool:
    """Whether numbers of the table were placed by a preference, or not at all: a sentence may know better."""
    return any(
        c.missing_reason == "unplaced" or (c.obs_status == "U" and (c.derivation or "").startswith(PREFERENCE))
        for c in table.cells
    )
