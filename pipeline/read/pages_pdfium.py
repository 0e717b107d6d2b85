"""A PDF file through PDFium's own interface: the characters and ruling lines of a page, as `pages` wants them.

PDFium is not thread-safe: a process reads one file at a time. Calls are made from C loops (`map`) into arrays, since
a page has thousands of characters.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import repeat
from types import TracebackType
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from pipeline import limits
from pipeline.read import pages_calls as calls
from pipeline.read.fault import Fault, too_complex
from pipeline.read.pages_geometry import Matrix
from pipeline.read.pages_model import Glyph, Page
from pipeline.read.pages_paths import Paths

_HYPHENS = (0x2, 0xAD, 0xFFFE)
"""What PDFium makes of a hyphen at the end of a line, and the soft hyphen."""
_UNKNOWN = 0xFFFD
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_SLANTED = 0.15
"""Quarters by which text may be off and still be upright; what slants more is a watermark."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page as read, and what decides whether it is a picture."""

    page: Page
    has_pictures: bool
    is_invisible: bool
    """Whether its text is drawn invisibly, as a recogniser lays it under the picture of a page."""
    unknown: int
    """Characters that the file does not map to Unicode."""
    slanted: int
    """Characters on a slant, left out."""


class File:
    """An open PDF. Raises Fault: damaged, encrypted, too_complex."""

    def __init__(self, data: bytes) -> None:
        pdfium.FPDF_InitLibrary()
        self._data = data
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            error = pdfium.FPDF_GetLastError()
            if error in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise Fault("encrypted", "The PDF is protected by a password.")
            raise Fault("damaged", "The PDF cannot be opened: it is cut off or no PDF.")
        # PDFium looks for the pages itself where the table of contents at the end is cut off, and does not say so.
        self.is_rebuilt = b"startxref" not in data[-2048:]
        self.page_count: int = pdfium.FPDF_GetPageCount(self._document)

    def __enter__(self) -> File:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pdfium.FPDF_CloseDocument(self._document)

    def page(self, number: int) -> FilePage | None:
        """A page, counted from 1; None where the file has no such page that can be read."""
        handle = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not handle:
            return None
        try:
            text = pdfium.FPDFText_LoadPage(handle)
            if not text:
                return None
            try:
                return _page(handle, text, number)
            finally:
                pdfium.FPDFText_ClosePage(text)
        finally:
            pdfium.FPDF_ClosePage(handle)


def _page(handle: Any, text: Any, number: int) -> FilePage:
    count = pdfium.FPDFText_CountChars(text)
    limit = limits.current().max_page_objects
    if count > limit:
        raise too_complex("characters on a page", limit)
    view, width, height = _view(handle)
    codes, boxes, quarters, unknown = _characters(text, max(0, count))
    paths = Paths(handle, view)
    straight = quarters >= 0
    slanted = int((~straight).sum())
    if slanted:
        codes, boxes, quarters = codes[straight], boxes[straight], quarters[straight]
    if len(codes):
        boxes = _turned(boxes, view)
        quarters = (quarters + view.quarter) % 4
    glyphs, rules = [], paths.rules
    turn = int(np.bincount(quarters, minlength=4).argmax()) if len(codes) else 0
    if turn:
        extra = _turn(turn, width, height)
        boxes = _turned(boxes, extra)
        rules = [extra.rule(r) for r in rules]
        quarters = (quarters - turn) % 4
        if turn % 2:
            width, height = height, width
    if len(codes):
        middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        seen = (middle_x > 0) & (middle_x < width) & (middle_y > 0) & (middle_y < height)
        glyphs = _glyphs(codes[seen], boxes[seen], quarters[seen])
    invisible = paths.has_pictures and len(codes) > 0 and _is_invisible(text, count)
    return FilePage(Page(number, width, height, glyphs, rules), paths.has_pictures, invisible, unknown, slanted)


