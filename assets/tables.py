"""The half of the pipeline that needs the whole corpus: the dataset's tables, findings and derived measures."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import table_metadata, table_spec
from assets.resources import Workspace
from expectations import flags as rule_flags
from pipeline.store import corpus
from pipeline.store import indicators as measures

INPUTS = {
    "documents": ["report_structure"],
    "reports": ["report_structure"],
    "sections": ["report_structure"],
    "date_mentions": ["normalized_text"],
    "cells": ["statutory_tables"],
    "features": ["narrative_features"],
    "issuers": ["reports"],
    "codes": [],
    "rules": [],
    "flags": ["documents", "reports", "sections", "cells", "date_mentions", "rules"],
    "indicators": ["reports", "cells"],
}
"""What each table of the dataset is made from."""


# One step, not two: as a step of their own the code lists would be a run of their own in every backfill.
@dg.multi_asset(
    name="corpus_tables",
    specs=[table_spec(t, INPUTS[t]) for t in (*corpus.CORPUS, "codes", "rules")],
    can_subset=False,
)
def corpus_tables(workspace: Workspace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Gathers the intakes, tells duplicates apart, gathers the organs; writes out code lists and rule catalogue."""
    layout = workspace.layout
    with workspace.alone():
        tables = corpus.stage_corpus(layout)
        tables |= {"codes": corpus.stage_codes(layout), "rules": rule_flags.stage_rules(layout)}
    for name, frame in tables.items():
        yield dg.MaterializeResult(asset_key=name, metadata=table_metadata(frame, layout.staged_table(name)))


@dg.multi_asset(name="apply_rules", specs=[table_spec("flags", INPUTS["flags"])])
def apply_rules(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Applies every rule of the catalogue to the staged tables."""
    with workspace.alone():
        frame = rule_flags.stage_flags(workspace.layout)
    return dg.MaterializeResult(
        asset_key="flags", metadata=table_metadata(frame, workspace.layout.staged_table("flags"))
    )


@dg.multi_asset(name="derive_indicators", specs=[table_spec("indicators", INPUTS["indicators"])])
def derive_indicators(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Derives the indicators of every report from its cells."""
    with workspace.alone():
        frame = measures.stage_indicators(workspace.layout)
    return dg.MaterializeResult(
        asset_key="indicators", metadata=table_metadata(frame, workspace.layout.staged_table("indicators"))
    )
