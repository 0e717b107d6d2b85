"""HTML as public sites serve it, and as Word writes it: parsed as browsers do (WHATWG HTML), site furniture told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import text
from pipeline.read.blocks import Block, Table, Writer
from pipeline.read.building import Builder
from pipeline.read.fault import Fault, too_complex
from pipeline.read.html_page import Page

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
_BROKEN_SHARE = 0.3
"""Share of a page's text in links too long to be links from which the links of the page are not believed."""
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNCLOSED = frozenset(
    b"p td th tr li dd dt option tbody thead tfoot colgroup col br img input meta link hr area base wbr source param".split()
)
_MANY_TAGS = 5_000
_FACTS = {
    "articletitle": "title",
    "pubdate": "published_on",
    "contentsource": "source",
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
_OWN_OF_PYTHON = frozenset(
    ["idna", "mbcs", "oem", "palmos", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"]
)
"""Names that Python takes for encodings and no page means: some of them cannot decode any bytes and raise."""
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
    if declared.replace("-", "_") in _OWN_OF_PYTHON:
        declared = "gb18030"
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
    page = Page()
    blocks = page.blocks(tree.body) if tree.body is not None else []
    builder = Builder()
    has_broken_link = page.long_links > _BROKEN_SHARE * page.length
    Writer(builder).write(blocks if has_broken_link else _without_links(blocks))
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
