"""Writes `PROVENANCE.json`: which release this is, and what its build noted of itself (`pipeline.store.provenance`).

`about` is what the publisher says, field by field as it was given: the next release is held against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import texts
from pipeline.release.metadata.facts import facts

NOT_NOTED = (
    "the dataset was built by a version of ogi-panel that did not note what it used: build it again to have it noted"
)


def write(
    folder: Folder, edition: Edition, build_provenance: Mapping[str, Any] | None, left_out: Sequence[str] = ()
) -> None:
    """Writes the file; without a note of the build it says so and why."""
    note = {
        "name": texts.NAME,
        "version": str(edition.version),
        "date": edition.date.isoformat(),
        "doi": edition.doi,
        "previous": str(edition.previous) if edition.previous else None,
        "about": asdict(edition.about),
        "tables": dict(facts(folder).rows),
        "left_out": list(left_out),
        "build": build_provenance,
        **({"build_missing_because": NOT_NOTED} if build_provenance is None else {}),
    }
    texts.write_json(folder.provenance, note)
