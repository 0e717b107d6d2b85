"""What a release covers: reports by year, level, province and kind of organ, and how they link over the years.

Counted in DuckDB, `cells` once; what comes out is bounded by the numbers of years, levels, provinces and kinds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.issuers.divisions import PROVINCE, divisions
from pipeline.store.sql import quoted

_STATUSES = {"A": "certain", "U": "doubted", "I": "deduced", "O": "open", "M": "not_applicable", "K": "in_other_row"}
STATUS_CODES = tuple(_STATUSES)
_FOUND = {
    "with_proactive": "form_proactive <> 'none'",
    "with_applications": "form_applications <> 'none'",
    "with_remedies": "table_remedies = 'present'",
}
_COUNTS = ("reports", *_FOUND, "cells", *(f"cells_{s}" for s in _STATUSES.values()))
_MOST_APART = 25
_MOST_VALUES = 40
_MOST_YEARS = 12
_MOST_BARS = 30

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """Reports that share a value. A label of None: not known. `found`: with a table of section two, three, four."""

    label_en: str | None
    label_zh: str | None
    reports: int
    share: float
    found: tuple[int, ...]
    cells: int
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grouping:
    title_en: str
    title_zh: str
    lines: tuple[Line, ...]
    left_out: int
    """Values after the last line."""


@dataclass(frozen=True, slots=True)
class Series:
    """How reports link over the years: `pairs[i][j]` organs with a report for both of `years[i]` and `years[j]`, None
    below the diagonal. `reported` and `runs`: (number of years, organs).
    """

    organs: int
    left_out: int
    """Reports without an organ or a year."""
    years: tuple[int, ...]
    years_left_out: int
    pairs: tuple[tuple[int | None, ...], ...]
    reported: tuple[tuple[int, int], ...]
    runs: tuple[tuple[int, int], ...]


def count(db: duckdb.DuckDBPyConnection) -> None:
    """Prepares the temporary tables `coverage` and `panel` that everything here reads. Raises duckdb.Error."""
    provinces = ", ".join(
        f"({quoted(code)}, {quoted(name)})"
        for code, name in {d.code[:2]: d.name for d in divisions() if d.level == PROVINCE}.items()
    )
    by_status = ", ".join(f"count(*) FILTER (obs_status = '{s}') AS cells_{name}" for s, name in _STATUSES.items())
    found = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in _FOUND.items())
    sums = ", ".join(f"coalesce(sum({c}), 0)::BIGINT AS {c}" for c in _COUNTS if c.startswith("cells"))
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE coverage AS
        WITH counted AS (SELECT report_id, count(*) AS cells, {by_status} FROM cells GROUP BY report_id)
        SELECT report_year, division_level, left(division_code, 2) AS province_code, any_value(p.name) AS province,
               issuer_kind, count(*) AS reports, {found}, {sums}
        FROM reports r LEFT JOIN counted USING (report_id)
        LEFT JOIN (VALUES {provinces}) p(code, name) ON p.code = left(r.division_code, 2)
        GROUP BY report_year, division_level, province_code, issuer_kind""")
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE panel AS
        WITH organ_years AS (
            SELECT DISTINCT issuer_id, report_year FROM reports WHERE issuer_id IS NOT NULL AND report_year IS NOT NULL
        ), runs AS (
            SELECT issuer_id, count(*) AS years FROM (
                SELECT *, report_year - row_number() OVER (PARTITION BY issuer_id ORDER BY report_year) AS run
                FROM organ_years
            ) GROUP BY issuer_id, run
        ), counted AS (
            SELECT 1 AS no, 'in_both_years' AS measure, a.report_year AS year, b.report_year AS other_year,
                   NULL::BIGINT AS years, count(*) AS organs
            FROM organ_years a JOIN organ_years b USING (issuer_id)
            WHERE b.report_year BETWEEN a.report_year AND a.report_year + {_MOST_APART} GROUP BY ALL
            UNION ALL
            SELECT 2, 'years_reported', NULL, NULL, years, count(*)
            FROM (SELECT count(*) AS years FROM organ_years GROUP BY issuer_id) GROUP BY ALL
            UNION ALL
            SELECT 3, 'longest_run', NULL, NULL, years, count(*)
            FROM (SELECT max(years) AS years FROM runs GROUP BY issuer_id) GROUP BY ALL
        )
        SELECT *, round(organs / CASE no
            WHEN 1 THEN max(organs) FILTER (other_year = year) OVER (PARTITION BY no, year)
            ELSE sum(organs) OVER (PARTITION BY no) END, 6) AS share
        FROM counted""")


def coverage_rows(db: duckdb.DuckDBPyConnection) -> Rows:
    """Rows of coverage.csv, in the order of years, levels, provinces and kinds."""
    return db.execute(f"""
        SELECT report_year, division_level, province_code, province, issuer_kind, {", ".join(_COUNTS)}
        FROM coverage
        LEFT JOIN codes l ON l.codelist = 'division_level' AND l.code = division_level
        LEFT JOIN codes k ON k.codelist = 'issuer_kind' AND k.code = issuer_kind
        ORDER BY report_year, l.sort_order, province_code, k.sort_order""").fetchall()


def panel_rows(db: duckdb.DuckDBPyConnection) -> Rows:
    """Rows of coverage_panel.csv."""
    sql = "SELECT measure, year, other_year, years, organs, share FROM panel ORDER BY no, year, other_year, years"
    return db.execute(sql).fetchall()


def groupings(db: duckdb.DuckDBPyConnection) -> tuple[Grouping, ...]:
    """The coverage by year, level, province and kind, each alone."""
    return (
        _grouping(db, "By report year", "按报告年度", "report_year::VARCHAR", is_latest_first=True),
        _grouping(db, "By level of the division", "按行政层级", "division_level", "division_level"),
        _grouping(db, "By province", "按省份", "nullif(concat_ws(' ', province_code, province), '')"),
        _grouping(db, "By kind of organ", "按机关类型", "issuer_kind", "issuer_kind"),
    )


def by_year(db: duckdb.DuckDBPyConnection) -> tuple[tuple[int, int], ...]:
    """Report years with their reports, for the picture."""
    sql = "SELECT report_year, sum(reports)::BIGINT FROM coverage WHERE report_year IS NOT NULL GROUP BY report_year"
    return _filled(db.execute(sql).fetchall())


def _filled(numbers: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Every number from the first to the last with its count, also 0: bars stand as far apart as their numbers are. The
    last ones, where there are too many.
    """
    counts = dict(numbers)
    if not counts:
        return ()
    last = max(counts)
    first = max(min(counts), last - _MOST_BARS + 1)
    return tuple((n, counts.get(n, 0)) for n in range(first, last + 1))


