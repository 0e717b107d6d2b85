"""Checks of a release's CSV files: each can be read to its end, and its values are those of the table.

A file is read twice. The first reader bounds everything (length of lines and records, columns, rows, checksum of gzip);
only what it passes is given to DuckDB, which reads a lost quotation mark without a word and a heading of any length.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.release.declared import Declared, NotReadable, regular
from pipeline.release.verify_data import Data, first_line
from pipeline.release.verify_derived import made_anew
from pipeline.release.verify_report import Check
from pipeline.store.compare_tables import name
from pipeline.store.duckdb_file import built_tables
from pipeline.store.sql import only, quoted
from pipeline.textdata.spreadsheet import safe_sql

_LONGEST_FIELD = 8 * 1024**2
_LONGEST_LINE = 8 * 1024**2
_LONGEST_RECORD = 64 * 1024**2
NOTHING = (
    "there is nothing to hold {} against: wide views of another version of the program, or tables that do not open"
)
_NAMED = 3
"""So many columns with a difference are told of one file, with an example each."""


def check_csv(data: Data, declared: Mapping[str, Declared], *, is_ours: bool, has_keys: bool) -> Check:
    """Holds every CSV file against `declared`, and against its table.

    Values of a wide table are held against the tables where the release has this program's schema (`is_ours`), which says
    what follows from them, else against the DuckDB file. `has_keys`: keys are unique, so that rows can be matched and differences named.
    """
    faults: list[str] = []
    alone = []
    for path in sorted((data.folder.data / "csv").glob("*.csv.gz")):
        table = path.name.removesuffix(".csv.gz")
        where = f"data/csv/{path.name}"
        if table not in declared:
            continue  # told by another check
        columns = [f.name for f in declared[table].fields]
        rows = data.rows.get(table)
        if table in data.broken or not data.rows:
            alone.append(where)
            continue
        try:
            # What is no Parquet file has no more rows than the largest table.
            found = _count(path, max(data.rows.values()) if rows is None else rows, columns)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, NotReadable) as e:
            faults.append(f"{where} cannot be read: {str(e).splitlines()[0] if str(e) else 'it ends early'}")
            continue
        try:
            source = source_of(data, table, is_ours=is_ours)
        except duckdb.Error as e:
            faults.append(f"{where} cannot be compared: {first_line(e)}")
            continue
        if is_ours and (own := own_columns(table)) and columns != list(own):
            faults.append(f"{where} has other columns than this program gives it")
        elif source is None:
            alone.append(where)
        elif rows is not None and found != rows:
            faults.append(f"{where} has {found:,} rows, and the table has {rows:,}")
        else:
            try:
                faults += _differences(data, path, columns, source, key_of(data, table, declared) if has_keys else ())
            except duckdb.Error as e:
                faults.append(f"{where} cannot be compared: {first_line(e)}")
    why = NOTHING.format(", ".join(alone)) if alone else None
    return Check("csv", tuple(faults), why)


def source_of(data: Data, table: str, *, is_ours: bool) -> str | None:
    """SQL of what a file of a table must hold; None where nothing says what that is.

    A wide table of this program is made anew of the tables. One of another version is taken as the DuckDB file has it.
    Raises duckdb.Error where the tables make none.
    """
    if table in data.types:
        return data.of(table)
    if is_ours and table in {t.table for t in schema.wide_tables()}:
        return made_anew(data, table)
    return data.stored(table) if table in data.database_types() else None


def own_columns(table: str) -> dict[str, schema.Column]:
    """Columns that the CSV and Stata file of a table or view of this program have; none where it knows no such table."""
    found = (t for t in (*built_tables(), *schema.views()) if t.table == table)
    return {c.column: c for t in found for c in t.exported_columns}


def key_of(data: Data, table: str, files: Mapping[str, Declared]) -> tuple[str, ...]:
    """The key by which rows are matched: that of the table. What is said of the CSV file counts where this program knows
    no such table."""
    wide = {t.table: t.key for t in schema.wide_tables()}
    return data.tables[table].key if table in data.tables else wide.get(table, files[table].key)


class _Lines:
    """Lines of an unpacked file, of bounded length; `taken` counts the characters since it was last set to 0."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self.file = file
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(_LONGEST_LINE):
            self.taken += len(line)
            if len(line) == _LONGEST_LINE or self.taken > _LONGEST_RECORD:
                raise NotReadable("a record is longer than any of a release")
            yield line