def _view(handle: Any) -> tuple[Matrix, float, float]:
    """From the page's own coordinates to points from the upper left corner as shown; the size as shown."""
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(handle, box)
    left, bottom, right, top = box.left, box.bottom, box.right, box.top
    quarter = pdfium.FPDFPage_GetRotation(handle) % 4
    width, height = right - left, top - bottom
    if quarter == 0:
        return Matrix(1, 0, 0, -1, -left, top, 0), width, height
    if quarter == 1:
        return Matrix(0, 1, 1, 0, -bottom, -left, 1), height, width
    if quarter == 2:
        return Matrix(-1, 0, 0, 1, right, -bottom, 2), width, height
    return Matrix(0, -1, -1, 0, top, right, 3), height, width


def _turn(quarter: int, width: float, height: float) -> Matrix:
    """Turns a page whose text stands on its side upright; `quarter` as in `_quarters`."""
    if quarter == 1:
        return Matrix(0, -1, 1, 0, 0, width, 1)
    if quarter == 2:
        return Matrix(-1, 0, 0, -1, width, height, 2)
    return Matrix(0, 1, -1, 0, height, 0, 3)


def _turned(boxes: Any, m: Matrix) -> Any:
    """Boxes (left, top, right, bottom) through a matrix, sides in order again."""
    x = boxes[:, (0, 2)] * m.a + boxes[:, (1, 3)] * m.c + m.e
    y = boxes[:, (0, 2)] * m.b + boxes[:, (1, 3)] * m.d + m.f
    return np.stack((x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)), axis=1)


def _characters(text: Any, count: int) -> tuple[Any, Any, Any, int]:
    """Codes, boxes in page coordinates, and quarter turns of all printed characters; blanks are left out.

    A quarter is -1 for text on a slant. Only what can be turned, or wrong, is asked for that: each question is a call.
    """
    codes = _codes(text, count)
    for hyphen in _HYPHENS:
        codes[codes == hyphen] = 0x2D
    at = np.nonzero(~_is_blank(codes))[0]
    codes, n = codes[at], len(at)
    handle = repeat(calls.address(text))
    rects, begin = calls.floats(n, 4)
    # Boxes by the font's own height and the character's advance: stable over a line, where ink boxes are not.
    each = range(begin, begin + 16 * n, 16)
    found = np.fromiter(map(calls.loose_char_box, handle, at.tolist(), each), np.int64, n)
    boxes = rects.astype(np.float64)
    quarters = np.zeros(n, np.int64)
    alone = np.nonzero(~_in_line(boxes))[0]
    if len(alone):
        angles = np.fromiter(map(calls.char_angle, handle, at[alone].tolist()), np.float64, len(alone))
        turns = np.nan_to_num(angles) / (math.pi / 2)
        quarters[alone] = np.where(abs(turns - np.rint(turns)) > _SLANTED, -1, np.rint(turns).astype(np.int64) % 4)
    # A character that the font does not map to Unicode comes as its code in the font, which may look like a digit.
    wrong = ((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes >= 0xF0000) | ((codes >= 0xD800) & (codes <= 0xDFFF))
    doubtful = np.nonzero(codes < 0x250)[0]
    errors = map(calls.has_unicode_map_error, handle, at[doubtful].tolist())
    wrong[doubtful] |= (np.fromiter(errors, np.int64, len(doubtful)) > 0) | (codes[doubtful] == 0)
    codes = np.where(wrong, _UNKNOWN, codes)
    keep = (found > 0) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 1] > boxes[:, 3]) & np.isfinite(boxes).all(axis=1)
    return codes[keep], boxes[keep], quarters[keep], int((codes[keep] == _UNKNOWN).sum())


def _codes(text: Any, count: int) -> Any:
    """The Unicode value of every character: in one call where each is one unit of UTF-16, else one by one."""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    if pdfium.FPDFText_GetText(text, 0, count, buffer) == count + 1:
        codes = np.frombuffer(memoryview(buffer), np.uint16)[:count].astype(np.int64)
        if not ((codes >= 0xD800) & (codes <= 0xDFFF)).any():
            return codes
    return np.fromiter(map(pdfium.FPDFText_GetUnicode, repeat(text), range(count)), np.int64, count)


