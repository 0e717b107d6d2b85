"""Writes `datapackage.json`: the release as a Data Package (version 2, https://datapackage.org), derived from the schema.

Resources are named by table (Parquet), by table and `_csv`, by table and `_dta`. Foreign keys lead to the resource of
the same format, and to Parquet where the table is not exported. Beside what the standard knows, `description_zh` is the
Chinese description, `unit` the unit, `codelist` the code list, `variable` the name in Stata, `rows` the number of rows,
`nulls` how CSV tells a missing value from an empty text (`missingValues` cannot: quotation marks are no part of a value).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import schema
from pipeline.release.declared import TYPES
from pipeline.release.edition import Creator, Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import texts
from pipeline.release.metadata.codes import labels
from pipeline.release.metadata.data_files import (
    CSV,
    DATABASE_MEDIATYPE,
    MEDIATYPES,
    PARQUET,
    STATA,
    DataFile,
    data_files,
    has_database,
    rows,
)

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_ENDINGS = {PARQUET: "", CSV: "_csv", STATA: "_dta"}
# Said in full: programs guess what is not said, from the first rows.
_DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False, "header": True}
_NULLS = (
    "Nothing between two commas is null; two quotation marks are an empty text. Every text stands in quotation marks."
)


def write(folder: Folder, edition: Edition, left_out: Sequence[str] = ()) -> None:
    """Writes the file. The data of the release must lie in its folder. Raises FileMissing."""
    files = data_files(folder, left_out)
    about = edition.about
    found = texts.address(edition)
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": texts.NAME,
        **({"id": found} if edition.doi else {}),
        "title": texts.title(edition),
        "description": f"{about.description_en}\n\n{about.description_zh}",
        **({"homepage": about.homepage} if about.homepage else {}),
        "version": str(edition.version),
        "created": f"{edition.date.isoformat()}T00:00:00Z",
        "licenses": [{"name": about.licence, "path": about.licence_url}],
        "contributors": [_contributor(c) for c in about.creators],
        "keywords": list(about.keywords),
        "resources": [_resource(f, files) for f in files] + _database(folder, left_out),
    }
    texts.write_json(folder.datapackage, package)


def _contributor(creator: Creator) -> dict[str, Any]:
    person = {"givenName": creator.given_names, "familyName": creator.name} if creator.given_names else {}
    title = f"{creator.given_names} {creator.name}" if creator.given_names else creator.name
    return {
        "title": title,
        **person,
        **({"path": f"https://orcid.org/{creator.orcid}"} if creator.orcid else {}),
        **({"organization": creator.affiliation} if creator.affiliation else {}),
        "roles": ["creator"],
    }


def _resource(file: DataFile, files: Sequence[DataFile]) -> dict[str, Any]:
    # frictionless 5.21 reads Parquet past the loader that counts bytes, and holds any size and hash that is stated for
    # it to be wrong. Those of Parquet files stand in `croissant.json` and SHA256SUMS.
    named = {
        "name": file.table.table + _ENDINGS[file.format],
        "path": file.relative,
        "description": file.table.description_en,
        "description_zh": file.table.description_zh,
        "format": file.format,
        "mediatype": MEDIATYPES[file.format],
        **({} if file.format == PARQUET else {"bytes": file.size, "hash": f"sha256:{file.sha256}"}),
    }
    if file.format == STATA:  # a file for its program: its own columns carry labels in place of codes
        return named
    return {
        **named,
        "type": "table",
        **({"rows": rows(file.path)} if file.format == PARQUET else {}),
        **(
            {"encoding": "utf-8", "compression": "gz", "dialect": _DIALECT, "nulls": _NULLS}
            if file.format == CSV
            else {}
        ),
        "schema": {
            "fields": [_field(c, file) for c in file.columns],
            "missingValues": [""],
            "primaryKey": list(file.table.key),
            **({"foreignKeys": keys} if (keys := _foreign_keys(file, files)) else {}),
        },
    }


def _database(folder: Folder, left_out: Sequence[str]) -> list[dict[str, Any]]:
    """The DuckDB file: without a hash, since two of the same content differ in their bytes."""
    if not has_database(folder, left_out):
        return []
    return [
        {
            "name": f"{texts.NAME}_duckdb",
            "path": folder.database.relative_to(folder.root).as_posix(),
            "description": "All tables, wide tables and views with their comments, as one DuckDB file.",
            "description_zh": "全部表、宽表与视图及其注释，单个 DuckDB 文件。",
            "format": "duckdb",
            "mediatype": DATABASE_MEDIATYPE,
        }
    ]


def _field(column: schema.Column, file: DataFile) -> dict[str, Any]:
    return {
        "name": column.column,
        "type": TYPES[column.type],
        "description": column.description_en,
        "description_zh": column.description_zh,
        "variable": column.variable,
        **({"unit": column.unit} if column.unit else {}),
        **({"codelist": column.codelist} if column.codelist else {}),
        **_missing(column, file),
        **({"constraints": constraints} if (constraints := _constraints(column, file)) else {}),
        **({"categories": _categories(column.codelist)} if column.codelist else {}),
    }


def _missing(column: schema.Column, file: DataFile) -> dict[str, Any]:
    """Where a text may not be missing, nothing between two commas is an empty text. In Parquet nothing is written for a
    missing value, but who reads it by way of pandas finds `nan` in columns of numbers."""
    if not column.nullable and column.type == "string":
        return {"missingValues": []}
    if column.nullable and file.format == PARQUET and column.type in ("int32", "int64", "double"):
        return {"missingValues": ["", "nan"]}
    return {}


def _constraints(column: schema.Column, file: DataFile) -> dict[str, Any]:
    return {
        **({} if column.nullable else {"required": True}),
        **({"unique": True} if file.table.key == (column.column,) else {}),
        **({"enum": list(schema.codelist(column.codelist))} if column.codelist else {}),
    }


def _categories(codelist: str) -> list[Mapping[str, str]]:
    return [{"value": code, "label": f"{label.en} / {label.zh}"} for code, label in labels(codelist).items()]


def _foreign_keys(file: DataFile, files: Sequence[DataFile]) -> list[dict[str, Any]]:
    there = {(f.table.table, f.format): f for f in files}
    keys = []
    for r in file.relations:
        target = there.get((r.references_table, file.format)) or there.get((r.references_table, PARQUET))
        if target is None:  # left out of the release
            continue
        # The standard leaves the name out where a table refers to itself.
        named = {} if target.path == file.path else {"resource": target.table.table + _ENDINGS[target.format]}
        keys.append({"fields": list(r.columns), "reference": {**named, "fields": list(r.references_columns)}})
    return keys
