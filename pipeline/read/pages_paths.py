"""The ruling lines of a PDF page: strokes, thin filled boxes and the sides of boxes, through nested forms."""

from __future__ import annotations

import ctypes
from typing import Any

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
        self._numbers = [ctypes.c_float() for _ in range(4)]
        stack: list[tuple[Any, Any, Any, Matrix, int]] = [
            (page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, view, 0)
        ]
        while stack:
            holder, counted, get, matrix, depth = stack.pop()
            count = counted(holder)
            self._spend(count)
            for i in range(count):
                found = get(holder, i)
                kind = pdfium.FPDFPageObj_GetType(found)
                if kind == pdfium.FPDF_PAGEOBJ_PATH:
                    self._path(found, matrix)
                elif kind == pdfium.FPDF_PAGEOBJ_IMAGE or kind == pdfium.FPDF_PAGEOBJ_SHADING:
                    self.has_pictures = True
                elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                    inner = matrix.after(_matrix(found))
                    stack.append(
                        (found, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)
                    )

    def _spend(self, count: int) -> None:
        self._left -= max(0, count)
        if self._left < 0:
            raise too_complex("objects on a page", limits.current().max_page_objects)

    def _path(self, path: Any, view: Matrix) -> None:
        left, bottom, right, top = self._numbers
        if not pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top):
            return
        (x0, y0), (x1, y1) = view.point(left.value, bottom.value), view.point(right.value, top.value)
        if abs(x1 - x0) <= THIN or abs(y1 - y0) <= THIN:
            self.rules.append(Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
        if fill.value or stroke.value:
            self._segments(path, view.after(_matrix(path)), bool(stroke.value))

    def _segments(self, path: Any, matrix: Matrix, is_stroked: bool) -> None:
        """The straight parts of a larger path: strokes as they run, filled parts where they are thin boxes."""
        count = pdfium.FPDFPath_CountSegments(path)
        self._spend(count)
        x, y = self._numbers[:2]
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
