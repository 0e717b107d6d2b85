"""How the reports of two releases differ: which came, went, moved and are lost, and which numbers of theirs changed."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.release.changes.model import CHANGED, ChangedNumber, LostReport, Reports
from pipeline.store.compare_tables import NEW, OLD, TablePair, name
from pipeline.store.sql import quoted

NUMBERS = ("value", "value_corrected")
"""Columns of `cells` whose changes are told one by one."""
_MOST = 12
"""So many reports and numbers are named; how many there are more is told."""


def reports(connection: duckdb.DuckDBPyConnection, pairs: Mapping[str, TablePair]) -> Reports:
    """Counts, and the first of those that are lost by organ, year and path. What moved must be followed (`moves`)."""
    has = {*pairs["reports"].columns, *pairs["reports"].key}

    def new(column: str) -> str:
        """Values of a column that no report of the release before has."""
        if column not in has:
            return "SELECT NULL WHERE false"
        c = name(column)
        return (
            f"SELECT DISTINCT {c} FROM {NEW}.reports WHERE {c} IS NOT NULL "
            f"AND {c} NOT IN (SELECT {c} FROM {OLD}.reports WHERE {c} IS NOT NULL)"
        )

    same = " AND ".join(f"n.{c} = o.{c}" for c in ("issuer_id", "report_year") if c in has) or "false"
    # A report that is still there under its identity is no loss, whatever it says of its organ now.
    lost = f"""FROM {OLD}.reports o WHERE report_id NOT IN (SELECT report_id FROM {NEW}.reports)
        AND NOT EXISTS (SELECT 1 FROM {NEW}.reports n WHERE {same})"""
    row = connection.execute(
        f"""SELECT (SELECT count(*) FROM {OLD}.reports), (SELECT count(*) FROM {NEW}.reports),
        (SELECT count(*) FROM {NEW}.reports WHERE report_id NOT IN (SELECT report_id FROM {OLD}.reports)),
        (SELECT count(*) FROM {OLD}.reports WHERE report_id NOT IN (SELECT report_id FROM {NEW}.reports)),
        (SELECT count(*) FROM moved_reports), (SELECT count(*) {lost}),
        (SELECT count(*) FROM ({new("issuer_id")})), (SELECT count(*) FROM ({new("division_code")}))"""
    ).fetchone()
    assert row is not None
    years = tuple(int(r[0]) for r in connection.execute(f"{new('report_year')} ORDER BY 1").fetchall())
    total_old, total_new, added, removed, moved, gone, issuers, divisions = row
    return Reports(
        total_old, total_new, added, removed, gone, years, issuers, divisions, moved, _named(connection, lost, has)
    )


def _named(connection: duckdb.DuckDBPyConnection, lost: str, has: set[str]) -> tuple[LostReport, ...]:
    """The first of the reports that are lost, with where they stood and what became of their documents."""
    organ, year = (f"o.{c}" if c in has else "NULL" for c in ("issuer", "report_year"))
    found = connection.execute(
        f"""WITH lost AS (SELECT o.document_id, {organ} AS organ, {year} AS year {lost})
        SELECT coalesce(organ, ''), year, coalesce(m.old_path, d.source_path, ''),
            coalesce(CASE WHEN m.old_path IS NULL THEN d.member ELSE m.old_member END, ''), coalesce(n.outcome, '')
        FROM lost LEFT JOIN {OLD}.documents d ON d.document_id = lost.document_id
        LEFT JOIN moved_documents m ON m.new_path = d.source_path AND m.new_member IS NOT DISTINCT FROM d.member
        LEFT JOIN {NEW}.documents n ON n.source_path = d.source_path AND n.member IS NOT DISTINCT FROM d.member
        ORDER BY ALL LIMIT {_MOST}"""
    ).fetchall()
    return tuple(LostReport(*row) for row in found)


def numbers(connection: duckdb.DuckDBPyConnection, pairs: Mapping[str, TablePair]) -> tuple[ChangedNumber, ...]:
    """The first numbers that changed, of the rows that differ (`rows`)."""
    has = {*pairs["reports"].columns, *pairs["reports"].key}
    organ, year = (f"r.{c}" if c in has else "NULL" for c in ("issuer", "report_year"))
    cell = ", ".join(f"row_key ->> {quoted(c)}" for c in ("table_code", "row_code", "column_code"))
    found = connection.execute(
        f"""SELECT coalesce({organ}, ''), {year}, concat_ws('/', {cell}) AS cell, coalesce(value_old, ''),
            coalesce(value_new, ''), d.reason
        FROM differing d LEFT JOIN {NEW}.reports r ON r.report_id = d.report_id
        WHERE table_name = 'cells' AND change = {quoted(CHANGED)} AND column_name IN ({", ".join(map(quoted, NUMBERS))})
        ORDER BY 1, 2, 3, column_no, d.report_id LIMIT {_MOST}"""
    ).fetchall()
    return tuple(ChangedNumber(*row) for row in found)
