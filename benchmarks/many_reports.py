"""Makes a dataset of any number of reports out of a small one: each report many times, as reports of other organs.

Nothing is read or judged anew. Every copy has identities and an organ of its own, and its divisions are others of the
list, so that a division has as many reports as in a real dataset. The same rows for the same source and number.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.data_files import table_rows
from pipeline.store.bounded import bounded
from pipeline.store.duckdb_file import built_tables, write_database
from pipeline.store.layout import Layout
from pipeline.store.sql import only, quoted

_STEP = 37
"""Places in the list of divisions from one copy to the next."""


def make(source: Path, reports: int, output: Path) -> Path:
    """Writes the DuckDB file of a dataset with at least so many reports; `source` is the output folder of a build.

    Where the folder has it already it is taken as it is.
    """
    layout = Layout(output)
    database = output / f"many-{reports}.duckdb"
    if database.exists():
        return database
    parquet = Layout(source).parquet
    there = pl.scan_parquet(parquet / "reports.parquet").select(pl.len()).collect().item()
    copies = -(-reports // there)
    layout.staged.mkdir(parents=True, exist_ok=True)
    with bounded(layout.staged) as (connection, folder):
        _divisions(parquet, copies).write_parquet(folder / "divisions")
        connection.execute(f"CREATE VIEW divisions AS FROM read_parquet({only(folder / 'divisions')})")
        for table in built_tables():
            connection.execute(
                f"COPY ({_copied(table, parquet / f'{table.table}.parquet', copies)}) "
                f"TO {quoted(str(layout.staged_table(table.table)))} (FORMAT parquet)"
            )
    beside = database.with_suffix(".partial")
    write_database(layout, beside)
    return beside.rename(database)


def _divisions(parquet: Path, copies: int) -> pl.DataFrame:
    """For every division of the dataset and every copy another one of its level: copy, code, new_code, new_name."""
    by_level: dict[str, list[tuple[str, str]]] = {}
    for r in table_rows("pipeline.issuers", "divisions.csv"):
        by_level.setdefault(r["level"], []).append((r["code"], r["name"]))
    found = pl.scan_parquet(parquet / "reports.parquet").select("division_code", "division_level").unique()
    rows = []
    for n, (code, level) in enumerate(found.drop_nulls().sort("division_code").collect().iter_rows()):
        known = by_level[level]
        rows += [(copy, code, *known[(n + copy * _STEP) % len(known)]) for copy in range(copies)]
    return pl.DataFrame(rows, schema=["copy", "code", "new_code", "new_name"], orient="row")


def _copied(table: schema.Table, path: Path, copies: int) -> str:
    """SQL of the rows of a table of the new dataset, by their key."""
    read = f"read_parquet({only(path)}, hive_partitioning = false) t"
    names = [c.column for c in table.columns]
    new = {c: f"left(md5(t.{c} || '/' || r.copy), 20)" for c in names if c.endswith("_id") or c == "duplicate_of"}
    if not new:
        return f"FROM {read}"
    read += f" CROSS JOIN range({copies}) r(copy)"
    if "issuer" in names:
        new["issuer"] = "t.issuer || r.copy"
    if "division_code" in names:
        new |= {"division_code": "d.new_code", "division_name": "d.new_name"}
        read += " LEFT JOIN divisions d ON d.code = t.division_code AND d.copy = r.copy"
    columns = ", ".join(f"{new.get(c, f't.{c}')} AS {c}" for c in names)
    return f"SELECT {columns} FROM {read} ORDER BY {', '.join(table.key)}"
