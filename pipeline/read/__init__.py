"""Bytes to `Document`: one module a format, one registry.

To add a reader: write `pipeline/read/<format>.py` with `sniff(data, source) -> bool` and
`read(data, source) -> Document | Unusable`, and list it in `READERS`; the first whose `sniff` says yes reads the document.
"""

from __future__ import annotations

from types import ModuleType

from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import text, unsupported

READERS: tuple[ModuleType, ...] = (unsupported, text)


def read_document(data: bytes, source: SourceFile) -> Document | Unusable:
    """Reads a document of any known format. Bad input comes back as `Unusable` with a reason, never as an exception."""
    if not data:
        return Unusable("unreadable", "empty_file", "The file has no content.")
    for reader in READERS:
        if reader.sniff(data, source):
            result: Document | Unusable = reader.read(data, source)
            return result
    return Unusable("unreadable", "unsupported_format", "No reader knows this format.")
