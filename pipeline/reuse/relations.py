"""Who stands where to whom: an organ's place, its superior, its fellows, its report of last year, its names.

The government of a division (and its office) stands under the division above; every other organ of a division, and its
towns and subdistricts, stand under that division's own government. Fellows (siblings) have the same parent division and
are of the same group of kinds. A division is known by its code, one that the list has not by the names that the organ's
own name opens with (`issuers.places_named`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

import polars as pl

from pipeline.data_files import table_rows
from pipeline.issuers.divisions import division, stem
from pipeline.issuers.kind import plain
from pipeline.issuers.places import NAMES_A_PLACE, links, places_named
from pipeline.reuse.mask import ends_as_a_name
from pipeline.reuse.word_bounds import is_ordinary

PREVIOUS_YEAR, SUPERIOR, SIBLING, SAME_ORGAN, OTHER = "previous_year", "superior", "sibling", "same_organ", "other"
"""Code list `reuse_relation`."""

_MOST_SUPERIORS = 2
"""Reports of one government, of one year, that are compared: its own and its office's."""

_HEAD = "head"
_OFFICE_OF_GOVERNMENT = re.compile(r"(?:省|市|县|区|旗|州|盟)(?:人民)?政府办公?[室厅]?$")
_NAMES_A_PLACE = re.compile(NAMES_A_PLACE)


@dataclass(frozen=True, slots=True)
class Place:
    """A report's organ. `above`: the divisions under whose governments it stands, the nearest first; empty where nothing
    says it. `group`: kinds that are compared as fellows; None where nothing says it. `heads`: the division that it
    governs, if it is a government or a government's office.
    """

    report_id: str
    issuer_id: str | None
    year: int | None
    above: tuple[str, ...]
    group: str | None
    heads: str | None
    names: tuple[str, ...]

    @property
    def parent(self) -> str | None:
        """The division whose government is next above."""
        return self.above[0] if self.above else None


class Places:
    """The reports of a corpus in an order in which those that stand close to each other are neighbours: by parent
    division, group, year, organ. Reports are numbers in this order.
    """

    def __init__(self, reports: pl.DataFrame) -> None:
        """`reports`: report_id, issuer_id, issuer, report_year, division_code, division_name, issuer_kind."""
        columns = (
            "report_id",
            "issuer_id",
            "issuer",
            "report_year",
            "division_code",
            "division_name",
            "issuer_kind",
        )
        places = [_place(*row) for row in reports.select(columns).iter_rows()]
        self.all = sorted(
            places,
            key=lambda p: (p.parent or "~", p.group or "~", p.year or 0, p.issuer_id or "~", p.report_id),
        )
        self.number = {p.report_id: i for i, p in enumerate(self.all)}
        self._of_organ: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._heads: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._fellows: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for i, p in enumerate(self.all):
            if p.year is None:
                continue
            if p.issuer_id is not None:
                self._of_organ[p.issuer_id, p.year].append(i)
            if p.heads is not None:
                self._heads[p.heads, p.year].append(i)
            if p.parent is not None and p.group is not None:
                self._fellows[p.parent, p.group, p.year].append(i)

    def previous(self, report: int) -> int | None:
        """The same organ's only report for the year before, where the organ has one report for this year, too."""
        p = self.all[report]
        if p.issuer_id is None or p.year is None or len(self._of_organ[p.issuer_id, p.year]) != 1:
            return None
        earlier = self._of_organ.get((p.issuer_id, p.year - 1), [])
        return earlier[0] if len(earlier) == 1 else None

    def superiors(self, report: int) -> tuple[int, ...]:
        """Reports of the government above (and of its office), of the same year and of the year before."""
        p = self.all[report]
        if p.parent is None or p.year is None:
            return ()
        return tuple(
            other
            for year in (p.year, p.year - 1)
            for other in self._heads.get((p.parent, year), [])[:_MOST_SUPERIORS]
            if other != report and (p.issuer_id is None or self.all[other].issuer_id != p.issuer_id)
        )

    def fellows(self) -> list[list[int]]:
        """Groups of reports of one year whose organs are fellows."""
        return [reports for _, reports in sorted(self._fellows.items())]

    def are_of_one_organ(self, a: int, b: int) -> bool:
        return self.all[a].issuer_id is not None and self.all[a].issuer_id == self.all[b].issuer_id

    def are_fellows(self, a: int, b: int) -> bool:
        p, q = self.all[a], self.all[b]
        same = (p.parent, p.group, p.year) == (q.parent, q.group, q.year)
        return same and None not in (p.parent, p.group, p.year) and not self.are_of_one_organ(a, b)

    def related(self, a: int, b: int) -> tuple[int, int, str]:
        """Two reports as a pair: the one that may have copied, the other, and the relation."""
        for later, earlier in ((a, b), (b, a)):
            if self.previous(later) == earlier:
                return later, earlier, PREVIOUS_YEAR
            if earlier in self.superiors(later):
                return later, earlier, SUPERIOR
        p, q = self.all[a], self.all[b]
        is_swapped = (p.year, q.year) != (q.year, p.year) and None not in (p.year, q.year)
        if is_swapped:
            a, b = (a, b) if (p.year or 0) > (q.year or 0) else (b, a)
        elif p.report_id > q.report_id:
            a, b = b, a
        if self.are_of_one_organ(a, b):
            return a, b, SAME_ORGAN
        return a, b, SIBLING if self.are_fellows(a, b) else OTHER

    def may_be_source(self, of: int, other: int) -> bool:
        """Whether `of` may have its text from `other`: not from a later year's, nor from that of an organ below it of the
        same year, which is taken to have copied itself.
        """
        p, q = self.all[of], self.all[other]
        if p.year is None or q.year is None:
            return True
        return q.year < p.year or (q.year == p.year and not (p.heads is not None and p.heads in q.above))


