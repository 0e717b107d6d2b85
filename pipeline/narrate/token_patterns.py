"""Patterns of what is one token without being a word of the dictionary: dates, numbers, addresses, foreign words.

Dates are what `pipeline.normalize.dates` recognises, and the spans of time that it reads as two dates or leaves alone:

* a year 1900 to 2099 (`2024年`, `2024年度`), a month (`2024年3月`, `3月`, `3月份`), a day (`2024年1月1日`, `1月1日`), in western or
  full-width digits; a year in Chinese digits with what follows it (`二〇二四年一月一日`);
* year, month and day with signs: `2024-01-01`, `2024/1/1`, `2024.1.1`;
* two of them with a dash, 至 or 到 between, the first without its 年, 月 or 日 too: `2021-2023年`, `1月—12月`, `2024年1-12月`,
  `2024年1月1日至12月31日`, `1月1-5日`.

Not dates: a day alone (`15日` is as often a span), `5年`, `3个月`, a year without 年 (`〔2024〕`), collapsed dates.

Marks of lists and other signs for numbers (Unicode categories No and Nl: `①`, `㈠`, `½`, `²`, `Ⅲ`) are no tokens and end a
word: as a rule they count paragraphs, and the value of a fraction or an exponent alone is none of the text's figures.
"""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters as a character class: unified and compatibility ideographs, 々 and 〇."""

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
"""A number in digits: thousands separators, decimals. Chinese numerals are words."""

# Flattened PDF text sets a blank between any two Chinese characters; a wider space separates two things.
STRAY_BLANK = re.compile(rf"(?<=[{HAN}])[ \u00a0\u3000](?=[{HAN}])")

BLANKS = re.compile(r"[ \u00a0\u3000]+")

# A piece that no token reaches beyond.
CLAUSE = re.compile(r"[^，。；：！？、\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")

_B = r"[ \u00a0\u3000]{0,3}"
_D = "[0-9０-９]"
_Y = rf"(?:[1１][9９]|[2２][0０]){_D}{{2}}"
_M = r"(?:[1１][0-2０-２]|[0０]?[1-9１-９])"
_DAY = rf"(?:[12１２]{_D}|[3３][01０１]|[0０]?[1-9１-９])"
_YEAR = rf"{_Y}{_B}年(?:度(?![假过夏汛]))?"
_MONTH = rf"{_M}{_B}[月⽉](?:份(?!额))?"
_DATE = (
    rf"(?:{_YEAR}(?:{_B}{_MONTH}(?:{_B}{_DAY}{_B}[日⽇号])?)?|{_MONTH}(?:{_B}{_DAY}{_B}[日⽇号])?"
    rf"|{_Y}(?P<sign>[-/.]){_M}(?P=sign){_DAY}(?!{_D}))"
)
_TO = rf"{_B}(?:[-—–~～－─]{{1,2}}|[至到]){_B}"
_SPAN = (
    rf"(?:{_YEAR}{_B})?{_M}{_TO}{_MONTH}(?:{_B}{_DAY}{_B}[日⽇号])?"
    rf"|{_Y}{_TO}{_YEAR}(?:{_B}{_MONTH})?"
    rf"|(?:{_YEAR}{_B})?{_MONTH}{_B}{_DAY}{_TO}{_DAY}{_B}[日⽇号]"
    rf"|{_DATE}{_TO}(?:{_DATE.replace('sign', 'last')}|{_DAY}{_B}[日⽇号])"
    rf"|{_DATE.replace('sign', 'only')}"
)
_PATH = r"[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef<>\"'“”]"
_ADDRESS = (
    rf"(?:[A-Za-z]{{2,10}}://|www\.){_PATH}{{1,2000}}(?<![.,;:!?)\]])"
    r"|[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
    rf"|(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}(?:cn|com|net|org)(?![A-Za-z0-9.-])(?:/{_PATH}{{0,2000}}(?<![.,;:!?)\]]))?"
)

# What `\w` takes beside letters, digits and _. All of it lies below U+20000.
_SIGNS = "".join(c for c in map(chr, range(0x20000)) if c.isnumeric() and unicodedata.category(c) in ("No", "Nl"))

PIECE = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|(?P<address>(?<![A-Za-z0-9])(?=[A-Za-z0-9])(?:{_ADDRESS}))"
    rf"|(?P<date>{_SPAN})"
    rf"|(?P<letters>[0-9][A-Z](?![A-Za-z0-9])|[^\W\d_{HAN}{_SIGNS}][^\W{HAN}{_SIGNS}]*)"
    rf"|(?P<number>(?:{NUMBER.pattern})[%％‰]?)"
)
"""The pieces of a clause. `han`: a run for the segmenter; addresses and letters (`H5`, `5G`) are foreign words."""

_N = "一二三四五六七八九"
CHINESE_DATE = re.compile(
    rf"[一二][{_N}〇零0-9]{{3}}年(?:度(?![假过夏汛]))?"
    rf"(?:(?:元|十[一二]?|[{_N}])月(?:(?:[二三]?十[{_N}]?|廿[{_N}]?|[{_N}])[日号])?)?"
)
"""A date in a run of Chinese characters."""
