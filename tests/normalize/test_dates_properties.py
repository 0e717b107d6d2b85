"""What holds for every date and every text: found as written, repaired to the truth or left open, linear in time."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.date_readings import Piece, readings_of
from pipeline.normalize.dates import find_dates

days = st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31))
CHINESE = dict(enumerate("〇一二三四五六七八九"))
PLAIN = ["{y}年{m}月{d}日", "{y}年{m:02d}月{d:02d}日", "{y}-{m:02d}-{d:02d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y} 年 {m} 月 {d} 日"]  # fmt: skip


def numeral(number: int) -> str:
    """十九 for 19, as dates are written."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else CHINESE[tens]) + ("十" if tens else "") + (CHINESE[ones] if ones else "")


@given(days, st.sampled_from(PLAIN))
def test_a_plain_date_is_found_exactly(day: dt.date, form: str) -> None:
    printed = form.format(y=day.year, m=day.month, d=day.day)
    (mention,) = find_dates(f"会议，{printed}，召开。")
    assert (mention.printed, mention.start_date, mention.end_date) == (printed, day, day)
    assert (mention.precision, mention.is_repaired, mention.repair_rule, mention.role) == ("day", False, None, "other")


@given(days)
def test_a_date_in_chinese_numerals_is_found_exactly(day: dt.date) -> None:
    printed = "".join(CHINESE[int(c)] for c in str(day.year)) + f"年{numeral(day.month)}月{numeral(day.day)}日"
    (mention,) = find_dates(f"会议，{printed}，召开。")
    assert (mention.printed, mention.start_date, mention.is_repaired) == (printed, day, False)


@st.composite
def collapsed(draw: st.DrawFn, day: dt.date) -> str:
    """The day with 年 and 月 lost or kept, with or without leading zeros."""
    year, month = draw(st.sampled_from(["年", ""])), draw(st.sampled_from(["月", ""]))
    zeros = draw(st.sampled_from(["", "02"]))
    return f"{day.year}{year}{day.month:{zeros}}{month}{day.day:{zeros}}日"


@given(st.data(), days, days, st.sampled_from(["自{}起至{}止", "统计期限为{}至{}。", "从{}到{}。"]))
def test_a_collapsed_period_is_repaired_to_the_truth_or_left_open(
    data: st.DataObject, one: dt.date, other: dt.date, phrase: str
) -> None:
    truth = (min(one, other), max(one, other))
    printed = [data.draw(collapsed(day)) for day in truth]
    mentions = find_dates(phrase.format(*printed))
    assert [mention.printed for mention in mentions] == printed
    for mention, day in zip(mentions, truth, strict=True):
        if mention.start_date is None:
            assert day.isoformat() in (mention.repair_rule or "")
        else:
            assert mention.start_date == mention.end_date == day


@given(days)
def test_the_truth_is_always_among_the_readings(day: dt.date) -> None:
    for piece in (f"{day.year}{day.month}{day.day}", f"{day.year}{day.month:02d}{day.day:02d}"):
        found = [(reading.year, reading.month, reading.day) for reading in readings_of((Piece(piece, "日"),))]
        assert (day.year, day.month, day.day) in found


@given(
    st.text(alphabet="0123456789年月日号-/.—至自起止截\n \u3000〇一二十元〔〕:公开日期a", max_size=80)
    | st.text(max_size=60)
)
def test_any_text_gives_ordered_spans_of_what_is_printed(text: str) -> None:
    mentions = find_dates(text)
    assert mentions == find_dates(text)
    end = 0
    for mention in mentions:
        assert end <= mention.span[0] < mention.span[1] <= len(text)
        end = mention.span[1]
        assert text[slice(*mention.span)] == mention.printed
        assert (mention.start_date is None) == (mention.end_date is None)
        if mention.start_date is None:
            assert not mention.is_repaired
            assert (mention.repair_rule or "").startswith(("undecided: ", "no such day: "))
        else:
            assert mention.is_repaired <= (mention.repair_rule is not None)


@given(st.text(alphabet="2024年1月5日\n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_no_mention_touches_a_skipped_span(text: str, one: int, other: int) -> None:
    span = (min(one, other), max(one, other))
    for mention in find_dates(text, skip=[span]):
        assert mention.span[1] <= span[0] or mention.span[0] >= span[1] or span[0] == span[1]


@pytest.mark.parametrize(
    "unit",
    ["1", "2024", "自", "20241\n", "2024年1月1日", "自202311日起至1231日", "2023111日至", "二〇二四", "2024-", "www.", "a", " ", "2024年", "〔", "2024 年\n"],
)  # fmt: skip
def test_time_is_linear_even_on_noise(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.perf_counter()
    find_dates(text)
    assert time.perf_counter() - started < 10  # some 0.5 s at most; anything quadratic takes minutes
