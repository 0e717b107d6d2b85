"""Affine maps, and the ruling lines in an outline: what all readers of drawn pages share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.read.pages_model import Rule

THIN = 3.0
"""Thickness up to which a filled box is a line, in points."""
_STRAIGHT = 1.0
"""How far a line may be off its axis, in points."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """An affine map: x' = a x + c y + e, y' = b x + d y + f. `quarter` is by how many quarters it turns text."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    quarter: int = 0

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def rule(self, r: Rule) -> Rule:
        """A box through the map, its sides in order again."""
        (x0, y0), (x1, y1) = self.point(r.x0, r.y0), self.point(r.x1, r.y1)
        return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def after(self, m: Matrix) -> Matrix:
        """First `m`, then this one."""
        a, b = self.a * m.a + self.c * m.b, self.b * m.a + self.d * m.b
        c, d = self.a * m.c + self.c * m.d, self.b * m.c + self.d * m.d
        e, f = self.point(m.e, m.f)
        return Matrix(a, b, c, d, e, f, self.quarter)


def outline_rules(points: Sequence[tuple[float, float]], *, is_stroked: bool) -> Iterator[Rule]:
    """The ruling lines of one outline of straight parts, in points: a thin one is a line, a stroked one all its sides."""
    if len(points) < 2:
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = Rule(min(xs), min(ys), max(xs), max(ys))
    if min(box.x1 - box.x0, box.y1 - box.y0) <= THIN:
        yield box
    elif is_stroked:
        for (x0, y0), (x1, y1) in pairwise(points):
            if abs(x1 - x0) <= _STRAIGHT or abs(y1 - y0) <= _STRAIGHT:
                yield Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
