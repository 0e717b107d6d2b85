"""How the codebook writes numbers: exact for programs, and for readers with thousands apart and a minus that is one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

Value = int | float | Decimal | dt.date
YEAR = "year"
"""Unit of columns whose numbers are names: no thousands apart."""


def plain(value: Value) -> str:
    """A number or date as text, exact, without trailing zeros and exponents."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value)


def readable(value: Value | None, unit: str = "") -> str:
    """For reading: `10,792,261`, `−3`, four digits of fractions (`0.07627`, `1,234.6` as `1,235`), `–` for nothing."""
    if value is None:
        return "–"
    if isinstance(value, dt.date) or unit == YEAR:
        return str(value)
    if isinstance(value, float):
        value = round(value) if abs(value) >= 1000 else float(f"{value:.4g}")
    whole, point, rest = plain(value).removeprefix("-").partition(".")
    is_zero = not (whole + rest).strip("0")
    return f"{'' if value >= 0 or is_zero else '−'}{int(whole):,}{point}{rest}"


def span(first: Value, last: Value, unit: str = "") -> str:
    """A range for reading, one value alone where both are the same: `1,000–9,999`, `−2 … 18`."""
    low, high = readable(first, unit), readable(last, unit)
    if low == high:
        return low
    return f"{low} … {high}" if "−" in low + high else f"{low}–{high}"
