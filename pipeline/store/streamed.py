"""Stages long tables: rows from the shards or from a query, sorted by key, checked, never all in memory.

At 10⁵ reports `cells` has 2·10⁷ rows and `terms` 8·10⁷.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipeline import schema
from pipeline.store.bounded import bounded
from pipeline.store.files import flush
from pipeline.store.rows import FINDINGS, schema_of
from pipeline.store.sql import only, quoted

_ROW_GROUP = 122_880


def stage_rows(
    table: str,
    shards: Sequence[Path],
    final: pl.DataFrame,
    to: Path,
    *,
    beside: pl.DataFrame | None = None,
    threads: int | None = None,
) -> int:
    """Writes a table at `to` from the shards of the workers. Rows written.

    `final` has the columns `report_id` (of the shards) and `final_report_id` (as published); rows of reports that it
    does not name are left out. `beside` has, by the table's key, columns that the shards leave null. The same rows give
    the same bytes, whatever the number of threads and the order of the shards. Raises SchemaMismatch where the rows
    break the schema.
    """
    columns = dict.fromkeys(schema_of(table), "t.")
    columns["report_id"] = "f.final_"
    with bounded(to.parent, threads) as (connection, folder):
        final.select("report_id", "final_report_id").write_parquet(folder / "final.parquet")
        joins = f" JOIN {_read(folder / 'final.parquet')} f USING (report_id)"
        if beside is not None:
            key = schema.table(table).key
            beside.write_parquet(folder / "beside.parquet")
            by = " AND ".join(f"b.{k} = {columns[k]}{k}" for k in key)
            joins += f" LEFT JOIN {_read(folder / 'beside.parquet')} b ON {by}"
            columns |= dict.fromkeys(set(beside.columns) - set(key), "b.")
        # An empty file first: it gives the columns where there is no shard.
        pl.DataFrame(schema=schema_of(table)).write_parquet(folder / "empty.parquet")
        sources = ", ".join(map(only, [folder / "empty.parquet", *shards]))
        selected = ", ".join(f"{whose}{c} AS {c}" for c, whose in columns.items())
        rows = f"SELECT {selected} FROM read_parquet([{sources}], hive_partitioning = false) t{joins}"
        return stage_query(connection, table, rows, to)


def stage_query(connection: duckdb.DuckDBPyConnection, table: str, sql: str, to: Path) -> int:
    """Writes what a query yields as a table of the dataset (or as the findings) at `to`. Rows written.

    Raises SchemaMismatch where the rows break the schema; what was at `to` stays then.
    """
    types, key = _types(table)
    columns = ", ".join(f"CAST({c} AS {sql_type}) AS {c}" for c, sql_type in types.items())
    beside = to.with_name(to.name + ".partial")
    try:
        # DuckDB fills row groups in the order of the query and to the size asked for: threads change nothing.
        connection.execute(
            f"COPY (SELECT {columns} FROM ({sql}) ORDER BY {', '.join(key)}) TO {quoted(str(beside))} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
        rows = _checked(connection, table, beside)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    flush(beside)
    beside.replace(to)
    return rows


def _types(table: str) -> tuple[Mapping[str, str], Sequence[str]]:
    """SQL types of a table by column, and what its rows are sorted by."""
    if table == FINDINGS:
        return dict.fromkeys(schema_of(table), "VARCHAR"), list(schema_of(table))
    t = schema.table(table)
    return {c.column: c.sql_type for c in t.columns}, t.key


def _checked(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> int:
    """Rows of what was written. Raises SchemaMismatch for nulls, unknown codes, and a key that stands there twice."""
    if name == FINDINGS:
        return _one(connection, f"SELECT count(*) FROM {_read(path)}")
    table = schema.table(name)
    nulls = [f"count(*) - count({c.column})" for c in table.columns if not c.nullable]
    rows, *missing = connection.execute(f"SELECT count(*), {', '.join(nulls)} FROM {_read(path)}").fetchall()[0]
    if any(missing):
        raise schema.SchemaMismatch(f"table {name}: a column that may not be null holds null")
    for c in table.columns:
        if c.codelist:
            found = connection.execute(
                f"SELECT DISTINCT {c.column} FROM {_read(path)} WHERE {c.column} IS NOT NULL"
            ).fetchall()
            if unknown := {code for (code,) in found} - set(schema.codelist(c.codelist)):
                raise schema.SchemaMismatch(
                    f"table {name}: column {c.column} holds {sorted(unknown)}, not in {c.codelist}"
                )
    # The rows are sorted by key, so equal keys are neighbours: only lag in the order of the file, no second sort.
    key = ", ".join(table.key)
    sql = f"SELECT count(*) FROM (SELECT ({key}) AS k, lag(k) OVER () AS before FROM {_read(path)}) WHERE k = before"
    if _one(connection, sql):
        raise schema.SchemaMismatch(f"table {name}: the key {table.key} is not unique")
    return int(rows)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    (number,) = connection.execute(sql).fetchone() or (0,)
    return int(number)


def _read(path: Path) -> str:
    return f"read_parquet({only(path)}, hive_partitioning = false)"
