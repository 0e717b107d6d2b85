"""Documents whose bytes stand elsewhere now: they are compared with themselves, not taken for one that went and one that came.

A report is identified by where it comes from. A folder that was renamed gives all reports in it other identities, and all
their rows other keys: held against each other as they are, every row would be gone and come again, and a number that is
read otherwise could not be seen among them.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.release.changes.model import CHANGED
from pipeline.release.declared import Declared
from pipeline.store.compare_tables import NEW, OLD, TablePair, name
from pipeline.store.ids import FLAG_ID_SQL
from pipeline.store.sql import quoted

MOVED = "moved"
_HASHED_IN_FLAG = frozenset(("flag_id", "report_id", "rule_code", "table_code", "row_code", "column_code", "locator"))
AT_PLACE = "x.source_path = {a}.source_path AND x.member IS NOT DISTINCT FROM {a}.member"
"""SQL: document `x` stands where document `{a}` does."""


def find(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables `moved_documents` (old and new place) and `moved_reports` (old and new identity).

    Of several with the same bytes that went and that came, the first is taken for the first, by path. A document whose
    bytes stayed shut is not known to be the same as any.
    """
    place = "d.content_sha256 AS bytes, d.source_path, d.member"
    first = "row_number() OVER (PARTITION BY d.content_sha256 ORDER BY d.source_path, d.member NULLS FIRST{more}) AS n"

    def documents(side: str, other: str) -> str:
        """Documents at places where the other release has none."""
        at = AT_PLACE.format(a="d")
        return (
            f"SELECT {place}, {first.format(more='')} FROM {side}.documents d WHERE d.content_sha256 IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {other}.documents x WHERE {at})"
        )

    def reports(side: str, other: str) -> str:
        return (
            f"SELECT {place}, r.report_id, {first.format(more=', r.report_id')} FROM {side}.reports r "
            f"JOIN {side}.documents d ON d.document_id = r.document_id WHERE d.content_sha256 IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {other}.reports x WHERE x.report_id = r.report_id)"
        )

    connection.execute(
        f"""CREATE TABLE moved_documents AS
        SELECT o.source_path AS old_path, o.member AS old_member, n.source_path AS new_path, n.member AS new_member
        FROM ({documents(OLD, NEW)}) o JOIN ({documents(NEW, OLD)}) n USING (bytes, n)"""
    )
    connection.execute(
        f"""CREATE TABLE moved_reports AS SELECT o.report_id AS old_id, n.report_id AS new_id
        FROM ({reports(OLD, NEW)}) o JOIN ({reports(NEW, OLD)}) n USING (bytes, n)"""
    )


def follow(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Declared],
    types: Mapping[str, Mapping[str, str]],
) -> None:
    """Gives the rows of the old release the places and identities that what moved has now.

    `tables` say which columns refer to reports, `types` which columns the old release has. Its views of `OLD` are replaced.
    """
    documents, reports = (_has_rows(connection, f"moved_{t}") for t in ("documents", "reports"))
    for table, columns in types.items():
        replaced: dict[str, str] = {}
        joins = []
        if documents and table == "documents":
            joins.append(
                "LEFT JOIN moved_documents p ON p.old_path = t.source_path AND p.old_member IS NOT DISTINCT FROM t.member"
            )
            replaced["source_path"] = "coalesce(p.new_path, t.source_path)"
            replaced["member"] = "CASE WHEN p.new_path IS NULL THEN t.member ELSE p.new_member END"
        for number, column in enumerate(_of_reports(table, tables.get(table), columns) if reports else ()):
            joins.append(f"LEFT JOIN moved_reports r{number} ON r{number}.old_id = t.{name(column)}")
            replaced[column] = f"coalesce(r{number}.new_id, t.{name(column)})"
        if replaced:
            _replace(connection, table, joins, replaced)
            if table == "flags" and columns.keys() >= _HASHED_IN_FLAG:
                identity = (
                    f"CASE WHEN t.report_id IN (SELECT new_id FROM moved_reports) THEN {FLAG_ID_SQL} ELSE t.flag_id END"
                )
                _replace(connection, table, [], {"flag_id": identity})


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def _of_reports(table: str, declared: Declared | None, columns: Mapping[str, str]) -> list[str]:
    """Columns of a table that hold a report's identity."""
    references = declared.references if declared else ()
    named = {r.columns[0] for r in references if (r.table, r.target) == ("reports", ("report_id",))}
    return [c for c in columns if c == "report_id" or c in named]


def _replace(connection: duckdb.DuckDBPyConnection, table: str, joins: list[str], replaced: Mapping[str, str]) -> None:
    """Puts a view of the same name, with some columns replaced, before one that is there."""
    number = connection.execute(
        "SELECT count(*) FROM duckdb_views() WHERE schema_name = ? AND starts_with(view_name, ?)", [OLD, f"{table} "]
    ).fetchone()
    assert number is not None
    before = name(f"{table} {number[0]}")  # no table of a release has a blank in its name
    connection.execute(f"ALTER VIEW {OLD}.{name(table)} RENAME TO {before}")
    columns = ", ".join(f"{expression} AS {name(c)}" for c, expression in replaced.items())
    connection.execute(
        f"CREATE VIEW {OLD}.{name(table)} AS SELECT t.* REPLACE ({columns}) FROM {OLD}.{before} t {' '.join(joins)}"
    )


def collect(connection: duckdb.DuckDBPyConnection, number: int, pair: TablePair) -> None:
    """Adds to the rows that differ those of `documents` and `reports` whose key is another one now."""
    told = {
        "documents": (("source_path", "old_path", "new_path"), ("member", "old_member", "new_member")),
        "reports": (("report_id", "old_id", "new_id"),),
    }.get(pair.table, ())
    if set(pair.key) != {column for column, _, _ in told}:
        return
    key = ", ".join(f"{quoted(column)}: {new}" for column, _, new in told)
    at = "d.source_path = new_path AND d.member IS NOT DISTINCT FROM new_member"
    report, document = ("new_id" if pair.table == "reports" else "NULL"), ""
    if pair.table == "documents" and "report_id" in pair.columns:
        report, document = "d.report_id", f"LEFT JOIN {NEW}.documents d ON {at}"
    for place, (column, old, new) in enumerate(told, -len(told)):
        connection.execute(
            f"""INSERT INTO differing SELECT {number}, {quoted(pair.table)}, to_json({{{key}}})::VARCHAR, {report},
            {quoted(CHANGED)}, {place}, {quoted(column)}, {old}, {new}, {quoted(MOVED)}
            FROM moved_{pair.table} {document} WHERE {old} IS DISTINCT FROM {new}"""
        )
