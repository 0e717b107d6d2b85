"""The objects of an OFD page (GB/T 33190-2016, clauses 8, 9 and 11) as characters and ruling lines in points."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.read.fault import too_complex
from pipeline.read.pages_geometry import Matrix, outline_rules
from pipeline.read.pages_lines import is_wide, touching
from pipeline.read.pages_model import Glyph, Rule

if TYPE_CHECKING:
    from lxml.etree import _Element

POINTS = 72 / 25.4
"""Points in a millimetre, the unit of OFD."""
_ASCENT, _DESCENT = 0.88, 0.12
"""What a line takes above and below its baseline, in sizes: OFD does not say it outside of the fonts."""
_WIDEST = 1.3
"""How much wider than its own width the advance of a character may be and still be its place; beyond it is a gap."""
_SLANTED = math.radians(12)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_PATH = re.compile(r"[SMLQBAC]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_LARGEST = 1e6


class Content:
    """The objects of a page and its templates: `glyphs`, `rules`, `has_pictures`, `slanted` characters left out."""

    def __init__(self, most: int) -> None:
        self.glyphs: list[Glyph] = []
        self.rules: list[Rule] = []
        self.has_pictures = False
        self.slanted = 0
        self._most = most

    def add(self, root: _Element) -> None:
        """Adds what the layers of a page hold. Raises Fault(too_complex)."""
        for found in root.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
            if found.get("Visible") == "false":
                continue
            kind = local_name(found)
            if kind == "TextObject":
                self._text(found)
            elif kind == "PathObject":
                self._path(found)
            else:
                self.has_pictures = True
            if len(self.glyphs) + len(self.rules) > self._most:
                raise too_complex("characters and lines on a page", self._most)

    def _text(self, found: _Element) -> None:
        matrix = _matrix(found)
        size = _float(found.get("Size"), 0.0)
        stretch = _float(found.get("HScale"), 1.0) or 1.0
        angle = math.atan2(matrix.b, matrix.a)
        quarter = round(angle / (math.pi / 2))
        down = _float(found.get("ReadDirection"), 0.0) in (90.0, 270.0)
        x = y = 0.0
        for code in found.iterchildren("{*}TextCode"):
            x, y = _float(code.get("X"), x), _float(code.get("Y"), y)
            text = code.text or ""
            if abs(angle - quarter * math.pi / 2) > _SLANTED:
                self.slanted += len(text.strip())
                continue
            glyphs = list(_characters(code, text, x, y, size, stretch, down))
            # What has no extent (a size of 0, a matrix that flattens) is not shown.
            boxes = ((t, _box(matrix, *box)) for t, *box in glyphs if t.strip())
            placed = [Glyph(t, *b) for t, b in boxes if b[0] < b[2] and b[1] < b[3]]
            if quarter % 4 and placed:
                lefts, tops, rights, bottoms = zip(*(g[1:] for g in placed), strict=True)
                whole = "".join(g.text for g in placed)
                placed = [Glyph(whole, min(lefts), min(tops), max(rights), max(bottoms))]
            self.glyphs += touching(placed)

    def _path(self, found: _Element) -> None:
        is_stroked = found.get("Stroke") != "false"
        if not is_stroked and found.get("Fill") != "true":
            return
        data = found.find("{*}AbbreviatedData")
        if data is None or not data.text:
            return
        matrix = _matrix(found)
        for outline in _outlines(data.text):
            self.rules += outline_rules([matrix.point(x, y) for x, y in outline], is_stroked=is_stroked)
            if len(self.rules) > self._most:
                raise too_complex("lines on a page", self._most)


def local_name(element: _Element) -> str:
    """An element's name without its namespace, which differs between producers."""
    return str(element.tag).rpartition("}")[2]


def numbers(text: str | None, count: int) -> list[float] | None:
    """So many numbers separated by blanks, None where the text gives others."""
    found = [float(x) for x in _NUMBER.findall(text or "")]
    return found if len(found) == count and all(abs(x) < _LARGEST for x in found) else None


def _float(text: str | None, default: float) -> float:
    found = numbers(text, 1)
    return found[0] if found else default


def _matrix(found: _Element) -> Matrix:
    """From an object's own space to points on the page: its matrix, then the corner of its boundary (clause 8.5)."""
    x, y, *_ = numbers(found.get("Boundary"), 4) or (0.0, 0.0)
    a, b, c, d, e, f = numbers(found.get("CTM"), 6) or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return Matrix(a * POINTS, b * POINTS, c * POINTS, d * POINTS, (e + x) * POINTS, (f + y) * POINTS)


def _box(m: Matrix, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    box = m.rule(Rule(left, top, right, bottom))
    return box.x0, box.y0, box.x1, box.y1


def _deltas(text: str | None, most: int) -> list[float]:
    """Advances between characters; "g 3 5.2" stands for three of 5.2 (clause 11.3). No more than there is room for."""
    out: list[float] = []
    words = (text or "").split()
    i = 0
    while i < len(words) and len(out) < most:
        if words[i] == "g" and i + 2 < len(words):
            times = int(words[i + 1]) if words[i + 1].isdecimal() and len(words[i + 1]) < 7 else 1
            out += [_float(words[i + 2], 0.0)] * min(times, most - len(out))
            i += 3
        else:
            out.append(_float(words[i], 0.0))
            i += 1
    return out


def _characters(
    code: _Element, text: str, x: float, y: float, size: float, stretch: float, down: bool
) -> Iterator[tuple[str, float, float, float, float]]:
    """The characters of a text code with their boxes in the object's own space."""
    across, along = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
    if max(len(across), len(along)) + 1 == len(text.strip()):
        text = text.strip()
    for i, char in enumerate(text):
        own = size * stretch * (1.0 if is_wide(char) else 0.5)
        step_y = along[i] if i < len(along) else size if down and not across else 0.0
        step_x = across[i] if i < len(across) else 0.0 if step_y else own
        width = step_x if 0 < step_x < _WIDEST * own else own
        yield char, x, y - _ASCENT * size, x + width, y + _DESCENT * size
        x, y = x + step_x, y + step_y


def _outlines(data: str) -> Iterator[list[tuple[float, float]]]:
    """The outlines of a path's abbreviated data (clause 9.3) that have straight parts only, closed where they say so."""
    points: list[tuple[float, float]] = []
    is_straight = True
    operator, values = "", []
    for word in [*_PATH.findall(data), "S"]:
        if word not in _ARGUMENTS:
            values.append(float(word))
            if len(values) == _ARGUMENTS.get(operator, 0):
                if operator in "LQBA":
                    is_straight &= operator == "L"
                points.append((values[-2], values[-1]))
                values = []
            continue
        if word == "C" and points:
            points.append(points[0])
        elif word in "SM":
            if len(points) > 1 and is_straight and all(abs(v) < _LARGEST for p in points for v in p):
                yield points
            points, is_straight = [], True
        operator, values = word, []
