"""Batches of read documents on disk: a folder each, named by its content, holding all their rows and who they are.

A batch is written beside and renamed: it is there whole or not at all. What has the same name has the same bytes, so a
batch that is written twice, by a worker that was thought lost, is still one batch. Which batches count is not for the
folder to say but for the list of its intake (`listed`): what a killed run left, or what a change made stale, lies there
without being part of anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from uuid import uuid4

import polars as pl

from pipeline.model import SourceFile
from pipeline.store.files import flush, replace_text
from pipeline.store.ids import LENGTH
from pipeline.store.layout import Layout
from pipeline.store.rows import PER_DOCUMENT, schema_of

_PARTIAL = ".partial-"
_LIST = "batches.json"
LEDGER = "ledger"
"""Beside the tables of a batch: its documents, each with the hash of its file and the digest of what read it."""

SOURCE_SCHEMA = pl.Schema(
    {f.name: pl.Int64() if f.name in ("offset", "within") else pl.String() for f in fields(SourceFile)}
)
_NOTED = ("file_sha256", "reading", "fault")
LEDGER_SCHEMA = pl.Schema({**SOURCE_SCHEMA, **dict.fromkeys(_NOTED, pl.String())})
"""`file_sha256`: of the file's bytes (a container's, for its members), or what stands for them where nobody could read
them; `reading`: digest of what read the document; `fault`: the reason code of a document that yielded nothing."""
TABLES = (*PER_DOCUMENT, LEDGER)
Tables = Mapping[str, pl.DataFrame]


def write(folder: Path, tables: Tables) -> str:
    """Writes a batch into the folder of its intake. Its name. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{_PARTIAL}{os.getpid()}-{uuid4().hex}"
    beside.mkdir()
    sums = hashlib.sha256()
    try:
        for table in TABLES:
            path = file_of(beside, table)
            tables[table].write_parquet(path, compression="lz4")
            with path.open("rb") as f:
                sums.update(f"{table}\x1f{hashlib.file_digest(f, 'sha256').hexdigest()}\x1e".encode())
            flush(path)
        flush(beside)
        name = sums.hexdigest()[:LENGTH]
        if not is_whole(folder / name):
            remove(folder / name)
            try:
                beside.rename(folder / name)
            except OSError:
                if not is_whole(folder / name):  # else another process has just written the same batch
                    raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    flush(folder)
    return name


def file_of(batch: Path, table: str) -> Path:
    return batch / f"{table}.read.parquet"


def read(batch: Path) -> dict[str, pl.DataFrame]:
    """All tables of a batch."""
    return {t: pl.read_parquet(file_of(batch, t), schema=_schema(t), glob=False) for t in TABLES}


def ledger(batches: Sequence[Path]) -> pl.DataFrame:
    """The documents of these batches, with the column `batch`: the name of theirs."""
    empty = pl.DataFrame(schema={**LEDGER_SCHEMA, "batch": pl.String()})
    frames = (
        pl.read_parquet(file_of(b, LEDGER), schema=LEDGER_SCHEMA, glob=False).with_columns(batch=pl.lit(b.name))
        for b in batches
    )
    return pl.concat([empty, *frames])


def written(layout: Layout, intake: str) -> list[Path]:
    """Every whole batch in the folder of an intake, listed or not, by name."""
    folder = layout.shards_of(intake)
    entries = sorted(p for p in folder.glob("*") if p.is_dir() and not p.name.startswith(_PARTIAL))
    return [p for p in entries if is_whole(p)]


def is_whole(batch: Path) -> bool:
    return all(file_of(batch, t).is_file() for t in TABLES)


def remove(folder: Path) -> None:
    """Removes a batch, or an intake's folder. Killed on the way, it leaves nothing that could be taken for whole."""
    aside = folder.with_name(f"{_PARTIAL}{os.getpid()}-{uuid4().hex}")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def listed(layout: Layout, intake: str) -> list[Path]:
    """The batches that hold what is current of an intake; none before it was read."""
    path = layout.shards_of(intake) / _LIST
    names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [layout.shards_of(intake) / name for name in names]


def note_listed(layout: Layout, intake: str, names: Sequence[str]) -> None:
    """Says which batches count, in one rename; then removes the others, and what killed runs left."""
    folder = layout.shards_of(intake)
    replace_text(folder / _LIST, json.dumps(sorted(set(names)), indent=1))
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in names:
            remove(entry)


def only(tables: Tables, documents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of some of a batch's documents (columns `path` and `member`)."""
    by_place = documents.select(source_path="path", member="member")
    kept = tables["documents"].join(by_place, on=["source_path", "member"], how="semi", nulls_equal=True)
    reports = kept.select("report_id").drop_nulls()
    out = {t: f.join(reports, on="report_id", how="semi") for t, f in tables.items() if "report_id" in f.columns}
    noted = tables[LEDGER].join(documents, on=["path", "member"], how="semi", nulls_equal=True)
    return {**out, "documents": kept, LEDGER: noted}


def joined(parts: Sequence[Tables]) -> dict[str, pl.DataFrame]:
    """Several batches as one."""
    return {t: pl.concat([p[t] for p in parts]) for t in TABLES}


def files(layout: Layout, table: str, intakes: Sequence[str]) -> Iterator[Path]:
    """The files with a table's rows of some intakes, in the order of intakes and batches."""
    for intake in sorted(set(intakes)):
        for batch in listed(layout, intake):
            yield file_of(batch, table)


def _schema(table: str) -> pl.Schema:
    # Given, not inferred: a shard may hold only nulls in a column.
    return LEDGER_SCHEMA if table == LEDGER else schema_of(table)
