"""Asks a published dataset in SQL, and lays answers out as a table (wide characters count twice), CSV or JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
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


def ask(layout: Layout, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows. The file is opened read-only. Raises QueryFailed."""
    import duckdb

    if not layout.database.exists():
        raise QueryFailed(
            f"there is no dataset in {layout.out}: build one with `ogi build --input DIR --output {layout.out}`, "
            "or name another folder with --output"
        )
    try:
        with duckdb.connect(str(layout.database), read_only=True) as connection:
            cursor = connection.execute(sql)
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
    return str(value)


def as_table(columns: list[str], rows: list[tuple[Any, ...]], width: int | None = None) -> str:
    """Rows under their headings; `width` cuts lines to a terminal. Numbers stand to the right.

    What has too many columns to stand side by side comes as records: a line for each column, nothing cut off.
    """
    shown = [[_one_line(plain(v)) for v in row] for row in rows[:MOST_ROWS]]
    widths = [max([_cells(c), *(_cells(r[i]) for r in shown)]) for i, c in enumerate(columns)]
    right = [
        any(r[i] is not None for r in rows) and all(isinstance(r[i], int | float | Decimal | None) for r in rows)
        for i in range(len(columns))
    ]
    if len(columns) > _FEW_COLUMNS and sum(widths) + 2 * len(widths) > (width or _WIDEST):
        return _as_records(columns, rows)
    lines = [
        "  ".join(_padded(text, w, r) for text, w, r in zip(line, widths, right, strict=True)).rstrip()
        for line in (columns, ["─" * w for w in widths], *shown)
    ]
    if len(rows) > MOST_ROWS:
        lines.append(f"… {len(rows) - MOST_ROWS:,} more rows: --csv and --json give all of them")
    return "\n".join(_cut(line, width) for line in lines)


def _as_records(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    names = max(map(_cells, columns))
    out = []
    for n, row in enumerate(rows[:MOST_ROWS], 1):
        out.append(f"── row {n} " + "─" * names)
        out += [
            f"{_padded(c, names, False)}  {' '.join(plain(v).split())}".rstrip()
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
    return json.dumps(
        [dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, indent=1, default=_json
    )


def _exact(value: Any) -> str:
    return repr(value) if isinstance(value, float) else plain(value)


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


def _one_line(text: str) -> str:
    return _cut(" ".join(text.split()), _MOST_WIDTH)


def _wide(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cells(text: str) -> int:
    return sum(map(_wide, text))


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _cells(text))
    return space + text if right else text + space


def _cut(text: str, width: int | None) -> str:
    if width is None or _cells(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += _wide(character)
        if used > width - 1:
            break
        kept += character
    return kept + "…"
