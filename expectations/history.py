"""The history of results: what the checks of each published build found, one Parquet file a build in `history/`.

The results of a dataset are computed with its checks, lie in its version's folder, and are noted here after the
publication. A run that is killed in between loses nothing: the next one notes them. The history is no part of the
dataset: `started_at` is a clock's, and the files of one input differ by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb
import polars as pl

from expectations.gx import Verdict
from expectations.suites import FINDINGS
from pipeline import __version__
from pipeline.store import ids, publish
from pipeline.store.bounded import over_staged
from pipeline.store.duckdb_file import built_tables
from pipeline.store.files import replace_parquet
from pipeline.store.layout import Layout
from pipeline.store.provenance import INPUT_DIGEST

OUTCOME, REASON, TABLE, INVARIANT, RULE = "outcome", "reason", "table", "invariant", "rule"
"""Kinds of results: documents by outcome, documents by reason code, rows of a table, an expectation, a rule."""

SCHEMA = pl.Schema(
    {
        "build": pl.Int32(),
        "started_at": pl.String(),
        "code_version": pl.String(),
        "code_digest": pl.String(),
        "input_digest": pl.String(),
        "kind": pl.String(),
        "suite": pl.String(),
        "table_name": pl.String(),
        "name": pl.String(),
        "severity": pl.String(),
        "holds": pl.Boolean(),
        "number": pl.Int64(),
        "reports": pl.Int64(),
        "digest": pl.String(),
    }
)
"""One row per result. `number`: documents, rows, rows that break it, findings; `reports`: how many of them a rule
concerns. `started_at` (UTC) says when the build began. `digest`: of the table's Parquet file. `code_digest`: of this
project's modules and tables; `input_digest`: of the documents' paths and contents."""


class NoHistory(Exception):
    """Nothing was published here since results are noted; the message says what to do."""


def stage_results(layout: Layout, verdicts: Sequence[Verdict], started_at: str | None) -> pl.DataFrame:
    """Writes the results of the staged dataset beside it, still without the number of a build."""
    with over_staged(layout, ("documents", "reports", "flags", "rules")) as connection:
        rows = [*_documents(connection), *_tables(layout), *_invariants(verdicts), *_rules(connection)]
        (digest,) = connection.execute(_INPUT).fetchone() or ("",)
    frame = pl.DataFrame(rows, schema={c: SCHEMA[c] for c in _RESULT}, orient="row").select(
        pl.lit(started_at, pl.String).alias("started_at"),
        pl.lit(__version__).alias("code_version"),
        pl.lit(code_digest()).alias("code_digest"),
        pl.lit(digest, pl.String).alias("input_digest"),
        *_RESULT,
    )
    replace_parquet(layout.results, frame)
    return frame


def note(layout: Layout) -> None:
    """Adds the results of the published build to the history, unless they are there or nothing is published yet."""
    build, results = publish.current_build(layout), layout.current / publish.RESULTS
    if build is None or not results.exists() or layout.history_of(build).exists():
        return
    frame = pl.read_parquet(results, glob=False).select(pl.lit(build, pl.Int32).alias("build"), pl.all())
    replace_parquet(layout.history_of(build), frame)


def read(layout: Layout) -> pl.DataFrame:
    """All results of all builds. Raises NoHistory where there are none, or where a file of it cannot be read."""
    builds = publish.noted_builds(layout)
    if not builds:
        raise NoHistory(
            f"there is no history in {layout.out}: `ogi build --input DIR --output {layout.out}` publishes a dataset "
            "and notes its results; name another folder with --output"
        )
    frames = []
    for path in map(layout.history_of, builds):
        try:
            frames.append(pl.read_parquet(path, glob=False))
        except (pl.exceptions.PolarsError, OSError) as e:
            raise NoHistory(f"{path} cannot be read ({e}): move it elsewhere; the other builds stay readable") from e
    return pl.concat(frames, how="diagonal_relaxed")


_RESULT = ("kind", "suite", "table_name", "name", "severity", "holds", "number", "reports", "digest")
_Row = tuple[str, str | None, str | None, str | None, str | None, bool | None, int | None, int | None, str | None]

_INPUT = f"SELECT substr(({INPUT_DIGEST}), 1, {ids.LENGTH})"


def _documents(connection: duckdb.DuckDBPyConnection) -> Iterator[_Row]:
    for kind, column in ((OUTCOME, "outcome"), (REASON, "reason_code")):
        sql = f"SELECT {column}, count(*) FROM documents WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY ALL"
        for name, number in connection.execute(sql).fetchall():
            yield kind, None, None, name, None, None, number, None, None


def _tables(layout: Layout) -> Iterator[_Row]:
    for t in built_tables():
        path = layout.staged_table(t.table)
        rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
        with path.open("rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()[: ids.LENGTH]
        yield TABLE, None, t.table, None, None, None, rows, None, digest


def _invariants(verdicts: Sequence[Verdict]) -> Iterator[_Row]:
    for v in verdicts:
        if v.suite != FINDINGS:
            yield INVARIANT, v.suite, v.table, v.name, v.severity, v.success, v.unexpected, None, None


def _rules(connection: duckdb.DuckDBPyConnection) -> Iterator[_Row]:
    sql = """SELECT r.rule_code, r.severity, count(f.flag_id), count(DISTINCT f.report_id)
             FROM rules r LEFT JOIN flags f USING (rule_code) GROUP BY ALL ORDER BY ALL"""
    for rule, severity, findings, reports in connection.execute(sql).fetchall():
        yield RULE, FINDINGS, "flags", rule, severity, findings == 0, findings, reports, None


@cache
def code_digest() -> str:
    """Of the modules, tables and templates that make a dataset: tells builds apart between two releases."""
    sums = hashlib.sha256()
    for package in ("pipeline", "expectations"):
        for name, entry in sorted(_sources(files(package), package)):
            sums.update(f"{name}\x1f".encode() + hashlib.sha256(entry.read_bytes()).digest())
    return sums.hexdigest()[: ids.LENGTH]


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        inside = f"{name}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry, inside)
        elif entry.is_file() and not entry.name.endswith((".pyc", ".partial")):
            yield inside, entry
