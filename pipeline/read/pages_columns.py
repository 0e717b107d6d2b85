"""Tables without lines: rows of words become lines of text with every column at one place in all of them.

One map from points to columns of characters serves the whole document, so that the parts of a table on several pages
agree. The unit is the narrowest half-width of the text, so that no piece is longer in characters than on the page.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise

from pipeline.read.pages_flow import APART, FlowLine, FlowPage, goes_on
from pipeline.read.pages_lines import FINE, Piece, blank_between, is_wide, pieces_of

_GAP = 2
"""Blanks that separate two columns at least."""
_BETWEEN = 3
"""Lines with one piece that may stand between two rows: pieces of wrapped labels."""
_BESIDE = 8
"""The same above the first row and below the last, where rows without numbers stand too."""
_FEW_PIECES = 4
"""Pieces of a row whose gutters count for every other row."""
_CLEAR = 0.45
"""Gap, in heights of the line, that is a gutter where one such row has it."""
_WRAPPED = (("不适", "用"), ("不", "适用"))
"""A mark for "does not apply" that wraps in a narrow column: the only value that does."""
_MOST_PASSES = 200
_MOST_STEPS = 400_000
"""Passes times pieces; beyond, columns that collide stay two blanks apart and no longer in line."""
_AROUND = 60
"""Rows above and below whose gutters are looked at."""


def place_columns(pages: Sequence[FlowPage]) -> None:
    """Sets `placed` of the lines of tables without lines."""
    regions = [r for p in pages for r in _regions(p)]
    rows = [(x, pieces) for region in regions for x, pieces in _unwrapped(_split(region))]
    if not rows:
        return
    pieces = [p for _, ps in rows for p in ps]
    unit = min((p.right - p.left) / w for p in pieces if (w := width(p.text)) >= 4 or len(pieces) < 50)
    unit = max(unit, 0.3 * min(p.height for p in pieces))
    origin = min(p.left for p in pieces)
    stretches: list[tuple[float, int]] = []
    for _ in range(min(_MOST_PASSES, _MOST_STEPS // len(pieces))):
        worst: tuple[float, int] | None = None
        for _, ps in rows:
            for p, q in pairwise(ps):
                lack = _start(p, unit, origin, stretches) + width(p.text) + _GAP - _start(q, unit, origin, stretches)
                at = (p.right + q.left) / 2
                if lack > 0 and (worst is None or at < worst[0]):
                    worst = (at, lack)
        if worst is None:
            break
        insort(stretches, worst)
    for x, ps in rows:
        text, at = "", 0
        for p in ps:
            start = max(_start(p, unit, origin, stretches), at + _GAP if text else 0)
            text += " " * (start - at) + p.text
            at = start + width(p.text)
        x.placed = text


def width(text: str) -> int:
    """Half-widths that a text takes."""
    return sum(2 if is_wide(c) else 1 for c in text)


def _start(p: Piece, unit: float, origin: float, stretches: Sequence[tuple[float, int]]) -> int:
    middle = (p.left + p.right) / 2
    extra = sum(n for at, n in stretches[: bisect_left(stretches, (middle, 0))])
    return max(0, round((middle - origin) / unit + extra - width(p.text) / 2))


def _regions(page: FlowPage) -> list[list[FlowLine]]:
    """Runs of lines that are a table: two or more of several pieces, with the lines of one short piece among them."""
    lines = [x for x in page.lines if not x.is_furniture]
    left, right = page.margins
    wide = 0.62 * (right - left) if right > left else 0.62 * page.page.width
    short = [len(x.pieces) == 1 and x.right - x.left < wide for x in lines]
    if not any(len(x.pieces) > 1 for x in lines):
        return []
    several = [len(x.pieces) > 1 or len(pieces_of(x.glyphs, _CLEAR)) >= _FEW_PIECES for x in lines]
    out: list[list[FlowLine]] = []
    i = 0
    while i < len(lines):
        if not several[i]:
            i += 1
            continue
        last = i
        j = i + 1
        while (
            j < len(lines) and (several[j] or short[j]) and j - last <= _BETWEEN + 1 and _near(lines[j - 1], lines[j])
        ):
            last = j if several[j] else last
            j += 1
        if sum(several[i : last + 1]) > 1:
            a, b = i, last
            while a > 0 and i - a < _BESIDE and short[a - 1] and _close(lines[a - 1], lines[a]):
                if a > 1 and goes_on(page, lines[a - 2], page, lines[a - 1]):
                    break
                a -= 1
            while b + 1 < len(lines) and b - last < _BESIDE and short[b + 1] and _close(lines[b], lines[b + 1]):
                b += 1
            out.append(lines[a : b + 1])
        i = last + 1
    return out


def _near(above: FlowLine, below: FlowLine) -> bool:
    return below.top - above.bottom < 4 * max(above.height, below.height)


def _close(above: FlowLine, below: FlowLine) -> bool:
    return below.top - above.bottom < 1.2 * max(above.height, below.height)


def _split(region: Sequence[FlowLine]) -> list[tuple[FlowLine, list[Piece]]]:
    """The pieces of each line, also where the gap is narrow but two other rows have a gutter there."""
    clear = [pieces_of(x.glyphs, _CLEAR) for x in region]
    gutters = [
        [(p.right, q.left) for p, q in pairwise(ps if len(ps) >= _FEW_PIECES else x.pieces)]
        for x, ps in zip(region, clear, strict=True)
    ]
    out = []
    for i, x in enumerate(region):
        fine = pieces_of(x.glyphs, FINE)
        if len(fine) == len(x.pieces):
            out.append((x, list(x.pieces)))
            continue
        kept = [fine[0]]
        for q in fine[1:]:
            p = kept[-1]
            at = (p.right + q.left) / 2
            gap = q.left - p.right
            near = [*gutters[max(0, i - _AROUND) : i], *gutters[i + 1 : i + 1 + _AROUND]]
            there = [len(gs) + 1 for gs in near if any(a < at < b for a, b in gs)]
            is_clear = gap > _CLEAR * x.height and max(there, default=0) >= _FEW_PIECES
            if gap > APART * x.height or len(there) >= 2 or is_clear:
                kept.append(q)
            else:
                kept[-1] = Piece(p.text + blank_between(p, q) + q.text, p.left, q.right, p.height)
        out.append((x, kept))
    return out


def _unwrapped(rows: list[tuple[FlowLine, list[Piece]]]) -> list[tuple[FlowLine, list[Piece]]]:
    """Puts together marks that wrap: the second half stands right under the first, within two lines."""
    for i, (_, pieces) in enumerate(rows):
        for p in list(pieces):
            rest = next((b for a, b in _WRAPPED if p.text == a), None)
            for k, (_, below) in enumerate(rows[i + 1 : i + 3], i + 1):
                under = next((q for q in below if q.text == rest and _same_place(p, q)), None)
                if under is not None:
                    # The numbers of its row stand at the middle of its height: on one of these lines.
                    pieces.remove(p)
                    below.remove(under)
                    line = max(range(i, k + 1), key=lambda n: len(rows[n][1]))
                    insort(rows[line][1], Piece(p.text + under.text, p.left, p.right, p.height), key=_left)
                    break
    for x, pieces in rows:
        if not pieces:
            x.placed = ""
    return [(x, pieces) for x, pieces in rows if pieces]


def _same_place(p: Piece, q: Piece) -> bool:
    return abs(q.left + q.right - p.left - p.right) < p.height


def _left(p: Piece) -> float:
    return p.left
