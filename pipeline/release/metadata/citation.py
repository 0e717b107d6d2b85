"""Writes `CITATION.cff`: how to cite the release, in the Citation File Format 1.2.0 (https://citation-file-format.github.io)."""

from __future__ import annotations

import re
from typing import Any

import yaml

from pipeline.release.edition import Creator, Edition
from pipeline.release.folder import Folder
from pipeline.store.files import replace_text

_MESSAGE = "If you use this dataset, please cite it as below. 使用本数据集时，请按以下信息引用。"
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+", re.ASCII)
"""DOIs that the format knows; others are written as an address."""


def write(folder: Folder, edition: Edition) -> None:
    """Writes the file."""
    about = edition.about
    cff: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": about.title_en,
        "abstract": f"{about.description_en}\n\n{about.title_zh}：{about.description_zh}",
        "authors": [_author(c) for c in about.creators],
        "version": str(edition.version),
        "date-released": edition.date,
        **_identified(edition.doi),
        **({"url": about.homepage} if about.homepage else {}),
        "license": about.licence,
        "keywords": list(about.keywords),
    }
    text = yaml.safe_dump(cff, allow_unicode=True, sort_keys=False, width=120)
    replace_text(folder.citation, text)


def _identified(doi: str | None) -> dict[str, Any]:
    if doi is None:
        return {}
    if _DOI.fullmatch(doi):
        return {"doi": doi}
    return {"identifiers": [{"type": "other", "value": f"doi:{doi}", "description": "DOI"}]}


def _author(creator: Creator) -> dict[str, str]:
    if not creator.given_names:
        return {"name": creator.name}
    return {
        "family-names": creator.name,
        "given-names": creator.given_names,
        **({"affiliation": creator.affiliation} if creator.affiliation else {}),
        **({"orcid": f"https://orcid.org/{creator.orcid}"} if creator.orcid else {}),
    }
