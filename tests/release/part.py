"""A part of a dataset that has all that the whole has of columns with and without values, in few reports."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import polars as pl

from pipeline.schema.relations import relations
from pipeline.store.duckdb_file import built_tables
from pipeline.store.layout import Layout
from tests.expectations.published import Edit, publish_copy

Frames = dict[str, pl.DataFrame]


def publish_part(layout: Layout, build: Path) -> None:
    """Publishes the rows of those reports, and of other tables the rows that refer to none that is left out."""
    frames = {t.table: pl.read_parquet(build / "parquet" / f"{t.table}.parquet") for t in built_tables()}
    reports = frames["reports"].filter(pl.col("report_id").is_in(telling_reports(frames)))
    part = _closed(frames | {"reports": reports})
    empty = {t for t, f in part.items() if f.is_empty()} - {t for t, f in frames.items() if f.is_empty()}
    assert not empty, f"the part has nothing of {empty}"
    edits: dict[str, Edit] = {name: lambda _, frame=frame: frame for name, frame in part.items()}
    publish_copy(layout, build, edits)


def telling_reports(frames: Frames) -> list[str]:
    """Reports such that every column that is filled (or null) in some report is so in one of them, and of every table of
    pairs of reports both of one pair. The first that tell most are taken, again and again.
    """
    tells: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
    for name, frame in frames.items():
        if "report_id" in frame.columns:
            kept = frame.filter(pl.col("report_id").is_not_null())
            for column in frame.columns:
                for report, is_null in kept.select("report_id", pl.col(column).is_null().alias("null")).unique().rows():
                    tells[report].add((name, column, is_null))
    paired = {
        r.table: r.columns[0] for r in relations() if r.references_table == "reports" and r.columns != ("report_id",)
    }
    taken = [
        report for t, other in paired.items() for report in frames[t].select("report_id", other).drop_nulls().row(0)
    ]
    todo = set().union(*tells.values()) - {t for r in taken for t in tells[r]}
    while todo:
        taken.append(max(sorted(tells), key=lambda r: len(tells[r] & todo)))
        todo -= tells[taken[-1]]
    return taken


def _closed(frames: Frames) -> Frames:
    """The tables without rows that refer to rows that are not there."""
    before = -1
    while before != (before := sum(f.height for f in frames.values())):
        for r in relations():
            frame, target = frames[r.table], frames[r.references_table].select(r.references_columns)
            refers = frame.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in r.columns))
            lost = refers.join(target, left_on=r.columns, right_on=r.references_columns, how="anti")
            frames[r.table] = frame.join(lost, on=frame.columns, how="anti", nulls_equal=True, maintain_order="left")
    return frames
