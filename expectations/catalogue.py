"""Finds the rules: every module of `expectations.rules` holds one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import polars as pl

from expectations import rules as _rules
from expectations.model import Rule

FAMILIES = {
    "tables": ("Tables that are missing or left blank", "表格缺失或留空"),
    "identities": ("Printed totals that do not add up", "勾稽关系不成立"),
    "placement": ("Numbers whose cell is open, inferred or lost in the text", "数字所在单元格不定、推断或丢失"),
    "dates": ("Dates repaired, undecided or out of step with the report", "日期经修复、无法判定或与报告不符"),
    "reading": ("Tables that could not be read as the form prints them", "表格未能按表式读出"),
}
"""Families of rules, each one check: title in English and Chinese."""


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule, by family and code. A module whose file does not bear its rule's code is a defect of ours."""
    found = []
    for module in pkgutil.iter_modules(_rules.__path__):
        if module.name.startswith("_"):
            continue
        rule: Rule = importlib.import_module(f"{_rules.__name__}.{module.name}").RULE
        if rule.code != module.name or rule.family not in FAMILIES:
            raise ValueError(f"expectations/rules/{module.name}.py holds rule {rule.code} of family {rule.family}")
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
