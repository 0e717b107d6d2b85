"""DuckDB connections to a file or to memory, and texts as SQL literals."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

WITHOUT_WRONG_SUMS = {"disabled_optimizers": "statistics_propagation"}
"""Settings of every connection (see `connect`); for those that a library opens, too."""


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def only(path: Path) -> str:
    """A file as an SQL literal for `read_parquet`, which would take `[1]` or `*` in a folder's name for a pattern.

    Say `hive_partitioning = false` beside it: else a folder named `report_year=2023` on the way is a column.
    """
    return quoted(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def connect(
    database: Path | None = None, *, read_only: bool = False, **config: str | bool | int | float | list[str]
) -> duckdb.DuckDBPyConnection:
    """A connection to a DuckDB file, or to memory; the only way in which this project opens one. Raises duckdb.Error.

    Works around a defect of DuckDB 2.0.0. Where a left join can find nothing on its right side, its optimizer believes a
    wrong range of every `sum`: `ORDER BY` then packs sums into too few bits (282 comes out as 26), and `HAVING` drops
    groups, without any error. The test `test_duckdb_still_needs_the_workaround` fails when this can go.
    """
    connection = duckdb.connect(":memory:" if database is None else str(database), read_only=read_only, config=config)
    for setting, value in WITHOUT_WRONG_SUMS.items():  # not in `config`: a file that is open elsewhere may have another
        connection.execute(f"SET {setting} = {quoted(value)}")
    return connection
