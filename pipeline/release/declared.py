"""What a release folder says of itself in datapackage.json and PROVENANCE.json: its tables and columns, how it was made.

Folders may come from anywhere: reading is bounded, links are not followed, and what has another shape than it should is named.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from pipeline import schema
from pipeline.release.folder import Folder
from pipeline.schema.relations import relations_of, view_relations
from pipeline.store.duckdb_file import built_tables

_MOST_BYTES = 64 * 1024**2
_PARQUET = re.compile(r"data/parquet/([a-z][a-z0-9_]{0,126})\.parquet", re.ASCII)
_CSV = re.compile(r"data/csv/([a-z][a-z0-9_]{0,62})\.csv\.gz", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,126}", re.ASCII)
TYPES = {
    "string": "string",
    "int32": "integer",
    "int64": "integer",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "date": "date",
}
"""Types of the schema, as Table Schema calls them."""


class NotReadable(Exception):
    """A file of the release cannot be read or says something else than it should; the message names both."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column as declared: `type` in the words of Table Schema, `codes` where only these may stand there.

    What a data package does not say is empty. `is_required`: never null.
    """

    name: str
    type: str
    is_required: bool
    unit: str = ""
    codelist: str = ""
    description: str = ""
    variable: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose values stand as those of `target` in its table."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """A table as declared. `rows` is None where nothing says how many."""

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    references: tuple[Reference, ...] = ()
    description: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """How a release was made. `program` is a digest of what reads: code, libraries, parameters; empty where not told."""

    version: str = ""
    date: str = ""
    program: str = ""
    rows: tuple[tuple[str, int], ...] = ()


@contextmanager
def regular(path: Path) -> Iterator[BufferedReader]:
    """A regular file for reading; a link in its place is not followed, a pipe not waited for. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as f:
        if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
            raise OSError("it is no regular file")
        yield f


def text_of(path: Path, most: int = _MOST_BYTES) -> str:
    """A text file of a release, of at most so many bytes. Raises NotReadable."""
    try:
        with regular(path) as f:
            data = f.read(most + 1)
    except OSError as e:
        raise NotReadable(f"{path.name} cannot be read: {e.strerror or e}") from e
    if len(data) > most:
        raise NotReadable(f"{path.name} is larger than {most:,} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise NotReadable(f"{path.name} is no text in UTF-8") from e


def json_of(path: Path) -> dict[str, Any]:
    """A JSON object of a release. Raises NotReadable."""
    try:
        value = json.loads(text_of(path))
    except (ValueError, RecursionError) as e:
        raise NotReadable(f"{path.name} is no JSON: {str(e).splitlines()[0]}") from e
    if not isinstance(value, dict):
        raise NotReadable(f"{path.name} holds no JSON object")
    return value


def of_program() -> dict[str, Declared]:
    """The tables and wide tables that this program writes as Parquet."""
    wide = (v for v in schema.views() if "parquet" in v.exports)
    return {t.table: _of_schema(t) for t in (*built_tables(), *wide)}


def _of_schema(table: schema.Table) -> Declared:
    fields = tuple(
        Field(
            c.column,
            TYPES[c.type],
            not c.nullable,
            c.unit,
            c.codelist,
            f"{c.description_en} {c.description_zh}",
            c.variable,
            schema.codelist(c.codelist) if c.codelist else (),
        )
        for c in table.columns
    )
    references = tuple(
        Reference(tuple(r.columns), r.references_table, tuple(r.references_columns))
        for r in (relations_of(table.table) or view_relations(table))
    )
    return Declared(table.table, table.key, fields, references, f"{table.description_en} {table.description_zh}")


def of_folder(folder: Folder) -> dict[str, Declared]:
    """The tables that a release declares: the Parquet resources of its data package. Raises NotReadable."""
    out = _of_paths(_PARQUET, resources(folder))
    if not out:
        raise NotReadable("datapackage.json declares no table under data/parquet")
    return out


def csv_of_folder(folder: Folder) -> dict[str, Declared]:
    """The tables and wide tables that a release declares as CSV, with the columns that these files have. Raises NotReadable."""
    return _of_paths(_CSV, resources(folder))


def resources(folder: Folder) -> dict[str, Mapping[str, Any]]:
    """What a data package says of each of its files, by their path in the release. Raises NotReadable."""
    listed = json_of(folder.datapackage).get("resources")
    if not isinstance(listed, list):
        raise NotReadable("datapackage.json lists no resources")
    out: dict[str, Mapping[str, Any]] = {}
    for r in listed:
        if not isinstance(r, dict) or not isinstance(r.get("path"), str):
            raise NotReadable("datapackage.json: a resource has no path")
        if r["path"] in out:
            raise NotReadable(f"datapackage.json: {r['path']} is declared twice")
        out[r["path"]] = r
    return out


def _of_paths(pattern: re.Pattern[str], listed: Mapping[str, Mapping[str, Any]]) -> dict[str, Declared]:
    return {m[1]: _of_resource(m[1], r) for path, r in listed.items() if (m := pattern.fullmatch(path))}


def views_of_program() -> dict[str, Declared]:
    """The wide tables that this program writes for spreadsheets and Stata, not as Parquet."""
    return {v.table: _of_schema(v) for v in schema.views() if "csv" in v.exports and "parquet" not in v.exports}


def views_of_folder(folder: Folder) -> dict[str, Declared]:
    """The wide tables that a release declares as CSV and not as Parquet. Raises NotReadable."""
    tables = of_folder(folder)
    return {name: view for name, view in csv_of_folder(folder).items() if name not in tables}


def formulas_of_folder(folder: Folder) -> dict[str, str]:
    """The formula of each indicator, as the codebook of a release gives it; none without a codebook. Raises NotReadable."""
    path = folder.codebook / "indicators.csv"
    if not path.exists():
        return {}
    rows = csv.DictReader(text_of(path).splitlines())
    return {r["indicator"]: r["formula_en"] for r in rows if r.get("indicator") and r.get("formula_en")}


def _of_resource(table: str, resource: Mapping[str, Any]) -> Declared:
    where = f"datapackage.json, table {table}"
    declared = resource.get("schema")
    if not isinstance(declared, dict) or not isinstance(declared.get("fields"), list):
        raise NotReadable(f"{where}: it has no schema with fields")
    fields = tuple(_of_field(where, f) for f in declared["fields"])
    names = {f.name for f in fields}
    if len(names) < len(fields):
        raise NotReadable(f"{where}: a column is declared twice")
    key = _names(where, declared.get("primaryKey", []))
    if not set(key) <= names:
        raise NotReadable(f"{where}: its key {', '.join(key)} names a column that it does not have")
    rows = resource.get("rows")
    return Declared(
        table,
        key,
        fields,
        tuple(_of_reference(where, table, names, f) for f in _list(where, declared.get("foreignKeys", []))),
        _description(resource),
        rows if isinstance(rows, int) and not isinstance(rows, bool) else None,
    )


def _of_field(where: str, field: Any) -> Field:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str) or not _NAME.fullmatch(field["name"]):
        raise NotReadable(f"{where}: a field has no name that a column can have")
    constraints = field.get("constraints", {})
    if not isinstance(constraints, dict):
        raise NotReadable(f"{where}, column {field['name']}: its constraints are no object")
    codes = constraints.get("enum") or field.get("categories") or []
    return Field(
        field["name"],
        _text(field.get("type")) or "string",
        constraints.get("required") is True,
        _text(field.get("unit")),
        _text(field.get("codelist")),
        _description(field),
        _text(field.get("variable")),
        tuple(str(c["value"] if isinstance(c, dict) and "value" in c else c) for c in _list(where, codes)),
    )


