"""Bytes to `Document`: one module a format, one registry.

To add a reader: write `pipeline/read/<format>.py` with `sniff(data, source) -> bool` and
`read(data, source) -> Document | Unusable`, and list it in `READERS`; the first whose `sniff` says yes reads the document.
A reader may raise `Fault` where the document cannot be read. Libraries that only one format needs are imported inside
`read`, so that a process which meets no such document does not load them.
"""

from __future__ import annotations

from types import ModuleType

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import doc, docx, html, image, ofd, pdf, text, unsupported
from pipeline.read.fault import Fault, too_complex

READERS: tuple[ModuleType, ...] = (docx, ofd, doc, pdf, image, html, unsupported, text)


def read_document(data: bytes, source: SourceFile) -> Document | Unusable:
    """Reads a document of any known format. Bad input comes back as `Unusable` with a reason, never as an exception."""
    if not data:
        return Unusable("unreadable", "empty_file", "The file has no content.")
    for reader in READERS:
        if reader.sniff(data, source):
            try:
                result: Document | Unusable = reader.read(data, source)
                if isinstance(result, Document):
                    _check(result)
            except Fault as fault:
                return Unusable("unreadable", fault.reason_code, fault.reason, reader.READER)
            return result
    return Unusable("unreadable", "unsupported_format", "No reader knows this format.")


def _check(document: Document) -> None:
    """Raises Fault where there is too much text, or none."""
    if len(document.text) > limits.current().max_characters:
        raise too_complex("characters", limits.current().max_characters)
    if not document.text.strip():
        if int(dict(document.facts).get("images", 0)):
            raise Fault("only_images", "Pictures without any text.")
        raise Fault("no_text", "Nothing but white space.")