def _count(path: Path, most: int, columns: list[str]) -> int:
    """Records under the heading, which must be `columns`, at most `most`; each with as many fields. Raises NotReadable and
    the errors of gzip and csv."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with (
            regular(path) as raw,
            gzip.GzipFile(fileobj=raw) as unpacked,
            io.TextIOWrapper(unpacked, encoding="utf-8", newline="") as text,
        ):
            lines = _Lines(text)
            n = -1
            for record in csv.reader(lines, strict=True):
                lines.taken = 0
                n += 1
                if n == 0 and record != columns:
                    raise NotReadable(
                        f"its heading is {','.join(record)[:200]!r}, not the declared {','.join(columns)!r}"
                    )
                if len(record) != len(columns):
                    raise NotReadable(f"record {n:,} has {len(record):,} fields, and the heading {len(columns):,}")
                if n > most:
                    raise NotReadable(f"it has more than {most:,} rows")
            if n < 0:
                raise NotReadable("it has no heading")
            return n
    finally:
        csv.field_size_limit(before)


def _differences(data: Data, path: Path, columns: list[str], source: str, key: tuple[str, ...]) -> tuple[str, ...]:
    """Where the values of a file are not those of its source. Rows are held against each other in whatever order."""
    found = dict(data.connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {source})").fetchall())
    where = f"data/csv/{path.name}"
    if missing := [c for c in columns if c not in found]:
        return (f"{where} has a column {missing[0]}, and its table has none",)
    read = ", ".join(f"{quoted(c)}: 'VARCHAR'" for c in columns)
    file = (
        f"(SELECT {', '.join(_normal(c, found[c]) for c in columns)} FROM read_csv({only(path.resolve())}, "
        f"columns = {{{read}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '', allow_quoted_nulls = false, strict_mode = true, compression = 'gzip', "
        f"hive_partitioning = false, max_line_size = {_LONGEST_LINE}))"
    )
    table = f"(SELECT {', '.join(_written(c, found[c]) for c in columns)} FROM {source})"
    listed = ", ".join(map(name, columns))
    there, wanted = data.mark(file, listed), data.mark(table, listed)
    if there == wanted:
        return ()
    if there[0] != wanted[0]:
        return (f"{where} has {there[0]:,} rows, and the table has {wanted[0]:,}",)
    if not key or not set(key) <= set(columns):
        return (f"{where} does not have the values of its table",)
    return tuple(_named(data, where, f"{file} f FULL JOIN {table} t ON {_same(key)}", columns, key))


def _same(key: tuple[str, ...]) -> str:
    return " AND ".join(f"f.{name(k)} IS NOT DISTINCT FROM t.{name(k)}" for k in key)


def _named(data: Data, where: str, joined: str, columns: list[str], key: tuple[str, ...]) -> Iterator[str]:
    """The rows that only one side has, and the columns that differ in others, each with an example."""
    only_one = f"f.{name(key[0])} IS NULL OR t.{name(key[0])} IS NULL"
    differing = {c: f"NOT ({only_one}) AND f.{name(c)} IS DISTINCT FROM t.{name(c)}" for c in columns}
    counted = ", ".join(f"count(*) FILTER ({c})" for c in (only_one, *differing.values()))
    row = data.connection.execute(f"SELECT {counted} FROM {joined}").fetchone()
    assert row is not None
    at = " || ', ' || ".join(f"{quoted(k + ' = ')} || coalesce(f.{name(k)}, t.{name(k)}, '')" for k in key)
    if row[0]:
        yield f"{where} has other rows than its table: {row[0]:,} keys stand in one of them only"
    told = [(c, n) for c, n in zip(columns, row[1:], strict=True) if n]
    for c, n in told[:_NAMED]:
        example = data.connection.execute(
            f"SELECT f.{name(c)}, t.{name(c)}, {at} AS place FROM {joined} WHERE {differing[c]} ORDER BY place LIMIT 1"
        ).fetchone()
        assert example is not None
        yield (
            f"{where}, column {c}: {n:,} values are not those of the table, such as {_shown(example[0])} where it has "
            f"{_shown(example[1])} ({example[2][:120]})"
        )
    if len(told) > _NAMED:
        yield f"{where}: {len(told) - _NAMED:,} more columns differ"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else repr(value[:60])


def _written(column: str, type_: str) -> str:
    """SQL of what stands in a CSV file for a value: null for nothing between two commas, else a text."""
    c = name(column)
    if type_ == "VARCHAR":
        return f"{safe_sql(c)} AS {c}"
    if type_.startswith("DECIMAL"):
        return f"regexp_replace({c}::VARCHAR, '[.]?0+$', '') AS {c}"
    return f"{c}::VARCHAR AS {c}"


def _normal(column: str, type_: str) -> str:
    """SQL of a field of the file to compare: a double may be written with other digits that mean the same."""
    c = name(column)
    return f"coalesce(TRY_CAST({c} AS DOUBLE)::VARCHAR, {c}) AS {c}" if type_ == "DOUBLE" else c
