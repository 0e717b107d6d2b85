"""Characters and lines on pages become paragraphs and grids."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from pipeline import limits
from pipeline.model import Document, Grid
from pipeline.read.building import Builder
from pipeline.read.fault import Fault
from pipeline.read.pages import Glyph, Page, Rule, add_pages


def glyphs(x: float, y: float, text: str, size: float = 10) -> list[Glyph]:
    """A line's characters: Chinese ones as wide as the size, others half; `y` is the top."""
    out = []
    for char in text:
        width = size if ord(char) > 0x2000 else size / 2
        if char != " ":
            out.append(Glyph(char, x, y, x + width, y + size))
        x += width
    return out


def lattice(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    return [Rule(x, ys[0], x, ys[-1]) for x in xs] + [Rule(xs[0], y, xs[-1], y) for y in ys]


def page(number: int = 1, *, texts: Sequence[tuple[float, float, str]] = (), rules: Sequence[Rule] = ()) -> Page:
    return Page(number, 600, 800, [g for x, y, t in texts for g in glyphs(x, y, t)], rules)


def read(*pages: Page) -> Document:
    builder = Builder()
    add_pages(builder, pages)
    return builder.document("test/1")


def rows(document: Document, grid: Grid) -> list[list[str]]:
    out: dict[int, list[str]] = {}
    for c in grid.cells:
        out.setdefault(c.row, []).append(document.text[c.start : c.end])
    return list(out.values())


def edges(grid: Grid) -> list[tuple[int, int]]:
    return sorted({(c.left, c.right) for c in grid.cells})


# ---- lines ----
def test_a_label_half_a_line_higher_takes_no_number_out_of_its_row() -> None:
    """One character of a label that stands beside several rows overlaps the row by half, its smallest number by less."""
    text = glyphs(60, 100, "果", 8) + glyphs(130, 103.6, "1.信访举报投诉类申请", 8)
    small = glyphs(270, 105.2, "2044", 6.5)
    document = read(Page(1, 600, 800, [*text, *small, *glyphs(400, 104.2, "2044", 7.5)], ()))
    (line,) = document.text.splitlines()
    assert line.split() == ["果", "1.信访举报投诉类申请", "2044", "2044"]


def test_a_table_open_at_its_sides_ends_where_its_lines_end() -> None:
    rules = [Rule(100, y, 400, y) for y in (100, 120, 140)] + [Rule(200, 100, 200, 140)]
    document = read(
        page(texts=[(110, 105, "总计"), (210, 105, "12"), (110, 125, "其他"), (210, 125, "3")], rules=rules)
    )
    assert rows(document, document.grids[0]) == [["总计", "12"], ["其他", "3"]]
    assert edges(document.grids[0]) == [(100, 200), (200, 400)]


def test_double_lines_and_boxes_drawn_cell_by_cell_make_one_table() -> None:
    rules = []
    for x in (100, 202):
        for y in (100, 122):
            rules += lattice((x, x + 100), (y, y + 20))
    document = read(page(texts=[(110, 105, "甲"), (210, 105, "1"), (110, 127, "乙"), (210, 127, "2")], rules=rules))
    assert rows(document, document.grids[0]) == [["甲", "1"], ["乙", "2"]]


def test_underlines_and_frames_are_no_tables() -> None:
    rules = [*lattice((20, 580), (20, 780)), Rule(100, 121, 300, 121), Rule(100, 300, 300, 300)]
    document = read(page(texts=[(100, 110, "政府信息公开工作年度报告"), (100, 200, "一、总体情况")], rules=rules))
    assert not document.grids
    assert document.text.splitlines() == ["政府信息公开工作年度报告", "一、总体情况"]


def test_dashes_join_to_a_wall() -> None:
    rules = lattice((100, 300), (100, 140)) + [Rule(200, 100 + 4 * i, 200, 102 + 4 * i) for i in range(10)]
    document = read(page(texts=[(110, 105, "甲"), (210, 105, "1")], rules=rules))
    assert rows(document, document.grids[0]) == [["甲", "1"]]


def test_prose_in_a_row_of_its_own_breaks_the_grid() -> None:
    prose = [(105.0, 125.0 + 12 * i, "本机关认真贯彻落实政府信息公开条例有关规定") for i in range(4)]
    rules = [*lattice((100, 400), (100, 120, 180, 200)), Rule(200, 100, 200, 120), Rule(200, 180, 200, 200)]
    texts = [(110, 105, "甲"), (210, 105, "1"), *prose, (110, 185, "乙"), (210, 185, "2")]
    document = read(page(texts=texts, rules=rules))
    assert [rows(document, g) for g in document.grids] == [[["甲", "1"]], [["乙", "2"]]]
    assert {g.frame for g in document.grids} == {0}
    assert document.text.splitlines()[1].count("本机关认真贯彻") == 4


# ---- pages ----
def test_parts_of_a_table_on_shifted_pages_share_their_edges() -> None:
    """Mirrored margins: every second page stands 20 points further left."""
    ys, xs = (700.0, 720.0, 740.0), (100.0, 200.0, 250.0, 300.0)
    first = page(1, texts=[(110, 705, "甲"), (210, 705, "1"), (110, 725, "乙"), (210, 725, "2")], rules=lattice(xs, ys))
    moved = [x - 20.7 for x in xs]
    second = page(
        2, texts=[(90, 65, "丙"), (190, 65, "3"), (90, 85, "丁"), (190, 85, "4")], rules=lattice(moved, (60, 80, 100))
    )
    document = read(first, second)
    assert edges(document.grids[0]) == edges(document.grids[1])


def cut(last: tuple[str, str], first: tuple[str, str]) -> list[list[str]]:
    """The rows of a table over two pages, given the row at the end of one and the row at the begin of the other."""
    xs = (100.0, 200.0, 250.0)
    one = [(110.0, 705.0, "（一）予以公开"), (210.0, 705.0, "1"), (110.0, 725.0, last[0]), (210.0, 725.0, last[1])]
    two = [(110.0, 65.0, first[0]), (210.0, 65.0, first[1]), (110.0, 85.0, "（七）总计"), (210.0, 85.0, "9")]
    document = read(
        page(1, texts=[*one, (295, 770, "- 1 -")], rules=lattice(xs, (700, 720, 740))),
        page(2, texts=[*two, (295, 770, "- 2 -")], rules=lattice(xs, (60, 80, 100))),
    )
    assert [document.text[a:b] for a, b in document.furniture] == ["- 1 -", "- 2 -"]
    return [r for g in document.grids for r in rows(document, g)][1:-1]


def test_a_row_cut_by_a_page_break_is_put_together_only_where_it_is_evident() -> None:
    assert cut(("2.重复申请", "5"), ("", "")) == [["2.重复申请", "5"]]
    assert cut(("2.补正后申请内容", "5"), ("仍不明确", "")) == [["2.补正后申请内容仍不明确", "5"]]
    assert cut(("2.重复申请", ""), ("", "5")) == [["2.重复申请", "5"]]
    assert cut(("2.重复申请", ""), ("3.其他", "5")) == [["2.重复申请", ""], ["3.其他", "5"]]
    assert cut(("2.重复申请", "5"), ("3.其他", "")) == [["2.重复申请", "5"], ["3.其他", ""]]
    # The first label's line has room left: what follows is a row whose label has no number.
    assert cut(("一、新收", "5"), ("上年结转", "")) == [["一、新收", "5"], ["上年结转", ""]]


def test_a_row_alone_on_the_next_page_stays_a_row_though_all_its_cells_are_blank() -> None:
    xs = (100.0, 200.0, 250.0, 300.0)
    first = page(
        1,
        texts=[(110, 705, "甲"), (210, 705, "1"), (110, 725, "乙"), (210, 725, "2")],
        rules=lattice(xs, (700, 720, 740)),
    )
    alone = [(110.0, 65.0, "四、结转下年度继续办理")]
    document = read(first, page(2, texts=alone, rules=lattice((100.0, 250.0, 300.0), (60, 80))))
    assert [rows(document, g) for g in document.grids][1:] == [[["四、结转下年度继续办理", ""]]]
    assert edges(document.grids[1]) == [(100, 250), (250, 300)]
    # A box that has not the walls of the table before it is none.
    assert len(read(first, page(2, texts=alone, rules=lattice((90.0, 260.0, 280.0), (60, 80)))).grids) == 1


def test_page_numbers_and_running_heads_are_furniture_and_a_value_alone_is_not() -> None:
    pages = [
        page(
            n,
            texts=[(250, 30, "某某县年度报告"), (100, 200 + 30 * n, f"正文第{'一二三'[n - 1]}段"), (298, 770, str(n))],
        )
        for n in (1, 2, 3)
    ]
    document = read(*pages)
    assert [document.text[a:b] for a, b in document.furniture] == [
        text for n in (1, 2, 3) for text in ("某某县年度报告", str(n))
    ]
    alone = read(page(1, texts=[(100, 200, "总计"), (298, 770, "36")]))
    assert not alone.furniture


@pytest.mark.parametrize("numbers", [("0", "0", "5", "5"), ("3", "5"), ("—", "5")])
def test_numbers_of_a_row_at_the_foot_of_a_page_are_no_page_number(numbers: tuple[str, ...]) -> None:
    texts = [(150.0 + 60 * i, 770.0, n) for i, n in enumerate(numbers)]
    assert not read(page(1, texts=[(100, 200, "总计"), *texts])).furniture


@pytest.mark.parametrize("text", ["- 2 -", "第 2 页 共 3 页", "第2页，共3页", "2/3", "2 / 3", "Page 2 of 3"])
def test_page_numbers_in_every_form_are_furniture(text: str) -> None:
    document = read(page(2, texts=[(100, 200, "总计"), (280, 770, text)]))
    assert ["".join(document.text[a:b].split()) for a, b in document.furniture] == [text.replace(" ", "")]


# ---- paragraphs ----
def test_wrapped_lines_become_one_paragraph_and_headings_stay() -> None:
    full = "一二三四五六七八九十" * 4
    texts = [
        (100, 100, "一、总体情况"),
        (120, 130, full[:38]),
        (100, 148, full),
        (100, 166, "完。"),
        (100, 184, "二、主动公开情况"),
    ]
    document = read(page(texts=texts))
    assert document.text.splitlines() == ["一、总体情况", full[:38] + full + "完。", "二、主动公开情况"]
    assert document.places[1].parts == (("page", 1), ("line", 2))


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    full = "一二三四五六七八九十" * 4
    first = page(1, texts=[(100, 700, full), (298, 770, "1")])
    second = page(2, texts=[(100, 60, "完。"), (120, 80, full[:38]), (298, 770, "2")])
    document = read(first, second)
    assert document.text.splitlines() == [full + "完。", "1", full[:38], "2"]


def test_blanks_come_from_gaps() -> None:
    document = read(page(texts=[(100, 100, "Page 12 of 1 0"), (100, 130, "公开 2023 年")]))
    assert document.text.splitlines() == ["Page 12 of 1 0", "公开 2023 年"]


# ---- columns ----
def test_a_table_without_lines_keeps_its_columns_in_place() -> None:
    texts = [
        (260, 100, "自然人"), (330, 100, "企业"), (400, 100, "总计"),
        (100, 120, "一、本年新收申请数量"), (270, 120, "12"), (340, 120, "0"), (405, 120, "12"),
        (100, 140, "二、上年结转申请数量"), (408, 140, "3"),
    ]  # fmt: skip
    lines = read(page(texts=texts)).text.splitlines()
    head, first, second = ("".join(c * (2 if ord(c) > 0x2000 else 1) for c in x) for x in lines)
    for label, line in ((head.index("总"), first), (head.index("总"), second)):
        assert line[label : label + 4].strip() in ("12", "3")
    assert second[head.index("自") : head.index("总")].strip() == ""
    assert "  " in first


def placed(*texts: tuple[float, float, str]) -> list[list[str]]:
    """The cells of the lines of a page without lines."""
    return [re.split(" {2,}", x.strip()) for x in read(page(texts=texts)).text.splitlines()]


COLUMNS = (200.0, 250.0, 300.0, 350.0, 400.0)


def row_of(y: float, label: str, cells: Sequence[str]) -> list[tuple[float, float, str]]:
    """A row's label and its cells, each in the middle of its column."""
    widths = [sum(10 if ord(c) > 0x2000 else 5 for c in cell) for cell in cells]
    places = [(x - w / 2, y, cell) for x, w, cell in zip(COLUMNS, widths, cells, strict=False) if cell]
    return [(60.0, y, label), *places]


def test_a_row_stays_in_columns_far_from_the_next_row_with_numbers() -> None:
    """Rows without numbers between two that have some, more than any label wraps into."""
    blank = [(60.0, 120.0 + 14 * i, f"{i}.重复申请") for i in range(1, 10)]
    one, two = row_of(120, "（一）公开", ["1", "", "", "", "7"]), row_of(260, "（七）总计", ["1", "", "", "", "7"])
    lines = read(page(texts=[*one, *blank, *two])).text.splitlines()
    assert lines[0].index("7") - lines[0].index("1") > 20
    assert lines[0][6:] == lines[-1][6:]


def test_a_row_alone_on_the_next_page_stands_in_the_columns_of_its_table() -> None:
    head = [
        row_of(700, "项目", ["维持", "纠正", "其他", "未结", "总计"]),
        row_of(715, "（一）", ["0", "0", "0", "0", "0"]),
    ]
    first, second = (
        page(1, texts=[t for r in head for t in r]),
        page(2, texts=row_of(60, "（二）", ["", "", "5", "", "5"])),
    )
    lines = read(first, second).text.splitlines()
    assert [i for i, c in enumerate(lines[2]) if c == "5"] == [i for i, c in enumerate(lines[1]) if c == "0"][2::2]


def test_a_number_with_a_blank_in_it_is_one_cell_under_its_header() -> None:
    """The two gaps of other rows that lie there are blank cells."""
    blank = [t for y in (120, 134, 148) for t in row_of(y, "（一）公开", ["1", "", "", "", "1"])]
    head = row_of(230, "", ["维持", "纠正", "其他", "未结", "总计"])[1:]
    numbers = [
        (190.0, 245.0, "102"),
        (242.0, 245.0, "6"),
        (250.5, 245.0, "4"),
        (297.0, 245.0, "3"),
        (347.0, 245.0, "0"),
    ]
    assert placed(*blank, *head, *numbers, (390.0, 245.0, "202"))[-1] == ["102", "6 4", "3", "0", "202"]


def test_a_number_printed_over_the_next_column_and_one_that_touches_it_are_cells_of_their_own() -> None:
    zeros = [t for y in (120, 134) for t in row_of(y, "（一）公开", ["0", "0", "0", "0", "0"])]
    found = [g for x, y, t in [*zeros, (60.0, 148.0, "总计")] for g in glyphs(x, y, t)]
    found += [
        Glyph("1234567891", 175, 148, 225, 158),
        Glyph("1234567891234567", 217.5, 148, 297.5, 158),
        Glyph("0", 297.5, 148, 302.5, 158),
    ]
    lines = read(Page(1, 600, 800, found, ())).text.splitlines()
    assert re.split(" {2,}", lines[-1].strip()) == ["总计", "1234567891", "1234567891234567", "0"]


def test_recognised_cells_carry_their_certainty() -> None:
    found = [*glyphs(110, 105, "甲"), *glyphs(210, 105, "1")]
    scanned = Page(1, 600, 800, found, lattice((100, 200, 300), (100, 120)), (0.99, 0.42))
    assert [c.certainty for c in read(scanned).grids[0].cells] == [0.99, 0.42]


def test_a_page_of_too_many_lines_is_refused() -> None:
    rules = lattice(range(0, 6000, 10), range(0, 6000, 10))
    with pytest.raises(Fault, match="limit"):
        read(Page(1, 6000, 6000, [], rules))
    assert limits.current().max_cells < 600 * 600
