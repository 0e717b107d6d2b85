"""The step that needs the whole corpus: duplicates told apart, issuers gathered, code lists written out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.model import SourceFile
from pipeline.store import corrections, ids
from pipeline.store.addresses import report_ids, with_final_ids
from pipeline.store.corrections_file import Correction
from pipeline.store.files import replace_parquet, stage
from pipeline.store.inventory import Inventory
from pipeline.store.layout import Layout, folder_of
from pipeline.store.rows import FINDINGS, PER_DOCUMENT, schema_of
from pipeline.store.same_reports import same_reports

CORPUS = (
    "documents",
    "reports",
    "issuers",
    "sections",
    corrections.TABLE,
    "cells",
    "repairs",
    "date_mentions",
    "claims",
    "features",
    "passages",
    "points",
)
"""Published tables of this step, in the order of the contract."""

_FINAL_IDS = "final_ids"
_ELSEWHERE = ("terms",)
"""Tables of the shards that a later step stages: too long to be held in memory."""

_INVENTORY_SCHEMA = pl.Schema(
    {f.name: pl.Int64() if f.name in ("offset", "within") else pl.String() for f in fields(SourceFile)},
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
    # The schema is given, not inferred: a shard may hold only nulls in a column.
    files = shard_files(layout, table, intakes)
    return pl.concat([pl.read_parquet(p, schema=schema_of(table), glob=False) for p in files])


def shard_files(layout: Layout, table: str, intakes: Sequence[str] | None = None) -> list[Path]:
    """Files with the rows of a table that the documents yielded. Raises NotReadYet where there is none."""
    if intakes is None:
        intakes = sorted({f.intake for f in read_inventory(layout)})
    files = [p for i in intakes for p in sorted(layout.shards_of(i).glob(f"*.{table}.parquet"))]
    if not files:
        raise NotReadYet("the documents have not been read yet: materialise `normalized_text` for all intakes first")
    return files


def final_ids(layout: Layout) -> pl.DataFrame:
    """Reports as the shards name them (`report_id`) and as they are published (`final_report_id`). Raises NotReadYet."""
    path = layout.staged_table(_FINAL_IDS)
    if not path.exists():
        raise NotReadYet("the documents have not been gathered yet: materialise `documents` first")
    return pl.read_parquet(path, glob=False)


def tell_duplicates(documents: pl.DataFrame) -> pl.DataFrame:
    """Of documents with the same content one with an address stays, else the one with the smallest path; the others
    become `duplicate`.
    """
    has_no_address = pl.col("source_url").is_null()
    documents = documents.sort("content_sha256", has_no_address, "source_path", "member", nulls_last=True)
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


def tell_same_reports(documents: pl.DataFrame, kept: Mapping[str, str]) -> pl.DataFrame:
    """Marks the documents whose report is another's over again (`kept` by report_id) as duplicates of it."""
    by_report = dict(documents.filter(pl.col("report_id").is_not_null()).select("report_id", "document_id").iter_rows())
    again = pl.DataFrame(
        [(worse, by_report[better]) for worse, better in kept.items()],
        schema={"report_id": pl.String, "better": pl.String},
        orient="row",
    )
    documents = documents.join(again, on="report_id", how="left", maintain_order="left")
    is_again = pl.col("better").is_not_null()
    same = "the same report as another document of this input, which reads better"
    documents = documents.with_columns(
        outcome=pl.when(is_again).then(pl.lit("duplicate")).otherwise("outcome"),
        reason_code=pl.when(is_again).then(pl.lit("same_report")).otherwise("reason_code"),
        reason=pl.when(is_again).then(pl.lit(same)).otherwise("reason"),
        duplicate_of=pl.when(is_again).then("better").otherwise("duplicate_of"),
        report_id=pl.when(is_again).then(None).otherwise("report_id"),
        moved=pl.when(is_again).then("document_id").otherwise(None),
    )
    # A copy of a document that gives way is a copy of the one that is kept.
    moved = documents.filter(pl.col("moved").is_not_null()).select(duplicate_of="moved", root="better")
    return (
        documents.drop("better", "moved")
        .join(moved, on="duplicate_of", how="left", maintain_order="left")
        .with_columns(duplicate_of=pl.coalesce("root", "duplicate_of"))
        .drop("root")
    )


