"""The form as data: complete, unambiguous, and every identity in place."""

from __future__ import annotations

from itertools import combinations

import pytest

from pipeline import form
from pipeline.extract.labels import key, labels, similarity


def test_the_sizes_of_the_forms():
    assert [len(form.row_codes(f, form.APPLICATIONS)) for f in form.FORMS] == [23, 25]
    assert [len(form.cell_defs("2021", t)) for t in form.TABLES] == [10, 175, 15]
    assert len(form.cell_defs("2019", form.PROACTIVE)) == 22


@pytest.mark.parametrize(("form_code", "count"), [("2019", 37), ("2021", 39)])
def test_identities_of_the_applications_table(form_code: str, count: int):
    instances = form.identity_instances(form_code, form.APPLICATIONS)
    assert len(instances) == count
    by_name = {i.name: i for i in instances}
    balance = by_name["balance(natural_person)"]
    assert {(r, s) for r, _, s in balance.terms} == {
        ("received_new", 1),
        ("carried_in", 1),
        ("handled_total", -1),
        ("carried_out", -1),
    }
    results = by_name["results_total(total)"]
    assert {r for r, _, s in results.terms if s == 1} == set(form.results_of_form(form_code))


@pytest.mark.parametrize("table", form.TABLES)
def test_no_label_means_two_rows(table: str):
    seen: dict[str, str] = {}
    for f in form.FORMS:
        for r in form.row_codes(f, table):
            for label in form.labels_of_row(f, table, r):
                assert seen.setdefault(key(label), r) == r, label


def test_a_damaged_label_resembles_its_own_row_only():
    rows = labels(form.APPLICATIONS)
    for code, keys in zip(rows.rows, rows.row_keys, strict=True):
        own = keys[0]
        for i, j in combinations(range(len(own)), 2):
            if len(own) < 6 or i == 0:
                continue
            damaged = own[:i] + own[i + 1 : j] + own[j + 1 :]
            for other, other_keys in zip(rows.rows, rows.row_keys, strict=True):
                if other != code and {other, code} != {"other", "other_other"}:
                    assert max(similarity(k, damaged) for k in other_keys) < similarity(own, damaged), (damaged, other)


def test_a_label_variant_is_one_line_of_a_table():
    assert "科研企业" in form.labels_of_column("2021", form.APPLICATIONS, "research_institution")
    assert labels(form.APPLICATIONS).column("科研企业") == "research_institution"


def test_every_unit_of_the_form_is_known():
    assert {c.unit for f in form.FORMS for t in form.TABLES for c in form.cell_defs(f, t)} - {""} <= set(form.units())
