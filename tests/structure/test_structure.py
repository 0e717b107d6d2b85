"""Title, issuer, year, metadata block, headings: documents as people write them, and what is read off them."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.document import parse_document
from pipeline.model import ParsedReport, SourceFile, Unusable
from pipeline.normalize.text import normalize
from pipeline.structure.headings import find_sections
from tests.extract.reports import one_cell_a_line, report, rows

BODY = report(one_cell_a_line(rows())).split("\n", 1)[1]


def parse(text: str) -> ParsedReport:
    got = parse_document(text.encode(), SourceFile("a.txt", "unsorted"))
    assert isinstance(got, ParsedReport), got
    return got


@pytest.mark.parametrize(
    ("head", "title", "issuer", "basis", "year"),
    [
        (
            "云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局",
            "title",
            2023,
        ),
        (
            "云岭市水务局\n2023年政府信息公开工作年度报告",
            "云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局",
            "title",
            2023,
        ),
        (
            "云岭市水务局\n2023年\n政府信息公开工作年度报告",
            "云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局",
            "title",
            2023,
        ),
        (
            "云岭市水务局 2023 年度政府信息公开工作报告.docx",
            "云岭市水务局2023年度政府信息公开工作报告",
            "云岭市水务局",
            "title",
            2023,
        ),
        (
            "云岭市水务局二〇二三年政府信息公开年度报告",
            "云岭市水务局二〇二三年政府信息公开年度报告",
            "云岭市水务局",
            "title",
            2023,
        ),
        (
            "发布机构：云岭市水务局\n\n2023年政府信息公开工作年度报告",
            "2023年政府信息公开工作年度报告",
            "云岭市水务局",
            "publisher",
            2023,
        ),
        (
            "首页 > 信息公开 > 政府信息公开工作年度报告\n云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局2023年政府信息公开工作年度报告",
            "云岭市水务局",
            "title",
            2023,
        ),
    ],
)
def test_titles(head: str, title: str, issuer: str, basis: str, year: int):
    meta = parse(f"{head}\n{BODY}").metadata
    assert (meta.title, meta.issuer, meta.issuer_basis, meta.report_year) == (title, issuer, basis, year)


def test_what_is_missing_is_null():
    meta = parse(BODY.replace("2023年，", "")).metadata
    assert meta.title is None
    assert meta.issuer is None
    assert meta.report_year is None
    assert meta.published_on is None
    assert meta.index_number is None


def test_an_issuer_that_only_signs():
    meta = parse(f"2023年政府信息公开工作年度报告\n{BODY}\n云岭市水务局\n2024年1月12日").metadata
    assert (meta.issuer, meta.issuer_basis) == ("云岭市水务局", "signature")


def test_a_year_that_only_the_period_gives():
    text = f"云岭市水务局政府信息公开工作年度报告\n所列数据的统计期限自2023年1月1日起至2023年12月31日止。\n{BODY}"
    meta = parse(text.replace("2023年，本局", "本局")).metadata
    assert (meta.report_year, meta.report_year_basis) == (2023, "period")
    assert (meta.period_start, meta.period_end) == (dt.date(2023, 1, 1), dt.date(2023, 12, 31))


@pytest.mark.parametrize(
    "block",
    [
        "索引号：01234567X/2024-00017\n公开日期：2024-01-22\n发布机构：云岭市水务局",
        "信息索引号 01234567X/2024-00017 生成日期 2024-01-20 公开日期 2024-01-22\n发布机构 云岭市水务局 有效期 长期",
        "索引号:\n01234567X/2024-00017\n公开日期:\n2024-01-22\n发布机构:\n云岭市水务局",
    ],
)
def test_metadata_blocks(block: str):
    meta = parse(f"{block}\n\n2023年政府信息公开工作年度报告\n{BODY}").metadata
    assert meta.index_number == "01234567X/2024-00017"
    assert meta.published_on == dt.date(2024, 1, 22)
    assert (meta.issuer, meta.issuer_basis) == ("云岭市水务局", "publisher")


def sections(text: str) -> list[str]:
    return [s.section_code for s in find_sections(normalize(text))]


ALL = ["overview", "proactive", "applications", "remedies", "problems", "other_matters"]


@pytest.mark.parametrize(
    "headings",
    [
        "一、总体情况|二、主动公开政府信息情况|三、收到和处理政府信息公开申请情况|"
        "四、政府信息公开行政复议、行政诉讼情况|五、存在的主要问题及改进情况|六、其他需要报告的事项",
        "一、概述|二、主动公开政府信息情况|三、收到的处理政府信息公开申请情况|"
        "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况|五、存在主要问题及改进情况|六、其他需要报告的事项",
        "1、总体情况|2、主动公开政府信息情况|3、 收到和处理政府信息公开申请情况|"
        "4、政府信息公开行政复议、行政诉讼情况|5、存在的主要问题及改进情况|6、其他需要报告的事项",
        "一 概 述|主动公开政府信息情况|收到和处理政府信息公开申请情况|"
        "政府信息公开行政复议、行政诉讼情况|存在的主要问题及改进情况|其他需要报告的事项",
        "一、2023年总体情况|一、主动公开政府信息情况|3、收到和处理政府信息公开申请情况|"
        "四、政府信息公开行政复议、行政诉讼情况|四、存在的主要问题及改进情况|五、其他需要报告的事项",
    ],
)
def test_heading_variants(headings: str):
    assert sections("\n".join(f"{h}\n本节内容。" for h in headings.split("|"))) == ALL


def test_headings_glued_to_the_end_of_a_paragraph():
    text = "一、总体情况\n公开信息18条。二、主动公开政府信息情况\n规章\n0\n三、收到和处理政府信息公开申请情况\n无。"
    assert sections(text) == ["overview", "proactive", "applications"]


def test_a_whole_report_in_one_paragraph():
    text = (
        "一、总体情况 公开信息18条。 二、主动公开政府信息情况 见表。 三、收到和处理政府信息公开申请情况 见表。 "
        "四、政府信息公开行政复议、行政诉讼情况 见表。 五、存在的主要问题及改进情况 人手不足。 六、其他需要报告的事项 无。"
    )
    assert sections(text) == ALL


def test_table_rows_and_subheadings_are_no_headings():
    text = (
        "一、总体情况\n（一）主动公开情况\n18条。\n（二）依申请公开情况\n2件。\n"
        "三、收到和处理政府信息公开申请情况\n三、本年度办理结果\n（一）予以公开\n四、结转下年度继续办理\n"
        "四、政府信息公开行政复议、行政诉讼情况\n无"
    )
    assert sections(text) == ["overview", "applications", "remedies"]


def test_a_table_of_contents_is_not_the_report():
    contents = "\n".join(f"{n}、{h}" for n, h in zip("一二三四五六", HEADINGS, strict=True))
    body = "\n".join(f"{n}、{h}\n本节的内容在这里。" for n, h in zip("一二三四五六", HEADINGS, strict=True))
    found = find_sections(normalize(f"{contents}\n\n{body}"))
    assert [s.section_code for s in found] == ALL
    assert found[0].span[0] > len(contents)


HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知\n各单位：请于1月31日前报送。", "notice_about_reports"),
        ("一图读懂云岭市2023年政府信息公开工作年度报告\n全年公开信息18条。", "explains_a_report"),
        ("云岭市水务局2023年政府信息公开工作年度报告\n附件：年度报告.docx", "only_links_attachment"),
        ("云岭市水务局关于停水的公告\n定于周三停水。", "no_report_found"),
    ],
)
def test_what_is_no_report_says_so(text: str, reason: str):
    got = parse_document(text.encode(), SourceFile("a.txt", "unsorted"))
    assert isinstance(got, Unusable)
    assert (got.outcome, got.reason_code) == ("not_a_report", reason)


def test_a_section_s_text_holds_no_table_and_no_page_furniture():
    parsed = parse(report(one_cell_a_line(rows())).replace("公开内容还不够丰富", "- 8 -\n公开内容还不够丰富"))
    text = {s.section_code: s.text for s in parsed.sections}
    assert text["applications"] == ""
    assert text["problems"] == "公开内容还不够丰富，下一步将加强培训。"


def test_a_title_whose_last_word_stands_on_the_next_line_is_joined():
    got = parse("云岭市水务局2023年政府信息公开工作年度\n报告\n" + BODY).metadata
    assert (got.title, got.report_year) == ("云岭市水务局2023年政府信息公开工作年度报告", 2023)
