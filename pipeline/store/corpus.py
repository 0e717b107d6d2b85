"""The step that needs the whole corpus: duplicates told apart, issuers gathered, code lists written out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import polars as pl

from pipeline import schema
from pipeline.model import SourceFile
from pipeline.store import ids
from pipeline.store.files import replace_parquet, stage
from pipeline.store.inventory import Inventory
from pipeline.store.layout import Layout, folder_of
from pipeline.store.rows import FINDINGS, PER_DOCUMENT, schema_of

CORPUS = ("documents", "reports", "issuers", "sections", "cells", "date_mentions", "features")
"""Published tables of this step, in the order of the contract."""

_INVENTORY_SCHEMA = pl.Schema(
    dict.fromkeys(("path", "intake", "container_path", "member", "url"), pl.String()),
)


class NotReadYet(Exception):
    """A step that this one builds on has not run; the message says which."""


def write_inventory(layout: Layout, inventory: Inventory, intakes: Sequence[str]) -> dict[str, int]:
    """Notes the documents of these intakes, and forgets intakes that are no longer there. Documents by intake."""
    there = {folder_of(i) for i in inventory.intakes}
    for path in layout.inventories.glob("*.list.parquet"):
        if path.name.removesuffix(".list.parquet") not in there:
            path.unlink()
    for folder in layout.shards.glob("*"):
        if folder.name not in there:
            shutil.rmtree(folder)
    counts = {}
    for intake in intakes:
        files = inventory.of(intake)
        if not files:
            continue
        columns = {name: [getattr(f, name) for f in files] for name in _INVENTORY_SCHEMA}
        replace_parquet(layout.inventory(intake), pl.DataFrame(columns, schema=_INVENTORY_SCHEMA))
        counts[intake] = len(files)
    return counts


def read_inventory(layout: Layout, intakes: Sequence[str] | None = None) -> tuple[SourceFile, ...]:
    """Documents noted, of all intakes or of some. Raises NotReadYet where there is no note."""
    noted = layout.inventories.glob("*.list.parquet") if intakes is None else map(layout.inventory, set(intakes))
    frames = [pl.read_parquet(p, glob=False) for p in noted if p.exists()]
    if not frames:
        raise NotReadYet("no documents are listed yet: materialise raw_documents for these intakes first")
    frame = pl.concat(frames).sort("intake", "path")
    return tuple(SourceFile(**row) for row in frame.iter_rows(named=True))


def shards(layout: Layout, table: str, intakes: Sequence[str] | None = None) -> pl.DataFrame:
    """Rows of a table that the documents yielded, over the intakes that are noted now (or some of them)."""
    if intakes is None:
        intakes = sorted({f.intake for f in read_inventory(layout)})
    files = [p for i in intakes for p in sorted(layout.shards_of(i).glob(f"*.{table}.parquet"))]
    if not files:
        raise NotReadYet("the documents have not been read yet: materialise `normalized_text` for all intakes first")
    # The schema is given, not inferred: a shard may hold only nulls in a column.
    return pl.concat([pl.read_parquet(p, schema=schema_of(table), glob=False) for p in files])


def tell_duplicates(documents: pl.DataFrame) -> pl.DataFrame:
    """Of documents with the same content the one with the smallest path stays; the others become `duplicate`."""
    order = ["content_sha256", "source_path", "member"]
    documents = documents.sort(order, nulls_last=True)
    is_copy = pl.col("content_sha256").is_not_null() & ~pl.col("content_sha256").is_first_distinct()
    documents = documents.with_columns(
        is_copy.alias("is_copy"), pl.col("document_id").first().over("content_sha256").alias("kept")
    )
    copies = documents.filter("is_copy").select(
        pl.struct("content_sha256", "source_path", "member")
        .map_elements(
            lambda r: ids.document_id(r["content_sha256"], "\x1f".join(filter(None, (r["source_path"], r["member"])))),
            return_dtype=pl.String,
        )
        .alias("document_id"),
        source_path="source_path",
        member="member",
    )
    documents = documents.join(copies, on=["source_path", "member"], how="left", nulls_equal=True, suffix="_copy")
    copy = pl.col("is_copy")
    same = "the same bytes as another document of this input"
    return documents.with_columns(
        document_id=pl.when(copy).then("document_id_copy").otherwise("document_id"),
        outcome=pl.when(copy).then(pl.lit("duplicate")).otherwise("outcome"),
        reason_code=pl.when(copy).then(pl.lit("same_content")).otherwise("reason_code"),
        reason=pl.when(copy).then(pl.lit(same)).otherwise("reason"),
        duplicate_of=pl.when(copy).then("kept").otherwise(None),
        report_id=pl.when(copy).then(None).otherwise("report_id"),
    ).drop("is_copy", "kept", "document_id_copy")


def gather_issuers(reports: pl.DataFrame) -> pl.DataFrame:
    """One row per organ, under its normalised name."""
    named = reports.filter(pl.col("issuer_id").is_not_null()).with_columns(
        pl.col("issuer").map_elements(ids.normalised_organ, return_dtype=pl.String)
    )
    return named.group_by("issuer_id").agg(
        pl.col("issuer").first(),
        pl.col("division_code").first(),
        pl.len().cast(pl.Int32).alias("reports_count"),
        pl.col("report_year").min().alias("first_year"),
        pl.col("report_year").max().alias("last_year"),
    )


def stage_corpus(layout: Layout) -> dict[str, pl.DataFrame]:
    """Stages the tables of this step from the shards, and the findings. Rows as staged, by table.

    Raises NotReadYet where nothing has been read, SchemaMismatch where a stage of ours broke the schema.
    """
    out = {}
    documents = tell_duplicates(shards(layout, "documents"))
    kept = documents.filter(pl.col("report_id").is_not_null()).select("report_id")
    for table in PER_DOCUMENT:
        frame = documents if table == "documents" else shards(layout, table).join(kept, on="report_id", how="semi")
        if table == FINDINGS:
            replace_parquet(layout.staged_table(FINDINGS), frame.sort(pl.all(), nulls_last=True))
            continue
        absent = {c: None for c in schema_of(table) if c not in frame.columns}
        out[table] = stage(layout.staged_table(table), table, frame.with_columns(**absent))
    out["issuers"] = stage(layout.staged_table("issuers"), "issuers", gather_issuers(out["reports"]))
    return {t: out[t] for t in CORPUS}


def stage_codes(layout: Layout) -> pl.DataFrame:
    """Stages the table `codes`: the form's labels and the code lists, each in its order."""
    frame = pl.DataFrame(list(schema.codes_rows())).with_columns(
        pl.int_range(1, pl.len() + 1).over("codelist", "form", "table_code").cast(pl.Int32).alias("sort_order")
    )
    return stage(layout.staged_table("codes"), "codes", frame)
