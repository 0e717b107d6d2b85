"""Why a row differs, as SQL: the first cause that a table's values can have and that holds for this row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import duckdb

from pipeline.data_files import table_rows
from pipeline.release.changes.model import UNEXPLAINED, SchemaChange
from pipeline.release.changes.moves import AT_PLACE, MOVED
from pipeline.store.compare_tables import NEW, OLD, TablePair, name
from pipeline.store.sql import quoted

_OVER_REPORTS = ("series", "organs", "sections")
"""Families of rules that hold a report against others."""
_PLACE = ("source_path", "member", "source_url", "container_path", "intake")
"""Columns of `documents` that say where the bytes stand: which bytes these are they do not say."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a reason is called."""

    code: str
    zh: str
    en: str


@cache
def labels() -> dict[str, Label]:
    """Every reason by its code, in the order in which they are told."""
    rows = table_rows(__package__, "change_reasons.csv")
    return {r["code"]: Label(r["code"], r["label_zh"], r["label_en"]) for r in rows}


@cache
def _dependencies() -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    """Causes in order, and the word lists, by table and column; no column: the whole row, no table: any other."""
    return {
        (r["table"], r["column"]): (tuple(r["reasons"].split()), tuple(r["dictionaries"].split()))
        for r in table_rows(__package__, "dependencies.csv")
    }


