"""PDF files become the text and the grids that stand on their pages."""

from __future__ import annotations

import re

import pytest

from pipeline import limits
from pipeline.document import parse_text
from pipeline.model import Document, Grid, SourceFile
from pipeline.read import pdf as reader
from pipeline.read.fault import Fault
from tests.corpus.formats import ProgramMissing, render_many
from tests.corpus.options import random_options
from tests.corpus.score import verdicts
from tests.corpus.truth import random_truth
from tests.read.pdf_files import Drawing, pdf

SOURCE = SourceFile("report.pdf", "2024")


def read(*pages: Drawing) -> Document:
    document = reader.read(pdf(*pages), SOURCE)
    assert isinstance(document, Document)
    return document


def cells(document: Document, grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.row_span, c.left, c.right, document.text[c.start : c.end]) for c in grid.cells]


def small_table(d: Drawing, x: float = 100, y: float = 700) -> Drawing:
    """A header over two columns, and a label over two rows."""
    d.grid((x, x + 80, x + 140, x + 200), (y, y - 20, y - 40, y - 60))
    # What is not drawn cannot be taken away: the merged cells are drawn anew as white space by leaving lines out.
    d.operators.clear()
    for x0, y0, x1, y1 in (
        (x, y, x + 200, y),
        (x + 80, y - 20, x + 200, y - 20),
        (x, y - 40, x + 200, y - 40),
        (x, y - 60, x + 200, y - 60),
        (x, y, x, y - 60),
        (x + 80, y, x + 80, y - 60),
        (x + 140, y - 20, x + 140, y - 60),
        (x + 200, y, x + 200, y - 60),
    ):
        d.line(x0, y0, x1, y1)
    d.text(x + 5, y - 25, "信息内容")
    d.text(x + 90, y - 15, "申请人情况")
    d.text(x + 90, y - 35, "自然人")
    d.text(x + 150, y - 35, "总计")
    d.text(x + 5, y - 55, "予以公开")
    d.text(x + 100, y - 55, "12")
    d.text(x + 160, y - 55, "345")
    return d


SMALL_TABLE = [
    (0, 2, 100, 180, "信息内容"),
    (0, 1, 180, 300, "申请人情况"),
    (1, 1, 180, 240, "自然人"),
    (1, 1, 240, 300, "总计"),
    (2, 1, 100, 180, "予以公开"),
    (2, 1, 180, 240, "12"),
    (2, 1, 240, 300, "345"),
]


def test_lines_build_cells_with_their_spans() -> None:
    document = read(small_table(Drawing()))
    assert cells(document, document.grids[0]) == SMALL_TABLE
    place = next(p for p in document.places if document.text[p.start : p.end] == "345")
    assert place.parts == (("page", 1), ("table", 1), ("row", 3), ("column", 3))


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_page_that_is_shown_turned_reads_as_shown(quarter: int) -> None:
    """The text stands on its side in the file, and the page says by how much to turn it."""
    turned = Drawing(entries=f"/Rotate {quarter}")
    if quarter % 180:
        turned.width, turned.height = turned.height, turned.width
    matrix = {90: "0 1 -1 0 595 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 842"}[quarter]
    turned.width, turned.height = 595, 842
    if quarter != 180:
        turned.width, turned.height = 842, 595
        matrix = {90: "0 1 -1 0 842 0", 270: "0 -1 1 0 0 595"}[quarter]
    turned.form(small_table(Drawing()), matrix)
    document = read(turned)
    assert cells(document, document.grids[0]) == SMALL_TABLE


def test_a_landscape_table_set_on_its_side_is_turned_upright() -> None:
    page = Drawing(842, 595)
    page.form(small_table(Drawing()), "0 1 -1 0 842 0")
    document = read(page)
    assert [c[4] for c in cells(document, document.grids[0])] == [c[4] for c in SMALL_TABLE]


def test_forms_within_forms_are_read_where_they_are_set() -> None:
    inner, outer = Drawing(), Drawing()
    small_table(inner, 50, 350)
    outer.form(inner, "2 0 0 2 0 0")
    document = read(outer)
    assert [c[4] for c in cells(document, document.grids[0])] == [c[4] for c in SMALL_TABLE]


def test_text_outside_of_the_crop_box_is_left_out() -> None:
    d = small_table(Drawing(entries="/CropBox[50 50 545 800]"))
    d.text(100, 820, "裁切线外")
    document = read(d)
    assert "裁切" not in document.text
    assert [c[4] for c in cells(document, document.grids[0])] == [c[4] for c in SMALL_TABLE]


def test_bold_by_printing_twice_is_read_once() -> None:
    d = Drawing()
    d.grid((100, 200, 300), (700, 680, 660))
    for shift in (0, 0.3):
        d.text(110 + shift, 685, "总计")
        d.text(210 + shift, 685, "1100")
    document = read(d)
    assert [c[4] for c in cells(document, document.grids[0])] == ["总计", "1100", "", ""]


