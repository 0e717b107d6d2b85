"""Web pages to blocks: charsets, furniture, tables in every shape, Word's export, pages that hold no report."""

from __future__ import annotations

import time

import pytest

from pipeline.document import parse_document
from pipeline.model import Document, Grid, SourceFile, Unusable
from pipeline.read import read_document
from tests.extract.grid_reports import grid_rows, page, parse_page, table_html
from tests.extract.reports import row, statuses

SOURCE = SourceFile("a.html", "unsorted")
TITLE = "云岭市水务局2023年政府信息公开工作年度报告"


def read(body: str, head: str = "", encoding: str = "utf-8") -> Document:
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    got = read_document(html.encode(encoding), SOURCE)
    assert isinstance(got, Document), got
    return got


def lines(document: Document) -> list[str]:
    return document.text.splitlines()


def shape(grid: Grid, text: str) -> list[tuple[int, int, int, int, str]]:
    """(row, rows, left, right, text) of every cell."""
    return [(c.row, c.row_span, c.left, c.right, text[c.start : c.end]) for c in grid.cells]


# ---- characters ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("encoding", "declared", "found"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "", "utf-8"),
        ("utf-8-sig", "gb2312", "utf-8-sig"),
        ("gb18030", "gb2312", "gb18030"),
        ("gb18030", "", "gb18030"),
        ("gb18030", "utf-8", "gb18030"),
        ("utf-8", "gbk", "utf-8"),
        ("utf-16", "", "utf-16"),
    ],
)
def test_the_charset_is_told_by_what_fits_and_not_by_what_is_declared(encoding: str, declared: str, found: str):
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    got = read(f"<p>{TITLE}</p>" * 5, head, encoding)
    assert got.encoding == found
    assert lines(got) == [TITLE] * 5


@pytest.mark.parametrize("declared", ["idna", "punycode", "undefined", "unicode-escape"])
def test_a_charset_that_only_python_knows_counts_as_none(declared: str):
    broken = (
        f"<meta charset={declared}><p>{TITLE}</p>".encode("gb18030")
        + b"<p>\xff</p>"
        + "<p>公开</p>".encode("gb18030") * 500
    )
    got = read_document(broken, SOURCE)
    assert isinstance(got, Document)
    assert got.encoding == "gb18030"
    assert lines(got)[0] == TITLE


def test_a_page_in_traditional_script_and_big5_is_read_by_its_declaration():
    body = "<p>雲嶺市水務局2023年政府信息公開工作年度報告，本年度收到申請，予以處理。</p>" * 20
    got = read(body, "<meta charset=big5>", "big5")
    assert got.encoding == "big5hkscs"
    assert "申請" in got.text


def test_a_few_broken_bytes_are_marked_and_the_page_is_read():
    data = bytearray(page(table_html(grid_rows())).encode())
    data[data.index("申请人".encode())] = 0xFF
    got = read_document(bytes(data), SOURCE)
    assert isinstance(got, Document)
    assert "\ufffd" in got.text


# ---- text ---------------------------------------------------------------------------------------------------------
def test_runs_are_one_text_and_a_line_break_of_the_source_is_no_blank_between_characters():
    body = (
        "<p><span>收到申请</span><font>\n2</font><o:p></o:p><b>0</b>件，\n  办结<i>1</i><i>2</i>\n件。<br>另起一行</p>"
    )
    assert lines(read(body)) == ["收到申请 20件，办结12 件。", "另起一行"]


def test_what_is_hidden_or_no_content_is_left_out():
    body = """<script>var a = "9件";</script><style>p{}</style><!-- 8件 --><![if !vml]><p>甲</p><![endif]>
    <p style="DISPLAY : none">7件</p><div hidden>6件</div><noscript>5件</noscript><select><option>2022年</select><p>乙<del>4</del></p>
    <template>3件</template><iframe src=x>1件</iframe>"""
    assert lines(read(body)) == ["甲", "乙"]


def test_preformatted_text_keeps_its_lines_and_blanks():
    assert lines(read("<pre>规章    0   0\n许可    1</pre>"))[0].split() == ["规章", "0", "0"]
    assert "规章\xa0\xa0\xa0\xa00" in read("<pre>规章    0   0\n许可    1</pre>").text


