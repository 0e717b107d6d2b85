"""Computes the table `flags`: every active rule's SQL over the staged tables, messages filled in, in DuckDB."""

from __future__ import annotations

from contextlib import suppress

import duckdb
import polars as pl

from expectations.catalogue import catalogue, rules_frame
from expectations.fragments import NUMBER
from expectations.model import Rule
from pipeline import form, schema
from pipeline.store.files import stage
from pipeline.store.ids import FLAG_ID_SQL
from pipeline.store.layout import Layout
from pipeline.store.rows import FINDINGS
from pipeline.store.sql import over_staged, quoted

READS = ("documents", "reports", "sections", "cells", "date_mentions", FINDINGS)
"""Staged tables that rules may read."""


class UnknownRule(Exception):
    """A reading stage reported a finding that the catalogue does not know: a defect of ours."""


def stage_rules(layout: Layout) -> pl.DataFrame:
    """Stages the table `rules`."""
    return stage(layout.staged_table("rules"), "rules", rules_frame())


def stage_flags(layout: Layout) -> pl.DataFrame:
    """Stages the table `flags`. Raises UnknownRule."""
    beside = layout.staged_table("flags").with_suffix(".computed")
    with over_staged(layout, READS) as connection:
        prepare(connection)
        connection.execute(f"COPY ({flags_sql(catalogue())}) TO {quoted(str(beside))} (FORMAT parquet)")
    try:
        return stage(layout.staged_table("flags"), "flags", pl.read_parquet(beside, glob=False))
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds what rules join with: `numbers` (cells as identities see them), `sides` and `sums` of identities, labels.

    In identities M counts as 0, K is counted elsewhere, a blank is an unknown number that is not negative.
    """
    rows = [
        (i.identity_code, i.table_code, i.axis, i.rule_code, side, code)
        for i in form.identities()
        for side, codes in (("left", i.left), ("right", i.right))
        for code in codes
    ]
    connection.execute(
        "CREATE TABLE sides (identity_code VARCHAR, table_code VARCHAR, axis VARCHAR, rule_code VARCHAR,"
        " side VARCHAR, code VARCHAR)"
    )
    connection.executemany("INSERT INTO sides VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute(_SUMS)
    connection.execute(
        "CREATE TABLE labels (kind VARCHAR, table_code VARCHAR, code VARCHAR, zh VARCHAR, en VARCHAR, ordinal INTEGER)"
    )
    connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?)", _labels())
    known = ", ".join(quoted(r.code) for r in catalogue())
    unknown = connection.execute(
        f"SELECT DISTINCT rule_code FROM {FINDINGS} WHERE rule_code NOT IN ({known}) ORDER BY 1"
    ).fetchall()
    if unknown:
        raise UnknownRule(f"findings of rules that the catalogue does not know: {[u[0] for u in unknown]}")


# One row per identity at one row or column of one report: what each side is known to hold, and what is unknown in it.
# `place` is the row of a row identity, the column of a column identity.
_SUMS = """
CREATE MACRO counted(l, what) AS coalesce(try_cast(regexp_extract(l, what || ' (\\d+)', 1) AS BIGINT), 0);
CREATE MACRO place(l) AS {
    'page': counted(l, 'page'), 'table': counted(l, 'table'), 'row': counted(l, 'row'), 'column': counted(l, 'column'),
    'line': counted(l, 'line'), 'at': counted(l, 'characters'), 'l': l};
CREATE VIEW numbers AS
SELECT *, @number AS number FROM cells;
CREATE VIEW sums AS
SELECT n.report_id, s.identity_code, s.rule_code, s.table_code, s.axis,
       CASE s.axis WHEN 'row' THEN n.row_code ELSE n.column_code END AS place,
       coalesce(sum(number) FILTER (side = 'left'), 0) AS left_known,
       coalesce(sum(number) FILTER (side = 'right'), 0) AS right_known,
       count(*) FILTER (side = 'left' AND number IS NULL) AS left_unknown,
       count(*) FILTER (side = 'right' AND number IS NULL) AS right_unknown,
       arg_min(locator, place(locator)) FILTER (number IS NOT NULL) AS locator
FROM sides s
JOIN numbers n
  ON n.table_code = s.table_code AND s.code = CASE s.axis WHEN 'row' THEN n.column_code ELSE n.row_code END
