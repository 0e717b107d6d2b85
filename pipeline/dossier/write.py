"""Writes pages of reports into a folder, and the index that leads to them. The same dataset and input give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.dossier import html
from pipeline.dossier.facts import Dataset
from pipeline.dossier.page import put_together
from pipeline.dossier.source import SourceReader, Unavailable, wanted
from pipeline.dossier.visible import one_line
from pipeline.dossier.words import word
from pipeline.store.files import replace_text

INDEX = "index.html"


def pages(dataset: Dataset, reader: SourceReader, reports: Iterable[str], to: Path) -> list[tuple[str, str]]:
    """Writes the page of each report; returns the documents whose source cannot be shown, each with the reason."""
    missing = []
    for report_id in reports:
        facts = dataset.facts(report_id)
        text = reader.read(wanted(facts))
        if isinstance(text, Unavailable):
            why = word(text.why).en + (f" ({one_line(text.detail)})" if text.detail else "")
            missing.append((one_line(facts.report.source_path), why))
        replace_text(to / page_name(report_id), html.page(put_together(dataset, facts, text), dataset))
    return missing


def index(dataset: Dataset, reports: Sequence[str], to: Path) -> None:
    """Writes the index of the pages of these reports; of none: of all reports whose page stands in the folder."""
    rows = dataset.rows(
        """
        SELECT r.report_id, r.report_year, r.issuer, r.division_name, r.source_path, d.member,
               count(*) FILTER (f.severity = 'error'), count(*) FILTER (f.severity = 'warning'),
               count(*) FILTER (f.severity = 'info')
        FROM reports r JOIN documents d USING (document_id) LEFT JOIN flags f ON f.report_id = r.report_id
        GROUP BY ALL
        ORDER BY r.report_year DESC NULLS LAST, r.issuer NULLS LAST, r.source_path, r.report_id
        """
    )
    kept = set(reports) or {row[0] for row in rows if (to / page_name(row[0])).is_file()}
    entries = [
        html.Entry(
            page_name(report_id), year, issuer, division, path if member is None else f"{path}!{member}", tuple(n)
        )
        for report_id, year, issuer, division, path, member, *n in rows
        if report_id in kept
    ]
    replace_text(to / INDEX, html.index(entries))


def page_name(report_id: str) -> str:
    return f"{report_id}.html"
