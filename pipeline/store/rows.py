"""Turns what documents yielded into rows: one column-wise builder a table, no object per cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.form import APPLICATIONS, PROACTIVE, REMEDIES
from pipeline.model import ParsedReport, RepairedCell, SourceFile, Term, Unusable
from pipeline.store import ids

FINDINGS = "findings"
"""What the reading stages noticed: staged for the rule catalogue, not published."""

PER_DOCUMENT = (
    "documents",
    "reports",
    "sections",
    "cells",
    "repairs",
    "date_mentions",
    "claims",
    "features",
    "passages",
    "points",
    "terms",
    FINDINGS,
)
"""Tables whose rows one document alone decides."""

_FINDINGS_SCHEMA = pl.Schema(
    dict.fromkeys(
        ("report_id", "rule_code", "table_code", "row_code", "column_code", "observed", "expected", "locator"),
        pl.String(),
    )
)


def schema_of(table: str) -> pl.Schema:
    return _FINDINGS_SCHEMA if table == FINDINGS else schema.table(table).polars_schema


def _columns(items: Sequence[object], *names: str) -> dict[str, Sequence[Any]]:
    """Fields of objects, two or more, column by column."""
    rows = map(attrgetter(*names), items)
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if items else dict.fromkeys(names, ())


@dataclass(frozen=True, slots=True)
class Read:
    """A document with what reading it gave. `content_sha256` and `size_bytes` are None where the bytes stayed shut."""

    source: SourceFile
    content_sha256: str | None
    size_bytes: int | None
    result: ParsedReport | Unusable


@dataclass(slots=True)
class Rows:
    """Rows of a batch of documents, column by column."""

    columns: dict[str, dict[str, list[Any]]] = field(
        default_factory=lambda: {t: {c: [] for c in schema_of(t)} for t in PER_DOCUMENT}
    )

    def add(self, read: Read) -> None:
        result, source = read.result, read.source
        report = None
        if isinstance(result, ParsedReport):
            # By its place: the corpus decides which of those with one address has the identity of the address.
            report = ids.report_id(source.path, source.container_path, source.member)
        document = (
            ids.document_id(read.content_sha256)
            if read.content_sha256 is not None
            else ids.digest(
                "document", "unopened", source.path, *([source.member] if source.member is not None else [])
            )
        )
        self._append(
            "documents",
            document_id=document,
            source_path=source.path,
            container_path=source.container_path,
            member=source.member,
            source_url=source.url,
            fetched_at=source.fetched_at,
            intake=source.intake,
            content_sha256=read.content_sha256,
            size_bytes=read.size_bytes,
            reader=result.reader,
            encoding=result.encoding,
            outcome="parsed" if isinstance(result, ParsedReport) else result.outcome,
            reason_code=result.reason_code,
            reason=result.reason,
            reading_notes="; ".join(result.notes) or None if isinstance(result, ParsedReport) else None,
            duplicate_of=None,
            report_id=report,
        )
        if isinstance(result, ParsedReport) and report is not None:
            self._add_report(report, document, source, result)

    def _add_report(self, report: str, document: str, source: SourceFile, parsed: ParsedReport) -> None:
        m, organ = parsed.metadata, parsed.issuer
        tables = {t.table_code: t for t in parsed.tables}
        form = {code: t.form for code, t in tables.items()}
        layout = {code: t.layout for code, t in tables.items()}
        self._append(
            "reports",
            report_id=report,
            document_id=document,
            issuer_id=ids.issuer_id(organ.key, organ.lineage) if organ.key else None,
            source_path=source.path,
            source_url=source.url,
            title=m.title,
            issuer=m.issuer,
            issuer_basis=m.issuer_basis,
            report_year=m.report_year,
            report_year_basis=m.report_year_basis,
            period_start=m.period_start,
            period_end=m.period_end,
            published_on=m.published_on,
            index_number=m.index_number,
            form_proactive=form.get(PROACTIVE, "none"),
            form_applications=form.get(APPLICATIONS, "none"),
            table_remedies="none" if form.get(REMEDIES, "none") == "none" else "present",
            layout_proactive=layout.get(PROACTIVE),
            layout_applications=layout.get(APPLICATIONS),
            layout_remedies=layout.get(REMEDIES),
            division_code=organ.division_code,
            division_name=organ.division_name,
            division_level=organ.division_level,
            division_basis=organ.division_basis,
            division_evidence=organ.division_evidence,
            issuer_kind=organ.issuer_kind,
        )
        cells = [c for t in parsed.tables for c in t.cells]
        self._extend(
            "cells",
            len(cells),
            report_id=[report] * len(cells),
            **_columns(
                cells,
                "table_code",
                "row_code",
                "column_code",
                "printed",
                "value",
                "unit",
                "obs_status",
                "missing_reason",
                "derivation",
                "absence",
                "value_suggested",
                "locator",
            ),
        )
        repairs = [r for t in parsed.tables for r in t.repairs]
        self._extend(
            "repairs",
            len(repairs),
            report_id=[report] * len(repairs),
            **_columns(repairs, *(f.name for f in fields(RepairedCell))),
        )
        self._extend(
            "sections",
            len(parsed.sections),
            report_id=[report] * len(parsed.sections),
            section_code=[s.section_code for s in parsed.sections],
            heading=[s.heading for s in parsed.sections],
            ordinal=list(range(1, len(parsed.sections) + 1)),
            text=[s.text for s in parsed.sections],
            characters=[len("".join(s.text.split())) for s in parsed.sections],
            locator=[s.locator for s in parsed.sections],
        )
        dates = [d for d, _, _ in parsed.dates]
        self._extend(
            "date_mentions",
            len(dates),
            report_id=[report] * len(dates),
            mention_no=list(range(1, len(dates) + 1)),
            printed=[d.printed for d in dates],
            start_date=[d.start_date for d in dates],
            end_date=[d.end_date for d in dates],
            precision=[d.precision for d in dates],
            is_repaired=[d.is_repaired for d in dates],
            repair_rule=[d.repair_rule for d in dates],
            role=[d.role for d in dates],
            section_code=[section for _, section, _ in parsed.dates],
            span=[locator for _, _, locator in parsed.dates],
        )
        self._extend(
            "claims",
            len(parsed.claims),
            report_id=[report] * len(parsed.claims),
            claim_no=list(range(1, len(parsed.claims) + 1)),
            **_columns([c.claim for c in parsed.claims], "printed", "subject", "scope", "value", "unit"),
            **_columns(
                parsed.claims,
                "section_code",
                "sentence",
                "table_code",
                "row_code",
                "column_code",
                "compared_with",
                "value_in_table",
                "agrees",
                "locator",
            ),
        )
        self._extend(
            "features",
            len(parsed.features),
            report_id=[report] * len(parsed.features),
            section_code=[f.section_code for f in parsed.features],
            feature=[f.feature for f in parsed.features],
            count=[f.count for f in parsed.features],
            count_denied=[f.count_denied for f in parsed.features],
            per_1000_tokens=[f.per_1000_tokens for f in parsed.features],
            per_1000_characters=[f.per_1000_characters for f in parsed.features],
        )
        self._add_structure(report, parsed)
        self._extend(
            "terms",
            len(parsed.terms),
            report_id=[report] * len(parsed.terms),
            **_columns(parsed.terms, *(f.name for f in fields(Term))),
        )
        for f in (*parsed.findings, *(f for t in parsed.tables for f in t.findings)):
            self._append(
                FINDINGS,
                report_id=report,
                rule_code=f.rule_code,
                table_code=f.table_code,
                row_code=f.row_code,
                column_code=f.column_code,
                observed=f.observed,
                expected=f.expected,
                locator=f.locator,
            )

    def _add_structure(self, report: str, parsed: ParsedReport) -> None:
        passages = [p.passage for p in parsed.passages]
        self._extend(
            "passages",
            len(passages),
            report_id=[report] * len(passages),
            **_columns(
                passages,
                "passage_no",
                "section_code",
                "kind",
                "level",
                "marker",
                "heading",
                "topic_code",
                "characters",
                "numbers",
                "number_share",
            ),
            text=[p.text for p in parsed.passages],
            locator=[p.locator for p in parsed.passages],
        )
        points = [p.point for p in parsed.points]
        self._extend(
            "points",
            len(points),
            report_id=[report] * len(points),
            point_no=list(range(1, len(points) + 1)),
            **_columns(points, "section_code", "passage_no", "kind", "marker"),
            types=[" ".join(p.types) for p in points],
            text=[p.text for p in parsed.points],
            characters=[len("".join(p.text.split())) for p in parsed.points],
            locator=[p.locator for p in parsed.points],
        )

    def _append(self, table: str, /, **values: Any) -> None:
        columns = self.columns[table]
        for name, column in columns.items():
            column.append(values.pop(name))
        if values:
            raise TypeError(f"table {table} has no columns {sorted(values)}")

    def _extend(self, table: str, rows: int, /, **values: Sequence[Any]) -> None:
        """Rows of one report; columns that no reading stage fills stay null."""
        for name, column in self.columns[table].items():
            column.extend(values.pop(name, [None] * rows))
        if values:
            raise TypeError(f"table {table} has no columns {sorted(values)}")

    def frames(self) -> dict[str, pl.DataFrame]:
        return {t: pl.DataFrame(columns, schema=schema_of(t)) for t, columns in self.columns.items()}
