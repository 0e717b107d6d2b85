"""Files of a release that are missing, changed or not declared, and metadata that says other than the files do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.release import declared, sums
from pipeline.release.folder import Folder
from pipeline.release.verify_declared import check_declared, check_hashes
from pipeline.release.verify_files import Digests, check_editions, check_present, check_sums
from pipeline.release.verify_program import check_program
from tests.release.folders import copied, edited_json, edited_resource, here, note

pytestmark = pytest.mark.xdist_group("releases")


@pytest.fixture
def release(releases: Path, tmp_path: Path) -> Folder:
    return copied(releases / "base", tmp_path / "1.0.0")


def test_a_changed_byte_a_missing_and_an_extra_file(release: Folder) -> None:
    path = release.csv("cells")
    data = bytearray(path.read_bytes())
    data[4] ^= 1  # the time stamp in the head of gzip: the contents are the same
    path.write_bytes(data)
    assert of_sums(release) == "data/csv/cells.csv.gz was changed: its SHA-256 is not the one listed"
    data[4] ^= 1
    path.write_bytes(data)
    (release.root / "notes.txt").write_text("mine", encoding="utf-8")
    assert of_sums(release) == "notes.txt is not listed in SHA256SUMS"
    (release.root / "notes.txt").unlink()
    (release.changes / "README.md").unlink()
    assert of_sums(release) == "changes/README.md is missing"


def test_pages_that_are_missing(release: Folder) -> None:
    for path in (release.codebook / "index.html", release.quality / "coverage.csv", release.changes / "README.md"):
        path.unlink()
    pages = "codebook/index.html is missing | quality/coverage.csv is missing | changes/README.md is missing"
    assert " | ".join(check_present(here(release), is_ours=True, is_compared=False)) == pages
    others = check_present(here(release), is_ours=False, is_compared=True)
    assert len(others) == 2, "tables of the quality page may be others in another version"
    assert "changes/rows.parquet is missing" in check_present(here(release), is_ours=True, is_compared=True)


def of_declared(folder: Folder, *left_out: str) -> str:
    listed = declared.resources(folder)
    return " | ".join(check_declared(folder, here(folder), listed, left_out, is_ours=True))


def undeclared(folder: Folder, path: str) -> None:
    """Takes a file out of the release and out of what it declares."""
    (folder.root / path).unlink()
    said = json.loads(folder.datapackage.read_text(encoding="utf-8"))
    edited_json(folder.datapackage, resources=[r for r in said["resources"] if r["path"] != path])


def test_a_file_that_is_declared_and_not_there_or_there_and_not_declared(release: Folder) -> None:
    assert of_declared(release) == ""
    release.csv("flags").unlink()
    assert of_declared(release) == "data/csv/flags.csv.gz is declared in datapackage.json and missing"
    said = declared.json_of(release.croissant)["distribution"]
    assert of_hashes(release) == "data/csv/flags.csv.gz is listed in croissant.json and missing"
    edited_json(release.croissant, distribution=[f for f in said if f["contentUrl"] != "data/csv/flags.csv.gz"])
    assert of_hashes(release) == "data/csv/flags.csv.gz is not listed in croissant.json"
    for path in (release.data / "notes.txt", release.parquet("more"), release.data / "raw" / "a.bin"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"PAR1")
    release.csv("flags").write_bytes(b"")
    assert of_declared(release) == (
        "data/notes.txt is not declared in datapackage.json | "
        "data/parquet/more.parquet is not declared in datapackage.json | "
        "data/raw/a.bin is not declared in datapackage.json"
    )


def test_a_file_taken_out_everywhere_is_missed_all_the_same(release: Folder) -> None:
    undeclared(release, "data/stata/flags.dta")
    said = "data/stata/flags.dta is neither declared in datapackage.json nor told as left out in PROVENANCE.json"
    assert of_declared(release) == said
    assert of_declared(release, "data/stata/flags.dta") == ""
    undeclared(release, "data/parquet/point_links.parquet")
    check = check_program(declared.of_folder(release), note(release))
    assert check.faults == ("table point_links is not declared",)


def test_a_resource_that_lies_elsewhere(release: Folder) -> None:
    said = json.loads(release.datapackage.read_text(encoding="utf-8"))
    for path in ("../secret", "/etc/passwd", "data/../README.md", "README.md"):
        edited_json(release.datapackage, resources=[*said["resources"], {"name": "x", "path": path}])
        assert f"{path!r} is declared in datapackage.json: it is no file under data" in of_declared(release)


def of_hashes(folder: Folder) -> str:
    return " | ".join(check_hashes(folder, frozenset(here(folder)), declared.resources(folder), Digests(folder.root)))


def test_sizes_and_hashes_in_the_metadata_that_are_not_those_of_the_files(release: Folder) -> None:
    assert of_hashes(release) == ""
    edited_resource(release, "rules_csv", {"bytes": 1})
    edited_resource(release, "rules_dta", {"hash": f"sha256:{'0' * 64}"})
    text = release.croissant.read_text(encoding="utf-8")
    digest = sums.digest(release.parquet("cells"))
    release.croissant.write_text(text.replace(digest, "f" * 64), encoding="utf-8")
    size = release.csv("rules").stat().st_size
    assert of_hashes(release) == (
        f"data/csv/rules.csv.gz: datapackage.json says that its size is '1', and it is '{size}' | "
        f"data/stata/rules.dta: datapackage.json says that its hash is 'sha256:{'0' * 64}', and it is "
        f"'sha256:{sums.digest(release.stata('rules'))}' | "
        f"data/parquet/cells.parquet: croissant.json says that its SHA-256 is '{'f' * 64}', and it is '{digest}'"
    )


def test_versions_and_dates_that_differ(release: Folder) -> None:
    def said(folder: Folder) -> str:
        return " | ".join(check_editions(folder))

    text = release.citation.read_text(encoding="utf-8")
    release.citation.write_text(text.replace("version: 1.0.0", "version: 1.0.1"), encoding="utf-8")
    assert "1.0.1 in CITATION.cff" in said(release)
    release.citation.write_text(text.replace("2026-01-31", "2026-02-01"), encoding="utf-8")
    assert "the date differs" in said(release)
    release.citation.write_text(text, encoding="utf-8")
    renamed = release.root.rename(release.root.with_name("1.0.2"))
    assert "1.0.2 in the folder's name" in said(Folder(renamed))
    copy = renamed.rename(renamed.with_name("a copy"))
    assert said(Folder(copy)) == "", "a copy may be called otherwise"


def of_sums(folder: Folder) -> str:
    return " | ".join(check_sums(folder.root, here(folder)))


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "data/../../secret", "data//x", "./README.md"])
def test_sums_of_places_outside(release: Folder, path: str) -> None:
    with release.sums.open("a", encoding="utf-8") as f:
        f.write(f"{'0' * 64}  {path}\n")
    assert "is no path within the release" in of_sums(release)


def test_sums_that_are_none(release: Folder) -> None:
    good = release.sums.read_text(encoding="utf-8")
    assert of_sums(release) == ""
    for bad, says in (
        (good + good, "stands there twice"),
        (good.replace("  ", " *"), "line 1: not a sum"),
        (good + f"{'0' * 64}  a\x1b[2Jb\n", "not a sum"),
        ("", "line 1: not a sum"),
    ):
        release.sums.write_text(bad, encoding="utf-8")
        assert says in of_sums(release)
    release.sums.unlink()
    assert "SHA256SUMS cannot be read" in of_sums(release)


def test_the_sums_are_those_of_sha256sum(release: Folder) -> None:
    lines = release.sums.read_text(encoding="utf-8").splitlines()
    paths = [line.split("  ", 1)[1] for line in lines]
    assert paths == sorted(paths) and "SHA256SUMS" not in paths and "data/ogi.duckdb" in paths
    before = release.sums.read_bytes()
    sums.write(release.root)
    assert release.sums.read_bytes() == before
    (release.root / "link").symlink_to("README.md")
    with pytest.raises(sums.SumsWrong, match="link is no regular file"):
        sums.write(release.root)
