"""Names in Stata: legal, unique in their table, and the same in every release."""

from __future__ import annotations

import pytest

from pipeline import schema
from pipeline.schema.variables import is_variable, listed_variables, variable

ALL = (*schema.tables(), *schema.views())


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.table)
def test_every_column_has_a_legal_name_of_its_own(table: schema.Table) -> None:
    names = [c.variable for c in table.columns]
    assert [n for n in names if not is_variable(n)] == []
    assert len({n.lower() for n in names}) == len(names)


def test_a_column_keeps_its_name_where_stata_takes_it_and_the_list_has_all_others() -> None:
    needed = {(t.table, c.column) for t in ALL for c in t.columns if not is_variable(c.column)}
    assert set(listed_variables()) == needed, "variables.csv: one line for each column whose name Stata does not take"
    assert variable("reports_wide", "applications_received_new_total") == "applications_received_new_total"
    assert variable("reports_wide", "applications_received_new_total_status") == "app_received_new_tot_st"
    with pytest.raises(KeyError):
        variable("cells", "a_name_that_is_longer_than_thirty_two_characters")


@pytest.mark.parametrize("name", ["if", "_all", "_N", "str8", "str2045", "strL", "1st", "a-b", "标题", "", "x" * 33])
def test_names_that_stata_refuses(name: str) -> None:
    assert not is_variable(name)


@pytest.mark.parametrize("name", ["count", "strength", "_x", "x" * 32, "IF"])
def test_names_that_stata_takes(name: str) -> None:
    assert is_variable(name)
