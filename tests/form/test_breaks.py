"""Breaks of series: every difference between the forms is named once, and nothing is that is none."""

from __future__ import annotations

from collections import Counter

from pipeline import form
from pipeline.form.breaks import DROPPED, RELABELLED, REPLACED, SPLIT, breaks, is_in_form

OLD, NEW = form.FORMS
Cell = tuple[str, str, str]


def cells_of(form_code: str) -> dict[Cell, tuple[str, str, str, str]]:
    return {
        (c.table_code, c.row_code, c.column_code): (c.row_label, c.group_label, c.column_label, c.unit)
        for table in form.TABLES
        for c in form.cell_defs(form_code, table)
    }


def test_every_difference_between_the_forms_is_named_once_and_nothing_else_is():
    old, new = cells_of(OLD), cells_of(NEW)
    differing = {(OLD, *at) for at in old if new.get(at) != old[at]} | {
        (NEW, *at) for at in new if old.get(at) != new[at]
    }
    named = Counter((f, b.table_code, r, c) for b in breaks() for f, r, c in b.cells)
    assert set(named) == differing
    assert set(named.values()) == {1}


def test_a_break_is_of_the_kind_that_it_says():
    old, new = cells_of(OLD), cells_of(NEW)
    for b in breaks():
        assert (b.form_from, b.form_to) == (OLD, NEW)
        before = {(b.table_code, r, c) for f, r, c in b.cells if f == OLD}
        after = {(b.table_code, r, c) for f, r, c in b.cells if f == NEW}
        assert before <= set(old) and after <= set(new), b.break_code
        kinds = {
            RELABELLED: before == after,
            REPLACED: bool(after) and not before & set(new) and b.rows_from == b.rows_to,
            SPLIT: len(b.rows_from) < len(b.rows_to) and b.columns_from == b.columns_to,
            DROPPED: not after and not before & set(new),
        }
        assert [k for k, holds in kinds.items() if holds] == [b.kind], b.break_code
        assert b.links == (b.kind in (RELABELLED, SPLIT)), "only the same number, or all of its parts, can be followed"


def test_every_break_says_in_both_languages_what_changed_and_how_to_bridge_it():
    for b in breaks():
        assert all((b.title_en, b.title_zh, b.note_en, b.note_zh, b.bridge_en, b.bridge_zh)), b.break_code
    assert len({b.break_code for b in breaks()}) == len(breaks())


def test_a_cell_knows_its_forms_and_its_break():
    assert [is_in_form(f, "applications", "other", "total") for f in form.FORMS] == [True, False]
    (found,) = [b for b in breaks() if b.names("applications", "other_unpaid_fee", "total")]
    assert found.kind == SPLIT and found.names("applications", "other", "enterprise")
    assert not any(b.names("remedies", "reconsideration", "total") for b in breaks())
