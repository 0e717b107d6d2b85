"""The suites of Great Expectations, generated: from the schema, from our invariants, and from the rule catalogue.

One suite for each of ours and each table that it judges: `schema_exact.cells`, `findings.flags`. Adding a column to the
schema, an invariant, or a rule adds its expectation here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expectations.catalogue import catalogue
from expectations.invariants import SUITES, invariants
from expectations.model import Rule
from pipeline import schema
from pipeline.store.duckdb_file import built_tables
from pipeline.store.sql import quoted

FINDINGS = "findings"
"""The suite of the rules: one expectation a rule, that it finds nothing. It describes the reports and blocks nothing."""
CRITICAL = "critical"
"""Severity of our invariants: what breaks one is not published."""
REMARK = "info"
_SEVERITY = {"error": "warning", "warning": "warning", "info": REMARK}
"""Severity of Great Expectations for a rule's own: none of them is ours to answer for, so none is critical."""


def planned(documents_in: int) -> Iterator[tuple[str, str, list[Any]]]:
    """(suite, table, expectations) for every table of the dataset. `documents_in`: how many documents are listed."""
    for table in built_tables():
        for suite in (*SUITES, FINDINGS):
            if expectations := _expectations(suite, table, documents_in):
                yield suite, table.table, expectations


def _expectations(suite: str, table: schema.Table, documents_in: int) -> list[Any]:
    import great_expectations.expectations as gxe

    def ours(name: str) -> dict[str, Any]:
        return {"severity": CRITICAL, "meta": {"suite": suite, "table": table.table, "name": name}}

    if suite == FINDINGS:
        return [_rule(r) for r in catalogue() if table.table == "flags"]
    out: list[Any] = []
    if suite == "schema_exact":
        out += _schema(table, ours)
    if suite == "nothing_lost" and table.table == "documents":
        out.append(gxe.ExpectTableRowCountToEqual(value=documents_in, **ours("documents in = documents out")))
    out += [
        gxe.UnexpectedRowsExpectation(unexpected_rows_query=i.broken_by, **ours(i.name))
        for i in invariants()
        if i.suite == suite and i.table == table.table
    ]
    return out


def _schema(table: schema.Table, ours: Any) -> list[Any]:
    """Columns and their types in order, the key, what may not be null, and the code lists."""
    import great_expectations.expectations as gxe

    out: list[Any] = [
        gxe.ExpectTableColumnsToMatchOrderedList(
            column_list=[c.column for c in table.columns], **ours("columns in order")
        )
    ]
    # Not `ExpectColumnValuesToBeOfType`: SQLAlchemy reports FLOAT for a DOUBLE, and no digits of a decimal.
    types = ", ".join(f"({quoted(c.column)}, {quoted(c.sql_type)})" for c in table.columns)
    wrong = f"SELECT * FROM (DESCRIBE SELECT * FROM {{batch}}) WHERE (column_name, column_type) NOT IN ({types})"
    out.append(gxe.UnexpectedRowsExpectation(unexpected_rows_query=wrong, **ours("columns have their types")))
    key = f"key {', '.join(table.key)} is unique"
    if len(table.key) == 1:
        out.append(gxe.ExpectColumnValuesToBeUnique(column=table.key[0], **ours(key)))
    else:
        out.append(gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), **ours(key)))
    for c in table.columns:
        if not c.nullable:
            out.append(gxe.ExpectColumnValuesToNotBeNull(column=c.column, **ours(f"{c.column} is given")))
        if c.codelist:
            codes, name = list(schema.codelist(c.codelist)), f"{c.column} is in {c.codelist}"
            out.append(gxe.ExpectColumnValuesToBeInSet(column=c.column, value_set=codes, **ours(name)))
    return out


def _rule(rule: Rule) -> Any:
    import great_expectations.expectations as gxe

    return gxe.UnexpectedRowsExpectation(
        unexpected_rows_query=f"SELECT flag_id FROM {{batch}} WHERE rule_code = {quoted(rule.code)}",
        severity=_SEVERITY[rule.severity],
        meta={"suite": FINDINGS, "table": "flags", "name": rule.code},
    )
