"""One document, from its bytes to everything that it yields: a pure function, cheap to fan out and to test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline import form, issuers
from pipeline.extract import find_tables, is_open_to_statements, read_again
from pipeline.extract.cells import absent_table
from pipeline.model import (
    Claim,
    ComparedClaim,
    Document,
    Finding,
    Issuer,
    Metadata,
    ParsedReport,
    PlacedPassage,
    PlacedPoint,
    Section,
    SectionText,
    SourceFile,
    StatutoryTable,
    Text,
    Unusable,
)
from pipeline.narrate import section_features, section_terms
from pipeline.narrate.claim_compare import compare_claims, stated_cells
from pipeline.narrate.claims import find_claims
from pipeline.narrate.passages import find_passages
from pipeline.narrate.points import find_points
from pipeline.normalize.dates import find_dates
from pipeline.normalize.text import Places, normalize_document
from pipeline.read import read_document
from pipeline.structure.excerpt import Excerpt, narrative_of
from pipeline.structure.headings import NARRATIVES, find_sections
from pipeline.structure.metadata import find_title, read_block, read_metadata, year_in
from pipeline.structure.page_tail import page_tail
from pipeline.structure.recognise import not_a_report, reservation
from pipeline.structure.several import Other, first_report


def parse_document(data: bytes, source: SourceFile) -> ParsedReport | Unusable:
    """Reads one document. What is no report, or cannot be read, comes back as `Unusable` with its reason."""
    document = read_document(data, source)
    if isinstance(document, Unusable):
        return document
    return parse_text(document, source.url)


def parse_text(document: Document, url: str | None = None) -> ParsedReport | Unusable:
    """Everything behind reading: the same for every format. `url` is where the document was published, if known."""
    text, other = first_report(normalize_document(document))
    places = Places(text)
    sections = find_sections(text)
    found_tables = find_tables(text, places, sections)
    tables = {code: f.table for code, f in found_tables.items()}
    spans = tuple(span for t in tables.values() for span in t.spans)
    head_end = min((s.span[0] for s in sections), default=min((a for a, _ in spans), default=len(text.text)))
    block = read_block(text, head_end)
    title = find_title(text, head_end, block, document.facts)
    title_year = year_in(title) if title else None
    dates = find_dates(text.text, skip=sorted(spans), report_year=title_year, title_year=title_year)
    meta = read_metadata(text, title, sections, block, dates, head_end, document.facts)
    unusable = not_a_report(text, meta, sections, tables, document.facts)
    if unusable is not None:
        return Unusable(unusable.outcome, unusable.reason_code, unusable.reason, document.reader, document.encoding)
    kept = document.reservation or reservation(meta, sections, tables)
    report_end = page_tail(text, max([0, *(s.body_span[0] for s in sections), *(b for _, b in spans)]))
    apart = (*spans, (report_end, len(text.text)))
    narratives = tuple(narrative_of(text, s, apart) for s in sections)
    claims = tuple(
        find_claims(n.text, s.section_code, meta.report_year) for s, n in zip(sections, narratives, strict=True)
    )
    doubtful = [t for t in tables.values() if is_open_to_statements(t)]
    stated = stated_cells([c for x in claims for c in x], doubtful) if doubtful else {}
    if stated:
        tables = read_again(found_tables, places, stated)
    section_texts = tuple(
        SectionText(s.section_code, s.heading, n.text, places.locator(*s.span))
        for s, n in zip(sections, narratives, strict=True)
    )
    all_tables = _all_tables(tables, sections, meta.report_year, places)
    passages, points = _structure(sections, narratives, meta.report_year, places)
    return ParsedReport(
        metadata=meta,
        issuer=_issuer(meta, text, url),
        tables=all_tables,
        sections=section_texts,
        dates=tuple((d, _section_at(sections, d.span[0]), places.locator(*d.span)) for d in dates),
        features=tuple(
            f for s in section_texts for f in section_features(s.section_code, s.text, report_year=meta.report_year)
        ),
        terms=tuple(t for s in section_texts for t in section_terms(s.section_code, s.text)),
        passages=passages,
        points=points,
        claims=tuple(
            c
            for s, n, found in zip(sections, narratives, claims, strict=True)
            for c in _compared(s.section_code, n, found, all_tables, places)
        ),
        findings=_other_reports(other, places),
        reader=document.reader,
        encoding=document.encoding,
        reason_code=kept[0] if kept else None,
        reason=kept[1] if kept else None,
        notes=document.notes,
    )


def _structure(
    sections: Sequence[Section], narratives: Sequence[Excerpt], year: int | None, places: Places
) -> tuple[tuple[PlacedPassage, ...], tuple[PlacedPoint, ...]]:
    """Passages and points of the narrative sections, numbered over the report."""
    passages: list[PlacedPassage] = []
    points: list[PlacedPoint] = []
    for section, narrative in zip(sections, narratives, strict=True):
        if section.section_code not in NARRATIVES:
            continue

        def placed(span: tuple[int, int], narrative: Excerpt = narrative) -> tuple[str, str]:
            return narrative.text[slice(*span)], places.locator(*narrative.span(*span))

        before = len(passages)
        for p in find_passages(narrative.text, section.section_code):
            passages.append(PlacedPassage(replace(p, passage_no=before + p.passage_no), *placed(p.span)))
        for x in find_points(narrative.text, section.section_code, year):
            points.append(PlacedPoint(replace(x, passage_no=before + x.passage_no), *placed(x.span)))
    return tuple(passages), tuple(points)


def _compared(
    section_code: str,
    narrative: Excerpt,
    claims: Sequence[Claim],
    tables: Sequence[StatutoryTable],
    places: Places,
) -> tuple[ComparedClaim, ...]:
    def locator(start: int, end: int) -> str:
        return places.locator(*narrative.span(start, end))

    return compare_claims(section_code, narrative.text, claims, tables, locator)


def _other_reports(other: Other | None, places: Places) -> tuple[Finding, ...]:
    if other is None:
        return ()
    return (Finding("other_report_in_document", observed=other.title, locator=places.locator(*other.span)),)


def _issuer(meta: Metadata, text: Text, url: str | None) -> Issuer:
    """The organ, where the document names one, with its division where anything decides."""
    found = issuers.resolve(
        issuers.Evidence(
            title=meta.title,
            issuer=meta.issuer,
            body=text.without_furniture,
            publisher=meta.publisher,
            url=url,
            report_year=meta.report_year,
        )
    )
    kind = issuers.issuer_kind(meta.issuer) if meta.issuer else None
    key = issuers.issuer_key(meta.issuer, found.division if found else None) if meta.issuer else ""
    if found is None:
        return Issuer(key, issuer_kind=kind)
    return Issuer(
        key=key,
        lineage=issuers.lineage_of(found.division),
        division_code=found.division_code,
        division_name=found.division_name,
        division_level=found.division_level,
        division_basis=found.basis,
        division_evidence=found.explanation,
        issuer_kind=kind,
    )


def _section_at(sections: Sequence[Section], offset: int) -> str | None:
    return next((s.section_code for s in sections if s.span[0] <= offset < s.span[1]), None)


def _all_tables(
    found: Mapping[str, StatutoryTable], sections: Sequence[Section], year: int | None, places: Places
) -> tuple[StatutoryTable, ...]:
    """The three tables; one that the document lacks has form "none" and cells that say so.

    The cells of an absent table are listed after the form of the report's other tables, else after the year's form. Before
    2019 there was no such form, and no cell is listed.
    """
    if not found and year is not None and year < 2019:
        return tuple(StatutoryTable(code, "none", None, (), (), ()) for code in form.TABLES)
    forms = [t.form for code, t in found.items() if code != form.REMEDIES]
    default = forms[0] if forms else "2019" if year in (2019, 2020) else "2021"
    by_section = {s.section_code: s for s in sections}
    out = []
    for code in form.TABLES:
        table = found.get(code)
        if table is None:
            section = by_section.get(code)
            locator = places.locator(*section.span) if section else None
            table = StatutoryTable(code, "none", None, absent_table(code, default, "no_table", locator), (), ())
        out.append(table)
    return tuple(out)