def test_site_furniture_is_set_apart_and_the_report_is_not():
    body = f"""<nav><ul><li>首页</li></ul></nav>
    <ul><li><a href="/a.html">望川市财政局2019年政府信息公开工作年度报告</a><span>2020-01-20</span></li></ul>
    <h1>{TITLE}</h1><p>公开内容见<a href="/x">公开专栏</a>，共18条。</p><p><a href="b.pdf">附件下载</a></p>
    <div>上一篇：<a href="/c.html">松岩市财政局2022年政府信息公开工作年度报告</a></div><footer>京ICP备00000号</footer>"""
    got = read(body)
    apart = [got.text[a:b] for a, b in got.furniture]
    assert apart == ["首页", "望川市财政局2019年政府信息公开工作年度报告2020-01-20", "京ICP备00000号"]


def test_an_anchor_that_is_never_closed_makes_no_furniture_of_the_report():
    got = read(f'<p><a href="/x">{TITLE}</p><p>' + "本年度主动公开政府信息十八条，回应了群众关切。" * 5 + "</p>")
    assert not got.furniture


def test_the_standard_meta_tags_are_facts():
    head = f"""<title>{TITLE}_云岭市</title><meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2024-01-22 10:30">
    <meta name="ContentSource" content="云岭市水务局"><meta name="description" content="{{{{ text }}}}">"""
    assert dict(read("<p>正文</p>", head).facts) | {"images": "", "attachments": ""} == {
        "title": TITLE,
        "window_title": TITLE + "_云岭市",
        "published_on": "2024-01-22 10:30",
        "source": "云岭市水务局",
        "images": "",
        "attachments": "",
    }


def test_title_date_and_organ_come_from_the_page_where_the_text_has_none():
    html = page(table_html(grid_rows())).replace("<h1>云岭市水务局2023年政府信息公开工作年度报告</h1>", "")
    head = f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2024-01-22 10:30">'
    meta = parse_page(html.replace("</head>", head + "</head>")).metadata
    assert (meta.title, meta.issuer, meta.report_year) == (TITLE, "云岭市水务局", 2023)
    assert str(meta.published_on) == "2024-01-22"


def test_a_list_of_other_reports_does_not_lend_its_title():
    links = "".join(
        f"<li><a href=/{y}.html>望川市财政局{y}年政府信息公开工作年度报告</a></li>" for y in range(2015, 2022)
    )
    html = page(table_html(grid_rows())).replace("<h1>", f"<ul>{links}</ul><h1>")
    assert parse_page(html).metadata.title == TITLE


# ---- tables -------------------------------------------------------------------------------------------------------
def test_spans_are_resolved_as_browsers_do():
    body = """<table><tr><td rowspan=2>甲<td colspan=2>乙<tr><td>丙<td rowspan=3>丁<tr><td colspan=2>戊</table>"""
    got = read(body)
    assert shape(got.grids[0], got.text) == [
        (0, 2, 0, 1, "甲"),
        (0, 1, 1, 3, "乙"),
        (1, 1, 1, 2, "丙"),
        (1, 2, 2, 3, "丁"),
        (2, 1, 0, 2, "戊"),
    ]
    assert lines(got) == ["甲\t乙", "丙\t丁", "戊"]
    assert got.places[2].parts == (("table", 1), ("row", 2), ("column", 2))


def test_cells_that_run_into_one_another_give_way():
    got = read(
        "<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td colspan=3>乙</td></tr><tr><td colspan=2>丙<td>2</table>"
    )
    cells = got.grids[0].cells
    for a in cells:
        for b in cells:
            apart = a.right <= b.left or b.right <= a.left
            assert a is b or apart or a.row + a.row_span <= b.row or b.row + b.row_span <= a.row


def test_paragraphs_of_a_cell_are_one_text():
    got = read("<table><tr><td><p>（一）予以<br>公开</p><p></p></td><td><p>1</p></td></tr></table>")
    assert lines(got) == ["（一）予以公开\t1"]


def test_a_nested_table_of_one_cell_is_its_cell_and_one_row_beside_a_label_joins_the_row():
    got = read(
        "<table><tr><td>许可</td><td><table><tr><td>41</td></tr></table></td></tr>"
        "<tr><td>处罚</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>"
    )
    assert lines(got) == ["许可\t41", "处罚\t1\t2"]


