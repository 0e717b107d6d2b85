"""The tables of a release in DuckDB, which reads nothing else, and the checks of them: columns, keys, references, codes."""

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
from pipeline.store.sql import connect, only, quoted

_FITTING = {
    "string": ("VARCHAR",),
    "integer": ("INTEGER", "BIGINT"),
    "number": ("DOUBLE", "DECIMAL(18,6)"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
}
"""Types of DuckDB that a declared type may have."""
_PARQUET, _DATABASE, _COPY, DERIVED = "parquet", "release", "clean", "derived"
"""Names in the connection: `_COPY` and `DERIVED` are empty files of ours, for tables made of those of the release."""


class Damaged(Exception):
    """The tables cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Data:
    """The tables of a release, attached: Parquet files as views of a schema, the DuckDB file read-only.

    `types` are the columns of the Parquet files that open, `rows` how many rows these have; `broken` says why others do not.
    `without_database` says why the DuckDB file is not attached.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Folder
    tables: Mapping[str, Declared]
    copy: Path
    without_database: str | None = None
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def check_tables(self) -> tuple[str, ...]:
        """Declared tables that are missing or damaged."""
        return tuple(self.broken.values())

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
                f"SELECT count(*) FROM (SELECT 1 FROM {self.of(table)} GROUP BY {key} HAVING count(*) > 1)"
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
                    f"SELECT count(*) FROM {self.of(table)} t WHERE {given} "
                    f"AND NOT EXISTS (SELECT 1 FROM {self.of(r.table)} o WHERE {on})"
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
                    f"SELECT DISTINCT left({name(c)}::VARCHAR, 60) AS code FROM {self.of(table)} "
                    f"WHERE {unknown[c]} ORDER BY 1 LIMIT 4"
                ).fetchall()
                faults.append(f"table {table}, column {c}: {', '.join(repr(r[0]) for r in rows)} not in its list")
        return tuple(faults)

    @contextmanager
    def clean_copy(self) -> Iterator[Path]:
        """A DuckDB file with the tables of the dataset as the release's own has them, and nothing else: no view or macro
        of unknown origin."""
        built = {t.table for t in built_tables()}
        for table in self.database_types().keys() & built:
            self.connection.execute(
                f"CREATE TABLE {_COPY}.main.{name(table)} AS SELECT * FROM {_DATABASE}.main.{name(table)}"
            )
        self.connection.execute(f"DETACH {_COPY}")
        yield self.copy

    @property
    def database(self) -> str:
        """What the DuckDB file of the release is called in `connection`."""
        return _DATABASE

    def stored(self, table: str) -> str:
        """SQL of a table as the DuckDB file has it."""
        return f"{_DATABASE}.main.{name(table)}"

    def database_types(self) -> dict[str, dict[str, str]]:
        """Types of the columns of every table in the DuckDB file; none where it is not attached."""
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

    def of(self, table: str) -> str:
        """SQL of a table as its Parquet file has it."""
        return f"{_PARQUET}.{name(table)}"

    def _broken(self, table: str, conditions: Mapping[str, str]) -> dict[str, int]:
        """Rows for which each of the conditions holds, where any are; one pass over the table."""
        if not conditions:
            return {}
        counted = ", ".join(f"count(*) FILTER ({c})" for c in conditions.values())
        row = self.connection.execute(f"SELECT {counted} FROM {self.of(table)}").fetchone()
        assert row is not None
        return {what: n for what, n in zip(conditions, row, strict=True) if n}

    def mark(self, source: str, listed: str) -> tuple[int, int]:
        """Number of rows, and a sum over the hashes of what is listed: the same for the same rows in whatever order."""
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
            data = Data(connection, folder, tables, copy, _attach(connection, folder, copy, Path(scratch)))
            for table in tables:
                _open(data, table)
            yield data
        except duckdb.Error as e:
            raise Damaged(f"the tables cannot be read: {first_line(e)}") from e
        finally:
            connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, folder: Folder, copy: Path, scratch: Path) -> str | None:
    """Attaches the DuckDB file read-only and two empty ones, then locks everything else out. Why the file is not attached."""
    root = folder.root.resolve()
    here = (*folder.data.glob("parquet/*.parquet"), *folder.data.glob("csv/*.csv.gz"))
    there = [root / p.relative_to(folder.root) for p in sorted(here)]
    # DuckDB asks twice: for the pattern that it is given, and for the file that it finds by it.
    allowed = ", ".join((*(quoted(str(p)) for p in there), *map(only, there)))
    for setting in (
        f"memory_limit = '{memory()}B'",
        f"temp_directory = {quoted(str(scratch / 'spill'))}",
        "enable_progress_bar = false",
        f"allowed_paths = [{allowed}]",
    ):
        connection.execute(f"SET {setting}")
    why = None if folder.database.is_file() else f"data/{folder.database.name} is missing"
    try:
        if why is None:
            connection.execute(f"ATTACH {quoted(str(root / 'data' / folder.database.name))} AS {_DATABASE} (READ_ONLY)")
    except duckdb.Error as e:
        why = f"data/{folder.database.name} cannot be opened: {first_line(e)}"
    connection.execute(f"ATTACH {quoted(str(copy))} AS {_COPY}")
    connection.execute(f"ATTACH {quoted(str(scratch / 'derived.duckdb'))} AS {DERIVED}")
    connection.execute(f"CREATE SCHEMA {_PARQUET}")
    connection.execute(f"SET schema = '{_PARQUET}'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return why


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
        data.broken[table] = f"table {table} is damaged: {where} cannot be read: {first_line(e)}"
        return
    assert row is not None
    data.types[table], data.rows[table] = types, int(row[0])


def first_line(e: Exception) -> str:
    """The first line of what an error says."""
    return (str(e).splitlines() or ["no reason given"])[0]
