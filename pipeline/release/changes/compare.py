"""Compares two releases by key and writes what differs under `changes/`: rows, counts by reason, changes of the schema."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.release import declared
from pipeline.release.changes import moves, published, reasons, rows, schemas
from pipeline.release.changes.model import Difference
from pipeline.release.changes.reports import numbers, reports
from pipeline.release.declared import Declared
from pipeline.release.edition import About, NoVersion, Version
from pipeline.release.folder import Folder
from pipeline.release.versions import of_schema
from pipeline.store.compare import memory
from pipeline.store.compare_tables import NEW, OLD, TablePair, attach, pair
from pipeline.store.indicators import indicators
from pipeline.store.sql import connect, quoted
from pipeline.textdata.spreadsheet import write_csv

_NEEDED = {
    "documents": ("document_id", "source_path", "member", "content_sha256", "outcome"),
    "reports": ("report_id", "document_id"),
}
"""Tables and columns without which no reason can be told. The contract promises them: every release has them."""
_VIEWS = frozenset(v.table for v in schema.views())


class NotComparable(Exception):
    """A release cannot be compared with the one before; the message says which file of which is wrong."""


def between(
    previous: Folder | None,
    folder: Folder,
    tables: Mapping[str, Declared] | None = None,
    program: str | None = None,
    says: tuple[About, str | None] | None = None,
) -> Difference:
    """Compares the data of a release with those of the release before, and fills `folder.changes`.

    `tables` are those of the new release, by default as its data package declares them or, where it has none yet, as this
    program does. `program` is the digest of what it was read with (`declared.program`), by default from PROVENANCE.json.
    `says` is what it will say of itself, with its DOI: without it the metadata are not compared.
    Only the tables under `data/parquet` of both folders must be there, and what the previous release says of itself. Nothing
    is held in memory as a whole: what does not fit goes to a temporary folder. Raises NotComparable.
    """
    folder.changes.mkdir(parents=True, exist_ok=True)
    if previous is None:
        return Difference(None)
    with tempfile.TemporaryDirectory(prefix="ogi-changes-") as spill:
        connection = connect(Path(spill) / "changes.duckdb")
        try:
            connection.execute(f"SET temp_directory = {quoted(spill)}")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")
            connection.execute(f"SET memory_limit = '{memory()}B'")
            found = _between(connection, previous, folder, tables, program)
            if says is not None:
                found = replace(found, metadata=published.changes(previous, *says))
        except (duckdb.Error, declared.NotReadable, NoVersion) as e:
            said = str(e).splitlines()[0]
            raise NotComparable(f"{folder.root} cannot be compared with {previous.root}: {said}") from e
        finally:
            connection.close()
    _write_summary(folder.changes, found)
    return found


def _between(
    connection: duckdb.DuckDBPyConnection,
    previous: Folder,
    folder: Folder,
    tables: Mapping[str, Declared] | None,
    program: str | None,
) -> Difference:
    then, before = declared.made(previous), declared.of_folder(previous)
    version = Version.of(then.version or previous.root.name)
    now = tables if tables is not None else _tables(folder)
    if program is None:
        program = declared.made(folder).program if folder.provenance.exists() else ""
    is_other_program = bool(then.program and program and then.program != program)

    new_types = _of_tables(attach(connection, NEW, folder.data / "parquet"))
    old_types = _of_tables(attach(connection, OLD, previous.data / "parquet"))
    renamed = schemas.renamed_columns((before, old_types), (now, new_types))
    if renamed:
        connection.execute(f"DROP SCHEMA {OLD} CASCADE")
        old_types = _of_tables(attach(connection, OLD, previous.data / "parquet", renamed))
        # As they are called now: rows are compared under the new names, and the schema tells of the old ones.
    for side, types in ((previous, old_types), (folder, new_types)):
        for table, needed in _NEEDED.items():
            if missing := [c for c in needed if c not in types.get(table, ())]:
                raise declared.NotReadable(f"{side.parquet(table)} is not there, or has no column {missing[0]}")
    found = schemas.schema_changes(
        connection,
        (before, _under_old_names(old_types, renamed) | _of_views(before)),
        (now, new_types | _of_views(now)),
    )
    if old_views := declared.views_of_folder(previous):  # those that lie in no Parquet file
        is_made = tables is None and folder.datapackage.exists()
        new_views = declared.views_of_folder(folder) if is_made else declared.views_of_program()
        found += schemas.view_changes(old_views, new_views)
    formulas = schemas.formula_changes(
        declared.formulas_of_folder(previous), {i.indicator: i.formula_en for i in indicators()}
    )
    moves.find(connection)
    moves.follow(connection, now, old_types)

    keys = {t: d.key for t, d in now.items()}
    pairs = {t: pair(t, old_types[t], new_types[t], keys) for t in _order(new_types) if t in old_types}
    rows.prepare(connection)
    causes = reasons.mark(connection, pairs, is_other_program, formulas)
    for number, p in enumerate(pairs.values(), 1):
        rows.collect(connection, number, p, causes)
        moves.collect(connection, number, p)
    difference = Difference(
        version,
        found + formulas,
        rows.counts(connection),
        reports(connection, pairs),
        _dictionaries(connection, pairs),
        changed=rows.changed_tables(connection),
        numbers=numbers(connection, pairs),
    )
    rows.export(connection, folder.changes)
    return difference


def _of_tables(types: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Without the wide tables: what they say follows from the tables, and need not be told twice."""
    return {t: columns for t, columns in types.items() if t not in _VIEWS}


