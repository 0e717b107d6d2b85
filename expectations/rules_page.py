"""The catalogue in words: `docs/rules.md` and what `ogi rules CODE` shows are made here, from the rules alone.

python -m expectations.rules_page docs/rules.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from expectations.catalogue import FAMILIES, catalogue
from expectations.model import EXPERIMENTAL, RETIRED, STATUSES, Example, Report, Rule
from pipeline import form, schema

_CELLS = {"_": "(blank)", "?": "(unplaced)", "x": "(no table)", "-": "-", "K": "(in `other`)"}
_MARKED = {"~": "{} (doubtful)", "=": "{} (deduced)", "!": "{} (lost, deduced)"}

_STATUS_WORDS = {
    EXPERIMENTAL: "On trial: read its findings with care. 试行规则，结果仅供参考。",
    RETIRED: "Retired: kept for older datasets, no longer applied. 已停用，仅供查阅旧数据集。",
}

_OPENING = """# Rules

Every rule of the catalogue, made from `expectations/rules` by `python -m expectations.rules_page docs/rules.md`; a test
fails where this page is older than the rules. What severities and statuses mean, and how to work with findings, is in
the [guide](guide.md#findings-and-rules). `ogi rules` lists the rules, `ogi rules CODE` shows one as it stands here.

In the examples a cell shows what the report prints there. (blank): nothing is printed; (unplaced): a number is printed,
but whether here is open; (doubtful): printed, its cell inferred; (deduced): fixed by the identities; (lost, deduced):
the text lost it and the identities give it back; (in `other`): counted in the one row `other`; (no table): the section
has none. What is not shown is not there. All organs are invented.
"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table of an example, with what it shows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def facts(rule: Rule) -> Iterator[tuple[str, str]]:
    """What there is to say about a rule, as names and texts."""
    yield "finds", rule.title_en
    yield "含义", rule.title_zh
    yield "severity", rule.severity
    yield "status", rule.status
    yield "family", rule.family
    yield "reference", rule.reference
    if rule.explains_en:
        yield "compares", rule.explains_en
    if rule.explains_zh:
        yield "说明", rule.explains_zh
    yield "message", rule.message_en
    yield "中文提示", rule.message_zh
    if rule.status in _STATUS_WORDS:
        yield "note", _STATUS_WORDS[rule.status]


def shown(example: Example) -> Iterator[Grid | str]:
    """An example as lines and small tables: its reports, then what is found there."""
    for report in example.reports:
        yield _introduced(report, example)
        yield from _contents(report)
    if not example.findings:
        yield "Nothing is found."
        return
    names = ("report", "table", "row", "column", "observed", "expected")
    told = [tuple(getattr(f, n) or "" for n in names) for f in example.findings]
    kept = [n for n in range(len(names)) if any(t[n] for t in told) and (n or example.beside)]
    if kept:
        yield Grid("Found:", tuple(names[n] for n in kept), tuple(tuple(t[n] for n in kept) for t in told))
    else:
        yield "Found, about the whole report."


def _introduced(report: Report, example: Example) -> str:
    year = report.report_year or "an unknown year"
    given = "; ".join(f"{name} {value}" for name, value in report.facts.items())
    name = f" (`{report.report}`)" if example.beside else ""
    return f"Report of {report.issuer or 'an unknown organ'} on {year}{name}{': ' if given else ''}{given}"


def _contents(report: Report) -> Iterator[Grid | str]:
    for table, rows in report.tables.items():
        form_code = report.form_applications or report.form if table == form.APPLICATIONS else report.form
        yield _table(form_code, table, rows)
    if report.sections:
        labels = {r["code"]: r["label_zh"] for r in schema.codes_rows() if r["codelist"] == "section"}
        yield Grid(
            "Sections:", ("section", "text"), tuple((labels[c], t or "(empty)") for c, t in report.sections.items())
        )
    if report.dates:
        rows = tuple((p.removeprefix("*"), first or "(undecided)", role) for p, first, _, role, _ in report.dates)
        yield Grid("Dates:", ("printed", "first day", "role"), rows)
    if report.noticed:
        names = ("table", "row", "column", "observed", "expected")
        noticed = tuple(tuple(getattr(n, name) or "" for name in names) for n in report.noticed)
        yield Grid("Noticed while reading:", names, noticed)
    for table, given in report.rows.items():
        columns = tuple(dict.fromkeys(c for row in given for c in row))
        yield Grid(
            f"`{table}`:",
            columns,
            tuple(tuple("" if row.get(c) is None else str(row[c]) for c in columns) for row in given),
        )


def _table(form_code: str, table: str, rows: Mapping[str, str]) -> Grid:
    held = {}
    for row, cells in rows.items():
        columns_of_row = form.columns_of_row(form_code, table, row) or form.column_codes(form_code, table)
        held[row] = dict(zip(columns_of_row, cells.split(), strict=True))
    columns = tuple(c for c in form.column_codes(form_code, table) if any(c in cells for cells in held.values()))
    lines = tuple((row, *(_cell(cells[c]) if c in cells else "" for c in columns)) for row, cells in held.items())
    return Grid(f"`{table}`, form of {form_code}:", ("row", *columns), lines)


def _cell(token: str) -> str:
    if token in _CELLS:
        return _CELLS[token]
    if token[0] in _MARKED:
        return _MARKED[token[0]].format(token[1:])
    printed, _, suggested = token.partition(">")
    return f"{printed} (suggested: {suggested})" if suggested else printed


def page() -> str:
    """The page in Markdown: by family, each rule with an example that fires and one that does not."""
    lines = [_OPENING]
    rules = catalogue()
    counts = ", ".join(f"{sum(r.status == s for r in rules)} {s}" for s in STATUSES)
    lines.append(f"{len(rules)} rules: {counts}.\n")
    for family, (en, zh) in FAMILIES.items():
        mine = [r for r in rules if r.family == family]
        lines.append(f"- [{en}](#{family}): {', '.join(f'[`{r.code}`](#{r.code})' for r in mine)}")
        lines.append(f"  ({zh})")
    for family, (en, zh) in FAMILIES.items():
        lines.append(f"\n## {family}\n\n{en}. {zh}。")
        for rule in rules:
            if rule.family == family:
                lines.append(f"\n### {rule.code}\n")
                lines += _section(rule)
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    yield from (f"- **{name}**: {_escaped(text)}" for name, text in facts(rule))
    fires = next(e for e in rule.examples if e.findings)
    silent = next(e for e in rule.examples if not e.findings)
    for verdict, example in (("Fires", fires), ("Silent", silent)):
        yield f"\n**{verdict}: {_escaped(example.name)}**"
        for part in shown(example):
            yield from ("", part) if isinstance(part, str) else _markdown(part)


def _markdown(grid: Grid) -> Iterator[str]:
    yield f"\n{grid.caption}\n"
    yield f"| {' | '.join(map(_escaped, grid.columns))} |"
    yield f"|{'---|' * len(grid.columns)}"
    yield from (f"| {' | '.join(map(_escaped, row))} |" for row in grid.rows)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
