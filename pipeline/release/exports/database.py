"""The DuckDB file of a release: the build's own, which has tables, wide tables, views and the comments of all."""

from __future__ import annotations

import shutil

from pipeline.release.exports.parquet import BuildOutdated
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import stored_tables, views
from pipeline.store.layout import DATABASE, Layout
from pipeline.store.sql import connect


def copy_database(source: Layout, folder: Folder) -> None:
    """Raises BuildOutdated where its tables, wide tables and views are not those of this version's schema."""
    folder.data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source.current / DATABASE, folder.database)
    with connect(folder.database, read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        tables = {t for (t,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    stored = stored_tables()
    for table in (*stored, *views()):
        there = {(column, kind) for name, column, kind in columns if name == table.table}
        if there != {(c.column, c.sql_type) for c in table.columns}:
            raise BuildOutdated.of(source, f"{table.table} in its DuckDB file")
        if (table.table in tables) != (table in stored):
            raise BuildOutdated.of(
                source, f"{table.table} in its DuckDB file", "is stored otherwise than by this version"
            )
