"""DOCX (Office Open XML, ECMA-376): paragraphs and tables of the main part in reading order.

Word and WPS documents, templates and those with macros, transitional and strict. Headers, footers, notes and comments are
not read; text boxes follow the paragraph or the table that they are anchored in. Properties of the file (author, title)
are not taken: they come from whatever file was copied to begin this one.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pipeline.model import Document, SourceFile, Unusable
from pipeline.read.docx_flow import Writer
from pipeline.read.docx_names import RELATIONSHIP, STRICT, W
from pipeline.read.docx_numbering import Numbering, Styles
from pipeline.read.docx_text import Reader, prune
from pipeline.read.fault import Fault
from pipeline.read.package import MAGIC, Package, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

READER = "docx/1"

_TYPES = "[Content_Types].xml"
_USUAL_MAIN = "word/document.xml"
_MAIN_TYPES = (
    b"wordprocessingml.document.main",
    b"wordprocessingml.template.main",
    b"ms-word.document.macroenabled",
    b"ms-word.template.macroenabled",
)
_FIRST_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/")
_PICTURES = ("blip", "imagedata", "OLEObject")
_FEW = 20
"""Characters below which a document with pictures holds nothing but these."""


def sniff(data: bytes, source: SourceFile) -> bool:
    if not data.startswith(MAGIC):
        return False
    try:
        package = Package(data)
    except Fault:
        # No directory at the end: a download that broke off. What it was, its first part still says.
        return data[30:].startswith(_FIRST_PARTS) and b"word/" in data[:100_000]
    if _USUAL_MAIN in package.names:
        return True
    try:
        types = package.read(_TYPES).lower() if _TYPES in package.names else b""
    except Fault:
        return False
    return any(name in types for name in _MAIN_TYPES)


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Reads a DOCX. Unusable: no_text, only_images. Raises Fault: damaged, encrypted, too_complex."""
    return read_package(data, READER)


def read_package(data: bytes, reader: str, notes: tuple[str, ...] = ()) -> Document | Unusable:
    """The same in the name of another reader, which made the DOCX out of its own format."""
    package = Package(data)
    main = _main_part(package)
    root = _xml(package, main)
    body = root.find(W + "body")
    if body is None:
        raise Fault("damaged", f"The part {main} has no body.")
    prune(body)
    related = _related(package, main)
    optional = {kind: _optional(package, related.get(kind)) for kind in ("styles", "numbering")}
    styles = Styles(optional["styles"][0])
    words = Reader(body, styles, Numbering(optional["numbering"][0], styles)).read(body)
    writer = Writer(words, body)
    writer.write(body)
    said = (*notes, *(note for _, note in optional.values() if note), *writer.notes)
    document = writer.builder.document(reader, notes=said)
    length = len("".join(document.text.split()))
    if length < _FEW and any(isinstance(e.tag, str) and e.tag.endswith(_PICTURES) for e in body.iter()):
        return Unusable("unreadable", "only_images", "The document holds pictures and next to no text.", reader)
    if not length:
        return Unusable("unreadable", "no_text", "The document holds no text.", reader)
    return document


def _xml(package: Package, name: str) -> _Element:
    data = package.read(name)
    for strict, usual in STRICT:
        data = data.replace(strict, usual)
    return parse_xml(data, name)


def _optional(package: Package, name: str | None) -> tuple[_Element | None, str | None]:
    """A part that the text can do without, and what to say where it should be there and cannot be read."""
    if name is None:
        return None, None
    try:
        return _xml(package, name), None
    except Fault as fault:
        if fault.reason_code != "damaged":
            raise
        return None, f"{fault.reason} Numbers of headings that it would give are missing."


def _relationships(package: Package, part: str) -> dict[str, str]:
    """Parts that a part refers to ("" is the package): the last word of the relationship's type, the part's name."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in package.names:
        return {}
    out: dict[str, str] = {}
    for element in package.xml(path).iter(RELATIONSHIP):
        target, kind = element.get("Target", ""), element.get("Type", "").rpartition("/")[2]
        if target and element.get("TargetMode") != "External":
            out.setdefault(kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
    return out


def _main_part(package: Package) -> str:
    try:
        name = _relationships(package, "").get("officeDocument", _USUAL_MAIN)
    except Fault as fault:
        if fault.reason_code != "damaged":
            raise
        name = _USUAL_MAIN
    return name if name in package.names else _USUAL_MAIN


def _related(package: Package, main: str) -> dict[str, str]:
    """Where styles and numbering stand; their usual places where the relationships do not say."""
    folder = posixpath.dirname(main)
    usual = {kind: posixpath.join(folder, f"{kind}.xml") for kind in ("styles", "numbering")}
    found = {kind: name for kind, name in usual.items() if name in package.names}
    try:
        return found | _relationships(package, main)
    except Fault as fault:
        if fault.reason_code != "damaged":
            raise
        return found
