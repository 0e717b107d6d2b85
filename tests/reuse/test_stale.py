"""Stale years: sentences about an earlier year as the report's own."""

from __future__ import annotations

import pytest

from pipeline.reuse.stale import copied, stale_years

NAMES = ("云岭市教育局",)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("2023年，我局改版网站。公开指南已更新。", ["2023年，我局改版网站"]),
        ("（一）2023年度，云岭市教育局改版网站。", ["（一）2023年度，云岭市教育局改版网站"]),
        ("截至2023年底，我局共有3个栏目。", ["截至2023年底，我局共有3个栏目"]),
        ("2023年云岭市教育局改版网站。", ["2023年云岭市教育局改版网站"]),
        ("2024年，我局改版网站。", []),
        ("2025年，我局将改版网站。", []),
        ("2019年以来，我局不断完善制度。", []),
        ("与2023年相比，申请减少。", []),
        ("落实《2023年政务公开工作要点》。", []),
        ("2023年，收到申请3件；2024年，收到5件。", []),
        ("2023年工作要点已逐项落实。", []),
    ],
)
def test_which_sentences_speak_of_another_year_as_their_own(text: str, sentences: list[str]) -> None:
    assert [s.sentence for s in stale_years(text, 2024, NAMES, None)] == sentences


def test_where_the_section_names_its_year_only_copied_sentences_count() -> None:
    text = "2024年，我局扩充热线。\n2023年，我局改版网站。"
    assert stale_years(text, 2024, NAMES, None) == ()
    assert stale_years(text, 2024, NAMES, "2023年，我局举办开放日。") == ()
    (stale,) = stale_years(text, 2024, NAMES, "2023年，我局改版网站。")
    assert (stale.year, stale.sentence) == (2023, "2023年，我局改版网站")


def test_a_sentence_was_copied_where_year_and_words_are_the_same() -> None:
    stale = stale_years("2023年，我局改版网站3次。", 2024, NAMES, None)
    assert copied(stale, "2023年，本局改版网站5次。", NAMES) == stale
    assert copied(stale, "2022年，我局改版网站3次。", NAMES) == ()
    assert copied(stale, "2023年，我局扩充热线。", NAMES) == ()
    assert copied(stale, None, NAMES) == ()
