"""CSV that is safe to open in a spreadsheet: no text cell of it begins a formula.

Text comes from documents that anyone can write. A cell that begins with `=`, `+`, `-`, `@` (full-width forms too), a tab,
a carriage return or a line feed gets an apostrophe in front, as OWASP's page "CSV Injection" advises; spreadsheets take
what follows for text. Numbers stay numbers: only text columns are looked at.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

BEGINS_A_FORMULA = "=+-@＝＋－＠\t\r\n"


def safe(value: Any) -> Any:
    """A value for a cell: a text that would begin a formula behind an apostrophe, everything else as it is."""
    if isinstance(value, str) and value.startswith(tuple(BEGINS_A_FORMULA)):
        return "'" + value
    return value


def safe_sql(column: str) -> str:
    """The same in SQL, for a text column."""
    characters = ", ".join(f"chr({ord(c)})" for c in BEGINS_A_FORMULA)
    return f"CASE WHEN {column}[1] IN ({characters}) THEN '''' || {column} ELSE {column} END"


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes a heading and rows; booleans in lower case, nothing for None. Rows written."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([str(v).lower() if isinstance(v, bool) else safe(v) for v in row])
        written += 1
    return written
