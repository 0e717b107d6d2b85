"""DOCX files as people write them, and what they are read as."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable

import pytest

from pipeline import limits
from pipeline.model import SourceFile
from pipeline.read import docx
from pipeline.read.docx_numbers import written
from pipeline.read.fault import Fault
from tests.read.word_files import (
    NAMESPACES,
    SOURCE,
    W,
    cells,
    field,
    level,
    lines,
    lists,
    numbered,
    only_grid,
    p,
    package,
    r,
    read,
    tbl,
    tc,
    tr,
    unusable,
    zipped,
)

CHANGE = 'w:id="1" w:author="a" w:date="2024-01-01T00:00:00Z"'
CHINESE = lists(
    level(0, "chineseCounting", "%1、") + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")
)


def inserted(text: str) -> str:
    return f"<w:ins {CHANGE}>{r(text)}</w:ins>"


def deleted(text: str) -> str:
    return f"<w:del {CHANGE}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def box(content: str) -> str:
    """A text box as Word writes it: once as a drawing, once more for old programs."""
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def fault(data: bytes) -> str:
    with pytest.raises(Fault) as caught:
        docx.read(data, SOURCE)
    return caught.value.reason_code


# ---- paragraphs ---------------------------------------------------------------------------------------------------
def test_a_number_over_several_runs_is_one_number() -> None:
    assert lines(p("收到申请", r("1", "<w:b/>"), '<w:proofErr w:type="gramStart"/>', "0", "件")) == ["收到申请10件"]


def test_tabs_breaks_and_hyphens_keep_their_meaning() -> None:
    body = p("甲", "<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:cr/><w:t>A</w:t></w:r>")
    body += p("<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t><w:softHyphen/><w:t>3</w:t></w:r>")
    assert lines(body) == ["甲\t乙", "丙", "A", "1-23"]


def test_symbols_that_are_plain_characters_are_read_and_others_are_marked() -> None:
    digit = '<w:r><w:sym w:font="Symbol" w:char="F035"/></w:r>'
    circled = '<w:r><w:sym w:font="Wingdings" w:char="F081"/></w:r>'
    picture = '<w:r><w:sym w:font="Webdings" w:char="F035"/></w:r>'
    assert lines(p("共", digit, circled, picture, "件")) == ["共5①\ufffd件"]


def test_a_field_shows_its_result_and_never_its_instruction() -> None:
    assert lines(p("总计", field("=SUM(LEFT)", "12"), "件")) == ["总计12件"]
    assert lines(p('<w:fldSimple w:instr="PAGE"><w:r><w:t>3</w:t></w:r></w:fldSimple>', "页")) == ["3页"]


def test_a_field_inside_an_instruction_is_not_shown() -> None:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate", "end"))
    assert lines(p(begin, field("DOCPROPERTY a", "7"), separate, "是", end, "。")) == ["是。"]


def test_a_field_that_never_ends_loses_no_text() -> None:
    assert lines(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "共12件")) == ["共12件"]


def test_links_smart_tags_content_controls_and_insertions_are_read() -> None:
    body = p(
        f"<w:hyperlink>{r('甲')}</w:hyperlink><w:smartTag>{r('乙')}</w:smartTag>",
        f"<w:sdt><w:sdtPr/><w:sdtContent>{r('丙')}</w:sdtContent></w:sdt><w:customXml>{r('丁')}</w:customXml>",
        inserted("戊"),
        f"<w:moveTo {CHANGE}>{r('己')}</w:moveTo>",
    )
    assert lines(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>") == ["甲乙丙丁戊己"]


def test_deleted_and_moved_text_is_left_out() -> None:
    moved = f"<w:moveFrom {CHANGE}>{r('旧')}</w:moveFrom>"
    assert lines(p("公开", deleted("20"), inserted("30"), moved, "条")) == ["公开30条"]


def test_a_deleted_paragraph_end_joins_two_paragraphs() -> None:
    body = p("收到", properties=f"<w:rPr><w:del {CHANGE}/></w:rPr>") + p("申请5件") + p("完")
    assert lines(body) == ["收到申请5件", "完"]


def test_hidden_text_is_left_out_by_itself_and_by_style() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="x"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="y"><w:basedOn w:val="x"/></w:style>'
    )
    body = p("见", r("甲", "<w:vanish/>"), r("乙", '<w:rStyle w:val="h"/>'), r("丙", '<w:vanish w:val="0"/>'))
    body += p("隐藏", r("可见", '<w:vanish w:val="false"/>'), style="y")
    assert lines(body, styles=styles) == ["见丙", "可见"]


@pytest.mark.parametrize("tag", ["strike", "dstrike"])
def test_struck_text_is_left_out_by_itself_and_by_style(tag: str) -> None:
    styles = (
        f'<w:style w:type="character" w:styleId="h"><w:rPr><w:{tag}/></w:rPr></w:style>'
        f'<w:style w:type="paragraph" w:styleId="x"><w:rPr><w:{tag}/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="y"><w:basedOn w:val="x"/></w:style>'
    )
    body = p(r("5", f"<w:{tag}/>"), r("6", '<w:rStyle w:val="h"/>'), "3", r("0", f'<w:{tag} w:val="0"/>'), "件")
    body += p("旧", r("新", f'<w:{tag} w:val="false"/>'), style="y")
    assert lines(body, styles=styles) == ["30件", "新"]
    assert only_grid(tbl(tr("规章", tc(p(r("5", f"<w:{tag}/>"), "3"))), tr("总计", tc(p(r("8", f"<w:{tag}/>"))))))[
        1::2
    ] == [(0, 1, 1, 2, "3"), (1, 1, 1, 2, "")]


def test_only_what_is_struck_itself_is_left_out_where_styles_strike_once_and_twice() -> None:
    styles = '<w:style w:type="character" w:styleId="h"><w:rPr><w:strike/></w:rPr></w:style>'
    run = r("5", '<w:rStyle w:val="h"/><w:dstrike w:val="0"/>') + r("7", '<w:rStyle w:val="h"/><w:strike w:val="0"/>')
    assert lines(p("共", run, "件"), styles=styles) == ["共7件"]


@pytest.mark.parametrize(("way", "mark"), [("superscript", "^"), ("subscript", "_")])
def test_a_raised_or_lowered_digit_is_no_digit_of_the_number_that_it_touches(way: str, mark: str) -> None:
    def raised(text: str) -> str:
        return r(text, f'<w:vertAlign w:val="{way}"/>')

    for content, expected in (
        (("3", raised("1")), f"3{mark}1"),
        (("3", raised("1"), raised("2")), f"3{mark}12"),
        (("3 ", raised(" 1")), f"3 {mark}1"),
        (("m", raised("2")), f"m{mark}2"),
        ((raised("1"), "3"), f"{mark}13"),
        (("３", raised("１")), f"３{mark}１"),
        (("3", raised("①")), "3①"),
        (("3", raised("（1）")), "3（1）"),
        (("公开", raised("1")), "公开1"),
        (("公开", raised("注1"), "20"), f"公开{mark}注120"),
        ((raised("12"),), "12"),
        (("3", r("1", '<w:vertAlign w:val="baseline"/>')), "31"),
    ):
        assert lines(p(*content)) == [expected]
    styles = f'<w:style w:type="character" w:styleId="h"><w:rPr><w:vertAlign w:val="{way}"/></w:rPr></w:style>'
    body = p("3", r("1", '<w:rStyle w:val="h"/>'), r("2", '<w:rStyle w:val="h"/><w:vertAlign w:val="baseline"/>'))
    assert lines(body, styles=styles) == [f"3{mark}12"]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("<m:f><m:num>3</m:num><m:den>4</m:den></m:f>", "3/4"),
        ("<m:sSup><m:e>3</m:e><m:sup>4</m:sup></m:sSup>", "3^4"),
        ("<m:sSub><m:e>3</m:e><m:sub>4</m:sub></m:sSub>", "3_4"),
        ("<m:sPre><m:sub>1</m:sub><m:sup>2</m:sup><m:e>3</m:e></m:sPre>", "_1^2|3"),
        ("<m:rad><m:deg>3</m:deg><m:e>8</m:e></m:rad>", "3√8"),
        ("3<m:d><m:dPr/><m:e>4</m:e><m:e>5</m:e></m:d>6", "3(4|5)6"),
        ('3<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>4</m:e></m:d>', "3[4]"),
        ("<m:m><m:mr><m:e>1</m:e><m:e>2</m:e></m:mr><m:mr><m:e>3</m:e></m:mr></m:m>", "|1|2|3"),
        ('2<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>1</m:sub><m:e>3</m:e></m:nary>', "2∑_1|3"),
        ("<m:func><m:fName>3</m:fName><m:e>4</m:e></m:func>", "3|4"),
        ("12", "12"),
    ],
)
def test_a_formula_is_never_glued_to_one_number(formula: str, expected: str) -> None:
    runs = re.sub(r"(?<=>)\d(?=<)|^\d+|\d$", lambda m: f"<m:r><m:t>{m.group()}</m:t></m:r>", formula)
    assert lines(p("共", f"<m:oMath>{runs}</m:oMath>")) == [f"共{expected}"]


def test_a_struck_or_raised_run_of_a_formula_is_one_too() -> None:
    struck = "<m:r><w:rPr><w:strike/></w:rPr><m:t>5</m:t></m:r><m:r><m:t>3</m:t></m:r>"
    assert lines(p("共", f"<m:oMath>{struck}</m:oMath>", "件")) == ["共3件"]


def test_a_prompt_that_nobody_filled_in_is_no_text() -> None:
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert lines(p("单位：", control.format(r("单击此处输入文字。")))) == ["单位："]
    assert lines(p("单位：", control.format(r("青石县水务局")))) == ["单位：青石县水务局"]


def test_of_ruby_only_the_base_is_read_and_formulas_are_text() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{r('pin')}</w:rt><w:rubyBase>{r('拼')}</w:rubyBase></w:ruby></w:r>"
    assert lines(p(ruby, "<m:oMath><m:r><m:t>12</m:t></m:r></m:oMath>")) == ["拼12"]


def test_notes_and_comments_do_not_mix_into_the_text() -> None:
    body = p("共12", '<w:r><w:footnoteReference w:id="1"/></w:r>', "件", '<w:r><w:commentReference w:id="0"/></w:r>')
    assert lines(body, parts={"word/footnotes.xml": f"<w:footnotes {NAMESPACES}>{p('脚注')}</w:footnotes>"}) == [  # type: ignore[arg-type]
        "共12件"
    ]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    assert lines(p("正文", box(p("标题") + p("第二行")), "继续") + p("完")) == ["正文继续", "标题", "第二行", "完"]


def test_a_text_box_in_a_cell_comes_after_the_table() -> None:
    document = read(package(tbl(tr(tc(p("1", box(p("注")), "2")), "3"))))
    assert document.text == "12\t3\n注\n"


def test_a_table_in_a_text_box_is_a_table() -> None:
    document = read(package(p("甲", box(tbl(tr("乙", "丙"), tr("1", "2")) + p("注")))))
    assert document.text == "甲\n乙\t丙\n1\t2\n注\n"
    assert len(document.grids) == 1


# ---- numbers that Word prints -------------------------------------------------------------------------------------
def test_headings_numbered_by_a_list_get_their_numbers_as_text() -> None:
    body = p("总体情况", properties=numbered(1)) + p("正文")
    body += p("主动公开", properties=numbered(1, 1)) + p("依申请公开", properties=numbered(1, 1))
    body += (
        p("其他", properties=numbered(1)) + p("监督", properties=numbered(1, 1)) + p("甲", properties=numbered(1, 2))
    )
    assert lines(body, numbering=CHINESE) == [
        "一、总体情况",
        "正文",
        "（一）主动公开",
        "（二）依申请公开",
        "二、其他",
        "（一）监督",
        "1. 甲",
    ]


def test_a_heading_is_numbered_through_its_style() -> None:
    styles = (
        f'<w:style w:type="paragraph" w:styleId="1"><w:pPr>{numbered(1)}</w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="2"><w:basedOn w:val="1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="3"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = lists(
        level(0, "chineseCounting", "%1、")
        + level(1, "decimal", "%1.%2", more='<w:pStyle w:val="3"/><w:isLgl/><w:suff w:val="nothing"/>')
    )
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("甲", style="1") + p("乙", style="2") + p("丙", style="3") + p("丁", style="1", properties=off)
    assert lines(body, styles=styles, numbering=numbering) == ["一、甲", "二、乙", "2.1丙", "丁"]


def test_lists_of_one_kind_count_on_until_one_restarts() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    more = '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    more += f'<w:num w:numId="3"><w:abstractNumId w:val="0"/>{override}</w:num>'
    body = "".join(p("甲", properties=numbered(n)) for n in (1, 2, 3, 3))
    numbering = lists(level(0, "decimal", "%1、", start=4), more=more)
    assert lines(body, numbering=numbering) == ["4、甲", "5、甲", "1、甲", "2、甲"]


def test_bullets_are_no_text_and_a_blank_numbered_paragraph_still_counts() -> None:
    numbering = lists(level(0, "bullet", "\uf0b7"), level(0, "decimal", "%1、"))
    body = p("甲", properties=numbered(1)) + "".join(p(t, properties=numbered(2)) for t in ("乙", "", "丙"))
    assert lines(body, numbering=numbering) == ["甲", "1、乙", "3、丙"]


def test_a_list_linked_to_a_list_style_is_found() -> None:
    styles = f'<w:style w:type="numbering" w:styleId="L"><w:pPr>{numbered(1)}</w:pPr></w:style>'
    more = (
        '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="9"/></w:num>'
    )
    numbering = lists(level(0, "decimalEnclosedCircle", "%1"), more=more)
    assert lines(p("甲", properties=numbered(5)), styles=styles, numbering=numbering) == ["①甲"]


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ("chineseCounting", "一 十 十一 二十 一百零五 一千零一十"),
        ("taiwaneseCountingThousand", "一 十 十一 二十 一百零五 一千零一十"),
        ("ideographDigital", "一 一〇 一一 二〇 一〇五 一〇一〇"),
        ("chineseLegalSimplified", "壹 壹拾 壹拾壹 贰拾 壹佰零伍 壹仟零壹拾"),
        ("decimal", "1 10 11 20 105 1010"),
        ("decimalFullWidth", "１ １０ １１ ２０ １０５ １０１０"),
        ("decimalEnclosedCircle", "① ⑩ ⑪ ⑳ 105 1010"),
        ("upperRoman", "I X XI XX CV MX"),
        ("lowerLetter", "a j k t aaaaa 1010"),
        ("none", "     "),
        ("notKnownYet", "1 10 11 20 105 1010"),
    ],
)
def test_number_formats(number_format: str, expected: str) -> None:
    assert " ".join(written(n, number_format) for n in (1, 10, 11, 20, 105, 1010)) == expected


# ---- tables -------------------------------------------------------------------------------------------------------
def test_merged_cells_take_their_rows_and_columns() -> None:
    body = tbl(
        tr(tc("办理结果", span=2, down="restart"), tc("申请人情况", span=2)),
        tr(tc("", span=2, down=""), "自然人", "总计"),
        tr(tc("三、", down="restart"), "（一）予以公开", "3", "3"),
        tr(tc(down="continue"), "（二）部分公开", "", "/"),
        grid=(800, 2000, 900, 900),
    )
    assert only_grid(body) == [
        (0, 2, 0, 2, "办理结果"),
        (0, 1, 2, 4, "申请人情况"),
        (1, 1, 2, 3, "自然人"),
        (1, 1, 3, 4, "总计"),
        (2, 2, 0, 1, "三、"),
        (2, 1, 1, 2, "（一）予以公开"),
        (2, 1, 2, 3, "3"),
        (2, 1, 3, 4, "3"),
        (3, 1, 1, 2, "（二）部分公开"),
        (3, 1, 2, 3, ""),
        (3, 1, 3, 4, "/"),
    ]


def test_a_continued_cell_under_one_of_another_width_stands_alone() -> None:
    body = tbl(tr(tc("甲", span=2, down="restart"), "乙"), tr(tc("1", down="continue"), "2", "3"))
    assert only_grid(body)[2:] == [(1, 1, 0, 1, "1"), (1, 1, 1, 2, "2"), (1, 1, 2, 3, "3")]


def test_old_horizontal_merges_widen_the_first_cell() -> None:
    body = tbl(
        tr(tc("甲", properties='<w:hMerge w:val="restart"/>'), tc(properties="<w:hMerge/>"), "乙"),
        tr("1", "2", "3"),
    )
    assert only_grid(body)[:2] == [(0, 1, 0, 2, "甲"), (0, 1, 2, 3, "乙")]


def test_columns_left_out_before_and_after_a_row_have_no_cells() -> None:
    left_out = '<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'
    body = tbl(tr("甲", "乙", "丙"), tr(tc("1"), properties=left_out), grid=(900, 900, 900))
    assert only_grid(body)[3:] == [(1, 1, 1, 2, "1")]


def test_rows_without_spans_are_placed_by_the_widths_of_their_cells() -> None:
    body = tbl(
        tr(*(tc(t, width=1500) for t in ("信息内容", "制发", "废止", "有效"))),
        tr(tc("信息内容", width=1490), tc("本年处理决定数量", width=4510)),
        tr(tc("行政许可", width=1510), tc("45", width=4490)),
    )
    assert only_grid(body)[4:] == [
        (1, 1, 0, 1, "信息内容"),
        (1, 1, 1, 4, "本年处理决定数量"),
        (2, 1, 0, 1, "行政许可"),
        (2, 1, 1, 4, "45"),
    ]


def test_edges_that_differ_by_a_hair_are_one_edge() -> None:
    body = tbl(
        tr(tc("甲"), tc("乙", span=2), tc("丙", span=2)),
        tr(tc("1", span=2), tc("2", span=2), tc("3")),
        grid=(1500, 20, 1480, 35, 1465),
    )
    assert [c[2:4] for c in only_grid(body)] == [(0, 1), (1, 2), (2, 3)] * 2


def test_a_narrow_cell_between_two_edges_stays_a_cell() -> None:
    body = tbl(tr("甲", "", "乙"), tr(tc("1", span=2), "2"), grid=(1500, 40, 1500))
    assert [c[2:4] for c in only_grid(body)] == [(0, 1), (1, 2), (2, 3), (0, 2), (2, 3)]


def test_deleted_and_hidden_rows_and_deleted_cells_are_no_part_of_the_table() -> None:
    body = tbl(
        tr("甲", "乙"),
        tr(tc(p(deleted("9"))), tc(p(deleted("9"))), properties=f"<w:del {CHANGE}/>"),
        tr("8", "8", properties="<w:hidden/>"),
        tr("1", tc("7", properties=f"<w:cellDel {CHANGE}/>"), "2", properties=f"<w:ins {CHANGE}/>"),
    )
    assert only_grid(body) == [(0, 1, 0, 1, "甲"), (0, 1, 1, 2, "乙"), (1, 1, 0, 1, "1"), (1, 1, 1, 2, "2")]


def test_a_number_changed_in_a_revision_is_the_new_one() -> None:
    assert only_grid(tbl(tr("甲", "乙"), tr("总计", tc(p(deleted("7"), inserted("12"))))))[3][4] == "12"


def test_rows_and_cells_in_content_controls_are_read() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = tbl(tr("甲", "乙"), control.format(tr("1", control.format(tc("2")))))
    assert only_grid(body)[2:] == [(1, 1, 0, 1, "1"), (1, 1, 1, 2, "2")]


def test_a_header_row_repeated_on_each_page_is_one_row() -> None:
    body = tbl(tr("甲", "乙", properties="<w:tblHeader/>"), tr("1", "2"))
    assert len(only_grid(body)) == 4


def test_paragraphs_of_a_cell_are_joined() -> None:
    assert only_grid(tbl(tr(tc(p("商业") + p("企业")), tc(p("1") + p("0")))))[0][4] == "商业企业"
    assert only_grid(tbl(tr(tc("甲"), tc(p("1") + p("0")))))[1][4] == "1  0"  # one number or two: open


def test_a_row_numbered_by_a_list_has_its_number_and_a_value_has_none() -> None:
    numbering = lists(level(0, "decimal", "%1."))
    item = numbered(1)
    body = tbl(
        tr(tc(p("属于国家秘密", properties=item)), tc(p("5", properties=item)), tc(p(properties=item))),
        tr(tc(p("其他", properties=item)), "/", ""),
    )
    assert [c[4] for c in only_grid(body, numbering=numbering)] == ["1. 属于国家秘密", "5", "", "4. 其他", "/", ""]


def test_places_name_table_row_and_column() -> None:
    document = read(package(p("甲") + tbl(tr("一格")) + tbl(tr(tc("乙", span=2), "丙"), tr("1", "2", "3"))))
    assert [(document.text[x.start : x.end], x.parts) for x in document.places][:4] == [
        ("甲", (("paragraph", 1),)),
        ("一格", (("paragraph", 2),)),
        ("乙", (("table", 1), ("row", 1), ("column", 1))),
        ("丙", (("table", 1), ("row", 1), ("column", 3))),
    ]
    assert document.grids[0].frame == 1


# ---- tables in tables ---------------------------------------------------------------------------------------------
def test_a_table_of_one_cell_in_a_cell_is_its_text() -> None:
    assert only_grid(tbl(tr(tc(tbl(tr("甲")) + p()), "乙"))) == [(0, 1, 0, 1, "甲"), (0, 1, 1, 2, "乙")]


def test_a_frame_around_the_page_is_no_table() -> None:
    inner = tbl(tr("甲", "乙"), tr("1", "2"))
    document = read(package(tbl(tr(tc(p("标题") + p("二、主动公开") + inner + p("三、收到"))))))
    assert document.text == "标题\n二、主动公开\n甲\t乙\n1\t2\n三、收到\n"
    assert [cells(document, g)[3] for g in document.grids] == [(1, 1, 1, 2, "2")]


def test_a_row_of_cells_nested_in_a_cell_is_part_of_the_outer_row() -> None:
    inner = tbl(tr("1", "2", "3"))
    body = tbl(tr("甲", tc("乙", span=3)), tr("规章", tc(inner + p(), span=3)), grid=(900, 300, 300, 300))
    assert only_grid(body)[2:] == [
        (1, 1, 0, 1, "规章"),
        (1, 1, 1, 2, "1"),
        (1, 1, 2, 3, "2"),
        (1, 1, 3, 4, "3"),
    ]


def test_a_grid_is_broken_around_a_row_of_prose() -> None:
    prose = "本机关严格按照条例的规定，及时、准确地公开政府信息，" * 4
    body = tbl(tr("甲", "乙"), tr("1", "2"), tr(tc(prose, span=2)), tr("丙", "丁"), tr("3", "4"))
    document = read(package(body))
    assert document.text == f"甲\t乙\n1\t2\n{prose}\n丙\t丁\n3\t4\n"
    assert [g.frame for g in document.grids] == [1, 1]
    assert cells(document, document.grids[1])[2] == (1, 1, 0, 1, "3")


def test_columns_of_prose_are_paragraphs() -> None:
    left = p("导航一") + p("导航二")
    right = "".join(p("全年公开政府信息情况良好，完成了各项任务，没有收到申请。" * 3) for _ in range(5))
    assert not read(package(tbl(tr(tc(left), tc(right))))).grids


# ---- packages -----------------------------------------------------------------------------------------------------
def test_the_main_part_is_found_by_its_relationship() -> None:
    assert read(package(p("甲"), main="content/main2.xml")).text == "甲\n"


@pytest.mark.parametrize(
    "kind",
    [
        "openxmlformats-officedocument.wordprocessingml.template",
        "ms-word.document.macroEnabled",
        "ms-word.template.macroEnabledTemplate",
    ],
)
def test_templates_and_documents_with_macros_are_read(kind: str) -> None:
    assert read(package(p("甲"), kind=kind, main="word/doc.xml")).text == "甲\n"


def test_a_strict_document_reads_the_same() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    with zipfile.ZipFile(io.BytesIO(package(p("甲") + tbl(tr("1", "2"))))) as z:
        files = {n: z.read(n).decode().replace(W, strict) for n in z.namelist()}
    assert read(zipped(files)).text == "甲\n1\t2\n"


def test_other_packages_are_left_to_others() -> None:
    assert not docx.sniff(zipped({"a.docx": "x", "b.html": "y"}), SOURCE)
    assert not docx.sniff(
        package("", kind="openxmlformats-officedocument.spreadsheetml.sheet", main="xl/workbook.xml"), SOURCE
    )
    assert not docx.sniff(b"%PDF-1.4", SourceFile(path="a.docx", intake="unsorted"))


def test_a_document_without_text_or_with_pictures_only_says_so() -> None:
    assert unusable(package(p())).reason_code == "no_text"
    picture = '<w:r><w:drawing><a:blip r:embed="r1" xmlns:r="urn:r"/></w:drawing></w:r>'
    assert unusable(package(p(picture) + p("附件"))).reason_code == "only_images"
    assert lines(p(picture) + p("某县水务局政府信息公开工作年度报告全文如下，共六个部分。")) != []


def test_a_broken_styles_part_is_said_and_the_text_is_read() -> None:
    document = read(package(p("甲"), parts={"word/styles.xml": "<w:styles"}))
    assert document.text == "甲\n"
    assert document.notes


# ---- hostile files ------------------------------------------------------------------------------------------------
def test_a_truncated_file_is_damaged() -> None:
    data = package(p("甲" * 500))
    for end in (len(data) // 2, len(data) - 30):
        assert docx.sniff(data[:end], SOURCE)
        assert fault(data[:end]) == "damaged"


def name_that_is_no_utf8(data: bytes) -> bytes:
    """The main part's own header says that its name is UTF-8, which it then is not; the directory is sound."""
    at = data.index(b"word/document.xml")
    header = bytearray(data[at - 30 : at + 1])
    header[7], header[30] = 0x08, 0xFF
    return data[: at - 30] + bytes(header) + data[at + 1 :]


