"""Masking: what differs between two reports though the text was copied (numbers, dates, names), and what all print.

`data/masks.csv` holds the patterns by kind. Numbers become `0`, names and own words (我县, 区政府) become `某`; markers,
headings of the form, the formulas that every report prints, white space and punctuation go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.data_files import table_rows
from pipeline.reuse.word_bounds import begins_word, ends_word

NUMBER, NAME = "0", "某"
"""What stands for any number, for any name of the organ or its division."""

_SENTENCE_ENDS = re.compile(r"[。！？!?；;\n]")
_BLANKS = re.compile(r"[ \t\u3000\r\f\v]+")
_SILENT = re.compile(r"[\W_]+")
_SEVERAL_NAMES = re.compile(f"{NAME}{{2,}}")
_NUMERALS = re.compile(r"\d+|[零〇一二两三四五六七八九十百千]+")
_HEADING_ENDS = r"(?=[\s。，,:：；;]|$)"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as compared. `text`: masked, without white space and punctuation. `numbers`: as written, in order, without
    years, document and article numbers and the calendar year's first and last day.
    """

    text: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Patterns:
    marker: re.Pattern[str]
    heading: re.Pattern[str]
    sentence: re.Pattern[str]
    figure: re.Pattern[str]
    own_word: re.Pattern[str]
    name_end: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    by_kind: dict[str, list[str]] = {}
    for row in table_rows(__package__, "masks.csv"):
        by_kind.setdefault(row["kind"], []).append(row["pattern"])

    def joined(kind: str) -> str:
        return "|".join(f"(?:{p})" for p in by_kind[kind])

    figure = "|".join(f"(?P<{kind}>{joined(kind)})" for kind in ("fixed_number", "year", "number"))
    return _Patterns(
        marker=re.compile(joined("marker"), re.MULTILINE),
        heading=re.compile(rf"^(?:{joined('heading')}){_HEADING_ENDS}", re.MULTILINE),
        sentence=re.compile(joined("sentence")),
        figure=re.compile(figure),
        own_word=re.compile(joined("own_word")),
        name_end=re.compile(rf"(?:{joined('name_end')})$"),
    )


def mask(text: str, names: Iterable[str] = ()) -> Masked:
    """Masks a normalised text. `names`: of its organ and divisions, longest first; each occurrence is masked.

    Two texts that differ in numbers, dates and these names only are masked to the same text.
    """
    patterns = _patterns()
    numbers: list[str] = []

    def figure(m: re.Match[str]) -> str:
        if m.lastgroup == "number":
            numbers.append(m.group().replace(",", ""))
        # Of a fixed number's phrase (第711号) the words stay, so that another number there gives the same text.
        return _NUMERALS.sub(NUMBER, m.group()) if m.lastgroup == "fixed_number" else NUMBER

    text = _BLANKS.sub("", text)
    # A marker opens a line of its own, so that the heading behind it is at the head of a line.
    text = patterns.marker.sub("\n", text)
    text = patterns.heading.sub("", text)
    kept = "\n".join(s for s in _SENTENCE_ENDS.split(text) if s and not patterns.sentence.fullmatch(s))
    kept = patterns.figure.sub(figure, kept)
    kept = with_names_masked(kept, names)
    kept = _SEVERAL_NAMES.sub(NAME, _SILENT.sub("", kept))
    return Masked(kept, tuple(numbers))


def with_names_masked(text: str, names: Iterable[str]) -> str:
    """The text with these names and the own words (我县, 区政府) as `某`, else as it is. No word is torn: 云岭市 is not
    masked in 云岭市场, nor 本队 in 本队伍.
    """
    for name in names:
        if name in text:
            text = _without(text, name)
    return _without_own_words(text)


def ends_as_a_name(name: str) -> bool:
    """Whether a name ends with a kind of organ or place."""
    return _patterns().name_end.search(name) is not None


def _without(text: str, name: str) -> str:
    """The text with a name masked where it is no part of other words. Of a name that has its kind (云岭市) only the end
    is looked at: an unknown name is torn at random, its kind is not.
    """
    has_kind = len(name) > 2 and ends_as_a_name(name)
    out, done, at = [], 0, text.find(name)
    while at >= 0:
        end = at + len(name)
        if has_kind:
            is_name = ends_word(text, end - 1, end)
        else:
            is_name = begins_word(text, at, end, NAME) and ends_word(text, at, end)
        if is_name:
            out += [text[done:at], NAME]
            done = end
        at = text.find(name, end if is_name else at + 1)
    return "".join([*out, text[done:]])


def _without_own_words(text: str) -> str:
    pattern = _patterns().own_word
    out, done, found = [], 0, pattern.search(text)
    while found is not None:
        start, end = found.span()
        if begins_word(text, start, end, NAME):
            # 县政府办 of 县政府办理 is torn, 县政府 is not.
            while not ends_word(text, start, end):
                shorter = _longest(pattern, text, start, end - 1)
                if shorter is None:
                    end = start
                    break
                end = shorter
        else:
            end = start
        if end > start:
            out += [text[done:start], NAME]
            done = end
        found = pattern.search(text, end if end > start else start + 1)
    return "".join([*out, text[done:]])


def _longest(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """The end of the longest own word from `start` to `end` at most."""
    return next((e for e in range(end, start + 1, -1) if pattern.fullmatch(text, start, e)), None)


def unmasked(text: str) -> str:
    """The text as compared raw: without white space."""
    return "".join(text.split())
