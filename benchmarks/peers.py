"""What a user would otherwise read these files with: each peer hands back tables as lists of rows of text.

`by_label` then does what every script written for this purpose does: it finds a row by its label and takes the cells
behind it.
"""

from __future__ import annotations

import importlib.util
import io
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline import form
from pipeline.extract.labels import key
from tests.corpus.gold import GoldCell

Tables = list[list[list[str]]]
Slot = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Peer:
    """A library: the package that must be there, which files it reads, and how."""

    name: str
    package: str
    extensions: tuple[str, ...]
    read: Callable[[bytes], Tables]

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


def _strings(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    return [["" if x is None or x != x else str(x) for x in row] for row in rows]


def _pandas(data: bytes) -> Tables:
    import pandas as pd

    # The charset is the page's own affair: pandas is given text.
    from pipeline.read.text import decode

    found = decode(data)
    frames = pd.read_html(io.StringIO(found[0] if found else ""), flavor="lxml", header=None)
    return [_strings([list(f.columns), *f.to_numpy().tolist()]) for f in frames]


def _pdfplumber(data: bytes) -> Tables:
    import pdfplumber

    out: Tables = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_text()
            out += [_strings(t) for t in page.extract_tables()]
    return out


def _pdfium_text(data: bytes) -> Tables:
    """No tables, just the text of every page: what PDFium itself takes, below which nothing that uses it can be."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage()
            text.get_text_range()
            text.close()
            page.close()
    return []


def _camelot(data: bytes) -> Tables:
    import camelot

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(data)
        return [_strings(t.df.to_numpy().tolist()) for t in camelot.read_pdf(str(path), pages="all", flavor="lattice")]


def _markitdown(extension: str) -> Callable[[bytes], Tables]:
    def read(data: bytes) -> Tables:
        from markitdown import MarkItDown

        markdown = MarkItDown(enable_plugins=False).convert_stream(io.BytesIO(data), file_extension=extension)
        return [_pipes(markdown.text_content)]

    return read


def _pipes(markdown: str) -> list[list[str]]:
    lines = (x.strip() for x in markdown.splitlines() if x.strip().startswith("|"))
    return [[c.strip() for c in x.strip("|").split("|")] for x in lines if not set(x) <= set("|-: ")]


def _python_docx(data: bytes) -> Tables:
    from docx import Document

    return [[[c.text for c in row.cells] for row in t.rows] for t in Document(io.BytesIO(data)).tables]


PEERS = (
    Peer("pandas.read_html", "lxml", (".html", ".htm"), _pandas),
    Peer("markitdown", "markitdown", (".html", ".htm"), _markitdown(".html")),
    Peer("python-docx", "docx", (".docx",), _python_docx),
    Peer("markitdown", "markitdown", (".docx",), _markitdown(".docx")),
    Peer("pdfplumber", "pdfplumber", (".pdf",), _pdfplumber),
    Peer("PDFium, text alone", "pypdfium2", (".pdf",), _pdfium_text),
    Peer("camelot lattice", "camelot", (".pdf",), _camelot),
    Peer("markitdown", "markitdown", (".pdf",), _markitdown(".pdf")),
)


def by_label(tables: Tables, forms: Mapping[str, str]) -> dict[Slot, str]:
    """Cells found by label in a peer's tables: table, row, column to text. `forms` by table code."""
    out: dict[Slot, str] = {}
    rows = [row for t in tables for row in t]
    for table in (form.PROACTIVE, form.APPLICATIONS):
        labels = {
            key(x): code
            for code in form.row_codes(forms[table], table)
            for x in form.labels_of_row(forms[table], table, code)
        }
        for row in rows:
            at = max((i for i, x in enumerate(row) if key(x) in labels), default=None)
            if at is None:
                continue
            code = labels[key(row[at])]
            columns = form.columns_of_row(forms[table], table, code)
            for column, text in zip(columns, row[at + 1 :], strict=False):
                out.setdefault((table, code, column), text)
    wide = [r for r in rows if len(r) >= 15 and not any(re.search(r"[\u4e00-\u9fff]", x) for x in r)]
    if wide:
        slots = [
            (form.REMEDIES, r, c)
            for r in form.row_codes("2021", form.REMEDIES)
            for c in form.column_codes("2021", form.REMEDIES)
        ]
        out.update(zip(slots, wide[-1], strict=False))
    return out


def judge(found: Mapping[Slot, str], gold: Sequence[GoldCell]) -> tuple[int, int, int]:
    """(right, wrong, not found) over the cells that print a number."""
    right = wrong = missing = 0
    for g in gold:
        if g.kind != "printed" or g.value is None:
            continue
        text = re.sub(r"[\s,，]", "", found.get(g.key, ""))
        number = re.match(r"[-+]?\d+(?:\.\d+)?", text)
        try:
            value = Decimal(number[0]) if number else None
        except InvalidOperation:
            value = None
        if value is None:
            missing += 1
        elif value == g.value:
            right += 1
        else:
            wrong += 1
    return right, wrong, missing
