"""How the verdicts on gold cells are laid out, as a table and for the page: what is wrong first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline import form, schema
from pipeline.dossier.visible import one_line
from pipeline.release.accuracy import KINDS, VERDICTS, summary

ORDER = ("silent", "flagged", "unfilled", "missing", "overclaimed", "deduced", "exact")
"""The verdicts from the worst on."""
_RIGHT = ("deduced", "exact")
_WRONG = tuple(v for v in ORDER if v not in _RIGHT)
_LEVELS = {
    "all": (),
    "table": ("table_code",),
    "kind": ("kind",),
    "file": ("gold", "source_path"),
    "file_table": ("gold", "source_path", "table_code"),
}
_ABOUT = ("gold", "source_path", "table_code", "kind")
_MOST_FILES = 25
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Count:
    """Cells by verdict, in the order of ORDER. Labels of None: all cells; `path`: of one document."""

    label_en: str | None
    label_zh: str | None
    numbers: tuple[int, ...]
    doubted: int
    path: str | None = None

    @property
    def cells(self) -> int:
        return sum(self.numbers)

    @property
    def right(self) -> float:
        """Share that is exact or deduced rightly."""
        return sum(n for v, n in zip(ORDER, self.numbers, strict=True) if v in _RIGHT) / self.cells


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the page shows. `files`: those with a cell that is not right, the worst first, of `reports` in all."""

    reports: int
    all: Count
    tables: tuple[Count, ...]
    kinds: tuple[Count, ...]
    files: tuple[Count, ...]
    files_left_out: int
    order: tuple[str, ...]
    meanings: dict[str, tuple[str, str]]


def accuracy_rows(held: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows of accuracy.csv: from all cells together down to each file and table."""
    for level, by in _LEVELS.items():
        for row in _sorted(level, summary(held, *by)).iter_rows(named=True):
            yield level, *(row.get(a) for a in _ABOUT), row["cells"], *(row[v] for v in ORDER), row["doubted"]


def accuracy_shown(held: pl.DataFrame) -> Accuracy:
    """The same for the page. `held` has a row at least."""
    labels = {r["code"]: (r["label_en"], r["label_zh"]) for r in schema.codes_rows() if r["codelist"] == "table"}
    files = summary(held, "gold", "source_path")
    wrong = files.filter(pl.sum_horizontal(_WRONG) > 0).sort(*(-pl.col(v) for v in _WRONG), "gold", "source_path")
    return Accuracy(
        reports=files.height,
        all=_count(None, None, summary(held).row(0, named=True)),
        tables=tuple(
            _count(*labels[r["table_code"]], r)
            for r in _sorted("table", summary(held, "table_code")).iter_rows(named=True)
        ),
        kinds=tuple(_count(*KINDS[r["kind"]], r) for r in _sorted("kind", summary(held, "kind")).iter_rows(named=True)),
        files=tuple(
            _count(name := one_line(r["gold"], _LONGEST), name, r, one_line(r["source_path"], _LONGEST))
            for r in wrong.head(_MOST_FILES).iter_rows(named=True)
        ),
        files_left_out=max(0, wrong.height - _MOST_FILES),
        order=ORDER,
        meanings={v: VERDICTS[v] for v in ORDER},
    )


def _sorted(level: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Tables and kinds in the order of the form and of the code, files as they were given."""
    orders = {"table": ("table_code", form.TABLES), "kind": ("kind", tuple(KINDS))}
    if level not in orders:
        return frame
    column, order = orders[level]
    place = pl.col(column).replace_strict({c: i for i, c in enumerate(order)}, default=len(order))
    return frame.sort(place, column)


def _count(en: str | None, zh: str | None, row: dict[str, Any], path: str | None = None) -> Count:
    return Count(en, zh, tuple(row[v] for v in ORDER), row["doubted"], path)
