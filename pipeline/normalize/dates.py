"""Finds the dates written in a report and repairs collapsed ones by reasoning over all their readings.

Nothing is decided by a pattern: every split of the digits into year, month and day that the printed separators allow is
a reading, and the context (the two ends of a period, the day of publication, when a report falls due) has to leave one.
Where it leaves more, the date stays open and `repair_rule` lists them. How the fields of a `DateMention` are used:

- as printed: dates set, `is_repaired` false, `repair_rule` null;
- repaired: dates set, `is_repaired` true, `repair_rule` says what and on what ground (`collapsed: …`, `doubled digits: …`);
- inferred: a period's second date without a year is written so by custom, and nothing is repaired: `is_repaired` false,
  `repair_rule` says where its year comes from (`year taken from …`);
- undecided: dates null, `is_repaired` false, `undecided: 2023-01-11 | 2023-11-01`;
- impossible: dates null, `is_repaired` false, `no such day: 2023-02-30`.

Left alone: a month and day without a year outside a period, ranges of years (2021-2025年), numbers without 年.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.model import DateMention
from pipeline.normalize.date_candidates import Candidate, candidates
from pipeline.normalize.date_context import Surroundings, year_of_report
from pipeline.normalize.date_periods import Period, ending, periods
from pipeline.normalize.date_readings import LATEST_PRINTED, Reading

LAST_SIGNED = (3, 31)
"""Reports are due by the end of January, those of whole governments by the end of March (Regulation, articles 49, 50)."""
BEFORE_PUBLICATION = dt.timedelta(days=92)
"""A report is signed at most so long before it is published."""
YEARS_AHEAD = 2
"""A year cut out of a digit run is at most so much later than the report's year."""

_WIDE = re.compile("[０-９／．－⽇⽉]")
_NARROW = str.maketrans("０１２３４５６７８９／．－⽇⽉", "0123456789/.-日月")


@dataclass(slots=True)
class _Case:
    """A candidate on its way to a decision: what survives, the role, and the grounds on which something was excluded."""

    candidate: Candidate
    survivors: tuple[Reading, ...]
    role: str = "other"
    grounds: list[str] = field(default_factory=list)


def find_dates(
    text: str,
    *,
    skip: Sequence[tuple[int, int]] = (),
    report_year: int | None = None,
    title_year: int | None = None,
) -> tuple[DateMention, ...]:
    """Every date written in a normalised text, sorted by span, none overlapping another.

    `skip` are spans (statutory tables) in which nothing is a date. `report_year` and `title_year`, where the caller
    knows them, are evidence for collapsed dates (a report is signed in the first months after its year); otherwise the
    title and the years named in the text serve. Spans are half-open offsets into `text`; `printed` is what stands there.
    Linear in the length of the text; raises nothing. Source of the calendar that is expected: Regulation on Open
    Government Information, articles 49 and 50 (annual reports: the past year, due by the end of January or March).
    """
    narrow = text.translate(_NARROW) if _WIDE.search(text) else text
    found = candidates(narrow, skip)
    if not found:
        return ()
    around = Surroundings(narrow)
    year: int | None = None
    if not all(candidate.is_plain for candidate in found):  # evidence is needed for collapsed dates only
        year = year_of_report(narrow, found, (report_year, title_year))
        found = [kept for candidate in found if (kept := _plausible(candidate, year)) is not None]
    pairs = periods(found, around)
    cases: list[_Case] = []
    at = 0
    while at < len(found):
        period = pairs.get(at)
        if period is None:
            case = _single(found[at], around)
            cases += [case] if case else []
            at += 1
        else:
            cases += _both_ends(found[at], found[at + 1], period)
            at += 2
    _settle_publication(cases)
    _settle_open(cases, _year_of_period(cases) if year is None else year)
    return tuple(_mention(text, case) for case in cases)


def _plausible(candidate: Candidate, year: int | None) -> Candidate | None:
    """The candidate without readings whose year was cut out of digits and lies after all that the report can speak of."""
    latest = LATEST_PRINTED if year is None else year + YEARS_AHEAD
    kept = tuple(r for r in candidate.readings if "年" not in r.lost or r.year is None or r.year <= latest)
    if len(kept) == len(candidate.readings):
        return candidate
    if not kept:
        return None
    return Candidate(candidate.start, candidate.end, kept, candidate.has_year, candidate.needs_context)


def _both_ends(first: Candidate, second: Candidate, period: Period) -> tuple[_Case, _Case]:
    start, end = ("period_start", "period_end") if period.is_reported else ("other", "other")
    return (
        _Case(first, period.starts, start, [period.start_ground]),
        _Case(second, period.ends, end, [period.end_ground]),
    )


