"""Stages the table `terms`: the shards' rows under the published identities, sorted by key, never all in memory.

It is the longest table of the dataset: some 800 rows a report, so 8·10^7 at 10^5 reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipeline import schema
from pipeline.store.files import flush
from pipeline.store.sql import only, quoted
from pipeline.textdata.bounded import bounded

TABLE = "terms"
_ROW_GROUP = 122_880


def stage_terms(shards: Sequence[Path], final: pl.DataFrame, to: Path, threads: int | None = None) -> int:
    """Writes `terms` at `to` from the shards of the workers. Rows written.

    `final` has the columns `report_id` (of the shards) and `final_report_id` (as published); rows of reports that it
    does not name are left out. The same rows give the same bytes, whatever the number of threads and the order of the
    shards. Raises SchemaMismatch where the rows break the schema.
    """
    table = schema.table(TABLE)
    key = ", ".join(table.key)
    columns = ", ".join(
        f"CAST({'f.final_report_id' if c.column == 'report_id' else 't.' + c.column} AS {c.sql_type}) AS {c.column}"
        for c in table.columns
    )
    beside = to.with_name(to.name + ".partial")
    with bounded(to.parent, threads) as (connection, folder):
        final.select("report_id", "final_report_id").write_parquet(folder / "final.parquet")
        empty = folder / "empty.parquet"
        schema.empty_frame(TABLE).write_parquet(empty)
        sources = ", ".join(map(only, [empty, *shards]))
        try:
            # DuckDB fills row groups in the order of the query and to the size asked for: threads change nothing.
            connection.execute(
                f"COPY (SELECT {columns} FROM read_parquet([{sources}], hive_partitioning = false) t "
                f"JOIN read_parquet({only(folder / 'final.parquet')}, hive_partitioning = false) f USING (report_id) ORDER BY {key}) "
                f"TO {quoted(str(beside))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {_ROW_GROUP})"
            )
            rows = _checked(connection, table, beside)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    flush(beside)
    beside.replace(to)
    return rows


def _checked(connection: duckdb.DuckDBPyConnection, table: schema.Table, path: Path) -> int:
    """Rows of what was written. Raises SchemaMismatch for nulls, unknown codes, and a key that stands there twice."""
    nulls = [f"count(*) - count({c.column})" for c in table.columns if not c.nullable]
    rows, *missing = connection.execute(
        f"SELECT count(*), {', '.join(nulls)} FROM read_parquet({only(path)}, hive_partitioning = false)"
    ).fetchall()[0]
    if any(missing):
        raise schema.SchemaMismatch(f"table {table.table}: a column that may not be null holds null")
    for c in table.columns:
        if c.codelist:
            found = connection.execute(
                f"SELECT DISTINCT {c.column} FROM read_parquet({only(path)}, hive_partitioning = false)"
            ).fetchall()
            if unknown := {code for (code,) in found} - set(schema.codelist(c.codelist)):
                raise schema.SchemaMismatch(
                    f"table {table.table}: column {c.column} holds {sorted(unknown)}, not in {c.codelist}"
                )
    # The rows are sorted by key, so equal keys are neighbours: only lag in the order of the file, no second sort.
    key = ", ".join(table.key)
    twice = connection.execute(
        f"SELECT count(*) FROM (SELECT ({key}) AS k, lag(k) OVER () AS before FROM read_parquet({only(path)}, hive_partitioning = false)) "
        "WHERE k = before"
    ).fetchall()[0][0]
    if twice:
        raise schema.SchemaMismatch(f"table {table.table}: the key {table.key} is not unique")
    return int(rows)
