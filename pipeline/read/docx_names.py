"""Names of WordprocessingML (ECMA-376 part 1, chapter 17) that the DOCX reader meets, and its small value readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

# Strict documents (ISO/IEC 29500-1) differ in the names of their namespaces only.
STRICT: tuple[tuple[bytes, bytes], ...] = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", M[1:-1].encode()),
)

VAL = W + "val"
PARAGRAPH, PARAGRAPH_PROPERTIES, PARAGRAPH_STYLE = W + "p", W + "pPr", W + "pStyle"
RUN, RUN_PROPERTIES, RUN_STYLE = W + "r", W + "rPr", W + "rStyle"
VERTICAL = W + "vertAlign"
LOOKS = (W + "vanish", W + "strike", W + "dstrike", VERTICAL)
"""Properties of a run by which its text counts or not: hidden, struck once or twice, raised or lowered."""
NUMBERING, NUMBERING_LEVEL, NUMBERING_ID = W + "numPr", W + "ilvl", W + "numId"
TABLE, ROW, CELL = W + "tbl", W + "tr", W + "tc"
TEXT_BOX, IMPORTED = W + "txbxContent", W + "altChunk"


def value(element: _Element | None, name: str = VAL) -> str | None:
    """An attribute of an element that may be missing."""
    return None if element is None else element.get(name)


def number(text: str | None, default: int = 0) -> int:
    """An integer as an attribute writes it; anything else is the default. Values stay within 32 bits."""
    if text is None or len(text) > 20:
        return default if text is None else 2**31 - 1
    try:
        return max(-(2**31), min(2**31 - 1, int(float(text))))
    except (ValueError, OverflowError):
        return default


def is_on(element: _Element | None) -> bool | None:
    """A toggle property (17.17.4): None where it is not given."""
    return None if element is None else is_on_value(element.get(VAL, "true"))


def is_on_value(text: str) -> bool:
    return text.strip().lower() not in ("0", "false", "off")


def look_values(properties: _Element | None) -> dict[str, str]:
    """The `LOOKS` that run properties give, by tag."""
    found = () if properties is None else ((tag, properties.find(tag)) for tag in LOOKS)
    return {tag: element.get(VAL, "true") for tag, element in found if element is not None}
