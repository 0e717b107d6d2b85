"""Tables of sections two and four with cells: foreign and missing columns, units of money, rows of other years, groups."""

from __future__ import annotations

import pytest

from pipeline import form
from tests.extract.grid_reports import (
    GROUPS,
    HEADER,
    RESULTS,
    cells,
    grid_rows,
    page,
    parse_page,
    proactive_html,
    remedies_html,
)
from tests.extract.reports import row, rules, statuses, table, values

ROWS = form.row_codes("2021", form.REMEDIES)
THIS_YEAR = "1 0 0 2 3 0 1 0 0 1 0 0 0 4 4"
LAST_YEAR = "0 0 0 9 9 0 0 0 0 0 0 0 0 0 0"


def proactive(code: str, **changes: str):
    return row(parse_page(page(proactive=proactive_html(**changes))), code, form.PROACTIVE)


def remedies(*rows: str, **changes: object):
    parsed = parse_page(page(remedies=remedies_html(*rows, **changes)))
    return parsed, [c for code in ROWS for c in row(parsed, code, form.REMEDIES)]


def numbers(texts: str) -> list[int]:
    return [int(x) for x in texts.split(" ")]


def test_the_tables_as_the_form_prints_them_are_certain():
    assert values(proactive("normative_documents")) == [3, 1, 20]
    assert statuses(proactive("licensing")) == statuses(proactive("fees")) == "A"
    parsed, got = remedies(THIS_YEAR)
    assert values(got) == numbers(THIS_YEAR)
    assert statuses(got) == "A" * 15
    assert not {r for r in rules(parsed) if r[0] != "row_missing"}


@pytest.mark.parametrize(
    ("counted", "documents", "expected"),
    [
        ("信息内容 上年件数 本年制发件数 本年废止件数 现行有效件数", "9 3 1 _", [3, 1, None]),
        ("信息内容 上年件数 本年制发件数 本年废止件数 现行有效件数", "9 3 _ 20", [3, None, 20]),
        ("信息内容 序号 本年制发件数 本年废止件数 现行有效件数", "2 3 _ 20", [3, None, 20]),
        ("信息内容 本年制发件数 本年废止件数 现行有效件数 备注", "3 _ 20 5", [3, None, 20]),
    ],
)
def test_a_number_under_a_foreign_header_takes_no_columns_place(
    counted: str, documents: str, expected: list[int | None]
):
    got = proactive("normative_documents", counted=counted, documents=documents)
    assert values(got) == expected
    assert [c.missing_reason for c in got if c.value is None] == ["blank"]


@pytest.mark.parametrize("documents", ["3 _ 1 20", "_ 3 1 20", "3 1"])
def test_a_row_with_more_or_fewer_cells_than_headers_is_not_read_by_counting(documents: str):
    got = proactive("normative_documents", documents=documents)
    assert "A" not in statuses(got)
    assert {c.missing_reason for c in got} == {"unplaced"}


def test_a_missing_header_leaves_no_number_certain():
    counted = "信息内容 本年制发件数 现行有效件数 备注"
    parsed = parse_page(page(proactive=proactive_html(counted=counted, documents="3 20 _")))
    assert "A" not in statuses(row(parsed, "normative_documents", form.PROACTIVE))
    assert ("column_order_unrecognised", "normative_documents") in rules(parsed)


@pytest.mark.parametrize(
    ("decided", "licensing"),
    [
        (cells("信息内容", "上年处理决定数量", "本年处理决定数量"), cells("行政许可", "30", "")),
        (cells("信息内容", "本年处理决定数量", "上年处理决定数量"), cells("行政许可", "", "30")),
        (cells("信息内容") + cells("本年处理决定数量", span=2) + cells("备注"), cells("行政许可", "", "", "3")),
    ],
)
def test_the_only_number_of_a_row_is_not_taken_from_another_column(decided: str, licensing: str):
    (got,) = proactive("licensing", decided=decided, licensing=licensing)
    assert (got.value, got.missing_reason) == (None, "blank")


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"amount": "本年收费金额（单位：千元）", "fees": "125"}, "12.5"),
        ({"amount": "本年收费金额（单位：百万元）", "fees": "12"}, "1200"),
        ({"amount": "本年收费金额（人民币元）", "fees": "125000"}, "12.5"),
        ({"amount": "本年收费金额/元", "fees": "125000"}, "12.5"),
        ({"amount": "本年收费金额", "fees_label": "行政事业性收费（元）", "fees": "125000"}, "12.5"),
        ({"amount": "本年收费金额", "fees_label": "行政事业性收费（单位：元）", "fees": "125000"}, "12.5"),
        ({"amount": "本年收费金额", "note": "注：金额单位为元", "fees": "125000"}, "12.5"),
    ],
)
def test_a_unit_of_money_counts_wherever_the_table_names_it(changes: dict[str, str], value: str):
    (got,) = proactive("fees", **changes)
    assert (str(got.value), got.unit, got.obs_status) == (value, "万元", "A")
    assert got.derivation is not None and got.derivation.startswith("converted from ")


