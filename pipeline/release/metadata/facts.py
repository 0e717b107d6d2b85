"""Counts of a release that its descriptions state, from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import schema
from pipeline.release.folder import Folder
from pipeline.release.metadata.data_files import rows
from pipeline.store.bounded import over
from pipeline.store.duckdb_file import built_tables


@dataclass(frozen=True, slots=True)
class Facts:
    """`rows` by table, for those that the release has; `statuses`: cells by status code; years are null without reports."""

    rows: Mapping[str, int]
    first_year: int | None
    last_year: int | None
    statuses: Mapping[str, int]


def facts(folder: Folder) -> Facts:
    """Counts of the tables in the folder, which must hold `reports` and `cells`."""
    with over({"reports": folder.parquet("reports"), "cells": folder.parquet("cells")}, folder.data) as connection:
        first, last = connection.execute("SELECT min(report_year), max(report_year) FROM reports").fetchone() or (
            None,
            None,
        )
        found = dict(connection.execute("SELECT obs_status, count(*) FROM cells GROUP BY ALL").fetchall())
    counts = {t.table: rows(p) for t in built_tables() if (p := folder.parquet(t.table)).is_file()}
    return Facts(counts, first, last, {code: found.get(code, 0) for code in schema.codelist("obs_status")})
