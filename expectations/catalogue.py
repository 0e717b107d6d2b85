"""Finds the rules: every module of `expectations.rules` holds one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import polars as pl

from expectations import rules as _rules
from expectations.model import SEVERITIES, STATUSES, Rule

FAMILIES = {
    "tables": ("Tables that are missing or left blank", "表格缺失或留空"),
    "identities": ("Printed totals that do not add up", "勾稽关系不成立"),
    "placement": ("Numbers whose cell is open, inferred or lost in the text", "数字所在单元格不定、推断或丢失"),
    "narrative": ("Figures of the narrative that the tables contradict", "正文数字与表格不符"),
    "values": ("Numbers that cannot be, or hardly", "不可能或可疑的数值"),
    "series": ("Reports of one organ that do not fit each other", "同一机关各份报告之间不相符"),
    "organs": ("Numbers of one organ that do not fit those of others", "不同机关之间的数字不相符"),
    "sections": ("Sections missing, empty or without content", "章节缺失、空白或无实质内容"),
    "forms": ("Forms that do not fit the year or each other", "表式与年度不符或混用"),
    "dates": (
        "Dates repaired, undecided or out of step with the report or the law",
        "日期经修复、无法判定，或与报告、规定不符",
    ),
    "reading": ("Tables that could not be read as the form prints them", "表格未能按表式读出"),
}
"""Families of rules, each one check: title in English and Chinese."""


def rule_modules() -> tuple[str, ...]:
    """Names of the modules that hold the rules."""
    names = (m.name for m in pkgutil.iter_modules(_rules.__path__) if not m.name.startswith("_"))
    return tuple(f"{_rules.__name__}.{name}" for name in sorted(names))


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule, by family and code. A module whose file does not bear its rule's code is a defect of ours."""
    found = []
    for module in rule_modules():
        rule: Rule = importlib.import_module(module).RULE
        if rule.code != module.rpartition(".")[2] or rule.family not in FAMILIES:
            raise ValueError(f"the module {module} holds rule {rule.code} of family {rule.family}")
        if rule.severity not in SEVERITIES or rule.status not in STATUSES:
            raise ValueError(f"rule {rule.code} has severity {rule.severity} and status {rule.status}")
        found.append(rule)
    order = list(FAMILIES)
    return tuple(sorted(found, key=lambda r: (order.index(r.family), r.code)))


def rules_frame() -> pl.DataFrame:
    """Rows of the table `rules`."""
    columns = {
        "rule_code": "code",
        **{
            c: c
            for c in (
                "severity",
                "status",
                "family",
                "reference",
                "title_en",
                "title_zh",
                "message_en",
                "message_zh",
            )
        },
    }
    return pl.DataFrame({c: [getattr(r, a) for r in catalogue()] for c, a in columns.items()})
