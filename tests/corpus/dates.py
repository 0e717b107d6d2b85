"""The dates that a report states: the statistical period and the signature, whole or with characters lost."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as the gold files describe it."""

    printed: str
    start_date: str
    end_date: str
    precision: str
    is_repaired: bool
    role: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A phrase with the dates in it."""

    text: str
    mentions: tuple[Mention, ...]


def day(printed: str, date: str, role: str, *, repaired: bool = False) -> Mention:
    return Mention(printed, date, date, "day", repaired, role)


def period(year: int, style: str) -> Stated | None:
    """自…起至…止 for a calendar year."""
    first, last = f"{year}-01-01", f"{year}-12-31"
    start, end, repaired = {
        "plain": (f"{year}年1月1日", f"{year}年12月31日", False),
        "second_year_omitted": (f"{year}年1月1日", "12月31日", False),
        "collapsed": (f"{year}11日", f"{year}1231日", True),
        "none": ("", "", False),
    }[style]
    if not start:
        return None
    mentions = (day(start, first, "period_start", repaired=repaired), day(end, last, "period_end", repaired=repaired))
    return Stated(f"自{start}起至{end}止", mentions)


def signature(date: dt.date, style: str) -> Stated | None:
    """The date under the signature."""
    iso = date.isoformat()
    if style == "plain":
        text = f"{date.year}年{date.month}月{date.day}日"
        return Stated(text, (day(text, iso, "signed"),))
    if style == "chinese":
        text = f"{str(date.year).translate(DIGITS)}年{NUMERALS[date.month]}月{numeral(date.day)}日"
        return Stated(text, (day(text, iso, "signed"),))
    if style == "collapsed":
        text = f"{date.year}{date.month}"
        last = calendar.monthrange(date.year, date.month)[1]
        mention = Mention(
            text,
            f"{date.year}-{date.month:02d}-01",
            f"{date.year}-{date.month:02d}-{last:02d}",
            "month",
            True,
            "signed",
        )
        return Stated(text, (mention,))
    return None


def numeral(n: int) -> str:
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十") + NUMERALS[ones]
