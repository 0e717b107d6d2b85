"""Masking: numbers, dates, names, markers, headings and formulas go; what an organ says stays."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reuse.mask import mask, unmasked
from pipeline.reuse.relations import names_of

LAST_YEAR = (
    "（一）主动公开情况。2023年，云岭市教育局发布信息1,204条，比上年多三件；其中图解18篇，占12.5%。\n"
    "（二）依申请公开情况。全年收到申请6件，结转2件，均在10月31日前答复。"
)
THIS_YEAR = (
    "（一）主动公开情况。2024年，云岭市教育局发布信息985条，比上年多十一件；其中图解7篇，占9%。\n"
    "（二）依申请公开情况。全年收到申请12件，结转0件，均在9月30日前答复。"
)
NAMES = names_of("云岭市教育局", None, None, None)


def test_texts_that_differ_in_numbers_only_are_masked_to_the_same() -> None:
    before, now = mask(LAST_YEAR, NAMES), mask(THIS_YEAR, NAMES)
    assert before.text == now.text
    assert unmasked(LAST_YEAR) != unmasked(THIS_YEAR)
    assert before.numbers == ("1204", "三", "18", "12.5%", "6", "2", "10", "31")
    assert now.numbers == ("985", "十一", "7", "9%", "12", "0", "9", "30")


def test_what_is_left_has_no_headings_markers_punctuation() -> None:
    masked = mask(THIS_YEAR, NAMES).text
    assert masked == "0年某发布信息0条比上年多0件其中图解0篇占0全年收到申请0件结转0件均在0月0日前答复"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("一是解读单一；二是更新偏慢。", "（一）解读单一。\n（二）更新偏慢。"),
        ("1.解读单一。\n2.更新偏慢。", "①解读单一②更新偏慢"),
        ("首先，解读单一。其次，更新偏慢。", "一方面，解读单一；另一方面，更新偏慢。"),
        ("发布信息30余条", "发布信息1.2万条"),
        ("回应关切，发布 信息3条", "回应关切、发布信息5条"),
        ("根据《条例》第五十条", "根据《条例》第十九条"),
        ("按照云政办〔2021〕30号文件", "按照云政办〔2019〕7号文件"),
        ("自2024年1月1日起至2024年12月31日止", "自2023年4月1日起至2023年11月30日止"),
    ],
)
def test_markers_blanks_and_figures_make_no_difference(text: str, other: str) -> None:
    assert mask(text).text == mask(other).text


@pytest.mark.parametrize(
    "headings",
    [
        "（一）主动公开情况\n（二）依申请公开情况\n（三）政府信息管理情况\n（四）政府信息公开平台建设情况\n（五）监督保障情况",
        "一、存在的主要问题\n二、改进措施",
        "1.主动公开。\n2.依申请公开。\n3.政府信息管理。\n4.平台建设。\n5.监督保障。",
    ],
)
def test_of_headings_alone_nothing_is_left(headings: str) -> None:
    assert mask(headings).text == ""


@pytest.mark.parametrize(
    "formula",
    [
        "无其他需要报告的事项。",
        "本年度未收取信息处理费。",
        "无。",
        "2024年，我局未收取信息公开处理费用。除此之外，没有其他需要报告的事项。",
        "根据《中华人民共和国政府信息公开条例》规定，特编制本报告。",
        "本报告所列数据的统计期限自2024年1月1日起至2024年12月31日止。",
        "如对本报告有任何疑问，请与云岭市教育局办公室联系（电话：0000-0000000）。",
    ],
)
def test_formulas_that_every_report_prints_are_left_out(formula: str) -> None:
    assert mask(formula, NAMES).text == ""


def test_a_sentence_that_only_mentions_a_heading_stays() -> None:
    assert "主动公开情况" in mask("定期通报各科室主动公开情况和下一步计划").text


def test_the_names_of_organ_and_divisions_are_masked() -> None:
    names = names_of("云岭市石汀区南栈街道办事处", None, None, None)
    for said in ("云岭市石汀区南栈街道办事处", "石汀区南栈街道", "南栈街道", "南栈", "石汀区", "我街道"):
        assert mask(f"{said}公开了三项清单", names).text == "某公开了0项清单", said


@pytest.mark.parametrize(
    "text",
    [
        "该市场主体", "本队伍", "本行业", "全部门户网站", "该校长", "全区域", "我县域", "本院落", "资本市场", "安全部门", "基本单位",
        "健全部门", "乡镇政府",
    ],
)  # fmt: skip
def test_own_words_tear_no_other_words(text: str) -> None:
    assert mask(f"规范{text}情况").text == f"规范{text}情况"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我市公安局与我县公安局", "某公安局与某公安局"),
        ("本单位名称", "某名称"),
        ("县政府办理", "某办理"),
        ("区政府办公室", "某"),
        ("我市政府和本镇政府", "某政府和某政府"),
        ("全县政府信息公开和本街道政府信息公开", "某政府信息公开和某政府信息公开"),
    ],
)
def test_own_words_end_where_another_word_begins(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    ("issuer", "text", "masked"),
    [
        ("云岭市水务局", "云岭市场监管", "某市场监管"),
        ("云岭市水务局", "云岭市民政局、云岭市政府、云岭建设", "某民政局某政府某建设"),
        ("如东县财政局", "例如东部地区的如东与如东县", "例如东部地区的某与某"),
        ("平安县人民政府", "平安县政府建设平安校园", "某政府建设平安校园"),
        ("青禾县公开镇人民政府", "青禾县公开了清单，公开镇公开了目录", "某公开了清单某公开了目录"),
        ("青禾县政务公开办公室", "青禾县政务公开工作由政务公开办公室牵头", "某政务公开工作由某牵头"),
        ("费县人民政府", "付费县域平台由费县政府管理", "付费县域平台由某管理"),
    ],
)
def test_names_tear_no_words_and_ordinary_words_are_none(issuer: str, text: str, masked: str) -> None:
    assert mask(text, names_of(issuer, None, None, None)).text == masked


def test_own_words_of_organs_of_other_kinds_are_the_same() -> None:
    assert mask("我局在县委、县政府领导下").text == mask("本镇在区委、区政府领导下").text


def test_years_article_and_document_numbers_are_no_figures() -> None:
    said = "2024年，依照第五十条和国令第711号，12345热线办理45件，统计期自2024年1月1日至2024年12月31日。"
    assert mask(said).numbers == ("45",)


SENTENCE = st.sampled_from(
    [
        "发布信息{}条，其中图解{}篇。",
        "全年收到申请{}件，结转{}件。",
        "回应网民留言{}次，占{}%。",
        "举办开放日{}场，参加{}人次。",
    ]
)
COUNTS = st.tuples(st.integers(0, 10**7), st.integers(0, 999))


@settings(deadline=None)
@given(st.lists(st.tuples(SENTENCE, COUNTS, COUNTS), min_size=1, max_size=8))
def test_whatever_the_numbers_the_masked_text_is_the_same(
    said: list[tuple[str, tuple[int, int], tuple[int, int]]],
) -> None:
    one = "".join(s.format(*a) for s, a, _ in said)
    other = "".join(s.format(*b) for s, _, b in said)
    assert mask(one).text == mask(other).text
    assert mask(one).numbers == tuple(
        str(n) + "%" * (s.endswith("%。") and k) for s, a, _ in said for k, n in enumerate(a)
    )


def test_hostile_texts_are_masked_in_linear_time() -> None:
    for text in ("（" * 200_000, "1" * 200_000, "一" * 200_000, "报告" * 100_000, "，根据" * 60_000):
        mask(text, NAMES)


def test_every_pattern_compiles_and_has_a_note() -> None:
    with files("pipeline.reuse").joinpath("data", "masks.csv").open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            assert re.compile(row["pattern"]) and row["note"], row
            assert not re.search(row["pattern"], ""), "a mask may not be longer than what it stands for"
