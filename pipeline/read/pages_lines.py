"""Characters into lines and text: lines by vertical overlap, blanks from the gaps between characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.read.building import join_lines
from pipeline.read.pages_model import Glyph

_BLANK_GAP = 0.17
"""Gap that stands for a blank between two narrow characters, in heights of the line: a blank is 0.25 em or more, and
the height of a line is 1 to 1.45 em, by the font."""
_MIXED_GAP = 0.42
"""The same between a Chinese and another character, which type sets apart by up to a quarter of an em."""
_WIDE_GAP = 0.6
"""The same between two Chinese characters, which justified lines spread."""
_NUMBER_END = re.compile(r"[\d.,，．]$")
_NUMBER_START = re.compile(r"^[\d.,，．]")
_NUMBER_LINE = re.compile(r"[-+]?[\d.,，．]+")


FINE = 0.25
"""Narrowest gap, in heights, that can separate two columns."""


@lru_cache(maxsize=8192)
def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WFA"


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a line that stand together, from `left` to `right`; `height` is the height of its line."""

    text: str
    left: float
    right: float
    height: float


def lines_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Characters by line, lines from top to bottom, each from left to right, doubly drawn characters once."""
    ordered = list(glyphs)
    if len(ordered) == 1:
        return [ordered]
    ordered.sort(key=_middle)
    lines: list[list[Glyph]] = []
    top = bottom = 0.0
    for g in ordered:
        overlap = min(g.bottom, bottom) - max(g.top, top)
        height = g.bottom - g.top
        if lines and overlap >= 0.5 * min(height, bottom - top):
            lines[-1].append(g)
            if height > bottom - top:
                top, bottom = g.top, g.bottom
        else:
            lines.append([g])
            top, bottom = g.top, g.bottom
    return [_drawn_once(line) for line in _gathered(lines)]


def _gathered(lines: Sequence[list[Glyph]]) -> list[list[Glyph]]:
    """A label of several rows (结, 果 one above the other) that stands half a line higher than a row begins its line, and
    what is small may not meet that label: it is given back to the line whose middle characters it stands beside."""
    out: list[list[Glyph]] = []
    before: Glyph | None = None
    for line in lines:
        own = _typical(line)
        if before is not None and own.top < before.bottom:
            is_beside = _meets(own, before)
            rest: list[Glyph] = []
            for g in line:
                (out[-1] if _meets(g, before) and (is_beside or not _meets(g, own)) else rest).append(g)
            if not rest:
                continue
            line, own = rest, _typical(rest)
        out.append(line)
        before = own
    return out


def _typical(line: Sequence[Glyph]) -> Glyph:
    """The one in the middle, by characters, of those that stand in the order of their middles."""
    if len(line) == 1:
        return line[0]
    left = sum(len(g.text) for g in line) / 2
    for g in line:
        left -= len(g.text)
        if left <= 0:
            return g
    return line[-1]


def _meets(g: Glyph, other: Glyph) -> bool:
    """Whether two characters stand in one line: by half of the lower one's height."""
    overlap = min(g.bottom, other.bottom) - max(g.top, other.top)
    return overlap >= 0.5 * min(g.bottom - g.top, other.bottom - other.top)


def touching(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Characters that follow one another without a gap in a line, as one: what a reader need not look at singly."""
    out: list[Glyph] = []
    text: list[str] = []
    left = top = right = bottom = 0.0
    for g in glyphs:
        near = 0.06 * (g.bottom - g.top)
        if text and abs(g.left - right) <= near and abs(g.top - top) <= near and abs(g.bottom - bottom) <= near:
            text.append(g.text)
            right = g.right
            continue
        if text:
            out.append(Glyph("".join(text), left, top, right, bottom))
        text, left, top, right, bottom = [g.text], g.left, g.top, g.right, g.bottom
    if text:
        out.append(Glyph("".join(text), left, top, right, bottom))
    return out


def split(g: Glyph) -> list[Glyph]:
    """The characters of a run one by one, each with its share of the width."""
    shares = [2 if is_wide(c) else 1 for c in g.text]
    unit = (g.right - g.left) / sum(shares)
    out, left = [], g.left
    for c, share in zip(g.text, shares, strict=True):
        out.append(Glyph(c, left, g.top, left + share * unit, g.bottom))
        left += share * unit
    return out


def _middle(g: Glyph) -> float:
    return g.top + g.bottom


def _left(g: Glyph) -> float:
    return g.left


def _drawn_once(line: list[Glyph]) -> list[Glyph]:
    """From left to right; a character drawn over itself (bold by overprinting, a shadow) once."""
    line.sort(key=_left)
    out: list[Glyph] = []
    for g in line:
        if out:
            last = out[-1]
            if g.text == last.text and last.right - g.left > 0.6 * (g.right - g.left):
                continue
        out.append(g)
    return out


def height_of(line: Sequence[Glyph]) -> float:
    return max(g.bottom - g.top for g in line)


def pieces_of(line: Sequence[Glyph], apart: float) -> list[Piece]:
    """A line's text, in pieces where the gap is wider than `apart` heights of the line."""
    height = height_of(line)
    limit = apart * height
    narrow, mixed, wide = _BLANK_GAP * height, _MIXED_GAP * height, _WIDE_GAP * height
    out: list[Piece] = []
    text = [line[0].text]
    left, right = line[0].left, line[0].right
    was_wide = is_wide(line[0].text[-1])
    for g in line[1:]:
        gap = g.left - right
        now_wide = is_wide(g.text[0])
        if gap > narrow:
            if gap > limit:
                out.append(Piece("".join(text), left, right, height))
                text, left, right = [], g.left, g.right
            elif gap > (wide if was_wide and now_wide else mixed if was_wide or now_wide else narrow):
                text.append(" ")
        text.append(g.text)
        right = max(right, g.right)
        was_wide = is_wide(g.text[-1])
    out.append(Piece("".join(text), left, right, height))
    return out


def blank_between(p: Piece, q: Piece) -> str:
    """The blank that a gap inside a line's text stands for, or nothing."""
    wide = is_wide(p.text[-1]) + is_wide(q.text[0])
    return " " if q.left - p.right > (_BLANK_GAP, _MIXED_GAP, _WIDE_GAP)[wide] * p.height else ""


def text_of(line: Sequence[Glyph]) -> str:
    """A line's text in one piece, single blanks between its words."""
    if len(line) == 1:
        return line[0].text
    return pieces_of(line, 1e9)[0].text


def slack(line: Sequence[Glyph], width: float) -> float:
    """How much of a cell's width a line leaves free."""
    if len(line) == 1:
        return width - line[0].right + line[0].left
    return width - (max(g.right for g in line) - line[0].left)


def cell_text(lines: Sequence[Sequence[Glyph]], width: float, least_slack: float) -> str:
    """The text of a cell whose lines are given; `least_slack` is what the fullest line of the table leaves free.

    A number that wraps inside a narrow cell is one number: its first line is full. Where the next digit would still
    have fitted, two numbers stand under one another and stay apart.
    """
    if len(lines) == 1:
        return text_of(lines[0])
    out = last = ""
    for i, line in enumerate(lines):
        text = text_of(line)
        if _NUMBER_LINE.fullmatch(last) and _NUMBER_END.search(out) and _NUMBER_START.search(text):
            digit = (line[0].right - line[0].left) / len(line[0].text)
            is_full = slack(lines[i - 1], width) < least_slack + 0.98 * digit
            out = out + text if is_full else f"{out} {text}"
        else:
            out = join_lines((out, text))
        last = text
    return out
