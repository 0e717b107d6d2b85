"""Holds two builds against each other: what changed in documents, reports, findings and cells, and in every other table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline.store.compare_sections import SECTIONS, Section
from pipeline.store.compare_tables import NEW, OLD, TablePair, attach, counts, find_touched, name, pair, tables_of
from pipeline.store.sql import connect, quoted

_NEEDED = {
    "documents": ("source_path", "member", "outcome", "reason_code", "content_sha256"),
    "reports": ("report_id", "source_path", "issuer", "report_year"),
    "cells": (
        *("report_id", "table_code", "row_code", "column_code"),
        *("printed", "value", "obs_status", "missing_reason", "derivation"),
    ),
    "flags": ("flag_id", "report_id", "rule_code", "table_code", "row_code", "column_code", "observed", "expected"),
    "rules": ("rule_code", "severity", "status"),
}
"""Tables and columns that are told of in detail. The contract promises them: every dataset has them."""
_BATCH = 10_000
_MOST_BYTES = 4 * 1024**3


_RULE_CHANGES = f"""
CREATE TEMP TABLE finding_changes AS
    SELECT * REPLACE (CASE change WHEN 'changed' THEN 'told otherwise' ELSE change END AS change),
        coalesce(new_report_id, old_report_id) AS report_id, coalesce(new_rule_code, old_rule_code) AS rule_code,
        coalesce(new_table_code, old_table_code) AS table_code, coalesce(new_row_code, old_row_code) AS row_code,
        coalesce(new_column_code, old_column_code) AS column_code
    FROM d_flags;
CREATE TEMP TABLE rule_changes AS
    WITH counted AS (
        SELECT rule_code, report_id, count(*) FILTER (is_old) AS findings_old, count(*) FILTER (NOT is_old) AS findings_new
        FROM (SELECT rule_code, report_id, true AS is_old FROM {OLD}.flags
              UNION ALL SELECT rule_code, report_id, false FROM {NEW}.flags)
        GROUP BY ALL
    )
    SELECT c.*, coalesce(n.severity, o.severity) AS severity,
        CASE WHEN NOT p.in_old THEN 'report is new' WHEN NOT p.in_new THEN 'report is gone'
             WHEN findings_old = 0 THEN 'newly fails' WHEN findings_new = 0 THEN 'newly passes'
             ELSE 'fails otherwise' END AS change
    FROM counted c JOIN places p USING (report_id)
    LEFT JOIN {OLD}.rules o ON o.rule_code = c.rule_code LEFT JOIN {NEW}.rules n ON n.rule_code = c.rule_code
    WHERE (c.rule_code, report_id) IN (SELECT (rule_code, report_id) FROM finding_changes)"""
"""Findings that differ, and by report and rule what that means."""


class NotComparable(Exception):
    """A folder holds no dataset that can be compared; the message says what was looked for."""


def parquet_of(folder: Path) -> Path:
    """The Parquet files of an output folder, of a version in it, or the folder of Parquet files itself.

    Raises NotComparable.
    """
    for place in (folder / "parquet", folder):
        if (place / "cells.parquet").is_file():
            missing = [t for t in _NEEDED if t not in tables_of(place)]
            if missing:
                raise NotComparable(
                    f"the dataset in {folder} is not whole: there is no {missing[0]}.parquet in {place}"
                )
            return place
    raise NotComparable(
        f"there is no dataset in {folder}: name an output folder of `ogi build`, or the folder of its Parquet files"
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two builds held against each other. `totals` are the rows of each section: nothing differs where all are 0."""

    connection: duckdb.DuckDBPyConnection
    totals: dict[str, int]

    @property
    def equal(self) -> bool:
        return not any(self.totals.values())

    def rows(self, section: Section, shown: bool = False, each: int | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows of a section in its order: its columns, or as they are `shown` to people.

        `each` takes the first so many of each of its groups.
        """
        listed = ", ".join((e for _, e in section.shown) if shown else section.columns)
        turn = f"row_number() OVER (PARTITION BY {', '.join(section.groups) or '1'} ORDER BY {section.order})"
        first = f"QUALIFY {turn} <= {each}" if each is not None else ""
        cursor = self.connection.execute(
            f"SELECT {listed} FROM (SELECT * FROM ({section.sql}) {first}) ORDER BY {section.order}"
        )
        while batch := cursor.fetchmany(_BATCH):
            yield from batch


@contextmanager
def compared(old: Path, new: Path) -> Iterator[Comparison]:
    """Compares two folders of Parquet files. Raises NotComparable where a file is no Parquet.

    What does not fit into memory goes to a temporary folder, so that builds of any size can be compared.
    """
    with tempfile.TemporaryDirectory(prefix="ogi-compare-") as spill, connect() as connection:
        connection.execute(f"SET temp_directory = {quoted(spill)}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET memory_limit = '{memory()}B'")
        try:
            _prepare(connection, attach(connection, OLD, old), attach(connection, NEW, new))
            totals = {}
            for s in SECTIONS:
                row = connection.execute(f"SELECT count(*) FROM ({s.sql})").fetchone()
                totals[s.name] = int(row[0]) if row else 0
            yield Comparison(connection, totals)
        except duckdb.Error as e:
            raise NotComparable(f"{old} and {new} cannot be compared: {str(e).splitlines()[0]}") from e


def memory() -> int:
    """Bytes that a comparison may use: half of the machine's memory, and no more than what is of use."""
    return min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2, _MOST_BYTES)


