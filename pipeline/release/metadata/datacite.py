"""Writes `datacite.json`: the release in the DataCite Metadata Schema 4.6 (https://schema.datacite.org), as its JSON.

A repository that registers the DOI takes it as it stands; `publisher` is who makes the dataset until one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.release.edition import Creator, Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import texts
from pipeline.release.metadata.data_files import DATABASE_MEDIATYPE, MEDIATYPES, data_files, has_database
from pipeline.release.metadata.facts import Facts, facts

_SCHEMA = "http://datacite.org/schema/kernel-4"
_BESIDE = ", and the same in a DuckDB file"


def write(folder: Folder, edition: Edition, left_out: Sequence[str] = ()) -> None:
    """Writes the file. The data of the release must lie in its folder. Raises FileMissing."""
    about, found = edition.about, facts(folder)
    files, database = data_files(folder, left_out), has_database(folder, left_out)
    record: dict[str, Any] = {
        "schemaVersion": _SCHEMA,
        **({"doi": edition.doi} if edition.doi else {}),
        **({"url": about.homepage} if about.homepage else {}),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Panel data"},
        "creators": [_creator(c) for c in about.creators],
        "titles": [
            {"title": about.title_en, "lang": "en"},
            {"title": about.title_zh, "titleType": "TranslatedTitle", "lang": "zh"},
        ],
        "publisher": {"name": about.creators[0].affiliation or texts.creator_name(about.creators[0])},
        "publicationYear": str(edition.date.year),
        "subjects": [{"subject": k} for k in about.keywords],
        "dates": [{"date": edition.date.isoformat(), "dateType": "Issued"}, *_coverage(found)],
        "language": "zh",
        "version": str(edition.version),
        "rightsList": [
            {
                "rights": about.licence,
                "rightsUri": about.licence_url,
                "rightsIdentifier": about.licence,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "descriptions": [
            {"description": about.description_en, "descriptionType": "Abstract", "lang": "en"},
            {"description": about.description_zh, "descriptionType": "Abstract", "lang": "zh"},
        ],
        "geoLocations": [{"geoLocationPlace": "China"}],
        "formats": [m for f, m in MEDIATYPES.items() if any(x.format == f for x in files)]
        + [DATABASE_MEDIATYPE] * database,
        "sizes": [f"{found.rows['reports']} reports", f"{sum(f.size for f in files)} bytes{_BESIDE * database}"],
        **_previous(edition),
    }
    texts.write_json(folder.datacite, record)


def _creator(creator: Creator) -> dict[str, Any]:
    name = texts.creator_name(creator)
    affiliation = {"affiliation": [{"name": creator.affiliation}]} if creator.affiliation else {}
    if not creator.given_names:
        return {"name": name, "nameType": "Organizational", **affiliation}
    orcid = {
        "nameIdentifier": f"https://orcid.org/{creator.orcid}",
        "nameIdentifierScheme": "ORCID",
        "schemeUri": "https://orcid.org",
    }
    return {
        "name": name,
        "nameType": "Personal",
        "givenName": creator.given_names,
        "familyName": creator.name,
        **({"nameIdentifiers": [orcid]} if creator.orcid else {}),
        **affiliation,
    }


def _coverage(found: Facts) -> list[dict[str, str]]:
    """The years that the reports are about."""
    if found.first_year is None:
        return []
    about = "Years that the reports are about"
    return [{"date": f"{found.first_year}/{found.last_year}", "dateType": "Coverage", "dateInformation": about}]


def _previous(edition: Edition) -> dict[str, Any]:
    """The release before, as an item with its version: nothing says its DOI."""
    if edition.previous is None:
        return {}
    item = {
        "relatedItemType": "Dataset",
        "relationType": "IsNewVersionOf",
        "titles": [{"title": edition.about.title_en}],
        "edition": str(edition.previous),
    }
    return {"relatedItems": [item]}
