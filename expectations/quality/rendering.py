"""How quality pages are made of templates: filters for numbers, charts, one style sheet allowed by its hash."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import polars as pl

from expectations.catalogue import FAMILIES
from expectations.invariants import SUITES
from expectations.quality import charts
from expectations.quality.facts import MOST_REPORTS
from pipeline.dossier import safe_page


@dataclass(frozen=True, slots=True)
class Judged:
    """How many expectations of one suite there are on one table, and how many of them are broken."""

    number: int
    broken: int


def rendered(template: str, styles: tuple[str, ...], invariants: pl.DataFrame, **context: object) -> str:
    """A page. Documents are hostile: every text is escaped, scripts are forbidden.

    `invariants`: what was judged, with the columns `table_name`, `suite`, `name`, `holds` and `number` (rows that break it).
    """
    style = "".join(files(__package__).joinpath("templates", s).read_text(encoding="utf-8") for s in styles)
    return (
        _environment()
        .get_template(template)
        .render(
            suites=SUITES,
            families=FAMILIES,
            judged=_judged(invariants),
            broken=invariants.filter(~pl.col("holds")).select("table_name", "suite", "name", "number").rows(),
            most_reports=MOST_REPORTS,
            style=style,
            style_hash=safe_page.hash_of(style),
            **context,
        )
    )


def _judged(invariants: pl.DataFrame) -> dict[str, dict[str, Judged]]:
    """By table, then by suite."""
    numbers = Counter(invariants.select("table_name", "suite").iter_rows())
    broken = Counter(invariants.filter(~pl.col("holds")).select("table_name", "suite").iter_rows())
    out: dict[str, dict[str, Judged]] = {}
    for (table, suite), number in numbers.items():
        out.setdefault(table, {})[suite] = Judged(number, broken[table, suite])
    return out


def _environment() -> jinja2.Environment:
    environment = safe_page.environment("expectations.quality")
    environment.globals |= {
        "share_bar": charts.share_bar,
        "stacked_bar": charts.stacked_bar,
        "columns": charts.columns,
    }
    return environment
