"""What a build tells at its end: documents by outcome, tables by rows, findings by rule, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.store.corrections import noted
from pipeline.store.layout import Layout
from pipeline.store.publish import row_counts
from pipeline.store.query import as_table

_MOST_NAMED = 5
_REMEDIES = {
    "needs_ocr": "pictures of pages, which the extra `ocr` reads: pip install 'ogi-panel[ocr]' (in a checkout: make ocr)",
    "needs_libreoffice": "Word files that the built-in converter cannot read: install LibreOffice (program `soffice`)",
}
"""What would make documents readable that are not, by reason code."""


def summary(layout: Layout, command: str = "ogi", left_out: Sequence[tuple[str, str]] = ()) -> str:
    """`left_out` are entries of the input that are no documents, each with the reason."""
    documents = pl.read_parquet(layout.parquet / "documents.parquet", glob=False)
    outcomes = (
        documents.group_by("outcome", "reason_code")
        .agg(pl.len().alias("documents"))
        .sort("documents", "outcome", "reason_code", descending=[True, False, False], nulls_last=True)
    )
    flags = pl.read_parquet(layout.parquet / "flags.parquet", glob=False)
    findings = (
        flags.group_by("rule_code", "severity")
        .agg(pl.len().alias("findings"), pl.col("report_id").n_unique().alias("reports"))
        .sort("findings", "rule_code", descending=[True, False])
    )
    blocks = [
        f"{documents.height:,} documents\n" + _table(outcomes),
        *_wanting(documents),
        *([_left_out(left_out)] if left_out else []),
        *_corrected(layout),
        "Tables\n" + _table(row_counts(layout).rename({"row_count": "rows"})),
        "Findings about the reports\n" + (_table(findings) if findings.height else "none"),
        f"Dataset: {layout.database} and {layout.parquet}/*.parquet\n"
        f"Quality: {layout.quality_page}\n"
        "Next:\n"
        f"  {command} sql \"SELECT * FROM applications WHERE row_code = 'received_new'\" --output {layout.out}\n"
        f"  {command} ui --output {layout.out}",
    ]
    return "\n\n".join(blocks)


def _wanting(documents: pl.DataFrame) -> list[str]:
    """What is not installed here and which documents it would read."""
    out = []
    for reason, remedy in _REMEDIES.items():
        paths = documents.filter(pl.col("reason_code") == reason).sort("source_path", "member")["source_path"].to_list()
        if paths:
            named = ", ".join(paths[:_MOST_NAMED]) + (", ..." if len(paths) > _MOST_NAMED else "")
            noun = "document is" if len(paths) == 1 else "documents are"
            out.append(f"{len(paths):,} {noun} {remedy}, then build again\n  {named}")
    return out


def _left_out(entries: Sequence[tuple[str, str]]) -> str:
    named = ", ".join(f"{name} ({why})" for name, why in entries[:_MOST_NAMED])
    more = f", and {len(entries) - _MOST_NAMED:,} more" if len(entries) > _MOST_NAMED else ""
    return f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'} left out: {named}{more}"


def _corrected(layout: Layout) -> list[str]:
    """How many corrections made by hand were applied, and which were not because their report is not in this input."""
    applied, elsewhere = noted(layout)
    if not applied and not elsewhere:
        return []
    told = f"{applied:,} {'correction' if applied == 1 else 'corrections'} made by hand applied"
    if not elsewhere:
        return [told]
    named = ", ".join(f"{entry} ({report})" for entry, report in elsewhere[:_MOST_NAMED])
    more = f", and {len(elsewhere) - _MOST_NAMED:,} more" if len(elsewhere) > _MOST_NAMED else ""
    return [f"{told}, {len(elsewhere):,} for reports that are not in this input: {named}{more}"]


def _table(frame: pl.DataFrame) -> str:
    lines = as_table(frame.columns, frame.rows()).splitlines()
    return "\n".join("  " + line for line in lines)
