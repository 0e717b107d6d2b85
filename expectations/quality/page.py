"""Renders the quality page of a published build, with the history of builds, and puts it in its place."""

from __future__ import annotations

import polars as pl

from expectations import changes, history
from expectations.changes import Build, Change
from expectations.quality.database import opened
from expectations.quality.facts import facts
from expectations.quality.rendering import rendered
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout

_MOST_BUILDS = 40
_MOST_LISTED = 12
_MOST_CHANGES = 40


def write_page(layout: Layout) -> None:
    """Writes `quality.html` of the published dataset. Raises NoHistory, QueryFailed."""
    replace_text(layout.quality_page, render(layout))


def render(layout: Layout) -> str:
    """The page as a text: the same for the same dataset, history and dossiers. Raises NoHistory, QueryFailed."""
    results = history.read(layout)
    builds = changes.builds(results)
    last, before = builds[-1], builds[-2] if len(builds) > 1 else None
    found = compare(results, before, last)
    with opened(layout.database) as connection:
        described = facts(connection, layout.out / "dossiers")
    return rendered(
        "quality.html.jinja",
        ("quality.css",),
        results.filter(pl.col("build") == last.build, pl.col("kind") == history.INVARIANT),
        facts=described,
        dimensions=described.dimensions,
        has_dossiers=True,
        build=last,
        before=before,
        builds=builds[-_MOST_BUILDS:],
        builds_listed=builds[-_MOST_LISTED:][::-1],
        builds_left_out=max(0, len(builds) - _MOST_LISTED),
        changes=found[:_MOST_CHANGES],
        changes_left_out=max(0, len(found) - _MOST_CHANGES),
    )


def compare(results: pl.DataFrame, before: Build | None, last: Build) -> list[Change]:
    return changes.compared(results, before, last) if before else []
