"""Which formats the reports of a large corpus have: most are pages of sites, then text, Word and PDF, in changing layouts."""

from __future__ import annotations

import random

from tests.corpus.formats import FORMATS
from tests.corpus.layouts import LAYOUTS

SHARES = {
    # pages of sites, and what word processors export as HTML
    "html_site": 300,
    "html_gbk": 40,
    "html_undeclared": 20,
    "html_wrong_charset": 10,
    "html_bom": 10,
    "html_split": 30,
    "html_nested": 30,
    "html_spans": 30,
    "html_word": 50,
    # files
    "docx": 90,
    "pdf_drawn": 90,
    "pdf_placed": 30,
    "ofd": 10,
    # text of pages and files, blanks kept
    "word_tabs": 50,
    "pdf_columns": 30,
    "pdf_columns_paged": 15,
    "pipes_padded": 20,
    "pipes_markdown": 20,
    "pipes_trailing": 20,
    "pipe_per_line": 15,
    "leading_pipes": 5,
    "pdf_tabs": 10,
    "pdf_tabs_paged": 10,
    # text that lost its blanks, or more
    "web_lines": 30,
    "web_lines_tight": 10,
    "single_spaces": 10,
    "glued": 5,
    "pipe_per_line_lost": 5,
    "pdf_tabs_first_column_lost": 5,
}
"""Of a thousand reports, how many are written so."""
HOUSE = 0.6
"""How often an organ uses the format that it always uses."""
CONTAINERS = {"zip": 5, "jsonl": 2, "warc_gz": 2, "parquet": 1}
PACKED = 0.04
"""Share of the organs whose reports come in containers."""

GROUPS = ("html", "docx", "pdf", "positioned text", "other text", "ofd")


def draw(rng: random.Random) -> str:
    """A format or a layout, by its share."""
    return rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]


def extension(name: str) -> str:
    """Of the files of a format; a layout of text has `.txt`."""
    return FORMATS[name].extension if name in FORMATS else ".txt"


def group(name: str) -> str:
    """What the accuracy of a format counts for: one of `GROUPS`. Positioned text is text in which every cell keeps its
    place."""
    if name in LAYOUTS:
        return "positioned text" if LAYOUTS[name].keeps_positions else "other text"
    return name.partition("_")[0]