def _of_views(tables: Mapping[str, Declared]) -> dict[str, dict[str, str]]:
    """Columns of the wide tables, which people name in their queries as they do those of tables."""
    return {t: {f.name: f.type for f in d.fields} for t, d in tables.items() if t in _VIEWS}


def _tables(folder: Folder) -> Mapping[str, Declared]:
    return declared.of_folder(folder) if folder.datapackage.exists() else declared.of_program()


def _order(types: Iterable[str]) -> list[str]:
    """Tables in the order of the schema; those that it does not know last."""
    known = [t.table for t in schema.tables()]
    return sorted(types, key=lambda t: (known.index(t) if t in known else len(known), t))


def _under_old_names(
    types: dict[str, dict[str, str]], renamed: dict[tuple[str, str], str]
) -> dict[str, dict[str, str]]:
    old = {(t, new): c for (t, c), new in renamed.items()}
    return {t: {old.get((t, c), c): type_ for c, type_ in columns.items()} for t, columns in types.items()}


def _dictionaries(
    connection: duckdb.DuckDBPyConnection, pairs: Mapping[str, TablePair]
) -> tuple[tuple[str, str, str], ...]:
    p = pairs.get("dictionaries")
    if p is None or "version" not in p.columns:
        return ()
    found = connection.execute(
        f"""SELECT coalesce(n.dictionary, o.dictionary), coalesce(o.version, ''), coalesce(n.version, '')
        FROM {p.joined()} WHERE {p.differing()} ORDER BY 1"""
    ).fetchall()
    return tuple((str(a), str(b), str(c)) for a, b, c in found)


def _write_summary(folder: Path, difference: Difference) -> None:
    _write(
        folder / "summary.csv",
        ("table_name", "change", "reason", "rows_count", "values_count"),
        ((c.table, c.change, c.reason, c.rows, c.values if c.change == "changed" else "") for c in difference.counts),
    )
    _write(
        folder / "schema.csv",
        ("kind", "parent", "name", "change", "attribute", "value_old", "value_new", "step"),
        ((c.kind, c.parent, c.name, c.change, c.attribute, c.old, c.new, of_schema(c).word) for c in difference.schema),
    )

    _write(
        folder / "metadata.csv",
        ("field", "value_old", "value_new"),
        ((c.field, c.old, c.new) for c in difference.metadata),
    )


def _write(path: Path, header: tuple[str, ...], lines: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        write_csv(f, header, lines)
