"""Finds what may be a date: digits with 年 月 日 or signs between them, Chinese numerals, and bare runs of digits.

A candidate is a place and its readings. Whether it is a date, and which, is decided in `dates`. What can be no date
whatever stands around it (index numbers, addresses, document numbers, ranges of years) is left out here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.normalize.date_readings import Piece, Reading, has_year, readings_of

LONGEST_RUN = 20
"""Digits in a row beyond which nothing is looked at: identity and account numbers, noise."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be a date, with every reading of it; at least one.

    `needs_context` marks digits that no 年 月 日 claims: they are a date only as a period, a publication or a signature.
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    has_year: bool
    needs_context: bool

    @property
    def is_plain(self) -> bool:
        """Whether it is written out in full, so that nothing has to be reasoned about."""
        return self.readings[0].is_plain and self.has_year

    @property
    def likely(self) -> tuple[Reading, ...]:
        """What it is read as while nothing around it speaks for a lost separator: as printed, if that is possible."""
        return self.readings[:1] if self.is_plain else self.readings


# Every quantifier is bounded and every run of digits is entered at its first digit only: linear time on any text. What
# stands before is looked at behind the first character: a pattern that begins with characters is searched for faster.
_DIGITAL = re.compile(
    r"[0-9](?<![0-9].)(?=[0-9]{3}|[0-9]{0,2}\s{0,3}[月日])"
    rf"[0-9]{{0,{LONGEST_RUN - 1}}}(?![0-9])"
    rf"(?:(?:\s{{0,3}}[年月]\s{{0,3}}|[-/.])[0-9]{{1,{LONGEST_RUN}}}(?![0-9])){{0,2}}"
    r"(?:\s{0,3}[年月日号])?"
)
_PIECE = re.compile(r"([0-9]+)(?:\s*([年月日号])|([-/.])(?=[0-9]))?")

_ZERO = "〇○◯零0OoОо"
_NUMERAL = "一二三四五六七八九"
_CHINESE = re.compile(
    rf"(?P<year>[12一二](?<![0-9{_NUMERAL}{_ZERO}十百千].)[0-9{_NUMERAL}{_ZERO}]{{3}})\s{{0,3}}年"
    rf"(?:\s{{0,3}}(?P<month>元|十[一二]?|[{_NUMERAL}]|[01]?[0-9])\s{{0,3}}月"
    rf"(?:\s{{0,3}}(?P<day>[二三]?十[{_NUMERAL}]?|廿[{_NUMERAL}]?|[{_NUMERAL}]|[0-3]?[0-9])\s{{0,3}}[日号])?)?"
)
_CHINESE_DIGITS = str.maketrans({**dict.fromkeys(_ZERO, "0"), **{sign: str(n) for n, sign in enumerate(_NUMERAL, 1)}})

_ADDRESS = re.compile(r"(?:[A-Za-z]{2,10}://|www\.)[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef<>\"'“”]{1,2000}")
_RANGE_OF_YEARS = re.compile(r"[0-9]{4}\s?[-—–~～－─至到]{1,2}\s?$")
_NUMBERED = re.compile(r"\s{0,2}[〕﹞\])）】]?\s{0,2}第?\s{0,2}[0-9]{1,6}\s{0,2}号")
_ENDS_A_DATE = re.compile(r"\s{0,2}(?:止|起|始|至|到)")
_NOT_A_DAY = re.compile(r"[均常内报程志益]")
_GOES_ON = re.compile(r"[A-SU-Za-z_%/]|[-.](?!(?:19|20)[0-9]{2}(?:[-/.年]|[0-9]{1,4}(?![0-9])))[0-9]")
_LINE_ENDS = re.compile(r"[^\S\n]{0,40}(?:\n|$)")
_LINE_STARTS = re.compile(r"(?:^|\n)[^\S\n]{0,60}$")


def candidates(text: str, skip: Sequence[tuple[int, int]]) -> list[Candidate]:
    """Candidates of a text in reading order, none overlapping another or a span of `skip`."""
    blocked = sorted(span for span in skip if span[0] < span[1])
    if "://" in text or "www." in text:
        blocked = sorted([*blocked, *(match.span() for match in _ADDRESS.finditer(text))])
    blocked = _merged(blocked)
    found = [candidate for candidate in _chinese(text) if not _overlaps(blocked, candidate.start, candidate.end)]
    if found:
        blocked = _merged(sorted([*blocked, *((candidate.start, candidate.end) for candidate in found)]))
    found += _digital(text, blocked)
    return sorted(found, key=lambda candidate: candidate.start)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    at = bisect_right(spans, (end - 1, 1 << 62)) - 1
    return at >= 0 and spans[at][1] > start


def _chinese(text: str) -> list[Candidate]:
    found = []
    for match in _CHINESE.finditer(text):
        year, month, day = match.group("year", "month", "day")
        if (year + (month or "") + (day or "")).isascii() and "O" not in year.upper():
            continue  # western digits only: the other pattern knows what surrounds them
        pieces = [Piece(year.translate(_CHINESE_DIGITS), "年")]
        pieces += [Piece(str(_number(part)), own) for part, own in ((month, "月"), (day, "日")) if part]
        readings = readings_of(tuple(pieces))
        if readings and not (len(pieces) == 1 and _NUMBERED.match(text, match.end())):
            found.append(Candidate(match.start(), match.end(), readings, has_year=True, needs_context=False))
    return found