def _single(candidate: Candidate, around: Surroundings) -> _Case | None:
    """A candidate outside any period with its role, or None where it is no date after all."""
    if not candidate.has_year:
        return None
    readings = candidate.likely
    if around.is_until(candidate.start) and (not candidate.needs_context or around.is_over(candidate.end)):
        survivors, is_reported, ground = ending(candidate, around)
        if is_reported or not candidate.needs_context:
            return _Case(candidate, survivors, "period_end" if is_reported else "other", [ground])
    if readings[0].month is None:  # a bare year is neither a publication nor a signature
        return _Case(candidate, readings)
    key = around.key(candidate.start)
    if key == "number" or (candidate.needs_context and not around.is_over(candidate.end)):
        return None
    if key == "published":
        return _Case(candidate, readings, "published")
    if key == "issued":
        return _Case(candidate, readings, "issued")
    if key is None and around.is_signature(candidate):
        return _Case(candidate, readings, "signed")
    if key is None and candidate.is_plain and around.is_on_site_line(candidate.start, candidate.end):
        return _Case(candidate, readings, "published")
    return None if candidate.needs_context else _Case(candidate, readings)


def _settle_publication(cases: list[_Case]) -> None:
    """The day of drawing up (生成日期, 成文日期) stands for the day of publication only where the latter is missing."""
    role = "other" if any(case.role == "published" for case in cases) else "published"
    for case in cases:
        if case.role == "issued":
            case.role = role


def _year_of_period(cases: list[_Case]) -> int | None:
    years = {case.survivors[0].year for case in cases if case.role == "period_end" and len(case.survivors) == 1}
    return years.pop() if len(years) == 1 else None


def _settle_open(cases: list[_Case], year: int | None) -> None:
    """Decides what is still open for dates of signature and publication, where every ground that speaks says the same."""
    published = [c.survivors[0].start for c in cases if c.role == "published" and _is_decided(c)]
    for case in list(cases):
        if case.role not in ("signed", "published"):
            continue
        if case.role == "signed" and case.candidate.needs_context and year is not None:
            # Five or six digits under an organ's name may still be a postcode: the year has to fit the report.
            case.survivors = tuple(r for r in case.survivors if r.year is not None and r.year >= year)
            if not case.survivors:
                cases.remove(case)
                continue
        if len(case.survivors) < 2:
            continue
        existing = [reading for reading in case.survivors if reading.exists]
        kept = set(existing)
        if year is not None:
            first, last = dt.date(year + 1, 1, 1), dt.date(year + 1, *LAST_SIGNED)
            due = {reading for reading in existing if first <= reading.start and reading.end <= last}
            kept = _narrow(case, kept, existing, due, f"{case.role} when reports on {year} fall due")
        if case.role == "signed" and published:
            near = {r for r in existing if any(r.start <= day <= r.start + BEFORE_PUBLICATION for day in published)}
            kept = _narrow(case, kept, existing, near, "signed shortly before publication")
        # A lone 1月05日 never wins against 10月5日: a month without and a day with a leading zero is a rare way to write.
        if len(kept) == 1 and not any(reading.is_unevenly_padded for reading in kept):
            case.survivors = tuple(kept)


def _narrow(
    case: _Case, kept: set[Reading], existing: list[Reading], fitting: set[Reading], ground: str
) -> set[Reading]:
    """What a ground leaves of `kept`. One that fits every reading or none says nothing; grounds that disagree leave none."""
    if not fitting or len(fitting) == len(existing):
        return kept
    case.grounds.append(ground)
    return kept & fitting


def _is_decided(case: _Case) -> bool:
    return len(case.survivors) == 1 and case.survivors[0].exists


def _mention(text: str, case: _Case) -> DateMention:
    candidate, survivors = case.candidate, case.survivors
    span = (candidate.start, candidate.end)
    printed = text[candidate.start : candidate.end]
    reading = survivors[0]
    if _is_decided(case):
        rule = _rule(candidate, reading, [ground for ground in case.grounds if ground])
        is_repaired = reading.is_doubled or bool(reading.lost)
        return DateMention(span, printed, reading.start, reading.end, reading.precision, is_repaired, rule, case.role)
    existing = [reading for reading in survivors if reading.exists]
    kinds = {reading.precision for reading in (existing or survivors)}
    precision = kinds.pop() if len(kinds) == 1 else "day"
    if existing:
        rule = "undecided: " + " | ".join(reading.label for reading in existing)
    else:
        rule = "no such day: " + " | ".join(reading.label for reading in survivors)
    return DateMention(span, printed, None, None, precision, False, rule, case.role)


def _rule(candidate: Candidate, reading: Reading, grounds: list[str]) -> str | None:
    """What was repaired and on what ground, or None where the date is as printed."""
    repairs = []
    if reading.is_doubled:
        repairs.append(f"doubled digits: the year is {reading.year}")
    if reading.lost:
        repairs.append(f"collapsed: {'; '.join(grounds)}" if grounds else "collapsed: only one reading")
    if not candidate.has_year:
        is_day = any(r.month is None and (r.day, r.lost) == (reading.day, reading.lost) for r in candidate.readings)
        inherited = "year and month" if is_day else "year"
        repairs.append(f"{inherited} taken from the period's start")
    return "; ".join(repairs) or None
