"""Asset checks: our invariants block publication; what the rules found about the reports is reported, with counts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from assets.dataset import staged_dataset
from assets.describe import inline
from assets.resources import Workspace
from expectations import history
from expectations.catalogue import FAMILIES, catalogue, rule_modules
from expectations.gx import Verdict, judge
from expectations.invariants import SUITES
from expectations.model import SEVERITIES
from expectations.suites import FINDINGS, REMARK
from pipeline.store import corpus, publish, stages
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout

_MOST_SHOWN = 12
_PREFIX = "findings_"


@dg.multi_asset_check(
    name="check_dataset",
    specs=[
        *(
            dg.AssetCheckSpec(
                name,
                asset=staged_dataset.key,
                blocking=True,
                description=f"{en} Blocks publication.\n\n{zh}未通过则阻断发布。",
            )
            for name, (en, zh) in SUITES.items()
        ),
        *(
            dg.AssetCheckSpec(
                _PREFIX + family,
                asset=staged_dataset.key,
                description=f"{en}. Describes the reports; never blocks.\n\n{zh}。仅描述报告，不阻断发布。",
            )
            for family, (en, zh) in FAMILIES.items()
        ),
    ],
    can_subset=True,
)
def check_dataset(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
    """Great Expectations judges the staged DuckDB file, always all of it, whichever results are asked for: our invariants,
    which block, and that the rules find nothing, which describes the reports. The results are kept beside the staged dataset,
    for the history."""
    layout = workspace.layout
    with workspace.alone():
        documents = len(corpus.read_inventory(layout))

        def judged() -> None:
            layout.verdict.unlink(missing_ok=True)
            verdicts = judge(layout.staged_database, documents, layout.staged)
            history.stage_results(layout, verdicts, _started_at(context))
            replace_text(layout.verdicts, json.dumps([asdict(v) for v in verdicts], ensure_ascii=False, indent=1))
            publish.note_verdict(layout, [f"{v.table}: {v.name}" for v in verdicts if v.is_blocking and not v.success])

        stages.run(
            layout,
            "checks",
            judged,
            modules=["expectations.gx", "expectations.history", *rule_modules()],
            inputs=list(publish.staged_files(layout).values()),
            outputs=[layout.verdict, layout.verdicts, layout.results],
            facts=documents,
        )
        verdicts = [Verdict(**v) for v in json.loads(layout.verdicts.read_text(encoding="utf-8"))]
    yield from _invariants(_asked_for(context, SUITES), verdicts)
    yield from _findings(_asked_for(context, [_PREFIX + f for f in FAMILIES]), verdicts, layout)


def _started_at(context: dg.AssetCheckExecutionContext) -> str | None:
    """When the run began, in UTC; for people, in the history only."""
    began = context.instance.get_run_stats(context.run.run_id).start_time
    return None if began is None else f"{datetime.fromtimestamp(began, UTC):%Y-%m-%d %H:%M:%S}"


def _invariants(suites: Iterable[str], verdicts: list[Verdict]) -> Iterator[dg.AssetCheckResult]:
    for suite in suites:
        mine = [v for v in verdicts if v.suite == suite]
        broken = [v for v in mine if not v.success]
        yield dg.AssetCheckResult(
            asset_key=staged_dataset.key,
            check_name=suite,
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"All {len(mine)} expectations hold."
            if not broken
            else f"{len(broken)} of {len(mine)} expectations are broken.",
            metadata={
                "expectations": len(mine),
                "broken": len(broken),
                "verdicts": inline(_table(broken or mine)),
            },
        )


def _table(verdicts: list[Verdict]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "table": [v.table for v in verdicts],
            "what must hold": [v.name for v in verdicts],
            "holds": ["yes" if v.success else "no" for v in verdicts],
            "rows that break it": [v.fault if v.unexpected is None else str(v.unexpected) for v in verdicts],
        }
    )


def _asked_for(context: dg.AssetCheckExecutionContext, names: Iterable[str]) -> list[str]:
    selected = {key.name for key in context.selected_asset_check_keys}
    return [n for n in names if n in selected]


def _findings(checks: Iterable[str], verdicts: list[Verdict], layout: Layout) -> Iterator[dg.AssetCheckResult]:
    """By family: whether its rules find nothing but remarks, and how much they find."""
    found = {v.name: v for v in verdicts if v.suite == FINDINGS}
    flags = pl.read_parquet(layout.staged_table("flags"), glob=False)
    reports = pl.read_parquet(layout.staged_table("reports"), columns=["report_id", "source_path"], glob=False)
    for check in checks:
        rules = _rules(check.removeprefix(_PREFIX))
        mine = flags.join(rules.select("rule_code"), on="rule_code", how="semi")
        yield dg.AssetCheckResult(
            asset_key=staged_dataset.key,
            check_name=check,
            passed=all(found[r].success or found[r].severity == REMARK for r in rules["rule_code"] if r in found),
            severity=dg.AssetCheckSeverity.WARN,
            description=_summary(mine),
            metadata={
                "findings": mine.height,
                "by rule": inline(_by_rule(rules, mine)),
                "examples": inline(_examples(mine.join(reports, on="report_id", how="left"))),
            },
        )


def _rules(family: str) -> pl.DataFrame:
    rules = [r for r in catalogue() if r.family == family]
    return pl.DataFrame(
        {
            "rule_code": [r.code for r in rules],
            "severity": [r.severity for r in rules],
            "what it finds": [f"{r.title_en} {r.title_zh}" for r in rules],
        },
        schema=dict.fromkeys(("rule_code", "severity", "what it finds"), pl.String),
    )


def _summary(findings: pl.DataFrame) -> str:
    if not findings.height:
        return "No findings."
    grades = dict(findings["severity"].value_counts().rows())
    parts = ", ".join(f"{grades[s]:,} {s}" for s in SEVERITIES if s in grades)
    reports = findings["report_id"].n_unique()
    return f"{_counted(findings.height, 'finding')} about {_counted(reports, 'report')}. By severity: {parts}."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _by_rule(rules: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    counted = findings.group_by("rule_code").agg(
        pl.len().alias("findings"), pl.col("report_id").n_unique().alias("reports")
    )
    table = rules.join(counted, on="rule_code", how="left").with_columns(pl.col("findings", "reports").fill_null(0))
    return table.select("rule_code", "severity", "findings", "reports", "what it finds").sort(
        "findings", descending=True, maintain_order=True
    )


def _examples(findings: pl.DataFrame) -> pl.DataFrame:
    """Some findings of every rule, the rules in turn. Few columns: wider tables run off the page."""
    turn = pl.int_range(pl.len()).over("rule_code")
    shown = findings.sort(turn, "rule_code", "source_path").head(_MOST_SHOWN).sort("rule_code", "source_path")
    message = pl.format("{} {}", pl.col("message_en"), pl.col("message_zh"))
    return shown.select(report="source_path", finding=message, where="locator")
