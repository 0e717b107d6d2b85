"""Reads what stands in the cells of a table and in the lines outside, each several times, and says how surely.

A strip (one line of text of a cell) is read twice from differently cut and cleaned pictures. Where the readings agree,
the certainty of a character is the lower of the two; where they do not, a third reading decides, and the result is
marked as doubtful. Ink that gives no text is U+FFFD, never a blank.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.read import scan_marks
from pipeline.read.scan_engine import Picture, Reading, Sign, read_strips
from pipeline.read.scan_rulings import Box

UNREAD = "\ufffd"
DOUBTFUL = 0.5
"""The highest certainty of what the readings do not agree on."""
_INK = 185
"""Darker than this in a levelled and slightly softened picture is ink: thin strokes are, noise is not."""
_MARGINS = (0.2, 0.42, 0.3)
"""White above and below a strip, as a share of its height, in its first, second and third reading."""
_BY_SHAPE = 0.95
"""The certainty of a mark that its shape tells (`scan_marks`)."""
_LOOK_ALIKE = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "〇": "0",
        "○": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "i": "1",
        "Z": "2",
        "z": "2",
        "S": "5",
        "s": "5",
        "B": "8",
    }
)


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of text to be read: the box of its ink in pixels, and within which bounds a picture of it may be cut."""

    ink: Box
    bounds: Box
    is_short: bool
    """Whether it could be a number: a strip of a cell, only a few characters wide."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A character that was read: its box in pixels, its certainty from 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    certainty: float


def without_specks(picture: Picture, point: float) -> tuple[Picture, Picture]:
    """The picture without specks, and a mask of its ink (1): specks are dots smaller than any part of a character."""
    import cv2

    soft = cv2.GaussianBlur(picture, (0, 0), 0.2 * point)
    ink = (soft < _INK).astype(np.uint8)
    _, marks, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    widths, heights, areas = stats[:, 2], stats[:, 3], stats[:, 4]
    # A full stop of the usual print is 1.2 points wide; a dash 3 points long.
    speck = (np.maximum(widths, heights) < 1.7 * point) | (areas < 1.1 * point * point)
    speck[0] = True
    dots = speck[marks] & (ink > 0)
    clean = picture.copy()
    clean[cv2.dilate(dots.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 255
    kept = (~speck[marks]).astype(np.uint8)
    # What belongs to a kept stroke stays as it was, its soft edge too.
    near = cv2.dilate(kept, np.ones((3, 3), np.uint8)) > 0
    clean[near] = picture[near]
    return clean, kept


def strips_of_cell(ink: Picture, cell: Box, thickness: int, point: float) -> list[Strip]:
    """The lines of text in a cell, from top to bottom: none where it is blank. `ink` is the mask without specks."""
    inset = 1 + (thickness + 1) // 2
    inner = Box(cell.left + inset, cell.top + inset, cell.right - inset, cell.bottom - inset)
    part = _without_edges(ink[inner.top : inner.bottom, inner.left : inner.right], point)
    if part.size == 0:
        return []
    rows = part.any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    out = []
    for top, bottom in _lines(runs, point):
        columns = np.flatnonzero(part[top:bottom].any(axis=0))
        box = Box(inner.left + int(columns[0]), inner.top + top, inner.left + int(columns[-1]) + 1, inner.top + bottom)
        if max(box.right - box.left, box.bottom - box.top) >= 2.2 * point:
            out.append(Strip(box, inner, box.right - box.left < 6.5 * max(box.bottom - box.top, 7 * point)))
    return out


def _without_edges(part: Picture, point: float) -> Picture:
    """The ink without what is left of ruling lines: pieces at the edge that are long and thin."""
    import cv2

    if part.size == 0:
        return part
    count, marks, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    out = part.copy()
    h, w = part.shape
    for mark in range(1, count):
        x, y, width, height, _area = (int(v) for v in stats[mark])
        flat = height <= 1.5 * point and (y <= 1 or y + height >= h - 1)
        upright = width <= 1.5 * point and (x <= 1 or x + width >= w - 1)
        if flat or upright:
            out[marks == mark] = 0
    return out


def _lines(runs: list[tuple[int, int]], point: float) -> list[tuple[int, int]]:
    """Rows of ink made lines of text: pieces of one character that lie above each other belong together."""
    if len(runs) < 2:
        return runs
    usual = max(b - a for a, b in runs)
    out = [runs[0]]
    for top, bottom in runs[1:]:
        first, last = out[-1]
        height = bottom - first
        is_near = top - last < 1.0 * point and height <= 1.25 * usual
        is_part = min(bottom - top, last - first) < 0.55 * usual and height <= 1.15 * usual
        if is_near or is_part:
            out[-1] = (first, bottom)
        else:
            out.append((top, bottom))
    return out


def _cut(picture: Picture, strip: Strip, point: float, margin: float) -> Picture:
    """The strip with white around: at least as high as a line of small print, so that a dash stays a dash."""
    ink, bounds = strip.ink, strip.bounds
    height = max(ink.bottom - ink.top, round(7 * point))
    pad = max(2, round(margin * height))
    middle = (ink.top + ink.bottom) / 2
    top, bottom = round(middle - height / 2) - pad, round(middle + height / 2) + pad
    left, right = ink.left - 2 * pad, ink.right + 2 * pad
    out = np.full((bottom - top, right - left), 255, np.uint8)
    # Only the line itself is copied, not its neighbours above and below; to the sides some more, for faint strokes.
    edge, side = max(1, round(point)), min(round(4 * point), 2 * pad)
    a, b = max(ink.top - edge, bounds.top, 0), min(ink.bottom + edge, bounds.bottom, picture.shape[0])
    c, d = max(ink.left - side, bounds.left, 0), min(ink.right + side, bounds.right, picture.shape[1])
    out[a - top : b - top, c - left : d - left] = picture[a:b, c:d]
    return out


def read(picture: Picture, clean: Picture, ink: Picture, strips: Sequence[Strip], point: float) -> list[list[Mark]]:
    """The characters of each strip; one that could not be read gives one U+FFFD of certainty 0.

    `clean` and `ink` as `without_specks` gives them. Words that are read surely and hold no digit are read once.
    """
    import cv2

    votes = [[r] for r in read_strips([_cut(clean, s, point, _MARGINS[0]) for s in strips])]
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.25 * point), np.uint8)
    again = [i for i, s in enumerate(strips) if s.is_short or not _is_sure(votes[i][0])]
    pictures = (_cut(soft if strips[i].is_short else picture, strips[i], point, _MARGINS[1]) for i in again)
    for i, reading in zip(again, read_strips(list(pictures)), strict=True):
        votes[i].append(reading)
    open_ = [i for i in again if _text(votes[i][0]) != _text(votes[i][1])]
    for i, reading in zip(
        open_, read_strips([_cut(picture, strips[i], point, _MARGINS[2]) for i in open_]), strict=True
    ):
        votes[i].append(reading)
    out = []
    for strip, some in zip(strips, votes, strict=True):
        chosen = _chosen(some)
        signs = _with_doubt(some, chosen, strip.is_short)
        if strip.is_short:
            box = strip.ink
            shape = scan_marks.mark(ink[box.top : box.bottom, box.left : box.right], point)
            if shape is not None:
                signs = tuple(Sign(c, (k + 1) / (len(shape) + 1), _BY_SHAPE) for k, c in enumerate(shape))
        out.append(_placed(signs, strip, point, _MARGINS[chosen]))
    return out


def _is_sure(reading: Reading) -> bool:
    return bool(reading) and all(s.certainty >= 0.97 and not s.text.isdigit() for s in reading)


def _chosen(votes: list[Reading]) -> int:
    """Which reading is taken: the first, unless the other two agree or it is empty."""
    if len(votes) < 3:
        return 0
    same = [k for k in (0, 1) if votes[k] and _text(votes[k]) == _text(votes[2])]
    return [*same, *(k for k in (0, 1, 2) if votes[k]), 0][0]


def _text(reading: Reading) -> str:
    """What is read, full-width or half-width: the two look the same in print."""
    return unicodedata.normalize("NFKC", "".join(s.text for s in reading))


def _with_doubt(votes: list[Reading], chosen: int, is_short: bool) -> Reading:
    """The chosen reading; each character as certain as in the least certain of the readings that agree."""
    best = votes[chosen]
    if len(votes) == 1:
        return best
    if len(votes) == 2:
        other = [s.certainty for s in votes[1]]
        if len(other) != len(best):  # ⑴ and (1), say
            other = [min(other, default=0.0)] * len(best)
        signs = [Sign(s.text, s.at, min(s.certainty, c)) for s, c in zip(best, other, strict=True)]
    elif is_short:
        signs = [Sign(s.text, s.at, min(s.certainty, DOUBTFUL)) for s in _without_dots(best)]
    else:
        others = [_text(v) for k, v in enumerate(votes) if k != chosen]
        signs = [
            Sign(s.text, s.at, s.certainty if all(_text((s,)) in o for o in others) else min(s.certainty, DOUBTFUL))
            for s in best
        ]
    text = "".join(s.text for s in signs)
    alike = text.translate(_LOOK_ALIKE)
    if is_short and alike != text and alike.isdigit():
        # A letter where a number could be: the digit that looks like it, never as if it were certain.
        return tuple(
            Sign(a, s.at, s.certainty if a == s.text else min(s.certainty, DOUBTFUL))
            for a, s in zip(alike, signs, strict=True)
        )
    return tuple(signs)


def _without_dots(reading: Reading) -> Reading:
    """A number on whose dots the readings do not agree: none begins or ends with one, that is a speck."""
    inner = [k for k, s in enumerate(reading) if s.text not in ".,·'`:"]
    cut = reading[inner[0] : inner[-1] + 1] if inner else reading
    return cut if all(s.text.isdigit() or s.text == "." for s in cut) else reading


def _placed(signs: Reading, strip: Strip, point: float, margin: float) -> list[Mark]:
    """Signs with boxes: each reaches half-way to its neighbours, within the ink of the strip."""
    ink = strip.ink
    if not signs:
        return [Mark(UNREAD, ink.left, ink.top, ink.right, ink.bottom, 0.0)]
    pad = 2 * max(2, round(margin * max(ink.bottom - ink.top, round(7 * point))))
    width = ink.right - ink.left + 2 * pad
    middles = [min(max(ink.left - pad + s.at * width, ink.left), ink.right) for s in signs]
    usual = min(ink.bottom - ink.top, (ink.right - ink.left) / len(signs)) / 2
    out = []
    for k, (sign, middle) in enumerate(zip(signs, middles, strict=True)):
        before = (middles[k - 1] + middle) / 2 if k else ink.left
        after = (middles[k + 1] + middle) / 2 if k + 1 < len(signs) else ink.right
        left = max(before, middle - 1.2 * usual) if k else min(ink.left, middle)
        right = min(after, middle + 1.2 * usual) if k + 1 < len(signs) else max(ink.right, middle)
        out.append(Mark(sign.text, left, ink.top, max(right, left + 0.1), ink.bottom, sign.certainty))
    return out
