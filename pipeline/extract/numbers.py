"""What a cell prints: a number (with sign, separators, unit, spaces inside), a mark for "does not apply", or words."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from pipeline import form
from pipeline.model import DECIMALS, LARGEST

Kind = Literal["blank", "number", "mark", "digits", "words"]
"""`digits`: digits that are no number as they stand ("000": cells glued together)."""


class Printed(NamedTuple):
    """A cell's content. `number` is exact and in `unit` ("" where none is printed).

    `is_value`: whether it stands in a value cell rather than in a label. `has_gap`: whether blanks between its digits may
    separate two numbers: more than one blank, or groups of several digits.
    """

    kind: Kind
    is_value: bool
    number: Decimal | None = None
    unit: str = ""
    has_gap: bool = False


_BLANK = Printed("blank", is_value=False)
_WORDS = Printed("words", is_value=False)
_MARK = Printed("mark", is_value=True)
_DIGITS = Printed("digits", is_value=True)


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(sorted(form.units(), key=len, reverse=True))
    return re.compile(
        r"(?P<sign>[+\-]|增加?|新增|减少?)?"
        r"(?P<digits>\d{1,3}(?:[,，]\d{3})+|\d+)(?P<fraction>\.\d+)?"
        rf"(?P<unit>{units})?"
    )


_LIKE_ZERO = frozenset("Oo○〇零")
_SPACE = re.compile(r"\s+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s+(?=\d)")
_SPACED = re.compile(r"\d(?: \d)+|\d{1,3}(?: \d{3})+")
"""Digits that a single blank each separates, and thousands: the gaps that extraction and typesetting leave in one number."""
DENIAL = re.compile("[无未不没非]")
_LEFT_OPEN = re.compile(
    "统计|待|[详参]见|^见|同上|持平|上年|去年|变|[不未](?:[明详知清少多止足超低]|可知)|[未没](?:填|报|完成|结束|提供|上传)"
)
"""What says that there is a number, only not here."""


@lru_cache(maxsize=65_536)
def parse(text: str) -> Printed:
    """Reads the normalised text of a cell. Spaces inside are no part of it ("1 0" in one cell is 10); see `has_gap`."""
    compact = _SPACE.sub("", text).rstrip("。、；;，")
    if not compact:
        return _BLANK if not text.strip() else _WORDS
    if compact in form.not_applicable_marks():
        return _MARK
    if compact in _LIKE_ZERO:
        return _DIGITS
    m = _pattern().fullmatch(compact)
    if m is None:
        return _WORDS
    digits = m["digits"].replace(",", "").replace("，", "")
    if len(digits) > 1 and digits[0] == "0":
        return _DIGITS
    fraction = m["fraction"] or ""
    # Longer than any count or amount, or finer: cells glued together, or an index number.
    if len(digits) >= len(str(LARGEST)) or fraction[1 + DECIMALS :].strip("0"):
        return _DIGITS
    number = Decimal(digits + fraction[: 1 + DECIMALS])
    if m["sign"] in ("-", "减", "减少"):
        number = -number
    return Printed("number", True, number, m["unit"] or "", _has_gap(text))


def _has_gap(text: str) -> bool:
    if not _BETWEEN_DIGITS.search(text):
        return False
    digits = re.search(r"\d[\d\s]*\d", text)
    return digits is None or not _SPACED.fullmatch(digits[0])


def denies(text: str) -> bool:
    """Whether words in place of a number say that there is none (本机关无权制定规章), rather than that it stands elsewhere
    or is still to come (详见附表, 数据待补, 未统计)."""
    return bool(DENIAL.search(text)) and not _LEFT_OPEN.search(text)


def in_unit(printed: Printed, unit: str | None) -> tuple[Decimal, str | None, str | None]:
    """(value, unit, derivation): the number in the form's unit where it has one and the conversion is exact.

    `derivation` names a conversion; it is None where nothing was converted. A number in a unit that does not convert
    keeps the unit that is printed.
    """
    assert printed.number is not None
    if not printed.unit:
        return printed.number, unit, None
    if not unit:
        return printed.number, printed.unit, None
    have, want = form.units()[printed.unit], form.units()[unit]
    if have.base != want.base:
        return printed.number, printed.unit, None
    if have.factor == want.factor:
        return printed.number, unit, None
    value = printed.number * have.factor / want.factor
    if abs(value) >= LARGEST or value != value.quantize(Decimal("0.000001")):
        return printed.number, printed.unit, None
    return value.normalize() + 0, unit, f"converted from {printed.unit} to {unit}"


def split_glued(digits: str, count: int, limit: int = 5_000) -> list[tuple[int, ...]]:
    """Every way to cut glued digits into `count` numbers, none with a leading zero; at most `limit` of them."""
    out: list[tuple[int, ...]] = []

    def cut(at: int, left: int, got: tuple[int, ...]) -> None:
        if len(out) >= limit:
            return
        if left == 1:
            tail = digits[at:]
            if tail and (tail == "0" or tail[0] != "0"):
                out.append((*got, int(tail)))
            return
        for end in range(at + 1, len(digits) - left + 2):
            part = digits[at:end]
            if part[0] == "0" and part != "0":
                break
            cut(end, left - 1, (*got, int(part)))

    if 1 <= count <= len(digits) <= 40:
        cut(0, count, ())
    return out
