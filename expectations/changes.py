"""What changed from one build to the next: regressions first. Findings are compared per report, so that more documents
alone are no regression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from expectations.history import INVARIANT, OUTCOME, RULE, TABLE
from expectations.model import SEVERITIES

WORSE, BETTER, OTHER = "worse", "better", "other"
_ORDER = (WORSE, BETTER, OTHER)


@dataclass(frozen=True, slots=True)
class Build:
    """A published build. `findings` by severity, in the order of SEVERITIES; `broken` counts expectations of ours."""

    build: int
    started_at: str | None
    code_version: str
    code_digest: str
    input_digest: str
    documents: int
    parsed: int
    unreadable: int
    reports: int
    findings: tuple[int, int, int]
    expectations: int
    broken: int


@dataclass(frozen=True, slots=True)
class Change:
    """`direction`: worse, better or other; the same said in English and Chinese."""

    direction: str
    en: str
    zh: str


def builds(history: pl.DataFrame) -> list[Build]:
    """Every build of a history, oldest first."""
    return [_build(part) for _, part in history.group_by("build", maintain_order=True)]


def _build(part: pl.DataFrame) -> Build:
    def number(kind: str, **equal: str) -> int:
        rows = part.filter(pl.col("kind") == kind, *(pl.col(c) == v for c, v in equal.items()))
        return int(rows["number"].sum())

    first = part.row(0, named=True)
    ours = part.filter(pl.col("kind") == INVARIANT)
    error, warning, info = (number(RULE, severity=s) for s in SEVERITIES)
    return Build(
        **{c: first[c] for c in ("build", "started_at", "code_version", "code_digest", "input_digest")},
        documents=number(OUTCOME),
        parsed=number(OUTCOME, name="parsed"),
        unreadable=number(OUTCOME, name="unreadable"),
        reports=number(TABLE, table_name="reports"),
        findings=(error, warning, info),
        expectations=ours.height,
        broken=ours.height - int(ours["holds"].sum()),
    )


def compared(history: pl.DataFrame, old: Build, new: Build) -> list[Change]:
    """What changed from `old` to `new`: what became worse, then what became better, then the rest."""
    before, after = (history.filter(pl.col("build") == b.build) for b in (old, new))
    found = [
        *_invariants(before, after),
        *_documents(old, new),
        *_rules(before, after, old, new),
        *_tables(before, after),
    ]
    return sorted(found, key=lambda c: _ORDER.index(c.direction))


def _invariants(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[Change]:
    was, now = (
        {
            (s, t, n): holds
            for s, t, n, holds in f.filter(pl.col("kind") == INVARIANT)
            .select("suite", "table_name", "name", "holds")
            .iter_rows()
        }
        for f in (before, after)
    )
    for key, holds in now.items():
        what = f"{key[1]}: {key[2]} ({key[0]})"
        if not holds and was.get(key, True):
            yield Change(WORSE, f"an invariant is broken: {what}", f"不变式被破坏：{what}")
        elif holds and not was.get(key, True):
            yield Change(BETTER, f"an invariant holds again: {what}", f"不变式恢复成立：{what}")
    added, gone = len(now.keys() - was.keys()), len(was.keys() - now.keys())
    if added or gone:
        yield Change(OTHER, f"invariants: {added:,} added, {gone:,} dropped", f"不变式：新增 {added:,}，取消 {gone:,}")


def _documents(old: Build, new: Build) -> Iterator[Change]:
    if old.input_digest != new.input_digest:
        yield Change(
            OTHER,
            f"the input is another: {old.documents:,} → {new.documents:,} documents",
            f"输入不同：文档 {old.documents:,} → {new.documents:,}",
        )
    if step := _step(old.unreadable, new.unreadable, old.documents, new.documents):
        yield Change(
            step,
            f"documents unreadable: {old.unreadable:,} → {new.unreadable:,} of {new.documents:,}",
            f"无法读取的文档：{old.unreadable:,} → {new.unreadable:,}（共 {new.documents:,}）",
        )
    if step := _step(-old.parsed, -new.parsed, old.documents, new.documents):
        # Of another input fewer may be reports: only of the same one is that a loss.
        yield Change(
            step if old.input_digest == new.input_digest else OTHER,
            f"documents parsed: {old.parsed:,} → {new.parsed:,} of {new.documents:,}",
            f"已解析的文档：{old.parsed:,} → {new.parsed:,}（共 {new.documents:,}）",
        )


def _rules(before: pl.DataFrame, after: pl.DataFrame, old: Build, new: Build) -> Iterator[Change]:
    was, now = (
        {
            name: (severity, number, reports)
            for name, severity, number, reports in f.filter(pl.col("kind") == RULE)
            .select("name", "severity", "number", "reports")
            .sort("name")
            .iter_rows()
        }
        for f in (before, after)
    )
    for severity in SEVERITIES:
        for rule, (grade, number, reports) in now.items():
            if grade != severity:
                continue
            if rule not in was:
                if number:
                    yield Change(
                        OTHER,
                        f"a new rule, {rule} ({grade}): findings {number:,}, reports {reports:,}",
                        f"新规则 {rule}（{grade}）：发现 {number:,}，报告 {reports:,}",
                    )
                continue
            _, number_before, reports_before = was[rule]
            step = _step(number_before, number, old.reports, new.reports)
            if step:
                yield Change(
                    step if grade != "info" else OTHER,
                    f"{rule} ({grade}): findings {number_before:,} → {number:,}, reports {reports_before:,} → {reports:,}",
                    f"{rule}（{grade}）：发现 {number_before:,} → {number:,}，报告 {reports_before:,} → {reports:,}",
                )
    if silent := sorted(rule for rule, (_, number, _) in now.items() if rule not in was and not number):
        yield Change(
            OTHER, f"new rules that find nothing: {', '.join(silent)}", f"没有发现的新规则：{'、'.join(silent)}"
        )
    for rule in sorted(was.keys() - now.keys()):
        yield Change(OTHER, f"a rule is gone: {rule}", f"规则已取消：{rule}")


def _step(bad_before: int, bad: int, all_before: int, all_: int) -> str | None:
    """Whether the share of what is bad grew or shrank; exact. As many bad ones among more or fewer are no news."""
    grown = bad * max(all_before, 1) - bad_before * max(all_, 1)
    if grown == 0 or bad == bad_before:
        return None
    return WORSE if grown > 0 else BETTER


def _tables(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[Change]:
    was, now = (
        {
            t: (n, d)
            for t, n, d in f.filter(pl.col("kind") == TABLE).select("table_name", "number", "digest").iter_rows()
        }
        for f in (before, after)
    )
    for table, (rows, digest) in now.items():
        if table not in was:
            yield Change(OTHER, f"a new table, {table}: {rows:,} rows", f"新表 {table}：{rows:,} 行")
        elif was[table][0] != rows:
            yield Change(
                OTHER, f"{table}: {was[table][0]:,} → {rows:,} rows", f"{table}：{was[table][0]:,} → {rows:,} 行"
            )
        elif was[table][1] != digest:
            yield Change(OTHER, f"{table}: {rows:,} rows, contents changed", f"{table}：{rows:,} 行，内容有变")
    for table in sorted(was.keys() - now.keys()):
        yield Change(OTHER, f"a table is gone: {table}", f"表已取消：{table}")
