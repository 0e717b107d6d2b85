"""Holds a built dataset against gold files: findings, metadata and dates, in the format of `gold/meta`."""

from __future__ import annotations

import csv
import datetime as dt
import re
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def query(dataset: Path, sql: str, *parameters: object) -> list[dict[str, Any]]:
    with duckdb.connect(str(dataset / "ogi.duckdb"), read_only=True) as con:
        got = con.execute(sql, list(parameters))
        names = [d[0] for d in got.description]
        return [dict(zip(names, r, strict=True)) for r in got.fetchall()]


REPORTS = "(select r.*, d.member from reports r join documents d using (document_id))"
"""The reports, each with its member where it lies in a container."""


def stem(row: dict[str, Any]) -> str:
    """The name of a document's gold: the last part of its path or of its member's name, without the extension."""
    return PurePosixPath(row["member"] or row["source_path"]).stem


def by_stem(dataset: Path, sql: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a query with the columns source_path and member, by the name of their gold."""
    out: dict[str, list[dict[str, Any]]] = {}
    for r in query(dataset, sql):
        out.setdefault(stem(r), []).append(r)
    return out


def text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


def metadata_faults(dataset: Path, gold: Path, columns: tuple[str, ...]) -> list[str]:
    found = by_stem(dataset, f"select * from {REPORTS}")
    faults = []
    for g in rows(gold / "meta" / "reports.csv"):
        (report,) = found[g["source"]]
        for c in columns:
            if text(report[c]) not in g[c].split("|"):
                faults.append(f"{g['source']} {c}: expected {g[c]!r}, got {text(report[c])!r}")
    return faults


def date_faults(dataset: Path, gold: Path) -> list[str]:
    found = by_stem(
        dataset, f"select r.source_path, r.member, d.* from date_mentions d join {REPORTS} r using (report_id)"
    )
    columns = ("printed", "start_date", "end_date", "precision", "is_repaired", "role")
    have = {s: {tuple(text(r[c]).lower() for c in columns) for r in rs} for s, rs in found.items()}
    return [
        f"{g['source']}: {[g[c] for c in columns]} not found"
        for g in rows(gold / "meta" / "dates.csv")
        if tuple(g[c].lower() for c in columns) not in have.get(g["source"], set())
    ]


def flag_faults(dataset: Path, gold: Path) -> list[str]:
    """What `flags.csv` asks for and is not there, or forbids and is. An empty cell of it asks for nothing."""
    found = by_stem(dataset, f"select r.source_path, r.member, f.* from flags f join {REPORTS} r using (report_id)")
    faults = []
    for g in rows(gold / "meta" / "flags.csv"):
        codes = re.split(r" or ", g["rule_code"])
        hits = [
            f
            for f in found.get(g["source"], [])
            if any(fnmatch(f["rule_code"], c) for c in codes)
            and all(
                not g[c] or text(f[c]) == g[c]
                for c in ("table_code", "row_code", "column_code", "observed", "expected")
            )
        ]
        if bool(hits) != (g["verdict"].removesuffix(" (narrative)") == "must"):
            faults.append(
                f"{g['source']}: {g['verdict']} {g['rule_code']} {g['table_code']} {g['row_code']}: {len(hits)} found"
            )
    return faults
