"""CSV that is safe to open in a spreadsheet: no text cell of it begins a formula.

Text comes from documents that anyone can write. A cell that begins with `=`, `+`, `-`, `@` (full-width and small forms
too), also behind blanks or quotation marks, or with a tab, a carriage return or a line feed, gets an apostrophe in
front, as OWASP's page "CSV Injection" advises; spreadsheets take what follows for text. So does what follows a `;`, a tab
or the end of a line within a text: a program that is told to split there, or does so as its country's custom is, begins
a cell with it. Numbers stay numbers: only text columns are looked at. The way back is exact: an apostrophe at such a place
is ours if what follows it would need one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from pipeline.store.sql import quoted

_OPERATORS = "=+@＝＋－＠﹦﹢﹣﹫\\-"
_BREAKS = "\t\r\n"
_PASSED_OVER = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d"
    "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\"'“”‘’＂＇"
)
"""Blanks, characters that cannot be seen and quotation marks: a program may strip them before it looks for a formula.
The apostrophe is one of them: a text with one in front of a formula gets a second one, so that the way back is exact."""
PATTERN = f"^(?:'*[{_BREAKS}]|[{_PASSED_OVER}]*[{_OPERATORS}])"
"""Regular expression of the texts that get an apostrophe, for Python and for RE2."""
_BEGINS_A_FORMULA = re.compile(PATTERN)
_FORMULA = f"[{''.join(c for c in _PASSED_OVER if c not in _BREAKS)}]*[{_OPERATORS}]"
_SPLIT = f"([;{_BREAKS}])({_FORMULA})"
"""A formula within a text, behind what may end a cell; nothing in it is such an end, so that matches do not overlap."""
_SPLIT_BEFORE = re.compile(_SPLIT)
_SPLIT_AFTER = re.compile(f"([;{_BREAKS}])'({_FORMULA})")


def safe(value: Any) -> Any:
    """A value for a cell: in a text an apostrophe before what would begin a formula, everything else as it is."""
    if not isinstance(value, str):
        return value
    kept = _SPLIT_BEFORE.sub(r"\1'\2", value)
    return "'" + kept if _BEGINS_A_FORMULA.match(value) else kept


def safe_sql(column: str) -> str:
    """The same in SQL, for a text column."""
    kept = f"regexp_replace({column}, {quoted(_SPLIT)}, '\\1''\\2', 'g')"
    return f"CASE WHEN regexp_matches({column}, {quoted(PATTERN)}) THEN chr(39) || {kept} ELSE {kept} END"


def original(cell: str) -> str:
    """The text that `safe` made a cell of."""
    text = cell[1:] if cell.startswith("'") and _BEGINS_A_FORMULA.match(cell[1:]) else cell
    return _SPLIT_AFTER.sub(r"\1\2", text)


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes a heading and rows; booleans in lower case, nothing for None. Rows written."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    written = 0
    for row in rows:
        writer.writerow([str(v).lower() if isinstance(v, bool) else safe(v) for v in row])
        written += 1
    return written