def test_a_unit_in_a_paragraph_before_the_table_counts():
    html = page(proactive="<p>（金额单位：元）</p>" + proactive_html(amount="本年收费金额", fees="125000"))
    (got,) = row(parse_page(html), "fees", form.PROACTIVE)
    assert (str(got.value), got.obs_status) == ("12.5", "A")


def test_units_that_contradict_one_another_leave_the_narrowest_in_doubt():
    (got,) = proactive("fees", fees_label="行政事业性收费（元）", fees="125000")
    assert (str(got.value), got.unit, got.obs_status) == ("12.5", "万元", "U")
    assert got.derivation is not None and got.derivation.startswith("the units that the table names contradict")


def test_a_currency_that_is_not_known_is_doubtful():
    (got,) = proactive("fees", amount="本年收费金额（单位：万美元）")
    assert got.obs_status == "U"


@pytest.mark.parametrize("printed", ["41<br>5", "<p>41</p><p>5</p>", "41 12", "4<br>1", "41&nbsp;&nbsp;5"])
def test_digits_with_a_gap_are_one_number_only_with_doubt(printed: str):
    (got,) = proactive("licensing", licensing=cells("行政许可") + cells(printed, span=3))
    assert got.obs_status == "U"
    assert got.derivation == "digits with a gap between read as one number"


def test_digits_with_a_gap_are_one_number_where_the_identities_say_so():
    gap = remedies_html("1 0 0 A B" + " 0" * 10)
    for total, status in (("1<br>2", "A"), ("1<br>3", "U")):
        html = page(remedies=gap.replace(">A<", ">1<br>1<").replace(">B<", f">{total}<"))
        cells_of = row(parse_page(html), "reconsideration", form.REMEDIES)
        assert statuses(cells_of)[3:] == status * 2


@pytest.mark.parametrize(("printed", "value"), [("4 1", 41), ("1 234", 1234), ("<b>4</b>1", 41)])
def test_a_blank_between_single_digits_or_thousands_is_no_gap(printed: str, value: int):
    (got,) = proactive("licensing", licensing=cells("行政许可") + cells(printed, span=3))
    assert (got.value, got.obs_status) == (value, "A")


@pytest.mark.parametrize(
    "words", ["四十一", "两件", "同上", "详见附表", "数据待补", "与上年持平", "未统计", "#REF!", "####", "l", "Ⅱ"]
)
def test_words_that_deny_nothing_are_kept_and_stay_open(words: str):
    (got,) = proactive("licensing", licensing=cells("行政许可") + cells(words, span=3))
    assert (got.printed, got.obs_status, got.missing_reason) == (words, "O", "unplaced")


@pytest.mark.parametrize("words", ["无", "不涉及", "未制作", "没有此类事项", "本单位无行政许可职能", "本年度未发生"])
def test_words_that_deny_mean_that_it_does_not_apply(words: str):
    (got,) = proactive("licensing", licensing=cells("行政许可") + cells(words, span=3))
    assert (got.printed, got.obs_status) == (words, "M")


@pytest.mark.parametrize("groups", [(*GROUPS[1:], GROUPS[0]), (GROUPS[0], GROUPS[2], GROUPS[1])])
def test_groups_in_another_order_follow_their_labels(groups: tuple[str, ...]):
    five = dict(zip(GROUPS, [THIS_YEAR[:9], THIS_YEAR[10:19], THIS_YEAR[20:]], strict=True))
    _, got = remedies(" ".join(five[g] for g in groups), groups=groups)
    assert values(got) == numbers(THIS_YEAR)
    assert statuses(got) == "A" * 15