def _in_line(boxes: Any) -> Any:
    """Which characters surely stand upright: one that follows another, or is followed, to the right in its line."""
    left, right, middle = boxes[:, 0], boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    height = boxes[:, 1] - boxes[:, 3]
    follows = (
        (abs(left[1:] - right[:-1]) < 0.3 * height[1:])
        & (abs(middle[1:] - middle[:-1]) < 0.2 * height[1:])
        & (left[1:] > left[:-1])
    )
    out = np.zeros(len(boxes), bool)
    out[1:] |= follows
    out[:-1] |= follows
    return out


def _is_blank(codes: Any) -> Any:
    return (
        ((codes <= 0x20) & (codes > 0))
        | ((codes >= 0x7F) & (codes <= 0xA0))
        | (codes == 0x3000)
        | ((codes >= 0x2000) & (codes <= 0x200F))
        | (codes == 0xFEFF)
    )


def _glyphs(codes: Any, boxes: Any, quarters: Any) -> list[Glyph]:
    """Runs of characters that touch in a line as one; so too runs of turned ones, in the order in which they are
    written."""
    if not len(codes):
        return []
    text = "".join(map(chr, codes.tolist()))
    if _RADICAL.search(text):
        text = _RADICAL.sub(_usual, text)
    left, top, right, bottom = boxes.T
    height = bottom - top
    near = 0.06 * height[1:]
    starts = (
        (abs(left[1:] - right[:-1]) > near)
        | (abs(top[1:] - top[:-1]) > near)
        | (abs(bottom[1:] - bottom[:-1]) > near)
        | (quarters[1:] != 0)
        | (quarters[:-1] != 0)
    )
    begin = np.concatenate(([0], np.nonzero(starts)[0] + 1))
    end = np.concatenate((begin[1:], [len(codes)]))
    columns = (begin, end, left[begin], top[begin], right[end - 1], bottom[begin])
    out = [
        Glyph(text[a:b], x0, y0, x1, y1) for a, b, x0, y0, x1, y1 in zip(*(c.tolist() for c in columns), strict=True)
    ]
    return _turned_runs(out, quarters[begin].tolist()) if quarters.any() else out


def _turned_runs(glyphs: list[Glyph], quarters: list[int]) -> list[Glyph]:
    kept: list[Glyph] = []
    last = 0
    for g, q in zip(glyphs, quarters, strict=True):
        run = kept[-1] if kept and q and q == last else None
        if run is not None and (
            min(run.right, g.right) - max(run.left, g.left) > 0.5 * (g.right - g.left)
            if q % 2
            else min(run.bottom, g.bottom) - max(run.top, g.top) > 0.5 * (g.bottom - g.top)
        ):
            kept[-1] = Glyph(
                run.text + g.text,
                min(run.left, g.left),
                min(run.top, g.top),
                max(run.right, g.right),
                max(run.bottom, g.bottom),
            )
        else:
            kept.append(g)
        last = q
    return kept


def _usual(found: re.Match[str]) -> str:
    """A radical that a font gives for the character it looks like, as this character (⼀ as 一)."""
    usual = unicodedata.normalize("NFKC", found[0])
    return usual if len(usual) == 1 else found[0]


def _is_invisible(text: Any, count: int) -> bool:
    """Whether most of a sample of characters is drawn in text rendering mode 3 (ISO 32000-1, 9.3.6)."""
    modes: Counter[bool] = Counter()
    for i in range(0, count, max(1, count // 20)):
        if (found := pdfium.FPDFText_GetTextObject(text, i)) is not None:
            modes[pdfium.FPDFTextObj_GetTextRenderMode(found) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE] += 1
    return modes[True] > modes[False]
