"""Links points of an organ's report with points of its report of the year before that say nearly the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice, product
from operator import itemgetter

import polars as pl

from pipeline import schema
from pipeline.reuse.mask import mask
from pipeline.reuse.relations import one_organ

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


@dataclass(frozen=True)
class _Told:
    point_no: int
    kind: str
    types: frozenset[str]
    text: str

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Of points that are compared only."""
        return shingles_of(self.text)


def link_points(points: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """Pairs of points of one issuer in adjacent years that say nearly the same, numbers masked; columns as `COLUMNS`.

    `points`: report_id, point_no, kind, types (blank-separated), text. `reports`: as `pipeline.reuse` takes them, which
    also says what is one organ: a name that nothing places is borne by many. A report without organ or year is linked
    with nothing, up to `MOST_REPORTS` of one year with all of the year before, more with nothing. Linear in the reports.
    Points of any two kinds are compared, so that a promise kept (improvement_made) is found as well. Shingles and
    containment as in Broder 1997. `same_types`: whether they share a type (`general` is one). Order: by columns.
    """
    organs = _organs(reports)
    of_year = Counter(organs.select("organ", "report_year").iter_rows())
    rows: list[tuple[object, ...]] = []
    for organ, years in _by_organ(points, organs):
        for year, later in years.items():
            before = years.get(year - 1)
            if before is None or max(of_year[organ, year], of_year[organ, year - 1]) > MOST_REPORTS:
                continue
            for (report, own), (earlier, others) in product(later.items(), before.items()):
                rows += _links(report, own, earlier, others)
    return pl.DataFrame(rows, COLUMNS, orient="row").sort(COLUMNS.names()[:4])


def _organs(reports: pl.DataFrame) -> pl.DataFrame:
    """report_id, organ, report_year of the reports that have an organ and a year."""
    facts = reports.select("issuer_id", "issuer", "division_code").iter_rows()
    organ = pl.Series("organ", [one_organ(*f) for f in facts], pl.String)
    return reports.select("report_id", organ, "report_year").drop_nulls()


def _by_organ(points: pl.DataFrame, organs: pl.DataFrame) -> Iterator[tuple[str, dict[int, dict[str, list[_Told]]]]]:
    """Organ by organ, so that only one's points are in memory as sets: what its reports tell, by year and report."""
    columns = ("organ", "report_year", "report_id", "point_no", "kind", "types", "text")
    rows = points.join(organs, on="report_id").select(columns).sort(columns[:4])
    for organ, of_organ in groupby(rows.iter_rows(), itemgetter(0)):
        years: dict[int, dict[str, list[_Told]]] = {}
        for (year, report), told in groupby(of_organ, itemgetter(1, 2)):
            years.setdefault(year, {})[report] = [
                _Told(point_no, kind, frozenset(types.split()), text)
                for *_, point_no, kind, types, text in islice(told, MOST_POINTS)
            ]
        yield organ, years


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


def _links(report: str, points: Sequence[_Told], earlier: str, others: Sequence[_Told]) -> Iterator[tuple[object, ...]]:
    for p in points:
        for q in others:
            jaccard, containment = similarity(p.shingles, q.shingles)
            is_long = min(len(p.shingles), len(q.shingles)) >= LEAST_SHINGLES
            if jaccard >= LEAST_JACCARD or (is_long and containment >= LEAST_CONTAINMENT):
                same = not p.types.isdisjoint(q.types)
                yield report, p.point_no, earlier, q.point_no, p.kind, q.kind, jaccard, containment, same
