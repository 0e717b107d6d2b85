"""The tree of a web page walked into blocks: what a reader of the page would see, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.read.blocks import Block, Cell, Paragraph, Table
from pipeline.read.fault import too_complex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SKIPPED = _tags(
    "script style noscript template head select button textarea iframe object embed svg canvas video "
    "audio map datalist del s strike rt rp math dialog progress meter"
)
_FURNITURE = frozenset(("nav", "footer", "aside"))
_BLOCKS = _tags(
    "p div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 section article main header hgroup address blockquote "
    "center fieldset form figure figcaption pre hr body html nav footer aside details summary caption "
    "legend tr td th tbody thead tfoot"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_REMOVED = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_UNSEEN = re.compile(
    r"visibility\s*:\s*hidden|line-through|font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.I
)
"""What takes no place on the page, and what takes one and is not to be read (hidden, struck out, of no size)."""
_ATTACHMENT = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|et|rar|zip)(?:$|[?#&])", re.I)
_LONGEST_LINK = 80
"""Characters of a link's text; what is longer may be a text inside an anchor that was never closed."""
_BESIDE_LINK = re.compile(r"[\s\d年月日:.,/|>＞»·•()（）\[\]【】-]*")
"""What stands beside a link in a list of links: its date, a separator."""
_BREAK = "\x00"
"""Stands for <br> until white space is closed up: HTML has no such character."""
_RAISED = {"sup": "\x01", "sub": "\x02"}
_RAISED_DIGIT = re.compile("(?<=[0-9A-Za-z])([\x01\x02])(?=[0-9])")
"""A raised or lowered digit behind a digit is no digit of its number: 3² is written 3^2."""
_WIDE = "[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’]"
# A line break of the source between two Chinese characters is no blank (CSS Text 3, 4.1.3).
_WRAP = re.compile(rf"(?<={_WIDE})[ \t]*[\n\r\f][ \t\n\r\f]*(?={_WIDE})")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_UNEVEN = re.compile("[\x00-\x02 \t\n\r\f]")
_AROUND_BREAK = re.compile(rf" ?{_BREAK} ?")
_INTEGER = re.compile(r"\s*\+?(\d{1,10})")
_DEEPEST_TABLES = 40
_Attributes = Mapping[str, str | None]
_LOOK_BACK = 12
"""Open elements among which a paragraph's own and the one around it are looked for."""