def _of_reference(where: str, table: str, names: set[str], reference: Any) -> Reference:
    target = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(target, dict):
        raise NotReadable(f"{where}: a foreign key has no reference")
    columns, others = _names(where, reference.get("fields")), _names(where, target.get("fields"))
    if not set(columns) <= names or len(columns) != len(others) or not columns:
        raise NotReadable(f"{where}: a foreign key names columns that do not fit each other")
    return Reference(columns, _text(target.get("resource")) or table, others)


def _names(where: str, value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(n, str) and _NAME.fullmatch(n) for n in names):
        raise NotReadable(f"{where}: a key is no list of columns")
    return tuple(names)


def _list(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotReadable(f"{where}: a list is expected where {type(value).__name__} stands")
    return value


def _description(of: Mapping[str, Any]) -> str:
    """In English and Chinese."""
    return f"{_text(of.get('description'))} {_text(of.get('description_zh'))}".strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def made(folder: Folder) -> Made:
    """How a release says that it was made. Raises NotReadable."""
    said = json_of(folder.provenance)
    note = build_note(said)
    tables = said.get("tables", note.get("tables", {}))
    if not isinstance(tables, dict) or not all(type(n) is int for n in tables.values()):
        raise NotReadable("PROVENANCE.json: `tables` is no list of tables with their rows")
    return Made(_text(said.get("version")), _text(said.get("date")), program(note), tuple(sorted(tables.items())))


def build_note(provenance: Mapping[str, Any]) -> Mapping[str, Any]:
    """The note of the build (`pipeline.store.provenance`) in the provenance of a release."""
    note = provenance.get("build", provenance)
    return note if isinstance(note, dict) else {}


def program(note: Mapping[str, Any]) -> str:
    """One digest of what decides how bytes are read and tables made: code, libraries, limits; empty where not told.

    `note` is that of a build. How many documents were read by which run does not count.
    """
    if not note.get("software"):
        return ""
    readings = note.get("readings")
    listed = readings if isinstance(readings, list) else []
    by = [{k: r.get(k) for k in ("software", "parser", "limits")} for r in listed if isinstance(r, dict)]
    texts = sorted(json.dumps(x, sort_keys=True) for x in (*by, note.get("assembled_with")))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
