"""Links points of an organ's report with points of its report of the year before that say nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import polars as pl

from pipeline import schema
from pipeline.reuse.mask import mask
from pipeline.reuse.relations import Places

SHINGLE = 3
"""Characters of a shingle. Points are short: with pairs 公开的内容不够丰富 and 公开的形式不够丰富 share 0.54 of all, as much as
two wordings of one problem; with threes 0.38 against 0.50."""

LEAST_JACCARD = 0.5
"""时效性不强 told again as 时效性还不够强 has 0.50, another problem in the same words around it (内容, 形式) 0.38."""

LEAST_CONTAINMENT = 0.75
"""Of the shorter point: told again with more words around it. Two problems in the same words have 0.56."""

LEAST_SHINGLES = 8
"""A shorter point (加强业务培训) is contained in many that say more: for it the Jaccard similarity alone decides."""

MOST_POINTS = 200
"""Points of a report that are compared, the first ones: no report tells more, and time stays linear in the reports."""

MOST_REPORTS = 3
"""Reports of one organ and year that are compared with each of the year before. An organ has one, now and then a second
version. Where a name has more, nothing says which of them are one organ's, and pairs would grow with their square."""

COLUMNS = schema.table("point_links").polars_schema


@dataclass(frozen=True, slots=True)
class _Told:
    point_no: int
    kind: str
    types: frozenset[str]
    shingles: frozenset[str]


def link_points(points: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """Pairs of points of one issuer in adjacent years that say nearly the same, numbers masked; columns as `COLUMNS`.

    `points`: report_id, point_no, kind, types (blank-separated), text. `reports`: as `pipeline.reuse` takes them, which
    also says what is one organ: a name that nothing places is borne by many. A report without organ or year is linked
    with nothing, up to `MOST_REPORTS` of one year with all of the year before, more with nothing. Linear in the reports.
    Points of any two kinds are compared, so that a promise kept (improvement_made) is found as well. Shingles and
    containment as in Broder 1997. `same_types`: whether they share a type (`general` is one). Order: by columns.
    """
    told = {
        str(report): tuple(_told(group))
        for (report,), group in points.sort("report_id", "point_no").group_by("report_id", maintain_order=True)
    }
    of_year: dict[tuple[str, int], list[str]] = {}
    for place in Places(reports).all:
        if place.issuer_id is not None and place.year is not None:
            of_year.setdefault((place.issuer_id, place.year), []).append(place.report_id)
    rows: list[tuple[object, ...]] = []
    for (organ, year), later in of_year.items():
        before = of_year.get((organ, year - 1), [])
        if max(len(later), len(before)) > MOST_REPORTS:
            continue
        for report, earlier in product(later, before):
            rows += _links(report, told.get(report, ()), earlier, told.get(earlier, ()))
    return pl.DataFrame(rows, COLUMNS, orient="row").sort(COLUMNS.names()[:4])


def shingles_of(text: str) -> frozenset[str]:
    """Character shingles of a point: of its masked text, which has neither blanks nor punctuation nor numbers."""
    masked = mask(text).text
    if len(masked) <= SHINGLE:
        return frozenset({masked} if masked else ())
    return frozenset(masked[i : i + SHINGLE] for i in range(len(masked) - SHINGLE + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """Jaccard similarity, and containment of the smaller set in the other; 0 where one is empty."""
    shared = len(one & other)
    if not shared:
        return 0.0, 0.0
    return shared / (len(one) + len(other) - shared), shared / min(len(one), len(other))


def _told(group: pl.DataFrame) -> Iterator[_Told]:
    for number, kind, types, text in group.select("point_no", "kind", "types", "text").head(MOST_POINTS).iter_rows():
        yield _Told(number, kind, frozenset(types.split()), shingles_of(text))


def _links(report: str, points: Sequence[_Told], earlier: str, others: Sequence[_Told]) -> Iterator[tuple[object, ...]]:
    for p in points:
        for q in others:
            jaccard, containment = similarity(p.shingles, q.shingles)
            is_long = min(len(p.shingles), len(q.shingles)) >= LEAST_SHINGLES
            if jaccard >= LEAST_JACCARD or (is_long and containment >= LEAST_CONTAINMENT):
                same = not p.types.isdisjoint(q.types)
                yield report, p.point_no, earlier, q.point_no, p.kind, q.kind, jaccard, containment, same
