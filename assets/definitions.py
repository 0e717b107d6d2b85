"""All that Dagster is to know, in one object."""

from __future__ import annotations

import dagster as dg

from assets.checks import check_dataset
from assets.dataset import dataset, quality_page, staged_dataset
from assets.documents import raw_documents, read_documents
from assets.release import release_job
from assets.resources import Workspace, from_environment
from assets.sensors import new_intakes
from assets.tables import apply_rules, compare_texts, corpus_tables, derive_indicators

build = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.all(),
    description="Everything, from the documents to the published dataset. 从文档到发布数据集的全部步骤。",
)


def definitions(workspace: Workspace) -> dg.Definitions:
    """The definitions over a workspace."""
    return dg.Definitions(
        assets=[
            raw_documents,
            read_documents,
            corpus_tables,
            compare_texts,
            apply_rules,
            derive_indicators,
            staged_dataset,
            dataset,
            quality_page,
        ],
        asset_checks=[check_dataset],
        jobs=[build, release_job],
        sensors=[new_intakes],
        resources={"workspace": workspace},
        executor=dg.in_process_executor,
    )


defs = definitions(from_environment())
