"""Number formats of lists (ECMA-376 part 1, 17.18.59 ST_NumberFormat): the number 3 as 三, 3, ③, iii or C."""

from __future__ import annotations

from collections.abc import Callable

_PLAIN = "〇一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def _digits(n: int, digits: str) -> str:
    return "".join(digits[int(d)] for d in str(n))


def _counting(n: int, digits: str = "零一二三四五六七八九", units: str = "十百千万") -> str:
    """一, 十, 十一, 二十三, 一百零五: as Chinese counts, below 100,000."""
    if n >= 100_000:
        return str(n)
    if n >= 10_000:
        rest = n % 10_000
        zero = digits[0] if 0 < rest < 1000 else ""
        return digits[n // 10_000] + units[3] + zero + (_counting(rest, digits, units) if rest else "")
    out = ""
    has_gap = False
    for power in (3, 2, 1, 0):
        digit = n // 10**power % 10
        if digit:
            out += (digits[0] if has_gap and out else "") + digits[digit] + (units[power - 1] if power else "")
        has_gap = not digit
    if digits[1] == "一" and 10 <= n < 20:
        out = out[1:]
    return out


def _roman(n: int) -> str:
    if n > 4999:
        return str(n)
    out = ""
    for worth, letters in _ROMAN:
        out += letters * (n // worth)
        n %= worth
    return out


def _letters(n: int) -> str:
    """a to z, then aa, bb, …: a letter repeated, as Word does it."""
    return chr(97 + (n - 1) % 26) * ((n - 1) // 26 + 1) if n <= 780 else str(n)


def _cycle(n: int, signs: str) -> str:
    return signs[(n - 1) % len(signs)]


def _circled(n: int) -> str:
    if n <= 20:
        return chr(0x2460 + n - 1)
    if n <= 35:
        return chr(0x3251 + n - 21)
    return chr(0x32B1 + n - 36) if n <= 50 else str(n)


def _block(first: int, last: int) -> Callable[[int], str]:
    return lambda n: chr(first + n - 1) if first + n - 1 <= last else str(n)


_counted: Callable[[int], str] = _counting
_FORMATS: dict[str, Callable[[int], str]] = {
    "none": lambda n: "",
    "bullet": lambda n: "",
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: _digits(n, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda n: _digits(n, "０１２３４５６７８９"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _block(0x2488, 0x249B),
    "decimalEnclosedParen": _block(0x2474, 0x2487),
    "numberInDash": lambda n: f"- {n} -",
    "ordinal": lambda n: f"{n}.",
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "chineseCounting": _counted,
    "chineseCountingThousand": _counted,
    "chineseLegalSimplified": lambda n: _counting(n, _LEGAL_SIMPLIFIED, "拾佰仟万"),
    "ideographDigital": lambda n: _digits(n, _PLAIN),
    "ideographTraditional": lambda n: _cycle(n, _STEMS),
    "ideographZodiac": lambda n: _cycle(n, _BRANCHES),
    "ideographLegalTraditional": lambda n: _counting(n, _LEGAL_TRADITIONAL, "拾佰仟萬"),
    "ideographEnclosedCircle": _block(0x3280, 0x3289),
    "japaneseCounting": _counted,
    "japaneseDigitalTenThousand": lambda n: _digits(n, _PLAIN),
    "japaneseLegal": lambda n: _counting(n, _LEGAL_TRADITIONAL, "拾佰仟萬"),
    "taiwaneseCounting": _counted,
    "taiwaneseCountingThousand": _counted,
    "taiwaneseDigital": lambda n: _digits(n, _PLAIN),
    "koreanDigital2": lambda n: _digits(n, _PLAIN),
}


def written(n: int, number_format: str) -> str:
    """The number in a format. A number below 1 and a format not listed are written in plain digits."""
    if n < 1 and number_format not in ("none", "bullet"):
        return str(n)
    return _FORMATS.get(number_format, str)(n)
