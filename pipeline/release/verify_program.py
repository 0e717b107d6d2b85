"""Whether a release is one of this program's own: its tables are those of the schema, and its views and macros ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import duckdb

from pipeline import __version__
from pipeline.release import declared
from pipeline.release.declared import Declared
from pipeline.release.verify_data import Data, first_line
from pipeline.release.verify_report import Check
from pipeline.store.duckdb_file import create, stored_tables, views
from pipeline.store.provenance import schema_digest
from pipeline.store.sql import connect, quoted


def check_program(tables: Mapping[str, Declared], note: Mapping[str, Any]) -> Check:
    """Whether the declared tables are those of this program, on which its invariants can be run.

    A release that was made by the very version of this program must have them; one of an older or newer may not.
    """
    differences = tuple(_differences(tables, declared.of_program()))
    if not differences:
        return Check("program")
    if is_ours(note):
        return Check("program", differences)
    return Check(
        "program",
        unchecked=f"the release has the schema of another version of the program ({len(differences)} differences, such "
        f"as: {differences[0]}): use that version to judge its invariants",
    )


def is_ours(note: Mapping[str, Any]) -> bool:
    """Whether the note of a build says that this version of the program made it, with the schema that it has here."""
    listed, digest = note.get("software"), note.get("assembled_with")
    software = listed.get(digest) if isinstance(listed, dict) and isinstance(digest, str) else None
    if not isinstance(software, dict) or software.get("version") != __version__:
        return False
    packages = software.get("packages")
    # Another DuckDB may print the same view in other words.
    printed_by = packages.get("duckdb", duckdb.__version__) if isinstance(packages, dict) else duckdb.__version__
    return printed_by == duckdb.__version__ and note.get("schema_sha256") == schema_digest()


def _differences(tables: Mapping[str, Declared], ours: Mapping[str, Declared]) -> Iterable[str]:
    for name in sorted({*tables, *ours}):
        if name not in tables:
            yield f"table {name} is not declared"
        elif name not in ours:
            yield f"table {name} is declared and not known"
        else:
            theirs, own = tables[name], ours[name]
            if theirs.key != own.key:
                yield f"table {name}: its key is {' '.join(theirs.key)}, not {' '.join(own.key)}"
            if [f.name for f in theirs.fields] != [f.name for f in own.fields]:
                odd = {f.name for f in theirs.fields} ^ {f.name for f in own.fields}
                yield f"table {name}: {'columns ' + ', '.join(sorted(odd)) if odd else 'the order of its columns'} differ"
                continue
            for f, g in zip(theirs.fields, own.fields, strict=True):
                if (f.type, f.is_required) != (g.type, g.is_required):
                    yield f"table {name}, column {f.name}: declared with another type, or null where it may not be"


def check_definitions(data: Data, note: Mapping[str, Any]) -> Check:
    """Whether the DuckDB file defines what this program does: tables, views, macros and the comments of all of them.

    None of them is run. Those of another version of the program may be others.
    """
    if data.without_database is not None:
        return Check("definitions", unchecked=data.without_database)
    try:
        differences = tuple(_departures(_read(data.connection, data.database), _ours()))
    except duckdb.Error as e:
        return Check("definitions", (f"data/ogi.duckdb cannot be read: {first_line(e)}",))
    if not differences or is_ours(note):
        return Check("definitions", differences)
    return Check(
        "definitions",
        unchecked="the release was made by another version of the program, which may define views and comments otherwise "
        f"({len(differences)} differences, such as: {differences[0]}): use that version to check them, or build again",
    )


@dataclass(frozen=True, slots=True)
class _Definitions:
    """What a DuckDB file defines: texts by (kind, name), comments by (kind, name, column), as DuckDB prints them."""

    texts: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    comments: dict[tuple[str, str, str], str] = field(default_factory=dict)


_SEEN = """
SELECT 'table' AS kind, schema_name, table_name AS name, sql AS text, comment FROM duckdb_tables() WHERE {here}
UNION ALL SELECT 'view', schema_name, view_name, sql, comment FROM duckdb_views() WHERE {here}
UNION ALL SELECT replace(function_type, '_', ' '), schema_name, function_name,
    parameters::VARCHAR || ' ' || coalesce(macro_definition, ''), comment FROM duckdb_functions() WHERE {here}
UNION ALL SELECT 'index', schema_name, index_name, sql, comment FROM duckdb_indexes() WHERE database_name = {database}
UNION ALL SELECT 'sequence', schema_name, sequence_name, sql, comment FROM duckdb_sequences()
    WHERE database_name = {database}
UNION ALL SELECT 'type', schema_name, type_name, logical_type, comment FROM duckdb_types() WHERE {here}
ORDER BY ALL"""


def _read(connection: duckdb.DuckDBPyConnection, database: str) -> _Definitions:
    here = f"database_name = {quoted(database)} AND NOT internal"
    out = _Definitions()
    for kind, place, name, text, comment in connection.execute(
        _SEEN.format(here=here, database=quoted(database))
    ).fetchall():
        shown = name if place == "main" else f"{place}.{name}"
        out.texts[kind, shown] = (*out.texts.get((kind, shown), ()), text or "")
        out.comments[kind, shown, ""] = comment or ""
    for place, name, column, comment in connection.execute(
        f"SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE {here}"
    ).fetchall():
        out.comments["column", name if place == "main" else f"{place}.{name}", column] = comment or ""
    return out


@cache
def _ours() -> _Definitions:
    """What this program defines. The comments of tables and views are those of the schema: to set them takes seconds."""
    with connect() as connection:
        create(connection)
        out = _read(connection, "memory")
    for kind, tables in (("table", stored_tables()), ("view", views())):
        out.comments.update({(kind, t.table, ""): t.comment for t in tables})
        out.comments.update({("column", t.table, c.column): c.comment for t in tables for c in t.columns})
    return out


def _departures(theirs: _Definitions, ours: _Definitions) -> Iterator[str]:
    odd = set()
    for kind, name in sorted({*theirs.texts, *ours.texts}):
        there, wanted = theirs.texts.get((kind, name)), ours.texts.get((kind, name))
        if there == wanted:
            continue
        odd.add(name)  # what is defined anew has lost its comments with it
        if there is None:
            yield f"{kind} {name} is not in the DuckDB file"
        elif wanted is None:
            yield f"{kind} {name} of the DuckDB file is none of this program's"
        else:
            yield f"{kind} {name} of the DuckDB file is defined otherwise than by this program"
    for kind, name, column in sorted(theirs.comments.keys() & ours.comments.keys()):
        comment = theirs.comments[kind, name, column]
        if name not in odd and comment != ours.comments[kind, name, column]:
            what = f"column {name}.{column}" if column else f"{kind} {name}"
            yield f"the comment of {what} in the DuckDB file is {comment[:80]!r}, not this program's"
