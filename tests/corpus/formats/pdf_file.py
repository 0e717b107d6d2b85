"""The bytes of a PDF (ISO 32000-1) from pages of placed text and rulings, without any program or installed font.

The embedded font is our own: each glyph is a heap of strokes, as wide as a Chinese character or half of it, and a table
tells which character it stands for. A reader gets what the subset font of a word processor gives it: glyph numbers,
widths, outlines about as rich as those of real characters, and that table; who looks at the page sees scribble.
Libraries that write PDF want a real font with Chinese glyphs, which a machine may not have, and take several times as
long over its subsets.
"""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Sequence
from functools import cache

from tests.corpus.layouts.columns import width

SIZES = (400, 700, 1800)
"""Glyphs as wide as a Chinese character in the font of a report: the least that are enough. So many that none is short."""
HALF = 150
"""Glyphs half as wide; they come first."""
STROKES = 9


@cache
def font(full: int) -> bytes:
    """A TrueType font, compressed: glyph 0, then `HALF` glyphs of half an em, then `full` of one em."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    rng = random.Random("strokes")

    def scribble(right: int) -> object:
        """Bars across and down within the box of a character, the first two from side to side, so that all fill it."""
        pen = TTGlyphPen(None)
        bars = [(60, -80, right, -40), (60, 780, right, 820)]
        for i in range(STROKES):
            x, y = rng.randrange(60, right - 150), rng.randrange(-40, 600)
            bars.append(
                (x, y, x + rng.randrange(60, 150), y + 45) if i % 2 else (x, y, x + 45, y + rng.randrange(60, 180))
            )
        for left, bottom, end, top in bars:
            pen.moveTo((left, bottom))
            for corner in ((left, top), (end, top), (end, bottom)):
                pen.lineTo(corner)
            pen.closePath()
        return pen.glyph()

    order = [".notdef", *(f"h{i}" for i in range(HALF)), *(f"f{i}" for i in range(full))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({})
    builder.setupGlyf({name: scribble(440 if name[0] == "h" else 940) for name in order})
    builder.setupHorizontalMetrics({name: (500, 60) if name[0] == "h" else (1000, 60) for name in order})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupHead(unitsPerEm=1000, created=0, modified=0)
    builder.setupNameTable({"familyName": "Scribble", "styleName": "Regular"})
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.font.save(out)
    return zlib.compress(out.getvalue())


class Characters:
    """Which glyph stands for which character, in the order of their first use."""

    def __init__(self) -> None:
        self.glyphs: dict[str, str] = {}
        self.counts = [0, 0]

    def encoded(self, text: str) -> str:
        """A text as the hexadecimal string of its glyph numbers."""
        glyphs = self.glyphs
        for c in text:
            if c not in glyphs:
                is_half = width(c) == 1
                if self.counts[is_half] == (HALF if is_half else SIZES[-1]):
                    raise ValueError("A report uses more characters than the font has glyphs.")
                glyphs[c] = f"{1 + (not is_half) * HALF + self.counts[is_half]:04x}"
                self.counts[is_half] += 1
        return "".join([glyphs[c] for c in text])

    @property
    def font(self) -> bytes:
        return font(next(n for n in SIZES if n >= self.counts[0]))

    def to_unicode(self) -> bytes:
        """The table from glyph numbers to characters (9.10.3), at most 100 in a block."""
        lines = [f"<{g}> <{c.encode('utf-16-be').hex()}>" for c, g in self.glyphs.items()]
        blocks = (lines[i : i + 100] for i in range(0, len(lines), 100))
        table = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Scribble def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{table}\nendcmap\nend\nend\n"
        ).encode()


def stream(data: bytes, more: str = "", *, compressed: bool = False) -> bytes:
    """A stream object's body; `compressed` says that the data are so already."""
    packed = data if compressed else zlib.compress(data, 6)
    return f"<</Length {len(packed)}/Filter/FlateDecode{more}>>stream\n".encode() + packed + b"\nendstream"


def document(title: str, contents: Sequence[str], characters: Characters, paper: tuple[float, float]) -> bytes:
    """The file of some pages' content streams, which name the font /F; `paper` in points. The same bytes every time."""
    first = 9
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(contents)))
    box = f"[0 0 {paper[0]:g} {paper[1]:g}]"
    widths = f"[1 {HALF} 500]"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(contents)}/Kids[{kids}]/MediaBox{box}/Resources<</Font<</F 3 0 R>>>>>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+Scribble/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 7 0 R>>",
        (
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+Scribble/CIDToGIDMap/Identity/DW 1000"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W{widths}/FontDescriptor 5 0 R>>"
        ).encode(),
        (
            b"<</Type/FontDescriptor/FontName/AAAAAA+Scribble/Flags 4/FontBBox[60 -80 940 820]/ItalicAngle 0/Ascent 880"
            b"/Descent -120/CapHeight 820/StemV 80/FontFile2 6 0 R>>"
        ),
        stream(characters.font, compressed=True),
        stream(characters.to_unicode()),
        f"<</Title<feff{title.encode('utf-16-be').hex()}>>>".encode(),
    ]
    for i, content in enumerate(contents):
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {first + 2 * i + 1} 0 R>>".encode())
        objects.append(stream(content.encode("ascii")))
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % n + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer<</Size %d/Root 1 0 R/Info 8 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
