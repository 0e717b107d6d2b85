"""Lines outside of tables into paragraphs: wrapped lines joined, tables without lines kept in columns, furniture told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.read.building import Builder, join_lines
from pipeline.read.pages_lines import Piece, height_of, pieces_of
from pipeline.read.pages_model import Glyph, Page

APART = 1.5
"""Gap between two columns of a table without lines, in heights of its line."""
FULL = 2.2
"""How far from the right margin a line may end and still be full, in heights: what moves to the next line with it
are at most two characters (a mark that may not begin a line, and the one before it)."""
_SAME = 2.0
"""Points within which lines begin at the same place."""
_PAGE_NUMBER = re.compile(
    r"[-—–―－~·.•\s]*(?:第\s*)?(\d{1,4})\s*页?\s*[-—–―－~·.•\s]*(?:(?:[/／]|[,，]?\s*共)\s*\d{1,4}\s*页?)?"
    r"|(?i:page)\s*(\d{1,4})(?:\s*of\s*\d{1,4})?"
)
_NAMED = re.compile("[页/／]|(?i:page)")
_ITEM = re.compile(
    r"[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}\s*[、.．](?!\d)"
)
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class FlowLine:
    """A line of a page outside of tables. `text` is None until it is needed; `placed` is it in columns."""

    glyphs: list[Glyph]
    number: int
    top: float
    bottom: float
    left: float
    right: float
    height: float
    pieces: list[Piece]
    is_furniture: bool = False
    placed: str | None = None

    @classmethod
    def of(cls, glyphs: list[Glyph], number: int) -> FlowLine:
        height = height_of(glyphs)
        return cls(
            glyphs,
            number,
            min(g.top for g in glyphs),
            max(g.bottom for g in glyphs),
            glyphs[0].left,
            max(g.right for g in glyphs),
            height,
            pieces_of(glyphs, APART),
        )

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        return "  ".join(p.text for p in self.pieces) if self.placed is None else self.placed

    @property
    def is_prose(self) -> bool:
        return len(self.pieces) == 1 and self.placed is None and not self.is_furniture


@dataclass(slots=True)
class FlowPage:
    """A page's lines, from top to bottom, and the extent of its tables as (left, top, right, bottom)."""

    page: Page
    lines: list[FlowLine]
    tables: list[tuple[float, float, float, float]]
    margins: tuple[float, float] = (0.0, 0.0)


def find_margins(pages: Sequence[FlowPage]) -> None:
    """Left and right margin of each page's text, from its long lines and its tables; the width from all pages."""
    found: list[tuple[float, float] | None] = []
    for p in pages:
        long = [x for x in p.lines if x.is_prose and x.right - x.left > 15 * x.height]
        lefts = [x.left for x in long] + [t[0] for t in p.tables]
        rights = [x.right for x in long] + [t[2] for t in p.tables]
        found.append((min(lefts), max(rights)) if lefts else None)
    width = max((f[1] - f[0] for f in found if f), default=0.0)
    usual = min((f[0] for f in found if f), default=0.0)
    for p, f in zip(pages, found, strict=True):
        # A page whose long lines are all indented still begins where the other pages do.
        left = usual if f is None or any(abs(x.left - usual) < _SAME for x in p.lines) else f[0]
        p.margins = (left, max(f[1], left + width) if f else left + width)


