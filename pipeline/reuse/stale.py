"""Stale years: sentences that speak of an earlier year as the report's own, and whether last year's report has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.reuse.mask import NAME, mask, with_names_masked

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_LEAD = re.compile(r"[\s（(]*(?:[一二三四五六七八九十\d]{1,3}(?:[）)、]|[.．](?!\d)))?\s*(?:截[至止])?")
# A year as the subject's own: 2023年，… 2023年度我局… Not 2023年以来, 2023年工作要点, 2023年比….
_OWN_YEAR = re.compile(rf"((?:19|20)\d\d)\s*年(?:度|底|末|全年)?(?=[，,]|{NAME}|全年)")


@dataclass(frozen=True, slots=True)
class StaleYear:
    """A sentence that opens with a year before the report's as its own."""

    year: int
    sentence: str


def stale_years(text: str, report_year: int, names: tuple[str, ...], earlier: str | None) -> tuple[StaleYear, ...]:
    """Stale years of a section. `earlier`: the same section of last year's report, None where there is none.

    A sentence counts that opens with an earlier year as its subject, in a paragraph that nowhere names the year of the
    report, if the whole section does not name it either, or if the sentence stands likewise in last year's report.
    Comparisons with past years (与2023年相比, 2019年以来) and titles are no such openings.
    """
    own = re.compile(rf"{report_year}\s*年")
    section_names_it = bool(own.search(text))
    found = []
    for line in text.splitlines():
        if own.search(line):
            continue
        found += [s for s in _openings(line, names) if s.year < report_year]
    if section_names_it:
        found = list(copied(found, earlier, names))
    return tuple(found)


def copied(stale: Iterable[StaleYear], earlier: str | None, names: tuple[str, ...]) -> tuple[StaleYear, ...]:
    """Those that stand likewise, with the same year, in last year's section."""
    stale = tuple(stale)
    if earlier is None or not stale:
        return ()
    there = {(s.year, mask(s.sentence, names).text) for line in earlier.splitlines() for s in _openings(line, names)}
    return tuple(s for s in stale if (s.year, mask(s.sentence, names).text) in there)


def _openings(line: str, names: tuple[str, ...]) -> list[StaleYear]:
    out = []
    for m in _SENTENCE.finditer(line):
        if "年" not in m.group():
            continue
        sentence = m.group().strip()
        lead = _LEAD.match(sentence)
        year = _OWN_YEAR.match(with_names_masked(sentence[lead.end() if lead else 0 :], names))
        if year is not None:
            out.append(StaleYear(int(year.group(1)), sentence))
    return out
