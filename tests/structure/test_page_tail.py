"""What stands behind a report on the page that it was copied from is no part of its last section."""

from __future__ import annotations

import pytest

from pipeline.normalize.text import normalize
from pipeline.structure.page_tail import page_tail

SAID = "六、其他需要报告的事项\n本年度未收取信息处理费。"


def kept(lines: str) -> str:
    """What is left of section six with these lines behind it."""
    text = normalize(f"{SAID}\n{lines}")
    end = page_tail(text, len("六、其他需要报告的事项"))
    return "\n".join(x.text for x in text.lines if x.start < end and not x.is_furniture)


@pytest.mark.parametrize(
    "lines",
    [
        "上一篇：云岭市水务局2023年政府信息公开工作年度报告\n下一篇：没有了",
        "收藏 打印 关闭 分享到：微信 微博",
        "【打印】 【关闭】",
        "扫一扫在手机打开当前页",
        "相关文章\n云岭市水务局2022年政府信息公开工作年度报告\n2023-01-15\n云岭市水务局2021年政府信息公开工作年度报告",
        "主办：云岭市人民政府 网站标识码：9900000001\n某ICP备05000000号 某公网安备 99000002000000号",
        "网站地图 | 关于我们\n主办单位：云岭市人民政府办公室\n联系电话：000-12345678",
        "技术支持：信息中心 您是第 10086 位访客",
        "版权所有：云岭市水务局\n未经许可不得转载。\n建议使用升级后的浏览器访问本站。",
    ],
)
def test_the_page_s_own_lines_go(lines: str) -> None:
    assert kept(lines).strip() == SAID


@pytest.mark.parametrize(
    "lines",
    [
        "云岭市水务局\n2024年1月20日",
        "（二）建议提案办理情况\n办理人大代表建议3件",
        "办公地址：云岭市水务路1号，邮编：000000",
        "相关文章与解读材料由专人更新",
        "微信\n微博",
        "收藏品市场监管信息公开12条",
        "附件：年度报告.docx",
        "您的浏览器版本过低，请升级。",
    ],
)
def test_what_a_report_may_say_stays(lines: str) -> None:
    assert kept(lines) == f"{SAID}\n{lines}"


def test_a_sentence_below_such_a_line_keeps_all_above_it() -> None:
    lines = "相关链接\n公开指南\n全年受理申请5件，均已答复。"
    assert kept(lines) == f"{SAID}\n{lines}"


def test_the_signature_above_the_page_s_own_lines_stays() -> None:
    signature = "云岭市水务局\n2024年1月20日"
    assert kept(f"{signature}\n上一篇：某某报告\n网站地图") == f"{SAID}\n{signature}"


def test_nothing_before_the_last_heading_or_table_is_looked_at() -> None:
    text = normalize("主办：云岭市人民政府\n六、其他需要报告的事项\n无")
    assert page_tail(text, text.text.index("\n无")) == len(text.text)


def test_the_search_is_quick_on_long_tails() -> None:
    text = normalize(SAID + "\n收藏 打印 " * 2_000 + "\n上一篇：甲" * 50_000)
    assert page_tail(text, 10) < len(SAID) + 20_000
