"""What follows from other tables of a release, made anew of them: what its files of it must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline import schema
from pipeline.release.verify_data import DERIVED, Data
from pipeline.store.compare_tables import name
from pipeline.store.duckdb_file import built_tables
from pipeline.store.indicator_rows import indicators_sql
from pipeline.store.measures import Measure
from pipeline.store.stored_measures import make_measure, stored_measures
from pipeline.store.wide_tables import fill, view_sql


def derived_tables() -> Mapping[str, Callable[[Data, str], None]]:
    """What this program makes of other tables, with the function that makes it as a table of that name."""
    return {
        **{t.table: _wide_table(t) for t in schema.wide_tables()},
        "indicators": _indicators,
        **{m.name: _measure(m) for m in stored_measures()},
    }


def made_anew(data: Data, table: str) -> str:
    """SQL of a table of `derived_tables` as this program makes it of the Parquet files, in no order; it is made once, beside
    the release, in bounded memory.

    The release must have this program's schema. Raises duckdb.Error where its tables make none.
    """
    made = f"{DERIVED}.main.{name(table)}"
    known = data.connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = ?", [DERIVED, table]
    ).fetchone()
    if known is None:
        try:
            derived_tables()[table](data, made)
        except BaseException:
            data.connection.execute(f"DROP TABLE IF EXISTS {made}")
            raise
    return made


def _wide_table(table: schema.Table) -> Callable[[Data, str], None]:
    def make(data: Data, into: str) -> None:
        data.connection.execute(f"CREATE TABLE {into} AS {view_sql(table, 'false')}")
        fill(data.connection, table, into)

    return make


def _measure(measure: Measure) -> Callable[[Data, str], None]:
    return lambda data, into: make_measure(data.connection, measure, into)


def _indicators(data: Data, into: str) -> None:
    (table,) = (t for t in built_tables() if t.table == "indicators")
    columns = ", ".join(f"{c.column}::{c.sql_type} AS {c.column}" for c in table.columns)
    data.connection.execute(f"CREATE TABLE {into} AS SELECT {columns} FROM ({indicators_sql()})")
