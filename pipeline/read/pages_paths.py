"""The ruling lines of a PDF page: strokes, thin filled boxes and the sides of boxes, through nested forms."""

from __future__ import annotations

import ctypes
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from pipeline import limits
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
        self._point = [ctypes.c_float() for _ in range(2)]
        stack: list[tuple[Any, Any, Any, Matrix, int]] = [
            (page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, view, 0)
        ]
        while stack:
            holder, counted, get, matrix, depth = stack.pop()
            count = max(0, counted(holder))
            self._spend(count)
            found = list(map(get, repeat(holder), range(count)))
            paths = []
            for x, kind in zip(found, map(pdfium.FPDFPageObj_GetType, found), strict=True):
                if kind == pdfium.FPDF_PAGEOBJ_PATH:
                    paths.append(x)
                elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or kind == pdfium.FPDF_PAGEOBJ_SHADING:
                    self.has_pictures = True
                elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                    inner = matrix.after(_matrix(x))
                    stack.append((x, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1))
            if paths:
                self._paths(paths, matrix)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise too_complex("objects on a page", limits.current().max_page_objects)

    def _paths(self, paths: list[Any], view: Matrix) -> None:
        """Thin paths are lines, larger ones are looked into. Bounds are asked for in one C loop: most lines are paths."""
        n = len(paths)
        sides: list[Any] = [(ctypes.c_float * 1 * n)() for _ in range(4)]
        known = np.fromiter(map(pdfium.FPDFPageObj_GetBounds, paths, *sides), np.int64, n) > 0
        left, bottom, right, top = (np.frombuffer(side, np.float32).astype(np.float64) for side in sides)
        xs = np.sort([view.a * left + view.c * bottom + view.e, view.a * right + view.c * top + view.e], axis=0)
        ys = np.sort([view.b * left + view.d * bottom + view.f, view.b * right + view.d * top + view.f], axis=0)
        thin = (xs[1] - xs[0] <= THIN) | (ys[1] - ys[0] <= THIN)
        self.rules += map(Rule._make, np.stack((xs[0], ys[0], xs[1], ys[1]), axis=1)[known & thin].tolist())
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        for i in np.nonzero(known & ~thin)[0].tolist():
            pdfium.FPDFPath_GetDrawMode(paths[i], fill, stroke)
            if fill.value or stroke.value:
                self._segments(paths[i], view.after(_matrix(paths[i])), bool(stroke.value))

    def _segments(self, path: Any, matrix: Matrix, is_stroked: bool) -> None:
        """The straight parts of a larger path: strokes as they run, filled parts where they are thin boxes."""
        count = max(0, pdfium.FPDFPath_CountSegments(path))
        self._spend(count)
        x, y = self._point
        part: list[tuple[float, float]] = []
        straight = True
        for i in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(path, i)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if straight:
                    self.rules += outline_rules(part, is_stroked=is_stroked)
                part, straight = [], True
            straight &= kind != pdfium.FPDF_SEGMENT_BEZIERTO
            part.append(matrix.point(x.value, y.value))
            if pdfium.FPDFPathSegment_GetClose(segment) and part:
                part.append(part[0])
        if straight:
            self.rules += outline_rules(part, is_stroked=is_stroked)


def _matrix(found: Any) -> Matrix:
    m = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(found, m)
    return Matrix(m.a, m.b, m.c, m.d, m.e, m.f)