def test_columns_in_another_order_follow_their_labels():
    results = (RESULTS[1], RESULTS[0], *RESULTS[2:])
    _, got = remedies("0 1 0 2 3 1 0 0 0 1 0 0 0 4 4", results=results)
    assert values(got) == numbers(THIS_YEAR)


@pytest.mark.parametrize(("cell", "missing"), [("1", 14), ("1", 9)])
def test_a_column_of_ordinals_shifts_nothing(cell: str, missing: int):
    texts = THIS_YEAR.split(" ")
    texts[missing] = "_"
    _, got = remedies(" ".join([cell, *texts]), before="序号")
    assert values(got) == numbers(THIS_YEAR)
    assert statuses(got) == "".join("I" if k == missing else "A" for k in range(15))


def test_a_row_with_a_number_too_many_is_open():
    parsed, got = remedies("_ " + THIS_YEAR)
    assert "A" not in statuses(got)
    assert ("surplus_number", "reconsideration") in rules(parsed)


@pytest.mark.parametrize(
    "order", [(f"2022年 {LAST_YEAR}", f"2023年 {THIS_YEAR}"), (f"2023 {THIS_YEAR}", f"2022 {LAST_YEAR}")]
)
def test_of_two_years_the_later_is_taken_with_doubt(order: tuple[str, str]):
    parsed, got = remedies(*order, before="年度")
    assert values(got) == numbers(THIS_YEAR)
    assert statuses(got) == "U" * 15
    assert {("row_repeated", r) for r in ROWS} <= rules(parsed)


def test_a_row_of_last_year_above_a_blank_one_is_doubtful():
    parsed, got = remedies(f"2022年 {LAST_YEAR}", "2023年" + " _" * 15, before="年度")
    assert set(statuses(got)) <= {"U", "O"}
    assert ("row_repeated", "reconsideration") in rules(parsed)


@pytest.mark.parametrize("between", ["", "<p>2023年：</p>"])
def test_a_second_table_of_other_numbers_makes_the_first_doubtful(between: str):
    html = page(remedies=remedies_html(LAST_YEAR) + between + remedies_html(THIS_YEAR))
    parsed = parse_page(html)
    assert statuses(row(parsed, "reconsideration", form.REMEDIES)) == "U" * 5
    assert ("row_repeated", "litigation_direct") in rules(parsed)


def test_a_second_table_of_the_same_numbers_changes_nothing():
    parsed = parse_page(page(remedies=remedies_html(THIS_YEAR) * 2))
    assert statuses(row(parsed, "reconsideration", form.REMEDIES)) == "A" * 5
    assert not {r for r in rules(parsed) if r[0] == "row_repeated"}


def test_two_rows_that_each_fill_a_part_are_not_mixed():
    parsed, got = remedies("1 0 0 2 3" + " _" * 10, "_ _ _ _ _ 9 0 0 0 9 0 0 0 0 0")
    assert "A" not in statuses(got)
    assert ("row_repeated", "reconsideration") in rules(parsed)


def test_words_in_place_of_all_numbers_are_not_blank():
    _, got = remedies("一" + " _" * 14)
    assert (got[0].printed, got[0].missing_reason) == ("一", "unplaced")


def test_numbers_above_or_below_their_labels_are_lost_and_not_blank():
    rows = "".join(
        f"<tr><td colspan=10>{r.label}</td></tr><tr><td colspan=3></td>{''.join(r.cells)}</tr>" for r in grid_rows()
    )
    parsed = parse_page(page(f"<table>{HEADER}{rows}</table>"))
    assert {(c.obs_status, c.missing_reason) for c in table(parsed).cells} == {("O", "lost")}
    assert ("row_unlabelled", None) in rules(parsed)


def test_numbers_in_a_table_beside_that_of_their_labels_are_lost_and_not_blank():
    labels = "".join(f"<tr><td>{r.label}</td></tr>" for r in grid_rows())
    numbers = "".join(f"<tr>{''.join(r.cells)}</tr>" for r in grid_rows())
    beside = f"<table><tr><td><table>{HEADER}</table></td></tr><tr><td><table>{labels}</table></td>"
    parsed = parse_page(page(f"{beside}<td><table>{numbers}</table></td></tr></table>"))
    assert {c.missing_reason for c in table(parsed).cells} == {"lost"}
