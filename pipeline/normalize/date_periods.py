"""Periods: two dates joined by 至, read together, because each end says something about the other.

A report covers a calendar year (Regulation on Open Government Information, article 50), so that 1 January to
31 December of one year is what its period is expected to say; what is printed plainly is never measured by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.normalize.date_candidates import Candidate
from pipeline.normalize.date_context import Surroundings
from pipeline.normalize.date_readings import Reading


@dataclass(frozen=True, slots=True)
class Period:
    """Readings that remain for both ends, the grounds, and whether it is the period that the report covers."""

    starts: tuple[Reading, ...]
    ends: tuple[Reading, ...]
    start_ground: str
    end_ground: str
    is_reported: bool


def periods(found: Sequence[Candidate], around: Surroundings) -> dict[int, Period]:
    """Periods by the index of their first candidate; the second is the next one. No candidate is in two periods."""
    result: dict[int, Period] = {}
    at = 0
    while at + 1 < len(found):
        first, second = found[at], found[at + 1]
        if not first.has_year or first.readings[0].month is None or not around.is_joined(first.end, second.start):
            at += 1
            continue
        period = _period(first, second, around)
        if period is None:
            at += 1
        else:
            result[at] = period
            at += 2
    return result


def _period(first: Candidate, second: Candidate, around: Surroundings) -> Period | None:
    is_from = around.is_from(first.start)
    speaks = around.speaks_of_statistics(first.start)
    if (first.needs_context or second.needs_context) and not (
        (is_from or speaks) and around.is_over(first.end) and around.is_over(second.end)
    ):
        return None
    is_named = speaks or (is_from and around.is_bounded(first.end, second.end))
    # 2023.11 is November, unless the other end has lost separators (2023.1231): then it may be 1 January as well.
    is_printed = first.is_plain and (second.is_plain or not second.has_year)
    pairs = [
        (start, end)
        for start in (first.likely if is_printed else first.readings)
        for end in (second.likely if is_printed else second.readings)
    ]
    if not second.has_year:
        pairs = [(start, end) for start in first.likely for end in _inheriting(second, start, first.is_plain)]
    if not pairs or all(end.month is None for _, end in pairs):
        return None
    possible = [(start, end) for start, end in pairs if start.exists and end.exists]
    ordered = [(start, end) for start, end in possible if start.start <= end.end]
    pairs = ordered or possible or pairs
    if not ordered and not second.has_year:  # 2023年11月1日至2月1日: the next year, or a slip?
        pairs += [(start, _a_year_later(end)) for start, end in possible]
    grounds: list[str] = []
    if len(pairs) > 1:
        pairs = _preferred(
            pairs, [(s, e) for s, e in pairs if s.precision == e.precision], grounds, "as exact as the other end"
        )
        calendar = [(s, e) for s, e in pairs if _is_calendar_year(s, e)]
        pairs = _preferred(pairs, calendar if is_named or is_from else [], grounds, "")
    starts = tuple(dict.fromkeys(start for start, _ in pairs))
    ends = tuple(dict.fromkeys(end for _, end in pairs))
    is_calendar = len(pairs) == 1 and _is_calendar_year(*pairs[0])
    ground = "; ".join(ground for ground in grounds if ground)
    return Period(
        starts,
        ends,
        "period_start is January 1" if is_calendar else ground,
        "period_end is December 31" if is_calendar else ground,
        is_named or is_calendar,
    )


def _inheriting(second: Candidate, start: Reading, is_plain: bool) -> list[Reading]:
    """Readings of a second date without a year: the start's year, and its month where only a day is printed.

    After a plainly printed start nothing is presumed lost if it can be read as printed (3月5日至11日 is the 11th).
    """
    readings = second.readings
    if is_plain and any(not reading.lost for reading in readings):
        readings = tuple(reading for reading in readings if not reading.lost)
    inheriting = []
    for reading in readings:
        if reading.month is None and start.day is None:
            continue
        month = start.month if reading.month is None else reading.month
        inheriting.append(replace(reading, year=start.year, month=month))
    return inheriting


def _a_year_later(reading: Reading) -> Reading:
    return replace(reading, year=None if reading.year is None else reading.year + 1)


def _preferred(
    pairs: list[tuple[Reading, Reading]], fitting: list[tuple[Reading, Reading]], grounds: list[str], ground: str
) -> list[tuple[Reading, Reading]]:
    """The fitting pairs where some fit and some do not. A 1月01日 does not win over 10月1日 by fitting: it is too rare."""
    if not fitting or len(fitting) == len(pairs):
        return pairs
    if len(fitting) == 1 and any(reading.is_unevenly_padded for reading in fitting[0]):
        return pairs
    grounds.append(ground)
    return fitting


def _is_calendar_year(start: Reading, end: Reading) -> bool:
    if not (start.exists and end.exists) or start.year != end.year:
        return False
    return (start.month, start.start.day) == (1, 1) and (end.month, end.end.day) == (12, 31) and start.month is not None


def ending(candidate: Candidate, around: Surroundings) -> tuple[tuple[Reading, ...], bool, str]:
    """A date after 截至: its readings, whether it ends the period that the report covers, and the ground.

    A year (截至2087年底) ends the report's period only where the sentence speaks of the figures' period.
    """
    readings = candidate.likely
    speaks = around.speaks_of_statistics(candidate.start)
    closing = tuple(reading for reading in readings if reading.exists and reading.month == 12 and reading.end.day == 31)
    if closing and len(closing) < len(readings) and len(closing) == 1 and not closing[0].is_unevenly_padded:
        readings = closing
    return readings, speaks or bool(closing), "period_end is December 31" if closing == readings else ""
