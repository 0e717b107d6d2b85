"""The value of a number as printed, so that 1.2万, 12,000 and 12000, １ and 1, 三 and 3 are the same figure."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_FACTORS = {"十": 10, "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_PERCENT = {"%": Decimal("0.01"), "‰": Decimal("0.001")}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_IN_DIGITS = re.compile(r"(\d+(?:\.\d+)?)([百千万亿]*)([%‰]?)")
_ABOUT = str.maketrans("", "", ",余多")


def value(printed: str) -> str:
    """The value in plain decimals: 12000 for 1.2万, 0.125 for 12.5%; a numeral that makes no number (三五) as printed.

    Thousands separators and 余, 多 (somewhat more than) count for nothing.
    """
    text = unicodedata.normalize("NFKC", printed).translate(_ABOUT)
    if m := _IN_DIGITS.fullmatch(text):
        number = Decimal(m[1]) * _PERCENT.get(m[3], Decimal(1))
        for factor in m[2]:
            number *= _FACTORS[factor]
        return f"{number.normalize():f}"
    numeral = _numeral(text)
    return text if numeral is None else str(numeral)


def _numeral(text: str) -> int | None:
    """一百二十三 is 123, 二〇 is 20, 三万五千 is 35000; None where the signs make no number."""
    if not text or any(c not in _DIGITS and c not in _FACTORS for c in text):
        return None
    if not any(c in _FACTORS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) == 1 or {"〇", "零"} & set(text) else None
    total = part = 0
    digit: int | None = None
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif _FACTORS[c] < 10**4:
            part += (1 if digit is None else digit) * _FACTORS[c]
            digit = None
        else:
            total = (total + part + (digit or 0)) * _FACTORS[c]
            part, digit = 0, None
    return total + part + (digit or 0)
