"""Tables without lines on pages: what the reader of pages knows about their lines, and what a wrapped group label takes."""

from __future__ import annotations

from dataclasses import replace

from pipeline import form
from pipeline.extract.applications import read_applications
from pipeline.extract.layout import Region, items
from pipeline.extract.tables import find_tables
from pipeline.model import Document, Section
from pipeline.normalize.text import Places, normalize_document
from pipeline.read.building import Builder

HEADER = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计"


def paged(*lines: str) -> Document:
    """A page whose lines are given as its reader writes them."""
    builder = Builder()
    for number, line in enumerate(lines, 1):
        builder.paragraph(line, (("page", 1), ("line", number)))
    return builder.document("test/1")


def in_columns(label: str, cells: str) -> str:
    """A row: the label, then each cell in a column of 14 half-widths; "_" is blank."""
    width = sum(2 if ord(c) > 0x2000 else 1 for c in label)
    out = label + " " * (80 - width)
    for cell in cells.split():
        width = sum(2 if ord(c) > 0x2000 else 1 for c in cell)
        out += ("" if cell == "_" else cell) + " " * (14 - (0 if cell == "_" else width))
    return out.rstrip()


def table(*, without_numbers: str = "") -> list[str]:
    """The applications table of form 2021, all zero, one row blank."""
    return [in_columns("", HEADER)] + [
        in_columns(form.labels_of_row("2021", form.APPLICATIONS, r)[0], "" if r == without_numbers else "0 " * 7)
        for r in form.row_codes("2021", form.APPLICATIONS)
    ]


def values_on_lines(document: Document) -> list[str]:
    text = normalize_document(document)
    return [it.value_pieces[0].text for it in items(text, text.lines, "columns") if it.has_values]


def test_the_only_number_of_a_row_is_no_page_number_where_the_reader_has_told_these() -> None:
    page = paged("3.补正后申请内容仍不明", "0", "确", "2", "4.重复申请")
    assert values_on_lines(page) == ["0", "2"]
    # A plain text has page numbers among its lines; no page is numbered 0.
    assert values_on_lines(replace(page, places=())) == ["0"]


def test_a_blank_row_among_zeros_is_blank_where_the_reader_has_all_text_and_lost_where_it_may_not() -> None:
    page = paged(*table(without_numbers="declined_publication"))
    found = {}
    for has_all_text in (True, False):
        text = normalize_document(replace(page, has_all_text=has_all_text))
        section = Section(form.APPLICATIONS, None, (0, len(text.text)), (0, len(text.text)))
        cells = find_tables(text, Places(text), [section])[form.APPLICATIONS].table.cells
        found[has_all_text] = {c.absence for c in cells if c.row_code == "declined_publication"}
    assert found == {True: {"blank"}, False: {"lost"}}


def test_a_group_label_that_wraps_takes_no_rows_place() -> None:
    lines = [x for x in table() if not x.startswith(("1.申请人", "2.申请人"))]
    at = next(i for i, x in enumerate(lines) if x.startswith("3.其他"))
    wrapped = ["1.申请人无正当理由逾期不补", "正、行政机关不再处理其政府", "信息公开申请", "（六）其他"]
    wrapped += ["2.申请人逾期未按收费通知要", "处理", "求缴纳费用、行政机关不再处", "理其政府信息公开申请"]
    document = paged(*(x.split("  ")[0] for x in [*lines[:at], *wrapped, *lines[at:]]))
    text = normalize_document(document)
    got = read_applications(Region("columns", items(text, text.lines, "columns")), Places(text))
    assert got is not None and got.form == "2021"
    assert {c.missing_reason for c in got.cells} == {"blank"}
    assert not [f for f in got.findings if f.row_code]
