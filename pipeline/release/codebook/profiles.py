"""How the values of a column are distributed, computed by DuckDB over a Parquet file, one column at a time.

Values are counted by groups, so that quantiles are exact and nothing depends on the order of rows or on threads. Only the
number of different texts is an estimate where it exceeds `MOST_COUNTED`: DuckDB's `approx_count_distinct` (HyperLogLog),
which keeps the largest of hashes and therefore gives the same number for the same values in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline import schema
from pipeline.release.codebook.numbers import YEAR, Value, readable, span
from pipeline.schema.relations import relations_of

MOST_COUNTED = 10_000
"""Different texts that are counted exactly."""
MOST_LISTED = 50
"""Different texts of which the commonest are listed, if they come back and are short; others are names or free text."""
MOST_CHARACTERS = 200
"""Of a text that is listed."""
MOST_BARS = 8
"""Commonest values that are listed."""
_MOST_SLOTS = 24
"""Whole numbers and years from the lowest to the highest each of which gets a place of its own, with rows or without."""
_MOST_POINTS = 8
"""Different numbers further apart each of which gets a bar of its own."""
_INTERVALS = 12
QUANTILES = (25, 50, 75, 90)
"""In per cent: the smallest value that so many of the values do not exceed (`quantile_disc`)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """So many rows have this value, or one in this range (`1–9`: from 1 to less than 10).

    `label` is for readers, `first` and `last` are the numbers; None of texts and codes, and where a range has no end.
    `is_apart`: between this bar and the one before lie numbers that have no place in the picture, since they do not occur.
    """

    label: str
    rows: int
    first: Value | None = None
    last: Value | None = None
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A column's rows, those with a value, the different values (about so many, where `is_estimate`) and their range.

    Of texts, `lowest` and `highest` are the lengths in characters, and there are no quantiles. `counts` has every value of
    a coded column. `bars` are the commonest values (`is_ordered` false) or, for numbers and dates, ranges in their order.
    """

    rows: int
    present: int
    distinct: int
    is_estimate: bool
    lowest: Value | None = None
    quantiles: tuple[Value, ...] = ()
    highest: Value | None = None
    bars: tuple[Bar, ...] = ()
    is_ordered: bool = False
    counts: tuple[Bar, ...] = ()

    @property
    def missing(self) -> int:
        return self.rows - self.present

    @property
    def median(self) -> Value | None:
        return self.quantiles[QUANTILES.index(50)] if self.quantiles else None

    @property
    def bars_left_out(self) -> int:
        """Different values that have no bar."""
        return 0 if self.is_ordered else self.distinct - len(self.bars)


def profiles(connection: duckdb.DuckDBPyConnection, table: schema.Table, source: str) -> Iterator[tuple[str, Profile]]:
    """Every column of a table with its profile; `source` stands behind FROM."""
    texts = [c for c in table.columns if c.type == "string" and not c.codelist]
    asked = ["count(*)", *(f"count({c.column})" for c in table.columns)]
    for c in texts:
        asked += [f"approx_count_distinct({c.column})", f"min(length({c.column}))", f"max(length({c.column}))"]
    answer = connection.execute(f"SELECT {', '.join(asked)} FROM {source}").fetchone() or ()
    rows, present = answer[0], dict(zip((c.column for c in table.columns), answer[1:], strict=False))
    of_texts = answer[1 + len(table.columns) :]
    measured = {c.column: of_texts[3 * n : 3 * n + 3] for n, c in enumerate(texts)}
    names = _names(table)
    for c in table.columns:
        head = (rows, present[c.column])
        if c.column in measured:
            yield c.column, _of_text(connection, source, c.column, head, measured[c.column], c.column in names)
        elif c.codelist or c.type == "bool":
            yield c.column, _of_codes(connection, source, c.column, head)
        else:
            yield c.column, _of_numbers(connection, source, c, head)


def _names(table: schema.Table) -> set[str]:
    """Columns that name rows, of this table or another: their values say nothing by themselves."""
    referring = {c for r in relations_of(table.table) for c in r.columns}
    return referring | (set(table.key) if len(table.key) == 1 else set())


def _group(connection: duckdb.DuckDBPyConnection, source: str, expression: str) -> int:
    """Counts the values in a table `grouped` (v, n); how many different ones there are."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE grouped AS SELECT v, count(*) AS n FROM (SELECT {expression} AS v FROM {source}) "
        "WHERE v IS NOT NULL GROUP BY v"
    )
    return _number(connection, "SELECT count(*) FROM grouped")


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _bars(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Bar, ...]:
    return tuple(Bar(str(label), int(n)) for label, n in connection.execute(sql).fetchall())


