"""Stages the tables that set the corpus's texts beside each other: words counted, points followed over the years, copies
found."""

from __future__ import annotations

import polars as pl

from pipeline.narrate.dictionary import dictionary_states
from pipeline.narrate.point_links import link_points
from pipeline.reuse import find_reuse
from pipeline.store.corpus import final_ids, shard_files
from pipeline.store.files import stage
from pipeline.store.layout import Layout
from pipeline.store.streamed import stage_rows
from pipeline.structure.headings import NARRATIVES
from pipeline.textdata.vocabulary import vocabulary

TEXTS = ("terms", "vocabulary", "dictionaries", "point_links", "reuse_pairs", "reuse")
"""Published tables of this step, in the order of the schema."""

_REPORT_FACTS = (
    "report_id",
    "issuer_id",
    "issuer",
    "report_year",
    "division_code",
    "division_name",
    "division_level",
    "issuer_kind",
)


def stage_texts(layout: Layout) -> None:
    """Stages the tables of this step from what `stage_corpus` staged and from the shards of `terms`.

    Raises NotReadYet before `stage_corpus`, SchemaMismatch where a stage of ours broke the schema.
    """

    def staged(table: str, *columns: str) -> pl.DataFrame:
        return pl.read_parquet(layout.staged_table(table), columns=list(columns) or None, glob=False)

    stage_rows("terms", shard_files(layout, "terms"), final_ids(layout), layout.staged_table("terms"))
    _stage(layout, "vocabulary", vocabulary(layout.staged_table("terms")))
    _stage(layout, "dictionaries", dictionaries_table())
    reports = staged("reports", *_REPORT_FACTS)
    _stage(layout, "point_links", link_points(staged("points"), reports))
    sections = pl.scan_parquet(layout.staged_table("sections"), glob=False)
    pairs, reuse = find_reuse(sections.filter(pl.col("section_code").is_in(NARRATIVES)), reports)
    _stage(layout, "reuse_pairs", pairs)
    _stage(layout, "reuse", reuse)


def dictionaries_table() -> pl.DataFrame:
    """Rows of the table `dictionaries`: every word list that tokens and features depend on, as it is in this run."""
    return pl.DataFrame(
        [
            {
                "dictionary": s.name,
                "version": s.version,
                "entries": s.entries,
                "sha256": s.sha256,
                "description_en": s.description_en,
                "description_zh": s.description_zh,
            }
            for s in dictionary_states()
        ]
    )


def _stage(layout: Layout, table: str, frame: pl.DataFrame) -> None:
    stage(layout.staged_table(table), table, frame)
