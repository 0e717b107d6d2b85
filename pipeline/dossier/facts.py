"""What the dataset says of one report: rows of its DuckDB file, read-only, as dataclasses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from pipeline import schema
from pipeline.dossier.words import Both, same
from pipeline.model import RepairedCell
from pipeline.store.layout import Layout
from pipeline.store.query import QueryFailed, require_dataset
from pipeline.store.sql import connect

Row = TypeVar("Row")


class NotFound(Exception):
    """The dataset does not have what was asked for; the message says what it has."""


@dataclass(frozen=True, slots=True)
class Report:
    report_id: str
    source_path: str
    source_url: str | None
    title: str | None
    issuer: str | None
    report_year: int | None
    period_start: dt.date | None
    period_end: dt.date | None
    published_on: dt.date | None
    index_number: str | None
    form_proactive: str
    form_applications: str
    table_remedies: str
    division_code: str | None
    division_name: str | None
    division_level: str | None
    issuer_kind: str | None


@dataclass(frozen=True, slots=True)
class Document:
    member: str | None
    content_sha256: str | None
    reader: str | None
    encoding: str | None
    outcome: str
    reason_code: str | None
    reason: str | None
    reading_notes: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    table_code: str
    row_code: str
    column_code: str
    printed: str | None
    value: Decimal | None
    unit: str | None
    obs_status: str
    missing_reason: str | None
    derivation: str | None
    absence: str | None
    value_suggested: Decimal | None
    value_corrected: Decimal | None
    correction_id: str | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    flag_id: str
    report_id: str
    rule_code: str
    severity: str
    table_code: str | None
    row_code: str | None
    column_code: str | None
    observed: str | None
    expected: str | None
    message_zh: str
    message_en: str
    locator: str | None

    def names(self, cell: Cell) -> bool:
        """Whether the finding is about this cell: as such, or with its row, column or table."""
        return self.table_code == cell.table_code and all(
            a in (None, b) for a, b in ((self.row_code, cell.row_code), (self.column_code, cell.column_code))
        )


@dataclass(frozen=True, slots=True)
class Section:
    section_code: str
    heading: str | None
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class Date:
    mention_no: int
    printed: str
    start_date: dt.date | None
    end_date: dt.date | None
    is_repaired: bool
    repair_rule: str | None
    role: str
    span: str


@dataclass(frozen=True, slots=True)
class Claim:
    claim_no: int
    section_code: str
    sentence: str
    printed: str
    subject: str
    scope: str
    value: Decimal
    unit: str | None
    compared_with: str | None
    value_in_table: Decimal | None
    agrees: bool | None
    locator: str


@dataclass(frozen=True, slots=True)
class Rule:
    rule_code: str
    severity: str
    status: str
    family: str
    reference: str
    title_en: str
    title_zh: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of one report. `has_claims` and `has_repairs`: whether this dataset has such tables at all."""

    report: Report
    document: Document
    cells: tuple[Cell, ...]
    flags: tuple[Flag, ...]
    sections: tuple[Section, ...]
    dates: tuple[Date, ...]
    claims: tuple[Claim, ...]
    changes: tuple[RepairedCell, ...]
    has_claims: bool
    has_repairs: bool


