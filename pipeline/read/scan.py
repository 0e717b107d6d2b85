"""Reads pages that are pictures: scanned PDFs and image files, as pages of characters with their certainty.

Text between the ruling lines of a table is read cell by cell; the rest line by line, as the recogniser finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline import limits
from pipeline.read import scan_cells, scan_engine, scan_picture, scan_rulings
from pipeline.read.fault import Fault, too_complex
from pipeline.read.pages import Glyph, Page, Rule
from pipeline.read.scan_engine import Picture, Quad
from pipeline.read.scan_rulings import Box

UNREAD = scan_cells.UNREAD
CERTAIN = 0.9
"""A cell whose least certain character is below this may be wrong: of the cells above it none was, in the measurements
of `benchmarks/bench_ocr.py`."""
_DPI = (150, 300)
"""Least and greatest resolution at which a page is drawn; between them the scan's own."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page that was read from a picture, and what a user should know about that."""

    page: Page
    note: str


def pages_of_pdf(data: bytes, page_numbers: Sequence[int]) -> list[Recognised]:
    """The given pages (from 1) of a PDF, read from their pictures.

    Raises Fault `needs_ocr` where the recogniser is not installed, `damaged`, `too_complex`.
    """
    scan_engine.require()
    check_count(len(page_numbers))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Fault("damaged", f"The PDF cannot be opened: {error}.") from error
    out = []
    with document:
        for number in page_numbers:
            page = document[number - 1]
            width, height = page.get_size()
            dpi = _resolution(page)
            check_pixels(width * dpi / 72, height * dpi / 72)
            picture = page.render(scale=dpi / 72, grayscale=True).to_numpy()
            page.close()
            out.append(recognise(np.ascontiguousarray(picture.reshape(picture.shape[:2])), dpi, number))
    return out


def _resolution(page: object) -> int:
    """The resolution of the largest picture on a page, within bounds."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    assert isinstance(page, pypdfium2.PdfPage)
    best, area = 200.0, 0.0
    for image in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = image.get_bounds()
        if isinstance(image, pypdfium2.PdfImage) and (right - left) * (top - bottom) > area and right - left > 1:
            # Turned by a quarter, the picture's width is the page's height: the long side goes with the long side.
            area, pixels = (right - left) * (top - bottom), max(image.get_px_size())
            best = 72 * pixels / max(right - left, top - bottom)
    return round(min(max(best, _DPI[0]), _DPI[1]))


def check_count(pages: int) -> None:
    """Raises Fault `too_complex` where more pages are to be read than one document may take time for."""
    if limits.current().max_recognised_pages == 0:
        raise Fault("needs_ocr", "Pages without text: they are pictures, which this build does not read (limit 0).")
    if pages > limits.current().max_recognised_pages:
        raise too_complex("pages to be read from pictures", limits.current().max_recognised_pages)


def check_pixels(width: float, height: float) -> None:
    """Raises Fault `too_complex` for a picture that is too large, before it takes any memory."""
    if width * height > limits.current().max_pixels:
        raise too_complex("pixels of one page", limits.current().max_pixels)


def recognise(grey: Picture, dpi: float, number: int) -> Recognised:
    """A page of a document from its picture: `dpi` says how large it is on paper."""
    limits.sign_of_life()
    picture = scan_picture.level_light(grey)
    turns = scan_picture.quarter_turns(picture)
    if turns:
        picture = np.ascontiguousarray(np.rot90(picture, turns))
    degrees = scan_picture.skew(picture)
    picture = scan_picture.turn(picture, degrees)
    quads = scan_engine.find_lines(picture)
    point = dpi / 72
    rulings = scan_rulings.find_rulings(picture, dpi)
    cells = scan_rulings.find_cells(rulings, picture.shape, dpi)
    clean, ink = scan_cells.without_specks(picture, point)
    lines = [*rulings.horizontal, *rulings.vertical]
    thickness = round(max((r.thickness for r in lines), default=1))
    strips = [s for cell in cells for s in scan_cells.strips_of_cell(ink, cell, thickness, point)]
    strips += [_strip_of_line(q, picture.shape) for q in quads if not _in_cell(q, cells)]
    if len(strips) > limits.current().max_page_objects:
        raise too_complex("lines of text of one page", limits.current().max_page_objects)
    marks = [m for read in scan_cells.read(picture, clean, ink, strips, point) for m in read]
    page = Page(
        number,
        picture.shape[1] / point,
        picture.shape[0] / point,
        [Glyph(m.text, m.left / point, m.top / point, m.right / point, m.bottom / point) for m in marks],
        [
            *(Rule(h.start / point, h.at / point, h.end / point, h.at / point) for h in rulings.horizontal),
            *(Rule(v.at / point, v.start / point, v.at / point, v.end / point) for v in rulings.vertical),
        ],
        [m.certainty for m in marks],
    )
    return Recognised(page, _note(page, dpi, 90 * turns, degrees))


def _in_cell(quad: Quad, cells: list[Box]) -> bool:
    x, y = (quad.left + quad.right) / 2, (quad.top + quad.bottom) / 2
    # A line found across two cells has its middle on the ruling between them.
    return any(c.left - 4 <= x < c.right + 4 and c.top - 4 <= y < c.bottom + 4 for c in cells)


def _strip_of_line(quad: Quad, shape: tuple[int, ...]) -> scan_cells.Strip:
    box = Box(
        max(0, int(quad.left)),
        max(0, int(quad.top)),
        min(shape[1], int(quad.right) + 1),
        min(shape[0], int(quad.bottom) + 1),
    )
    return scan_cells.Strip(box, Box(0, 0, shape[1], shape[0]), is_short=False)


def _note(page: Page, dpi: float, quarter: int, degrees: float) -> str:
    certainty = page.certainty or ()
    turned = f", turned by {quarter} degrees" if quarter else ""
    turned += f", skewed by {degrees:.1f} degrees" if abs(degrees) >= 0.05 else ""
    if not certainty:
        return f"page {page.number}: a picture at {dpi:.0f} dpi in which no text was recognised"
    doubtful = sum(c < CERTAIN for c in certainty)
    return (
        f"page {page.number}: recognised from a picture at {dpi:.0f} dpi{turned}; certainty "
        f"{sum(certainty) / len(certainty):.2f} (lowest {min(certainty):.2f}, {doubtful} characters below {CERTAIN})"
    )
