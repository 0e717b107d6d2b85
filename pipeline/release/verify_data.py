"""Checks of a release's tables in DuckDB: columns, keys, references, codes, rows, and that both formats have the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipeline.release.declared import Declared
from pipeline.release.folder import Folder
from pipeline.store.compare import memory
from pipeline.store.compare_tables import name
from pipeline.store.duckdb_file import built_tables
from pipeline.store.reports_wide import REPORTS_WIDE, reports_wide
from pipeline.store.sql import connect, only, quoted

_FITTING = {
    "string": ("VARCHAR",),
    "integer": ("INTEGER", "BIGINT"),
    "number": ("DOUBLE", "DECIMAL(18,6)"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
}
"""Types of DuckDB that a declared type may have."""
_TABLES = frozenset(t.table for t in built_tables())
_PARQUET, _DATABASE, _COPY = "parquet", "release", "clean"


class Damaged(Exception):
    """A database file cannot be opened; the message says which."""


@dataclass(frozen=True, slots=True)
class Data:
    """The tables of a release, attached: Parquet files as views of a schema, the DuckDB file read-only.

    `types` are the columns of the Parquet files that open, `rows` how many rows these have; `broken` says why others do not.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Folder
    tables: Mapping[str, Declared]
    copy: Path
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def check_tables(self) -> tuple[str, ...]:
        """Declared tables that are missing or damaged, and files that nothing declares."""
        faults = list(self.broken.values())
        for path in sorted((self.folder.data / "parquet").glob("*")):
            if path.name.removesuffix(".parquet") not in self.tables or path.suffix != ".parquet":
                faults.append(f"data/parquet/{path.name} is not declared in datapackage.json")
        return tuple(faults)

    def check_schema(self) -> tuple[str, ...]:
        """Whether every Parquet file has the declared columns in their order, with types that fit."""
        faults = []
        for table, types in self.types.items():
            declared = {f.name: f for f in self.tables[table].fields}
            faults += [f"table {table}: column {c} is missing" for c in declared if c not in types]
            faults += [f"table {table}: column {c} is not declared" for c in types if c not in declared]
            if set(types) == set(declared) and list(types) != list(declared):
                faults.append(f"table {table}: its columns stand in another order than declared")
            faults += [
                f"table {table}, column {c}: it is {types[c]}, and {f.type} is declared"
                for c, f in declared.items()
                if c in types and types[c] not in _FITTING.get(f.type, ())
            ]
        return tuple(faults)

    def check_counts(self, said: Mapping[str, int]) -> tuple[str, ...]:
        """Rows of each table as the data package and the provenance (`said`) tell them."""
        faults = []
        for table, rows in self.rows.items():
            for where, told in (("datapackage.json", self.tables[table].rows), ("PROVENANCE.json", said.get(table))):
                if told is not None and told != rows:
                    faults.append(f"table {table} has {rows:,} rows, and {where} says {told:,}")
        return tuple(faults)

    def check_keys(self) -> tuple[str, ...]:
        faults = []
        for table, types in self.types.items():
            d = self.tables[table]
            required = dict.fromkeys((*d.key, *(f.name for f in d.fields if f.is_required)))
            nulls = self._broken(table, {c: f"{name(c)} IS NULL" for c in required if c in types})
            faults += [f"table {table}: {c} is null in {n:,} rows" for c, n in nulls.items()]
            if not d.key or not set(d.key) <= set(types):
                if not d.key:
                    faults.append(f"table {table}: no key is declared")
                continue
            key = ", ".join(map(name, d.key))
            twice = self._number(
                f"SELECT count(*) FROM (SELECT 1 FROM {self._of(table)} GROUP BY {key} HAVING count(*) > 1)"
            )
            if twice:
                faults.append(
                    f"table {table}: the key {', '.join(d.key)} is not unique: {twice:,} stand there more than once"
                )
        return tuple(faults)

    def check_references(self) -> tuple[str, ...]:
        faults = []
        for table, types in self.types.items():
            for r in self.tables[table].references:
                what = f"{table}.{' '.join(r.columns)} refers to {r.table}.{' '.join(r.target)}"
                if (
                    r.table not in self.types
                    or not set(r.target) <= set(self.types[r.table])
                    or not set(r.columns) <= set(types)
                ):
                    faults.append(f"{what}, which is not there")
                    continue
                on = " AND ".join(f"o.{name(b)} = t.{name(a)}" for a, b in zip(r.columns, r.target, strict=True))
                given = " AND ".join(f"t.{name(c)} IS NOT NULL" for c in r.columns)
                n = self._number(
                    f"SELECT count(*) FROM {self._of(table)} t WHERE {given} "
                    f"AND NOT EXISTS (SELECT 1 FROM {self._of(r.table)} o WHERE {on})"
                )
                if n:
                    faults.append(f"{what}: {n:,} rows refer to none")
        return tuple(faults)

    def check_codes(self) -> tuple[str, ...]:
        faults = []
        for table, types in self.types.items():
            coded = {f.name: f"({', '.join(map(quoted, f.codes))})" for f in self.tables[table].fields if f.codes}
            unknown = {c: f"{name(c)}::VARCHAR NOT IN {codes}" for c, codes in coded.items() if c in types}
            for c in self._broken(table, unknown):
                rows = self.connection.execute(
                    f"SELECT DISTINCT left({name(c)}::VARCHAR, 60) AS code FROM {self._of(table)} "
                    f"WHERE {unknown[c]} ORDER BY 1 LIMIT 4"
                ).fetchall()
                faults.append(f"table {table}, column {c}: {', '.join(repr(r[0]) for r in rows)} not in its list")
        return tuple(faults)

    def check_database(self) -> tuple[str, ...]:
        """Whether the DuckDB file has exactly these tables, as tables, with the same columns and the same rows."""
        if not self._attached():
            return ("data/ogi.duckdb is missing",)
        try:
            return self._against_database()
        except duckdb.Error as e:
            return (f"data/ogi.duckdb cannot be read: {_first_line(e)}",)

    def _against_database(self) -> tuple[str, ...]:
        there, views = self._database_types(), self._database_views()
        # A wide view is a file of its own as Parquet. What this program knows as a table may not hide behind a view.
        wide = {t for t in views if t not in _TABLES}
        faults = [f"table {t} is a view in the DuckDB file" for t in self.tables if t in views - wide]
        faults += [f"table {t} is not in the DuckDB file" for t in self.tables if t not in {*there, *views}]
        faults += [f"table {t} is only in the DuckDB file" for t in there if t not in self.tables]
        for table, types in self.types.items():
            if table not in there:
                continue
            if there[table] != types:
                faults.append(f"table {table}: the DuckDB file has other columns or types than the Parquet file")
                continue
            marks = [self._mark(side, types) for side in (self._of(table), f"{_DATABASE}.main.{name(table)}")]
            if marks[0] != marks[1]:
                said = " and ".join(f"{rows:,}" for rows, _ in marks)
                faults.append(f"table {table}: the Parquet and the DuckDB file do not have the same rows ({said})")
        return tuple(faults)

    def check_views(self) -> tuple[str, ...]:
        """Whether the wide table is what this program makes of the tables, which must have its schema."""
        types = self.types.get(REPORTS_WIDE)
        if types is None:
            return ()
        cast = ", ".join(f"{name(c)}::{type_} AS {name(c)}" for c, type_ in types.items())
        try:
            marks = {
                self._mark(self._of(REPORTS_WIDE), types),
                self._mark(f"(SELECT {cast} FROM ({reports_wide()}))", types),
            }
        except duckdb.Error as e:
            return (f"{REPORTS_WIDE} cannot be made of the tables: {_first_line(e)}",)
        return () if len(marks) == 1 else (f"{REPORTS_WIDE} does not follow from the tables",)

    @contextmanager
    def clean_copy(self) -> Iterator[Path]:
        """A DuckDB file with the tables of the release's own, and nothing else: no view or macro of unknown origin."""
        for table in self._database_types():
            self.connection.execute(
                f"CREATE TABLE {_COPY}.main.{name(table)} AS SELECT * FROM {_DATABASE}.main.{name(table)}"
            )
        self.connection.execute(f"DETACH {_COPY}")
        yield self.copy

    def _attached(self) -> bool:
        return bool(self._number(f"SELECT count(*) FROM duckdb_databases() WHERE database_name = {quoted(_DATABASE)}"))

    def _database_types(self) -> dict[str, dict[str, str]]:
        out: dict[str, dict[str, str]] = {}
        rows = self.connection.execute(
            f"""SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() c
            JOIN duckdb_tables() t ON t.database_name = c.database_name AND t.table_oid = c.table_oid
            WHERE c.database_name = {quoted(_DATABASE)} AND c.schema_name = 'main' AND NOT t.internal
            ORDER BY c.table_name, c.column_index"""
        ).fetchall()
        for table, column, type_ in rows:
            out.setdefault(table, {})[column] = type_
        return out

    def _database_views(self) -> set[str]:
        rows = self.connection.execute(
            f"""SELECT view_name FROM duckdb_views()
            WHERE database_name = {quoted(_DATABASE)} AND schema_name = 'main' AND NOT internal"""
        ).fetchall()
        return {r[0] for r in rows}

    def _of(self, table: str) -> str:
        return f"{_PARQUET}.{name(table)}"

    def _broken(self, table: str, conditions: Mapping[str, str]) -> dict[str, int]:
        """Rows for which each of the conditions holds, where any are; one pass over the table."""
        if not conditions:
            return {}
        counted = ", ".join(f"count(*) FILTER ({c})" for c in conditions.values())
        row = self.connection.execute(f"SELECT {counted} FROM {self._of(table)}").fetchone()
        assert row is not None
        return {what: n for what, n in zip(conditions, row, strict=True) if n}

    def _mark(self, source: str, columns: Mapping[str, str]) -> tuple[int, int]:
        """Number of rows, and a sum over their hashes: the same for the same rows in whatever order."""
        listed = ", ".join(map(name, columns))
        row = self.connection.execute(f"SELECT count(*), sum(hash({listed})::HUGEINT) FROM {source}").fetchone()
        assert row is not None
        return int(row[0]), int(row[1] or 0)

    def _number(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def opened(folder: Folder, tables: Mapping[str, Declared]) -> Iterator[Data]:
    """Opens the tables of a release, and nothing else: no other file, no network, no extension. Raises Damaged."""
    with tempfile.TemporaryDirectory(prefix="ogi-verify-") as scratch:
        connection = connect(autoinstall_known_extensions="false", autoload_known_extensions="false")
        try:
            copy = Path(scratch) / "clean.duckdb"
            _attach(connection, folder, copy, Path(scratch))
            data = Data(connection, folder, tables, copy)
            for table in tables:
                _open(data, table)
            yield data
        except duckdb.Error as e:
            raise Damaged(f"the tables cannot be read: {_first_line(e)}") from e
        finally:
            connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, folder: Folder, copy: Path, scratch: Path) -> None:
    """Attaches the DuckDB file read-only and an empty one, then locks everything else out."""
    root = folder.root.resolve()
    for setting in (
        f"memory_limit = '{memory()}B'",
        f"temp_directory = {quoted(str(scratch / 'spill'))}",
        "enable_progress_bar = false",
        "preserve_insertion_order = false",
        f"allowed_directories = [{quoted(str(root / 'data' / 'parquet') + '/')}]",
    ):
        connection.execute(f"SET {setting}")
    if folder.database.is_file():
        try:
            connection.execute(f"ATTACH {quoted(str(root / 'data' / folder.database.name))} AS {_DATABASE} (READ_ONLY)")
        except duckdb.Error as e:
            raise Damaged(f"data/{folder.database.name} cannot be opened: {_first_line(e)}") from e
    connection.execute(f"ATTACH {quoted(str(copy))} AS {_COPY}")
    connection.execute(f"CREATE SCHEMA {_PARQUET}")
    connection.execute(f"SET schema = '{_PARQUET}'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _open(data: Data, table: str) -> None:
    """Makes a Parquet file a view, and reads it once from end to end: a damaged page shows only then."""
    path = data.folder.parquet(table)
    where = f"data/parquet/{path.name}"
    if not path.is_file():
        data.broken[table] = f"table {table} is missing: there is no {where}"
        return
    view = f"{_PARQUET}.{name(table)}"
    try:
        parquet = only(path.parent.resolve() / path.name)
        data.connection.execute(
            f"CREATE VIEW {view} AS SELECT * FROM read_parquet({parquet}, hive_partitioning = false)"
        )
        types = {r[0]: r[1] for r in data.connection.execute(f"DESCRIBE {view}").fetchall()}
        row = data.connection.execute(
            f"SELECT count(*), max(hash({', '.join(map(name, types))})) FROM {view}"
        ).fetchone()
    except duckdb.Error as e:
        data.broken[table] = f"table {table} is damaged: {where} cannot be read: {_first_line(e)}"
        return
    assert row is not None
    data.types[table], data.rows[table] = types, int(row[0])


def _first_line(e: Exception) -> str:
    return (str(e).splitlines() or ["no reason given"])[0]
