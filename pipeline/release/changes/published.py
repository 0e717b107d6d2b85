"""What a release says of itself (title, makers, licence, DOI …) held against what the release before says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pipeline.data_files import table_rows
from pipeline.release.changes.model import MetadataChange
from pipeline.release.declared import NotReadable, json_of
from pipeline.release.edition import About
from pipeline.release.folder import Folder

_DOI = "doi"
_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class MetadataField:
    """A field of the metadata by its name in `About`. `is_long`: a text that is not quoted in a list of changes."""

    field: str
    en: str
    zh: str
    is_long: bool


@cache
def fields() -> dict[str, MetadataField]:
    """Every field by its name, in the order in which they are told."""
    rows = table_rows(__package__, "metadata_fields.csv")
    return {r["field"]: MetadataField(r["field"], r["label_en"], r["label_zh"], r["is_long"] == "true") for r in rows}


def changes(previous: Folder, about: About, doi: str | None) -> tuple[MetadataChange, ...]:
    """The fields that differ, empty where a side says nothing. Raises NotReadable.

    A release without a DOI takes none from the one before, which was that release's own: nothing changed then. Of a release
    that did not note what it says of itself (`about` in PROVENANCE.json) nothing can be told, and nothing is.
    """
    said = json_of(previous.provenance)
    if "about" not in said:
        return ()
    if not isinstance(said["about"], dict):
        raise NotReadable("PROVENANCE.json: `about` does not say what the release says of itself")
    before, now = ({f: _text(side.get(f)) for f in fields()} for side in (said["about"], asdict(about)))
    before[_DOI], now[_DOI] = _text(said.get("doi")), doi or _text(said.get("doi"))
    return tuple(MetadataChange(f, before[f], now[f]) for f in fields() if before[f] != now[f])


def _text(value: object) -> str:
    """A field as one text: lists behind one another, makers with what is told of them. Raises NotReadable."""
    if isinstance(value, list | tuple):
        return _SEPARATOR.join(_creator(v) if isinstance(v, dict) else _word(v) for v in value)
    return _word(value)


def _creator(said: Mapping[str, Any]) -> str:
    name, more = (
        ", ".join(filter(None, (_word(said.get(k)) for k in keys)))
        for keys in (("name", "given_names"), ("affiliation", "orcid"))
    )
    return f"{name} ({more})" if more else name


def _word(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise NotReadable("PROVENANCE.json: what `about` says is neither a text nor a list of texts")
    return value or ""
