"""Stata files (.dta, version 118: Stata 14 and later) with labels for variables and values.

Codes become integers (`number` of the code list) labelled "code – meaning", dates `%td`, booleans bytes labelled no and
yes, decimals doubles; what is null is missing, for texts the empty string. The time stamp is the edition's date.

pandas writes them, and holds a whole table in memory: what would take more than `MOST_MEMORY` gets no file.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from pipeline import schema
from pipeline.release.edition import Edition
from pipeline.release.exports.reading import Data
from pipeline.store.sql import quoted

MOST_MEMORY = 3_000_000_000
"""Bytes that a table may take while it is written: `reports_wide` of 120,000 reports, `cells` of 17,000."""
_OF_A_VALUE, _OF_TEXT = 55, 4
"""Bytes for each value, and for each byte of text, as measured with pandas 3.1."""
_LABEL = 80
"""Characters that Stata takes for the label of a variable or of a dataset."""
_FIXED = 244
"""Bytes of the longest text that is kept at fixed width; longer ones make the column a strL."""
_YES_NO: dict[float, str] = {0: "no", 1: "yes"}


class TooLarge(Exception):
    """A table has more rows or text than a Stata file is written for; the message says how much."""


def write_stata(data: Data, table: schema.Table, path: Path, edition: Edition) -> None:
    """Writes a table. The same rows and edition give the same bytes. Raises TooLarge."""
    # Loading pandas takes half a second, which `ogi sql` should not pay.
    import pandas as pd

    columns = table.exported_columns
    texts = _measured(data, table)
    selected = ", ".join(f"{_value(c)} AS {c.column}" for c in columns)
    values = data.connection.execute(f"SELECT {selected} FROM {data.source(table)}").fetchnumpy()
    frame = pd.DataFrame({c.variable: _series(c, values.pop(c.column)) for c in columns})
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_stata(
        path,
        version=118,
        write_index=False,
        byteorder="little",
        time_stamp=dt.datetime.combine(edition.date, dt.time()),
        data_label=cut(f"{edition.about.title_en} {edition.version}: {table.table}"),
        variable_labels={c.variable: variable_label(c) for c in columns},
        value_labels={c.variable: labels for c in columns if (labels := value_labels(c))},
        convert_dates={c.variable: "td" for c in columns if c.type == "date"},
        convert_strl=[c.variable for c in columns if texts.get(c.column, 0) > _FIXED],
    )


def variable_label(column: schema.Column) -> str:
    """The first sentence of a column's description."""
    return cut(re.split(r"[.;] ", column.description_en + " ", maxsplit=1)[0])


def value_labels(column: schema.Column) -> dict[float, str]:
    """Integers of a column with what they stand for; empty where it has no codes."""
    if column.type == "bool":
        return _YES_NO
    meanings: dict[str, dict[str, None]] = {}
    for r in schema.codes_rows() if column.codelist else ():
        if r["codelist"] == column.codelist:
            meanings.setdefault(r["code"], {})[r["label_en"]] = None
    return {
        schema.code_number(column.codelist, code): f"{code} – {_plain(' / '.join(m))}" for code, m in meanings.items()
    }


def cut(text: str) -> str:
    """A text as short as Stata wants labels."""
    text = _plain(text.strip())
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"


def _plain(text: str) -> str:
    """Without backticks, which begin the name of a macro in Stata."""
    return text.replace("`", "")


def _measured(data: Data, table: schema.Table) -> dict[str, int]:
    """Bytes of the longest text of each column of texts. Raises TooLarge."""
    texts = [c.column for c in table.exported_columns if c.type == "string" and not c.codelist]
    measures = ", ".join(["count(*)", *(f"{m}(strlen({c}))" for c in texts for m in ("max", "sum"))])
    ((rows, *sizes),) = data.connection.execute(f"SELECT {measures} FROM {data.source(table)}").fetchall()
    longest, together = sizes[::2], sum(s or 0 for s in sizes[1::2])
    if rows * len(table.exported_columns) * _OF_A_VALUE + together * _OF_TEXT > MOST_MEMORY:
        raise TooLarge(f"{table.table} has {rows:,} rows and {together:,} bytes of text: too much for one Stata file")
    return {c: n or 0 for c, n in zip(texts, longest, strict=True)}


def _value(column: schema.Column) -> str:
    """SQL of what stands in a Stata file for a value."""
    name = column.column
    if column.codelist:
        cases = " ".join(f"WHEN {quoted(c)} THEN {n}" for c, n in schema.code_numbers(column.codelist).items())
        unknown = f"error({quoted(f'{column.table}.{name}: a code that is not in {column.codelist}')})"
        return f"(CASE WHEN {name} IS NULL THEN NULL ELSE CASE {name} {cases} ELSE {unknown} END END)::SMALLINT"
    return {
        # Stata ends a text at the first NUL.
        "string": f"replace(coalesce({name}, ''), chr(0), '')",
        "bool": f"{name}::TINYINT",
        "decimal": f"{name}::DOUBLE",
    }.get(column.type, name)


def _series(column: schema.Column, values: Any) -> Any:
    """A column as pandas writes it to Stata with missing values."""
    import numpy as np
    import pandas as pd

    missing = np.ma.getmaskarray(values)
    plain = np.ma.getdata(values)
    if column.type == "date":
        days = plain.astype("datetime64[s]")
        days[missing] = np.datetime64("NaT")
        return pd.Series(days)
    if column.codelist or column.type == "bool":
        return pd.Series(pd.arrays.IntegerArray(plain.astype("int16" if column.codelist else "int8"), missing))
    if column.type in ("int32", "int64"):
        return pd.Series(pd.arrays.IntegerArray(plain.astype(column.type), missing))
    if column.type == "string":
        return pd.Series(plain, dtype=object)
    return pd.Series(np.where(missing, np.nan, plain.astype("float64")))
