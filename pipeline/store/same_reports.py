"""One report in several files: the page and its attachment, one page under two addresses, a file saved twice.

Two reports are the same where they are of one organ and year, tell the same in their narrative sections with the same
numbers, and no certain number of one's tables contradicts a certain number of the other's. A report that was corrected and
published again differs in a number and stays a report of its own. The one that reads best is kept, whatever their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

import polars as pl

from pipeline.issuers.naming import read_name
from pipeline.store import ids
from pipeline.structure.headings import NARRATIVES

_SHINGLE = 5
_ALIKE = 0.9
"""Share of shingles of the shorter narrative that the longer one has."""
_ENOUGH_TEXT = 100
"""Characters of narrative below which likeness says nothing."""
_ENOUGH_NUMBERS = 4
"""Different numbers other than 0 to 9 that two reports must share where neither their texts nor their names say enough."""
_FEW_NUMBERS = 2
"""The same where both name themselves alike, but by a name that other organs bear too (太平镇), or one names no year."""
_LARGEST_GROUP = 200
"""Reports of one organ and year that are compared with one another; more of them are a fault of the input."""

_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_COUNTED = re.compile(
    r"(?<![第备\d.:/-])(?<!次数)(?<!次数:)(?<![览读击问]量)(?<![览读击问]量:)(?:\d{1,8}(?:\.\d+)?(?![\d.年月日号时:/-])"
    r"|[零〇一二三四五六七八九十百千万两]+(?=[余多]?[条件次个项篇人份起宗场期家名部]))"
)
"""A number that counts something: no date, no number of a document, a telephone or a site, no count of visits."""
_PLACE = 5
"""Words (characters) before or behind a number that make its place in a text."""
_FACTS = ("title", "issuer", "report_year", "period_start", "period_end", "published_on", "index_number", "source_url")


class _Number(NamedTuple):
    """A number of a text, and the words before and behind it."""

    value: str
    before: str
    behind: str

    @property
    def places(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.before, ""), ("", self.behind)


@dataclass(frozen=True, slots=True)
class _Report:
    """What two reports are compared by, and how well each reads."""

    report_id: str
    organ: str | None
    is_placed: bool
    """Whether the organ's name and division are one organ's alone."""
    division: str | None
    year: int | None
    told: tuple[_Number, ...]
    """The numbers of the narrative."""
    counted: frozenset[Decimal]
    """Those of them from 10."""
    shingles: frozenset[int]
    length: int
    numbers: Mapping[tuple[str, str, str], Decimal]
    quality: tuple[float, ...]


Group = tuple[str, ...]
"""Reports worth comparing with each other, by report_id."""
Chunk = tuple[Sequence[Group], pl.DataFrame, pl.DataFrame]
"""Some groups, with the rows of `sections` and `cells` of their reports (others may be among them)."""


def same_reports(
    reports: pl.DataFrame, narratives: pl.DataFrame, chunks: Callable[[Sequence[Group]], Iterable[Chunk]]
) -> dict[str, str]:
    """By report_id of every report that is another one over again: the report_id of the one that is kept.

    `narratives` as `narratives_of` gives them, of all reports; `chunks` fetches the rows of groups, some at a time and in
    their order, so that no more texts are held than are compared. Linear in the corpus but for reports of one organ and
    year, which are compared pairwise.
    """
    groups = _candidates(reports, narratives)
    out: dict[str, str] = {}
    for some, sections, cells in chunks(groups) if groups else ():
        known = _read({r for group in some for r in group}, reports, sections, cells)
        for group in some:
            ranked = sorted((known[r] for r in group), key=lambda r: (tuple(-q for q in r.quality), r.report_id))
            for better, worse in combinations(ranked, 2):
                if better.report_id not in out and worse.report_id not in out and _are_same(better, worse):
                    out[worse.report_id] = better.report_id
    return {r: _root(out, r) for r in out}


def _root(kept: Mapping[str, str], report: str) -> str:
    while report in kept:
        report = kept[report]
    return report


def narratives_of(sections: pl.DataFrame) -> pl.DataFrame:
    """Of each report with enough narrative to tell it by: `report_id` and `narrative`, a hash of it to the letter."""
    return (
        sections.filter(pl.col("section_code").is_in(NARRATIVES))
        .sort("report_id", "section_code")
        .group_by("report_id", maintain_order=True)
        .agg(pl.col("text").str.replace_all(r"[\s\p{P}]", "").str.join("").alias("narrative"))
        .filter(pl.col("narrative").str.len_chars() >= _ENOUGH_TEXT)
        .with_columns(pl.col("narrative").hash(0))
    )


def _candidates(reports: pl.DataFrame, narratives: pl.DataFrame) -> list[Group]:
    """Groups worth comparing: of one organ and year, of one title, or with one narrative to the letter. Sorted."""
    keyed = reports.select("report_id", "issuer_id", "title", "report_year").join(
        narratives, on="report_id", how="left"
    )
    out: set[Group] = set()
    for key in ("issuer_id", "title", "narrative"):
        groups = (
            keyed.filter(pl.col(key).is_not_null())
            .group_by(key, "report_year" if key != "narrative" else pl.lit(0))
            .agg(pl.col("report_id").sort())
            .filter(pl.col("report_id").list.len().is_between(2, _LARGEST_GROUP))
        )
        out.update(tuple(g) for g in groups["report_id"])
    return sorted(out)


def _read(
    wanted: Iterable[str], reports: pl.DataFrame, sections: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, _Report]:
    chosen = pl.DataFrame({"report_id": list(wanted)})
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    found: dict[str, int] = defaultdict(int)
    for report, code, text in (
        sections.join(chosen, on="report_id", how="semi").select("report_id", "section_code", "text").iter_rows()
    ):
        found[report] += 1
        if code in NARRATIVES:
            texts[report][code] = text
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
        key = r["report_id"]
        # In the order of the form: where a heading was lost, its text follows the section before, and the order stays.
        told = "\n".join(texts[key][c] for c in NARRATIVES if c in texts[key])
        text = "".join(c for c in told if c.isalnum())
        narrated = _numbers(told)
        n = status[key]
        facts = sum(r[c] is not None for c in _FACTS)
        out[key] = _Report(
            key,
            ids.normalised_organ(r["issuer"]) if r["issuer"] else None,
            r["division_code"] is not None or _names_its_place(r["issuer"], r["report_year"]),
            r["division_code"],
            r["report_year"],
            narrated,
            frozenset(Decimal(x.value) for x in narrated if x.value.isascii() and Decimal(x.value) > 9),
            frozenset(hash(text[i : i + _SHINGLE]) for i in range(max(0, len(text) - _SHINGLE + 1))),
            len(text),
            numbers[key],
            (n["A"] + n["M"] - n["O"], -n["U"], found[key], facts, len(text)),
        )
    return out


def _numbers(text: str) -> tuple[_Number, ...]:
    """The counting numbers of a text, written one way: 1,234 and １２３４ are 1234."""
    plain = re.sub(r"\s+", "", _GROUPED.sub("", unicodedata.normalize("NFKC", text)))
    words = re.sub(r"\d", "#", plain)
    out = []
    for m in _COUNTED.finditer(plain):
        a, b = m.span()
        before = "".join(c for c in words[max(0, a - 2 * _PLACE) : a] if c.isalnum())[-_PLACE:]
        behind = "".join(c for c in words[b : b + 2 * _PLACE] if c.isalnum())[:_PLACE]
        out.append(_Number(m.group().lstrip("0") or "0", before, behind))
    return tuple(out)


def _names_its_place(issuer: str | None, year: int | None) -> bool:
    """Whether a name that was not placed says where: by a division that the list has not. 县教育局 and 太平镇 do not."""
    return issuer is not None and read_name(issuer, year).is_unknown


def _are_same(a: _Report, b: _Report) -> bool:
    if None not in (a.year, b.year) and a.year != b.year:
        return False
    if None not in (a.division, b.division) and a.division != b.division:
        return False
    if not _may_be_one_organ(a.organ, b.organ):
        return False
    shared = a.numbers.keys() & b.numbers.keys()
    if any(a.numbers[k] != b.numbers[k] for k in shared) or _has_other_numbers(a, b):
        return False
    telling = {a.numbers[k] for k in shared if a.numbers[k] > 9}
    is_one_name = a.organ is not None and a.organ == b.organ
    if min(a.length, b.length) < _ENOUGH_TEXT:
        return len(telling) >= _ENOUGH_NUMBERS and is_one_name
    common = len(a.shingles & b.shingles)
    if common < _ALIKE * min(len(a.shingles), len(b.shingles)):
        return False
    # Organs write their reports after one template: where the name leaves the organ open, the numbers must speak too.
    needed = _ENOUGH_NUMBERS
    if is_one_name:
        needed = 0 if a.is_placed and b.is_placed and a.year == b.year else _FEW_NUMBERS
    return len(telling | (a.counted & b.counted)) >= needed


def _has_other_numbers(a: _Report, b: _Report) -> bool:
    """Whether one's narrative has another number at a place of the other's, neither of them at a place of its own.

    A narrative may have lost numbers together with their words, so that others stand next to what follows, and it may stand
    beside a site's numbers: of those the other says nothing.
    """
    return not _places_of_others(a, b).isdisjoint(_places_of_others(b, a))


def _places_of_others(a: _Report, b: _Report) -> set[tuple[str, str]]:
    """Places of those numbers of a's narrative that b has at neither of their places."""
    held = {(x.value, place) for x in b.told for place in x.places}
    others = (x for x in a.told if not any((x.value, place) in held for place in x.places))
    return {place for x in others for place in x.places}


def _may_be_one_organ(a: str | None, b: str | None) -> bool:
    """Whether two names may be one organ's: the same, one missing, or one the other's short form (县教育局)."""
    return a is None or b is None or a.endswith(b) or b.endswith(a)
