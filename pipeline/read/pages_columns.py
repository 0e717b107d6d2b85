"""Tables without lines: rows of words become lines of text with every column at one place in all of them.

One map from points to columns of characters serves the whole document, so that the parts of a table on several pages
agree. The unit is the narrowest half-width of the text, so that no piece is longer in characters than on the page.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise

from pipeline import limits
from pipeline.read.fault import too_complex
from pipeline.read.pages_flow import APART, FlowLine, FlowPage, goes_on
from pipeline.read.pages_lines import FINE, Piece, blank_between, is_wide, pieces_of
from pipeline.read.pages_model import Glyph

_GAP = 2
"""Blanks that separate two columns at least."""
_BETWEEN = 20
"""Lines with one short piece that may stand between two rows: pieces of wrapped labels, and rows without numbers."""
_BESIDE = 8
"""The same above the first row and below the last."""
_NEAR, _CLOSE = 4.0, 1.2
"""Heights that lines inside a table, and above and below it, may stand apart."""
_BESIDE_ROW = 6
"""Lines above and below within which rows are of the same table."""
_FEW_PIECES = 4
"""Pieces of a row whose gutters count for every other row."""
_CLEAR = 0.45
"""Gap, in heights of the line, that is a gutter where one such row has it."""
_WRAPPED = (("不适", "用"), ("不", "适用"))
"""A mark for "does not apply" that wraps in a narrow column: the only value that does."""
_WIDEST = 2_000
"""Half-widths of a line, some times what stands on any sheet: print too small to be seen does not make it wider."""
_MOST_PASSES = 200
_MOST_STEPS = 400_000
"""Passes times pieces; beyond, columns that collide stay two blanks apart and no longer in line."""
_ONE_COLUMN, _CENTRED = 3.0, 0.15
"""Heights: how wide a header of one column is at most; how far from its middle its numbers stand."""
_FREE_OF = 0.3
"""Heights by which one run of characters lies over another that is not its own text."""
_AROUND = 60
"""Rows above and below whose gutters are looked at."""


def place_columns(pages: Sequence[FlowPage]) -> None:
    """Sets `placed` of the lines of tables without lines. Raises Fault(too_complex) where they have too many characters."""
    rows = [(x, pieces) for region in _regions(pages) for x, pieces in _unwrapped(_split(region))]
    if not rows:
        return
    pieces = [p for _, ps in rows for p in ps]
    unit = min((p.right - p.left) / w for p in pieces if (w := width(p.text)) >= 4 or len(pieces) < 50)
    origin = min(p.left for p in pieces)
    unit = max(unit, 0.3 * min(p.height for p in pieces), (max(p.right for p in pieces) - origin) / _WIDEST)
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
    room = limits.current().max_characters
    for x, ps in rows:
        text, at = "", 0
        for p in ps:
            start = max(_start(p, unit, origin, stretches), at + _GAP if text else 0)
            text += " " * (start - at) + p.text
            at = start + width(p.text)
        x.placed = text
        room -= len(text)
        if room < 0:
            raise too_complex("characters", limits.current().max_characters)


def width(text: str) -> int:
    """Half-widths that a text takes."""
    return sum(2 if is_wide(c) else 1 for c in text)


def _start(p: Piece, unit: float, origin: float, stretches: Sequence[tuple[float, int]]) -> int:
    middle = (p.left + p.right) / 2
    extra = sum(n for at, n in stretches[: bisect_left(stretches, (middle, 0))])
    return max(0, round((middle - origin) / unit + extra - width(p.text) / 2))


def _regions(pages: Sequence[FlowPage]) -> list[list[FlowLine]]:
    """Runs of lines that are a table: two or more of several pieces, with the lines of one short piece among them.

    A run goes on over a page break: a table may leave one row on a page.
    """
    flat = [(p, x) for p in pages for x in p.lines if not x.is_furniture]
    lines = [x for _, x in flat]
    if not any(len(x.pieces) > 1 for x in lines):
        return []
    wide = {
        id(p): 0.62 * (right - left if right > left else p.page.width) for p in pages for left, right in [p.margins]
    }
    short = [len(x.pieces) == 1 and x.right - x.left < wide[id(p)] for p, x in flat]
    several = [len(x.pieces) > 1 or len(pieces_of(x.glyphs, _CLEAR)) >= _FEW_PIECES for x in lines]

    def within(i: int, heights: float) -> bool:
        """Whether line `i + 1` follows line `i` no further off than so many heights, or stands on the next page."""
        (page, above), (next_page, below) = flat[i], flat[i + 1]
        if page is not next_page:
            return not (page.tables or next_page.tables)
        return below.top - above.bottom < heights * max(above.height, below.height)

    out: list[list[FlowLine]] = []
    i = 0
    while i < len(lines):
        if not several[i]:
            i += 1
            continue
        last = i
        j = i + 1
        while j < len(lines) and (several[j] or short[j]) and j - last <= _BETWEEN + 1 and within(j - 1, _NEAR):
            last = j if several[j] else last
            j += 1
        if sum(several[i : last + 1]) > 1:
            a, b = i, last
            while a > 0 and i - a < _BESIDE and short[a - 1] and within(a - 1, _CLOSE):
                if a > 1 and goes_on(*flat[a - 2], *flat[a - 1]):
                    break
                a -= 1
            while b + 1 < len(lines) and b - last < _BESIDE and short[b + 1] and within(b, _CLOSE):
                b += 1
            out.append(lines[a : b + 1])
        i = last + 1
    return out


def _split(region: Sequence[FlowLine]) -> list[tuple[FlowLine, list[Piece]]]:
    """The pieces of each line, also where the gap is narrow but two other rows have a gutter there."""
    clear = [pieces_of(x.glyphs, _CLEAR) for x in region]
    full = [len(ps) >= _FEW_PIECES for ps in clear]
    gutters = [
        [(p.right, q.left) for p, q in pairwise(ps if is_full else x.pieces)]
        for x, ps, is_full in zip(region, clear, full, strict=True)
    ]
    out = []
    for i, x in enumerate(region):
        near = [*range(max(0, i - _AROUND), i), *range(i + 1, min(len(region), i + 1 + _AROUND))]
        runs = _overrunning(x, [p for k in near for p in region[k].pieces])
        fine = [pieces_of(run, FINE) for run in runs]
        if len(runs) == 1 and len(fine[0]) == len(x.pieces):
            out.append((x, list(x.pieces)))
            continue
        beside = [k for k in near if full[k] and abs(k - i) <= _BESIDE_ROW]
        heads = [(p.left + p.right) / 2 for k in beside for p in clear[k] if p.right - p.left < _ONE_COLUMN * p.height]
        own = sorted(b - a for a, b in gutters[i]) if full[i] else []
        beyond = [gutters[k] for k in near]
        out.append((x, [p for ps in fine for p in _joined(ps, x.height, heads, own, beyond)]))
    return out


def _joined(
    fine: Sequence[Piece],
    height: float,
    heads: Sequence[float],
    own: Sequence[float],
    gutters: Sequence[Sequence[tuple[float, float]]],
) -> list[Piece]:
    """The pieces of a line put together where no gutter is between them.

    `heads`: middles of the cells of full rows beside it; `own`: the line's own clear gaps, sorted; `gutters`: those of other
    rows.
    """

    def is_gutter(p: Piece, q: Piece) -> bool:
        at, gap = (p.right + q.left) / 2, q.left - p.right
        if gap > APART * height:
            return True
        # What stands right under or over a cell of a row of many pieces is one cell: "1 0" under its header. The gap of
        # another row there may be blank cells.
        middle = (p.left + q.right) / 2
        if gap < _CLEAR * height and any(abs(m - middle) < _CENTRED * height for m in heads):
            return False
        there = [len(gs) + 1 for gs in gutters if any(a < at < b for a, b in gs)]
        if len(there) >= 2:
            return True
        as_own = bool(own) and gap > 0.8 * own[len(own) // 2]
        return gap > _CLEAR * height and (max(there, default=0) >= _FEW_PIECES or as_own)

    kept = [fine[0]]
    for q in fine[1:]:
        p = kept[-1]
        if is_gutter(p, q):
            kept.append(q)
        else:
            kept[-1] = Piece(p.text + blank_between(p, q) + q.text, p.left, q.right, p.height)
    return kept


def _overrunning(x: FlowLine, others: Sequence[Piece]) -> list[list[Glyph]]:
    """The line's characters, apart where a number too wide for its column is printed over the next one.

    In such a line one that only touches what stands before it is apart too, where other rows have a piece in that very
    place.
    """
    over = [_FREE_OF < (p.right - q.left) / x.height < (q.right - q.left) / x.height for p, q in pairwise(x.glyphs)]
    if not any(over):
        return [x.glyphs]
    out = [[x.glyphs[0]]]
    for g, is_over in zip(x.glyphs[1:], over, strict=True):
        if is_over or sum(abs(p.left - g.left) + abs(p.right - g.right) < 1 for p in others) >= 2:
            out.append([])
        out[-1].append(g)
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
