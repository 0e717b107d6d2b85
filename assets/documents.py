"""The half of the pipeline that needs one document at a time, partitioned by intake."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets import runs
from assets.describe import GROUP, OWNERS, column_schema, inline, table_metadata
from assets.progress import reporter
from assets.resources import Workspace, patiently
from expectations import history
from pipeline.store import (
    corpus,
    executors,
    inbox,
    inventory,
    ledger,
    provenance,
    publish,
    published_place,
    software,
    work,
)

INTAKE = dg.DynamicPartitionsDefinition(name="intake")
_MOST_SHOWN = 100
_POLICY = dg.BackfillPolicy.single_run()


@dg.asset(
    partitions_def=INTAKE,
    backfill_policy=_POLICY,
    group_name=GROUP,
    kinds={"file"},
    owners=OWNERS,
    description="The documents of an intake (first folder level of the input), listed before anything is read. "
    "Every one of them, also every member of a container, ends as one row of `documents`.\n\n"
    "一个批次（输入文件夹的第一级子文件夹）中的文档清单。每份文档（含容器的每个成员）最终都对应 `documents` 中的一行。",
    metadata={
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn("path", "VARCHAR", description="Path in the input folder. 输入文件夹中的路径。"),
                dg.TableColumn("member", "VARCHAR", description="Name in the container. 容器内的名称。"),
            ]
        )
    },
)
def raw_documents(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    with patiently():
        if place := workspace.upload_place:
            published_place.require_usable(place)
        seen = inbox.look(workspace.root)  # before the list: what changes from now on shows
        taken = inventory.take(workspace.root, workspace.allowed)
    context.instance.add_run_tags(context.run.run_id, {runs.SEEN: inbox.digest(seen)})
    with workspace.alone():
        publish.note_left_out(workspace.layout, taken.skipped)
        corpus.write_inventory(workspace.layout, taken, context.partition_keys)
        inbox.note_listed(workspace.layout, seen, context.partition_keys)
    for intake in context.partition_keys:
        files = taken.of(intake)
        columns = {"path": [f.path for f in files], "member": [f.member for f in files]}
        listed = pl.DataFrame(columns, schema={"path": pl.String, "member": pl.String})
        context.add_asset_metadata(table_metadata(listed), partition_key=intake)
    shown: dict[str, object] = {"input folder": dg.MetadataValue.path(str(taken.root))}
    if taken.skipped:
        shown["left out"] = inline(pl.DataFrame(taken.skipped[:_MOST_SHOWN], schema=["path", "why"], orient="row"))
        shown["entries left out"] = len(taken.skipped)
    if taken.manifests:
        shown["manifests"] = inline(pl.DataFrame({"path": taken.manifests[:_MOST_SHOWN]}))
        shown["manifests used"] = len(taken.manifests)
    return dg.MaterializeResult(metadata=shown)


def _spec(name: str, deps: list[str], table: str, en: str, zh: str, *kinds: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        name,
        deps=deps,
        description=f"{en}\n\n{zh}",
        group_name=GROUP,
        kinds={"python", *kinds},
        owners=OWNERS,
        partitions_def=INTAKE,
        metadata={"dagster/column_schema": column_schema(table)},
    )


STAGES = {
    "normalized_text": "sections",
    "report_structure": "reports",
    "statutory_tables": "cells",
    "narrative_features": "features",
}
"""Assets of the per-document pass, each with the table that shows best what it yields."""


@dg.multi_asset(
    name="read_documents",
    specs=[
        _spec(
            "normalized_text",
            ["raw_documents"],
            "sections",
            "Text of the six sections, cleaned, with the dates written in it; every repair is recorded.",
            "六个部分的规范化文本及其中的日期；每处修复均有记录。",
        ),
        _spec(
            "report_structure",
            ["normalized_text"],
            "reports",
            "What each report says about itself: title, organ, year, period, forms and layouts of its tables.",
            "报告的标题、机关、年度、统计期及各表格的表式与版式。",
        ),
        _spec(
            "statutory_tables",
            ["normalized_text"],
            "cells",
            "Cells of the three statutory tables: matched by label, placed, deduced where the identities decide.",
            "三张法定表格的单元格：依标签匹配、定位，并在勾稽关系可确定处推算。",
        ),
        _spec(
            "narrative_features",
            ["normalized_text"],
            "features",
            "Words counted in the narrative sections by the dictionaries.",
            "按词典统计的叙述部分文本特征。",
            "jieba",
        ),
    ],
    backfill_policy=_POLICY,
    can_subset=False,
)
def read_documents(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    layout, intakes = workspace.layout, context.partition_keys
    with workspace.alone():
        sources = corpus.read_inventory(layout, intakes)
        parser = workspace.parser or work.PARSER
        with executors.opened(workspace.elsewhere, layout) as executor:
            brought = ledger.bring_up_to_date(
                layout,
                workspace.root.resolve(),
                sources,
                limits=workspace.allowed,
                parser=parser,
                workers=workspace.workers or None,
                progress=reporter(context),
                executor=executor,
                again=workspace.again,
            )
        used = software.running(history.code_digest())
        inbox.note_read(layout, intakes)
        provenance.note_reading(layout, sorted({s.intake for s in sources}), used, parser, workspace.allowed)
    outcomes = ", ".join(f"{n:,} {o}" for o, n in sorted(brought.outcomes.items()))
    context.log.info(
        f"{brought.documents:,} documents: {brought.documents - brought.read:,} unchanged, {brought.read:,} read"
        + (f" ({outcomes})" if outcomes else "")
    )
    for name, table in STAGES.items():
        for intake in sorted({s.intake for s in sources}):
            shown = table_metadata(corpus.rows(layout, table, [intake]), layout.shards_of(intake))
            context.add_asset_metadata(shown, asset_key=name, partition_key=intake)
        yield dg.MaterializeResult(asset_key=name)
