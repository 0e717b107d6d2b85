"""Datasets published from staged tables alone, without reading documents: for tests of what comes after the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from expectations import history
from expectations.gx import Verdict
from expectations.suites import CRITICAL
from pipeline.store import duckdb_file, publish
from pipeline.store.duckdb_file import built_tables
from pipeline.store.files import stage
from pipeline.store.layout import Layout

Edit = Callable[[pl.DataFrame], pl.DataFrame]
HOLDS = Verdict("nothing_lost", "documents", "documents in = documents out", "e", CRITICAL, True, 0, None)


def stage_copy(layout: Layout, of: Path, edits: Mapping[str, Edit] | None = None) -> None:
    """Stages the tables of a published dataset, some of them edited, with the results of their checks."""
    for table in built_tables():
        frame = pl.read_parquet(of / "parquet" / f"{table.table}.parquet", glob=False)
        edit = (edits or {}).get(table.table)
        stage(layout.staged_table(table.table), table.table, edit(frame) if edit else frame)
    duckdb_file.write_database(layout, layout.staged_database)
    history.stage_results(layout, [HOLDS], "2025-03-01 08:00:00")
    publish.note_verdict(layout, [])


def publish_copy(layout: Layout, of: Path, edits: Mapping[str, Edit] | None = None) -> None:
    """Publishes them, as the assets do."""
    stage_copy(layout, of, edits)
    history.note(layout)
    publish.publish(layout)
    history.note(layout)
