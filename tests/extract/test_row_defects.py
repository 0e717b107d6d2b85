"""What real tables do to their rows, each trait with the cells and findings that come of it."""

from __future__ import annotations

from tests.extract.reports import (
    HEADER,
    NUMBERS,
    REMEDIES_HEADER,
    ZEROS,
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


def read(table_rows):
    return parse(report(one_cell_a_line(table_rows)))


def test_a_whole_table_is_certain():
    parsed = read(rows())
    for code, _, cells in rows():
        assert values(row(parsed, code)) == [int(c) for c in cells]
        assert statuses(row(parsed, code)) == "A" * 7
    assert not rules(parsed)


def test_a_printed_number_leads_back_to_its_place():
    text = report(one_cell_a_line(rows()))
    cell = row(parse(text), "received_new")[0]
    line, characters = cell.locator.split(", characters ")
    start, end = map(int, characters.split("-"))
    assert text[start:end] == cell.printed == "10"
    assert text[:start].count("\n") + 1 == int(line.removeprefix("line "))


def test_a_lost_label_leaves_fourteen_numbers_and_both_rows_doubtful():
    parsed = read([(c, "" if c == "partial" else label, cells) for c, label, cells in rows()])
    assert values(row(parsed, "granted")) == [8, 1, 0, 0, 0, 0, 9]
    assert statuses(row(parsed, "granted")) == statuses(row(parsed, "partial")) == "U" * 7
    assert ("row_unlabelled", "partial") in rules(parsed)


def test_a_lost_label_in_a_grid_is_named_and_its_numbers_are_not_taken_for_another_row():
    lines = ["|" + "|".join(HEADER.split(" ")[:4]) + "|", "|" + "|".join(HEADER.split(" ")[4:]) + "|"]
    lines += [
        "|" + "|".join(["" if code == "declined_repeat" else label, *cells]) + "|"
        for code, label, cells in rows(NUMBERS | {"declined_repeat": "1 0 0 0 0 0 1"})
    ]
    parsed = parse(report("\n".join(lines)))
    assert ("row_missing", "declined_repeat") in rules(parsed)
    assert ("row_unlabelled", None) in rules(parsed)
    assert all(c.obs_status in "OI" and c.printed is None for c in row(parsed, "declined_repeat"))
    assert values(row(parsed, "declined_petition")) == [0] * 7


def test_an_extra_number_in_a_row_is_never_certain():
    parsed = read(rows(NUMBERS | {"received_new": "10 2 0 0 5 0 0 12"}))
    assert ("surplus_number", "received_new") in rules(parsed)
    assert values(row(parsed, "received_new")) == [10, 2, 0, 0, 0, 0, 12]
    assert statuses(row(parsed, "received_new")) == "U" * 7


def test_an_extra_number_that_nothing_tells_apart_stays_unplaced():
    parsed = read(rows(NUMBERS | {"received_new": "10 2 0 0 5 7 0 12"}))
    assert all(c.value is None or c.obs_status == "I" for c in row(parsed, "received_new"))
    assert ("surplus_number", "received_new") in rules(parsed)


def test_a_number_split_over_two_lines_is_put_together_with_doubt():
    parsed = read(rows(NUMBERS | {"received_new": "1 0 2 0 0 0 0 12"}))
    assert values(row(parsed, "received_new")) == [10, 2, 0, 0, 0, 0, 12]
    assert statuses(row(parsed, "received_new")) == "U" * 7
    assert row(parsed, "received_new")[0].printed == "1\n0"


def test_a_lost_total_of_the_last_row_is_not_made_up():
    parsed = read(rows(NUMBERS | {"carried_out": "2 0 0 0 0 0"}))
    got = row(parsed, "carried_out")
    assert all(c.obs_status in "UI" for c in got)
    assert values(got) == [2, 0, 0, 0, 0, 0, 2]


def test_a_blank_total_of_zero_parts_is_not_printed_but_deduced():
    parsed = read(rows(NUMBERS | {"partial": "0 0 0 0 0 0"}))
    assert statuses(row(parsed, "partial")) == "I" * 7
    assert all(c.printed is None and c.derivation for c in row(parsed, "partial"))


def test_a_sentence_in_place_of_a_number_is_kept_and_is_no_number():
    proactive_row = "规章\n本机关无权制定规章\n0\n0"
    text = report(one_cell_a_line(rows())).replace("规章\n0\n0\n0", proactive_row, 1)
    cells = row(parse(text), "regulations", "proactive")
    assert [c.printed for c in cells] == ["本机关无权制定规章", "0", "0"]
    assert statuses(cells) == "MAA"


def test_marks_do_not_apply_and_count_as_nothing():
    parsed = read(rows(NUMBERS | {"partial": "/ / / / / / /", "granted": "8 1 — 0 0 无 9"}))
    assert statuses(row(parsed, "partial")) == "M" * 7
    assert {c.missing_reason for c in row(parsed, "partial")} == {"not_applicable"}
    assert statuses(row(parsed, "granted")) == "AAMAAMA"
    assert not rules(parsed)


def test_glued_zeros_can_be_cut_in_one_way_only():
    text = report(one_cell_a_line(rows())).replace("规章\n0\n0\n0", "规章000", 1)
    cells = row(parse(text), "regulations", "proactive")
    assert values(cells) == [0, 0, 0]
    assert statuses(cells) == "UUU"


def test_glued_digits_that_can_be_cut_in_several_ways_stay_open():
    text = report(one_cell_a_line(rows())).replace("行政规范性文件\n3\n1\n20", "行政规范性文件3120", 1)
    cells = row(parse(text), "normative_documents", "proactive")
    assert values(cells) == [None, None, None]
    assert {c.missing_reason for c in cells} == {"unplaced"}


def test_an_amount_in_yuan_is_converted_and_says_so():
    text = report(one_cell_a_line(rows())).replace("行政事业性收费\n0", "行政事业性收费\n251000元", 1)
    (cell,) = row(parse(text), "fees", "proactive")
    assert (str(cell.value), cell.unit, cell.printed) == ("25.1", "万元", "251000元")
    assert cell.derivation == "converted from 元 to 万元"


def test_a_page_break_inside_the_remedies_table():
    remedies = "\n".join([*REMEDIES_HEADER.split(" "), "- 7 -", "\f", *["0"] * 4, "1", "- 8 -", *["0"] * 10])
    parsed = parse(report(one_cell_a_line(rows()), remedies=remedies))
    assert values(row(parsed, "reconsideration", "remedies")) == [0, 0, 0, 0, 1]
    assert statuses(row(parsed, "litigation_after_reconsideration", "remedies")) == "AAAAA"


def test_a_header_repeated_after_a_page_break_is_no_row():
    table_rows = one_cell_a_line(rows())
    cut = table_rows.index("2.重复申请")
    text = table_rows[:cut] + "- 5 -\n续表\n" + "\n".join(HEADER.split(" ")) + "\n" + table_rows[cut:]
    parsed = parse(report(text))
    for code, _, cells in rows():
        assert values(row(parsed, code)) == [int(c) for c in cells], code
        assert statuses(row(parsed, code)) == "A" * 7


def test_a_row_printed_twice_with_other_numbers_is_named():
    table_rows = rows()
    i = next(k for k, r in enumerate(table_rows) if r[0] == "granted")
    parsed = read(
        [*table_rows[: i + 1], ("granted", table_rows[i][1], ["7", "1", "0", "0", "0", "0", "8"]), *table_rows[i + 1 :]]
    )
    assert ("row_repeated", "granted") in rules(parsed)


def test_a_column_header_in_another_order_moves_the_columns():
    header = HEADER.replace("商业企业 科研机构", "科研机构 商业企业")
    text = one_cell_a_line(rows()).replace("\n".join(HEADER.split(" ")), "\n".join(header.split(" ")))
    cells = {c.column_code: c.value for c in row(parse(report(text)), "received_new")}
    assert cells["research_institution"] == 2
    assert cells["enterprise"] == 0


def test_without_headers_no_number_is_certain():
    text = one_cell_a_line(rows()).replace("\n".join(HEADER.split(" ")) + "\n", "")
    parsed = parse(report(text))
    assert ("column_order_unrecognised", None) in rules(parsed)
    assert statuses(row(parsed, "received_new")) == "U" * 7


def test_one_row_for_other_results_is_the_form_of_2019():
    table_rows = rows(NUMBERS, "2019")
    parsed = read(table_rows)
    assert table(parsed).form == "2019"
    assert statuses(row(parsed, "other")) == "A" * 7
    assert {c.obs_status for c in row(parsed, "other_unpaid_fee")} == {"K"}


def test_a_missing_heading_does_not_lose_the_table():
    parsed = parse(report(one_cell_a_line(rows()), heading_three=""))
    assert values(row(parsed, "received_new")) == [10, 2, 0, 0, 0, 0, 12]


def test_a_table_in_one_paragraph():
    parsed = parse(report(one_cell_a_line(rows()).replace("\n", " ")))
    for code, _, cells in rows():
        assert values(row(parsed, code)) == [int(c) for c in cells], code


def test_an_image_instead_of_the_table_is_neither_blank_nor_zero():
    parsed = parse(report("（见附图）"))
    assert table(parsed).form == "none"
    assert {c.missing_reason for c in table(parsed).cells} == {"no_table"}
    assert all(c.value is None for c in table(parsed).cells)


def test_a_blank_table_deduces_nothing():
    parsed = read(rows(dict.fromkeys((c for c, _, _ in rows()), "")))
    assert {c.obs_status for c in table(parsed).cells} == {"O"}
    assert {c.missing_reason for c in table(parsed).cells} == {"blank"}


def test_zeros_are_zeros():
    parsed = read(rows({}))
    assert {c.obs_status for c in table(parsed).cells} == {"A"}
    assert ZEROS.count("0") == 7


def test_row_labels_that_look_like_headings_are_none():
    parsed = read(rows())
    assert [s.section_code for s in parsed.sections] == [
        "overview",
        "proactive",
        "applications",
        "remedies",
        "problems",
        "other_matters",
    ]


def test_traditional_script():
    from opencc import OpenCC

    text = OpenCC("s2t").convert(report(one_cell_a_line(rows())))
    assert "政府信息公開" in text
    parsed = parse(text)
    assert parsed.metadata.issuer == "云岭市青禾区水务局"
    for code, _, cells in rows():
        assert values(row(parsed, code)) == [int(c) for c in cells]
        assert statuses(row(parsed, code)) == "A" * 7
    locator = row(parsed, "received_new")[0].locator
    start, end = map(int, locator.split("characters ")[1].split("-"))
    assert text[start:end] == "10"


def test_the_form_of_2019_with_a_local_row_and_long_glosses():
    proactive = """第二十条第（一）项
信息内容
本年新制作数量
本年新公开数量
对外公开总数量
规章
0
0
3
规范性文件
2
2
17
其他主动公开文件
5
5
60
第二十条第（五）项
信息内容
上一年项目数量
本年增/减（较上年度增加的用正值表示，减少的用负值表示，如-8）
处理决定数量
行政许可
120
+19
340
其他对外管理服务事项
12
减3
7
第二十条第（六）项
信息内容
上一年项目数量
本年增/减
处理决定数量
行政处罚
40
-4
9
行政强制
4
0
1
第二十条第（八）项
信息内容
上一年项目数量
本年增/减
行政事业性收费
1
0
第二十条第（九）项
信息内容
采购项目数量
采购总金额
政府集中采购
8
43.788万元"""
    parsed = parse(report(one_cell_a_line(rows(NUMBERS, "2019")), proactive=proactive))
    assert table(parsed, "proactive").form == "2019"
    assert values(row(parsed, "normative_documents", "proactive")) == [2, 2, 17]
    assert values(row(parsed, "licensing", "proactive")) == [120, 19, 340]
    assert values(row(parsed, "other_services", "proactive")) == [12, -3, 7]
    assert values(row(parsed, "penalties", "proactive")) == [40, -4, 9]
    assert [(str(c.value), c.unit) for c in row(parsed, "procurement", "proactive")] == [
        ("8", "项"),
        ("43.788", "万元"),
    ]
    assert {c.obs_status for c in table(parsed, "proactive").cells} == {"A"}
    assert {r for r, _ in rules(parsed)} == {"row_not_on_form"}