def test_tables_that_lay_out_the_page_are_taken_apart():
    prose = "本年度主动公开政府信息十八条，回应了群众关切。" * 4
    got = read(
        f"<table><tr><td>导航</td><td><p>{TITLE}</p><p>{prose}</p><table><tr><td>甲</td><td>1</td></tr></table></td></tr></table>"
    )
    assert lines(got) == ["导航", TITLE, prose, "甲\t1"]
    assert len(got.grids) == 1


def test_a_report_in_one_big_table_has_its_headings_on_lines_of_their_own():
    html = (
        page("")
        .replace("<p>", "<tr><td colspan=10>")
        .replace("</p>", "</td></tr>")
        .replace("<h1>", "<table><tr><td colspan=10>")
    )
    html = html.replace("</h1>", "</td></tr>").replace("</body>", "</table></body>")
    rows = table_html(grid_rows()).removeprefix("<table border=1>").removesuffix("</table>")
    parsed = parse_page(html.replace("申请情况</td></tr>", "申请情况</td></tr>" + rows))
    assert len(parsed.sections) == 6
    assert statuses(row(parsed, "granted")) == "A" * 7


# ---- no report ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        (f"<h1>{TITLE}</h1><a href=/f/1.pdf>点击查看</a>", "not_a_report", "only_links_attachment"),
        (f"<h1>{TITLE}</h1><img src=1.jpg><img src=2.jpg>", "unreadable", "only_images"),
        ("<h1>{{ article.title }}</h1><div>{{ article.content }}</div>", "unreadable", "unfilled_template"),
        ("<h1>云岭市新闻</h1><p>今天天气晴朗。</p>", "not_a_report", "no_report_found"),
        ("<script>load()</script>", "unreadable", "no_text"),
    ],
)
def test_a_page_without_a_report_says_what_it_is(body: str, outcome: str, reason: str):
    got = parse_document(f"<html><body>{body}</body></html>".encode(), SOURCE)
    assert isinstance(got, Unusable)
    assert (got.outcome, got.reason_code) == (outcome, reason)


# ---- hostile ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div>" * 10_000, "too_complex"),
        ("<ul><li>" * 100_000, "too_complex"),
        ("<table><tr><td>" * 1_000, "too_complex"),
        ("<table>" + "<tr><td rowspan=60000 colspan=1000>1</td></tr>" * 1_000 + "</table>", "too_complex"),
    ],
)
def test_nesting_and_spans_are_bounded(body: str, reason: str):
    started = time.monotonic()
    got = read_document(f"<html><body>{body}</body></html>".encode(), SOURCE)
    assert isinstance(got, Unusable)
    assert got.reason_code == reason
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "attribute", ["colspan=1000000000", "rowspan=1000000000", "colspan=-3", "rowspan=0", "colspan=abc"]
)
def test_a_span_beyond_reason_is_cut_to_what_html_allows(attribute: str):
    got = read(f"<table><tr><td {attribute}>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>")
    assert lines(got)[0] == "甲\t1"


def test_entities_of_an_external_file_are_nothing():
    html = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>甲&x;乙</p></body></html>'
    got = read_document(html.encode(), SOURCE)
    assert isinstance(got, Document)
    assert "root:" not in got.text


# ---- what a browser shows and a parser may not -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "cell",
    [
        "<s>5</s>3",
        "<strike>5</strike>3",
        "<span style='text-decoration:line-through'>5</span>3",
        "<span style='font-size:0'>5</span>3",
        "<span style='visibility:hidden'>5</span>3",
    ],
)
def test_what_is_struck_out_or_not_seen_is_no_part_of_a_number(cell: str):
    assert lines(read(f"<table><tr><td>甲</td><td>{cell}</td></tr></table>")) == ["甲\t3"]


def test_a_raised_digit_is_no_digit_of_the_number_before_it():
    got = read("<table><tr><td>甲</td><td>3<sup>1</sup></td><td>CO<sub>2</sub></td><td><sup>1</sup>2</td></tr></table>")
    assert lines(got) == ["甲\t3^1\tCO_2\t12"]