@dataclass(frozen=True, slots=True)
class Causes:
    """What differs between two releases besides their rows.

    `dictionaries` are the names of word lists that differ, `corpus` says whether any report or its bytes do, `program`
    whether another program, library or setting read the documents, `moved` whether any document stands elsewhere.
    `has_families`: whether both releases say which family a rule belongs to; `has_issuers`: which organ a report.
    """

    dictionaries: frozenset[str]
    corpus: bool
    program: bool
    moved: bool
    has_families: bool
    has_issuers: bool

    def of(self, pair: TablePair, column: str = "") -> str:
        """SQL for the reason why a row of `pair.joined()` differs, or one of its columns.

        `m` is the row of `report_marks` where the table has a report.
        """
        known = _dependencies()
        listed = known.get((pair.table, column)) or known.get((pair.table, "")) or known["", ""]
        holds = [(reason, self._holds(reason, pair, listed)) for reason in listed[0]]
        whens = "".join(f" WHEN {condition} THEN {quoted(reason)}" for reason, condition in holds)
        # The rows below a report that came or went did so for the reason that the report has.
        whole = " WHEN m.reason IS NOT NULL THEN m.reason" if _has_report(pair) else ""
        return f"CASE{whole}{whens or ' WHEN false THEN NULL'} ELSE {quoted(UNEXPLAINED)} END"

    def _holds(self, reason: str, pair: TablePair, listed: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
        only, word_lists = len(listed[0]) == 1, listed[1]
        if reason == "source" and pair.table == "documents":
            return f"(o.is_here IS NULL OR n.is_here IS NULL OR {pair.differs('content_sha256')})"
        if reason == "source":
            return "m.source_differs" if _has_report(pair) else "false"
        if reason == "rule":
            return _rule(pair)
        if reason == "dictionary":
            of_table = self.dictionaries & set(word_lists) if word_lists else self.dictionaries
            return "true" if of_table or pair.table == "dictionaries" else "false"
        if reason == "corpus":
            return self._corpus(pair) if self.corpus else "false"
        if reason == "reader":
            return str(self.program).lower()
        if reason == MOVED and not only:
            return "m.moved" if _has_report(pair) else str(self.moved).lower()
        return "true"  # correction, schema, a place: what the table or the column is for

    def _corpus(self, pair: TablePair) -> str:
        """Whether what differs can hang on other reports: no table is excused where one that it never looks at changed."""
        if pair.table == "documents":
            return "'duplicate' IN (coalesce(o.outcome, ''), coalesce(n.outcome, ''))"
        if self.has_families and "rule_code" in pair.columns:
            families = ", ".join(map(quoted, _OVER_REPORTS))
            codes = " UNION ".join(f"SELECT rule_code FROM {s}.rules WHERE family IN ({families})" for s in (OLD, NEW))
            return f"coalesce(n.rule_code, o.rule_code) IN ({codes})"
        key = {"issuers": "issuer_id", "point_links": "report_id"}.get(pair.table)
        if self.has_issuers and key in (*pair.key, *pair.columns):
            return f"coalesce(n.{key}, o.{key}) IN (SELECT {key} FROM organs_touched)"
        return "true"


def _has_report(pair: TablePair) -> bool:
    return pair.table != "documents" and "report_id" in (*pair.key, *pair.columns)


def _rule(pair: TablePair) -> str:
    has = {*pair.key, *pair.columns}
    if pair.table == "flags" and "rule_code" in has:
        return "coalesce(n.rule_code, o.rule_code) IN (SELECT rule_code FROM rules_differing)"
    if pair.table == "indicators" and "indicator" in has:
        return "coalesce(n.indicator, o.indicator) IN (SELECT code FROM measures_differing)"
    return str(pair.table == "rules").lower()


def joined(pair: TablePair) -> str:
    """FROM clause of a table's rows, `o` and `n` by key, with the mark `m` of their report where they have one."""
    if not _has_report(pair):
        return pair.joined()
    return f"{pair.joined()} LEFT JOIN report_marks m ON m.report_id = coalesce(n.report_id, o.report_id)"


def mark(
    connection: duckdb.DuckDBPyConnection,
    pairs: dict[str, TablePair],
    program: bool,
    formulas: Iterable[SchemaChange] = (),
) -> Causes:
    """Finds what differs besides rows. Makes `report_marks`, `organs_touched`, `rules_differing`, `measures_differing`.

    `formulas` are the indicators that are computed otherwise. The tables of `moves.find` must be there.
    """
    _mark_reports(connection, pairs, program)
    has_issuers = "issuer_id" in pairs["reports"].columns
    _touch_organs(connection, has_issuers)
    _differing(connection, "rules_differing", "rule_code", pairs.get("rules"))
    _differing(connection, "measures_differing", "code", pairs.get("codes"), "codelist = 'indicator'")
    for change in formulas:
        connection.execute("INSERT INTO measures_differing VALUES (?)", [change.name])

    def holds(condition: str) -> bool:
        return connection.execute(f"SELECT 1 FROM {condition} LIMIT 1").fetchone() is not None

    differs = holds("report_marks WHERE source_differs OR reason IS NOT NULL")
    moved = holds("report_marks WHERE moved") or holds("moved_documents")
    names: frozenset[str] = frozenset()
    if p := pairs.get("dictionaries"):
        rows = connection.execute(
            f"SELECT coalesce(n.dictionary, o.dictionary) FROM {p.joined()} WHERE {p.differing()}"
        ).fetchall()
        names = frozenset(r[0] for r in rows)
    rules = pairs.get("rules")
    has_families = rules is not None and {"rule_code", "family"} <= {*rules.key, *rules.columns}
    return Causes(names, differs, program, moved, has_families, has_issuers)


def _differing(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, pair: TablePair | None, where: str = "true"
) -> None:
    """Codes whose row in `pair` differs."""
    connection.execute(f"CREATE TEMP TABLE {table} ({column} VARCHAR)")
    if pair is not None and {column, *where.split()[:1]} <= {"true", *pair.key, *pair.columns}:
        key = name(column)
        connection.execute(
            f"""INSERT INTO {table} SELECT DISTINCT coalesce(n.{key}, o.{key})
            FROM (SELECT *, true AS is_here FROM {pair.old} WHERE {where}) o
            FULL JOIN (SELECT *, true AS is_here FROM {pair.new} WHERE {where}) n
            ON {" AND ".join(f"o.{name(k)} = n.{name(k)}" for k in pair.key)} WHERE {pair.differing()}"""
        )


def _touch_organs(connection: duckdb.DuckDBPyConnection, has_issuers: bool) -> None:
    """Organs that had or have a report whose bytes differ, or that came or went, with all their reports."""
    listed = " UNION ".join(f"SELECT issuer_id, report_id FROM {side}.reports" for side in (OLD, NEW))
    of_organs = f"({listed})" if has_issuers else "(SELECT NULL AS issuer_id, NULL AS report_id WHERE false)"
    connection.execute(
        f"""CREATE TEMP TABLE organs_touched AS SELECT issuer_id, report_id FROM {of_organs} WHERE issuer_id IN (
        SELECT issuer_id FROM {of_organs} JOIN report_marks USING (report_id)
        WHERE issuer_id IS NOT NULL AND (source_differs OR reason IS NOT NULL))"""
    )


def _mark_reports(connection: duckdb.DuckDBPyConnection, pairs: dict[str, TablePair], program: bool) -> None:
    """For each report: whether its bytes differ, whether they stand elsewhere, and, where only one release has it, why.

    A report that came with a new document or went with its document did so because of the source. One whose document is in
    both with the same bytes was taken for a copy of another one or is no more (`corpus`), or is read otherwise.
    """
    documents = pairs["documents"]
    known = [c for c in ("content_sha256", *_PLACE) if c in documents.columns or c in documents.key]
    stands = ", ".join(f"d.{name(c)}" for c in known)
    places = " OR ".join(f"o.{name(c)} IS DISTINCT FROM n.{name(c)}" for c in known if c != "content_sha256")
    copied = f"'duplicate' IN (SELECT outcome FROM {{side}}.documents x WHERE {AT_PLACE})"
    same = (
        f"EXISTS (SELECT 1 FROM {{side}}.documents x WHERE {AT_PLACE} "
        "AND x.content_sha256 IS NOT DISTINCT FROM {a}.content_sha256)"
    )
    otherwise = "reader" if program else UNEXPLAINED
    whole = "CASE WHEN NOT {same} THEN 'source' WHEN {copied} THEN 'corpus' ELSE " + quoted(otherwise) + " END"
    went, came = (
        whole.format(same=same.format(side=side, a=a), copied=copied.format(side=side, a=a))
        for side, a in ((NEW, "o"), (OLD, "n"))
    )
    one = "SELECT r.report_id, true AS is_here, {stands} FROM {side}.reports r LEFT JOIN {side}.documents d USING (document_id)"
    both = "(o.is_here AND n.is_here) IS TRUE"
    elsewhere = (
        "coalesce(n.report_id IN (SELECT new_id FROM moved_reports), false) OR EXISTS (SELECT 1 FROM moved_documents "
        f"p WHERE p.new_path = n.source_path AND p.new_member IS NOT DISTINCT FROM n.member) OR {places}"
    )
    connection.execute(
        f"""CREATE TEMP TABLE report_marks AS
        SELECT coalesce(n.report_id, o.report_id) AS report_id,
            {both} AND o.content_sha256 IS DISTINCT FROM n.content_sha256 AS source_differs,
            {both} AND ({elsewhere}) AS moved,
            CASE WHEN n.is_here IS NULL THEN {went} WHEN o.is_here IS NULL THEN {came} END AS reason
        FROM ({one.format(stands=stands, side=OLD)}) o FULL JOIN ({one.format(stands=stands, side=NEW)}) n USING (report_id)"""
    )