GROUP BY ALL
HAVING count(*) FILTER (side = 'left') > 0 AND count(*) FILTER (side = 'right') > 0;
CREATE VIEW broken AS
SELECT * FROM sums
WHERE (right_unknown = 0 AND left_known > right_known) OR (left_unknown = 0 AND right_known > left_known);
CREATE MACRO plain(x) AS regexp_replace(regexp_replace(x::VARCHAR, '(\\.\\d*?)0+$', '\\1'), '\\.$', '');
CREATE VIEW first_places AS
SELECT report_id, table_code, row_code, arg_min(locator, place(locator)) AS locator
FROM cells WHERE locator IS NOT NULL GROUP BY GROUPING SETS ((report_id, table_code, row_code), (report_id, table_code));
""".replace("@number", NUMBER)


_MOST_ROWS = 6
_WORDS = {
    "zh": ("至少", "；", "'；等共' || len(labels) || '行'"),
    "en": ("at least ", "; ", f"'; and ' || (len(labels) - {_MOST_ROWS}) || ' more'"),
}
"""What stands before a lower bound, between labels, and behind the first of many."""


def _labels() -> list[tuple[str, str, str, str, str, int]]:
    """Labels of tables, rows and columns, by table: those of the later form where the forms differ."""
    out: dict[tuple[str, str, str], tuple[str, str]] = {}
    for r in schema.codes_rows():
        if r["codelist"] == "table":
            out["table", r["code"], r["code"]] = (r["label_zh"], r["label_en"])
        elif r["codelist"] in ("row", "column"):
            out[r["codelist"], r["table_code"], r["code"]] = (r["label_zh"], r["label_en"])
    return [(*key, *labels, n) for n, (key, labels) in enumerate(out.items())]


def findings_sql(rule: Rule) -> str:
    """What a rule finds: its own SQL, or what the reading stages noticed under its code."""
    return rule.sql or (
        "SELECT report_id, table_code, row_code, column_code, observed, expected, locator "
        f"FROM {FINDINGS} WHERE rule_code = {quoted(rule.code)}"
    )


def flags_sql(rules: tuple[Rule, ...]) -> str:
    """All rules' findings as rows of `flags`, one per rule and place: what is seen twice in one place is one finding."""
    found = "\nUNION ALL\n".join(
        f"SELECT {quoted(r.code)} AS rule_code, {quoted(r.severity)} AS severity, {quoted(r.message_zh)} AS zh, "
        f"{quoted(r.message_en)} AS en, * FROM (SELECT report_id, table_code, row_code, column_code, "
        f"observed::VARCHAR AS observed, expected::VARCHAR AS expected, locator, bound "
        f"FROM ({findings_sql(r)} UNION ALL BY NAME SELECT NULL::VARCHAR AS bound WHERE false))"
        for r in rules
        if r.status != "retired"
    )
    return f"""
WITH found AS ({found}),
placed AS (
    SELECT f.* REPLACE (coalesce(f.locator, r.locator, t.locator, s.locator) AS locator)
    FROM found f
    LEFT JOIN first_places r ON (r.report_id, r.table_code, r.row_code) = (f.report_id, f.table_code, f.row_code)
    LEFT JOIN first_places t ON (t.report_id, t.table_code) = (f.report_id, f.table_code) AND t.row_code IS NULL
    LEFT JOIN sections s ON (s.report_id, s.section_code) = (f.report_id, f.table_code)
),
named AS (SELECT {FLAG_ID_SQL} AS flag_id, * FROM placed),
single AS (
    SELECT flag_id, report_id, rule_code, severity, table_code, row_code, column_code, zh, en,
           string_agg(DISTINCT observed, '; ' ORDER BY observed) AS observed,
           string_agg(DISTINCT expected, '; ' ORDER BY expected) AS expected,
           arg_min(locator, place(locator)) AS locator, max(bound) AS bound
    FROM named GROUP BY ALL
)
SELECT f.* EXCLUDE (zh, en, bound),
       {_filled("zh")} AS message_zh, {_filled("en")} AS message_en
FROM single f
LEFT JOIN labels t ON t.kind = 'table' AND t.table_code = f.table_code
LEFT JOIN labels r ON r.kind = 'row' AND r.table_code = f.table_code AND r.code = f.row_code
LEFT JOIN labels c ON c.kind = 'column' AND c.table_code = f.table_code AND c.code = f.column_code"""


def _filled(language: str) -> str:
    at_least, comma, more = _WORDS[language]
    listed = f"""(
        SELECT array_to_string(list_slice(labels, 1, {_MOST_ROWS}), '{comma}')
               || CASE WHEN len(labels) > {_MOST_ROWS} THEN {more} ELSE '' END
        FROM (SELECT list(coalesce(l.{language}, o.code) ORDER BY l.ordinal) AS labels
              FROM (SELECT unnest(string_split(f.observed, ', ')) AS code) o
              LEFT JOIN labels l ON l.kind = 'row' AND l.table_code = f.table_code AND l.code = o.code))"""
    text = f"f.{language}"
    for name, value in (
        ("table", f"coalesce(t.{language}, f.table_code, '')"),
        ("row", f"coalesce(r.{language}, f.row_code, '')"),
        ("column", f"coalesce(c.{language}, f.column_code, '')"),
        (
            "observed_rows",
            f"CASE WHEN contains(f.{language}, '{{observed_rows}}') THEN coalesce({listed}, '') ELSE '' END",
        ),
        ("observed_at_least", f"CASE f.bound WHEN 'observed' THEN {quoted(at_least)} ELSE '' END"),
        ("expected_at_least", f"CASE f.bound WHEN 'expected' THEN {quoted(at_least)} ELSE '' END"),
        ("observed", "coalesce(f.observed, '')"),
        ("expected", "coalesce(f.expected, '')"),
    ):
        text = f"replace({text}, '{{{name}}}', {value})"
    return text
