"""What rules join with: helper relations and macros over the staged tables, set up once for all rules."""

from __future__ import annotations

import duckdb

from expectations.fragments import AMOUNT_COLUMNS, NUMBER, base, one_of
from pipeline import form, schema
from pipeline.issuers.places import NAMES_A_PLACE
from pipeline.store.sql import quoted


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds `numbers` (cells as identities see them), `sides`, `terms` and `broken` of identities, `certain` cells,
    `labels`, and of the reports that form a series `yearly` and `successive`.

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
    connection.execute(_OF_CELLS)
    connection.execute(_OF_REPORTS)
    connection.execute(
        "CREATE TABLE labels (kind VARCHAR, table_code VARCHAR, code VARCHAR, zh VARCHAR, en VARCHAR, ordinal INTEGER)"
    )
    connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?, ?)", _labels())


def _labels() -> list[tuple[str, str, str, str, str, int]]:
    """Labels of tables, sections, rows and columns: those of the later form where the forms differ."""
    out: dict[tuple[str, str, str], tuple[str, str]] = {}
    for r in schema.codes_rows():
        if r["codelist"] in ("table", "section"):
            out[r["codelist"], r["code"], r["code"]] = (r["label_zh"], r["label_en"])
        elif r["codelist"] in ("row", "column"):
            out[r["codelist"], r["table_code"], r["code"]] = (r["label_zh"], r["label_en"])
    return [(*key, *labels, n) for n, (key, labels) in enumerate(out.items())]


# One row of `broken` per identity that fails at one row or column of one report: what each side is known to hold, and
# what is unknown in it; `terms` are the cells of its sides. `place` is the row of a row identity, the column of a column
# identity; `is_doubtful` where one of its numbers may stand elsewhere or be misread. `certain` are the numbers that no rule
# need doubt: printed in a certain cell, or deduced; `kind` says whether the cell counts something or is an amount.
# DuckDB guesses badly how many rows stay in joins of cells with cells: what is joined by report first is materialized.
_OF_CELLS = f"""
CREATE MACRO counted(l, what) AS coalesce(try_cast(regexp_extract(l, what || ' (\\d+)', 1) AS BIGINT), 0);
CREATE MACRO place(l) AS {{
    'page': counted(l, 'page'), 'table': counted(l, 'table'), 'row': counted(l, 'row'), 'column': counted(l, 'column'),
    'line': counted(l, 'line'), 'at': counted(l, 'characters'), 'l': l}};
CREATE MACRO plain(x) AS regexp_replace(regexp_replace(x::VARCHAR, '(\\.\\d*?)0+$', '\\1'), '\\.$', '');
CREATE VIEW numbers AS
SELECT *, {NUMBER} AS number FROM cells;
CREATE VIEW certain AS
SELECT *, CASE WHEN column_code IN ({one_of(AMOUNT_COLUMNS)}) THEN 'yuan' ELSE 'count' END AS kind,
       {base("unit")} AS printed_kind
FROM cells WHERE obs_status IN ('A', 'I');
CREATE VIEW terms AS
SELECT n.report_id, s.identity_code, s.rule_code, s.table_code, s.axis,
       CASE s.axis WHEN 'row' THEN n.row_code ELSE n.column_code END AS place,
       side, number, n.locator, obs_status
FROM sides s
JOIN numbers n
  ON n.table_code = s.table_code AND s.code = CASE s.axis WHEN 'row' THEN n.column_code ELSE n.row_code END;
CREATE TABLE broken AS
WITH unequal AS MATERIALIZED (
    SELECT report_id, identity_code, rule_code, table_code, axis, place,
           coalesce(sum(number) FILTER (side = 'left'), 0) AS left_known,
           coalesce(sum(number) FILTER (side = 'right'), 0) AS right_known,
           count(*) FILTER (side = 'left' AND number IS NULL) AS left_unknown,
           count(*) FILTER (side = 'right' AND number IS NULL) AS right_unknown,
           bool_or(obs_status = 'U') AS is_doubtful
    FROM terms
    GROUP BY ALL
    HAVING count(*) FILTER (side = 'left') > 0 AND count(*) FILTER (side = 'right') > 0
       AND ((right_unknown = 0 AND left_known > right_known) OR (left_unknown = 0 AND right_known > left_known))
),
first_terms AS (
    SELECT report_id, identity_code, place, arg_min(locator, place(locator)) AS locator
    FROM terms SEMI JOIN unequal USING (report_id, identity_code, place)
    WHERE number IS NOT NULL
    GROUP BY ALL
)
SELECT * FROM unequal LEFT JOIN first_terms USING (report_id, identity_code, place);
"""

# `organ_reports` are those whose organ is one organ's: a name that does not say where (太平镇人民政府, 县教育局) and that
# nothing places is borne by many. `yearly`: the only report of its organ for its year. `successive`: with the organ's
# only report for the year before.
_OF_REPORTS = f"""
CREATE TABLE organ_reports AS
SELECT report_id, issuer_id, report_year, source_path, title, division_code, issuer_kind,
       count(*) OVER (PARTITION BY issuer_id, report_year) AS reports_of_year
FROM reports
WHERE issuer_id IS NOT NULL AND report_year IS NOT NULL
  AND (division_code IS NOT NULL OR regexp_matches(issuer, {quoted(NAMES_A_PLACE)}));
CREATE TABLE yearly AS SELECT * EXCLUDE (reports_of_year) FROM organ_reports WHERE reports_of_year = 1;
CREATE TABLE successive AS
SELECT later.report_id, later.issuer_id, later.report_year, earlier.report_id AS earlier_id,
       earlier.report_year AS other_year, earlier.source_path AS other
FROM yearly later
JOIN yearly earlier ON earlier.issuer_id = later.issuer_id AND earlier.report_year = later.report_year - 1;
"""
