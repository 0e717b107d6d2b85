"""The wide tables: stored, they hold what their statements say, in their order, whatever is laid out at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline import schema
from pipeline.store import wide_tables
from pipeline.store.measures import Measure
from pipeline.store.sql import connect
from pipeline.store.stored_measures import make_measure, stored_measures
from pipeline.store.wide_tables import fill, view_sql


@pytest.fixture(scope="module")
def db(sample_build: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        connection.execute(f"ATTACH '{sample_build / 'ogi.duckdb'}' AS built (READ_ONLY)")
        connection.execute("CREATE SCHEMA beside; SET search_path = 'memory.beside,built.main'")
        yield connection


def rows(db: duckdb.DuckDBPyConnection, source: str) -> list[tuple[object, ...]]:
    return db.execute(f"SELECT * FROM {source}").fetchall()


@pytest.mark.parametrize("wide", schema.wide_tables(), ids=lambda t: t.table)
def test_a_wide_table_is_stored_as_its_statement_says_in_its_order(
    db: duckdb.DuckDBPyConnection, wide: schema.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = rows(db, f"built.main.{wide.table}")
    assert stored == rows(db, f"({view_sql(wide)}) ORDER BY {', '.join(wide.sorted_by)}")
    # The same by thirty reports at a time.
    monkeypatch.setattr(wide_tables, "REPORTS_AT_ONCE", 30)
    db.execute(f"CREATE TABLE beside.few AS {view_sql(wide, 'false')}")
    fill(db, wide, "beside.few")
    assert stored == rows(db, f"beside.few ORDER BY {', '.join(wide.sorted_by)}")
    db.execute("DROP TABLE beside.few")


@pytest.mark.parametrize("measure", stored_measures(), ids=lambda m: m.name)
def test_what_is_pooled_once_is_stored_as_its_statement_says(db: duckdb.DuckDBPyConnection, measure: Measure) -> None:
    make_measure(db, measure, "beside.anew")
    assert rows(db, f"built.main.{measure.name}") == rows(db, f"beside.anew ORDER BY {measure.sorted_by}")
    db.execute("DROP TABLE beside.anew")
