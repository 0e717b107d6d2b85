"""How quality pages are made of templates: filters for numbers, charts, one style sheet allowed by its hash."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import polars as pl
from markupsafe import Markup

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
    environment.filters |= {"number": _number, "percent": _percent, "marked": _marked}
    environment.globals |= {
        "share_bar": charts.share_bar,
        "stacked_bar": charts.stacked_bar,
        "columns": charts.columns,
    }
    return environment


def _number(number: int) -> str:
    return f"{number:,}"


def _marked(text: str) -> Markup:
    """A text of ours, names between backquotes set as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else p for i, p in enumerate(parts))


def _percent(share: float) -> str:
    """A share in per cent, never 0 for something and never 100 for less than all."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{share * 100:.1f} %"
