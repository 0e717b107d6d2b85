"""Every rule fires on its examples and stays silent on the others."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import FAMILIES, catalogue, rules_frame
from expectations.examples import REPORT, frames
from expectations.flags import UnknownRule, stage_flags
from expectations.model import Example, Rule
from pipeline import schema
from pipeline.store import ids
from pipeline.store.files import replace_parquet
from pipeline.store.layout import Layout

CONTRACT = {
    "table_blank",
    "table_partly_blank",
    "table_missing",
    "row_total_mismatch",
    "results_total_mismatch",
    "balance_mismatch",
    "remedies_total_mismatch",
    "cell_unplaced",
    "cell_placed_by_preference",
    "cell_lost_and_deduced",
    "date_repaired",
    "date_undecided",
    "year_contradicts_report",
}

CASES = [pytest.param(r, e, id=f"{r.code}: {e.name}") for r in catalogue() for e in r.examples]


def flags_of(tmp_path: Path, rule: Rule, example: Example) -> pl.DataFrame:
    layout = Layout(tmp_path)
    for table, frame in frames(rule, example).items():
        replace_parquet(layout.staged_table(table), frame)
    return stage_flags(layout)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_rule_finds_what_its_example_says(tmp_path: Path, rule: Rule, example: Example) -> None:
    flags = flags_of(tmp_path, rule, example).filter(rule_code=rule.code)
    found = sorted(flags.select("table_code", "row_code", "column_code", "observed", "expected").rows(), key=str)
    assert found == sorted(((f.table, f.row, f.column, f.observed, f.expected) for f in example.findings), key=str)
    for flag in flags.iter_rows(named=True):
        assert not re.search(r"\{\w+\}", flag["message_en"] + flag["message_zh"])
        assert flag["flag_id"] == ids.flag_id(
            REPORT, rule.code, flag["table_code"], flag["row_code"], flag["column_code"], flag["locator"]
        )


def test_every_rule_has_examples_that_fire_and_that_do_not() -> None:
    for rule in catalogue():
        assert any(e.findings for e in rule.examples), rule.code
        assert any(not e.findings for e in rule.examples), rule.code


def test_the_catalogue_has_the_codes_of_the_contract() -> None:
    assert {r.code for r in catalogue()} >= CONTRACT
    assert {r.family for r in catalogue()} == set(FAMILIES)
    schema.conform("rules", rules_frame())


def test_messages_name_cells_in_both_languages(tmp_path: Path) -> None:
    (rule,) = (r for r in catalogue() if r.code == "balance_mismatch")
    flag = (
        flags_of(tmp_path, rule, rule.examples[0]).filter(rule_code=rule.code, column_code="total").row(0, named=True)
    )
    assert flag["message_zh"] == "收到和处理政府信息公开申请情况，“总计”列：新收加上年结转为31，总计加结转下年为36。"
    assert flag["message_en"].endswith("Total: new and carried in are 31, handled and carried over 36.")


def test_a_finding_of_an_unknown_rule_fails(tmp_path: Path) -> None:
    (rule,) = (r for r in catalogue() if r.code == "surplus_number")
    layout = Layout(tmp_path)
    for table, frame in frames(rule, rule.examples[0]).items():
        if table == "findings":
            frame = frame.with_columns(rule_code=pl.lit("no_such_rule"))
        replace_parquet(layout.staged_table(table), frame)
    with pytest.raises(UnknownRule, match="no_such_rule"):
        stage_flags(layout)
