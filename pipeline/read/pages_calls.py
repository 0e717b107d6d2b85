"""PDFium's smallest functions as plain calls: addresses go in and come out as numbers, no object is made for either.

A page has thousands of characters and lines, and each costs a few of these calls. Through the library's own prototypes
most of their time goes into wrapping pointers; through these it takes half. They keep the interpreter's lock, which is
right for calls of some hundred nanoseconds.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

_INT, _ADDRESS, _FLOAT = ctypes.c_int, ctypes.c_void_p, ctypes.c_float


def address(handle: Any) -> int:
    """A handle or a function of the library as a number."""
    return ctypes.cast(handle, _ADDRESS).value or 0


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))


def floats(rows: int, columns: int) -> tuple[Any, int]:
    """An array of zeros to be filled by calls, and the address where it begins; a value takes four bytes."""
    out = np.zeros((rows, columns), np.float32)
    return out, out.ctypes.data


loose_char_box = _plain(pdfium.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
char_angle = _plain(pdfium.FPDFText_GetCharAngle, _FLOAT, _ADDRESS, _INT)
has_unicode_map_error = _plain(pdfium.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT)
page_object = _plain(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
form_object = _plain(pdfium.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
count_page_objects = _plain(pdfium.FPDFPage_CountObjects, _INT, _ADDRESS)
count_form_objects = _plain(pdfium.FPDFFormObj_CountObjects, _INT, _ADDRESS)
object_type = _plain(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
object_bounds = _plain(pdfium.FPDFPageObj_GetBounds, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
object_matrix = _plain(pdfium.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)
draw_mode = _plain(pdfium.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
count_segments = _plain(pdfium.FPDFPath_CountSegments, _INT, _ADDRESS)
path_segment = _plain(pdfium.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
segment_type = _plain(pdfium.FPDFPathSegment_GetType, _INT, _ADDRESS)
segment_point = _plain(pdfium.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
segment_closes = _plain(pdfium.FPDFPathSegment_GetClose, _INT, _ADDRESS)
