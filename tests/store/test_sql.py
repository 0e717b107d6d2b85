"""Connections to DuckDB: sums are right where DuckDB 2.0.0 by itself gets them wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.store.bounded import over
from pipeline.store.sql import connect

TABLES = """
CREATE TABLE counted AS SELECT 2019 + i % 7 AS report_year, (i % 60)::BIGINT AS cells FROM range(80) t(i);
CREATE TABLE names AS SELECT 'a' AS codelist, 'x' || i AS code FROM range(20) t(i);
"""
SUMS = """SELECT report_year, sum(cells)::BIGINT AS cells FROM counted
LEFT JOIN names ON code = report_year::VARCHAR AND codelist = '' GROUP BY ALL"""
RIGHT = [(2019, 282), (2020, 294), (2021, 306), (2022, 298), (2023, 249), (2024, 260), (2025, 271)]


def test_sums_beside_a_join_that_finds_nothing() -> None:
    with connect() as connection:
        connection.execute(TABLES)
        assert connection.execute(f"{SUMS} ORDER BY report_year").fetchall() == RIGHT
        many = connection.execute(f"SELECT count(*) FROM ({SUMS}) WHERE cells > 255").fetchone()
        assert many == (sum(n > 255 for _, n in RIGHT),)


def test_duckdb_still_needs_the_workaround() -> None:
    """When this fails, DuckDB has mended its sums: `WITHOUT_WRONG_SUMS` can go."""
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        try:
            found = connection.execute(f"{SUMS} ORDER BY report_year").fetchall()
        except duckdb.ConversionException:
            return
        assert found != RIGHT


def test_a_file_is_opened_so_too(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with connect(path) as connection:
        connection.execute(TABLES)
    with connect(path, read_only=True) as connection:
        assert connection.execute(f"{SUMS} ORDER BY report_year").fetchall() == RIGHT
        with pytest.raises(duckdb.Error):
            connection.execute("DROP TABLE counted")


def test_a_folder_named_like_a_column_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "report_year=1999" / "x.parquet"
    path.parent.mkdir()
    pl.DataFrame({"report_year": [2023]}).write_parquet(path)
    with over({"reports": path}, tmp_path) as connection:
        assert connection.execute("SELECT report_year FROM reports").fetchall() == [(2023,)]
