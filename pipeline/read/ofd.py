"""OFD (GB/T 33190-2016), the fixed-layout format of Chinese offices: a package of XML, read page by page."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read.building import Builder
from pipeline.read.fault import Fault, too_complex
from pipeline.read.package import MAGIC, Package
from pipeline.read.pages import Page, add_pages
from pipeline.read.pages_ofd import POINTS, Content, numbers

if TYPE_CHECKING:
    from lxml.etree import _Element

READER = "ofd/1"
_ROOT = "OFD.xml"
_PAPER = (0.0, 0.0, 210.0, 297.0)
"""A4, in millimetres, where a file does not give its paper."""


def sniff(data: bytes, source: SourceFile) -> bool:
    """A ZIP package with a part OFD.xml at its root."""
    if not data.startswith(MAGIC) or _ROOT.encode() not in data:
        return False
    try:
        return _ROOT in Package(data).names
    except Fault:
        # A package that is cut off has no list of its parts any more.
        return data.find(_ROOT.encode()) < 4096


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Raises Fault: damaged, encrypted, too_complex, only_images, no_text."""
    package = Package(data)
    root = package.xml(_ROOT)
    roots = [x.text.strip() for x in root.iter("{*}DocRoot") if x.text]
    if not roots:
        raise Fault("damaged", f"{_ROOT} names no document.")
    try:
        reading = _Reading(package)
        for path in roots:
            reading.document(path)
    except Fault as fault:
        if fault.reason_code == "damaged" and root.find(".//{*}Encryptions") is not None:
            raise Fault("encrypted", "The OFD is encrypted.") from fault
        raise
    if not any(p.glyphs for p in reading.pages):
        if reading.pictures:
            raise Fault("only_images", "The pages of the OFD are pictures without text.")
        raise Fault("no_text", "The OFD has neither text nor pictures.")
    notes = []
    empty = [p.number for p in reading.pages if not p.glyphs and p.number in reading.pictures]
    if empty:
        listed = ", ".join(map(str, empty))
        notes.append(f"Page{'s' * (len(empty) > 1)} {listed}: a picture without text, not read.")
    if reading.slanted:
        notes.append(f"{reading.slanted} characters of slanted text (a watermark) were left out.")
    builder = Builder()
    add_pages(builder, reading.pages)
    return replace(builder.document(READER, notes=notes), has_all_text=not empty)


class _Reading:
    """The pages of a package, collected: `pictures` are the numbers of pages with pictures."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.pages: list[Page] = []
        self.pictures: set[int] = set()
        self.slanted = 0

    def document(self, path: str) -> None:
        path = _part("", path)
        root = self.package.xml(path)
        folder = posixpath.dirname(path)
        box = _box(root.find("{*}CommonData/{*}PageArea")) or _PAPER
        templates = {
            str(x.get("ID")): _part(folder, str(x.get("BaseLoc")))
            for x in root.iterfind("{*}CommonData/{*}TemplatePage")
        }
        parsed: dict[str, _Element] = {}
        for found in root.iterfind("{*}Pages/{*}Page"):
            if len(self.pages) >= limits.current().max_pages:
                raise too_complex("pages", limits.current().max_pages)
            content = self.package.xml(_part(folder, str(found.get("BaseLoc"))))
            objects = Content(limits.current().max_page_objects)
            for used in content.iterfind("{*}Template"):
                key = str(used.get("TemplateID"))
                if key in templates:
                    if key not in parsed:
                        parsed[key] = self.package.xml(templates[key])
                    objects.add(parsed[key])
            objects.add(content)
            self._add(objects, _box(content.find("{*}Area")) or box)

    def _add(self, objects: Content, box: tuple[float, float, float, float]) -> None:
        number = len(self.pages) + 1
        left, top, width, height = (v * POINTS for v in box)
        glyphs = [
            g
            for g in objects.glyphs
            if left < (g.left + g.right) / 2 < left + width and top < (g.top + g.bottom) / 2 < top + height
        ]
        self.pages.append(Page(number, width, height, glyphs, objects.rules))
        self.slanted += objects.slanted
        if objects.has_pictures:
            self.pictures.add(number)


def _part(folder: str, location: str) -> str:
    """A location (clause 7.2): from the root of the package where it begins with a slash, else from the folder."""
    path = location.strip().replace("\\", "/")
    return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))


def _box(area: _Element | None) -> tuple[float, float, float, float] | None:
    """The paper of a page area, in millimetres."""
    found = area.find("{*}PhysicalBox") if area is not None else None
    box = numbers(found.text, 4) if found is not None else None
    return (box[0], box[1], box[2], box[3]) if box and box[2] > 0 and box[3] > 0 else None
