"""All the dates that a group of digits and the separators still printed between them can stand for.

No judgement belongs here: a reading is possible or it is not. Which one is meant is decided in `dates`, with the context.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

EARLIEST_PRINTED, LATEST_PRINTED = 1900, 2099
"""A year printed with its 年 is believed within these bounds: 2087年 stays as written."""
EARLIEST_COLLAPSED = 1949
"""A year that has to be cut out of a digit run must be a year in which these organs existed."""

_WIDTHS = {"Y": (4,), "M": (1, 2), "D": (1, 2)}
_OWN_SEPARATOR = {"Y": "年", "M": "月", "D": "日"}
_ALLOWED = {"Y": "年-/.", "M": "月-/.", "D": "日号"}
_LONGEST_DOUBLED_YEAR = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits and the separator printed after them (年 月 日 号 - / . or nothing)."""

    digits: str
    separator: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the digits. `year` (and `month`) are None where the text leaves them to a date before it.

    `lost` names the separators that must have been lost for this reading; `is_doubled` says that digits of the year
    must have been written twice; `is_unevenly_padded` that month and day disagree about leading zeros (1月05日).
    """

    year: int | None
    month: int | None
    day: int | None
    lost: str = ""
    is_doubled: bool = False
    is_unevenly_padded: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the reading takes the text exactly as it is printed."""
        return not self.lost and not self.is_doubled

    @property
    def precision(self) -> str:
        """Code of the contract: `day`, `month` or `year`."""
        if self.day is not None:
            return "day"
        return "month" if self.month is not None else "year"

    @property
    def exists(self) -> bool:
        """Whether the calendar has this date. The year must be known."""
        if self.month is None:
            return True
        if self.year is None or not 1 <= self.month <= 12:
            return False
        return self.day is None or 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]

    @property
    def start(self) -> dt.date:
        """First day. Only for a reading that `exists`."""
        assert self.year is not None
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def end(self) -> dt.date:
        """Last day. Only for a reading that `exists`."""
        assert self.year is not None
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def label(self) -> str:
        """The reading as a person would note it down: 2023-01-11, 2023-01 or 2023."""
        return "-".join([str(self.year), *(f"{part:02d}" for part in (self.month, self.day) if part is not None)])


@lru_cache(maxsize=4096)
def readings_of(pieces: tuple[Piece, ...]) -> tuple[Reading, ...]:
    """Every reading of these pieces, separators that are printed holding their place, in calendar order of the fields.

    Days that the calendar lacks are kept (2月30日) so that they can be reported; months above 12 and days above 31 are
    kept only where a year and every separator are printed. Where a reading takes 年 月 日 or three numbers as printed, only it is
    returned; 2023.11 (1月1日?) and pieces without a year (1231日, 15日) keep all, because another date may decide.
    """
    found: dict[Reading, None] = {}
    for fields in ("YMD", "YM", "Y") if has_year(pieces) else ("MD", "M", "D"):
        for reading in _split(pieces, fields, is_doubled=False):
            found[reading] = None
    first = pieces[0]
    if not found and first.separator == "年" and 4 < len(first.digits) <= _LONGEST_DOUBLED_YEAR:
        for year in _without_doubling(first.digits):
            for fields in ("YMD", "YM", "Y"):
                for reading in _split((Piece(year, "年"), *pieces[1:]), fields, is_doubled=True):
                    found[reading] = None
    plain = tuple(reading for reading in found if reading.is_plain)
    if plain and has_year(pieces) and (plain[0].day is not None or first.separator == "年"):
        return plain
    return tuple(sorted(found, key=lambda reading: not reading.is_plain))


def has_year(pieces: tuple[Piece, ...]) -> bool:
    """Whether the first digits hold a year: five or more, or four that 年 or a sign (not 月 or 日) follows."""
    first = pieces[0]
    return len(first.digits) > 4 or (len(first.digits) == 4 and first.separator not in ("月", "日", "号"))


def _split(pieces: tuple[Piece, ...], fields: str, *, is_doubled: bool) -> Iterator[Reading]:
    digits = "".join(piece.digits for piece in pieces)
    printed: dict[int, str] = {}
    at = 0
    for piece in pieces:
        at += len(piece.digits)
        if piece.separator:
            printed[at] = piece.separator
    is_signs = any(separator in "-/." for separator in printed.values())
    if is_signs and any(separator in "年月" for separator in printed.values()):
        return  # 2024年1-6月 is a range, 2024年1.5 an amount
    for widths in product(*(_WIDTHS[field] for field in fields)):
        if sum(widths) != len(digits):
            continue
        lost, parts, at, seen = "", {}, 0, 0
        for field, width in zip(fields, widths, strict=True):
            parts[field] = digits[at : at + width]
            at += width
            separator = printed.get(at, "")
            if separator:
                if separator not in _ALLOWED[field]:
                    break
                seen += 1
            elif not (is_signs and at == len(digits)):  # 2024-01-22 ends without a sign
                lost += _OWN_SEPARATOR[field]
        else:
            if fields == "Y" and lost:
                return  # a bare number is no date
            if seen == len(printed) and (reading := _reading(parts, lost, is_doubled)) is not None:
                yield reading


def _reading(parts: dict[str, str], lost: str, is_doubled: bool) -> Reading | None:
    year = int(parts["Y"]) if "Y" in parts else None
    month = int(parts["M"]) if "M" in parts else None
    day = int(parts["D"]) if "D" in parts else None
    earliest = EARLIEST_COLLAPSED if "年" in lost or is_doubled else EARLIEST_PRINTED
    if year is not None and not earliest <= year <= LATEST_PRINTED:
        return None
    if (lost or is_doubled or year is None) and not (
        (month is None or 1 <= month <= 12) and (day is None or 1 <= day <= 31)
    ):
        return None
    is_uneven = False
    if "M" in parts and "D" in parts:
        is_zeroed = parts["M"][0] == "0" or parts["D"][0] == "0"
        is_uneven = is_zeroed and (len(parts["M"]) == 1 or len(parts["D"]) == 1)
    return Reading(year, month, day, lost, is_doubled, is_uneven)


def _without_doubling(digits: str) -> list[str]:
    """Years that remain when one stretch of digits written twice in a row is written once: 202020 gives 2020."""
    surplus = len(digits) - 4
    years: dict[str, None] = {}
    for at in range(len(digits) - 2 * surplus + 1):
        if digits[at : at + surplus] == digits[at + surplus : at + 2 * surplus]:
            years[digits[:at] + digits[at + surplus :]] = None
    return list(years)
