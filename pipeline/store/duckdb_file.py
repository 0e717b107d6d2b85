"""Builds the DuckDB file from the staged Parquet: typed tables with comments, wide tables, views, and what pools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.store.bounded import bounded
from pipeline.store.layout import Layout
from pipeline.store.sql import only, quoted
from pipeline.store.stored_measures import fill_measures, write_measures
from pipeline.store.wide_tables import fill, view_sql


def built_tables() -> tuple[schema.Table, ...]:
    return tuple(t for t in schema.tables() if t.status == schema.BUILT)


def stored_tables() -> tuple[schema.Table, ...]:
    """What lies in the DuckDB file as a table: the dataset's own, and the wide tables that follow from them."""
    return (*built_tables(), *schema.wide_tables())


def views() -> tuple[schema.Table, ...]:
    """What the DuckDB file computes when it is asked for."""
    return tuple(v for v in schema.views() if v not in schema.wide_tables())


def write_database(layout: Layout, path: Path) -> None:
    """Writes the DuckDB file at `path`, replacing what is there."""
    path.unlink(missing_ok=True)
    with bounded(path.parent, database=path) as (connection, _):
        with _at_once(connection):
            create(connection)
        for table in built_tables():
            _fill(connection, table, layout.staged_table(table.table))
        for wide in schema.wide_tables():
            _fill_wide(connection, wide)
        fill_measures(connection)
        with _at_once(connection):
            _comment(connection)
        connection.execute("CHECKPOINT")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the tables without rows, the views over them and the measures; of comments those of the measures alone."""
    for table in stored_tables():
        connection.execute(f"CREATE TABLE {table.table} ({_columns(table)})")
    for view in views():
        connection.execute(f"CREATE VIEW {view.table} AS {view_sql(view)}")
    write_measures(connection)


def _columns(table: schema.Table) -> str:
    return ", ".join(f"{c.column} {c.sql_type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns)


def _fill(connection: duckdb.DuckDBPyConnection, table: schema.Table, source: Path) -> None:
    names = ", ".join(c.column for c in table.columns)
    connection.execute(
        f"INSERT INTO {table.table} SELECT {names} FROM read_parquet({only(source)}, hive_partitioning = false)"
    )


def _fill_wide(connection: duckdb.DuckDBPyConnection, wide: schema.Table) -> None:
    """Lays the cells out, then stores the rows in the order in which people ask for them."""
    connection.execute(f"CREATE TEMP TABLE laid_out ({_columns(wide)})")
    fill(connection, wide, "laid_out")
    connection.execute(f"INSERT INTO {wide.table} SELECT * FROM laid_out ORDER BY {', '.join(wide.sorted_by)}")
    connection.execute("DROP TABLE laid_out")


@contextmanager
def _at_once(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Hundreds of short statements in one transaction: each of its own would wait for the disk."""
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    for kind, tables in (("TABLE", stored_tables()), ("VIEW", views())):
        for table in tables:
            connection.execute(f"COMMENT ON {kind} {table.table} IS {quoted(table.comment)}")
            for c in table.columns:
                connection.execute(f"COMMENT ON COLUMN {table.table}.{c.column} IS {quoted(c.comment)}")