def _grouping(
    db: duckdb.DuckDBPyConnection,
    en: str,
    zh: str,
    expression: str,
    codelist: str | None = None,
    *,
    is_latest_first: bool = False,
) -> Grouping:
    """In the order of the code list where there is one, else of the values; those that are not known last."""
    sums = ", ".join(f"sum({c})::BIGINT" for c in _COUNTS)
    order = "value DESC" if is_latest_first else "value"
    found = db.execute(
        f"SELECT {expression} AS value, {sums} FROM coverage GROUP BY value ORDER BY {order} NULLS LAST"
    ).fetchall()
    sql = "SELECT code, label_en, label_zh FROM codes WHERE codelist = ? ORDER BY sort_order"
    labels = {code: (label_en, label_zh) for code, label_en, label_zh in db.execute(sql, [codelist]).fetchall()}
    places = {code: i for i, code in enumerate(labels)}
    rows = sorted(found, key=lambda r: (r[0] is None, places.get(r[0], len(places))))
    all_ = sum(r[1] for r in rows)
    lines = tuple(_line(labels.get(value, (value, value)), counts, all_) for value, *counts in rows[:_MOST_VALUES])
    return Grouping(en, zh, lines, len(rows) - len(lines))


def _line(labels: tuple[str | None, str | None], counts: list[int], all_: int) -> Line:
    reports, *rest = counts
    found, cells, statuses = rest[: len(_FOUND)], rest[len(_FOUND)], rest[len(_FOUND) + 1 :]
    return Line(*labels, reports, reports / all_, tuple(found), cells, tuple(statuses))


def series(db: duckdb.DuckDBPyConnection) -> Series:
    """How reports link over the years, for the latest years and the greatest lengths."""
    rows = panel_rows(db)
    pairs = {(year, other): organs for measure, year, other, _, organs, _ in rows if measure == "in_both_years"}
    years = sorted({year for year, _ in pairs})
    shown = tuple(years[-_MOST_YEARS:])
    lengths = {
        wanted: _filled((n, organs) for measure, _, _, n, organs, _ in rows if measure == wanted)
        for wanted in ("years_reported", "longest_run")
    }
    left_out = db.execute("SELECT count(*) FROM reports WHERE issuer_id IS NULL OR report_year IS NULL").fetchone()
    return Series(
        organs=sum(organs for measure, *_, organs, _ in rows if measure == "years_reported"),
        left_out=_only(left_out),
        years=shown,
        years_left_out=len(years) - len(shown),
        pairs=tuple(tuple(pairs.get((a, b), 0) if a <= b else None for b in shown) for a in shown),
        reported=lengths["years_reported"],
        runs=lengths["longest_run"],
    )


def _only(row: Iterable[Any] | None) -> int:
    (number,) = row or (0,)
    return int(number)