class _Flow:
    """Text of the paragraph that is being gathered."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.unlinked: list[str] = []
        self.linked = 0
        self.furniture = self.links = self.preserved = self.headings = 0


class Page:
    """Gathers the blocks of a page."""

    def __init__(self) -> None:
        self.images = self.attachments = 0
        self.length = self.long_links = 0
        """Characters of the page, and of links that are too long to be links."""
        self._tables = 0
        self._groups: dict[tuple[int, bool], int] = {}

    def blocks(self, root: LexborNode, furniture: int = 0, links: int = 0) -> list[Block]:
        """The blocks inside an element, in order. Walks without recursion but for tables in tables."""
        out: list[Block] = []
        flow = _Flow()
        flow.furniture, flow.links = furniture, links
        open_elements: list[tuple[LexborNode, str, bool]] = []
        node = root.first_child
        while True:
            if node is None:
                if not open_elements:
                    break
                node, tag, is_link = open_elements[-1]
                if tag in _BLOCKS and flow.parts:
                    self._flush(flow, out, open_elements, root)
                open_elements.pop()
                _count(flow, tag, is_link, -1)
                node = node.next
                continue
            if node.is_text_node:
                self._add(flow, node.text_content or "")
            elif node.is_element_node:
                tag = node.tag or ""
                if tag == "br":
                    flow.parts.append(_BREAK)
                elif tag == "img":
                    self.images += not flow.furniture
                elif tag == "table":
                    if flow.parts:
                        self._flush(flow, out, open_elements, root)
                    out.append(self._table(node, flow))
                elif tag not in _SKIPPED and not _is_hidden(node.attributes):
                    if tag in _BLOCKS and flow.parts:
                        self._flush(flow, out, open_elements, root)
                    is_link = tag == "a" and self._is_link(node)
                    if node.first_child is not None:
                        _count(flow, tag, is_link, 1)
                        open_elements.append((node, tag, is_link))
                        node = node.first_child
                        continue
            node = node.next
        if flow.parts:
            self._flush(flow, out, open_elements, root)
        return out

    def _is_link(self, node: LexborNode) -> bool:
        """Whether an anchor leads to another page; what leads to a file is the page's own business."""
        href = (node.attributes.get("href") or "").strip()
        if _ATTACHMENT.search(href):
            self.attachments += 1
            return False
        return bool(href) and not href.lower().startswith(("#", "javascript:", "mailto:", "tel:"))

    @staticmethod
    def _add(flow: _Flow, words: str) -> None:
        if flow.preserved:
            words = words.replace("\r\n", "\n").replace("\n", _BREAK).replace(" ", "\xa0").replace("\t", "\xa0" * 8)
        flow.parts.append(words)
        if flow.links:
            flow.linked += len(words.strip())
        else:
            flow.unlinked.append(words)

    def _flush(
        self, flow: _Flow, out: list[Block], open_elements: list[tuple[LexborNode, str, bool]], root: LexborNode
    ) -> None:
        words = _closed_up("".join(flow.parts))
        if words.strip():
            is_link = flow.linked > 0 and bool(_BESIDE_LINK.fullmatch("".join(flow.unlinked)))
            self.length += len(words)
            if is_link and flow.linked > _LONGEST_LINK:
                self.long_links += len(words)
            # The heading of a page may be a link to itself.
            is_link = is_link and not flow.headings
            out.append(Paragraph(words, flow.furniture > 0, is_link, self._group(open_elements, root)))
        flow.parts.clear()
        flow.unlinked.clear()
        flow.linked = 0

    def _group(self, open_elements: list[tuple[LexborNode, str, bool]], root: LexborNode) -> int:
        """The group of a paragraph: the element that its own stands in, headings apart from text."""
        parent, is_heading, seen = root, False, 0
        for node, tag, _ in open_elements[: -_LOOK_BACK - 1 : -1]:
            if tag in _BLOCKS:
                seen += 1
                is_heading = is_heading or tag in _HEADINGS
                if seen == 2:
                    parent = node
        return self._groups.setdefault((parent.mem_id, is_heading), len(self._groups) + 1)

    def _table(self, table: LexborNode, flow: _Flow) -> Table:
        self._tables += 1
        if self._tables > _DEEPEST_TABLES:
            raise too_complex("tables inside one another", _DEEPEST_TABLES)
        out = Table()
        for part in _children(table):
            for row in _children(part) if part.tag in ("tbody", "thead", "tfoot") else (part,):
                if row.tag == "tr" and not _is_hidden(row.attributes):
                    cells = ((c, c.attributes) for c in _children(row) if c.tag in ("td", "th"))
                    out.rows.append([self._cell(c, own, flow) for c, own in cells if not _is_removed(own)])
                elif row.tag == "caption":
                    out.rows.append([Cell(self.blocks(row, flow.furniture, flow.links), 1, 1)])
        self._tables -= 1
        return out

    def _cell(self, node: LexborNode, attributes: _Attributes, flow: _Flow) -> Cell:
        return Cell(
            [] if _is_hidden(attributes) else self.blocks(node, flow.furniture, flow.links),
            _span(attributes.get("rowspan"), least=0),
            _span(attributes.get("colspan"), least=1),
        )


def _count(flow: _Flow, tag: str, is_link: bool, by: int) -> None:
    """Notes that an element begins (1) or ends (-1)."""
    flow.links += by * is_link
    if tag in _FURNITURE:
        flow.furniture += by
    elif tag in _HEADINGS:
        flow.headings += by
    elif tag == "pre":
        flow.preserved += by
    elif by > 0 and tag in _RAISED:
        flow.parts.append(_RAISED[tag])


def _closed_up(raw: str) -> str:
    """White space closed up as HTML shows it, <br> as line breaks."""
    if not _UNEVEN.search(raw):
        return raw
    if "\x01" in raw or "\x02" in raw:
        raw = _RAISED_DIGIT.sub(lambda m: "^" if m[1] == "\x01" else "_", raw)
        raw = raw.replace("\x01", "").replace("\x02", "")
    words = _SPACES.sub(" ", _WRAP.sub("", raw))
    return _AROUND_BREAK.sub("\n", words).strip(" \n")


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _is_removed(attributes: _Attributes) -> bool:
    """Whether an element takes no place on the page."""
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and bool(_REMOVED.search(style)))


def _is_hidden(attributes: _Attributes) -> bool:
    """Whether an element is not to be read: it takes no place, or one in which nothing is seen."""
    if not attributes:
        return False
    style = attributes.get("style")
    return _is_removed(attributes) or (style is not None and bool(_UNSEEN.search(style)))


def _span(value: str | None, least: int) -> int:
    """A span attribute: the digits it begins with, 1 where there are none (WHATWG HTML, rules for parsing integers)."""
    m = _INTEGER.match(value) if value else None
    return max(int(m[1]), least) if m else 1