def test_a_cell_that_takes_no_place_shifts_nothing_and_an_unseen_one_keeps_its_place():
    row = "<tr><td style='display:none'>7</td><td>甲</td><td style='visibility:hidden'>8</td><td>1</td></tr>"
    assert lines(read(f"<table>{row}</table>")) == ["甲\t\t1"]


# ---- whose report it is ----------------------------------------------------------------------------------------------
REPORT = page(table_html(grid_rows()))


@pytest.mark.parametrize(
    "around",
    [
        "<div>云岭市人民政府</div>{}",
        "<ul><li>市公安局</li><li>市财政局</li></ul>{}",
        "{}<div>来源：云岭市融媒体中心</div>",
        "{}<div>云岭市人民政府办公室</div><div>网站标识码1234567890</div>",
    ],
)
def test_the_sites_own_lines_make_no_organ(around: str):
    title = "<h1>2023年政府信息公开工作年度报告</h1>"
    meta = parse_page(REPORT.replace(f"<h1>{TITLE}</h1>", around.format(title))).metadata
    assert (meta.title, meta.issuer, meta.report_year) == ("2023年政府信息公开工作年度报告", None, 2023)


def test_an_organ_above_the_title_in_the_same_heading_belongs_to_it():
    html = REPORT.replace(TITLE, "云岭市水务局<br>2023年政府信息公开工作年度报告")
    assert parse_page(html).metadata.title == TITLE


def test_tabs_of_other_years_do_not_lend_their_year():
    tabs = "".join(f'<div onclick="go()">云岭市水务局{y}年政府信息公开工作年度报告</div>' for y in (2021, 2022))
    assert parse_page(REPORT.replace("<h1>", tabs + "<h1>")).metadata.report_year == 2023


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("云岭市水务局2023年政府信息公开工作年度报告（2024年1月发布）", 2023),
        ("云岭市水务局2024年要点暨2023年政府信息公开工作年度报告", 2023),
        ("云岭市水务局政府信息公开工作年度报告（2023年）", None),
    ],
)
def test_the_year_is_the_one_before_the_report(title: str, year: int | None):
    assert parse_page(REPORT.replace(TITLE, title)).metadata.report_year == year


def test_the_year_of_a_law_is_not_the_reports():
    html = REPORT.replace(TITLE, "云岭市水务局政府信息公开工作年度报告")
    html = html.replace("本年度主动", "根据条例（国务院令第711号，2019年5月15日起施行），本年度主动")
    assert parse_page(html).metadata.report_year is None


# ---- several reports ---------------------------------------------------------------------------------------------------
LAST_YEAR = page(
    table_html(
        grid_rows({"received_new": "5 0 0 0 0 0 5", "granted": "5 0 0 0 0 0 5", "handled_total": "5 0 0 0 0 0 5"})
    )
)
LAST_YEAR = LAST_YEAR.split("<body>")[1].split("</body>")[0].replace("2023年", "2022年")


def test_last_years_report_below_this_years_is_not_read_as_this_years():
    both = parse_page(REPORT.replace("</body>", LAST_YEAR + "</body>"))
    assert both.tables == parse_page(REPORT).tables
    assert [(f.rule_code, f.observed) for f in both.findings] == [
        ("other_report_in_document", TITLE.replace("2023", "2022"))
    ]


def test_tables_that_are_pictures_are_not_taken_from_last_years_report_below():
    pictures = page("<img src=1.jpg>")
    both = parse_page(pictures.replace("</body>", LAST_YEAR + "</body>"))
    assert both.metadata.report_year == 2023
    assert all(c.missing_reason == "no_table" for t in both.tables for c in t.cells)


def test_a_print_copy_below_is_not_read_twice():
    copy = REPORT.split("<body>")[1].split("</body>")[0]
    both = parse_page(REPORT.replace("</body>", copy + "</body>"))
    assert both.tables == parse_page(REPORT).tables
    assert both.sections[-1].text == "无。"


def test_a_table_of_contents_is_no_other_report():
    contents = "".join(
        f"<p>{x}</p>" for x in ("目录", "一、总体情况", "二、主动公开政府信息情况", "五、存在的主要问题及改进情况")
    )
    parsed = parse_page(REPORT.replace("<p>一、", contents + f"<h1>{TITLE}</h1><p>一、", 1))
    assert statuses(row(parsed, "granted")) == "A" * 7
    assert not parsed.findings
