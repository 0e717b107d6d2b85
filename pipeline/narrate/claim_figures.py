"""Sentences of a narrative and the figures printed in them: digits, Chinese numerals, units; no dates, no ordinals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.model import LARGEST
from pipeline.narrate.claim_words import units

_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
# Plain texts of PDFs break a sentence at every line: a long line that ends without a stop goes on in the next.
_MARKER = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十]|[一二三四五六七八九十]是)"
)
_LONG_LINE = 20
_STOPS = "。！？；：!?;:"
# Longer than any sentence of a report: what is longer is no prose and is cut, so that the time stays linear.
_SENTENCE = re.compile(r"[^。！？!?\n]{1,2000}[。！？!?]?")

_DIGITS: dict[str, int] = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_FACTORS = {"": 1, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_UNIT_FACTORS = "十万|百万|千万|万|亿|千|百"
_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?!\d)(?:\.\d{1,6})?(?!\d)"
_BARE = re.compile(
    rf"(?:(?<=[为是：:计共数达量])|(?<=下年)|(?<=年度)|(?<=结果)|(?<=维持)|(?<=纠正)|(?<=审结)|(?<=办结)|(?<=公开))"
    rf"(?P<digits>{_NUMBER})(?=[，。；;、）)\n]|,(?!\d)|$)|(?<=[为是：:])(?P<han>零)(?=[，,。；;、）)\n]|$)"
)
# Plain texts of PDFs set single figures apart: 收到申请 1 2 件.
_SPACED = re.compile(
    r"(?<=[\u4e00-\u9fff] )\d(?: \d){1,4}(?= ?[件份条宗起])|(?<=[\u4e00-\u9fff])\d(?: \d){1,4}(?= ?[件份条宗起])"
)
_APPROXIMATE_BEFORE = re.compile(r"(?:近|约|大约|超|超过|逾|突破|至少|不足|将近|接近|不少于|差不多)$")
_MANY = re.compile(r"[数几]$")
# 没有发生一起: none at all.
_NOT_ONE = re.compile(r"(?:未曾?|没有?|无)(?:发生|出现|收到|接到|产生|引发)?过?$")
_APPROXIMATE_AFTER = re.compile(r"以上|左右|余|多")
# Titles of documents, ordinals, articles, dates and document numbers hold no figures.
_MASKED = re.compile(
    r"《[^《》\n]{0,80}》"
    r"|第[一二三四五六七八九十百\d]{1,6}(?:条|项|款|次|届|批|期|个|章|节|号|名|位|类)"
    r"|[〔\[【（(]\d{2,4}[〕\]】）)]\d{0,5}号?"
    r"|每[一\d]?(?:件|条|份|项|次|个|起|宗)"
    r"|\d{1,4}[-—~至]\d{1,4}(?=[件条份宗起次项个])"
    r"|占(?:比|总数的?|总量的?|申请总[数量]的?)?[一二三四五六七八九十两半\d]{1,3}成"
    r"|(?:为|是|达|相当于)(?:19|20)\d\d年(?:度)?的(?=\d{1,3}(?:\.\d{1,3})?倍)"
    r"|\d{1,2}月\d{1,2}日"
    r"|(?<!\d)\d{1,2}(?:月份|月|日)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at [start, end) of the squeezed text. `value` 0 or more; `unit` as printed."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    is_approximate: bool
    is_bare: bool
    """No unit stands behind it: a figure only where its label is sure."""
    is_numeral: bool
    """Written in Chinese numerals, which are often no figures (一次性)."""


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without white space and with figures in ASCII; `places` leads back, one offset a character and the end."""

    text: str
    places: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        return self.places[start], self.places[end - 1] + 1


def squeezed(text: str) -> Squeezed:
    """Without blanks, but for those between two digits; lines that the source wrapped are joined."""
    out: list[str] = []
    places: list[int] = []
    plain = text.translate(_WIDTH)
    tight = {i for m in _SPACED.finditer(plain) for i in range(m.start(), m.end())}
    lines = plain.split("\n")
    at = 0
    for k, line in enumerate(lines):
        for m in re.finditer(r"\S+", line):
            piece = m.group()
            if out and out[-1][-1].isdecimal() and piece[0].isdecimal() and m.start() and at + m.start() not in tight:
                out.append(" ")
                places.append(at + m.start() - 1)
            out.append(piece)
            places.extend(range(at + m.start(), at + m.end()))
        at += len(line)
        following = lines[k + 1] if k + 1 < len(lines) else ""
        stripped = line.rstrip()
        goes_on = (
            len(stripped) >= _LONG_LINE
            and stripped[-1] not in _STOPS
            and following.strip() != ""
            and _MARKER.match(following) is None
        )
        if not goes_on and k + 1 < len(lines):
            out.append("\n")
            places.append(at)
        at += 1
    places.append(len(text))
    return Squeezed("".join(out), tuple(places))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    for m in _SENTENCE.finditer(text):
        yield m.span()


