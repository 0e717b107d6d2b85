"""The ruling lines of a PDF page: strokes, thin filled boxes and the sides of boxes, through nested forms."""

from __future__ import annotations

import ctypes
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from pipeline import limits
from pipeline.read import pages_calls as calls
from pipeline.read.fault import too_complex
from pipeline.read.pages_geometry import THIN, Matrix, outline_rules
from pipeline.read.pages_model import Rule

_DEEPEST = 16
"""Forms within forms."""


class Paths:
    """Walks a page's objects once. `rules` in points as shown; `has_pictures` whether any picture is drawn."""

    def __init__(self, page: Any, view: Matrix) -> None:
        self.rules: list[Rule] = []
        self.has_pictures = False
        self._left = limits.current().max_page_objects
        self._point = (ctypes.c_float * 2)()
        stack: list[tuple[int, Any, Any, Matrix, int]] = [
            (calls.address(page), calls.count_page_objects, calls.page_object, view, 0)
        ]
        while stack:
            holder, counted, get, matrix, depth = stack.pop()
            count = max(0, counted(holder))
            self._spend(count)
            found = list(map(get, repeat(holder), range(count)))
            paths = []
            for x, kind in zip(found, map(calls.object_type, found), strict=True):
                if kind == pdfium.FPDF_PAGEOBJ_PATH:
                    paths.append(x)
                elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or kind == pdfium.FPDF_PAGEOBJ_SHADING:
                    self.has_pictures = True
                elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                    inner = matrix.after(_matrix(x))
                    stack.append((x, calls.count_form_objects, calls.form_object, inner, depth + 1))
            if paths:
                self._paths(paths, matrix)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise too_complex("objects on a page", limits.current().max_page_objects)

    def _paths(self, paths: list[int], view: Matrix) -> None:
        """Thin paths are lines, larger ones are looked into. Bounds are asked for in one C loop: most lines are paths."""
        n = len(paths)
        sides, begin = calls.floats(4, n)
        each = (range(begin + 4 * n * side, begin + 4 * n * (side + 1), 4) for side in range(4))
        known = np.fromiter(map(calls.object_bounds, paths, *each), np.int64, n) > 0
        left, bottom, right, top = sides.astype(np.float64)
        xs = np.sort([view.a * left + view.c * bottom + view.e, view.a * right + view.c * top + view.e], axis=0)
        ys = np.sort([view.b * left + view.d * bottom + view.f, view.b * right + view.d * top + view.f], axis=0)
        thin = (xs[1] - xs[0] <= THIN) | (ys[1] - ys[0] <= THIN)
        self.rules += map(Rule._make, np.stack((xs[0], ys[0], xs[1], ys[1]), axis=1)[known & thin].tolist())
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        modes = ctypes.addressof(fill), ctypes.addressof(stroke)
        for i in np.nonzero(known & ~thin)[0].tolist():
            calls.draw_mode(paths[i], *modes)
            if fill.value or stroke.value:
                self._segments(paths[i], view.after(_matrix(paths[i])), bool(stroke.value))

    def _segments(self, path: int, matrix: Matrix, is_stroked: bool) -> None:
        """The straight parts of a larger path: strokes as they run, filled parts where they are thin boxes."""
        count = max(0, calls.count_segments(path))
        self._spend(count)
        point = self._point
        x = ctypes.addressof(point)
        part: list[tuple[float, float]] = []
        straight = True
        for i in range(count):
            segment = calls.path_segment(path, i)
            kind = calls.segment_type(segment)
            calls.segment_point(segment, x, x + 4)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if straight:
                    self.rules += outline_rules(part, is_stroked=is_stroked)
                part, straight = [], True
            straight &= kind != pdfium.FPDF_SEGMENT_BEZIERTO
            part.append(matrix.point(*point))
            if calls.segment_closes(segment) and part:
                part.append(part[0])
        if straight:
            self.rules += outline_rules(part, is_stroked=is_stroked)


def _matrix(found: int) -> Matrix:
    m = pdfium.FS_MATRIX()
    calls.object_matrix(found, ctypes.addressof(m))
    return Matrix(m.a, m.b, m.c, m.d, m.e, m.f)