def test_a_number_that_wraps_in_a_narrow_cell_is_one_and_two_numbers_stay_two() -> None:
    d = Drawing()
    d.grid((100, 130, 230), (700, 660, 620))
    d.text(102, 685, "12345")
    d.text(102, 670, "67")
    d.text(140, 685, "12")
    d.text(140, 670, "34")
    document = read(d)
    assert [c[4] for c in cells(document, document.grids[0])][:2] == ["1234567", "12 34"]


def test_a_number_wider_than_its_cell_is_not_cut_at_the_wall() -> None:
    d = Drawing()
    d.grid((100, 125, 150), (700, 680, 660))
    d.text(96, 685, "1234567")
    d.text(130, 665, "8")
    document = read(d)
    assert [c[4] for c in cells(document, document.grids[0])] == ["1234567", "", "", "8"]


def test_a_label_of_one_character_a_line_and_one_on_its_side_read_downwards() -> None:
    d = Drawing()
    d.grid((100, 120, 220), (700, 600, 500))
    for i, char in enumerate("本年度办理"):
        d.text(105, 685 - 15 * i, char)
    d.text(114, 510, "结果", matrix="0 1 -1 0")
    d.text(130, 650, "7")
    d.text(130, 550, "8")
    document = read(d)
    assert [c[4] for c in cells(document, document.grids[0])] == ["本年度办理", "7", "结果", "8"]


def test_what_has_no_unicode_value_is_shown_as_unknown_and_said() -> None:
    d = Drawing()
    d.grid((100, 200, 300), (700, 680, 660))
    d.text(110, 685, "总计")
    d.unmapped(210, 685, [0x31, 0x32])
    document = read(d)
    assert "12" not in document.text
    assert any("no Unicode value" in n for n in document.notes)


def test_a_watermark_on_a_slant_does_not_come_into_the_cells() -> None:
    d = small_table(Drawing())
    d.text(190, 640, "9样本9", 20, matrix="0.8 0.6 -0.6 0.8")
    document = read(d)
    assert cells(document, document.grids[0]) == SMALL_TABLE
    assert any("slanted" in n for n in document.notes)


def test_text_laid_under_a_scan_is_read_and_said() -> None:
    d = Drawing()
    d.picture(0, 0, 595, 842)
    d.text(100, 700, "本机关政府信息公开工作年度报告", mode=3)
    document = read(d)
    assert "政府信息公开" in document.text
    assert any("recogniser" in n for n in document.notes)


def test_a_picture_among_pages_of_text_is_never_silently_left_out() -> None:
    first, second = Drawing(), Drawing()
    first.text(100, 700, "本机关政府信息公开工作年度报告")
    second.picture(50, 50, 400, 600)
    document = read(first, second)
    assert any(re.search(r"[Pp]age 2\b", n) for n in document.notes)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\nnothing of the kind", "damaged"),
        (
            pdf(
                Drawing(),
                trailer=f"/Encrypt<</Filter/Standard/V 1/R 2/O<{'00' * 32}>/U<{'11' * 32}>/P -4>>/ID[<00><00>]",
            ),
            "encrypted",
        ),
        (pdf(Drawing()), "no_text"),
    ],
)
def test_what_cannot_be_read_ends_with_its_reason(data: bytes, reason: str) -> None:
    assert reader.sniff(data, SOURCE)
    with pytest.raises(Fault) as fault:
        reader.read(data, SOURCE)
    assert fault.value.reason_code == reason


def test_a_file_cut_off_at_its_end_is_read_with_a_note() -> None:
    data = pdf(small_table(Drawing()))
    document = reader.read(data[: data.index(b"startxref")], SOURCE)
    assert isinstance(document, Document)
    assert cells(document, document.grids[0]) == SMALL_TABLE
    assert any("damaged" in n for n in document.notes)


def test_limits_hold() -> None:
    before = limits.current()
    try:
        limits.use(before.with_settings({"max_pages": 2}))
        with pytest.raises(Fault, match="pages"):
            read(Drawing(), Drawing(), Drawing())
        limits.use(before.with_settings({"max_page_objects": 10}))
        with pytest.raises(Fault, match="on a page"):
            read(small_table(Drawing()))
    finally:
        limits.use(before)


def test_a_form_that_sets_itself_ends() -> None:
    d = Drawing()
    d.text(100, 700, "政府信息公开")
    d.forms.append(("1 0 0 1 0 0", "/X0 Do"))
    d.operators.append("/X0 Do")
    assert "政府信息公开" in read(d).text


@pytest.mark.parametrize("name", ["pdf_browser", "pdf_office", "pdf_unruled"])
def test_print_outs_of_real_programs_give_every_cell(name: str) -> None:
    """Three reports each, as the browser and the office program print them, with tables cut by page breaks."""
    try:
        files = render_many([(random_truth(s), random_options(s)) for s in (1, 4, 27)], name)
    except ProgramMissing as missing:
        pytest.skip(f"skipped: {missing}")
    for file in files:
        document = reader.read(file.data, SOURCE)
        assert isinstance(document, Document)
        judged = verdicts(file.gold, parse_text(document))
        wrong = [
            (v.gold.key, v.verdict) for v in judged if v.verdict in ("silent", "missing", "flagged", "overclaimed")
        ]
        assert not wrong