def packed_in_an_unknown_way(data: bytes) -> bytes:
    """The directory says that the main part is packed as LZMA, which its bytes are not."""
    out = bytearray(data)
    for mark, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = -1
        while (at := out.find(mark, at + 1)) >= 0:
            out[at + method : at + method + 2] = zipfile.ZIP_LZMA.to_bytes(2, "little")
    return bytes(out)


@pytest.mark.parametrize("damage", [name_that_is_no_utf8, packed_in_an_unknown_way])
def test_whatever_unpacking_a_part_raises_the_file_is_damaged(damage: Callable[[bytes], bytes]) -> None:
    assert fault(damage(package(p("甲" * 500)))) == "damaged"


def test_entities_and_document_types_are_refused() -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    main = f"{entity}<w:document {NAMESPACES}><w:body>{p('&b;')}</w:body></w:document>"
    assert fault(package("", parts={"word/document.xml": main})) == "damaged"


def test_a_part_that_unpacks_to_too_much_is_refused() -> None:
    before = limits.current()
    limits.use(before.with_settings({"max_ratio": 10}))
    try:
        assert fault(package(p("甲" + " " * 8_000_000))) == "too_complex"
    finally:
        limits.use(before)


def test_ten_thousand_nested_tables_are_refused_at_once() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 10_000 + p("甲") + "</w:tc></w:tr></w:tbl>" * 10_000
    began = time.perf_counter()
    assert fault(package(deep)) == "damaged"
    assert time.perf_counter() - began < 5