def gather_issuers(reports: pl.DataFrame) -> pl.DataFrame:
    """One row per organ, under the name and in the division of its latest report; earlier ones are in `former_names`."""
    latest = ("issuer", "division_code", "division_name", "division_level", "issuer_kind")
    name = pl.col("issuer").map_elements(ids.normalised_organ, return_dtype=pl.String)
    named = reports.filter(pl.col("issuer_id").is_not_null()).with_columns(name)
    named = named.sort("report_year", "report_id", nulls_last=False)
    whole = pl.concat_str("issuer", pl.format(" ({})", "division_code"), ignore_nulls=True)
    other = (
        named.with_columns(whole.alias("whole"), whole.last().over("issuer_id").alias("now"))
        .filter(pl.col("whole") != pl.col("now"))
        .group_by("issuer_id", "whole", maintain_order=True)
        .agg(
            pl.col("report_year").drop_nulls().unique(maintain_order=True).cast(pl.String).str.join(", ").alias("years")
        )
        .group_by("issuer_id", maintain_order=True)
        .agg(pl.format("{}: {}", "whole", "years").str.join("; ").alias("former_names"))
    )
    gathered = named.group_by("issuer_id", maintain_order=True).agg(
        *(pl.col(c).last() for c in latest),
        pl.len().cast(pl.Int32).alias("reports_count"),
        pl.col("report_year").min().alias("first_year"),
        pl.col("report_year").max().alias("last_year"),
    )
    return gathered.join(other, on="issuer_id", how="left", maintain_order="left")


def stage_corpus(layout: Layout, by_hand: Sequence[Correction] = ()) -> dict[str, pl.DataFrame]:
    """Stages the tables of this step from the shards, and the findings. Rows as staged, by table.

    `by_hand` are the entries of the corrections file. Raises NotReadYet where nothing has been read, CorrectionsWrong
    where an entry does not fit the report that it names, SchemaMismatch where a stage of ours broke the schema.
    """
    out: dict[str, pl.DataFrame] = {}
    documents = tell_duplicates(shards(layout, "documents"))
    kept = documents.filter(pl.col("report_id").is_not_null()).select("report_id")

    def read(table: str) -> pl.DataFrame:
        return shards(layout, table).join(kept, on="report_id", how="semi")

    compared = {t: read(t) for t in ("reports", "sections", "cells")}
    documents = tell_same_reports(documents, same_reports(**compared))
    final = report_ids(documents)
    replace_parquet(layout.staged_table(_FINAL_IDS), final)
    for table in PER_DOCUMENT:
        if table in _ELSEWHERE:
            continue
        # No table is held longer than it is needed, and none is read twice.
        frame = documents if table == "documents" else compared.pop(table) if table in compared else read(table)
        frame = with_final_ids(frame, final)
        if table == FINDINGS:
            replace_parquet(layout.staged_table(FINDINGS), frame.sort(pl.all(), nulls_last=True))
            continue
        if table == "cells":
            applied = corrections.apply(by_hand, out["documents"], out["reports"], frame)
            corrections.note(layout, applied)
            frame = applied.cells
            out[corrections.TABLE] = stage(layout.staged_table(corrections.TABLE), corrections.TABLE, applied.table)
        absent = {c: None for c in schema_of(table) if c not in frame.columns}
        out[table] = stage(layout.staged_table(table), table, frame.with_columns(**absent))
    out["issuers"] = stage(layout.staged_table("issuers"), "issuers", gather_issuers(out["reports"]))
    return {t: out[t] for t in CORPUS}


def stage_codes(layout: Layout) -> pl.DataFrame:
    """Stages the table `codes`: the form's labels and the code lists, each in its order and with its number."""
    rows = schema.codes_rows()
    frame = pl.DataFrame(list(rows)).with_columns(
        pl.int_range(1, pl.len() + 1).over("codelist", "form", "table_code").cast(pl.Int32).alias("sort_order"),
        pl.Series("code_number", [schema.code_number(r["codelist"], r["code"]) for r in rows], dtype=pl.Int32),
    )
    return stage(layout.staged_table("codes"), "codes", frame)
