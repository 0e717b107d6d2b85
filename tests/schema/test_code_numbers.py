"""Numbers of codes are given once: what a release says, the next one means too."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import form, schema

GIVEN = Path(__file__).with_name("code_numbers_given.csv")
"""Every number ever given. A new code adds a line here; no line is ever changed or taken away."""

LISTS = sorted({r["codelist"] for r in schema.codes_rows()})


def _given() -> dict[tuple[str, int], str]:
    with GIVEN.open(encoding="utf-8", newline="") as f:
        return {(r["codelist"], int(r["number"])): r["code"] for r in csv.DictReader(f)}


@pytest.mark.parametrize("codelist", LISTS)
def test_every_code_of_a_list_has_a_number_of_its_own(codelist: str) -> None:
    numbers = schema.code_numbers(codelist)
    assert list(numbers) and set(numbers) == set(schema.codelist(codelist))
    assert len(set(numbers.values())) == len(numbers)
    assert min(numbers.values()) >= 1


@pytest.mark.parametrize("codelist", LISTS)
def test_a_number_is_never_given_to_another_code(codelist: str) -> None:
    given = {n: code for (name, n), code in _given().items() if name == codelist}
    now = {n: code for code, n in schema.code_numbers(codelist).items()}
    changed = {n: (given[n], now[n]) for n in given.keys() & now.keys() if given[n] != now[n]}
    assert changed == {}, "numbers that stand for another code now: give the new code a new number"
    new = now.keys() - given.keys()
    assert new == set(), f"new codes: add `{codelist},number,code` to {GIVEN.name} for the numbers {sorted(new)}"


def test_a_code_of_the_form_has_one_number_over_forms_and_tables() -> None:
    for kind, codes in (("row", form.row_codes), ("column", form.column_codes)):
        of_form = {c for f in form.FORMS for t in form.TABLES for c in codes(f, t)}
        assert set(schema.code_numbers(kind)) == of_form
    assert schema.code_number("column", "total") == 18
    with pytest.raises(KeyError):
        schema.code_number("column", "nothing")
