"""The half of the pipeline that needs the whole corpus: the dataset's tables, findings and derived measures."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.describe import inline, table_metadata, table_spec
from assets.resources import Workspace
from expectations import flags as rule_flags
from pipeline.store import corpus, corrections, provenance
from pipeline.store.indicator_rows import stage_indicators
from pipeline.textdata import staging as texts

INPUTS = {
    "documents": ["report_structure"],
    "reports": ["report_structure"],
    "sections": ["report_structure"],
    "date_mentions": ["normalized_text"],
    "corrections": ["reports"],
    "cells": ["statutory_tables", "corrections"],
    "repairs": ["statutory_tables"],
    "claims": ["narrative_features", "statutory_tables"],
    "features": ["narrative_features"],
    "passages": ["narrative_features"],
    "points": ["narrative_features"],
    "terms": ["narrative_features", "reports"],
    "vocabulary": ["terms"],
    "dictionaries": [],
    "point_links": ["points", "reports"],
    "reuse_pairs": ["sections", "reports"],
    "reuse": ["sections", "reports"],
    "issuers": ["reports"],
    "codes": [],
    "rules": [],
    "flags": ["documents", "reports", "sections", "cells", "date_mentions", "claims", "reuse_pairs", "reuse", "rules"],
    "indicators": ["reports", "cells"],
}
"""What each table of the dataset is made from."""
_MOST_SHOWN = 100


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
        by_hand = workspace.by_hand
        tables = corpus.stage_corpus(layout, by_hand)
        file = Path(workspace.corrections) if workspace.corrections else None
        provenance.note_corrections(layout, file, len(by_hand))
        tables |= {"codes": corpus.stage_codes(layout), "rules": rule_flags.stage_rules(layout)}
    for name, frame in tables.items():
        shown = table_metadata(frame, layout.staged_table(name))
        if name == corrections.TABLE:
            shown |= _corrections(workspace)
        yield dg.MaterializeResult(asset_key=name, metadata=shown)


def _corrections(workspace: Workspace) -> dict[str, object]:
    """Which file was applied, and the entries that wait for a report that is not in this input."""
    _, elsewhere = corrections.noted(workspace.layout)
    shown: dict[str, object] = {"entries for other reports": len(elsewhere)}
    if workspace.corrections:
        shown["corrections file"] = dg.MetadataValue.path(workspace.corrections)
    if elsewhere:
        frame = pl.DataFrame(elsewhere[:_MOST_SHOWN], schema=["correction", "report"], orient="row")
        shown["not applied here"] = inline(frame)
    return shown


@dg.multi_asset(name="compare_texts", specs=[table_spec(t, INPUTS[t]) for t in texts.TEXTS], can_subset=False)
def compare_texts(workspace: Workspace) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Counts the words of the corpus, follows points over the years, and finds copied text."""
    layout = workspace.layout
    with workspace.alone():
        tables = texts.stage_texts(layout)
    for name, scan in tables.items():
        yield dg.MaterializeResult(asset_key=name, metadata=table_metadata(scan, layout.staged_table(name)))


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
        frame = stage_indicators(workspace.layout)
    return dg.MaterializeResult(
        asset_key="indicators", metadata=table_metadata(frame, workspace.layout.staged_table("indicators"))
    )
