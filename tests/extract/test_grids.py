"""Tables with cells: what their merges, gaps and shifts do to the numbers, and what is never silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.extract.grid_reports import HEADER, Row, damaged, grid_rows, of, page, parse_page, table_html
from tests.extract.reports import row, rules, statuses, values


def read(rows: list[Row], header: str = HEADER):
    return parse_page(page(table_html(rows, header)))


def test_a_whole_grid_is_certain_and_every_number_leads_back_to_its_cell():
    parsed = read(grid_rows())
    for r in grid_rows():
        cells = row(parsed, r.code)
        assert [c.printed for c in cells] == [x.removeprefix("<td>").removesuffix("</td>") for x in r.cells]
        assert statuses(cells) == "A" * 7
    assert row(parsed, "received_new")[0].locator == "table 1, row 4, column 4"
    assert not rules(parsed)


def test_blank_cells_stay_blank_or_are_deduced_and_no_number_moves():
    parsed = read(damaged(granted=of("granted").printing("8", "1", "", "", "", "", "9")))
    assert values(row(parsed, "granted")) == [8, 1, 0, 0, 0, 0, 9]
    assert statuses(row(parsed, "granted")) == "AAIIIIA"


def test_a_row_that_lacks_a_cell_is_not_read_by_place():
    parsed = read(damaged(carried_in=of("carried_in").printing("1", "0", "0", "0", "0", "1")))
    assert "A" not in statuses(row(parsed, "carried_in"))
    assert statuses(row(parsed, "received_new")) == "A" * 7


@pytest.mark.parametrize("span", [1, 2, 4, 1000, 10**9])
def test_a_label_over_too_few_or_too_many_columns_shifts_nothing(span: int):
    parsed = read(damaged(granted=replace(of("granted"), span=span)))
    assert values(row(parsed, "granted")) == [8, 1, 0, 0, 0, 0, 9]
    assert statuses(row(parsed, "granted")) == "A" * 7


def test_a_shifted_row_whose_last_cell_is_blank_is_not_silently_shifted():
    shifted = replace(of("granted").printing("8", "1", "0", "0", "0", "0", ""), span=2)
    parsed = read(damaged(granted=shifted))
    for cell, true in zip(row(parsed, "granted"), [8, 1, 0, 0, 0, 0, 9], strict=True):
        assert cell.value in (true, None) or cell.obs_status == "U"


def test_one_number_over_several_columns_is_nobodys():
    wide = replace(of("carried_in"), cells=("<td colspan=7>1</td>",))
    parsed = read(damaged(carried_in=wide))
    assert "A" not in statuses(row(parsed, "carried_in"))
    assert statuses(row(parsed, "granted")) == "A" * 7


def test_one_mark_over_several_columns_is_each_ones():
    wide = replace(of("denied_state_secret"), cells=("<td colspan=7>不适用</td>",))
    parsed = read(damaged(denied_state_secret=wide))
    assert statuses(row(parsed, "denied_state_secret")) == "M" * 7


def test_a_number_that_reaches_over_two_rows_counts_in_neither_for_certain():
    tall = replace(of("denied_state_secret"), cells=("<td rowspan=2>3</td>", *("<td>0</td>",) * 6))
    below = replace(of("denied_other_law"), cells=("<td>0</td>",) * 6)
    rows = [{"denied_state_secret": tall, "denied_other_law": below}.get(r.code, r) for r in grid_rows()]
    parsed = read(rows)
    assert "A" not in statuses(row(parsed, tall.code)) + statuses(row(parsed, below.code))


def test_two_numbers_in_one_cell_are_not_taken_for_two_columns():
    # "8 1" in one cell is what a split 81 looks like; the row lacks a cell, so nothing in it is certain.
    glued = replace(of("granted"), cells=("<td>8 1</td>", *("<td>0</td>",) * 4, "<td>9</td>"))
    assert "A" not in statuses(row(read(damaged(granted=glued)), "granted"))


def test_columns_in_another_order_follow_their_headers():
    header = HEADER.replace("商业企业", "X").replace("科研机构", "商业企业").replace("X", "科研机构")
    parsed = read(damaged(granted=of("granted").printing("8", "0", "1", "0", "0", "0", "9")), header)
    assert values(row(parsed, "granted"))[:3] == [8, 1, 0]


def test_headers_that_are_not_recognised_leave_every_number_doubtful():
    parsed = read(grid_rows(), "<tr><td colspan=3></td>" + "<td>甲</td>" * 7 + "</tr>")
    assert set(statuses(row(parsed, "granted"))) <= {"U"}
    assert ("column_order_unrecognised", None) in rules(parsed)


def test_a_table_cut_into_one_table_a_row_is_read_behind_the_labels():
    html = f"<table>{HEADER}</table>" + "".join(f"<table>{r.html}</table>" for r in grid_rows())
    parsed = parse_page(page(html))
    assert all(statuses(row(parsed, r.code)) == "A" * 7 for r in grid_rows())


def test_a_cell_beside_the_table_changes_nothing():
    rows = [replace(r, cells=(*r.cells, "<td></td>")) for r in grid_rows()]
    parsed = read(rows, HEADER.replace("申请人情况</td>", "申请人情况</td><td rowspan=3></td>"))
    assert all(statuses(row(parsed, r.code)) == "A" * 7 for r in grid_rows())


def test_numbers_outside_of_the_columns_are_not_lost_silently():
    parsed = read(damaged(granted=replace(of("granted"), cells=(*of("granted").cells, "<td>5</td>"))))
    assert "A" not in statuses(row(parsed, "granted"))


def test_a_line_through_a_label_alone_makes_no_second_row():
    label = of("partial").label
    cells = "".join(f"<td rowspan=2>{n}</td>" for n in (1, 0, 0, 0, 0, 0, 1))
    html = f"<tr><td colspan=3>{label[:6]}</td>{cells}</tr><tr><td colspan=3>{label[6:]}</td></tr>"
    rows = "".join(html if r.code == "partial" else r.html for r in grid_rows())
    parsed = parse_page(page(f"<table>{HEADER}{rows}</table>"))
    assert values(row(parsed, "partial")) == [1, 0, 0, 0, 0, 0, 1]
    assert statuses(row(parsed, "partial")) == "A" * 7


def test_numbers_that_reach_over_two_rows_with_labels_of_their_own_are_nobodys_for_certain():
    first, second = of("denied_state_secret"), of("denied_other_law")
    cells = "".join(f"<td rowspan=2>{n}</td>" for n in (1, 0, 0, 0, 0, 0, 1))
    html = f"<tr><td colspan=3>{first.label}</td>{cells}</tr><tr><td colspan=3>{second.label}</td></tr>"
    rows = "".join(
        html if r is first else "" if r is second else r.html
        for r in (first if x.code == first.code else second if x.code == second.code else x for x in grid_rows())
    )
    parsed = parse_page(page(f"<table>{HEADER}{rows}</table>"))
    assert "A" not in statuses(row(parsed, first.code)) + statuses(row(parsed, second.code))
