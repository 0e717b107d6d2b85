"""The least work that reading a report takes, format by format: what the whole chain of a document is held against.

    work = lower_bound(".pdf")
    work(data)

Each function does, with the libraries that ogi-panel itself builds on, what nobody who wants the words of a report can
leave out, and nothing else; what it returns is of no interest. Dictionaries and libraries are loaded by `lower_bound`, so
that no call pays for them.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from types import MappingProxyType

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lower_bound(extension: str) -> Callable[[bytes], object]:
    """The least work on the bytes of a file with this extension (`.txt`, `.html`, `.htm`, `.docx`, `.pdf`).

    What is counted:

    * text: decoding (UTF-8, else GB18030) and `jieba.lcut` of the text;
    * HTML: decoding, the HTML library's parse (selectolax, lexbor), the text of the page's body and `jieba.lcut` of it;
    * DOCX: unzipping `word/document.xml`, lxml's parse of it, the text of its paragraphs and `jieba.lcut` of it;
    * PDF: opening the file with pypdfium2 and extracting the text of every page. Nothing is cut: the bar for PDF is the
      extraction of the text alone.

    Not counted: loading of libraries and of jieba's dictionary, which a process does once. Raises KeyError for a format
    that has no bound; the functions raise what the libraries raise for a file that is damaged or another format.
    """
    work, load = _BOUNDS[extension.lower()]
    load()
    return work


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _load_segmenter() -> None:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()


def _load_html() -> None:
    import selectolax.lexbor  # noqa: F401

    _load_segmenter()


def _load_docx() -> None:
    import lxml.etree  # noqa: F401

    _load_segmenter()


def _load_pdf() -> None:
    import pypdfium2  # noqa: F401


def _cut(text: str) -> list[str]:
    import jieba

    words: list[str] = jieba.lcut(text)
    return words


def _text(data: bytes) -> list[str]:
    return _cut(_decoded(data))


def _html(data: bytes) -> list[str]:
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(_decoded(data)).body
    return _cut(body.text() if body is not None else "")


def _docx(data: bytes) -> list[str]:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        document = etree.fromstring(package.read("word/document.xml"))
    paragraphs = ("".join(t.text or "" for t in p.iter(f"{_WORD}t")) for p in document.iter(f"{_WORD}p"))
    return _cut("\n".join(paragraphs))


def _pdf(data: bytes) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_bounded())
            text.close()
            page.close()
        return texts
    finally:
        document.close()


_BOUNDS: MappingProxyType[str, tuple[Callable[[bytes], object], Callable[[], None]]] = MappingProxyType(
    {
        ".txt": (_text, _load_segmenter),
        ".html": (_html, _load_html),
        ".htm": (_html, _load_html),
        ".docx": (_docx, _load_docx),
        ".pdf": (_pdf, _load_pdf),
    }
)
