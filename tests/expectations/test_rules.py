"""Every rule fires on its examples and stays silent on the others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import FAMILIES, catalogue, rules_frame
from expectations.examples import frames
from expectations.flags import UnknownRule, stage_flags
from expectations.model import Example, Report, Rule
from pipeline import form, schema
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


def staged_flags(layout: Layout, rules: tuple[Rule, ...] | None = None) -> pl.DataFrame:
    stage_flags(layout, rules)
    return pl.read_parquet(layout.staged_table("flags"), glob=False)


def flags_of(tmp_path: Path, rule: Rule, example: Example) -> pl.DataFrame:
    layout = Layout(tmp_path)
    for table, frame in frames(rule, example).items():
        replace_parquet(layout.staged_table(table), frame)
    return staged_flags(layout, (rule,))


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_rule_finds_what_its_example_says(tmp_path: Path, rule: Rule, example: Example) -> None:
    flags = flags_of(tmp_path, rule, example).filter(rule_code=rule.code)
    found = flags.select("report_id", "table_code", "row_code", "column_code", "observed", "expected").rows()
    told = [(f.report, f.table, f.row, f.column, f.observed, f.expected) for f in example.findings]
    assert sorted(found, key=str) == sorted(told, key=str)
    for flag in flags.iter_rows(named=True):
        assert not re.search(r"\{\w+\}", flag["message_en"] + flag["message_zh"])
        assert not re.search("“”|, :|: ;|：；|:  ", flag["message_en"] + flag["message_zh"]), "an empty placeholder"
        assert flag["flag_id"] == ids.flag_id(
            *(flag[c] for c in ("report_id", "rule_code", "table_code", "row_code", "column_code", "locator"))
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


def message(tmp_path: Path, code: str, example: Example) -> tuple[str, str]:
    (rule,) = (r for r in catalogue() if r.code == code)
    flag = flags_of(tmp_path, rule, example).filter(rule_code=code).row(0, named=True)
    return flag["message_zh"], flag["message_en"]


def test_a_lower_bound_is_called_one(tmp_path: Path) -> None:
    example = Example("a blank beside", tables={"applications": {"granted": "10 1 _ _ _ _ 0"}})
    zh, en = message(tmp_path, "row_total_mismatch", example)
    assert zh.endswith("总计为0，各列之和至少为11。")
    assert en.endswith("the total is 0, its parts add up to at least 11.")
    rows = {"received_new": "9 _ _ _ _ _ _", "carried_in": "_ _ _ _ _ _ _"}
    out = {"handled_total": "3 _ _ _ _ _ _", "carried_out": "2 _ _ _ _ _ _"}
    zh, en = message(tmp_path, "balance_mismatch", Example("more in", tables={"applications": rows | out}))
    assert zh.endswith("新收加上年结转至少为9，总计加结转下年为5。")
    assert en.endswith("new and carried in are at least 9, handled and carried over 5.")


@pytest.mark.parametrize(("token", "severity"), [("3", "error"), ("~3", "warning")])
def test_an_error_that_rests_on_a_doubtful_number_is_a_warning(tmp_path: Path, token: str, severity: str) -> None:
    rule = next(r for r in catalogue() if r.code == "row_total_mismatch")
    example = Example(name="one too few", tables={"applications": {"granted": f"{token} 1 0 0 0 0 3"}})
    (flag,) = flags_of(tmp_path, rule, example).filter(rule_code=rule.code).iter_rows(named=True)
    assert flag["severity"] == severity
    assert ("status U" in flag["message_en"]) == ("状态 U" in flag["message_zh"]) == (severity == "warning")


def test_a_list_of_rows_is_given_by_their_labels(tmp_path: Path) -> None:
    blank = dict.fromkeys(("partial", "granted", "carried_in"), "_ _ _ _ _ _ _")
    example = Example("blanks", tables={"applications": {"received_new": "1 0 0 0 0 0 1", **blank}})
    zh, en = message(tmp_path, "table_partly_blank", example)
    assert zh.endswith("涉及：二、上年结转政府信息公开申请数量；（一）予以公开；（二）部分公开。")
    assert "_" not in en


def test_a_finding_without_a_place_stands_where_its_table_begins(tmp_path: Path) -> None:
    (rule,) = (r for r in catalogue() if r.code == "row_missing")
    for table, frame in frames(rule, rule.examples[0]).items():
        if table == "findings":
            frame = frame.with_columns(locator=pl.lit(None, pl.String))
        if table == "sections":
            example = Example("", sections={"applications": "text"})
            frame = frames(rule, example)["sections"]
        replace_parquet(Layout(tmp_path).staged_table(table), frame)
    flags = staged_flags(Layout(tmp_path)).filter(rule_code="row_missing")
    assert flags["locator"].to_list() == ["section applications"]


def test_a_finding_of_an_unknown_rule_fails(tmp_path: Path) -> None:
    (rule,) = (r for r in catalogue() if r.code == "surplus_number")
    layout = Layout(tmp_path)
    for table, frame in frames(rule, rule.examples[0]).items():
        if table == "findings":
            frame = frame.with_columns(rule_code=pl.lit("no_such_rule"))
        replace_parquet(layout.staged_table(table), frame)
    with pytest.raises(UnknownRule, match="no_such_rule"):
        stage_flags(layout)


def status_example(tmp_path: Path, status: str) -> pl.DataFrame:
    """What the rules find in an example of one of them, which has this status."""
    code = "row_total_mismatch"
    rules = tuple(replace(r, status=status) if r.code == code else r for r in catalogue())
    (rule,) = (r for r in rules if r.code == code)
    layout = Layout(tmp_path)
    for table, frame in frames(rule, rule.examples[0]).items():
        replace_parquet(layout.staged_table(table), frame)
    return staged_flags(layout, rules).filter(rule_code=code)


@pytest.mark.parametrize("status", ["active", "experimental"])
def test_a_rule_in_use_or_on_trial_runs(tmp_path: Path, status: str) -> None:
    assert status_example(tmp_path, status).height == 1


def test_a_retired_rule_does_not_run(tmp_path: Path) -> None:
    assert status_example(tmp_path, "retired").height == 0


def test_the_table_of_rules_gives_the_status_of_each() -> None:
    frame = rules_frame()
    assert frame["status"].to_list() == [r.status for r in catalogue()]
    assert set(frame["status"]) <= set(schema.codelist("rule_status"))
    assert frame.filter(rule_code="outlier_in_own_history")["status"].item() == "experimental"


def test_only_what_contradicts_itself_is_an_error() -> None:
    errors = {r.code for r in catalogue() if r.severity == "error"}
    assert errors == {
        "row_total_mismatch",
        "results_total_mismatch",
        "balance_mismatch",
        "remedies_total_mismatch",
        "count_negative",
        "count_fractional",
        "identities_contradict",
    }


def test_a_finding_over_years_names_the_other_report(tmp_path: Path) -> None:
    (rule,) = (r for r in catalogue() if r.code == "carried_over_differs")
    zh, en = message(tmp_path, rule.code, rule.examples[0])
    assert zh.endswith("列：上年结转为2，而2023年报告结转下年度继续办理为3（last_year.txt）。")
    assert en.endswith(": 2 carried in, but the report of 2023 carried over 3 (last_year.txt).")


def test_a_finding_about_sections_names_them(tmp_path: Path) -> None:
    example = Example("short", sections={"problems": "无。"})
    zh, en = message(tmp_path, "section_boilerplate", example)
    assert zh == "“五、存在的主要问题及改进情况”：几乎没有实质内容（2字）。"
    assert en == "Section five: problems and improvements: next to nothing is said (2 characters)."
    zh, _ = message(tmp_path, "section_missing", Example("one of six", sections={"overview": "概述"}))
    assert zh == "报告中未见：五、存在的主要问题及改进情况；六、其他需要报告的事项。"


@pytest.mark.parametrize("token", ["0", "_", "-", "=0"])
def test_two_years_of_nothing_give_no_cause_for_findings(tmp_path: Path, token: str) -> None:
    """All-zero reports are common and legitimate, and blank ones are told by rules of their own."""
    tables = {
        table: {
            row: " ".join([token] * len(form.columns_of_row("2021", table, row) or form.column_codes("2021", table)))
            for row in form.row_codes("2021", table)
        }
        for table in form.TABLES
    }
    sections = {
        "overview": "本年度各项工作平稳推进。" * 4,
        "problems": "解读形式单一，栏目更新偏慢。今后丰富解读形式。" * 2,
    }
    sections["other_matters"] = "本年度未收取信息处理费。"
    years = {y: Report(report=f"of_{y}", report_year=y, tables=tables, sections=sections) for y in (2021, 2022, 2023)}
    example = Example("nothing", tables=tables, sections=sections, beside=tuple(years.values()))
    layout = Layout(tmp_path)
    for table, frame in frames(catalogue()[0], example).items():
        replace_parquet(layout.staged_table(table), frame)
    blank = {"table_blank"} if token == "_" else set()
    assert set(staged_flags(layout)["rule_code"]) == blank
