"""What the quality page says, as counts: aggregated in DuckDB, every list capped, so that 10⁵ reports make the same page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.model import SEVERITIES
from pipeline.dossier.visible import one_line

_MOST_VALUES = 24
MOST_REPORTS = 25
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its findings; `share` of all reports, 0 to 1.

    `doubted`: how many of the findings rest on doubtful numbers and are warnings, although the rule finds errors.
    """

    code: str
    severity: str
    status: str
    family: str
    title_en: str
    title_zh: str
    findings: int
    reports: int
    share: float
    doubted: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A value of a dimension. A label of None: the reports do not say; `is_rest`: the values that the list leaves out."""

    label_en: str | None
    label_zh: str | None
    number: int
    share: float
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Dimension:
    """`is_of_reading`: about how documents were printed and read, not about whose reports they are."""

    title_en: str
    title_zh: str
    bars: tuple[Bar, ...]
    is_of_reading: bool


@dataclass(frozen=True, slots=True)
class Statuses:
    """Cells of a table by status, in the order of the code list."""

    label_en: str
    label_zh: str
    cells: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    outcome: str
    outcome_en: str
    outcome_zh: str
    reason: str | None
    reason_en: str | None
    reason_zh: str | None
    documents: int
    share: float


@dataclass(frozen=True, slots=True)
class Report:
    """A report with many findings. `has_dossier`: its own page lies beside this one."""

    report_id: str
    path: str
    title: str
    issuer: str
    year: int | None
    findings: tuple[int, int, int]
    has_dossier: bool


@dataclass(frozen=True, slots=True)
class Facts:
    documents: int
    reports: int
    issuers: int
    cells: int
    years: tuple[int | None, int | None]
    rules: tuple[Rule, ...]
    silent: tuple[Rule, ...]
    dimensions: tuple[Dimension, ...]
    status_codes: tuple[tuple[str, str, str], ...]
    """(code, English, Chinese) of CL_OBS_STATUS, in order."""
    statuses: tuple[Statuses, ...]
    reasons: tuple[Reason, ...]
    worst: tuple[Report, ...]
    flagged: int
    """Reports with an error or a warning."""
    findings: tuple[int, ...]
    """Findings by severity, in the order of `SEVERITIES`."""


_OF_ORGANS = (
    ("Report year", "报告年度", "reports", "report_year::VARCHAR", None),
    ("Division level", "行政层级", "reports", "division_level", "division_level"),
    ("Kind of organ", "机关类型", "reports", "issuer_kind", "issuer_kind"),
)
"""(title in English, in Chinese, relation, expression, code list of its labels)."""
_OF_READING = (
    ("Form of section two", "第二部分表式", "reports", "form_proactive", "form_or_none"),
    ("Form of section three", "第三部分表式", "reports", "form_applications", "form_or_none"),
    ("Table of section four", "第四部分表格", "reports", "table_remedies", "table_presence"),
    ("Layout of section three", "第三部分版式", "reports", "layout_applications", None),
    (
        "Format of parsed documents",
        "已解析文档的格式",
        "(SELECT * FROM documents WHERE outcome = 'parsed')",
        "split_part(reader, '/', 1)",
        None,
    ),
)
_DIMENSIONS = ((_OF_ORGANS, False), (_OF_READING, True))


def facts(db: duckdb.DuckDBPyConnection, dossiers: Path | None = None) -> Facts:
    """Of a dataset; `dossiers` is the folder in which reports' own pages may lie. Raises duckdb.Error."""

    def one(sql: str) -> tuple[Any, ...]:
        return db.execute(sql).fetchone() or ()

    documents, reports, issuers, cells = (
        one(f"SELECT count(*) FROM {t}")[0] for t in ("documents", "reports", "issuers", "cells")
    )
    first, last = one("SELECT min(report_year), max(report_year) FROM reports")
    rules = tuple(_rules(db, reports))
    codes = db.execute(
        "SELECT code, label_en, label_zh FROM codes WHERE codelist = 'obs_status' ORDER BY sort_order"
    ).fetchall()
    by_severity = ", ".join(f"count(*) FILTER (severity = '{s}')" for s in SEVERITIES)
    (flagged,) = one("SELECT count(DISTINCT report_id) FROM flags WHERE severity <> 'info'")
    return Facts(
        documents=documents,
        reports=reports,
        issuers=issuers,
        cells=cells,
        years=(first, last),
        rules=tuple(r for r in rules if r.findings),
        silent=tuple(r for r in rules if not r.findings),
        dimensions=tuple(
            _dimension(db, *d, is_of_reading=is_of_reading) for ds, is_of_reading in _DIMENSIONS for d in ds
        ),
        status_codes=tuple((code, _label(en), _label(zh)) for code, en, zh in codes),
        statuses=tuple(_statuses(db, [c[0] for c in codes])),
        reasons=tuple(_reasons(db, documents)),
        worst=tuple(_worst(db, dossiers)),
        flagged=flagged,
        findings=one(f"SELECT {by_severity} FROM flags"),
    )