class Dataset:
    """A published dataset, opened read-only. Raises NotFound where there is none."""

    def __init__(self, layout: Layout) -> None:
        try:
            require_dataset(layout)
            self._connection = connect(layout.database, read_only=True)
        except QueryFailed as e:
            raise NotFound(str(e)) from e
        except duckdb.Error as e:
            raise NotFound(f"the dataset in {layout.out} cannot be opened: {e}") from e
        self._tables = {t for (t,) in self.rows("SELECT table_name FROM duckdb_tables()")}
        self.rules = {r.rule_code: r for r in self._all(Rule, "rules", "true", "rule_code")}
        self._codes = {
            tuple(key): Both(zh, en)
            for *key, zh, en in self.rows("SELECT codelist, form, table_code, code, label_zh, label_en FROM codes")
        }

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def _all(self, kind: type[Row], table: str, where: str, order: str, *values: object) -> tuple[Row, ...]:
        """The columns that the dataclass names."""
        if table not in self._tables:
            return ()
        names = ", ".join(f.name for f in fields(kind))  # type: ignore[arg-type]
        return tuple(
            kind(*row) for row in self.rows(f"SELECT {names} FROM {table} WHERE {where} ORDER BY {order}", *values)
        )

    # ---- labels -----------------------------------------------------------------------------------------------------
    def label(self, codelist: str, code: str) -> Both:
        """The labels of a code; a code without any is its own."""
        return self._codes.get((codelist, "", "", code), same(code))

    def cell_label(self, axis: str, form: str, table: str, code: str) -> Both:
        """The labels of a row or column (`axis`) of the form, else of any form that has it."""
        for f in (form, "2021", "2019", ""):
            if (found := self._codes.get((axis, f, table, code))) is not None:
                return found
        return same(code)

    # ---- what is there ------------------------------------------------------------------------------------------------
    def reports(self, *, is_flagged: bool) -> tuple[str, ...]:
        """report_id of every report, or of those with a finding that is an error or a warning, by path."""
        flagged = "WHERE report_id IN (SELECT report_id FROM flags WHERE severity IN ('error', 'warning'))"
        return tuple(
            r
            for (r,) in self.rows(
                f"SELECT report_id FROM reports {flagged if is_flagged else ''} ORDER BY source_path, report_id"
            )
        )

    def reports_named(self, name: str) -> tuple[str, ...]:
        """Reports by path (a container: all its members; `path!member`: one), report_id or a unique beginning of it.

        Raises NotFound, which says why a document has none.
        """
        join = "FROM reports r JOIN documents d USING (document_id) WHERE"
        by_path = f"{join} d.source_path = $1 OR d.source_path || '!' || d.member = $1"
        found = self.rows(f"SELECT r.report_id {by_path} ORDER BY r.source_path, r.report_id", name)
        if found:
            return tuple(r for (r,) in found)
        started = self.rows(
            "SELECT report_id, source_path FROM reports WHERE starts_with(report_id, $1) ORDER BY report_id", name
        )
        if name and len(started) == 1:
            return (started[0][0],)
        if name and started:
            listed = "".join(f"\n  {r}  {p}" for r, p in started[:20])
            raise NotFound(f"{len(started)} reports begin with {name}: give more of it{listed}")
        there = self.rows(
            "SELECT outcome, reason_code, reason FROM documents "
            "WHERE source_path = $1 OR source_path || '!' || member = $1 LIMIT 1",
            name,
        )
        if there:
            outcome, code, reason = there[0]
            raise NotFound(f"{name} yielded no report: {outcome} ({code}: {reason})")
        raise NotFound(
            f"no report {name}: give a report_id or the beginning of one, or a path as in reports.source_path"
        )

    def flag(self, name: str) -> Flag:
        """A finding by its flag_id or a unique beginning of it. Raises NotFound."""
        found = self._all(Flag, "flags", "starts_with(flag_id, $1)", "flag_id", name) if name else ()
        if len(found) == 1:
            return found[0]
        if not found:
            raise NotFound(
                f'no finding {name}: `ogi sql "SELECT flag_id, rule_code, message_en FROM flags"` lists them'
            )
        listed = "".join(f"\n  {f.flag_id}  {f.rule_code}" for f in found[:20])
        more = f"\n  … and {len(found) - 20:,} more" if len(found) > 20 else ""
        raise NotFound(f"{len(found):,} findings begin with {name}: give more of it{listed}{more}")

    def facts(self, report_id: str) -> Facts:
        """All of one report. Raises NotFound."""
        here = "report_id = $1"
        reports: Sequence[Report] = self._all(Report, "reports", here, "report_id", report_id)
        if not reports:
            raise NotFound(f"no report {report_id}")
        (document,) = self._all(
            Document,
            "documents",
            "document_id = (SELECT document_id FROM reports WHERE report_id = $1)",
            "1",
            report_id,
        )
        grave = f"list_position({list(schema.codelist('severity'))}, severity)"
        return Facts(
            report=reports[0],
            document=document,
            cells=self._all(Cell, "cells", here, "table_code, row_code, column_code", report_id),
            flags=self._all(
                Flag, "flags", here, f"{grave}, rule_code, table_code, row_code, column_code, flag_id", report_id
            ),
            sections=self._all(Section, "sections", here, "ordinal", report_id),
            dates=self._all(Date, "date_mentions", here, "mention_no", report_id),
            claims=self._all(Claim, "claims", here, "claim_no", report_id),
            changes=self._all(
                RepairedCell, "repairs", here, "table_code, solution_no, row_code, column_code", report_id
            ),
            has_claims="claims" in self._tables,
            has_repairs="repairs" in self._tables,
        )
