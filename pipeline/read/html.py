"""HTML as public sites serve it, and as Word writes it: parsed as browsers do (WHATWG HTML), site furniture told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import text
from pipeline.read.blocks import Block, Cell, Paragraph, Table, Writer
from pipeline.read.building import Builder
from pipeline.read.fault import Fault, too_complex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

READER = "html/1"

_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|script|style|link|p|span|font|center|br|h[1-6])[\s>/]",
    re.I,
)
_HEAD = 4096
_FEW_WORDS = 200
"""Bytes that may stand before the first tag of a page."""
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "select",
        "button",
        "textarea",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "video",
        "audio",
        "map",
        "datalist",
        "del",
        "rt",
        "rp",
        "math",
        "dialog",
        "progress",
        "meter",
    ]
)
_FURNITURE = frozenset(("nav", "footer", "aside"))
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "main",
        "header",
        "hgroup",
        "address",
        "blockquote",
        "center",
        "fieldset",
        "form",
        "figure",
        "figcaption",
        "pre",
        "hr",
        "body",
        "html",
        "nav",
        "footer",
        "aside",
        "details",
        "summary",
        "caption",
        "legend",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_ATTACHMENT = re.compile(r"\.(?:docx?|wps|pdf|ofd|xlsx?|et|rar|zip)(?:$|[?#&])", re.I)
_LONGEST_LINK = 80
"""Characters of a link's text; what is longer is a text inside an anchor that was never closed."""
_BESIDE_LINK = re.compile(r"[\s\d年月日:.,/|>＞»·•()（）\[\]【】-]*")
"""What stands beside a link in a list of links: its date, a separator."""
_BREAK = "\x00"
"""Stands for <br> until white space is closed up: HTML has no such character."""
_WIDE = "[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60“”‘’]"
# A line break of the source between two Chinese characters is no blank (CSS Text 3, 4.1.3).
_WRAP = re.compile(rf"(?<={_WIDE})[ \t]*[\n\r\f][ \t\n\r\f]*(?={_WIDE})")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_AROUND_BREAK = re.compile(rf" ?{_BREAK} ?")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNCLOSED = frozenset(
    b"p td th tr li dd dt option tbody thead tfoot colgroup col br img input meta link hr area base wbr source param".split()
)
_MANY_TAGS = 5_000
_DEEPEST_TABLES = 40
_FACTS = {
    "articletitle": "title",
    "pubdate": "published_on",
    "contentsource": "publisher",
    "publishunit": "publisher",
}
"""Names of <meta> that sites of the administration must carry (国办函〔2019〕19号, 附件: 网页标签规范)."""


def sniff(data: bytes, source: SourceFile) -> bool:
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")
    found = _MARKUP.search(head)
    # Markup begins a page; a text that merely speaks of <p> has words before it.
    return found is not None and len(head[: found.start()].strip(b"\xef\xbb\xbf \t\r\n\xff\xfe")) < _FEW_WORDS


_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_\-]{2,20})", re.I)
_NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
_MOST_BAD = 1000
"""One broken character in so many is still a page; the character is shown as broken."""


def _decode(data: bytes, charset: str | None) -> tuple[str, str]:
    """(text, encoding): what fits without error, the declared charset last of all; a few broken bytes are marked.

    `charset` is what the server said, which goes before what the page says of itself (WHATWG HTML, 13.2.3.2).
    """
    found = text.decode(data)
    if found is not None:
        return found
    m = _CHARSET.search(data[:_HEAD])
    declared = (charset or (m[1].decode("ascii") if m else "gb18030")).lower()
    for encoding in dict.fromkeys((_NAMES.get(declared, declared), "utf-8", "gb18030")):
        try:
            decoded = data.decode(encoding, "replace")
        except LookupError:
            continue
        if decoded.count("\ufffd") * _MOST_BAD <= len(decoded):
            return decoded, encoding
    raise Fault("undecodable_text", "No known character encoding fits the page.")


