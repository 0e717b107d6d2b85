"""CSV files that spreadsheets, R and pandas open alike: UTF-8, RFC 4180 with line feeds, gzipped, no cell a formula.

There is no byte order mark: strict readers take it for a part of the first heading. Every text stands in quotation marks,
nothing else does: nothing between two commas is null, `""` an empty text. Numbers are exact and have no trailing zeros,
dates are as in ISO 8601, booleans `true` and `false`.

A text that a spreadsheet would take for a formula has an apostrophe in front (`pipeline/textdata/spreadsheet.py` says
when, and how to have the text back), also behind a `;`, a tab or the end of a line within it, where a program that is told
to split there begins a cell; codes of a list never need one.
"""

from __future__ import annotations

from pathlib import Path

from pipeline import schema
from pipeline.release.exports.reading import Data
from pipeline.store.sql import quoted
from pipeline.textdata.spreadsheet import safe_sql

MOST_CHARACTERS = 32_767
"""That a cell of a spreadsheet holds. The columns that go beyond it are left out (`left_out` in the schema)."""


def write_csv(data: Data, table: schema.Table, path: Path) -> None:
    """Writes a table. The gzip header has neither time nor name, so the same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"{_field(c)} AS {c.column}" for c in table.exported_columns)
    texts = ", ".join(c.column for c in table.exported_columns if c.type == "string")
    data.connection.execute(
        f"COPY (SELECT {columns} FROM {data.source(table)}) TO {quoted(str(path))} "
        f"(FORMAT csv, HEADER true, FORCE_QUOTE ({texts}), COMPRESSION gzip)"
    )


def _field(column: schema.Column) -> str:
    if column.type == "decimal":
        return f"regexp_replace({column.column}::VARCHAR, '[.]?0+$', '')"
    if column.type == "string" and not column.codelist:
        return safe_sql(column.column)
    return column.column
