"""Finds the ruling lines of tables in a levelled, upright picture, and the cells between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.read.scan_engine import Picture

_SHORTEST_ACROSS = 20.0
"""Points: narrower than any column that holds a number."""
_SHORTEST_DOWN = 13.0
"""Points: lower than a row, higher than a stroke of the usual print."""
_NEAR = 2.5
"""Points between two lines that meet."""
_ENOUGH_ENDS = 4
"""Lines down that end side by side where a page cuts a table."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling line in pixels: its place across (`at`) and its ends along. `thickness` in pixels."""

    at: float
    start: float
    end: float
    thickness: float


@dataclass(frozen=True, slots=True)
class Box:
    """A cell in pixels, half-open, without its ruling lines."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Rulings:
    """The ruling lines of a page. Every one meets another across it."""

    horizontal: tuple[Ruling, ...]
    vertical: tuple[Ruling, ...]


def find_rulings(picture: Picture, dpi: float) -> Rulings:
    """The ruling lines of tables; underlines and other lines that meet no line across them are left out."""
    point = dpi / 72
    horizontal, dark_h = _along(picture, point, _SHORTEST_ACROSS * point)
    aside = np.ascontiguousarray(picture.T)
    vertical, dark_v = _along(aside, point, _SHORTEST_DOWN * point)
    found = vertical
    sides: list[Ruling] = []
    # Strokes of print look like short lines: keep the stretches between lines across that are dark all along, until all
    # that is left meets. Then once more with the sides that a page break leaves open.
    for _ in range(2):
        vertical = found
        for _ in range(6):
            kept_h = _between(horizontal, vertical, picture, dark_h, point)
            kept_v = _between(vertical, [*kept_h, *sides], aside, dark_v, point)
            if kept_h == horizontal and kept_v == vertical:
                break
            horizontal, vertical = kept_h, kept_v
        if sides or not (sides := _open_sides(vertical, found, point)):
            break
    horizontal, vertical = _of_tables([*horizontal, *sides], vertical, point)
    return Rulings(tuple(horizontal), tuple(vertical))


def _open_sides(kept: list[Ruling], found: list[Ruling], point: float) -> list[Ruling]:
    """The upper and lower sides of tables that the page cuts without a line: where many lines down end side by side beyond
    the last line across that they meet.

    `kept` are lines down between lines across, `found` the same and others as they were found.
    """
    ends: dict[str, list[tuple[float, float]]] = {"start": [], "end": []}
    for f in found:
        own = [k for k in kept if abs(k.at - f.at) < point and f.start - point <= k.start and k.end <= f.end + point]
        if own:
            top, bottom = min(k.start for k in own), max(k.end for k in own)
            if top - f.start > _SHORTEST_DOWN * point:
                ends["start"].append((f.start, f.at))
            if f.end - bottom > _SHORTEST_DOWN * point:
                ends["end"].append((f.end, f.at))
    out = []
    for places in ends.values():
        group: list[tuple[float, float]] = []
        for end, at in [*sorted(places), (float("inf"), 0.0)]:
            if group and end - group[0][0] > _NEAR * point:
                if len(group) >= _ENOUGH_ENDS:
                    across = [a for _, a in group]
                    out.append(Ruling(sum(e for e, _ in group) / len(group), min(across), max(across), 1.0))
                group = []
            group.append((end, at))
    return out


def _along(picture: Picture, point: float, shortest: float) -> tuple[list[Ruling], Picture]:
    """Dark lines along the rows of a picture, `shortest` pixels long or longer; and what is dark at all (1)."""
    import cv2

    length = round(shortest) | 1
    # Darker than what is above and below: thick print and shadows drop out, faint lines stay.
    across = np.ones((max(7, round(5 * point)) | 1, 1), np.uint8)
    contrast = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, across)
    contrast = cv2.blur(contrast, (max(3, round(1.5 * point)) | 1, 1))
    dark = (contrast > 40).astype(np.uint8)
    wide = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    # A line is dark over four fifths of every window along it, and the ends of the window are of the line too.
    share = cv2.boxFilter(wide.astype(np.float32), -1, (length, 1), borderType=cv2.BORDER_CONSTANT)
    core = (share >= 0.9).astype(np.uint8)
    line = np.minimum(cv2.dilate(core, np.ones((1, length), np.uint8)), wide)
    line = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((1, max(3, round(2 * point)) | 1), np.uint8))
    count, marks, stats, _ = cv2.connectedComponentsWithStats(line, connectivity=8)
    pieces = []
    for mark in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[mark])
        if w < length * 0.8 or area / w > 5 * point:
            continue
        here = marks[y : y + h, x : x + w] == mark
        weight = np.where(here, contrast[y : y + h, x : x + w], 0).sum(axis=1, dtype=np.float64)
        if weight.sum() == 0:
            continue
        middle = y + float((weight * np.arange(h)).sum() / weight.sum())
        pieces.append(Ruling(middle, x, x + w, max(1.0, area / w - 2)))
    return _joined(pieces, point), np.asarray(wide, np.uint8)


def _joined(pieces: list[Ruling], point: float) -> list[Ruling]:
    """Pieces of one broken line made one."""
    out: list[Ruling] = []
    for piece in sorted(pieces, key=lambda p: (p.start, p.at)):
        for i, other in enumerate(out):
            if abs(other.at - piece.at) <= 1.5 * point and piece.start - other.end <= 8 * point:
                a, b = other.end - other.start, piece.end - piece.start
                end = max(other.end, piece.end)
                out[i] = Ruling(
                    (other.at * a + piece.at * b) / (a + b), other.start, end, max(other.thickness, piece.thickness)
                )
                break
        else:
            out.append(piece)
    return out


def _meets(a: Ruling, b: Ruling, near: float) -> bool:
    return a.start - near <= b.at <= a.end + near and b.start - near <= a.at <= b.end + near


def _between(lines: list[Ruling], across: list[Ruling], picture: Picture, dark: Picture, point: float) -> list[Ruling]:
    """The stretches of lines, from one line across to another, that are dark."""
    near, reach = _NEAR * point, 8 * point
    out: set[Ruling] = set()
    for line in lines:
        met = sorted(
            c.at
            for c in across
            if c.start - near <= line.at <= c.end + near and line.start - reach <= c.at <= line.end + reach
        )
        run: list[float] = []
        row = round(line.at)
        band = dark[max(0, row - 1) : row + 2].max(axis=0)
        for a, b in pairwise(met):
            inside = band[round(a) + 2 : round(b) - 1]
            needed = 0.9 if b - a < 40 * point else 0.75
            is_dark = inside.size > 0 and float(inside.mean()) >= needed
            if b - a < near or (
                is_dark and (b - a > 70 * point or _is_solid(picture, row, round(a) + 2, round(b) - 1))
            ):
                run = [run[0] if run else a, b]
            elif run:
                out.add(Ruling(line.at, run[0], run[1], line.thickness))
                run = []
        if run and run[1] - run[0] >= near:
            out.add(Ruling(line.at, run[0], run[1], line.thickness))
    return sorted(out, key=lambda r: (r.at, r.start))


def _is_solid(picture: Picture, row: int, start: int, end: int) -> bool:
    """Whether a stretch is one stroke: the tops of the digits of a number that fills its cell are not."""
    values = picture[max(0, row - 1) : row + 2, start:end].min(axis=0)
    level = float(np.median(values))
    return float(np.mean(values > min(level + 60, 225))) <= 0.1


def _of_tables(horizontal: list[Ruling], vertical: list[Ruling], point: float) -> tuple[list[Ruling], list[Ruling]]:
    """The lines of nets that are as wide as a table and have at least two long lines across the page."""
    lines = [*horizontal, *vertical]
    net = list(range(len(lines)))

    def root(i: int) -> int:
        while net[i] != i:
            net[i] = net[net[i]]
            i = net[i]
        return i

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical, len(horizontal)):
            if _meets(h, v, _NEAR * point):
                net[root(i)] = root(j)
    long = [root(i) for i, h in enumerate(horizontal) if h.end - h.start > 100 * point]
    tables = {r for r in long if long.count(r) >= 2}
    kept = [root(i) in tables for i in range(len(lines))]
    n = len(horizontal)
    return [h for h, k in zip(horizontal, kept[:n], strict=True) if k], [
        v for v, k in zip(vertical, kept[n:], strict=True) if k
    ]


def find_cells(rulings: Rulings, shape: tuple[int, ...], dpi: float) -> list[Box]:
    """The rectangles that ruling lines close in, top to bottom, left to right. Other shapes are no cells."""
    import cv2

    canvas: npt.NDArray[np.uint8] = np.full(shape[:2], 255, np.uint8)
    for r in rulings.horizontal:
        cv2.line(canvas, (round(r.start), round(r.at)), (round(r.end), round(r.at)), 0, 1)
    for r in rulings.vertical:
        cv2.line(canvas, (round(r.at), round(r.start)), (round(r.at), round(r.end)), 0, 1)
    count, marks, stats, _ = cv2.connectedComponentsWithStats(canvas, connectivity=4)
    outside = int(marks[0, 0])
    out = []
    for mark in range(1, count):
        x, y, w, h, area = (int(n) for n in stats[mark])
        if mark != outside and min(w, h) >= 5 * dpi / 72 and area >= 0.97 * w * h:
            out.append(Box(x, y, x + w, y + h))
    return sorted(out, key=lambda b: (b.top, b.left))
