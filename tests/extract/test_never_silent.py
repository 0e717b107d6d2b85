"""Texts made to mislead: whatever comes of them, no number is certain in a wrong cell, and none is lost without a word."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.form import APPLICATIONS, REMEDIES
from pipeline.form import PROACTIVE as PROACTIVE_TABLE
from tests.corpus import Options, random_truth, table_truth
from tests.corpus.rendering import write
from tests.extract.reports import (
    HEADER,
    NUMBERS,
    PROACTIVE,
    REMEDIES_HEADER,
    one_cell_a_line,
    parse,
    report,
    row,
    rows,
    rules,
    statuses,
    table,
    values,
)

LINES = one_cell_a_line(rows())
HEADER_LINES = "\n".join(HEADER.split(" "))
GRID_HEADER = "|" + "|".join(HEADER.split(" ")[:4]) + "|\n|" + "|".join(HEADER.split(" ")[4:]) + "|\n"


def wrong_but_certain(parsed, truth) -> list[tuple[str, str]]:
    """Cells with status A or I that differ from the truth (row code -> seven numbers)."""
    cells = {(c.row_code, c.column_code): c for c in table(parsed).cells}
    columns = [c.column_code for c in row(parsed, "received_new")]
    return [
        (code, column)
        for code, _, numbers in truth
        for column, n in zip(columns, numbers, strict=True)
        if (c := cells[code, column]).value is not None and c.obs_status in "AI" and c.value != int(n or 0)
    ]


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        "自然人 法人或其他组织 总计\n商业企业科研机构社会公益组织法律服务机构其他",
        HEADER.replace(" ", ""),
        "\n".join(HEADER.replace(" ", "")),
        HEADER_LINES.replace("自然人", "自然人1").replace("总计", "总计（7）"),
    ],
)
def test_a_header_that_runs_together_never_moves_a_column(header: str):
    parsed = parse(report(LINES.replace(HEADER_LINES, header)))
    assert wrong_but_certain(parsed, rows()) == []


@pytest.mark.parametrize("label", ["", "信访投诉", "3.其他情形", "小计"])
def test_a_blank_row_never_takes_the_numbers_of_the_row_below(label: str):
    numbers = NUMBERS | {"declined_petition": "1 1 0 0 0 0 2", "denied_third_party": "0 0 0 0 0 0 0"}
    truth = rows(numbers)
    lines = []
    for code, own, cells in truth:
        shown = label if code == "declined_petition" else own
        blank = code == "unavailable_unclear"
        lines.append("|" + "|".join([shown, *("" if blank or c == "0" else c for c in cells)]) + "|")
    parsed = parse(report(GRID_HEADER + "\n".join(lines)))
    assert wrong_but_certain(parsed, truth) == []
    assert all(c.printed is None for c in row(parsed, "unavailable_unclear"))
    assert ("row_missing", "declined_petition") in rules(parsed)


WORD = "\n\n".join(
    "\n".join(f"\t{x}" for x in line.split(" "))
    for line in """第二十条第（一）项