def _rules(db: duckdb.DuckDBPyConnection, reports: int) -> Iterator[Rule]:
    sql = f"""
        SELECT r.rule_code, r.severity, r.status, r.family, r.title_en, r.title_zh,
               coalesce(f.findings, 0), coalesce(f.reports, 0), coalesce(f.doubted, 0)
        FROM rules r LEFT JOIN (
            SELECT f.rule_code, count(*) AS findings, count(DISTINCT f.report_id) AS reports,
                   count(*) FILTER (f.severity <> of.severity) AS doubted
            FROM flags f JOIN rules of USING (rule_code) GROUP BY ALL
        ) f USING (rule_code)
        ORDER BY list_position({list(SEVERITIES)}, r.severity), coalesce(f.reports, 0) DESC,
                 coalesce(f.findings, 0) DESC, r.rule_code"""
    for code, severity, status, family, en, zh, findings, touched, doubted in db.execute(sql).fetchall():
        yield Rule(code, severity, status, family, en, zh, findings, touched, _share(touched, reports), doubted)


def _dimension(
    db: duckdb.DuckDBPyConnection,
    en: str,
    zh: str,
    relation: str,
    expression: str,
    codelist: str | None,
    *,
    is_of_reading: bool,
) -> Dimension:
    """The values by number, years in order, those that are not given last; few of them, then the rest as one."""
    order = "value DESC" if codelist is None and "year" in expression else "number DESC, value"
    rows = db.execute(
        f"""WITH counted AS (SELECT {expression} AS value, count(*) AS number FROM {relation} GROUP BY ALL)
            SELECT c.value, any_value(l.label_en), any_value(l.label_zh), c.number
            FROM counted c LEFT JOIN codes l ON l.codelist = ? AND l.code = c.value
            GROUP BY c.value, c.number ORDER BY c.value IS NULL, {order}""",
        [codelist or ""],
    ).fetchall()
    all_ = sum(r[3] for r in rows)
    shown = rows if len(rows) <= _MOST_VALUES + 1 else rows[:_MOST_VALUES]
    bars = [
        Bar(_text(label_en or value), _text(label_zh or value), number, _share(number, all_))
        for value, label_en, label_zh, number in shown
    ]
    if left := rows[len(shown) :]:
        number = sum(r[3] for r in left)
        bars.append(
            Bar(f"{len(left):,} more values", f"其余 {len(left):,} 个取值", number, _share(number, all_), is_rest=True)
        )
    return Dimension(en, zh, tuple(bars), is_of_reading)


def _statuses(db: duckdb.DuckDBPyConnection, codes: list[str]) -> Iterator[Statuses]:
    numbers = ", ".join(f"count(*) FILTER (obs_status = '{c}')" for c in codes)
    sql = f"""
        SELECT any_value(l.label_en), any_value(l.label_zh), count(*), {numbers}
        FROM cells c JOIN codes l ON l.codelist = 'table' AND l.code = c.table_code
        GROUP BY c.table_code ORDER BY any_value(l.sort_order)"""
    for en, zh, cells, *by_status in db.execute(sql).fetchall():
        yield Statuses(en, zh, cells, tuple(by_status))


def _reasons(db: duckdb.DuckDBPyConnection, documents: int) -> Iterator[Reason]:
    sql = """
        SELECT d.outcome, coalesce(o.label_en, d.outcome), coalesce(o.label_zh, d.outcome),
               d.reason_code, coalesce(r.label_en, d.reason_code), coalesce(r.label_zh, d.reason_code), d.number
        FROM (SELECT outcome, reason_code, count(*) AS number FROM documents GROUP BY ALL) d
        LEFT JOIN codes o ON o.codelist = 'outcome' AND o.code = d.outcome
        LEFT JOIN codes r ON r.codelist = 'reason' AND r.code = d.reason_code
        ORDER BY o.sort_order, d.number DESC, d.reason_code NULLS FIRST"""
    for outcome, outcome_en, outcome_zh, reason, reason_en, reason_zh, number in db.execute(sql).fetchall():
        yield Reason(
            outcome,
            _label(outcome_en),
            _label(outcome_zh),
            reason,
            reason_en and _label(reason_en),
            reason_zh and _label(reason_zh),
            number,
            _share(number, documents),
        )


def _worst(db: duckdb.DuckDBPyConnection, dossiers: Path | None) -> Iterator[Report]:
    """The reports with most errors, then warnings; remarks alone put no report here."""
    counts = ", ".join(f"count(*) FILTER (f.severity = '{s}') AS {s}s" for s in SEVERITIES)
    sql = f"""
        WITH worst AS (
            SELECT f.report_id, {counts} FROM flags f GROUP BY ALL HAVING errors + warnings > 0
            ORDER BY errors DESC, warnings DESC, infos DESC, f.report_id LIMIT {MOST_REPORTS}
        )
        SELECT w.report_id, r.source_path, d.member, r.title, r.issuer, r.report_year, errors, warnings, infos
        FROM worst w JOIN reports r USING (report_id) JOIN documents d ON d.document_id = r.document_id
        ORDER BY errors DESC, warnings DESC, infos DESC, w.report_id"""
    for report_id, path, member, title, issuer, year, *findings in db.execute(sql).fetchall():
        errors, warnings, infos = findings
        yield Report(
            report_id=report_id,
            path=_text(f"{path} › {member}" if member else path) or "",
            title=_text(title) or "",
            issuer=_text(issuer) or "",
            year=year,
            findings=(errors, warnings, infos),
            has_dossier=dossiers is not None and (dossiers / f"{report_id}.html").is_file(),
        )


def _share(part: int, all_: int) -> float:
    return part / all_ if all_ else 0.0


def _label(text: str) -> str:
    """A label of a code list without the marks around names of columns and rows."""
    return text.replace("`", "")


def _text(text: str | None) -> str | None:
    """What a document says, in one line of bearable length; characters that would hide or reorder text are shown."""
    return None if text is None else one_line(text, _LONGEST)
