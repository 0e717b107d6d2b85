"""Claims beside the table: which cells a figure is held against, and when it agrees."""

from __future__ import annotations

from decimal import Decimal

from pipeline.model import Cell, ComparedClaim, StatutoryTable
from pipeline.narrate.claim_compare import compare_claims
from pipeline.narrate.claims import find_claims


def cell(row: str, column: str, value: int | None, status: str = "A", table: str = "applications") -> Cell:
    return Cell(table, row, column, value=None if value is None else Decimal(value), obs_status=status, unit="件")


def compared(text: str, *cells: Cell) -> list[ComparedClaim]:
    tables = tuple(
        StatutoryTable(t, "2021", None, tuple(c for c in cells if c.table_code == t), (), ())
        for t in ("proactive", "applications", "remedies")
    )
    claims = find_claims(text, "applications", 2024)
    return list(compare_claims("applications", text, claims, tables, lambda a, b: f"{a}-{b}"))


NEW, CARRIED = cell("received_new", "total", 58), cell("carried_in", "total", 2)


def test_sixty_received_are_fifty_eight_new_and_two_carried_in() -> None:
    (c,) = compared("收到政府信息公开申请60件。", NEW, CARRIED)
    assert (c.agrees, c.value_in_table, c.row_code, c.column_code) == (True, 60, None, "total")
    assert c.compared_with == "applications/received_new/total + applications/carried_in/total"


def test_a_figure_that_no_admissible_cells_hold_disagrees_with_the_primary_one() -> None:
    (c,) = compared("收到政府信息公开申请61件。", NEW, CARRIED)
    assert (c.agrees, c.row_code, c.value_in_table) == (False, "received_new", 58)


def test_nothing_is_decided_against_a_doubtful_or_blank_cell() -> None:
    for status, value in (("U", 54), ("O", None)):
        (c,) = compared("答复54件。", cell("handled_total", "total", value, status))
        assert (c.agrees, c.value_in_table, c.row_code) == (None, None, "handled_total")


def test_a_cell_that_does_not_apply_counts_as_nought() -> None:
    (c,) = compared("未收到政府信息公开申请。", cell("received_new", "total", None, "M"))
    assert (c.agrees, c.value_in_table) == (True, 0)


def test_denied_applications_are_the_sum_of_their_rows_and_one_ground_is_its_own_row() -> None:
    rows = (cell("denied_state_secret", "total", 1), cell("denied_third_party", "total", 2))
    (c,) = compared("不予公开3件。", *rows)
    assert (c.agrees, c.row_code) == (True, None)
    (c,) = compared("涉及国家秘密1件。", *rows)
    assert (c.agrees, c.row_code) == (True, "denied_state_secret")


def test_organizations_are_every_applicant_but_natural_persons() -> None:
    rows = [cell("received_new", "enterprise", 3), cell("received_new", "legal_service", 1)]
    *_, c = compared("收到申请9件，其中法人或其他组织申请4件。", NEW, *rows)
    assert (c.agrees, c.column_code) == (True, None)


def test_the_one_row_other_of_the_older_form_is_other_results() -> None:
    (c,) = compared("其他处理4件。", cell("other", "total", 4), cell("other_other", "total", None, "K"))
    assert (c.agrees, c.row_code) == (True, "other")


def test_amounts_of_money_are_compared_in_yuan() -> None:
    fees = Cell("proactive", "fees", "amount", value=Decimal("1.2"), obs_status="A", unit="万元")
    (c,) = compared("行政事业性收费12000元。", fees)
    assert c.agrees is True
