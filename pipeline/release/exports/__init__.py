"""The data of a release: the build's tables as they are, and what people open elsewhere (CSV, Stata, DuckDB).

Which tables and wide tables a release has in which format stands in the schema (`exports` in `tables.csv` and `views.csv`).
"""

from __future__ import annotations

from pipeline import schema
from pipeline.release.edition import Edition
from pipeline.release.exports.database import copy_database
from pipeline.release.exports.parquet import BuildOutdated, copy_tables, write_views
from pipeline.release.exports.reading import opened
from pipeline.release.exports.spreadsheets import write_csv
from pipeline.release.exports.stata import TooLarge, write_stata
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import built_tables
from pipeline.store.layout import Layout

__all__ = ["BuildOutdated", "copy_tables", "write_data"]

CSV, STATA = "csv", "dta"


def write_data(source: Layout, folder: Folder, edition: Edition) -> tuple[str, ...]:
    """Writes DuckDB file, wide Parquet, CSV and Stata files of a folder that has the tables already (`copy_tables`).

    Returns the files that the schema promises and this release does not have, since they would be too large for their
    format, by their path in the release. Raises BuildOutdated where the build's database has not the schema of this
    version, OSError where something cannot be written.
    """
    copy_database(source, folder)
    left_out = []
    with opened(folder) as data:
        write_views(data, folder)
        for table in (*built_tables(), *schema.views()):
            if CSV in table.exports:
                write_csv(data, table, folder.csv(table.table))
            if STATA in table.exports:
                try:
                    write_stata(data, table, folder.stata(table.table), edition)
                except TooLarge:
                    left_out.append(folder.stata(table.table).relative_to(folder.root).as_posix())
    return tuple(left_out)
