"""Dates as reports write them, one example a line: the sentence, then every mention that is expected of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.normalize.dates import find_dates

SHARED = Path(__file__).resolve().parents[2] / "../shared"


def brief(text: str, **hints: object) -> list[str]:
    """Mentions as `printed = dates role`: `~` before repaired dates, `?` for dates that stay open."""
    lines = []
    for mention in find_dates(text, **hints):  # type: ignore[arg-type]
        assert text[slice(*mention.span)] == mention.printed
        if mention.start_date is None or mention.end_date is None:
            dates = "?"
        elif mention.precision == "day":
            assert mention.start_date == mention.end_date
            dates = mention.start_date.isoformat()
        else:
            dates = f"{mention.start_date.isoformat()}..{mention.end_date.isoformat()}"
        lines.append(f"{mention.printed} = {'~' * mention.is_repaired}{dates} {mention.role}")
    return lines


def rules(text: str, **hints: object) -> list[str | None]:
    return [mention.repair_rule for mention in find_dates(text, **hints)]  # type: ignore[arg-type]


def check(text: str, expected: str, **hints: object) -> None:
    assert brief(text, **hints) == [line for line in expected.split(" ; ") if line]


# ---- as printed ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议于2024年3月5日召开。", "2024年3月5日 = 2024-03-05 other"),
        ("会议于2024年3月5号召开。", "2024年3月5号 = 2024-03-05 other"),
        ("会议于2024年03月05日召开。", "2024年03月05日 = 2024-03-05 other"),
        ("会议于 2024 年 3 月 5 日召开。", "2024 年 3 月 5 日 = 2024-03-05 other"),
        ("会议于２０２４年３月５日召开。", "２０２４年３月５日 = 2024-03-05 other"),
        ("会议于2024年\n3月5日召开。", "2024年\n3月5日 = 2024-03-05 other"),
        ("会议（2024-03-05）召开。", "2024-03-05 = 2024-03-05 other"),
        ("会议（2024/3/5）召开。", "2024/3/5 = 2024-03-05 other"),
        ("会议（2024.3.5）召开。", "2024.3.5 = 2024-03-05 other"),
        ("2024年3月共办结两件。", "2024年3月 = 2024-03-01..2024-03-31 other"),
        ("2024年02月份共办结两件。", "2024年02月 = 2024-02-01..2024-02-29 other"),
        ("2023年，本镇办结两件。", "2023年 = 2023-01-01..2023-12-31 other"),
        ("2023年度未收取费用。", "2023年 = 2023-01-01..2023-12-31 other"),
        ("3.2023年，本镇办结两件。", "2023年 = 2023-01-01..2023-12-31 other"),
        (
            "2024年 1464 条，2024年12月31件。",
            "2024年 = 2024-01-01..2024-12-31 other ; 2024年12月 = 2024-12-01..2024-12-31 other",
        ),
        ("到2035年基本建成。", "2035年 = 2035-01-01..2035-12-31 other"),
        ("2024-01-22\n日常工作", "2024-01-22 = 2024-01-22 other"),
        ("二〇一〇年一月十九日通过。", "二〇一〇年一月十九日 = 2010-01-19 other"),
        (
            "二○二四年，二零二四年十二月。",
            "二○二四年 = 2024-01-01..2024-12-31 other ; 二零二四年十二月 = 2024-12-01..2024-12-31 other",
        ),
        (
            "二0二三年十月三十一日、二〇二四年二月廿三日。",
            "二0二三年十月三十一日 = 2023-10-31 other ; 二〇二四年二月廿三日 = 2024-02-23 other",
        ),
        (
            "2024年元月5日，2024年十一月二十日。",
            "2024年元月5日 = 2024-01-05 other ; 2024年十一月二十日 = 2024-11-20 other",
        ),
    ],
)
def test_plain_dates(text: str, expected: str) -> None:
    check(text, expected)
    assert set(rules(text)) == {None}


# ---- periods ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("统计期限自2023年1月1日起至2023年12月31日止。", "2023年1月1日 = 2023-01-01 period_start ; 2023年12月31日 = 2023-12-31 period_end"),
        ("数据统计时间为2023年1月1日至2023年12月31日。", "2023年1月1日 = 2023-01-01 period_start ; 2023年12月31日 = 2023-12-31 period_end"),
        ("（2023.1.1-2023.12.31）", "2023.1.1 = 2023-01-01 period_start ; 2023.12.31 = 2023-12-31 period_end"),
        ("从2023年1月到2023年12月。", "2023年1月 = 2023-01-01..2023-01-31 period_start ; 2023年12月 = 2023-12-01..2023-12-31 period_end"),
        ("自2008年5月1日起至2008年12月31日止。", "2008年5月1日 = 2008-05-01 period_start ; 2008年12月31日 = 2008-12-31 period_end"),
        # the second year is not printed: it comes from the start, and that is a repair
        ("自2023年1月1日起至12月31日止。", "2023年1月1日 = 2023-01-01 period_start ; 12月31日 = 2023-12-31 period_end"),
        ("2023年1月1日—12月31日", "2023年1月1日 = 2023-01-01 period_start ; 12月31日 = 2023-12-31 period_end"),
        ("2023年1月至12月", "2023年1月 = 2023-01-01..2023-01-31 period_start ; 12月 = 2023-12-01..2023-12-31 period_end"),
        # other spans of time are no report period
        ("2023年3月5日至11日开展宣传。", "2023年3月5日 = 2023-03-05 other ; 11日 = 2023-03-11 other"),
        ("从2023年3月至2023年5月开展宣传。", "2023年3月 = 2023-03-01..2023-03-31 other ; 2023年5月 = 2023-05-01..2023-05-31 other"),
        ("自2023年5月1日起施行，6月30日结束。", "2023年5月1日 = 2023-05-01 other"),
        # only an end
        ("所列数据截至2023年12月31日。", "2023年12月31日 = 2023-12-31 period_end"),
        ("截止2023年12月。", "2023年12月 = 2023-12-01..2023-12-31 period_end"),
        ("截至2023年6月30日，已完成。", "2023年6月30日 = 2023-06-30 other"),
        ("统计数据截至2087年底。", "2087年 = 2087-01-01..2087-12-31 period_end"),
        ("截至2087年底，全部建成。", "2087年 = 2087-01-01..2087-12-31 other"),
    ],
)  # fmt: skip
def test_periods(text: str, expected: str) -> None:
    check(text, expected)


# ---- collapsed ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("统计期限自202211日起至20221231日止。", "202211日 = ~2022-01-01 period_start ; 20221231日 = ~2022-12-31 period_end"),
        ("201911日至20191231日", "201911日 = ~2019-01-01 period_start ; 20191231日 = ~2019-12-31 period_end"),
        ("自202111日至1231日", "202111日 = ~2021-01-01 period_start ; 1231日 = ~2021-12-31 period_end"),
        ("自20221月1日始至202212月31日止", "20221月1日 = ~2022-01-01 period_start ; 202212月31日 = ~2022-12-31 period_end"),
        ("自20230101日起至20231231日止", "20230101日 = ~2023-01-01 period_start ; 20231231日 = ~2023-12-31 period_end"),
        ("统计期限为20230101-20231231。", "20230101 = ~2023-01-01 period_start ; 20231231 = ~2023-12-31 period_end"),
        ("统计期限为2023.11至2023.1231。", "2023.11 = ~2023-01-01 period_start ; 2023.1231 = ~2023-12-31 period_end"),
        ("从2023.1到2023.12。", "2023.1 = 2023-01-01..2023-01-31 period_start ; 2023.12 = 2023-12-01..2023-12-31 period_end"),
        ("自202311起至20231231止。", "202311 = ~2023-01-01 period_start ; 20231231 = ~2023-12-31 period_end"),
        ("数据截至20101231日。", "20101231日 = ~2010-12-31 period_end"),
        ("2007年45日印发。", "2007年45日 = ~2007-04-05 other"),
        ("20101231日通过。", "20101231日 = ~2010-12-31 other"),
        ("20241月起实行。", "20241月 = ~2024-01-01..2024-01-31 other"),
        # wrong in the source
        ("自2020年1月1日起至202020年12月31日止。", "2020年1月1日 = 2020-01-01 period_start ; 202020年12月31日 = ~2020-12-31 period_end"),
        ("20244年，办结两件。", "20244年 = ~2024-01-01..2024-12-31 other"),
        ("自2023年1月1日起至2023年12月31止。", "2023年1月1日 = 2023-01-01 period_start ; 2023年12月31 = ~2023-12-31 period_end"),
        ("自2023年1月1日起至12月31止。", "2023年1月1日 = 2023-01-01 period_start ; 12月31 = ~2023-12-31 period_end"),
    ],
)  # fmt: skip
def test_collapsed_dates_with_one_reading(text: str, expected: str) -> None:
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected", "rule"),
    [
        ("会议于2024年115日召开。", "2024年115日 = ? other", "undecided: 2024-01-15 | 2024-11-05"),
        ("自2023111日起至20231231日止。", "2023111日 = ? period_start ; 20231231日 = ~2023-12-31 period_end", "undecided: 2023-01-11 | 2023-11-01"),
        # 1月01日 or 10月1日: that a period likes to begin on 1 January does not make up for the odd zero
        ("自2023101日起至20231231日止。", "2023101日 = ? period_start ; 20231231日 = ~2023-12-31 period_end", "undecided: 2023-01-01 | 2023-10-01"),
        ("统计期限自202311起至202312止。", "202311 = ? period_start ; 202312 = ? period_end", "undecided: 2023-01-01 | 2023-11"),
        ("从2023年2月30日算起。", "2023年2月30日 = ? other", "no such day: 2023-02-30"),
        ("从2023年13月1日算起。", "2023年13月1日 = ? other", "no such day: 2023-13-01"),
    ],
)  # fmt: skip
def test_what_stays_open_says_why(text: str, expected: str, rule: str) -> None:
    check(text, expected)
    assert rules(text)[0] == rule


def test_a_period_that_ends_before_it_starts_leaves_its_missing_year_open() -> None:
    text = "自2023年11月1日起至2月1日止。"
    check(text, "2023年11月1日 = 2023-11-01 period_start ; 2月1日 = ? period_end")
    assert rules(text)[1] == "undecided: 2023-02-01 | 2024-02-01"


def test_the_start_of_a_period_lies_before_its_end() -> None:
    check("自2023121日起至2023131日止。", "2023121日 = ~2023-01-21 period_start ; 2023131日 = ~2023-01-31 period_end")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("自202211日起至1231日止。", ["collapsed: period_start is January 1", "collapsed: period_end is December 31; year taken from the period's start"]),
        ("自2022年1月1日起至12月31日止。", [None, "year taken from the period's start"]),
        ("2022年3月5日至11日", [None, "year and month taken from the period's start"]),
        ("202020年12月31日", ["doubled digits: the year is 2020"]),
        ("2007年45日", ["collapsed: only one reading"]),
    ],
)  # fmt: skip
def test_repairs_name_their_ground(text: str, expected: list[str | None]) -> None:
    assert rules(text) == expected


# ---- publication and signature ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布时间:2024-01-22 字体:大 中 小", "2024-01-22 = 2024-01-22 published"),
        ("公开日期：\n2024年1月22日\n有效期：长期", "2024年1月22日 = 2024-01-22 published"),
        ("发 布 日 期 | 2024-01-22 10:30:00", "2024-01-22 = 2024-01-22 published"),
        ("来源：某镇人民政府 时间：2024-01-22", "2024-01-22 = 2024-01-22 published"),
        ("2024-01-22 10:30 来源：某镇人民政府 浏览次数：7", "2024-01-22 = 2024-01-22 published"),
        ("发布日期：20240122 浏览：7", "20240122 = ~2024-01-22 published"),
        ("生成日期 2024-01-20 公开日期 2024-01-22", "2024-01-20 = 2024-01-20 other ; 2024-01-22 = 2024-01-22 published"),
        ("成文日期：2024-01-20 有效期：长期", "2024-01-20 = 2024-01-20 published"),
        ("2024年3月5日发布的信息，浏览量最高。", "2024年3月5日 = 2024-03-05 other"),
        ("更新时间：2024-01-22", "2024-01-22 = 2024-01-22 other"),
        ("发布时间：202311件", ""),
    ],
)  # fmt: skip
def test_publication(text: str, expected: str) -> None:
    check(text, expected)


BODY = "2023年政府信息公开工作年度报告\n六、其他需要报告的事项\n本镇没有其他需要报告的事项。\n"


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("某镇人民政府\n2024年1月15日\n", "2024年1月15日 = 2024-01-15 signed"),
        ("某镇人民政府 2024年1月15日", "2024年1月15日 = 2024-01-15 signed"),
        ("        2024年1月15日", "2024年1月15日 = 2024-01-15 signed"),
        ("某县财政局\n二〇二四年一月十五日", "二〇二四年一月十五日 = 2024-01-15 signed"),
        ("某县财政局办公室\n\xa0\xa0\xa0 20241\n\n • 收藏\n • 打印\n • 关闭", "20241 = ~2024-01-01..2024-01-31 signed"),
        ("20241\n【打印】【关闭】", "20241 = ~2024-01-01..2024-01-31 signed"),
        ("某县财政局\n20240122", "20240122 = ~2024-01-22 signed"),
        ("某县财政局\n2024115", "2024115 = ~2024-01-15 signed"),  # 11月5日 is long after the report was due
        ("某县财政局\n2024105", "2024105 = ? signed"),  # 1月05日 would be an odd way to write
        ("某县财政局\n202432", "202432 = ~2024-03-02 signed"),
        # near misses
        ("20241", ""),  # no organ, no buttons: the last number of a table, a page number
        ("办结\n20241\n件", ""),
        ("某县财政局\n226000", ""),
        ("某县财政局\n201203", ""),  # a postcode of Shanghai; as a date eleven years too early
        ("某县财政局\n20281", ""),
        ("某县财政局\n2024", ""),
        ("某县财政局于2024年1月15日通过了本报告。", "2024年1月15日 = 2024-01-15 other"),
    ],
)
def test_signature(ending: str, expected: str) -> None:
    check(BODY + ending, " ; ".join(["2023年 = 2023-01-01..2023-12-31 other", *filter(None, [expected])]))


def test_an_ambiguous_signature_needs_the_year_or_the_publication() -> None:
    signature = "某县财政局\n2024115"
    check(signature, "2024115 = ? signed")
    assert rules(signature) == ["undecided: 2024-01-15 | 2024-11-05"]
    check(signature, "2024115 = ~2024-01-15 signed", report_year=2023)
    assert rules(signature, title_year=2023) == ["collapsed: signed when reports on 2023 fall due"]
    assert rules("发布时间：2024-11-20\n" + signature) == [None, "collapsed: signed shortly before publication"]


def test_grounds_that_disagree_decide_nothing() -> None:
    late = "发布时间：2024-11-20\n某县财政局\n2024115"
    check(late, "2024-11-20 = 2024-11-20 published ; 2024115 = ? signed", report_year=2023)
    in_time = "发布时间：2024-01-22\n某县财政局\n2024115"
    check(in_time, "2024-01-22 = 2024-01-22 published ; 2024115 = ~2024-01-15 signed", report_year=2023)


def test_the_year_named_most_often_is_evidence_where_no_title_is() -> None:
    text = "2023年，本局办结两件。2023年，本局无收费。\n某县财政局\n2024115"
    assert brief(text)[-1] == "2024115 = ~2024-01-15 signed"


# ---- left alone ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "邮编226000，电话051000000123，传真0510-20240122，拨打12345热线",
        "索引号 01404053X/2024-00175",
        "索引号：014000000/2024-00175",
        "编号：2024-01-22",
        "国令第711号，省政办发〔2023〕15号，〔2021〕30号，[2021]30号",
        "〔202130号",
        "公告2023年第15号，2023年15号，〔2023年〕15号",
        "公开1464条，202311件，2023.1231万元，20241，2023.1，2023-01",
        "https://www.example.gov.cn/art/2024/1/22/art_1.html",
        "https://www.example.gov.cn/?date=2024-01-22",
        "/2024/01/22/ 与 ./202401/t20240122_123.html",
        "版本v2024.1.22，地址2024.1.22.5",
        "2021-2025年规划，2021—2025年，2021至2025年",
        "身份号码320000199001010011，账号20240122202401222024012220240122",
        "第二十条第（一）项，第2024条，2024-13-45，9999年，1500年",
        "5月12日开展活动，1月至6月收到3件，20日内答复",
        "12345年，2024日志，20241日志，2024 个",
        "全年2024",
    ],
)
def test_numbers_that_are_no_dates(text: str) -> None:
    assert brief(text) == []


def test_nothing_in_a_skipped_span_is_a_date() -> None:
    text = "2023年收到：\n2024年1月1日\n20241\n2022年"
    at = text.index("2024年")
    check(text, "2023年 = 2023-01-01..2023-12-31 other ; 2022年 = 2022-01-01..2022-12-31 other", skip=[(at, at + 15)])


# ---- the five reports ---------------------------------------------------------------------------------------------
@pytest.mark.skipif(not SHARED.is_dir(), reason="skipped: no ../shared")
def test_dates_of_the_five_reports() -> None:
    with (SHARED / "gold/meta/dates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    found = {
        (path.stem, m.printed, str(m.start_date), str(m.end_date), m.precision, str(m.is_repaired).lower(), m.role)
        for path in sorted((SHARED / "reports").glob("*.txt"))
        for m in find_dates(path.read_text(encoding="utf-8"))
    }
    assert [row for row in rows if tuple(row.values()) not in found] == []