@lru_cache(maxsize=1)
def _groups() -> dict[str, str]:
    return {r["issuer_kind"]: r["group"] for r in table_rows(__package__, "fellow_groups.csv")}


def _above(code: str, year: int | None) -> str | None:
    """The code of the division above; of a code that the list has not, by the form of codes (GB/T 2260)."""
    listed = division(code, year) or division(code)
    if listed is not None:
        return listed.parent_code
    if not re.fullmatch(r"\d{6}", code) or code.endswith("0000"):
        return None
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"


def _lineage(code: str, year: int | None) -> tuple[str, ...]:
    """A division's code and those of the divisions above it."""
    above = _above(code, year)
    return (code,) if above is None else (code, *_lineage(above, year))


def _place(
    report_id: str,
    issuer_id: str | None,
    issuer: str | None,
    year: int | None,
    code: str | None,
    division_name: str | None,
    kind: str | None,
) -> Place:
    name = plain(issuer or "")
    is_head = kind == "government" or (kind == "office" and bool(_OFFICE_OF_GOVERNMENT.search(name)))
    group = _HEAD if is_head else _groups().get(kind or "")
    lineage = _lineage(code, year) if code is not None else places_named(name)
    return Place(
        report_id,
        one_organ(issuer_id, issuer, code),
        year,
        lineage[1:] if is_head else lineage,
        group,
        lineage[0] if is_head and lineage else None,
        names_of(name, division_name, code, year),
    )


def one_organ(issuer_id: str | None, issuer: str | None, code: str | None) -> str | None:
    """The id of an organ; None where many may bear it: a name that no division places and that names no place itself."""
    return issuer_id if code is not None or _NAMES_A_PLACE.search(plain(issuer or "")) else None


_RANK = re.compile(r"(?:人民政府办公[室厅]|人民政府|政府办公[室厅]|党政办公室|办事处|管理委员会|管委会|办公[室厅])$")
_ZONE = re.compile(r"(?:经济技术|经济|高新技术产业|高新技术|高新)开发区$")
_AFTER_A_PLACE = ("人民政府", "政府", "委")
"""What tells a place that is called by an ordinary word: 城区政府."""


@lru_cache(maxsize=1 << 14)
def names_of(issuer: str, division_name: str | None, code: str | None, year: int | None) -> tuple[str, ...]:
    """The names under which a text may call its organ, its division and those above: longest first. Ordinary words are
    none, unless they end as an organ or a place does: 平安县 and 财政局, not 平安, 公开, 政务服务.
    """
    names = {issuer, division_name or ""}
    end = 0
    for link in links(issuer):
        end += len(link)
        names |= {link, stem(link), issuer[end:], issuer[:end]}
    names |= {_RANK.sub("", n) for n in tuple(names)}
    names |= {_ZONE.sub(short, n) for n in tuple(names) for short in ("开发区", "经开区", "高新区") if _ZONE.search(n)}
    names |= {n.removesuffix("镇").removesuffix("乡").removesuffix("街道") for n in tuple(names)}
    for above in _lineage(code, year) if code is not None else ():
        held = division(above, year) or division(above)
        if held is not None:
            names |= {held.name}
    names |= {n + behind for n in tuple(names) if _is_short_place(n) for behind in _AFTER_A_PLACE}
    names |= {stem(n) for n in tuple(names)}
    telling = (n for n in names if len(n) > 1 and not _RANK.fullmatch(n) and (n == issuer or _tells(n)))
    return tuple(map(intern, sorted(telling, key=lambda n: (-len(n), n))))


def _is_short_place(name: str) -> bool:
    return len(name) == 2 and ends_as_a_name(name) and is_ordinary(name)


def _tells(name: str) -> bool:
    """Whether a name says whose it is: not 公开 of 公开镇, nor 青禾县公开, which the text may say of what the county did."""
    if ends_as_a_name(name) and len(name) > 2:
        return True
    return not is_ordinary(name) and not is_ordinary(name[sum(map(len, links(name))) :])
