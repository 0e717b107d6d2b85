"""OFD documents (GB/T 33190-2016): text objects with advances, path objects for rulings, one content file a page."""

from __future__ import annotations

import random
from itertools import groupby

from tests.corpus.formats.blocks import Report
from tests.corpus.formats.docx_parts import zipped
from tests.corpus.formats.html_markup import escape
from tests.corpus.formats.ofd_layout import Page, Piece, lay_out
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.layouts.columns import width

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
FONT = 3
FIRST_FREE_ID = 100


def number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def deltas(advances: list[float]) -> str:
    """Advances from each character to the next; equal ones in a row as "g count advance" (clause 11.3)."""
    out: list[str] = []
    for value, run in groupby(map(number, advances)):
        n = len(list(run))
        out += ["g", str(n), value] if n > 1 else [value]
    return " ".join(out)


class Writer:
    """Writes the pages of one document; the habits of its producer are drawn once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.scales = rng.random() < 0.2  # size 1 and a matrix instead of a size
        self.cuts = rng.random() < 0.4  # a line in several text codes
        self.boxes = rng.choice(("lines", "rectangles", "one_path"))
        self.next_id = FIRST_FREE_ID

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def text(self, piece: Piece) -> str:
        """A text object; what is inside is measured from the corner of its boundary, before its matrix."""
        scale = piece.size if self.scales else 1.0
        top = piece.y - piece.size
        at = self.rng.randrange(1, len(piece.text)) if self.cuts and len(piece.text) > 3 else len(piece.text)
        codes, x = [], 0.0
        for part in (piece.text[:at], piece.text[at:]):
            advances = [width(c) * piece.size / 2 / scale for c in part]
            if part:
                delta = f' DeltaX="{deltas(advances[:-1])}"' if len(part) > 1 else ""
                y = number(piece.size / scale)
                codes.append(f'<ofd:TextCode X="{number(x)}" Y="{y}"{delta}>{escape(part)}</ofd:TextCode>')
            x += sum(advances)
        boundary = " ".join(map(number, (piece.x, top, piece.width, piece.size * 1.3)))
        size = number(piece.size / scale)
        matrix = f' CTM="{number(scale)} 0 0 {number(scale)} 0 0"' if self.scales else ""
        opening = f'<ofd:TextObject ID="{self.new_id()}" Boundary="{boundary}" Font="{FONT}" Size="{size}"{matrix}>'
        return opening + "".join(codes) + "</ofd:TextObject>"

    def path(self, x: float, y: float, w: float, h: float, data: str) -> str:
        boundary = " ".join(map(number, (x, y, w, h)))
        return (
            f'<ofd:PathObject ID="{self.new_id()}" Boundary="{boundary}" LineWidth="0.25" Stroke="true" Fill="false">'
            f'<ofd:StrokeColor Value="0 0 0"/><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'
        )

    def rulings(self, page: Page) -> list[str]:
        if self.boxes == "rectangles":
            return [
                self.path(x, y, w, h, f"M 0 0 L {number(w)} 0 L {number(w)} {number(h)} L 0 {number(h)} C")
                for x, y, w, h in page.boxes
            ]
        sides = []
        for x, y, w, h in page.boxes:
            sides += [(x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)]
        sides = list(dict.fromkeys(tuple(round(v, 3) for v in side) for side in sides))
        if self.boxes == "lines":
            return [
                self.path(a, b, c - a + 0.25, d - b + 0.25, f"M 0 0 L {number(c - a)} {number(d - b)}")
                for a, b, c, d in sides
            ]
        data = " ".join(f"M {number(a)} {number(b)} L {number(c)} {number(d)}" for a, b, c, d in sides)
        return [self.path(0, 0, 210, 297, data)] if sides else []

    def page(self, page: Page) -> str:
        objects = self.rulings(page) + [self.text(p) for p in page.pieces]
        return (
            f"<ofd:Page {NAMESPACE}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>"
            f'<ofd:Content><ofd:Layer ID="{self.new_id()}" Type="Body">\n'
            + "\n".join(objects)
            + "\n</ofd:Layer></ofd:Content></ofd:Page>"
        )


def package(report: Report, pages: list[Page], rng: random.Random) -> bytes:
    writer = Writer(rng)
    contents = [writer.page(p) for p in pages]
    slash = "/" if rng.random() < 0.3 else ""
    root = (
        f'<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>{report.truth.seed:032x}</ofd:DocID><ofd:Creator>WPS Office</ofd:Creator>"
        f"<ofd:CreationDate>{report.truth.published_on.isoformat()}</ofd:CreationDate></ofd:DocInfo>"
        f"<ofd:DocRoot>{slash}Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    listed = "".join(f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(contents)))
    document = (
        f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{writer.next_id}</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    resources = (
        f'<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="{FONT}" FontName="宋体" FamilyName="宋体"/>'
        "</ofd:Fonts></ofd:Res>"
    )
    parts = {"OFD.xml": root, "Doc_0/Document.xml": document, "Doc_0/PublicRes.xml": resources}
    parts |= {f"Doc_0/Pages/Page_{i}/Content.xml": text for i, text in enumerate(contents)}
    return zipped({name: (DECLARATION + text).encode("utf-8") for name, text in parts.items()})


@file_format("ofd", ".ofd")
def ofd(report: Report) -> Written:
    """An OFD document over several pages."""
    rng = report.rng("ofd")
    return Written(package(report, lay_out(report, rng), rng))
