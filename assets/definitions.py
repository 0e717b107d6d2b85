"""All that Dagster is to know, in one object."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from assets.checks import check_dataset
from assets.dataset import dataset, quality_page, staged_dataset
from assets.documents import raw_documents, read_documents
from assets.jobs import build
from assets.release import release_job
from assets.resources import Workspace, from_environment
from assets.schedules import reporting_season
from assets.sensors import new_documents
from assets.tables import apply_rules, compare_texts, corpus_tables, derive_indicators
from assets.uploaded import uploaded_dataset
from pipeline.store import closure

FRESH = dg.FreshnessPolicy.time_window(warn_window=timedelta(days=8), fail_window=timedelta(days=15))
"""The schedule runs at least weekly: a day after one that did not come the dataset is late, a day after two it is stale."""


def definitions(workspace: Workspace) -> dg.Definitions:
    """The definitions over a workspace. What a step notes of its code is what is there now, with the imports just done:
    a file that is edited while a run goes on counts for the next one."""
    closure.note_code()
    return dg.Definitions(
        assets=[
            raw_documents,
            read_documents,
            corpus_tables,
            compare_texts,
            apply_rules,
            derive_indicators,
            staged_dataset,
            dataset.map_asset_specs(lambda spec: dg.apply_freshness_policy(spec, FRESH)),
            quality_page,
            *([uploaded_dataset] if workspace.upload else []),
        ],
        asset_checks=[check_dataset],
        jobs=[build, release_job],
        sensors=[new_documents],
        schedules=[reporting_season],
        resources={"workspace": workspace},
        executor=dg.in_process_executor,
    )


defs = definitions(from_environment())
