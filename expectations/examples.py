"""Turns a rule's example into the rows of the staged tables, so that tests and documentation can run it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import polars as pl

from expectations.flags import READS
from expectations.model import Example, Report, Rule
from pipeline import form, schema
from pipeline.store.rows import FINDINGS, schema_of

REPORTED = ("documents", "reports", "sections", "cells", "date_mentions", FINDINGS)
"""Tables whose rows an example's reports yield; those of others it gives as they are."""


def frames(rule: Rule, example: Example) -> dict[str, pl.DataFrame]:
    """Rows of the staged tables that rules may read, for one example of a rule."""
    rows: dict[str, list[dict[str, Any]]] = {t: [] for t in (*REPORTED, *READS)}
    for report in example.reports:
        for table, some in _rows(rule, report).items():
            rows[table] += [{"report_id": report.report, **r} for r in some]
        for table, given in report.rows.items():
            rows[table] += [{"report_id": report.report, **r} for r in given]
    return {t: _frame(t, some) for t, some in rows.items()}


def _rows(rule: Rule, report: Report) -> dict[str, list[dict[str, Any]]]:
    path = f"{report.report}.txt"
    present = {t: not all("x" in cells.split() for cells in rows.values()) for t, rows in report.tables.items()}
    facts = {
        "document_id": f"document of {report.report}",
        "issuer_id": report.issuer and f"issuer {report.issuer}",
        "issuer": report.issuer,
        "source_path": path,
        "report_year": report.report_year,
        "form_proactive": report.form if present.get(form.PROACTIVE) else "none",
        "form_applications": _form(report, form.APPLICATIONS) if present.get(form.APPLICATIONS) else "none",
        "table_remedies": "present" if present.get(form.REMEDIES) else "none",
        **report.facts,
    }
    document = {
        "document_id": facts["document_id"],
        "source_path": path,
        "intake": "unsorted",
        "outcome": "parsed",
    }
    return {
        "documents": [document],
        "reports": [facts],
        "sections": [
            {
                "section_code": code,
                "ordinal": i,
                "text": text,
                "characters": len("".join(text.split())),
                "locator": f"section {code}",
            }
            for i, (code, text) in enumerate(report.sections.items(), 1)
        ],
        "cells": [
            cell
            for table, given in report.tables.items()
            for row, tokens in given.items()
            for cell in _cells(_form(report, table), table, row, tokens.split())
        ],
        "date_mentions": [_mention(i, d) for i, d in enumerate(report.dates, 1)],
        FINDINGS: [
            {
                "rule_code": rule.code,
                "table_code": n.table,
                "row_code": n.row,
                "column_code": n.column,
                "observed": n.observed,
                "expected": n.expected,
                "locator": "line 1",
            }
            for n in report.noticed
        ],
    }


def _form(report: Report, table: str) -> str:
    return report.form_applications or report.form if table == form.APPLICATIONS else report.form


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = schema_of(table)
    frame = pl.DataFrame({c: [r.get(c) for r in rows] for c in columns}, schema=columns)
    return frame if table == FINDINGS else schema.conform(table, frame) if rows else frame


def _cells(form_code: str, table: str, row: str, tokens: list[str]) -> list[dict[str, Any]]:
    columns = form.columns_of_row(form_code, table, row) or form.column_codes(form_code, table)
    if len(columns) != len(tokens):
        raise ValueError(f"{table} {row}: {len(tokens)} cells given, {len(columns)} on the form")
    return [
        {
            "table_code": table,
            "row_code": row,
            "column_code": column,
            "locator": row,
            "unit": form.unit_of(form_code, table, row, column) or None,
            **_cell(t),
        }
        for column, t in zip(columns, tokens, strict=True)
    ]


def _cell(token: str) -> dict[str, Any]:
    null = {"_": "blank", "?": "unplaced", "x": "no_table"}
    if token in null:
        absence = {"_": "blank", "?": "lost", "x": None}[token]
        return {"obs_status": "O", "missing_reason": null[token], "absence": absence}
    if token == "-":
        return {"obs_status": "M", "missing_reason": "not_applicable", "printed": "-"}
    if token == "K":
        return {"obs_status": "K", "missing_reason": "in_other_row"}
    if token[0] == "~":
        return {"obs_status": "U", "printed": token[1:], "value": Decimal(token[1:]), "derivation": "unique"}
    if token[0] in "=!":
        absence = "blank" if token[0] == "=" else "lost"
        return {"obs_status": "I", "value": Decimal(token[1:]), "absence": absence, "derivation": "row_total"}
    printed = re.fullmatch(r"([-.\d]+)([^\d>]*)(?:>([-.\d]+))?", token)
    if printed is None:
        raise ValueError(f"{token}: no cell of an example")
    number, unit, suggested = printed.groups()
    cell = {"obs_status": "A", "printed": number + unit, "value": Decimal(number)}
    return cell | ({"unit": unit} if unit else {}) | ({"value_suggested": Decimal(suggested)} if suggested else {})


def _mention(number: int, date: tuple[str, str | None, str, str, str | None]) -> dict[str, Any]:
    printed, first, precision, role, section = date
    start = dt.date.fromisoformat(first) if first else None
    end = start and (start.replace(month=12, day=31) if precision == "year" else start)
    return {
        "mention_no": number,
        "printed": printed.removeprefix("*"),
        "start_date": start,
        "end_date": end,
        "precision": precision,
        "is_repaired": printed.startswith("*"),
        "repair_rule": "example" if printed.startswith("*") else None,
        "role": role,
        "section_code": section,
        "span": f"date {number}",
    }
