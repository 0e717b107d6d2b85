"""Finds the three statutory tables of a document and reads each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

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

_READERS: dict[str, Callable[[Region, Places], StatutoryTable | None]] = {
    form.PROACTIVE: read_proactive,
    form.APPLICATIONS: read_applications,
    form.REMEDIES: read_remedies,
}


Stated = Mapping[str, Mapping[tuple[str, str], int]]
"""What sentences say of cells: by table, (row_code, column_code)."""


def read_tables(
    text: Text, places: Places, sections: Sequence[Section], stated: Stated | None = None
) -> dict[str, StatutoryTable]:
    """The tables that the document has, by code. A table whose section was found is looked for there first; one whose
    heading is missing, wherever no other table stands. What sentences state chooses between readings of short rows.
    """
    out: dict[str, StatutoryTable] = {}
    by_code = {s.section_code: s for s in sections}
    # Only the first two tables tell what a lone pipe is: in the third, one may stand between headers and numbers.
    kept = blanks_are_kept(_lines(text, [by_code[c].body_span for c in form.TABLES[:2] if c in by_code]))

    def read(code: str, spans: Sequence[tuple[int, int]]) -> StatutoryTable | None:
        said = (stated or {}).get(code, {})
        found = (_READERS[code](replace(region, stated=said), places) for region in _regions(text, spans, kept))
        return next((t for t in found if t is not None), None)

    for code in _READERS:
        section = by_code.get(code)
        if section is not None:
            table = read(code, [section.body_span])
            if table is not None:
                out[code] = table
    for code in _READERS:
        if code in out or (code == form.REMEDIES and code in by_code):
            continue
        table = read(code, _free(text, sections, out, code))
        if table is not None:
            out[code] = table
    return {code: out[code] for code in form.TABLES if code in out}


def _regions(text: Text, spans: Sequence[tuple[int, int]], blanks_kept: bool) -> Iterator[Region]:
    """The ways to look at a part of the text: its grids, where it has any, before its lines."""
    lines = _lines(text, spans)
    if text.grids:
        found = grid_items(text, spans)
        if found:
            notes = [
                note
                for x in lines
                if is_note(note := x.text.strip()) and not any(g.span[0] <= x.start < g.span[1] for g in text.grids)
            ]
            yield Region(LAYOUT, found, notes=notes)
    layout = detect(lines)
    may_lack_numbers = layout in ("tabs", "columns") and not text.has_all_text
    yield Region(layout, items(text, lines, layout), blanks_kept, may_lack_numbers)


def _free(
    text: Text, sections: Sequence[Section], found: dict[str, StatutoryTable], wanted: str
) -> list[tuple[int, int]]:
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
    return [(start, end)] if start < end else []


def _lines(text: Text, spans: Sequence[tuple[int, int]]) -> list[Line]:
    out = []
    for a, b in spans:
        first = bisect_left(text.lines, a, key=lambda line: line.end)
        for line in text.lines[first:]:
            if line.start >= b:
                break
            start, end = max(a, line.start), min(b, line.end)
            whole = (start, end) == (line.start, line.end)
            out.append(line if whole else Line(text.text[start:end], start))
    return out


def is_open_to_statements(table: StatutoryTable) -> bool:
    """Whether numbers of the table were placed by a preference, or not at all: a sentence may know better."""
    return any(
        c.missing_reason == "unplaced" or (c.obs_status == "U" and (c.derivation or "").startswith(PREFERENCE))
        for c in table.cells
    )
