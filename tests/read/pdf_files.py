"""Writes small PDF files operator by operator, so that a test says exactly what stands on the page and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

A4 = (595, 842)
FONTS = (
    # Chinese by a predefined encoding, nothing embedded; Latin characters are half as wide (Adobe-GB1: CID 1 to 95).
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/DW 1000/W[1 95 500 814 939 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6"
    "/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 93>>>>]>>",
    # Codes of glyphs, and no table that says which characters they are.
    "<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Nameless/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    "/DW 500/FontDescriptor<</Type/FontDescriptor/FontName/Nameless/Flags 4/FontBBox[0 -120 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 93>>>>]>>",
)


@dataclass
class Drawing:
    """A page being drawn, in points with y upwards, as PDF counts. `entries` go into the page's dictionary."""

    width: float = A4[0]
    height: float = A4[1]
    entries: str = ""
    operators: list[str] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float = 10, *, matrix: str = "1 0 0 1", mode: int = 0) -> None:
        code = text.encode("utf-16-be").hex()
        self.operators.append(f"BT /F0 {size} Tf {mode} Tr {matrix} {x} {y} Tm <{code}> Tj ET")

    def unmapped(self, x: float, y: float, glyphs: Sequence[int], size: float = 10) -> None:
        code = "".join(f"{g:04x}" for g in glyphs)
        self.operators.append(f"BT /F1 {size} Tf 0 Tr 1 0 0 1 {x} {y} Tm <{code}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        self.operators.append(f"{width} w {x0} {y0} m {x1} {y1} l S")

    def box(self, x: float, y: float, width: float, height: float, how: str = "S") -> None:
        self.operators.append(f"0.5 w {x} {y} {width} {height} re {how}")

    def picture(self, x: float, y: float, width: float, height: float) -> None:
        image = "BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID ff> EI"
        self.operators.append(f"q {width} 0 0 {height} {x} {y} cm {image} Q")

    def form(self, drawing: Drawing, matrix: str) -> None:
        """Another drawing set into this one, as a form of its own."""
        self.forms.append((matrix, "\n".join(drawing.operators)))
        self.operators.append(f"/X{len(self.forms) - 1} Do")

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Lines at all the given places."""
        for x in xs:
            self.line(x, min(ys), x, max(ys))
        for y in ys:
            self.line(min(xs), y, max(xs), y)


def pdf(*pages: Drawing, trailer: str = "") -> bytes:
    """The pages as a file."""
    objects: list[str] = ["<</Type/Catalog/Pages 2 0 R>>", "", *FONTS]
    kids = []
    for page in pages:
        names = []
        for i, (matrix, content) in enumerate(page.forms):
            objects.append(
                f"<</Type/XObject/Subtype/Form/BBox[-2000 -2000 2000 2000]/Matrix[{matrix}]"
                f"/Resources<</Font<</F0 3 0 R/F1 4 0 R>>>>/Length {len(content)}>>stream\n{content}\nendstream"
            )
            names.append(f"/X{i} {len(objects)} 0 R")
        content = "\n".join(page.operators)
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width} {page.height}]{page.entries}"
            f"/Resources<</Font<</F0 3 0 R/F1 4 0 R>>/XObject<<{' '.join(names)}>>>>/Contents {len(objects)} 0 R>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out = b"%PDF-1.7\n"
    places = []
    for i, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{i} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{p:010d} 00000 n \n".encode() for p in places)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return out