def _of_codes(connection: duckdb.DuckDBPyConnection, source: str, column: str, head: tuple[int, int]) -> Profile:
    distinct = _group(connection, source, f"{column}::VARCHAR")
    counts = _bars(connection, "SELECT v, n FROM grouped ORDER BY n DESC, v")
    return Profile(*head, distinct, False, bars=counts[:MOST_BARS], counts=counts)


def _of_text(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    head: tuple[int, int],
    measured: tuple[int, int | None, int | None],
    is_name: bool,
) -> Profile:
    about, shortest, longest = measured
    if about > MOST_COUNTED:
        return Profile(*head, about, True, shortest, (), longest)
    distinct = _group(connection, source, column)
    bars: tuple[Bar, ...] = ()
    comes_back = distinct <= MOST_LISTED and 2 * distinct <= head[1]
    if comes_back and not is_name and (longest or 0) <= MOST_CHARACTERS:
        bars = _bars(connection, f"SELECT v, n FROM grouped ORDER BY n DESC, v LIMIT {MOST_BARS}")
    return Profile(*head, distinct, False, shortest, (), longest, bars)


def _of_numbers(
    connection: duckdb.DuckDBPyConnection, source: str, column: schema.Column, head: tuple[int, int]
) -> Profile:
    distinct = _group(connection, source, column.column)
    if not distinct:
        return Profile(*head, 0, False)
    lowest, highest = connection.execute("SELECT min(v), max(v) FROM grouped").fetchone() or (None, None)
    found = connection.execute(f"SELECT {quantiles_sql('v')} FROM ({cumulated_sql('grouped')})").fetchone() or ()
    bars = _histogram(connection, column, distinct, lowest, highest, found[1])
    return Profile(*head, distinct, False, lowest, tuple(found), highest, bars, is_ordered=True)


def cumulated_sql(grouped: str, by: str = "") -> str:
    """The counted values (v, n) of `grouped` with `upto`, how many values are not above v, and `alltogether`."""
    part = f"PARTITION BY {by}" if by else ""
    kept = f"{by}, " if by else ""
    upto, alltogether = f"sum(n) OVER ({part} ORDER BY v)", f"sum(n) OVER ({part})"
    return f"SELECT {kept}v, n, {upto} AS upto, {alltogether} AS alltogether FROM {grouped}"


def quantiles_sql(value: str) -> str:
    """The quantiles over rows of `cumulated_sql`, in whole numbers: no rounding decides which value it is."""
    return ", ".join(f"min({value}) FILTER (upto * 100 >= {q} * alltogether) AS q{q}" for q in QUANTILES)


DECADE = """CASE WHEN v < 0 THEN 0 WHEN v = 0 THEN 1 WHEN v < 1 THEN 2
    ELSE 2 + length(trunc(v)::HUGEINT::VARCHAR) END"""
"""Number of the range: below 0, 0, between 0 and 1, 1 to 9, 10 to 99, and so on."""


def _decade(number: int, rows: int) -> Bar:
    """`< 0`, `0`, `0–1` (without both), `1–9`, `10–99` and so on."""
    if number == 0:
        return Bar("< 0", rows)
    first, last = ((0, 0), (0, 1))[number - 1] if number < 3 else (10 ** (number - 3), 10 ** (number - 2) - 1)
    return Bar(span(first, last), rows, first, last)


def by_decade(rows: Mapping[int, int]) -> tuple[Bar, ...]:
    """Bars of the decades from the first to the last that has rows; the one between 0 and 1 only where it has some."""
    return tuple(_decade(d, rows.get(d, 0)) for d in range(min(rows), max(rows) + 1) if d != 2 or d in rows)


