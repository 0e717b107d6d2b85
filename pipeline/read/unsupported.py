"""Formats that are recognised by their first bytes and not read: they end with a reason that names them."""

from __future__ import annotations

from pipeline.model import SourceFile, Unusable
from pipeline.read.package import MAGIC, Package

READER = "unsupported/1"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (MAGIC, "a ZIP package that is neither Word nor OFD (Excel, PowerPoint or another)"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!\x1a\x07", "a RAR archive (unpack it, or pack it as ZIP)"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive (unpack it, or pack it as ZIP)"),
    (b"%!PS", "PostScript (convert it to PDF)"),
)
_TAR, _TAR_AT = b"ustar", 257


def _name(data: bytes) -> str | None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return "a tar archive (unpack it, or pack it as ZIP)"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"mime-version:" in head and b"multipart/related" in head:
        return "a web archive in one file, MHTML (save the page as HTML)"
    return "XML" if head.startswith(b"<?xml") else None


def sniff(data: bytes, source: SourceFile) -> bool:
    return _name(data) is not None


def read(data: bytes, source: SourceFile) -> Unusable:
    if data.startswith(MAGIC):
        Package(data)  # raises Fault where it breaks off: then nothing says what it would have been
    return Unusable("unreadable", "unsupported_format", f"This is not read: {_name(data)}.", READER)
