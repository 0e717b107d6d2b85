"""Formats that are recognised by their first bytes and not read: they end with a reason that names them."""

from __future__ import annotations

from pipeline.model import SourceFile, Unusable
from pipeline.read.package import MAGIC, Package

READER = "unsupported/1"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (MAGIC, "a ZIP package that is neither Word nor OFD (Excel, PowerPoint or another)"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it, or pack it as ZIP"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive: unpack it, or pack it as ZIP"),
    (b"%!PS", "PostScript: convert it to PDF"),
)


def _name(data: bytes) -> str | None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "XML" if head.startswith(b"<?xml") else None


def sniff(data: bytes, source: SourceFile) -> bool:
    return _name(data) is not None


def read(data: bytes, source: SourceFile) -> Unusable:
    if data.startswith(MAGIC):
        Package(data)  # raises Fault where it breaks off: then nothing says what it would have been
    return Unusable("unreadable", "unsupported_format", f"The content is {_name(data)}, which is not read.", READER)
