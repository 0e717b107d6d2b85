"""The wide views are described as tables are, from the labels of the form."""

from __future__ import annotations

import pytest

from pipeline import form, schema
from pipeline.schema.views import wide_cells

WIDE = {c.column: c for c in schema.view("reports_wide").columns}


@pytest.mark.parametrize("view", schema.views(), ids=lambda v: v.table)
def test_every_column_of_a_view_is_described_and_its_key_is_never_null(view: schema.Table) -> None:
    names = [c.column for c in view.columns]
    assert len(set(names)) == len(names) and set(view.key) <= set(names)
    for c in view.columns:
        assert c.table == view.table
        assert c.description_en and c.description_zh and "{" not in c.description_en + c.description_zh
        assert not (c.column in view.key and c.nullable)


def test_a_cell_has_its_number_and_its_status_side_by_side() -> None:
    names = list(WIDE)
    for cell in wide_cells():
        assert names.index(cell.status) == names.index(cell.value) + 1
        assert WIDE[cell.value].type == "decimal" and WIDE[cell.status].codelist == "obs_status"


def test_descriptions_say_what_the_form_prints() -> None:
    cell = WIDE["applications_denied_state_secret_enterprise"]
    assert cell.description_en.startswith("Denied: state secret – Commercial enterprise. Section three;")
    assert cell.description_zh.startswith("（三）不予公开 1.属于国家秘密，法人或其他组织/商业企业。")
    assert cell.unit == "件"
    assert "(form of 2021 only)" in WIDE["proactive_fees_amount"].description_en
    assert WIDE["proactive_fees_amount"].unit == "万元"
    assert WIDE["title"].description_en == next(
        c.description_en for c in schema.table("reports").columns if c.column == "title"
    )


def test_every_cell_of_every_form_is_in_the_wide_table() -> None:
    parts = {"other_uncorrected", "other_unpaid_fee", "other_other"}
    expected = {
        f"{c.table_code}_{c.row_code}_{c.column_code}"
        for f in form.FORMS
        for t in form.TABLES
        for c in form.cell_defs(f, t)
        if c.row_code not in parts
    }
    assert {c.value for c in wide_cells()} == expected


def test_a_view_is_known_by_its_name() -> None:
    assert schema.view("tf_idf").key == ("report_id", "section_code", "term")
    with pytest.raises(KeyError):
        schema.view("cells")
