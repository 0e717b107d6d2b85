"""The page and the command that show the catalogue: whole, up to date, readable.

After a change of a rule: OGI_UPDATE_DOCS=1 python -m pytest tests/expectations/test_rules_page.py writes the page anew.
"""

from __future__ import annotations

import os
import re

import pytest

from expectations.catalogue import FAMILIES, catalogue
from expectations.model import Example, Report
from expectations.rules_page import Grid, page, shown
from pipeline import cli
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "rules.md"


def test_the_page_is_that_of_the_catalogue() -> None:
    if os.environ.get("OGI_UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/rules.md is older than the rules; see this file's first lines"
    )


def test_the_page_shows_every_rule_with_both_examples() -> None:
    text = page()
    assert re.findall(r"^### (.+)$", text, flags=re.MULTILINE) == [r.code for r in catalogue()]
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == list(FAMILIES)
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        assert section.count("**Fires: ") == section.count("**Silent: ") == 1
        assert "Found" in section and "Nothing is found." in section
        for name in ("severity", "status", "reference", "message", "中文提示"):
            assert f"- **{name}**: " in section


def test_no_sql_on_the_page() -> None:
    assert not re.search(r"\b(SELECT|JOIN|WHERE)\b", page())


def test_every_rule_of_a_threshold_says_what_it_compares() -> None:
    for rule in catalogue():
        assert bool(rule.explains_en) == bool(rule.explains_zh), rule.code
        if rule.status == "experimental" or rule.family == "series":
            assert rule.explains_en or rule.code == "reports_of_year_differ", rule.code


def test_an_example_reads_like_a_report() -> None:
    example = Example(
        "two years",
        tables={"remedies": {"reconsideration": "1 _ ~2 3>4 -"}},
        sections={"problems": ""},
        beside=(Report(report="last_year", report_year=2023),),
    )
    assert list(shown(example)) == [
        "Report of 云岭市某局 on 2024 (`example`)",
        Grid(
            "`remedies`, form of 2021:",
            ("row", "upheld", "corrected", "other", "pending", "total"),
            (("reconsideration", "1", "(blank)", "2 (doubtful)", "3 (suggested: 4)", "-"),),
        ),
        Grid("Sections:", ("section", "text"), (("五、存在的主要问题及改进情况", "(empty)"),)),
        "Report of 云岭市某局 on 2023 (`last_year`)",
        "Nothing is found.",
    ]


def test_the_command_lists_the_rules_with_their_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["rule", "severity", "status", "family", "finds", "含义"]
    assert [r.split()[:4] for r in rows] == [[r.code, r.severity, r.status, r.family] for r in catalogue()]


@pytest.mark.parametrize("code", ["carried_over_differs", "date_repaired", "unit_impossible", "section_empty"])
def test_the_command_shows_one_rule_in_full(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", code]) == 0
    out = capsys.readouterr().out
    (rule,) = (r for r in catalogue() if r.code == code)
    assert out.startswith(f"{code}\n")
    for example in rule.examples:
        assert f"{'Fires' if example.findings else 'Silent'}: {example.name}" in out
    assert rule.severity in out and rule.title_zh in out


def test_an_unknown_rule_is_met_with_close_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "balance_mismach"]) == 2
    assert "did you mean balance_mismatch" in capsys.readouterr().err
    assert cli.main(["rules", "qqqq"]) == 2
    assert "`ogi rules` lists them all" in capsys.readouterr().err