def masked(sentence: str) -> str:
    """The sentence with titles, ordinals and dates blacked out, character for character."""
    return _MASKED.sub(lambda m: "\0" * len(m.group()), sentence)


@cache
def _pattern() -> re.Pattern[str]:
    unit = "|".join(re.escape(u) + (f"(?!{no})" if no else "") for u, no in units())
    return re.compile(
        rf"(?<![\dA-Za-z.,〇零一二三四五六七八九十百千万])(?<!\d )"
        rf"(?:(?P<digits>{_NUMBER})(?P<more>[余多来+]?)(?P<factor>{_UNIT_FACTORS}|)"
        rf"|(?P<han>[零〇一二两三四五六七八九十百千万]{{1,9}}))(?P<again>[余多来+]?)"
        rf"(?P<unit>{unit})(?![/%])"
    )


@cache
def figure_signs() -> str:
    """A pattern for what no sentence with a figure lacks: a number before a unit, or before the end of its clause."""
    unit = "|".join(re.escape(u) for u, _ in units())
    return (
        rf"\d(?:[余多来+]?(?:{_UNIT_FACTORS})?[余多来+]?(?:{unit})|[，,。；;、）)\n]|$)"
        rf"|[零〇一二两三四五六七八九十百千万][余多来+]?(?:{unit})"
    )


def figures(sentence: str) -> tuple[Figure, ...]:
    """Figures of a masked sentence, in order. Linear: every repetition is bounded."""
    out = []
    for m in _pattern().finditer(sentence):
        amount = _amount(m)
        if amount is None or (m["han"] == "一" and _NOT_ONE.search(sentence, max(0, m.start() - 8), m.start())):
            continue
        value, unit = amount
        if value >= LARGEST:
            continue
        is_numeral = m["han"] is not None
        approximate = bool(
            m["more"]
            or m["again"]
            or _APPROXIMATE_BEFORE.search(sentence, max(0, m.start() - 3), m.start())
            or (is_numeral and _MANY.search(sentence, max(0, m.start() - 1), m.start()))
            or _APPROXIMATE_AFTER.match(sentence, m.end())
        )
        out.append(Figure(m.start(), m.end(), value, unit, approximate, False, is_numeral))
    taken = {f.start for f in out}
    for m in _BARE.finditer(sentence):
        if m.start() not in taken:
            number = Decimal(m["digits"].replace(",", "")) if m["digits"] else Decimal(0)
            if number >= LARGEST:
                continue
            out.append(Figure(m.start(), m.end(), number, None, False, True, m["digits"] is None))
    return tuple(sorted(out, key=lambda f: f.start))


def _amount(m: re.Match[str]) -> tuple[Decimal, str] | None:
    if m["han"]:
        numeral = _numeral(m["han"])
        return None if numeral is None else (Decimal(numeral), m["unit"])
    number = Decimal(m["digits"].replace(",", ""))
    # An amount of money keeps its unit as printed (万元); a count of 1.2万件 is 12000件.
    if m["unit"] == "元" and m["factor"]:
        return number, m["factor"] + "元"
    return number * _FACTORS[m["factor"]], m["unit"]


def _numeral(printed: str) -> int | None:
    """一百二十三 is 123, 二〇 is 20, 三万五千 is 35000; None where the signs make no number."""
    if not any(c in "十百千万" for c in printed):
        return int("".join(str(_DIGITS[c]) for c in printed)) if len(printed) <= 1 or "〇" in printed else None
    total = part = 0
    digit: int | None = None
    last = 10**5
    for c in printed:
        if c in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[c]
        elif c == "万":
            if total:
                return None
            total, part, digit, last = (part + (digit or 0)) * 10**4, 0, None, 10**5
            if total == 0:
                return None
        else:
            if _POWERS[c] >= last:
                return None
            last = _POWERS[c]
            part += (1 if digit is None else digit) * last
            digit = None
    return total + part + (digit or 0)
