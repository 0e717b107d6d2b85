"""Writes `croissant.json`: the release in the Croissant format 1.1 (http://mlcommons.org/croissant/1.1), from the schema.

One record set a table, its fields taken from the columns of the Parquet file; one enumeration a code list, its codes
written out. A field refers to its enumeration, or to the key of the table that it names: Croissant has no references over
several columns, so those stand in `datapackage.json` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import schema
from pipeline.release.edition import Creator, Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import texts
from pipeline.release.metadata.codes import labels
from pipeline.release.metadata.data_files import MEDIATYPES, PARQUET, DataFile, data_files

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_ENCODING_FORMATS = {**MEDIATYPES, PARQUET: "application/x-parquet"}  # the name that Croissant's readers know
_TYPES = {
    "string": "sc:Text",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "double": "sc:Float",
    "decimal": "sc:Float",
    "bool": "sc:Boolean",
    "date": "sc:Date",
}
_LANGUAGES = {"@container": "@language"}
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": _LANGUAGES,
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": _LANGUAGES,
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}


def write(folder: Folder, edition: Edition, left_out: Sequence[str] = ()) -> None:
    """Writes the file. The data of the release must lie in its folder. Raises FileMissing."""
    files = data_files(folder, left_out)
    tables = [f for f in files if f.format == PARQUET]
    lists = sorted({c.codelist for f in tables for c in f.columns if c.codelist})
    about = edition.about
    found = texts.address(edition)
    dataset = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": {"en": about.title_en, "zh": about.title_zh},
        "description": {"en": about.description_en, "zh": about.description_zh},
        "conformsTo": CONFORMS_TO,
        **({"identifier": found} if edition.doi else {}),
        **({"url": found} if found else {}),
        "license": about.licence_url,
        "creator": [_creator(c) for c in about.creators],
        "keywords": list(about.keywords),
        "inLanguage": ["zh", "en"],
        "datePublished": edition.date.isoformat(),
        "version": str(edition.version),
        "citeAs": texts.bibtex(edition),
        "isLiveDataset": False,
        "distribution": [_file_object(f) for f in files],
        "recordSet": [*map(_enumeration, lists), *(_record_set(f, refs) for f, refs in _references(tables))],
    }
    texts.write_json(folder.croissant, dataset)


def _creator(creator: Creator) -> dict[str, Any]:
    if not creator.given_names:
        return {"@type": "sc:Organization", "name": creator.name}
    return {
        "@type": "sc:Person",
        "name": f"{creator.given_names} {creator.name}",
        "givenName": creator.given_names,
        "familyName": creator.name,
        **({"identifier": f"https://orcid.org/{creator.orcid}"} if creator.orcid else {}),
        **({"affiliation": {"@type": "sc:Organization", "name": creator.affiliation}} if creator.affiliation else {}),
    }


def _file_object(file: DataFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.relative,
        "name": file.path.name,
        "description": _described(file.table),
        "contentUrl": file.relative,
        "contentSize": f"{file.size} B",
        "encodingFormat": _ENCODING_FORMATS[file.format],
        "sha256": file.sha256,
    }


def _enumeration(codelist: str) -> dict[str, Any]:
    set_id = _list_id(codelist)
    fields = {"code": "The code.", "name": "Meaning in English.", "name_zh": "Chinese label."}
    return {
        "@type": "cr:RecordSet",
        "@id": set_id,
        "name": set_id,
        "description": f"Codes of the list `{codelist}`.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{set_id}/code"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{set_id}/{name}",
                "name": name,
                "description": description,
                "dataType": "sc:Text",
            }
            for name, description in fields.items()
        ],
        "data": [
            {f"{set_id}/code": code, f"{set_id}/name": label.en, f"{set_id}/name_zh": label.zh}
            for code, label in labels(codelist).items()
        ],
    }


def _record_set(file: DataFile, references: Mapping[str, str]) -> dict[str, Any]:
    name = file.table.table
    keys = [{"@id": f"{name}/{k}"} for k in file.table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": _described(file.table),
        "key": keys[0] if len(keys) == 1 else keys,
        "field": [_field(c, file, references.get(c.column)) for c in file.columns],
    }


def _field(column: schema.Column, file: DataFile, references: str | None) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{column.table}/{column.column}",
        "name": column.column,
        "description": _described(column),
        "dataType": _TYPES[column.type],
        "source": {"fileObject": {"@id": file.relative}, "extract": {"column": column.column}},
        **({"references": {"field": {"@id": references}}} if references else {}),
    }


def _references(tables: Sequence[DataFile]) -> list[tuple[DataFile, dict[str, str]]]:
    """For each table the fields that its columns refer to.

    mlcroissant 1.1.1 joins record sets along references, and gives wrong records for one that both refers and is referred
    to (a test would notice that this no longer holds). So the tables that most others refer to refer to nothing.
    """
    targets = _targets(tables)
    out = []
    for file in tables:
        if file.table.table in targets:
            out.append((file, dict[str, str]()))
            continue
        # A wide table has hundreds of coded columns: joining each of them takes readers minutes.
        coded = () if file.is_view else file.columns
        codes = {c.column: f"{_list_id(c.codelist)}/code" for c in coded if c.codelist}
        keys = {
            r.columns[0]: f"{r.references_table}/{r.references_columns[0]}"
            for r in file.relations
            if len(r.columns) == 1 and r.references_table in targets
        }
        out.append((file, {**codes, **keys}))
    return out


def _targets(tables: Sequence[DataFile]) -> set[str]:
    """Tables that others refer to by one column, unless those that do are such tables themselves."""
    sources: dict[str, set[str]] = {f.table.table: set() for f in tables}
    for file in tables:
        for r in file.relations:
            if len(r.columns) == 1 and r.references_table in sources and r.references_table != r.table:
                sources[r.references_table].add(r.table)
    targets = set[str]()
    for name in sorted(sources, key=lambda n: -len(sources[n])):
        if sources[name] - targets:
            targets.add(name)
    return targets


def _list_id(codelist: str) -> str:
    return f"codes_{codelist}"


def _described(what: schema.Table | schema.Column) -> dict[str, str]:
    en, zh = what.description_en, what.description_zh
    if isinstance(what, schema.Column) and what.unit:
        en, zh = f"{en} Unit: {what.unit}.", f"{zh}单位：{what.unit}。"
    if isinstance(what, schema.Column) and what.codelist:
        en, zh = f"{en} Codes: `{_list_id(what.codelist)}`.", f"{zh}代码表：`{_list_id(what.codelist)}`。"
    return {"en": en, "zh": zh}
