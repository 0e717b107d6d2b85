"""Asset checks: our invariants block publication; what the rules found about the reports is reported, with counts."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.dataset import staged_dataset
from assets.describe import markdown
from assets.resources import Workspace
from expectations.catalogue import FAMILIES, catalogue
from expectations.gx import Verdict, judge
from expectations.invariants import SUITES
from pipeline.store import corpus, publish

_MOST_SHOWN = 20


@dg.multi_asset_check(
    name="check_invariants",
    specs=[
        dg.AssetCheckSpec(
            name, asset=staged_dataset.key, blocking=True, description=f"{description} Blocks publication."
        )
        for name, description in SUITES.items()
    ],
)
def check_invariants(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
    """Great Expectations judges the staged DuckDB file."""
    layout = workspace.layout
    with workspace.alone():
        verdicts = judge(layout.staged_database, len(corpus.read_inventory(layout)))
        publish.note_verdict(layout, [f"{v.table}: {v.name}" for v in verdicts if not v.success])
    for suite in SUITES:
        mine = [v for v in verdicts if v.suite == suite]
        broken = [v for v in mine if not v.success]
        yield dg.AssetCheckResult(
            asset_key=staged_dataset.key,
            check_name=suite,
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{len(mine)} expectations hold" if not broken else f"{len(broken)} of {len(mine)} are broken",
            metadata={
                "expectations": len(mine),
                "broken": len(broken),
                "verdicts": dg.MetadataValue.md(markdown(_table(broken or mine))),
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


@dg.multi_asset_check(
    name="check_findings",
    specs=[
        dg.AssetCheckSpec(
            f"findings_{family}", asset=dg.AssetKey("flags"), description=f"{en}. Describes the reports; never blocks."
        )
        for family, (en, _) in FAMILIES.items()
    ],
)
def check_findings(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
    """Counts what the rules found, by family."""
    flags = pl.read_parquet(workspace.layout.staged_table("flags"))
    for family in FAMILIES:
        rules = pl.DataFrame(
            {
                "rule_code": [r.code for r in catalogue() if r.family == family],
                "severity": [r.severity for r in catalogue() if r.family == family],
                "what it finds": [r.title_en for r in catalogue() if r.family == family],
            }
        )
        mine = flags.join(rules.select("rule_code"), on="rule_code", how="semi")
        counted = mine.group_by("rule_code").agg(
            pl.len().alias("findings"), pl.col("report_id").n_unique().alias("reports")
        )
        table = rules.join(counted, on="rule_code", how="left").with_columns(pl.col("findings", "reports").fill_null(0))
        grave = mine.filter(pl.col("severity") != "info")
        yield dg.AssetCheckResult(
            asset_key=dg.AssetKey("flags"),
            check_name=f"findings_{family}",
            passed=not grave.height,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{mine.height:,} findings about {mine['report_id'].n_unique():,} reports",
            metadata={
                "findings": mine.height,
                "reports": mine["report_id"].n_unique(),
                "by rule": dg.MetadataValue.md(markdown(table.sort("findings", descending=True, maintain_order=True))),
                "examples": dg.MetadataValue.md(
                    markdown(mine.select("report_id", "rule_code", "message_en", "locator").head(_MOST_SHOWN))
                ),
            },
        )