信息内容 本年制发件数 本年废止件数 现行有效件数
规章 0 0 0
行政规范性文件 3 1 20
第二十条第（五）项
信息内容 本年处理决定数量
行政许可 41
第二十条第（六）项
信息内容 本年处理决定数量
行政处罚 5
行政强制 0
第二十条第（八）项
信息内容 本年收费金额（单位：万元）
行政事业性收费 0""".splitlines()
)


@pytest.mark.parametrize("mark", ["4", "云岭市水务局年度报告", "（4）", "续表", "2024-01-15"])
def test_what_a_page_break_leaves_in_word_text_is_no_part_of_a_number(mark: str):
    parsed = parse(report(LINES, proactive=WORD.replace("\t20\n", f"\t20\n{mark}\n")))
    assert values(row(parsed, "normative_documents", "proactive")) == [3, 1, 20]


def test_a_form_feed_before_a_cell_moves_nothing():
    cells = ["1", "0", "0", "0", "1", "0", "0", "0", "0", "0", "4", "0", "0", "0", "4"]
    header = "\n\n".join("\n".join(f"\t{x}" for x in h) for h in (
        ["行政复议", "行政诉讼"],
        [*REMEDIES_HEADER.split(" ")[2:7], "未经复议直接起诉", "复议后起诉"],
        REMEDIES_HEADER.split(" ")[9:],
    ))  # fmt: skip
    for at in range(15):
        text = "\n".join(("\f" if k == at else "") + f"\t{c}" for k, c in enumerate(cells))
        parsed = parse(report(LINES, remedies=f"{header}\n\n{text}\n"))
        assert values(row(parsed, "litigation_after_reconsideration", "remedies")) == [4, 0, 0, 0, 4]
        assert values(row(parsed, "reconsideration", "remedies")) == [1, 0, 0, 0, 1]


@pytest.mark.parametrize("unit", ["（单位：元）", "（元）"])
def test_the_unit_of_the_header_counts(unit: str):
    text = PROACTIVE.replace("（单位：万元）", unit).replace("行政事业性收费\n0", "行政事业性收费\n8370000")
    (cell,) = row(parse(report(LINES, proactive=text)), "fees", "proactive")
    assert (str(cell.value), cell.unit, cell.derivation) == ("837", "万元", "converted from 元 to 万元")


@pytest.mark.parametrize("printed", ["20件（其中联合发文3件）", "约20", "20余", "20*", "2O", "—3", "↑3", "（20）"])
def test_a_number_with_something_around_it_is_neither_read_nor_taken_for_nothing(printed: str):
    parsed = parse(report(LINES, proactive=PROACTIVE.replace("3\n1\n20", f"3\n1\n{printed}")))
    cells = row(parsed, "normative_documents", "proactive")
    assert all(c.obs_status in "OU" for c in cells)
    assert any(c.missing_reason == "unplaced" for c in cells)


@pytest.mark.parametrize("printed", ["41件（含变更3件）", "约41"])
def test_nor_is_it_where_it_stands_alone(printed: str):
    parsed = parse(report(LINES, proactive=PROACTIVE.replace("行政许可\n41", f"行政许可\n{printed}")))
    (cell,) = row(parsed, "licensing", "proactive")
    assert (cell.value, cell.missing_reason, cell.printed) == (None, "unplaced", printed)


def test_a_full_stop_behind_a_number_is_nothing():
    parsed = parse(report(LINES, proactive=PROACTIVE.replace("3\n1\n20", "3\n1\n20。")))
    assert values(row(parsed, "normative_documents", "proactive")) == [3, 1, 20]


def test_remedies_in_another_order_are_never_certain():
    header = REMEDIES_HEADER.replace("结果维持 结果纠正", "结果纠正 结果维持")
    parsed = parse(report(LINES, remedies="\n".join([*header.split(" "), *["5", "1", "0", "0", "6"], *["0"] * 10])))
    assert "A" not in statuses(row(parsed, "reconsideration", "remedies"))


@pytest.mark.parametrize(
    ("first", "second"),
    [("行政复议 行政诉讼", "行政诉讼 行政复议"), ("未经复议直接起诉 复议后起诉", "复议后起诉 未经复议直接起诉")],
)
def test_groups_in_another_order_are_never_certain_in_flattened_text(first: str, second: str):
    header = REMEDIES_HEADER.replace(first, second)
    for text in ("\n".join([*header.split(" "), *["1"] * 15]), "|".join(header.split(" ")) + "\n" + "|".join("1" * 15)):
        parsed = parse(report(LINES, remedies=text))
        assert "A" not in statuses(row(parsed, "reconsideration", "remedies"))
        assert ("column_order_unrecognised", None) in rules(parsed)


def test_a_foreign_column_in_flattened_text_leaves_the_only_number_of_a_row_in_doubt():
    header = PROACTIVE.replace("第二十条第（五）项\n信息内容\n", "第二十条第（五）项\n信息内容\n上年处理决定数量\n")
    parsed = parse(report(LINES, proactive=header))
    assert statuses(row(parsed, "licensing", "proactive")) == "U"


def test_a_second_table_in_the_section_is_named_and_the_first_is_taken():
    other = PROACTIVE.replace("3\n1\n20", "7\n7\n7")
    parsed = parse(report(LINES, proactive=f"{PROACTIVE}\n局机关：\n{other}"))
    assert values(row(parsed, "normative_documents", "proactive")) == [3, 1, 20]
    assert ("row_repeated", "normative_documents") in rules(parsed)


@pytest.mark.parametrize("words", ["续表", "单位：件", "云岭市水务局", "（4）", "本年度无"])
def test_words_between_header_and_numbers_do_not_make_a_table_blank(words: str):
    numbers = ["1", "0", "0", "0", "1", "0", "0", "0", "0", "0", "4", "0", "0", "0", "4"]
    parsed = parse(report(LINES, remedies="\n".join([*REMEDIES_HEADER.split(" "), words, *numbers])))
    assert values(row(parsed, "litigation_after_reconsideration", "remedies")) == [4, 0, 0, 0, 4]


def test_something_like_a_zero_is_not_blank():
    parsed = parse(report(LINES, remedies="\n".join([*REMEDIES_HEADER.split(" "), "零", *["0"] * 14])))
    assert row(parsed, "reconsideration", "remedies")[0].missing_reason == "unplaced"


def test_an_overview_that_speaks_of_interpretation_is_still_a_report():
    text = report(LINES, overview="一是加强政策解读。\n二是做好公开。")
    for heading in ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "五、存在的主要问题及改进情况"):
        text = text.replace(heading + "\n", "")
    assert values(row(parse(text), "received_new")) == [10, 2, 0, 0, 0, 0, 12]


def test_a_row_with_hundreds_of_trailing_pipes_keeps_its_numbers():
    lines = ["|" + "|".join([label, *cells]) + "|" * 150 for _, label, cells in rows()]
    parsed = parse(report(GRID_HEADER + "\n".join(lines)))
    assert values(row(parsed, "received_new")) == [10, 2, 0, 0, 0, 0, 12]


def test_a_title_of_another_page_is_not_the_report_s():
    text = "上一篇：云岭市青禾区水务局2022年政府信息公开工作年度报告\n" + report(LINES)
    assert parse(text).metadata.report_year == 2023


def test_a_division_on_a_line_of_its_own_belongs_to_the_organ():
    text = report(LINES).replace(
        "云岭市青禾区水务局2023年政府信息公开工作年度报告", "云岭市青禾区\n水务局2023年\n政府信息公开工作年度报告"
    )
    assert parse(text).metadata.issuer == "云岭市青禾区水务局"


def test_a_column_that_is_lost_with_its_header_leaves_nothing_certain():
    lines = [
        "|（本列数据）|申请人情况|||||||||",
        "|法人或其他组织|总计|||||||||",
        "|" + "|".join(HEADER.split(" ")[4:]) + "||||||",
    ]
    for code, label, cells in rows():
        group = {"granted": "三、本年度办理结果|", "denied_state_secret": "（三）不予公开|"}.get(code, "")
        lines.append(f"|{group}{label}|" + "|".join(cells[1:]) + "|" * (3 if group else 4))
    parsed = parse(report("\n".join(lines)))
    assert wrong_but_certain(parsed, rows()) == []
    assert ("column_order_unrecognised", None) in rules(parsed)


@pytest.mark.parametrize("shift", [0, 3, 6, 8, 12])
def test_a_page_with_another_indent_moves_no_number(shift: int):
    numbers = {c: n.replace(" 0", " .").replace("0 ", ". ") for c, n in NUMBERS.items()}
    truth = rows(NUMBERS)
    heads = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    lines = [" " * 60 + "".join(h.ljust(12 - len(h)) for h in heads)]
    for k, (_, label, cells) in enumerate(rows(numbers | {"granted": NUMBERS["granted"]})):
        indent = " " * (shift if k > 12 else 0)
        width = 60 - sum(2 if ord(c) > 255 else 1 for c in label)
        lines.append(indent + label + " " * width + "".join(("" if c == "." else c).ljust(12) for c in cells))
    parsed = parse(report("\n".join(lines)))
    assert wrong_but_certain(parsed, truth) == []


def test_beside_a_number_alone_on_a_line_of_columns_no_blank_is_filled():
    """Either row may have lost it, also where the number that would be deduced is the very same."""
    heads = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    lines = [" " * 60 + "".join(h.ljust(16 - len(h)) for h in heads)]
    for code, label, cells in rows({c: " ".join(str(100 * int(x)) for x in n.split()) for c, n in NUMBERS.items()}):
        width = 60 - sum(2 if ord(c) > 255 else 1 for c in label)
        first = "" if code == "granted" else cells[0]
        lines.append(label + " " * width + "".join(c.ljust(16) if c != "0" else " " * 16 for c in (first, *cells[1:])))
        if code == "granted":
            lines.append(" " * 60 + cells[0])
    parsed = parse(report("\n".join(lines)))
    cell = row(parsed, "granted")[0]
    assert (cell.value, cell.printed, cell.obs_status) == (None, None, "O")
    assert ("row_unlabelled", None) in rules(parsed)


def test_a_number_alone_on_a_line_of_columns_is_named_unless_it_can_be_a_page():
    heads = "第二十条第（五）项\n信息内容                    本年处理决定数量\n"
    text = f"{heads}行政许可                        30\n                                556\n行政处罚                        5\n"
    parsed = parse(report(LINES, proactive=text))
    found = [f.observed for f in table(parsed, "proactive").findings if f.rule_code == "row_unlabelled"]
    assert found == ["556"]


def test_lone_pipes_between_rows_are_not_taken_for_the_blanks_that_the_text_lost():
    """Two lost blanks and the lone pipe before and behind the row: as many cells as the table has columns."""
    alone = Options(missing_tables=(PROACTIVE_TABLE, APPLICATIONS))
    for seed in range(20):
        rng = random.Random(seed)
        truth = random_truth(seed, consistent=True)
        remedies = table_truth(rng, REMEDIES, "2021", pattern="none")
        lost = rng.sample(sorted(remedies.cells), 2)
        cells = {k: replace(c, printed="", number=None) if k in lost else c for k, c in remedies.cells.items()}
        parsed = parse(write(truth.with_tables(replace(remedies, cells=cells)), "pipe_per_line_lost", alone).text)
        read = [c for c in table(parsed, REMEDIES).cells if c.obs_status == "A"]
        assert all(c.value == cells[c.row_code, c.column_code].number for c in read), seed


@pytest.mark.parametrize("words", ["见附件", "详见本局网站", "（未统计）"])
def test_words_in_a_cell_between_pipes_keep_their_place(words: str):
    numbers = NUMBERS | {"declined_petition": f"{words} 0 0 0 0 0 9"}
    lines = [f"|{label}|" + "|".join(cells) + "||" for _, label, cells in rows(numbers)]
    parsed = parse(report(GRID_HEADER + "\n".join(lines)))
    cells = row(parsed, "declined_petition")
    assert values(cells) == [None, 0, 0, 0, 0, 0, 9]
    assert cells[0].printed == words


def test_printed_numbers_that_contradict_each_other_over_several_identities_are_named():
    """Five granted in all, three decided in all: no single identity has all its numbers."""
    numbers = {r: "_ _ _ _ _ _ _" for r, *_ in rows()} | {"granted": "_ _ _ _ _ _ 5", "handled_total": "3 0 0 0 0 0 _"}
    lines = [f"|{label}|" + "|".join(cells).replace("_", "") + "|" for _, label, cells in rows(numbers)]
    parsed = parse(report(GRID_HEADER + "\n".join(lines)))
    assert rules(parsed) == {("identities_contradict", None)}
