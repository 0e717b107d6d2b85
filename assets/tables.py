"""The half of the pipeline that needs the whole corpus: the dataset's tables, findings and derived measures."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets.describe import inline, staged_metadata, table_spec
from assets.resources import Workspace
from expectations import flags as rule_flags
from expectations.catalogue import rule_modules
from pipeline.store import bounded, corpus, corrections, provenance, stages
from pipeline.store.indicator_rows import stage_indicators
from pipeline.store.rows import FINDINGS
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
        bounded.clear(layout.staged)
        by_hand = workspace.by_hand
        is_new = stages.run(
            layout,
            "corpus",
            lambda: corpus.stage_corpus(layout, by_hand),
            modules=["pipeline.store.corpus"],
            inputs=[],
            outputs=[*map(layout.staged_table, (*corpus.CORPUS, corpus.FINAL_IDS, FINDINGS)), layout.corrections],
            facts=[corpus.batches_listed(layout), list(map(repr, by_hand))],
        )
        file = Path(workspace.corrections) if workspace.corrections else None
        provenance.note_corrections(layout, file, len(by_hand))
        corpus.stage_codes(layout)
        rule_flags.stage_rules(layout)
    for name in (*corpus.CORPUS, "codes", "rules"):
        shown = staged_metadata(layout, name, is_new)
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
        is_new = stages.run(
            layout,
            "texts",
            lambda: texts.stage_texts(layout),
            modules=["pipeline.textdata.staging"],
            inputs=[*map(layout.staged_table, ("reports", "sections", "points", corpus.FINAL_IDS))],
            outputs=[*map(layout.staged_table, texts.TEXTS)],
            facts=corpus.batches_listed(layout),
        )
    for name in texts.TEXTS:
        yield dg.MaterializeResult(asset_key=name, metadata=staged_metadata(layout, name, is_new))


@dg.multi_asset(name="apply_rules", specs=[table_spec("flags", INPUTS["flags"])])
def apply_rules(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Applies every rule of the catalogue to the staged tables."""
    layout = workspace.layout
    with workspace.alone():
        is_new = stages.run(
            layout,
            "flags",
            lambda: rule_flags.stage_flags(layout),
            modules=["expectations.flags", *rule_modules()],
            inputs=[*map(layout.staged_table, rule_flags.READS)],
            outputs=[layout.staged_table("flags")],
        )
    return dg.MaterializeResult(asset_key="flags", metadata=staged_metadata(layout, "flags", is_new))


@dg.multi_asset(name="derive_indicators", specs=[table_spec("indicators", INPUTS["indicators"])])
def derive_indicators(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Derives the indicators of every report from its cells."""
    layout = workspace.layout
    with workspace.alone():
        is_new = stages.run(
            layout,
            "indicators",
            lambda: stage_indicators(layout),
            modules=["pipeline.store.indicator_rows"],
            inputs=[*map(layout.staged_table, ("reports", "cells"))],
            outputs=[layout.staged_table("indicators")],
        )
    return dg.MaterializeResult(asset_key="indicators", metadata=staged_metadata(layout, "indicators", is_new))
