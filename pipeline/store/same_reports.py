"""One report in several files: the page and its attachment, one page under two addresses, a file saved twice.

Two reports are the same where they are of one organ and year, tell the same in their narrative sections, and no certain
number of one contradicts a certain number of the other. A report that was corrected and published again differs in a
number and stays a report of its own. The one that reads best is kept, whatever their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import polars as pl

from pipeline.store import ids

NARRATIVE = ("overview", "problems", "other_matters")
_SHINGLE = 5
_ALIKE = 0.9
"""Share of shingles of the shorter narrative that the longer one has."""
_ENOUGH_TEXT = 100
"""Characters of narrative below which likeness says nothing."""
_ENOUGH_NUMBERS = 4
"""Different numbers other than 0 to 9 that two reports must share where their texts say too little."""
_LARGEST_GROUP = 200
"""Reports of one organ and year that are compared with one another; more of them are a fault of the input."""

_FACTS = ("title", "issuer", "report_year", "period_start", "period_end", "published_on", "index_number", "source_url")


@dataclass(frozen=True, slots=True)
class _Report:
    """What two reports are compared by, and how well each reads."""

    report_id: str
    organ: str | None
    year: int | None
    shingles: frozenset[int]
    length: int
    numbers: Mapping[tuple[str, str, str], Decimal]
    quality: tuple[float, ...]


def same_reports(reports: pl.DataFrame, sections: pl.DataFrame, cells: pl.DataFrame) -> dict[str, str]:
    """By report_id of every report that is another one over again: the report_id of the one that is kept.

    Linear in the corpus but for reports of one organ and year, which are compared pairwise.
    """
    candidates = _candidates(reports, sections)
    wanted = sorted({r for group in candidates for r in group})
    if not wanted:
        return {}
    known = _read(wanted, reports, sections, cells)
    out: dict[str, str] = {}
    for group in sorted(candidates):
        ranked = sorted((known[r] for r in group), key=lambda r: (tuple(-q for q in r.quality), r.report_id))
        for better, worse in combinations(ranked, 2):
            if better.report_id not in out and worse.report_id not in out and _are_same(better, worse):
                out[worse.report_id] = better.report_id
    return {r: _root(out, r) for r in out}


def _root(kept: Mapping[str, str], report: str) -> str:
    while report in kept:
        report = kept[report]
    return report


def _candidates(reports: pl.DataFrame, sections: pl.DataFrame) -> set[tuple[str, ...]]:
    """Groups worth comparing: of one organ and year, of one title, or with one narrative to the letter."""
    texts = (
        sections.filter(pl.col("section_code").is_in(NARRATIVE))
        .sort("report_id", "section_code")
        .group_by("report_id", maintain_order=True)
        .agg(pl.col("text").str.replace_all(r"[\s\p{P}]", "").str.join("").alias("narrative"))
        .filter(pl.col("narrative").str.len_chars() >= _ENOUGH_TEXT)
        .with_columns(pl.col("narrative").hash(0))
    )
    keyed = reports.select("report_id", "issuer_id", "title", "report_year").join(texts, on="report_id", how="left")
    out: set[tuple[str, ...]] = set()
    for key in ("issuer_id", "title", "narrative"):
        groups = (
            keyed.filter(pl.col(key).is_not_null())
            .group_by(key, "report_year" if key != "narrative" else pl.lit(0))
            .agg(pl.col("report_id").sort())
            .filter(pl.col("report_id").list.len().is_between(2, _LARGEST_GROUP))
        )
        out.update(tuple(g) for g in groups["report_id"])
    return out


def _read(
    wanted: Iterable[str], reports: pl.DataFrame, sections: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, _Report]:
    chosen = pl.DataFrame({"report_id": list(wanted)})
    texts: dict[str, str] = defaultdict(str)
    found: dict[str, int] = defaultdict(int)
    for report, code, text in (
        sections.join(chosen, on="report_id", how="semi")
        .sort("report_id", "section_code")
        .select("report_id", "section_code", "text")
        .iter_rows()
    ):
        found[report] += 1
        if code in NARRATIVE:
            texts[report] += "".join(c for c in text if c.isalnum())
    numbers: dict[str, dict[tuple[str, str, str], Decimal]] = defaultdict(dict)
    status: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    columns = ("report_id", "table_code", "row_code", "column_code", "value", "obs_status", "printed")
    for report, table, row, column, value, state, printed in (
        cells.join(chosen, on="report_id", how="semi").select(columns).iter_rows()
    ):
        status[report][state] += 1
        if state == "A" and printed is not None and value is not None:
            numbers[report][table, row, column] = value
    out = {}
    for r in reports.join(chosen, on="report_id", how="semi").iter_rows(named=True):
        key, text = r["report_id"], texts[r["report_id"]]
        n = status[key]
        facts = sum(r[c] is not None for c in _FACTS)
        out[key] = _Report(
            key,
            ids.normalised_organ(r["issuer"]) if r["issuer"] else None,
            r["report_year"],
            frozenset(hash(text[i : i + _SHINGLE]) for i in range(max(0, len(text) - _SHINGLE + 1))),
            len(text),
            numbers[key],
            (n["A"] + n["M"] - n["O"], -n["U"], found[key], facts, len(text)),
        )
    return out


def _are_same(a: _Report, b: _Report) -> bool:
    if None not in (a.year, b.year) and a.year != b.year:
        return False
    if not _may_be_one_organ(a.organ, b.organ):
        return False
    shared = a.numbers.keys() & b.numbers.keys()
    if any(a.numbers[k] != b.numbers[k] for k in shared):
        return False
    telling = {a.numbers[k] for k in shared if a.numbers[k] > 9}
    if min(a.length, b.length) < _ENOUGH_TEXT:
        return len(telling) >= _ENOUGH_NUMBERS and a.organ == b.organ
    common = len(a.shingles & b.shingles)
    alike = common >= _ALIKE * min(len(a.shingles), len(b.shingles))
    # Organs write their reports after one template: without a common name the numbers must speak too.
    return alike and (a.organ == b.organ or len(telling) >= _ENOUGH_NUMBERS)


def _may_be_one_organ(a: str | None, b: str | None) -> bool:
    """Whether two names may be one organ's: the same, one missing, or one the other's short form (县教育局)."""
    return a is None or b is None or a.endswith(b) or b.endswith(a)
