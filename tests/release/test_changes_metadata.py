"""What a release says of itself held against what the release before says: a release for changed metadata alone."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.release import Parts
from pipeline.release.changes import entry, published
from pipeline.release.changes.compare import between
from pipeline.release.changes.model import MetadataChange
from pipeline.release.declared import NotReadable
from pipeline.release.edition import Creator
from pipeline.release.folder import Folder
from pipeline.release.versions import Step, WrongVersion, needed, version_for
from pipeline.release.write import Order, release
from pipeline.store.layout import Layout
from tests.release.folders import ABOUT, DATE, edited_json, edition

pytestmark = pytest.mark.xdist_group("releases")


def test_other_metadata_alone_are_a_patch_and_are_told(base: Folder, same: Folder) -> None:
    doe = Creator("Doe", "Jane", "Example University", "0000-0002-1825-0097")
    said = replace(ABOUT, licence="CC0-1.0", creators=(doe, *ABOUT.creators), description_en="# Reworded")
    found = between(base, same, says=(said, "10.5072/ogi.2"))
    institute = "Nobody's Institute"
    assert found.metadata == (
        MetadataChange("description_en", "Invented.", "# Reworded"),
        MetadataChange("creators", institute, f"Doe, Jane (Example University, 0000-0002-1825-0097); {institute}"),
        MetadataChange("licence", "CC-BY-4.0", "CC0-1.0"),
        MetadataChange("doi", "", "10.5072/ogi.2"),
    )
    assert needed(found) is Step.PATCH and str(version_for(found)) == "1.0.1"
    with pytest.raises(
        WrongVersion, match=r"a patch step, 1\.0\.1, because of: metadata: description_en is another one"
    ):
        version_for(found, edition("2.0.0").version)
    with (same.changes / "metadata.csv").open(encoding="utf-8", newline="") as f:
        assert [tuple(r.values()) for r in csv.DictReader(f)][2] == ("licence", "CC-BY-4.0", "CC0-1.0")
    text = entry.entry(edition("1.0.1"), found)
    for line in (
        "### Metadata",
        "- English description: worded otherwise; see `changes/metadata.csv`.",
        "- Licence: CC-BY-4.0 → CC0-1.0.",
        "- DOI: – → 10.5072/ogi.2.",
        "- 许可：CC-BY-4.0 → CC0-1.0。",
    ):
        assert f"\n{line}\n" in text, line
    assert "# Reworded" not in text


def test_the_same_metadata_are_no_reason_for_a_release(base: Folder, same: Folder) -> None:
    """A DOI belongs to one release: that the next one has none is no change either."""
    edited_json(base.provenance, doi="10.5072/ogi.1")
    found = between(base, same, says=(ABOUT, None))
    assert found.metadata == published.changes(base, ABOUT, "10.5072/ogi.1") == () and needed(found) is Step.NONE
    with pytest.raises(WrongVersion, match="neither data nor metadata"):
        version_for(found)
    edited_json(base.provenance, about={"title_en": ["a", 1]})
    with pytest.raises(NotReadable, match=r"PROVENANCE\.json: what `about` says"):
        published.changes(base, ABOUT, None)


def test_a_release_is_held_against_what_the_one_before_says_of_itself(
    builds: Path, releases: Path, tmp_path: Path
) -> None:
    """The same build: a wrong version is refused with what asks for the right one, before anything else is made."""
    own = Layout(shutil.copytree(builds / "base", tmp_path / "own", symlinks=True))
    said = replace(ABOUT, contact="data@example.org")
    order = Order(own, tmp_path / "out", DATE, said, edition("2.0.0").version, previous=releases / "base")
    with pytest.raises(WrongVersion, match=r"a patch step, 1\.0\.1, because of: metadata: contact is another one"):
        release(order, Parts(), lambda said: None)