def _histogram(
    connection: duckdb.DuckDBPyConnection, column: schema.Column, distinct: int, lowest: Any, highest: Any, median: Any
) -> tuple[Bar, ...]:
    """A bar for each value where there are few, else for each decade of values that spread, else for equal ranges."""
    if column.type == "date":
        return _years(dict(connection.execute("SELECT year(v) AS y, sum(n) FROM grouped GROUP BY y").fetchall()))
    if distinct <= _MOST_SLOTS:
        found = connection.execute("SELECT v, n FROM grouped ORDER BY v").fetchall()
        if highest - lowest < _MOST_SLOTS and all(v == int(v) for v, _ in found):
            return _every(int(lowest), int(highest), {int(v): int(n) for v, n in found}, column.unit)
        if distinct <= _MOST_POINTS:
            return _points(found, column.unit)
    if column.unit == YEAR:
        return _years(dict(connection.execute("SELECT v, n FROM grouped").fetchall()))
    if highest >= 100 and 20 * median <= highest:
        sql = f"SELECT {DECADE} AS d, sum(n) FROM grouped GROUP BY d ORDER BY d"
        return by_decade({int(d): int(n) for d, n in connection.execute(sql).fetchall()})
    first, width, number = _ranges(column.type, lowest, highest)
    # Multiplied before it is divided: 0.3 / 0.1 is less than 3.
    at = f"least(floor((v::DOUBLE - {first!r}) * {number} / {width * number!r}), {number - 1})"
    by_range = dict(connection.execute(f"SELECT {at}::INTEGER AS d, sum(n) FROM grouped GROUP BY d").fetchall())
    starts = [first + width * i for i in range(number)]
    return tuple(
        _range(column.type, start, start + width, highest, int(by_range.get(i, 0))) for i, start in enumerate(starts)
    )


def _ranges(kind: str, lowest: Any, highest: Any) -> tuple[float, float, int]:
    """Where equal ranges begin, how wide they are, how many there are: tenths for shares, whole numbers for whole ones."""
    low, high = float(lowest), float(highest)
    if kind in ("int32", "int64"):
        width = -(-(int(high) - int(low) + 1) // _INTERVALS)
        return low, float(width), -(-(int(high) - int(low) + 1) // width)
    if low >= 0 and high <= 1:
        return 0.0, 0.1, 10
    return low, (high - low) / _INTERVALS, _INTERVALS


def _range(kind: str, first: float, end: float, highest: Any, rows: int) -> Bar:
    """Whole numbers go up to the highest that there is."""
    if kind in ("int32", "int64"):
        low, high = int(first), min(int(end) - 1, int(highest))
        return Bar(span(low, high), rows, low, high)
    from_, to = round(first, 6), round(end, 6)
    return Bar(span(from_, to), rows, from_, to)


def _every(lowest: int, highest: int, rows: Mapping[int, int], unit: str) -> tuple[Bar, ...]:
    """A bar for each whole number, those that do not occur among them: numbers stand as far apart as they are."""
    return tuple(Bar(readable(v, unit), rows.get(v, 0), v, v) for v in range(lowest, highest + 1))


def _points(found: Sequence[tuple[Any, int]], unit: str) -> tuple[Bar, ...]:
    """A bar for each number that occurs; the picture shows where others would lie between."""
    befores = [None, *(v for v, _ in found)]
    return tuple(
        Bar(readable(v, unit), int(n), v, v, is_apart=before is not None and v - before != 1)
        for before, (v, n) in zip(befores, found, strict=False)
    )


def _years(rows: Mapping[int, int]) -> tuple[Bar, ...]:
    """A bar for each year from the first to the last; those that are too many are taken together in equal spans."""
    first, last = min(rows), max(rows)
    width = 1 if last - first < _MOST_SLOTS else -(-(last - first + 1) // _INTERVALS)
    return tuple(
        Bar(span(y, end, YEAR), int(sum(rows.get(i, 0) for i in range(y, end + 1))), y, end)
        for y in range(first, last + 1, width)
        for end in (min(y + width - 1, last),)
    )
