"""Turns a rule's example into the rows of the staged tables, so that tests and documentation can run it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl

from expectations.model import Example, Rule
from pipeline import form, schema
from pipeline.store.rows import FINDINGS, schema_of

REPORT = "example"


def frames(rule: Rule, example: Example) -> dict[str, pl.DataFrame]:
    """Rows of documents, reports, sections, cells, date_mentions and findings for one example of a rule."""
    present = {t: not all("x" in cells.split() for cells in rows.values()) for t, rows in example.tables.items()}
    report = {
        "report_id": REPORT,
        "document_id": "document",
        "source_path": "example.txt",
        "report_year": example.report_year,
        "form_proactive": example.form if present.get(form.PROACTIVE) else "none",
        "form_applications": example.form if present.get(form.APPLICATIONS) else "none",
        "table_remedies": "present" if present.get(form.REMEDIES) else "none",
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "documents": [
            {
                "document_id": "document",
                "source_path": "example.txt",
                "intake": "unsorted",
                "outcome": "parsed",
                "report_id": REPORT,
            }
        ],
        "reports": [report],
        "sections": [
            {
                "report_id": REPORT,
                "section_code": code,
                "ordinal": i,
                "text": text,
                "characters": len(text),
                "locator": f"section {code}",
            }
            for i, (code, text) in enumerate(example.sections.items(), 1)
        ],
        "cells": [
            cell
            for table, given in example.tables.items()
            for row, tokens in given.items()
            for cell in _cells(example.form, table, row, tokens.split())
        ],
        "date_mentions": [_mention(i, d) for i, d in enumerate(example.dates, 1)],
        FINDINGS: [
            {
                "report_id": REPORT,
                "rule_code": rule.code,
                "table_code": n.table,
                "row_code": n.row,
                "column_code": n.column,
                "observed": n.observed,
                "expected": n.expected,
                "locator": "line 1",
            }
            for n in example.noticed
        ],
    }
    return {t: _frame(t, some) for t, some in rows.items()}


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = schema_of(table)
    frame = pl.DataFrame({c: [r.get(c) for r in rows] for c in columns}, schema=columns)
    return frame if table == FINDINGS else schema.conform(table, frame) if rows else frame


def _cells(form_code: str, table: str, row: str, tokens: list[str]) -> list[dict[str, Any]]:
    columns = form.columns_of_row(form_code, table, row) or form.column_codes(form_code, table)
    if len(columns) != len(tokens):
        raise ValueError(f"{table} {row}: {len(tokens)} cells given, {len(columns)} on the form")
    return [
        {"report_id": REPORT, "table_code": table, "row_code": row, "column_code": column, "locator": row, **_cell(t)}
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
    return {"obs_status": "A", "printed": token, "value": Decimal(token)}


def _mention(number: int, date: tuple[str, str | None, str, str, str | None]) -> dict[str, Any]:
    printed, first, precision, role, section = date
    start = dt.date.fromisoformat(first) if first else None
    end = start and (start.replace(month=12, day=31) if precision == "year" else start)
    return {
        "report_id": REPORT,
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
