"""Passages of a narrative: subheadings, topics of section one, numbered points, numbers."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.narrate.passages import find_passages, topic_of


def rows(text: str, section_code: str = "overview") -> list[tuple[object, ...]]:
    """(level, marker, heading, kind, topic) of each passage."""
    return [(p.level, p.marker, p.heading, p.kind, p.topic_code) for p in find_passages(text, section_code)]


def test_section_one_has_its_five_topics():
    text = """2024年，青禾县水务局认真落实条例，各项工作平稳推进。
（一）主动公开情况
全年公开信息118条。
（二）依申请公开情况。收到申请3件，均已答复。
（三）政府信息管理：落实三审三校。
（四）政府信息公开平台建设
一是改版网站。增设检索入口。二是运维公众号，发布图文60篇。
（五）监督保障方面，组织培训2次。
"""
    assert rows(text) == [
        (0, None, None, "text", None),
        (1, "（一）", "主动公开情况", "topic", "proactive_disclosure"),
        (1, "（二）", "依申请公开情况", "topic", "applications"),
        (1, "（三）", "政府信息管理", "topic", "information_management"),
        (1, "（四）", "政府信息公开平台建设", "topic", "platform_building"),
        (2, "一是", "改版网站", "point", "platform_building"),
        (2, "二是", None, "point", "platform_building"),
        (1, "（五）", None, "topic", "supervision"),
    ]


def test_a_line_that_heads_the_whole_section_hides_no_topic():
    text = "一、2024年总体情况\n（一）主动公开。公开信息20条。\n（二）特色做法。开展政务开放日。\n"
    assert [(p.heading, p.topic_code) for p in find_passages(text, "overview")] == [
        ("2024年总体情况", "other"),
        ("主动公开", "proactive_disclosure"),
        ("特色做法", "other"),
    ]


def test_headings_without_a_number_open_a_topic():
    text = "政策解读情况：发布解读12篇。\n（一）形式更多。采用图解。\n（二）发布更快。同步上线。\n监督保障情况：定期抽查。\n"
    assert rows(text) == [
        (0, None, "政策解读情况", "topic", "proactive_disclosure"),
        (1, "（一）", "形式更多", "point", "proactive_disclosure"),
        (1, "（二）", "发布更快", "point", "proactive_disclosure"),
        (0, None, "监督保障情况", "topic", "supervision"),
    ]


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("政府信息主动公开情况", "proactive_disclosure"),
        ("重点领域信息公开", "proactive_disclosure"),
        ("政策解读与回应关切", "proactive_disclosure"),
        ("依申请公开办理", "applications"),
        ("政府信息资源管理", "information_management"),
        ("政务新媒体与网站", "platform_building"),
        ("组织领导和制度建设", "supervision"),
        ("特色亮点", "other"),
    ],
)
def test_variants_of_the_topics_labels(heading: str, topic: str):
    assert topic_of(heading) == topic


@pytest.mark.parametrize(
    "text",
    [
        "收费1.5万元，同比增长2.3%，涉及3个项目。",
        "依据条例第二十条第（一）项公开规章，第（二）项公开文件。",
        "公开时间为2024.1.5，截至12.31共公开6件。",
        "一是非常重要的日子，统一是原则。"[7:],
    ],
)
def test_numbers_and_cited_articles_are_no_marks(text: str):
    assert [p.marker for p in find_passages(text, "overview")] == [None]


def test_section_five_is_cut_where_it_turns_to_the_improvements():
    text = "主要存在以下不足：一是更新慢；二是形式少。\n下一步，将从两方面改进：一是加快更新；二是丰富形式。"
    assert rows(text, "problems") == [
        (0, None, None, "problems", None),
        (1, "一是", None, "point", None),
        (1, "二是", None, "point", None),
        (0, None, None, "improvements", None),
        (1, "一是", None, "point", None),
        (1, "二是", None, "point", None),
    ]


def test_numbers_are_counted_without_dates_and_without_the_mark():
    (passage,) = find_passages("1.公开情况。2024年3月5日发布信息1,200条，占94%。", "overview")
    assert passage.numbers == 2
    assert passage.characters == len("1.公开情况。2024年3月5日发布信息1,200条，占94%。")
    assert passage.number_share == pytest.approx((len("2024年3月5日") + len("1,200") + len("94%")) / passage.characters)


def test_a_line_break_inside_a_sentence_cuts_nothing():
    text = "一是公共企事业单位信息公开内容不充实，供热、\n燃气企业只公布联系方式；\n二是更新慢。"
    assert [text[slice(*p.span)] for p in find_passages(text, "problems")] == [
        "一是公共企事业单位信息公开内容不充实，供热、\n燃气企业只公布联系方式；",
        "二是更新慢。",
    ]


def test_headings_among_short_lines_and_in_traditional_characters_are_as_printed():
    text = "一、存在問題\n公開不及時。\n二、整改情況\n已完成整改"
    assert rows(text, "problems") == [
        (1, "一、", "存在問題", "problems", None),
        (1, "二、", "整改情況", "improvements", None),
    ]


PIECES = st.sampled_from(
    [
        "（一）",
        "（二）",
        "一是",
        "二是",
        "1.",
        "2.",
        "①",
        "首先，",
        "其次，",
        "存在的主要问题",
        "下一步，",
        "改进措施：",
        "主动公开情况",
        "更新不及时",
        "将加强培训",
        "2024年",
        "1.5万元",
        "。",
        "；",
        "：",
        "\n",
        " ",
        "\u3000",
        "，",
        "“",
        "”",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["overview", "problems", "other_matters"]))
def test_passages_cover_every_character_that_is_no_blank_once(text: str, section_code: str):
    passages = find_passages(text, section_code)
    assert "".join("".join(text[slice(*p.span)].split()) for p in passages) == "".join(text.split())
    ends = [p.span for p in passages]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))
    assert [p.passage_no for p in passages] == list(range(1, len(passages) + 1))
    for p in passages:
        assert p.kind in schema.codelist("passage_kind")
        assert p.topic_code is None or p.topic_code in schema.codelist("narrative_topic")
        assert p.characters == len("".join(text[slice(*p.span)].split()))


def test_time_stays_linear_in_the_marks():
    def seconds(text: str) -> float:
        start = time.process_time()
        find_passages(text, "problems")
        return time.process_time() - start

    text = "（一）1.一是①不够；" * 2_000
    assert seconds(text * 4) < 12 * max(seconds(text), 0.02)
