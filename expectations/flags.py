"""Computes the table `flags`: every active rule's SQL over the staged tables, messages filled in, in DuckDB."""

from __future__ import annotations

import re

import duckdb

from expectations.catalogue import catalogue, rules_frame
from expectations.model import ERROR, RETIRED, WARNING, Rule
from expectations.relations import prepare
from pipeline.store.bounded import over_staged
from pipeline.store.files import stage
from pipeline.store.ids import FLAG_ID_SQL
from pipeline.store.layout import Layout
from pipeline.store.rows import FINDINGS
from pipeline.store.sql import quoted
from pipeline.store.streamed import stage_query

READS = (
    "documents",
    "reports",
    "sections",
    "cells",
    "repairs",
    "date_mentions",
    "claims",
    "reuse_pairs",
    "reuse",
    FINDINGS,
)
"""Staged tables that rules may read."""


class UnknownRule(Exception):
    """A reading stage reported a finding that the catalogue does not know: a defect of ours."""


def stage_rules(layout: Layout) -> None:
    """Stages the table `rules`."""
    stage(layout.staged_table("rules"), "rules", rules_frame())


def stage_flags(layout: Layout, rules: tuple[Rule, ...] | None = None) -> None:
    """Stages the table `flags`: what these rules find (those of the catalogue), retired ones left out. Raises UnknownRule.

    Rule by rule: all of them at once, over 2·10⁷ cells, would not fit in the memory that DuckDB may take.
    """
    rules = catalogue() if rules is None else rules
    with over_staged(layout, READS) as connection:
        prepare(connection)
        _refuse_unknown(connection)
        connection.execute(f"CREATE TABLE found ({', '.join(f'{c} {t}' for c, t in _FOUND.items())})")
        for rule in rules:
            if rule.status != RETIRED:
                connection.execute(f"INSERT INTO found {_found_sql(rule)}")
        connection.execute(_FIRST_PLACES)
        stage_query(connection, "flags", flags_sql(rules), layout.staged_table("flags"))


def _refuse_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    known = ", ".join(quoted(r.code) for r in catalogue())
    unknown = connection.execute(
        f"SELECT DISTINCT rule_code FROM {FINDINGS} WHERE rule_code NOT IN ({known}) ORDER BY 1"
    ).fetchall()
    if unknown:
        raise UnknownRule(f"findings of rules that the catalogue does not know: {[u[0] for u in unknown]}")


_MOST_ROWS = 6
_WORDS = {
    "zh": ("至少", "；", "'；等共' || len(labels) || '行'"),
    "en": ("at least ", "; ", f"'; and ' || (len(labels) - {_MOST_ROWS}) || ' more'"),
}
"""What stands before a lower bound, between labels, and behind the first of many."""

_SEVERAL = {"zh": "各列", "en": "several columns"}
"""What stands in a message for a column where a finding is about a whole row."""

_DOUBT = {
    "zh": "其中有存疑的数字（状态 U），或系读法所致。",
    "en": " Numbers read with doubt (status U) are among them: the reading may be at fault.",
}
"""What is said of a finding that rests on doubtful numbers. It is a warning even where its rule finds errors."""


def findings_sql(rule: Rule) -> str:
    """What a rule finds: its own SQL, or what the reading stages noticed under its code."""
    return rule.sql or (
        "SELECT report_id, table_code, row_code, column_code, observed, expected, locator "
        f"FROM {FINDINGS} WHERE rule_code = {quoted(rule.code)}"
    )


_OPTIONAL = {
    "bound": "VARCHAR",
    "section_code": "VARCHAR",
    "other_year": "VARCHAR",
    "other": "VARCHAR",
    "is_doubtful": "BOOLEAN",
}
"""Columns that a rule's SQL may leave out."""


_FOUND = {
    "rule_code": "VARCHAR",
    "severity": "VARCHAR",
    **dict.fromkeys(
        ("report_id", "table_code", "row_code", "column_code", "observed", "expected", "locator"), "VARCHAR"
    ),
    **_OPTIONAL,
}
"""Columns of what the rules found."""
_FIRST_PLACES = """
CREATE TABLE lost AS SELECT DISTINCT report_id FROM found WHERE locator IS NULL;
CREATE TABLE places AS
SELECT report_id, table_code, row_code, arg_min(locator, place(locator)) AS locator
FROM (SELECT * FROM cells SEMI JOIN lost USING (report_id)) WHERE locator IS NOT NULL
GROUP BY GROUPING SETS ((report_id, table_code, row_code), (report_id, table_code))"""
"""Where each row and each table of the reports begins for which a rule names no place: its first cell there."""