def mark_furniture(pages: Sequence[FlowPage]) -> None:
    """Marks page numbers, and running headers and footers that stand at one place on most pages."""
    edge = [(p, x) for p in pages for x in _edge_lines(p)]
    offsets: Counter[int] = Counter()
    numbered: list[tuple[FlowPage, FlowLine, int, bool]] = []
    for p, x in edge:
        text = " ".join(q.text for q in x.pieces).strip()
        if m := _PAGE_NUMBER.fullmatch(text):
            n = int(m[1] or m[2])
            is_bare = text.isdigit() or (len(x.pieces) > 1 and not _NAMED.search(text))
            numbered.append((p, x, n, is_bare))
            offsets[n - p.page.number] += 1
    usual = max(offsets, key=lambda k: (offsets[k], -abs(k)), default=0)
    for p, x, n, is_bare in numbered:
        # A number alone is a page number only where it counts the pages: it may be a value that stands alone.
        x.is_furniture = not is_bare or (n - p.page.number == usual and (usual == 0 or offsets[usual] > 1))
    places: dict[tuple[str, int], set[int]] = {}
    for p, x in edge:
        if len(x.pieces) < 4:
            for k in (-1, 0, 1):
                places.setdefault((_masked(x), round(x.middle / 4) + k), set()).add(p.page.number)
    for _, x in edge:
        on = places.get((_masked(x), round(x.middle / 4)), set())
        if len(on) >= 2 and 2 * len(on) >= len(pages):
            x.is_furniture = True


def _masked(x: FlowLine) -> str:
    return _DIGITS.sub("#", x.text)


def _edge_lines(p: FlowPage) -> list[FlowLine]:
    """Up to two lines above and below everything else of the page, near its edges."""
    top = min((t[1] for t in p.tables), default=p.page.height)
    bottom = max((t[3] for t in p.tables), default=0.0)
    first = [x for x in p.lines[:2] if x.bottom <= top + 1 and x.middle < 0.13 * p.page.height]
    last = [x for x in p.lines[-2:] if x.top >= bottom - 1 and x.middle > 0.85 * p.page.height]
    return [*first, *(x for x in last if x not in first)]


@dataclass(slots=True)
class Flow:
    """Writes lines, and holds back the paragraph that may go on in the next line or on the next page."""

    builder: Builder
    _open: list[tuple[FlowPage, FlowLine]] = field(default_factory=list)
    _later: list[tuple[FlowPage, FlowLine]] = field(default_factory=list)

    def add(self, page: FlowPage, line: FlowLine) -> None:
        if line.is_furniture:
            self._later.append((page, line))
            if not self._open:
                self.close()
            return
        if self._open and not goes_on(*self._open[-1], page, line):
            self.close()
        self._open.append((page, line))

    def close(self) -> None:
        """Writes what is held back."""
        if self._open:
            page, first = self._open[0]
            lines = [x for _, x in self._open]
            text = _whole([x.text for x in lines])
            self.builder.paragraph(text, (("page", page.page.number), ("line", first.number)))
        for page, x in self._later:
            self.builder.paragraph(x.text.strip(), (("page", page.page.number), ("line", x.number)), is_furniture=True)
        self._open, self._later = [], []


def _whole(lines: Sequence[str]) -> str:
    """Full lines of one paragraph joined: a number that goes on in the next line is one number."""
    out = lines[0]
    for line in lines[1:]:
        out = out + line if out[-1:].isdigit() and line[:1].isdigit() else join_lines((out, line))
    return out


def goes_on(page: FlowPage, line: FlowLine, next_page: FlowPage, following: FlowLine) -> bool:
    """Whether a line is the continuation of the one before it: that one is full, this one begins at the margin."""
    if not (line.is_prose and following.is_prose):
        return False
    em = line.height
    if abs(following.height - em) > 0.2 * em:
        return False
    if page is next_page and not 0 < following.middle - line.middle < 2.8 * em:
        return False
    left, right = page.margins
    next_left, next_right = next_page.margins
    if _ITEM.match(following.text):
        return False
    if abs(following.left - next_left) < 0.7 * em:
        return right - line.right < FULL * em and line.left - left < 3.5 * em
    # A centred title over several lines: all but the last about as wide as the page.
    middle = (left + right) / 2
    return (
        page is next_page
        and line.right - line.left > 0.8 * (right - left)
        and abs((line.left + line.right) / 2 - middle) < em
        and abs((following.left + following.right) / 2 - (next_left + next_right) / 2) < em
    )
