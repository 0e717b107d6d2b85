"""What a release says of itself, for people and for programs: citation, licence, provenance, Data Package, Croissant.

Every file derives from the tables of the release, from `pipeline/schema` and from what the publisher says (`about.yml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import citation, croissant, datacite, datapackage, provenance, readme
from pipeline.release.metadata.about import AboutWrong, default_about, read_about
from pipeline.release.metadata.data_files import FileMissing

__all__ = ["AboutWrong", "FileMissing", "default_about", "read_about", "write_metadata"]


def write_metadata(
    folder: Folder,
    edition: Edition,
    build_provenance: Mapping[str, Any] | None,
    left_out: Sequence[str] = (),
) -> None:
    """Writes all of them. The data of the release must lie in its folder and change no more: hashes are taken of it.

    `build_provenance` is what the build noted of itself, None where it noted nothing. `left_out` names tables, or files by
    their path in the release, that are not part of it. Raises FileMissing.
    """
    citation.write(folder, edition)
    datacite.write(folder, edition, left_out)
    provenance.write(folder, edition, build_provenance, left_out)
    readme.write(folder, edition, left_out)
    datapackage.write(folder, edition, left_out)
    croissant.write(folder, edition, left_out)
