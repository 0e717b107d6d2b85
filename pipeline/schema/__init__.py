"""The dataset's tables as data: every table and column of the contract with type, unit and description (zh, en).

Single source: the Parquet schema, the DuckDB comments, the Dagster column schema and the code lists derive from it.
"""

from pipeline.schema.code_numbers import code_number, code_numbers
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
from pipeline.schema.views import view, views, wide_tables

__all__ = [
    "BUILT",
    "Column",
    "SchemaMismatch",
    "Table",
    "check_frame",
    "code_number",
    "code_numbers",
    "codelist",
    "codes_rows",
    "conform",
    "empty_frame",
    "table",
    "tables",
    "view",
    "views",
    "wide_tables",
]