def _number(numeral: str) -> int:
    """A month or day: 元 1, 十九 19, 二十 20, 廿三 23, 07 7."""
    if numeral == "元":
        return 1
    if numeral.isascii():
        return int(numeral)
    tens, ten, ones = numeral.replace("廿", "二十").partition("十")
    if not ten:
        return _NUMERAL.index(numeral) + 1
    return 10 * (_NUMERAL.index(tens) + 1 if tens else 1) + (_NUMERAL.index(ones) + 1 if ones else 0)


def _digital(text: str, blocked: list[tuple[int, int]]) -> list[Candidate]:
    found: list[Candidate] = []
    at = 0
    while (match := _DIGITAL.search(text, at)) is not None:
        at = match.start()
        matches = list(_PIECE.finditer(text, at, match.end()))
        pieces = _pieces(text, matches)
        last_end = found[-1].end if found else -1
        for count in range(len(pieces), 0, -1):
            last = pieces[count - 1]
            if last.separator and last.separator in "-/.":
                last = Piece(last.digits, "")
            end = matches[count - 1].end() if last.separator else matches[count - 1].end(1)
            shortened = (*pieces[: count - 1], last)
            candidate = _candidate(text, at, end, shortened, last_end)
            if candidate is not None and not _overlaps(blocked, at, end):
                found.append(candidate)
                at = end
                break
        else:
            at = matches[0].end(1)
    return found


def _pieces(text: str, matches: list[re.Match[str]]) -> list[Piece]:
    """Digits with their separators. A 月 or 日 on the next line, or apart from signs, begins another word (日常, 月报)."""
    is_written_out = len(matches[0][1]) <= 2 or (len(matches[0][1]) == 4 and matches[0][2] == "年")
    has_signs = matches[0][3] is not None
    pieces = []
    for match in matches:
        separator = match[2] or match[3] or ""
        gap = text[match.end(1) : match.start(2)] if match[2] else ""
        if gap and (has_signs or ("\n" in gap and not is_written_out)):
            separator = ""
        pieces.append(Piece(match[1], separator))
    return pieces


def _candidate(text: str, start: int, end: int, pieces: tuple[Piece, ...], last_end: int) -> Candidate | None:
    """The candidate that these pieces are, or None where they, or what stands around them, cannot be a date."""
    first, last = pieces[0], pieces[-1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if len(pieces) == 1 and first.separator == "年" and len(first.digits) == 4:
        return _bare_year(text, start, end, pieces, before)
    if last.separator == "号" and not (len(pieces) > 1 and pieces[-2].separator == "月"):
        return None  # 2023年15号, 〔202130号
    if first.separator != "年" and before:
        is_attached = before.isascii() and (before.isalnum() or before in "_-./\\=+*")
        if (is_attached and not _follows_a_date(text, last_end, start)) or before in "〔﹝":
            return None
    if not last.separator and _GOES_ON.match(text, end):
        return None
    readings = readings_of(pieces)
    if not readings:
        return None
    is_plain = readings[0].is_plain
    claims = [piece.separator for piece in pieces if piece.separator in ("年", "月", "日", "号")]
    if not is_plain:
        if "\n" in text[start:end] or (last.separator in ("日", "月") and _NOT_A_DAY.match(after)):
            return None
        if claims and not last.separator and not _may_lack_its_day(text, start, end):
            return None
    elif not claims and not readings[0].exists and not (1 <= (readings[0].month or 0) <= 12):
        return None  # 2024-13-45 is a number with dashes
    has_signs = any(piece.separator and piece.separator in "-/." for piece in pieces)
    needs_context = not claims and not (has_signs and is_plain and readings[0].day is not None)
    return Candidate(start, end, readings, has_year(pieces), needs_context)


def _bare_year(text: str, start: int, end: int, pieces: tuple[Piece, ...], before: str) -> Candidate | None:
    """A year alone. The end of a range of years (2021-2025年) and a year in a document number are none.

    A range says over which years a plan runs, not which year is meant, so it is left alone as a whole.
    """
    if before and before in "-—–~～－─至到 " and _RANGE_OF_YEARS.search(text, max(0, start - 9), start):
        return None
    if _NUMBERED.match(text, end):
        return None
    readings = readings_of(pieces)
    return Candidate(start, end, readings, has_year=True, needs_context=False) if readings else None


def _follows_a_date(text: str, last_end: int, start: int) -> bool:
    """Whether only one or two dashes stand between a candidate and the one before it (2023.1.1-2023.12.31)."""
    return 0 <= start - last_end <= 2 and last_end >= 0 and not text[last_end:start].strip("-")


def _may_lack_its_day(text: str, start: int, end: int) -> bool:
    """Whether digits at the end may be a day whose 日 is lost: before 止 起 至, or alone on their line."""
    if _ENDS_A_DATE.match(text, end):
        return True
    return bool(_LINE_ENDS.match(text, end) and _LINE_STARTS.search(text[max(0, start - 61) : start]))
