"""PDF drawn piece by piece, without any program: ruled tables, and tables whose columns only the places of the texts tell.

The pages are those of the OFD writer (`ofd_layout`); how text and rulings are drawn changes from one producer to the next.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.corpus.formats.blocks import Block, Report, Table
from tests.corpus.formats.ofd_layout import PADDING, Page, lay_out
from tests.corpus.formats.pdf_file import Characters, document
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.layouts.columns import width

PAPER = (210.0, 297.0)
POINTS = 72 / 25.4
"""Points in a millimetre."""
GAP = 1.8
"""What the cells of a table without lines leave free at their left and right, in millimetres."""


class Drawing:
    """The content streams of one document; its producer's habits are drawn once."""

    def __init__(self, rng: random.Random) -> None:
        self.characters = Characters()
        self.rulings = rng.choice(("lines", "rectangles", "bars"))
        self.pieces = rng.choice(("whole", "whole", "characters", "kerned"))

    def page(self, page: Page, *, ruled: bool) -> str:
        return "\n".join([*(self.rules(page) if ruled else ()), "BT", *self.text(page), "ET"])

    def text(self, page: Page) -> list[str]:
        """Each line of text at its baseline: in one string, a string a character, or with adjustments between them."""
        out, size = [], 0.0
        encoded = self.characters.encoded
        for piece in page.pieces:
            if piece.size != size:
                size = piece.size
                out.append(f"/F {size * POINTS:.3f} Tf")
            x, y = piece.x * POINTS, (PAPER[1] - piece.y) * POINTS
            code = encoded(piece.text)
            if self.pieces == "whole":
                out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{code}> Tj")
            elif self.pieces == "kerned":
                parts = " -1 ".join(f"<{code[i : i + 16]}>" for i in range(0, len(code), 16))
                out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm [{parts}] TJ")
            else:
                for i, c in enumerate(piece.text):
                    out.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{code[4 * i : 4 * i + 4]}> Tj")
                    x += width(c) * size / 2 * POINTS
        return out

    def rules(self, page: Page) -> list[str]:
        """A rectangle a cell, a line a side of a cell, or thin filled bars as word processors draw them."""
        if self.rulings == "rectangles":
            return [
                "0.5 w",
                *(
                    f"{x * POINTS:.2f} {(PAPER[1] - y - h) * POINTS:.2f} {w * POINTS:.2f} {h * POINTS:.2f} re"
                    for x, y, w, h in page.boxes
                ),
                "S",
            ]
        sides = [
            (a * POINTS, (PAPER[1] - b) * POINTS, c * POINTS, (PAPER[1] - d) * POINTS) for a, b, c, d in edges(page)
        ]
        if self.rulings == "lines":
            return ["0.5 w", *(f"{a:.2f} {b:.2f} m {c:.2f} {d:.2f} l S" for a, b, c, d in sides)]
        return [f"{a - 0.24:.2f} {d - 0.24:.2f} {c - a + 0.48:.2f} {b - d + 0.48:.2f} re f" for a, b, c, d in sides]


def edges(page: Page) -> list[tuple[float, float, float, float]]:
    """The sides of all cells, each once, from left to right and from top to bottom."""
    sides = []
    for x, y, w, h in page.boxes:
        sides += [(x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)]
    return list(dict.fromkeys((round(a, 3), round(b, 3), round(c, 3), round(d, 3)) for a, b, c, d in sides))


def whole_numbers(report: Report) -> Report:
    """The report without blanks inside numbers: without lines nobody could tell "1 0" from two numbers."""

    def whole(block: Block) -> Block:
        if not isinstance(block, Table):
            return block
        cells = tuple(replace(c, text=c.text.replace(" ", "")) if c.key else c for c in block.sheet.cells)
        return Table(replace(block.sheet, cells=cells))

    return replace(report, blocks=tuple(whole(b) for b in report.blocks))


def drawn(report: Report, rng: random.Random, *, ruled: bool) -> Written:
    drawing = Drawing(rng)
    pages = lay_out(report, rng, PADDING if ruled else GAP, has_whole_numbers=not ruled)
    contents = [drawing.page(p, ruled=ruled) for p in pages]
    paper = (PAPER[0] * POINTS, PAPER[1] * POINTS)
    return Written(document(report.truth.title, contents, drawing.characters, paper))


@file_format("pdf_drawn", ".pdf")
def pdf_drawn(report: Report) -> Written:
    """Ruled tables over several pages."""
    return drawn(report, report.rng("pdf"), ruled=True)


@file_format("pdf_placed", ".pdf")
def pdf_placed(report: Report) -> Written:
    """Tables without any line."""
    return drawn(whole_numbers(report), report.rng("placed"), ruled=False)