def _check_nesting(data: bytes) -> None:
    """Refuses a page nested beyond reason before it is parsed: the parser's time grows with the square of the depth."""
    if data.count(b"<") < _MANY_TAGS:
        return
    depth, deepest = 0, limits.current().max_depth
    for m in _TAG.finditer(data):
        if m[2].lower() in _UNCLOSED:
            continue
        depth += -1 if m[1] else 1
        if depth > deepest:
            raise too_complex("elements inside one another", deepest)
        depth = max(depth, 0)


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Reads a page. Raises Fault: undecodable_text, too_complex."""
    from selectolax.lexbor import LexborHTMLParser

    decoded, encoding = _decode(data, source.charset)
    if text.is_mojibake(decoded):
        return Unusable(
            "unreadable", "mojibake", "The text was decoded wrongly before it reached us.", READER, encoding
        )
    _check_nesting(decoded.encode("utf-8", "replace") if encoding.startswith("utf-16") else data)
    tree = LexborHTMLParser(decoded)
    page = _Page()
    blocks = page.blocks(tree.body) if tree.body is not None else []
    builder = Builder()
    Writer(builder).write(blocks if page.has_broken_link else _without_links(blocks))
    facts = [*_facts(tree.head), ("images", str(page.images)), ("attachments", str(page.attachments))]
    return builder.document(READER, encoding, facts=facts)


def _facts(head: LexborNode | None) -> Iterator[tuple[str, str]]:
    """What the head says of the page: the standard's <meta> names, and the window title as the last resort."""
    node = head.first_child if head is not None else None
    title = None
    while node is not None:
        if node.tag == "meta":
            attributes = node.attributes
            field = _FACTS.get((attributes.get("name") or "").lower())
            content = (attributes.get("content") or "").strip()
            if field and content and "{" not in content:
                yield field, content[:200]
        elif node.tag == "title" and title is None:
            title = (node.text() or "").strip()
        node = node.next
    if title and "{" not in title:
        yield "window_title", title[:200]


def _without_links(blocks: list[Block]) -> list[Block]:
    """The same blocks with paragraphs that are nothing but links to other pages marked as furniture."""
    out: list[Block] = []
    for b in blocks:
        if isinstance(b, Table):
            for row in b.rows:
                for cell in row:
                    cell.blocks = _without_links(cell.blocks)
            out.append(b)
        else:
            out.append(replace(b, is_furniture=True) if b.is_link else b)
    return out


class _Flow:
    """Text of the paragraph that is being gathered."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.unlinked: list[str] = []
        self.linked = 0
        self.furniture = self.links = self.preserved = 0


class _Page:
    """Gathers the blocks of a page."""

    def __init__(self) -> None:
        self.images = self.attachments = 0
        self.has_broken_link = False
        self._tables = 0

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
                node, tag, is_link = open_elements.pop()
                if tag in _BLOCKS:
                    self._flush(flow, out)
                flow.furniture -= tag in _FURNITURE
                flow.links -= is_link
                flow.preserved -= tag == "pre"
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
                    self._flush(flow, out)
                    out.append(self._table(node, flow))
                elif tag not in _SKIPPED and not _is_hidden(node):
                    if tag in _BLOCKS:
                        self._flush(flow, out)
                    is_link = tag == "a" and self._is_link(node)
                    flow.furniture += tag in _FURNITURE
                    flow.links += is_link
                    flow.preserved += tag == "pre"
                    if node.first_child is not None:
                        open_elements.append((node, tag, is_link))
                        node = node.first_child
                        continue
                    flow.furniture -= tag in _FURNITURE
                    flow.links -= is_link
                    flow.preserved -= tag == "pre"
            node = node.next
        self._flush(flow, out)
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

    def _flush(self, flow: _Flow, out: list[Block]) -> None:
        if not flow.parts:
            return
        words = _closed_up("".join(flow.parts))
        if words.strip():
            is_link = flow.linked > 0 and bool(_BESIDE_LINK.fullmatch("".join(flow.unlinked)))
            if is_link and flow.linked > _LONGEST_LINK:
                self.has_broken_link = True
            out.append(Paragraph(words, flow.furniture > 0, is_link))
        flow.parts.clear()
        flow.unlinked.clear()
        flow.linked = 0

    def _table(self, table: LexborNode, flow: _Flow) -> Table:
        self._tables += 1
        if self._tables > _DEEPEST_TABLES:
            raise too_complex("tables inside one another", _DEEPEST_TABLES)
        out = Table()
        for part in _children(table):
            for row in _children(part) if part.tag in ("tbody", "thead", "tfoot") else (part,):
                if row.tag == "tr" and not _is_hidden(row):
                    out.rows.append([self._cell(c, flow) for c in _children(row) if c.tag in ("td", "th")])
                elif row.tag == "caption":
                    out.rows.append([Cell(self.blocks(row, flow.furniture, flow.links), 1, 1)])
        self._tables -= 1
        return out

    def _cell(self, node: LexborNode, flow: _Flow) -> Cell:
        if _is_hidden(node):
            return Cell()
        attributes = node.attributes
        return Cell(
            self.blocks(node, flow.furniture, flow.links),
            _span(attributes.get("rowspan"), least=0),
            _span(attributes.get("colspan"), least=1),
        )


def _closed_up(raw: str) -> str:
    """White space closed up as HTML shows it, <br> as line breaks."""
    words = _SPACES.sub(" ", _WRAP.sub("", raw))
    return _AROUND_BREAK.sub("\n", words).strip(" \n")


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and bool(_HIDDEN.search(style)))


def _span(value: str | None, least: int) -> int:
    """A span attribute: the digits it begins with, 1 where there are none (WHATWG HTML, rules for parsing integers)."""
    m = re.match(r"\s*\+?(\d{1,10})", value or "")
    return max(int(m[1]), least) if m else 1
