"""Values of numbers as printed."""

from __future__ import annotations

import pytest

from pipeline.reuse import find_reuse
from pipeline.reuse.figures import value
from tests.reuse.corpus import OWN, Report, frames


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("1.2万", "12000"),
        ("１", "1"),
        ("1,200", "1200"),
        ("12.50%", "12.5％"),
        ("3‰", "0.3%"),
        ("三", "3"),
        ("一百二十三", "123"),
        ("十一", "11"),
        ("两千零五十", "2050"),
        ("三万五千", "35000"),
        ("二〇", "20"),
        ("30余", "三十"),
        ("10余万", "100000"),
        ("2亿", "200000000"),
        ("007", "7"),
        ("0.0", "0"),
    ],
)
def test_spellings_of_one_value(printed: str, same: str) -> None:
    assert value(printed) == value(same)


@pytest.mark.parametrize(
    ("one", "other"), [("12", "12%"), ("1.2万", "1.2"), ("三五", "35"), ("三五", "三十五"), ("1", "10")]
)
def test_other_values(one: str, other: str) -> None:
    assert value(one) != value(other)


def test_a_number_spelled_otherwise_is_unchanged() -> None:
    def pair(last: str, this: str) -> object:
        text = f"{OWN}全年接待{{}}人次。"
        before = Report("a", "云岭市教育局", 2023, text.format(last))
        now = Report("b", "云岭市教育局", 2024, text.format(this))
        return find_reuse(*frames(before, now))[0]["numbers_unchanged"].to_list()

    assert pair("1.2万", "12,000") == [True]
    assert pair("１２", "12") == [True]
    assert pair("三", "3") == [True]
    assert pair("1.2万", "12,001") == [False]
