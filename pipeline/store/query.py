"""Asks a published dataset in SQL, and lays answers out as a table (wide characters count twice), CSV or JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import os
import unicodedata
from decimal import Decimal
from typing import Any

from pipeline.store.layout import Layout

MOST_ROWS = 200
_MOST_WIDTH = 60
_FEW_COLUMNS = 8
_WIDEST = 300


class QueryFailed(Exception):
    """The question cannot be answered; the message says why."""


def require_dataset(layout: Layout) -> None:
    """Raises QueryFailed where nothing was published, saying how that is done."""
    if not os.path.exists(layout.database):  # noqa: PTH110 - unlike Path.exists it raises for nothing
        raise QueryFailed(
            f"there is no dataset in {layout.out}: build one with `ogi build --input DIR --output {layout.out}`, "
            "or name another folder with --output"
        )


def ask(layout: Layout, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows. The file is opened read-only. Raises QueryFailed."""
    import duckdb

    from pipeline.store.interruptible import interruptible
    from pipeline.store.sql import connect

    require_dataset(layout)
    try:
        # Read-only protects the dataset. Files of the user's own may be read beside it, and answers written.
        with connect(layout.database, read_only=True) as connection, interruptible(connection):
            # DuckDB answers an empty text with None, whatever its annotations say.
            cursor: duckdb.DuckDBPyConnection | None = connection.execute(sql)
            if cursor is None:
                raise QueryFailed('the query is empty: ask for example "SELECT * FROM applications LIMIT 5"')
            return [d[0] for d in cursor.description or []], cursor.fetchall()
    except duckdb.Error as e:
        raise QueryFailed(str(e)) from e


def plain(value: Any) -> str:
    """A value for people: decimals and floats without trailing zeros, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, list | tuple | dict):
        return _json(value)
    return str(value)


def as_table(columns: list[str], rows: list[tuple[Any, ...]], width: int | None = None) -> str:
    """Rows under their headings; `width` cuts lines to a terminal. Numbers stand to the right.

    What has too many columns to stand side by side comes as records: a line for each column, nothing cut off.
    """
    shown = [[_one_line(plain(v)) for v in row] for row in rows[:MOST_ROWS]]
    widths = [max([cells(c), *(cells(r[i]) for r in shown)]) for i, c in enumerate(columns)]
    right = [
        any(r[i] is not None for r in rows) and all(isinstance(r[i], int | float | Decimal | None) for r in rows)
        for i in range(len(columns))
    ]
    if len(columns) > _FEW_COLUMNS and sum(widths) + 2 * len(widths) > (width or _WIDEST):
        return _as_records(columns, rows)
    lines = [
        "  ".join(padded(text, w, r) for text, w, r in zip(line, widths, right, strict=True)).rstrip()
        for line in (columns, ["─" * w for w in widths], *shown)
    ]
    if len(rows) > MOST_ROWS:
        lines.append(f"… {len(rows) - MOST_ROWS:,} more rows: --csv and --json give all of them")
    return "\n".join(cut(line, width) for line in lines)


def _as_records(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    names = max(map(cells, columns))
    out = []
    for n, row in enumerate(rows[:MOST_ROWS], 1):
        out.append(f"── row {n} " + "─" * names)
        out += [
            f"{padded(c, names, False)}  {' '.join(plain(v).split())}".rstrip()
            for c, v in zip(columns, row, strict=True)
        ]
    if len(rows) > MOST_ROWS:
        out.append(f"… {len(rows) - MOST_ROWS:,} more rows: --csv and --json give all of them")
    return "\n".join(out)


def as_csv(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_exact(v) for v in row] for row in rows)
    return out.getvalue()


def as_json(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """Rows as objects. Columns of one name are told apart: a, a_1. Decimals keep every digit."""
    names = [_json(c) for c in _distinct(columns)]
    objects = (",\n".join(f"  {n}: {_json(v)}" for n, v in zip(names, row, strict=True)) for row in rows)
    return "[" + ",".join(f"\n {{\n{o}\n }}" for o in objects) + ("\n]" if rows else "]")


def _distinct(columns: list[str]) -> list[str]:
    out: list[str] = []
    for column in columns:
        name, n = column, 0
        while name in out or (n and name in columns):
            n += 1
            name = f"{column}_{n}"
        out.append(name)
    return out


def _exact(value: Any) -> str:
    return repr(value) if isinstance(value, float) else plain(value)


def _json(value: Any) -> str:
    """A value as JSON. The standard encoder would make a decimal a float, and NaN something that is no JSON."""
    if isinstance(value, Decimal) and value.is_finite():
        return plain(value)
    if isinstance(value, Decimal) or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(str(k))}: {_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, dt.date | dt.datetime):
        value = value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)


def _one_line(text: str) -> str:
    return cut(" ".join(text.split()), _MOST_WIDTH)


def _wide(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(map(_wide, text))


def padded(text: str, width: int, right: bool) -> str:
    """A text with blanks up to so many columns, itself to the right or to the left."""
    space = " " * (width - cells(text))
    return space + text if right else text + space


def cut(text: str, width: int | None) -> str:
    """A text that fits into so many columns, … in the place of what does not."""
    if width is None or cells(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _wide(character)
        if used > width - 1:
            break
        kept += character
    return kept + "…"