def test_tables_nested_as_deep_as_xml_allows_are_read() -> None:
    deep = "<w:tbl><w:tr><w:tc><w:p/>" * 80 + p("甲") + "</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>" * 80
    assert read(package(deep)).text.split() == ["甲"]


def test_a_span_of_a_billion_columns_is_refused() -> None:
    assert fault(package(tbl(tr(tc("甲", span=10**9), "乙")))) == "too_complex"
    assert fault(package(tbl(tr("甲", properties='<w:gridBefore w:val="999999999999999999999999"/>')))) == "too_complex"


def test_nonsense_in_numbers_and_styles_is_survived() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    )
    numbering = lists(level(-5, "x", "%1") + level(0, "upperRoman", "%1" * 50, start=10**9))
    body = p("甲", style="a", properties='<w:numPr><w:ilvl w:val="x"/><w:numId w:val="1"/></w:numPr>')
    body += tbl(tr(tc("乙", properties='<w:gridSpan w:val="-3"/><w:tcW w:w="1e999" w:type="dxa"/>'), "丙"))
    assert lines(body, styles=styles, numbering=numbering)[-1] == "乙\t丙"


def test_rows_that_each_have_edges_of_their_own_take_no_long() -> None:
    rows = (tr(tc("1", width=4000 + n % 900), tc("2", width=6000 - n % 900)) for n in range(3000))
    began = time.perf_counter()
    assert len(read(package(tbl(*rows, tr(tc("3", width=10_000))))).grids) == 1
    assert time.perf_counter() - began < 10


def test_a_report_of_three_tables_is_read_fast() -> None:
    table = tbl(*(tr(*(str(n) for n in range(10))) for _ in range(28)), grid=(900,) * 10)
    data = package(p("正文" * 50) * 60 + table)
    read(data)
    began = time.perf_counter()
    read(data)
    assert time.perf_counter() - began < 0.2
