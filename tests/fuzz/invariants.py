"""What holds of every document, text and report, whatever the bytes were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline import form, schema
from pipeline.model import LARGEST, Document, Grid, ParsedReport, SourceFile, Text, Unusable
from pipeline.normalize.locators import Locators
from pipeline.normalize.text import Places, normalize_document
from pipeline.store.rows import FINDINGS, Read, Rows
from tests.fuzz.target import must

SOURCE = SourceFile("fuzz/input", "fuzz")
_BOOKMARK = re.compile(r"\[bookmark: ?[^\]\n]{0,80}\]")
_DIGITS = {**{str(d): str(d) for d in range(10)}, **{chr(0xFF10 + d): str(d) for d in range(10)}}
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)


def check_unusable(result: Unusable) -> None:
    """It has an outcome and a reason of the code lists, and says it in words."""
    must(result.outcome in schema.codelist("outcome"), "an outcome outside the code list", result.outcome)
    must(result.reason_code in schema.codelist("reason"), "a reason outside the code list", result.reason_code)
    must(_is_text(result.reason) and result.reason.strip(), "a reason without words", result.reason)


def check_document(document: Document) -> None:
    """Places, grids and furniture lie in the text, in its order; everything can be written down."""
    size = len(document.text)
    must(_is_text(document.text), "a text that is no Unicode")
    for said in (*document.notes, *(x for fact in document.facts for x in fact), document.encoding or ""):
        must(_is_text(said), "a note or fact that is no Unicode", said)
    for a, b in pairwise(document.places):
        must(a.end <= b.start, "places out of order", (a, b))
    for place in document.places:
        must(0 <= place.start <= place.end <= size, "a place outside the text", place)
        must(place.parts and all(n >= 1 for _, n in place.parts), "a place without a name", place)
    for a, b in document.furniture:
        must(0 <= a < b <= size, "furniture outside the text", (a, b))
    for grid in document.grids:
        _check_grid(grid, size)
    for one, two in pairwise(document.grids):
        must(one.span[1] <= two.span[0], "grids out of order", (one.span, two.span))


def _check_grid(grid: Grid, size: int) -> None:
    must(grid.cells, "a grid without cells")
    must(0 <= grid.span[0] <= grid.span[1] <= size, "a grid outside the text", grid.span)
    taken: dict[int, list[tuple[int, int]]] = {}
    for c in grid.cells:
        must(grid.span[0] <= c.start <= c.end <= grid.span[1], "a cell outside its grid", c)
        must(c.left < c.right and c.row_span >= 1, "a cell without extent", c)
        must(c.certainty is None or 0 <= c.certainty <= 1, "a certainty that is none", c)
        for row in range(c.row, c.row + min(c.row_span, 200)):
            taken.setdefault(row, []).append((c.left, c.right))
    for extents in taken.values():
        for a, b in pairwise(sorted(extents)):
            must(a[1] <= b[0], "cells that overlap", (a, b))
    for one, two in pairwise(grid.cells):
        must((one.row, one.left) <= (two.row, two.left) and one.end <= two.start, "cells out of order", (one, two))


def check_text(document: Document) -> Text:
    """Normalised: no printed digit is altered, added or lost, and every offset leads back to where it came from."""
    text = normalize_document(document)
    must("\n".join(line.text for line in text.lines) == text.text, "lines that are not the text")
    at = 0
    for line in text.lines:
        must(line.start == at, "a line that does not begin where the one before ends", line)
        at = line.end + 1
    offsets = [text.to_source(i) for i in range(len(text.text))]
    must(all(a < b for a, b in pairwise(offsets)), "offsets that do not rise")
    kept = set()
    for i, source in enumerate(offsets):
        must(0 <= source < len(document.text), "an offset outside the source", (i, source))
        printed = _DIGITS.get(document.text[source])
        if printed is not None or text.text[i] in _DIGITS:
            must(
                printed == text.text[i], "a digit that is another in the source", (document.text[source], text.text[i])
            )
            kept.add(source)
    dropped = {x for m in _BOOKMARK.finditer(document.text) for x in range(*m.span())}
    lost = [i for i, c in enumerate(document.text) if c in _DIGITS and i not in kept and i not in dropped]
    must(not lost, "digits of the source that the text lacks", lost[:5])
    return text


def check_locators(text: Text) -> None:
    """What every line and cell of a text says of its place leads back there."""
    places, locators = Places(text), Locators(text)
    spans = [(x.start, x.end) for x in text.lines if x.text.strip()]
    spans += [(c.start, c.end) for g in text.grids for c in g.cells if c.start < c.end]
    for a, b in spans[:2000]:
        locator = places.locator(a, b)
        found = locators.span(locator)
        must(found is not None, "a locator that leads nowhere", (locator, text.text[a:b]))
        assert found is not None
        start, end = text.source_span(a, b)
        must(found[0] < end and start < found[1], "a locator that leads elsewhere", (locator, text.text[a:b]))


def check_report(document: Document, report: ParsedReport, data: bytes) -> None:
    """Its rows are what the schema says, its locators lead to places of the document, its numbers are those printed."""
    rows = Rows()
    rows.add(Read(SOURCE, "0" * 64, len(data), report))
    for table, frame in rows.frames().items():
        if table != FINDINGS:
            schema.conform(table, frame)
    text = normalize_document(document)
    locators = Locators(text)
    for what, locator, printed in _located(report):
        span = locators.span(locator)
        must(span is not None, f"a locator of {what} that leads nowhere", locator)
        assert span is not None
        if printed is not None:
            must(
                printed in document.text[slice(*span)], f"{what} not printed where it is said to be", (printed, locator)
            )
    for table in report.tables:
        for c in table.cells:
            must(c.value is None or abs(c.value) < LARGEST, "a value that no cell can have", c)
            printed = "".join(_DIGITS.get(x, x) for x in c.printed or "")
            if c.value is not None and c.table_code != form.PROACTIVE and _PLAIN.fullmatch(printed):
                must(c.value == type(c.value)(printed), "a value that is not the number printed", c)


def _located(report: ParsedReport) -> Iterator[tuple[str, str, str | None]]:
    for table in report.tables:
        for c in table.cells:
            if c.locator is not None:
                yield "a cell", c.locator, c.printed
        for f in table.findings:
            if f.locator is not None:
                yield "a finding", f.locator, None
    for f in report.findings:
        if f.locator is not None:
            yield "a finding", f.locator, None
    yield from (("a section", s.locator, None) for s in report.sections)
    yield from (("a date", locator, None) for _, _, locator in report.dates)
    yield from (("a passage", p.locator, None) for p in report.passages)
    yield from (("a point", p.locator, None) for p in report.points)
    yield from (("a claim", c.locator, None) for c in report.claims)


def _is_text(value: str) -> bool:
    """Whether every table can hold it: half a character pair is no Unicode."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
