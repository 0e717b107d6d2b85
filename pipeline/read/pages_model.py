"""What the readers of paged formats hand over: pages of characters and ruling lines, in points, y downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Glyph(NamedTuple):
    """A character as it stands on the page (or a word, or the text of a recognised cell), with the box it takes.

    In points from the page's upper left corner, y downwards. A blank is no glyph: blanks are found from the gaps.
    The box is the character's place in its line (advance and font height) rather than its ink, where the format tells.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Rule(NamedTuple):
    """A ruling line along an axis, in points: from (x0, y0) to (x1, y1), with x0 <= x1 and y0 <= y1.

    A line with a thickness may be given as its box: the longer side is its direction.
    """

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its number from 1, its size in points, its characters in any order, its ruling lines.

    `certainty` is the recogniser's for each glyph, 0 to 1, parallel to `glyphs`; None where nothing was recognised.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    rules: Sequence[Rule]
    certainty: Sequence[float] | None = None
