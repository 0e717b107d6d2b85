"""Renders the quality page and puts it in its place. Documents are hostile: every text is escaped, scripts are forbidden."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import polars as pl

from expectations import changes, history
from expectations.catalogue import FAMILIES
from expectations.changes import Build, Change
from expectations.invariants import SUITES
from expectations.quality import charts
from expectations.quality.facts import MOST_REPORTS, facts
from pipeline.dossier import safe_page
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout

_MOST_BUILDS = 40
_MOST_LISTED = 12
_MOST_CHANGES = 40


@dataclass(frozen=True, slots=True)
class Judged:
    """How many expectations of one suite there are on one table, and how many of them are broken."""

    number: int
    broken: int


def write_page(layout: Layout) -> None:
    """Writes `quality.html` of the published dataset. Raises NoHistory, QueryFailed."""
    replace_text(layout.quality_page, render(layout))


def render(layout: Layout) -> str:
    """The page as a text: the same for the same dataset, history and dossiers. Raises NoHistory, QueryFailed."""
    results = history.read(layout)
    builds = changes.builds(results)
    last, before = builds[-1], builds[-2] if len(builds) > 1 else None
    ours = results.filter(pl.col("build") == last.build, pl.col("kind") == history.INVARIANT)
    style = files(__package__).joinpath("templates", "quality.css").read_text(encoding="utf-8")
    found = compare(results, before, last)
    return (
        _environment()
        .get_template("quality.html.jinja")
        .render(
            facts=facts(layout),
            build=last,
            before=before,
            builds=builds[-_MOST_BUILDS:],
            builds_listed=builds[-_MOST_LISTED:][::-1],
            builds_left_out=max(0, len(builds) - _MOST_LISTED),
            changes=found[:_MOST_CHANGES],
            changes_left_out=max(0, len(found) - _MOST_CHANGES),
            suites=SUITES,
            families=FAMILIES,
            judged=_judged(ours),
            broken=ours.filter(~pl.col("holds")).select("table_name", "suite", "name", "number").rows(),
            most_reports=MOST_REPORTS,
            style=style,
            style_hash=safe_page.hash_of(style),
        )
    )


def compare(results: pl.DataFrame, before: Build | None, last: Build) -> list[Change]:
    return changes.compared(results, before, last) if before else []


def _judged(ours: pl.DataFrame) -> dict[str, dict[str, Judged]]:
    """By table, then by suite."""
    numbers = Counter(ours.select("table_name", "suite").iter_rows())
    broken = Counter(ours.filter(~pl.col("holds")).select("table_name", "suite").iter_rows())
    out: dict[str, dict[str, Judged]] = {}
    for (table, suite), number in numbers.items():
        out.setdefault(table, {})[suite] = Judged(number, broken[table, suite])
    return out


def _environment() -> jinja2.Environment:
    environment = safe_page.environment("expectations.quality")
    environment.filters |= {"number": _number, "percent": _percent}
    environment.globals |= {
        "share_bar": charts.share_bar,
        "stacked_bar": charts.stacked_bar,
        "columns": charts.columns,
    }
    return environment


def _number(number: int) -> str:
    return f"{number:,}"


def _percent(share: float) -> str:
    """A share in per cent, never 0 for something and never 100 for less than all."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f} %"
