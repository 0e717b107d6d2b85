"""Writes the folder `quality` of a release: tables as CSV, and one page that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from expectations.gx import Verdict
from expectations.quality import coverage, facts
from expectations.quality.accuracy import Accuracy, accuracy_rows, accuracy_shown
from expectations.quality.database import opened
from expectations.quality.rendering import rendered
from pipeline.data_files import table_rows
from pipeline.release.accuracy import judged
from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.store.files import replace_text, writing
from pipeline.textdata.spreadsheet import write_csv

PAGE = "index.html"
_INVARIANT = pl.Schema(
    {
        "table_name": pl.String(),
        "suite": pl.String(),
        "name": pl.String(),
        "holds": pl.Boolean(),
        "number": pl.Int64(),
    }
)

Rows = Iterable[Sequence[Any]]


@cache
def columns() -> dict[str, dict[str, tuple[str, str]]]:
    """What the tables of the folder hold: by table and column, in English and Chinese; by "" what a row is."""
    out: dict[str, dict[str, tuple[str, str]]] = {}
    for row in table_rows("expectations.quality", "release_columns.csv"):
        out.setdefault(row["file"], {})[row["column"]] = row["description_en"], row["description_zh"]
    return out


def write(folder: Folder, edition: Edition, gold: Sequence[Path], verdicts: Sequence[Verdict]) -> None:
    """Writes the tables and the page, in place of those that are there; the same release gives the same bytes.

    `gold`: folders of gold files. Where none of these is about a report of the release there is no accuracy.csv, and the
    page says that nothing was measured. `verdicts` on the release's own DuckDB file, of which the invariants are shown;
    without any there is no invariants.csv. Raises QueryFailed where that file cannot be read, GoldWrong, OSError.
    """
    held = judged(folder, gold)
    promised = _invariants(verdicts)
    with opened(folder.database) as db:
        coverage.count(db)
        described = facts.facts(db)
        tables: dict[str, Rows] = {
            "findings_by_rule": _findings(described),
            "coverage": coverage.coverage_rows(db),
            "coverage_panel": coverage.panel_rows(db),
            "documents": _documents(described),
        }
        page = {
            "groupings": coverage.groupings(db),
            "years": coverage.by_year(db),
            "series": coverage.series(db),
        }
    if not held.is_empty():
        tables["accuracy"] = accuracy_rows(held)
    if not promised.is_empty():
        tables["invariants"] = promised.select("suite", "table_name", "name", "holds", "number").rows()
    shown = None if held.is_empty() else accuracy_shown(held)
    folder.quality.mkdir(parents=True, exist_ok=True)
    _write_tables(folder.quality, tables)
    replace_text(folder.quality / PAGE, _page(edition, described, promised, shown, bool(gold), list(tables), page))


def _write_tables(folder: Path, tables: Mapping[str, Rows]) -> None:
    for table, described in columns().items():
        path = folder / f"{table}.csv"
        if table in tables:
            with writing(path) as file:
                write_csv(file, [c for c in described if c], tables[table])
        else:
            path.unlink(missing_ok=True)  # of a time when there was something to say


def _page(
    edition: Edition,
    described: facts.Facts,
    promised: pl.DataFrame,
    accuracy: Accuracy | None,
    has_gold: bool,
    tables: Sequence[str],
    shown: Mapping[str, object],
) -> str:
    return rendered(
        "release.html.jinja",
        ("quality.css", "release.css"),
        promised,
        edition=edition,
        facts=described,
        dimensions=[d for d in described.dimensions if d.is_of_reading],
        has_dossiers=False,
        accuracy=accuracy,
        has_gold=has_gold,
        kept=promised.filter("holds").height,
        promised=promised.height,
        status_codes=coverage.STATUS_CODES,
        tables={t: columns()[t] for t in tables},
        **shown,
    )


def _invariants(verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """The verdicts on invariants; what the rules say of the reports is in the findings."""
    rows = [(v.table, v.suite, v.name, v.success, v.unexpected) for v in verdicts if v.is_blocking]
    return pl.DataFrame(rows, schema=_INVARIANT, orient="row")


def _findings(described: facts.Facts) -> Rows:
    for r in (*described.rules, *described.silent):
        share = round(r.share, 6) if described.reports else None
        yield r.code, r.severity, r.family, r.status, r.findings, r.doubted, r.reports, share, r.title_en, r.title_zh


def _documents(described: facts.Facts) -> Rows:
    for d in described.reasons:
        yield (
            d.outcome,
            d.outcome_en,
            d.outcome_zh,
            d.reason,
            d.reason_en,
            d.reason_zh,
            d.documents,
            round(d.share, 6),
        )
