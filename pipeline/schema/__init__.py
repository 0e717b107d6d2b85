"""The dataset's tables as data: every table and column of the contract with type, unit and description (zh, en).

Single source: the Parquet schema, the DuckDB comments, the Dagster column schema and the code lists derive from it.
"""

from pipeline.schema.model import (
    BUILT,
    Column,
    SchemaMismatch,
    Table,
    check_frame,
    codelist,
    codes_rows,
    conform,
    empty_frame,
    table,
    tables,
)

__all__ = [
    "BUILT",
    "Column",
    "SchemaMismatch",
    "Table",
    "check_frame",
    "codelist",
    "codes_rows",
    "conform",
    "empty_frame",
    "table",
    "tables",
]
