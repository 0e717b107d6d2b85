"""Writes the truths of the corpus as real files: web pages, Word documents, PDF, OFD and containers of them."""

from tests.corpus.formats import docx, html_old, html_site, html_tables, html_word, ofd, office, pdf_browser, pdf_drawn
from tests.corpus.formats.containers import CONTAINERS, Container, Member, render_container
from tests.corpus.formats.registry import FORMATS, Format, FormatFile, ProgramMissing, render_format, render_many

__all__ = [
    "CONTAINERS",
    "FORMATS",
    "Container",
    "Format",
    "FormatFile",
    "Member",
    "ProgramMissing",
    "docx",
    "html_old",
    "html_site",
    "html_tables",
    "html_word",
    "ofd",
    "office",
    "pdf_browser",
    "pdf_drawn",
    "render_container",
    "render_format",
    "render_many",
]
