"""Formats that are recognised by their first bytes and not read yet: they end with a reason of their own."""

from __future__ import annotations

from pipeline.model import SourceFile, Unusable

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP (Word, OFD or an archive)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (Word 97-2003, WPS)"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf'\x1c", "7-Zip archive"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<?xml")


def _name(data: bytes) -> str | None:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "HTML or XML" if head.startswith(_MARKUP) else None


def sniff(data: bytes, source: SourceFile) -> bool:
    return _name(data) is not None


def read(data: bytes, source: SourceFile) -> Unusable:
    return Unusable("unreadable", "unsupported_format", f"The content is {_name(data)}, which is not read yet.")
