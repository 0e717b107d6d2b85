"""PDF: pages with text are read with PDFium, pages that are pictures are handed to the recogniser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read.building import Builder
from pipeline.read.fault import Fault, too_complex
from pipeline.read.pages import add_pages, uncollected

if TYPE_CHECKING:
    from pipeline.read.pages_pdfium import FilePage
    from pipeline.read.scan import Recognised

READER = "pdf/1"
_FEW = 8
"""Characters that a page which is a picture may have as text: a page number, a stamp of the printer."""


def sniff(data: bytes, source: SourceFile) -> bool:
    """A PDF: its header stands within the first kilobyte (ISO 32000-1, annex H, note 13)."""
    return b"%PDF-" in data[:1024]


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Raises Fault: damaged, encrypted, too_complex; needs_ocr for a scan that cannot be recognised here."""
    from pipeline.read.pages_pdfium import File

    with uncollected(), File(data) as file:
        if file.page_count > limits.current().max_pages:
            raise too_complex("pages", limits.current().max_pages)
        read_pages = {n: file.page(n) for n in range(1, file.page_count + 1)}
        rebuilt = file.is_rebuilt
    found = {n: p for n, p in read_pages.items() if p is not None}
    if not found:
        raise Fault("damaged", "The PDF has no page that can be read.")
    notes = []
    unread = []
    if rebuilt:
        notes.append("The file is damaged at its end; the pages that could be found were read.")
    if lost := [n for n, p in read_pages.items() if p is None]:
        unread.append(f"{_listed(lost)} could not be read: the file is damaged there.")
    pictures = [n for n, p in found.items() if p.has_pictures and sum(len(g.text) for g in p.page.glyphs) <= _FEW]
    with_text = [n for n, p in found.items() if n not in pictures and p.page.glyphs]
    pages = {n: p.page for n, p in found.items()}
    if pictures:
        recognised = _recognised(data, pictures, is_all=not with_text)
        pages |= {r.page.number: r.page for r in recognised}
        notes += [r.note for r in recognised]
        if not recognised:
            unread.append(
                f"{_listed(pictures)} {'is a picture' if len(pictures) == 1 else 'are pictures'} and not read."
            )
    elif not with_text:
        raise Fault("no_text", "The PDF has neither text nor pictures.")
    notes = [*notes, *unread, *_notes(found)]
    reservation = ("pages_unread", " ".join(unread)) if unread else None
    builder = Builder()
    add_pages(builder, [pages[n] for n in sorted(pages)])
    document = builder.document(READER, notes=notes, reservation=reservation)
    is_whole = not (pictures or lost or any(p.is_invisible or p.unknown for p in found.values()))
    return replace(document, has_all_text=is_whole)


def _recognised(data: bytes, numbers: list[int], *, is_all: bool) -> list[Recognised]:
    """The pages that are pictures, recognised; none where that cannot be done here and other pages have text."""
    from pipeline.read import scan

    try:
        return scan.pages_of_pdf(data, numbers)
    except Fault as fault:
        if is_all or fault.reason_code != "needs_ocr":
            raise
        return []


def _notes(found: dict[int, FilePage]) -> list[str]:
    """What a user should know about the text of pages."""
    notes = []
    if laid := [n for n, p in found.items() if p.is_invisible]:
        notes.append(f"{_listed(laid)}: the text is what a recogniser laid under the picture of the page.")
    if unknown := sum(p.unknown for p in found.values()):
        notes.append(f"{unknown} characters have no Unicode value in the file and are shown as \ufffd.")
    if slanted := sum(p.slanted for p in found.values()):
        notes.append(f"{slanted} characters of slanted text (a watermark) were left out.")
    return notes


def _listed(numbers: list[int]) -> str:
    """Page 3; pages 3, 4, 7."""
    return f"{'Page' if len(numbers) == 1 else 'Pages'} {', '.join(map(str, numbers))}"
