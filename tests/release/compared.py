"""What two releases differ in, as tests read it, and releases that tests doctor so that they differ."""

from __future__ import annotations

import csv
import gzip
import json

import duckdb

from pipeline import schema
from pipeline.release.folder import Folder
from pipeline.store import ids
from tests.release.folders import edited_json, rewritten

Row = dict[str, str]
NATURAL = {"table_code": "applications", "column_code": "natural_person"}


def listed(folder: Folder) -> list[Row]:
    with gzip.open(folder.changes / "rows.csv.gz", "rt", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def schema_rows(folder: Folder) -> list[Row]:
    with (folder.changes / "schema.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def of_table(rows: list[Row], table: str, change: str = "changed") -> list[Row]:
    return [r for r in rows if r["table_name"] == table and r["change"] == change]


def reasons(rows: list[Row], table: str, change: str = "changed") -> set[str]:
    return {r["reason"] for r in of_table(rows, table, change)}


def report_of(folder: Folder, path: str) -> str:
    sql = f"SELECT report_id FROM read_parquet({str(folder.parquet('reports'))!r}) WHERE source_path = '{path}'"
    with duckdb.connect() as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return str(row[0])


def read_by_another_program(folder: Folder) -> None:
    build = json.loads(folder.provenance.read_text(encoding="utf-8"))["build"]
    edited_json(folder.provenance, build=build | {"assembled_with": "another"})


def put_elsewhere(folder: Folder, old: str, new: str, *, has_address: bool) -> None:
    """Doctors a release as if a document stood at another path: its report has another identity unless a URL gives that."""
    before = report_of(folder, old)
    after = before if has_address else ids.report_id(new)
    for table in schema.tables() if not has_address else map(schema.table, ("documents", "reports")):
        columns = {c.column for c in table.columns}
        changed = [
            f"CASE {c} WHEN '{was}' THEN '{now}' ELSE {c} END AS {c}"
            for c, was, now in (
                ("report_id", before, after),
                ("earlier_report_id", before, after),
                ("other_report_id", before, after),
                ("source_path", old, new),
            )
            if c in columns
        ]
        if changed and folder.parquet(table.table).exists():
            rewritten(folder, table.table, f"SELECT * REPLACE ({', '.join(changed)}) FROM {{old}}")
    rewritten(folder, "flags", f"SELECT * REPLACE ({ids.FLAG_ID_SQL} AS flag_id) FROM {{old}}")
