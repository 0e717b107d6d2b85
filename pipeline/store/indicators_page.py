"""The page `docs/indicators.md`: every indicator, table, view and macro with its formula, made from their definitions alone.

python -m pipeline.store.indicators_page docs/indicators.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pipeline.store.indicators import Indicator, indicators, labels_of
from pipeline.store.measures import MEASURES, TABLE, VIEW, Measure, column_words

_THEMES = {
    "applications": "Applications 申请",
    "outcomes": "Outcomes 办理结果",
    "refusals": "Reasons of refusal 不予公开、无法提供、不予处理的理由",
    "remedies": "Reconsideration and litigation 复议与诉讼",
    "proactive": "Proactive disclosure 主动公开",
}
_LINKS = {
    "links": "links over the forms of 2019 and 2021 两种表式可衔接",
    "only_2019": "form of 2019 only 仅 2019 年表式",
    "only_2021": "form of 2021 only 仅 2021 年表式",
}

_OPENING = """# Indicators, and SQL that reads like the form

Made by `python -m pipeline.store.indicators_page docs/indicators.md` from `pipeline/schema/data/indicators.csv` and
`pipeline/store/measures.py`; a test fails where this page is older than they are. How to use a release is in
[use.md](use.md), what statuses mean in the [guide](guide.md).

In a formula, `{row + row: column}` is the sum of these rows in that column of one report.

## Rules that all indicators follow

- **A part that is open makes the value null** (status O): a blank, a number whose cell is open, a missing table. The other
  part stays, in `numerator` or `denominator`.
- **A cell that prints `/`, `无` or the like counts as 0** in a sum, as in the form's own identities. Where every cell of an
  indicator without denominator says so, it does not apply: null, status M.
- **What the report's form does not ask for is null, status M**, with no numerator: there is no such number, it is not 0.
  A row `other_*` of a table that prints the one row `other` (status K) is such a case.
- **A share of nothing is null, status M**; its parts are there, and the denominator is 0.
- **A part larger than its whole is no share**: null, status O, both parts there. The report contradicts itself; the
  finding in `flags` says how.
- Otherwise `obs_status` is the weakest of the cells: A printed, I deduced, U read with doubt.
- Indicators rest on `cells.value`, never on suggested or corrected numbers.

**Pooling.** Add up numerators and denominators, then divide: the mean of shares gives a town with one application the
weight of a province. Below, every pooled row says how many reports it rests on and how many are left out, by why.

**Never add governments to organs.** The report of a people's government usually contains the figures of the organs and
governments under it. Rows of different `reporting_scope` are therefore kept apart everywhere, and `pooled_within` keeps
levels apart. An office (政府办公厅、室) counts as an organ; where it reports for its whole government, only the report's
text says so. So do development zones, and departments that report for a whole system (系统).

**规则摘要。** 所需数字未定则为空（O）；印为“/”“无”等按 0 计入合计；表式无此项目为空（M），不是零；分母为零为空（M）；部分大于
整体为空（O）。合并比例时，分子之和除以分母之和。人民政府的报告通常已含其所属机关的数字，不得与机关的数字相加。
"""


def page() -> str:
    """The page in Markdown."""
    lines = [_OPENING]
    for theme, title in _THEMES.items():
        lines.append(f"## {title}\n")
        for i in (i for i in indicators() if i.theme == theme):
            lines += _indicator(i)
    lines.append("## What pools in the DuckDB file: tables, views and macros 合并计算的表、视图与宏\n")
    for m in MEASURES:
        lines += _measure(m)
    lines.append("### Columns of tables, views and macros 列\n")
    lines.append("| column | meaning | 含义 |\n|---|---|---|")
    lines += [f"| `{r['column']}` | {r['description_en']} | {r['description_zh']} |" for r in column_words()]
    return "\n".join(lines) + "\n"


def _indicator(i: Indicator) -> Iterator[str]:
    label_en, label_zh = labels_of(i.indicator)
    yield f"### {i.indicator}\n"
    yield f"**{label_en}** {label_zh}. Unit: {i.unit}.\n"
    yield f"{i.description_en} {i.description_zh}\n"
    yield f"- formula: {i.formula_en}"
    yield f"- 公式：{i.formula_zh}"
    yield f"- {i.null_rule_en[0].lower()}{i.null_rule_en[1:]} {i.null_rule_zh}"
    yield f"- forms: {_LINKS[i.links]}. {i.link_note_en} {i.link_note_zh}\n"


def _measure(m: Measure) -> Iterator[str]:
    yield f"### {m.name}\n"
    called = m.name if m.kind in (TABLE, VIEW) else f"{m.name}({m.parameters})"
    yield f"`{called}` ({m.kind}). {m.description_en} {m.description_zh}\n"
    if m.formula:
        yield f"{m.formula}\n"
    yield f"```sql\n{m.example};\n```\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
