"""What to mind when using the data, from `data/cautions.csv`: each caution with the tables and columns that it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.data_files import table_rows


@dataclass(frozen=True, slots=True)
class Caution:
    """`number` counts from 1; `about` names tables and views (`cells`) and their columns (`cells.value`); `title` is the rule, `text` its reasons."""

    number: int
    caution: str
    about: tuple[str, ...]
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str


@cache
def cautions() -> tuple[Caution, ...]:
    """All cautions, the most important first."""
    return tuple(
        Caution(n, r["caution"], tuple(r["about"].split()), r["title_en"], r["title_zh"], r["text_en"], r["text_zh"])
        for n, r in enumerate(table_rows(__package__, "cautions.csv"), 1)
    )


def of_table(table: str) -> tuple[Caution, ...]:
    """The cautions about a table or any of its columns."""
    return tuple(c for c in cautions() if any(a.partition(".")[0] == table for a in c.about))


def of_column(table: str, column: str) -> tuple[Caution, ...]:
    """The cautions about one column."""
    return tuple(c for c in cautions() if f"{table}.{column}" in c.about)