def _found_sql(rule: Rule) -> str:
    """What a rule finds, in the columns of `found`."""
    nothing = ", ".join(f"NULL::{t} AS {c}" for c, t in _OPTIONAL.items())
    given = ", ".join(f"{c}::{t} AS {c}" for c, t in _OPTIONAL.items())
    return (
        f"SELECT {quoted(rule.code)} AS rule_code, {quoted(rule.severity)} AS severity, report_id, table_code, row_code, "
        f"column_code, observed::VARCHAR AS observed, expected::VARCHAR AS expected, locator, {given} "
        f"FROM ({findings_sql(rule)} UNION ALL BY NAME SELECT {nothing} WHERE false)"
    )


def flags_sql(rules: tuple[Rule, ...]) -> str:
    """The findings of `found` as rows of `flags`, one per rule and place: what is seen twice in one place is one finding."""
    return f"""
WITH placed AS (
    SELECT f.* REPLACE (coalesce(f.locator, r.locator, t.locator, s.locator) AS locator)
    FROM found f
    LEFT JOIN places r ON r.report_id = f.report_id AND r.table_code = f.table_code AND r.row_code = f.row_code
    LEFT JOIN places t ON t.report_id = f.report_id AND t.table_code = f.table_code AND t.row_code IS NULL
    LEFT JOIN sections s ON s.report_id = f.report_id AND s.section_code = f.table_code
),
named AS (SELECT {FLAG_ID_SQL} AS flag_id, * FROM placed),
single AS (
    SELECT flag_id, report_id, rule_code, severity, table_code, row_code, column_code,
           string_agg(DISTINCT observed, '; ' ORDER BY observed) AS observed,
           string_agg(DISTINCT expected, '; ' ORDER BY expected) AS expected,
           arg_min(locator, place(locator)) AS locator, max(bound) AS bound, min(section_code) AS section_code,
           string_agg(DISTINCT other_year, ', ' ORDER BY other_year) AS other_year,
           string_agg(DISTINCT other, ', ' ORDER BY other) AS other, coalesce(bool_and(is_doubtful), false) AS is_doubtful
    FROM named GROUP BY ALL
)
SELECT f.* EXCLUDE ({", ".join(_OPTIONAL)})
           REPLACE (CASE WHEN is_doubtful AND severity = {quoted(ERROR)} THEN {quoted(WARNING)} ELSE severity END AS severity),
       {_filled(rules, "zh")} AS message_zh, {_filled(rules, "en")} AS message_en
FROM single f
LEFT JOIN labels t ON t.kind = 'table' AND t.table_code = f.table_code
LEFT JOIN labels s ON s.kind = 'section' AND s.code = f.section_code
LEFT JOIN labels r ON r.kind = 'row' AND r.table_code = f.table_code AND r.code = f.row_code
LEFT JOIN labels c ON c.kind = 'column' AND c.table_code = f.table_code AND c.code = f.column_code"""


def _listed(codes: str, kind: str, language: str) -> str:
    """The labels of codes in a list, the first of them where there are many."""
    _, comma, more = _WORDS[language]
    return f"""coalesce((
        SELECT array_to_string(list_slice(labels, 1, {_MOST_ROWS}), '{comma}')
               || CASE WHEN len(labels) > {_MOST_ROWS} THEN {more} ELSE '' END
        FROM (SELECT list(coalesce(l.{language}, o.code) ORDER BY l.ordinal) AS labels
              FROM (SELECT unnest(string_split({codes}, ', ')) AS code) o
              LEFT JOIN labels l ON l.kind = '{kind}' AND l.code = o.code
                   AND ('{kind}' <> 'row' OR l.table_code = f.table_code))), '')"""


def _filled(rules: tuple[Rule, ...], language: str) -> str:
    """The message of each rule, put together in one pass: what a document says is never taken for a placeholder."""
    values = _values(language)
    whens = []
    for r in rules:
        template = r.message_zh if language == "zh" else r.message_en
        parts = [values[p] if n % 2 else quoted(p) for n, p in enumerate(_PLACEHOLDER.split(template)) if p]
        whens.append(f"WHEN {quoted(r.code)} THEN concat({', '.join(parts)})")
    doubt = f"CASE WHEN f.is_doubtful THEN {quoted(_DOUBT[language])} ELSE '' END"
    return f"CASE f.rule_code {' '.join(whens)} END || {doubt}"


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _values(language: str) -> dict[str, str]:
    at_least, several = _WORDS[language][0], _SEVERAL[language]
    return {
        "table": f"coalesce(t.{language}, f.table_code, '')",
        "row": f"coalesce(r.{language}, f.row_code, {quoted(several)})",
        "column": f"coalesce(c.{language}, f.column_code, {quoted(several)})",
        "section": f"coalesce(s.{language}, f.section_code, '')",
        "observed_rows": _listed("f.observed", "row", language),
        "expected_sections": _listed("f.expected", "section", language),
        "observed_at_least": f"CASE f.bound WHEN 'observed' THEN {quoted(at_least)} ELSE '' END",
        "expected_at_least": f"CASE f.bound WHEN 'expected' THEN {quoted(at_least)} ELSE '' END",
        "observed": "f.observed",
        "expected": "f.expected",
        "other_year": "f.other_year",
        "other": "f.other",
    }
