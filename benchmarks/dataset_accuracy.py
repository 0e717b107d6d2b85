"""Judges every cell of a built dataset against the truth of its corpus, block by block: what users get, not what a reader says.

Places that a finding names are those of rules that pass on what the reading of the one document noticed, so that the
counts are those of `bench_accuracy` on the documents themselves. Findings that compare reports do not count here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.accuracy import SCORED, Known, Result
from expectations.catalogue import catalogue
from pipeline.model import Cell
from pipeline.store.sql import connect
from tests.corpus.gold import GoldCell
from tests.corpus.scale import truth_files

_PLACED = (
    "SELECT coalesce(container_path, source_path) AS path, "
    "unnest(list_distinct([coalesce(member, ''), source_url])) AS member, "
    "report_id, duplicate_of, reason_code, reason FROM documents"
)
"""Every document under the places that the truth may have for it: the name of a member, or the address of a record."""
_OTHER_FILE = "same_report"
_COLUMNS = ", ".join(f"c.{name}" for name in Cell._fields)


def judge(database: Path, truth: Path, seed: int) -> Iterator[Result]:
    """The results of each block of the truth. A copy stands for the document that it repeats where only that was read.

    Of a report that is there as another file, too, the dataset keeps one: the other is counted as `other_file`, no cell of
    it is judged.
    """
    with connect(database, read_only=True) as db:
        db.execute("SET memory_limit = '2GB'")
        db.execute(
            f"CREATE TEMP TABLE found AS SELECT path, f.member, coalesce(f.report_id, o.report_id) AS report_id, "
            f"f.reason_code, f.reason FROM ({_PLACED}) AS f LEFT JOIN documents AS o ON o.document_id = f.duplicate_of"
        )
        for path in sorted((truth / truth_files.DOCUMENTS).glob("*.parquet")):
            yield _block(db, path, truth / truth_files.CELLS / path.name, seed)


def _block(db: duckdb.DuckDBPyConnection, documents: Path, cells: Path, seed: int) -> Result:
    scored = ", ".join(f"'{kind}'" for kind in SCORED)
    db.execute(
        "CREATE OR REPLACE TEMP TABLE block AS SELECT t.number, t.format, f.report_id, f.reason_code, f.reason "
        f"FROM read_parquet(?) AS t LEFT JOIN found AS f USING (path, member) WHERE t.kind IN ({scored})",
        [str(documents)],
    )
    gold = defaultdict(list)
    for number, *of in db.execute(
        'SELECT number, "table", "row", "column", value, kind, "true", is_lenient, names_row FROM read_parquet(?)',
        [str(cells)],
    ).fetchall():
        gold[number].append(GoldCell(*of))
    read = defaultdict(list)
    for report, *of in db.execute(
        f"SELECT report_id, {_COLUMNS} FROM cells AS c SEMI JOIN block USING (report_id)"
    ).fetchall():
        read[report].append(Cell(*of))
    named = defaultdict(list)
    noticed = [rule.code for rule in catalogue() if rule.sql is None]
    for report, *place in db.execute(
        "SELECT report_id, table_code, row_code, column_code FROM flags SEMI JOIN block USING (report_id) "
        "WHERE rule_code IN (SELECT unnest(?)) AND row_code IS NOT NULL",
        [noticed],
    ).fetchall():
        named[report].append(tuple(place))
    result = Result()
    rows = db.execute("SELECT number, format, report_id, reason_code, reason FROM block ORDER BY number").fetchall()
    for number, form, report, reason_code, reason in rows:
        known = Known(seed, number, form, gold[number])
        if reason_code == _OTHER_FILE:
            result.of(known)["other_file"] += 1
            continue
        if known.gold and report is None:
            result.lines.append((form, f"{known}: not read: {reason_code}: {reason}"))
        result.add(known, None if report is None else read[report], named[report])
    return result
