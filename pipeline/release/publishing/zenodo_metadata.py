"""The metadata of a Zenodo deposit, from what the release says of itself in `datacite.json` (DataCite 4)."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from pipeline.release.edition import Version
from pipeline.release.folder import Folder
from pipeline.release.publishing.errors import PublishingRefused

_MOST_BYTES = 4 * 1024**2
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.ASCII)
OWN_DOI = re.compile(r"10\.(?:5281|5072)/zenodo\.(\d{1,15})", re.ASCII | re.IGNORECASE)
"""DOI that Zenodo, or its sandbox, gives; the number is that of the deposit."""


def doi(root: Path) -> str | None:
    """The DOI that a release was given before, None where the service is to give one. Raises PublishingRefused."""
    said = _read(root)
    if given := _text(said.get("doi")):
        return given
    for identifier in _dicts(said.get("identifiers")):
        if _text(identifier.get("identifierType")) == "DOI":
            return _text(identifier.get("identifier")) or None
    return None


def metadata(root: Path, version: Version) -> dict[str, Any]:
    """Fields of the deposit API. Raises PublishingRefused where `datacite.json` lacks what Zenodo requires."""
    said = _read(root)
    titles, descriptions = _wordings(said, "titles", "title"), _wordings(said, "descriptions", "description")
    out: dict[str, Any] = {
        "upload_type": "dataset",
        "access_right": "open",
        "title": " / ".join(titles),
        "description": "".join(f"<p>{html.escape(d, quote=False)}</p>" for d in descriptions),
        "creators": [_creator(c) for c in _dicts(said.get("creators"))],
        "keywords": [t for s in _dicts(said.get("subjects")) if (t := _text(s.get("subject")))],
        "license": _licence(said),
        "publication_date": _date(said),
        "version": str(version),
        "related_identifiers": [r for i in _dicts(said.get("relatedIdentifiers")) if (r := _related(i))],
    }
    given = doi(root)
    if given and not OWN_DOI.fullmatch(given):
        out["doi"] = given
    for required in ("title", "description", "creators", "license", "publication_date"):
        if not out[required]:
            raise PublishingRefused(
                f"{root / 'datacite.json'}: Zenodo requires {required}, which does not follow from it"
            )
    if (stated := _text(said.get("version"))) and stated != str(version):
        raise PublishingRefused(
            f"{root / 'datacite.json'} says version {stated}, the folder {version}: make the release anew"
        )
    return {k: v for k, v in out.items() if v}


def _creator(creator: dict[str, Any]) -> dict[str, str]:
    family, given = _text(creator.get("familyName")), _text(creator.get("givenName"))
    out = {"name": f"{family}, {given}" if family and given else _text(creator.get("name"))}
    affiliations = creator.get("affiliation")
    for affiliation in affiliations if isinstance(affiliations, list) else []:
        if named := _text(affiliation.get("name") if isinstance(affiliation, dict) else affiliation):
            out["affiliation"] = named
            break
    for identifier in _dicts(creator.get("nameIdentifiers")):
        if found := _ORCID.search(_text(identifier.get("nameIdentifier"))):
            out["orcid"] = found[0]
    return out


def _related(identifier: dict[str, Any]) -> dict[str, str] | None:
    """Zenodo writes the relations of DataCite with a small first letter."""
    name, relation = _text(identifier.get("relatedIdentifier")), _text(identifier.get("relationType"))
    return {"identifier": name, "relation": relation[0].lower() + relation[1:]} if name and relation else None


def _licence(said: dict[str, Any]) -> str:
    """Zenodo's licences are the SPDX identifiers in small letters."""
    return next((t.lower() for r in _dicts(said.get("rightsList")) if (t := _text(r.get("rightsIdentifier")))), "")


def _date(said: dict[str, Any]) -> str:
    return next((_text(d.get("date")) for d in _dicts(said.get("dates")) if _text(d.get("dateType")) == "Issued"), "")


def _wordings(said: dict[str, Any], field: str, key: str) -> list[str]:
    return [t for w in _dicts(said.get(field)) if (t := _text(w.get(key)))]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _read(root: Path) -> dict[str, Any]:
    path = Folder(root).datacite
    try:
        with path.open("rb") as f:
            said = json.loads(f.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError) as e:
        raise PublishingRefused(
            f"{path} cannot be read ({e}): Zenodo's metadata are taken from it; make the release anew"
        ) from e
    if isinstance(said, dict) and isinstance(said.get("data"), dict):
        said = said["data"].get("attributes")  # as DataCite's own interface wraps it
    if not isinstance(said, dict):
        raise PublishingRefused(f"{path} holds no DataCite metadata: make the release anew")
    return said
