"""A folder of files made to harm their reader: each ends as one row with its reason, and the report among them is read.

Each case names the limit that stops it (`pipeline/limits.py`; None where the format's own rules do). Sizes are as the
limits are by default, so that the test says what a user's build does.
"""

from __future__ import annotations

import gzip
import io
import itertools
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from pipeline.limits import Limits
from pipeline.store import corpus, inventory, ledger
from pipeline.store.layout import Layout
from tests.extract.grid_reports import grid_rows, page, table_html
from tests.read.pdf_files import Drawing, pdf
from tests.read.word_files import NAMESPACES, p, package

REPORT = page(table_html(grid_rows())).encode()
LONGEST_SECONDS = 100


def bomb(part: str, megabytes: int) -> bytes:
    """A package with a part that unpacks to so many megabytes of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z, z.open(part, "w", force_zip64=True) as f:
        for _ in range(megabytes):
            f.write(b" " * 1024**2)
    return out.getvalue()


def entities(declaration: str) -> bytes:
    main = f"<!DOCTYPE x [{declaration}]><w:document {NAMESPACES}><w:body>{p('&b;')}</w:body></w:document>"
    return package("", parts={"word/document.xml": main})


def laughs() -> bytes:
    """Ten entities, each ten times the one before."""
    names = "bcdefghijk"
    first = '<!ENTITY k "公开公开公开公开公开">'
    rest = (f'<!ENTITY {a} "{f"&{b};" * 10}">' for a, b in itertools.pairwise(names))
    return entities(first + "".join(rest))


def many_objects() -> bytes:
    """A page with a million strokes."""
    d = Drawing()
    d.operators.append("1 1 m 2 2 l S\n" * 1_000_000)
    return pdf(d)


def page_loop() -> bytes:
    """A tree of pages that leads back to its root."""
    data = pdf(Drawing())
    return data.replace(b"/Kids[", b"/Kids[2 0 R ", 1)


def encrypted_pdf() -> bytes:
    keys = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{'00' * 32}>/U<{'11' * 32}>/P -4>>/ID[<00><00>]"
    return pdf(Drawing(), trailer=keys)


def html(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def report_with(rows: str) -> bytes:
    return page(table_html(grid_rows()).replace("</table>", rows + "</table>")).encode()


CASES: dict[str, tuple[Callable[[], bytes], str, Sequence[str | None]]] = {
    "zip_bomb.docx": (lambda: bomb("word/document.xml", 2_000), "max_unpacked or max_ratio", ["too_complex"]),
    "zip_bomb.ofd": (lambda: bomb("OFD.xml", 2_000), "max_unpacked or max_ratio", ["too_complex"]),
    "zip_bomb.zip": (lambda: bomb("report.txt", 2_000), "max_bytes", ["too_large"]),
    "gzip_bomb.html.gz": (
        lambda: gzip.compress(b"<html>" + b" " * 200 * 1024**2),
        "max_ratio",
        ["too_complex"],
    ),
    "laughs.docx": (laughs, "no document type", ["damaged"]),
    "outside.docx": (lambda: entities('<!ENTITY b SYSTEM "file:///etc/passwd">'), "no document type", ["damaged"]),
    "colspan.html": (lambda: report_with("<tr><td colspan=1000000000>1</td></tr>"), "spans of HTML", [None]),
    "spans.html": (
        lambda: html("<table>" + "<tr><td rowspan=60000 colspan=1000>1</td></tr>" * 1_000 + "</table>"),
        "max_cells",
        ["too_complex"],
    ),
    "nested_tags.html": (lambda: html("<div>" * 10_000), "5,000 elements", ["too_complex"]),
    "nested_tables.html": (lambda: html("<table><tr><td>" * 10_000), "40 tables", ["too_complex"]),
    "nested_tables.docx": (
        lambda: package("<w:tbl><w:tr><w:tc>" * 10_000 + p("甲") + "</w:tc></w:tr></w:tbl>" * 10_000),
        "256 levels of XML",
        ["damaged"],
    ),
    "objects.pdf": (many_objects, "max_page_objects", ["too_complex"]),
    "pages.pdf": (lambda: pdf(*[Drawing()] * 600), "max_pages", ["too_complex"]),
    "page_loop.pdf": (page_loop, "none: pdfium ends the loop", ["no_text", "damaged"]),
    "encrypted.pdf": (encrypted_pdf, "none", ["encrypted"]),
    "truncated.pdf": (lambda: pdf(Drawing())[:60], "none", ["damaged"]),
    "truncated.docx": (lambda: package(p("甲" * 900))[:400], "none", ["damaged"]),
    "truncated.doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(300), "none", ["damaged"]),
    "wrong_extension.pdf": (lambda: REPORT.replace("水务局".encode(), "林业局".encode()), "none", [None]),
    "wrong_extension.docx": (lambda: b"%PDF-1.7\nno more", "none", ["damaged"]),
}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """All of them read by the command's own machinery, two processes, limits as they are by default."""
    folder = tmp_path_factory.mktemp("hostile")
    root = folder / "in"
    root.mkdir()
    for name, (make, _, _) in CASES.items():
        (root / name).write_bytes(make())
    with (root / "two_gigabytes.pdf").open("wb") as f:
        f.write(b"%PDF-1.7\n")
        f.truncate(2 * 1024**3)
    (root / "report.html").write_bytes(REPORT)
    layout = Layout(folder / "out")
    limits = Limits(max_seconds=LONGEST_SECONDS)
    taken = inventory.take(root, limits)
    corpus.write_inventory(layout, taken, taken.intakes)
    started = time.monotonic()
    ledger.bring_up_to_date(layout, taken.root, taken.files, workers=2, limits=limits)
    assert time.monotonic() - started < 10 * LONGEST_SECONDS
    return corpus.rows(layout, "documents").collect()


def row(documents: pl.DataFrame, name: str) -> dict[str, object]:
    (found,) = documents.filter(pl.col("source_path") == name).iter_rows(named=True)
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")
@pytest.mark.parametrize("name", CASES)
def test_it_ends_with_its_reason(name: str, documents: pl.DataFrame) -> None:
    _, limit, reasons = CASES[name]
    found = row(documents, name)
    assert found["reason_code"] in reasons, (limit, found["reason"])
    assert found["outcome"] == ("parsed" if found["reason_code"] is None else "unreadable")
    assert found["reason_code"] is None or found["reason"]


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")
def test_two_gigabytes_are_not_read(documents: pl.DataFrame) -> None:
    found = row(documents, "two_gigabytes.pdf")
    assert (found["outcome"], found["reason_code"]) == ("unreadable", "too_large")
    assert found["size_bytes"] == 2 * 1024**3


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")
def test_the_report_among_them_is_read_and_every_file_has_one_row(documents: pl.DataFrame) -> None:
    assert row(documents, "report.html")["outcome"] == "parsed"
    assert documents.height == len(CASES) + 2


def test_nothing_of_the_machine_comes_in_with_an_entity(tmp_path: Path) -> None:
    from pipeline.document import parse_document
    from pipeline.model import SourceFile

    secret = tmp_path / "secret.txt"
    secret.write_text("hidden", encoding="utf-8")
    body = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + REPORT.decode().replace("18条", "18条&x;")
    assert "hidden" not in str(parse_document(body.encode(), SourceFile("a.html", "unsorted")))