def _prepare(
    connection: duckdb.DuckDBPyConnection, old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]
) -> None:
    """Temporary tables that the sections are read from: `tables`, `schemas`, `places`, `d_...` with rows that differ."""
    for build, types in (("old", old), ("new", new)):
        for table, needed in _NEEDED.items():
            if missing := [c for c in needed if c not in types[table]]:
                raise NotComparable(
                    f"the {build} dataset cannot be compared: its table {table} has no column {missing[0]}"
                )
    _schemas(connection, old, new)
    names = "report_id, source_path, issuer, report_year"
    connection.execute(
        f"""CREATE TEMP TABLE places AS
        SELECT {names}, report_id IN (SELECT report_id FROM {OLD}.reports) AS in_old, true AS in_new FROM {NEW}.reports
        UNION ALL SELECT {names}, true, false FROM {OLD}.reports
        WHERE report_id NOT IN (SELECT report_id FROM {NEW}.reports)"""
    )
    connection.execute(
        "CREATE TEMP TABLE tables (table_name VARCHAR, rows_old BIGINT, rows_new BIGINT, added BIGINT, gone BIGINT, "
        "changed BIGINT, columns_changed VARCHAR)"
    )
    for table in dict.fromkeys((*new, *old)):
        if table not in old or table not in new:
            continue
        p = pair(table, old[table], new[table])
        if p.by_report:
            find_touched(connection, p)
        added, gone, changed, columns = counts(connection, p)
        told = ", ".join(f"{c} {n:,}" for c, n in sorted(columns.items(), key=lambda x: (-x[1], x[0])))
        connection.execute(
            f"INSERT INTO tables SELECT ?, (SELECT count(*) FROM {p.old}), (SELECT count(*) FROM {p.new}), ?, ?, ?, ?",
            [table, added, gone, changed, told],
        )
        if table in _NEEDED:
            _keep(connection, p)
        if table == "reports":
            _report_changes(connection, p)
    connection.execute(_RULE_CHANGES)


def _schemas(
    connection: duckdb.DuckDBPyConnection, old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]
) -> None:
    rows: list[tuple[str, str | None, str | None, str | None]] = []
    for table in sorted({*old, *new}):
        if table not in old or table not in new:
            rows.append((table, None, *(("table", None) if table in old else (None, "table"))))
            continue
        before, after = old[table], new[table]
        rows += [
            (table, c, before.get(c), after.get(c))
            for c in dict.fromkeys((*after, *before))
            if before.get(c) != after.get(c)
        ]
    connection.execute(
        "CREATE TEMP TABLE schemas (table_name VARCHAR, column_name VARCHAR, type_old VARCHAR, type_new VARCHAR)"
    )
    if rows:
        connection.executemany("INSERT INTO schemas VALUES (?, ?, ?, ?)", rows)


def _keep(connection: duckdb.DuckDBPyConnection, p: TablePair) -> None:
    """Keeps the rows of a table that differ, old and new side by side as text, with the names of what changed."""
    what = ", ".join(f"CASE WHEN {p.differs(c)} THEN {quoted(c)} END" for c in p.columns)
    sides = ", ".join(
        f"{p.text(alias, c)} AS {name(f'{side}_{c}')}"
        for c in p.columns
        if p.table != "cells" or c in _NEEDED["cells"]  # there may be millions: what no section tells is not kept
        for alias, side in (("o", "old"), ("n", "new"))
    )
    # Cells of reports that only one build has are told of with their report.
    both = "SELECT report_id FROM places WHERE in_old AND in_new"
    shared = f"AND coalesce(n.report_id, o.report_id) IN ({both})" if p.table == "cells" else ""
    connection.execute(
        f"""CREATE TEMP TABLE d_{p.table} AS SELECT {p.coalesced()},
        CASE WHEN o.is_here IS NULL THEN 'new' WHEN n.is_here IS NULL THEN 'gone' ELSE 'changed' END AS change,
        CASE WHEN o.is_here AND n.is_here THEN list_filter([{what}], lambda c: c IS NOT NULL) ELSE [] END AS what, {sides}
        FROM {p.joined()} WHERE ({p.differing()}) {shared}"""
    )


def _report_changes(connection: duckdb.DuckDBPyConnection, p: TablePair) -> None:
    """A row for each thing that a report of both builds says of itself otherwise. Its document follows the content."""
    parts = (
        f"SELECT report_id, {quoted(c)} AS column_name, {name(f'old_{c}')} AS value_old, {name(f'new_{c}')} AS value_new "
        f"FROM d_reports WHERE list_contains(what, {quoted(c)})"
        for c in p.columns
        if c != "document_id"
    )
    connection.execute(f"CREATE TEMP TABLE report_changes AS {' UNION ALL '.join(parts)}")
