"""The step that needs the whole corpus: duplicates told apart, issuers gathered, code lists written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.model import SourceFile
from pipeline.store import corrections, ids, shards
from pipeline.store.addresses import report_ids, with_final_ids
from pipeline.store.bounded import bounded
from pipeline.store.corrections_file import Correction
from pipeline.store.files import replace_parquet, stage
from pipeline.store.inventory import Inventory
from pipeline.store.layout import Layout, folder_of
from pipeline.store.rows import PER_DOCUMENT, schema_of
from pipeline.store.same_reports import Chunk, Group, narratives_of, same_reports
from pipeline.store.shards import SOURCE_SCHEMA
from pipeline.store.sql import only, quoted
from pipeline.store.streamed import stage_rows

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

FINAL_IDS = "final_ids"
"""Beside the staged tables: the published identity of every report."""
_ELSEWHERE = ("terms",)
"""Tables of the shards that a later step stages."""
_COMPARED = ("sections", "cells")
"""Tables by which two files of one report are recognised."""
_NOT_LISTED = "no documents are listed yet: materialise raw_documents for these intakes first"
_HELD_AT_ONCE = 300
"""Reports whose texts are compared with each other at a time."""
_ROWS_TO_SKIP = 16_384


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
            shards.remove(folder)
    counts = {}
    for intake in intakes:
        files = inventory.of(intake)
        if not files:
            continue
        columns = {name: [getattr(f, name) for f in files] for name in SOURCE_SCHEMA}
        replace_parquet(layout.inventory(intake), pl.DataFrame(columns, schema=SOURCE_SCHEMA))
        counts[intake] = len(files)
    return counts


def read_inventory(layout: Layout, intakes: Sequence[str] | None = None) -> tuple[SourceFile, ...]:
    """Documents noted, of all intakes or of some. Raises NotReadYet where there is no note."""
    noted = layout.inventories.glob("*.list.parquet") if intakes is None else map(layout.inventory, set(intakes))
    frames = [pl.read_parquet(p, glob=False) for p in noted if p.exists()]
    if not frames:
        raise NotReadYet(_NOT_LISTED)
    frame = pl.concat(frames).sort("intake", "path")
    return tuple(SourceFile(**row) for row in frame.iter_rows(named=True))


def intakes_noted(layout: Layout) -> list[str]:
    """Intakes with documents, sorted. Raises NotReadYet where there is no note."""
    noted = list(layout.inventories.glob("*.list.parquet"))
    if not noted:
        raise NotReadYet(_NOT_LISTED)
    return sorted({i for p in noted for i in pl.read_parquet(p, columns=["intake"], glob=False)["intake"].unique()})


def rows(layout: Layout, table: str, intakes: Sequence[str] | None = None) -> pl.LazyFrame:
    """Rows of a table that the documents yielded, over the intakes that are noted now (or some of them), as a scan."""
    # The schema is given, not inferred: a shard may hold only nulls in a column.
    return pl.scan_parquet(shard_files(layout, table, intakes), schema=schema_of(table), glob=False)


def shard_files(layout: Layout, table: str, intakes: Sequence[str] | None = None) -> list[Path]:
    """Files with the rows of a table that the documents yielded. Raises NotReadYet where there is none."""
    if intakes is None:
        intakes = intakes_noted(layout)
    files = list(shards.files(layout, table, intakes))
    if not files:
        raise NotReadYet("the documents have not been read yet: materialise `normalized_text` for all intakes first")
    return files


def batches_listed(layout: Layout) -> dict[str, list[str]]:
    """The batches that hold what is current, by intake. They are named by their content: so it is said, too."""
    return {i: [b.name for b in shards.listed(layout, i)] for i in intakes_noted(layout)}


def final_ids(layout: Layout) -> pl.DataFrame:
    """Reports as the shards name them (`report_id`) and as they are published (`final_report_id`). Raises NotReadYet."""
    path = layout.staged_table(FINAL_IDS)
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


def stage_corpus(layout: Layout, by_hand: Sequence[Correction] = ()) -> None:
    """Stages the tables of this step from the shards, and the findings.

    `by_hand` are the entries of the corrections file. Raises NotReadYet where nothing has been read, CorrectionsWrong
    where an entry does not fit the report that it names, SchemaMismatch where a stage of ours broke the schema.
    """
    documents = tell_duplicates(rows(layout, "documents").collect())
    kept = documents.filter(pl.col("report_id").is_not_null()).select("report_id")
    reports = rows(layout, "reports").collect().join(kept, on="report_id", how="semi")
    documents = tell_same_reports(documents, _same_reports(layout, reports))
    final = report_ids(documents)
    replace_parquet(layout.staged_table(FINAL_IDS), final)
    documents = stage(layout.staged_table("documents"), "documents", with_final_ids(documents, final))
    reports = stage(layout.staged_table("reports"), "reports", with_final_ids(reports, final))
    stage(layout.staged_table("issuers"), "issuers", gather_issuers(reports))
    applied = corrections.apply(by_hand, documents, reports, lambda some: _cells_of(layout, some, final))
    corrections.note(layout, applied)
    stage(layout.staged_table(corrections.TABLE), corrections.TABLE, applied.table)
    for table in PER_DOCUMENT:
        if table not in ("documents", "reports", *_ELSEWHERE):
            beside = applied.beside if table == "cells" else None
            stage_rows(table, shard_files(layout, table), final, layout.staged_table(table), beside=beside)


def _same_reports(layout: Layout, reports: pl.DataFrame) -> dict[str, str]:
    """Reports that are another one over again; of texts and cells only those of some reports are held at a time."""
    narratives = pl.concat(
        # All rows of a report are in one file: it is hashed with its batch.
        narratives_of(pl.read_parquet(p, columns=["report_id", "section_code", "text"], glob=False))
        for p in shard_files(layout, "sections")
    )

    def chunks(groups: Sequence[Group]) -> Iterator[Chunk]:
        members = [(n, r) for n, group in enumerate(groups) for r in group]
        with bounded(layout.staged) as (connection, folder):
            pl.DataFrame(members, schema=["group_no", "report_id"], orient="row").write_parquet(folder / "groups")
            for table in _COMPARED:
                sources = ", ".join(map(only, shard_files(layout, table)))
                connection.execute(
                    f"COPY (SELECT g.group_no, t.* FROM read_parquet([{sources}], hive_partitioning = false) t "
                    f"JOIN read_parquet({only(folder / 'groups')}) g USING (report_id) ORDER BY group_no) "
                    f"TO {quoted(str(folder / table))} (FORMAT parquet, ROW_GROUP_SIZE {_ROWS_TO_SKIP})"
                )
            for first, behind in _spans(groups):
                part = pl.col("group_no").is_between(first, behind, closed="left")
                found = (pl.scan_parquet(folder / t, glob=False).filter(part).drop("group_no") for t in _COMPARED)
                sections, cells = (f.unique().collect() for f in found)
                yield groups[first:behind], sections, cells

    return same_reports(reports, narratives, chunks)


def _spans(groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """Neighbouring groups, as many as hold some hundred reports: the first, and the one behind the last."""
    first = reports = 0
    for n, group in enumerate(groups):
        if reports and reports + len(group) > _HELD_AT_ONCE:
            yield first, n
            first, reports = n, 0
        reports += len(group)
    yield first, len(groups)


def _cells_of(layout: Layout, some: Sequence[str], final: pl.DataFrame) -> pl.DataFrame:
    """The cells of some reports, by their published identities."""
    wanted = final.filter(pl.col("final_report_id").is_in(some))
    cells = rows(layout, "cells").join(wanted.lazy(), on="report_id", how="inner").collect()
    return cells.with_columns(report_id="final_report_id").drop("final_report_id")


def stage_codes(layout: Layout) -> None:
    """Stages the table `codes`: the form's labels and the code lists, each in its order and with its number."""
    rows = schema.codes_rows()
    frame = pl.DataFrame(list(rows)).with_columns(
        pl.int_range(1, pl.len() + 1).over("codelist", "form", "table_code").cast(pl.Int32).alias("sort_order"),
        pl.Series("code_number", [schema.code_number(r["codelist"], r["code"]) for r in rows], dtype=pl.Int32),
    )
    stage(layout.staged_table("codes"), "codes", frame)
