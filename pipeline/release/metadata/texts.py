"""Texts that several descriptions of a release share: names, citations, JSON written the same way every time."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.release.edition import Creator, Edition
from pipeline.store.files import replace_text

NAME = "ogi-panel"
"""Name of the dataset for programs."""
DOI = "https://doi.org/"


def write_json(path: Path, value: object) -> None:
    """Writes JSON in the order in which it was put together, non-ASCII characters as they are."""
    replace_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def title(edition: Edition) -> str:
    return f"{edition.about.title_en} / {edition.about.title_zh}"


def creator_name(creator: Creator) -> str:
    """`Family, Given` for a person, the name for an organisation."""
    return f"{creator.name}, {creator.given_names}" if creator.given_names else creator.name


def address(edition: Edition) -> str | None:
    """Where the release is found: its DOI as an address, else the dataset's page."""
    return f"{DOI}{edition.doi}" if edition.doi else edition.about.homepage


def citation(edition: Edition) -> str:
    """How to cite the release, as a line of a bibliography."""
    names = "; ".join(map(creator_name, edition.about.creators))
    found = address(edition)
    return (
        f"{names} ({edition.date.year}): {edition.about.title_en}. Version {edition.version}. [Data set]."
        f"{f' {found}' if found else ''}"
    )


def bibtex(edition: Edition) -> str:
    """How to cite the release, as an entry of BibTeX."""
    # An organisation in braces of its own, or BibTeX takes its words for first and last names.
    names = " and ".join(
        _bibtex(creator_name(c)) if c.given_names else f"{{{_bibtex(c.name)}}}" for c in edition.about.creators
    )
    lines = [
        ("author", names),
        ("title", f"{{{_bibtex(edition.about.title_en)}}}"),
        ("year", str(edition.date.year)),
        ("version", str(edition.version)),
        *([("doi", edition.doi)] if edition.doi else []),
        *([("url", found)] if (found := address(edition)) else []),
    ]
    key = f"ogi_panel_{str(edition.version).replace('.', '_')}"
    return f"@misc{{{key},\n" + "".join(f"  {k} = {{{v}}},\n" for k, v in lines) + "}"


_TEX = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    **{c: f"\\{c}" for c in "#$%&_"},
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def _bibtex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in text)
