"""Real builds of one small folder of reports, before and after changes of it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.release import codebook
from pipeline.release.exports.parquet import write_views
from pipeline.release.exports.reading import opened
from pipeline.release.folder import Folder
from pipeline.store.layout import Layout
from tests.conftest import SAMPLE, copy_sample
from tests.release.exported import publish_hostile, write
from tests.release.folders import copied, edition, release_of
from tests.test_cli import ogi

UNBALANCED, OFFICE, ADDED = "2024/unbalanced_2024.txt", "2023/office_2022.html", "2024/word_2023.txt"
CORRECTION = """\
corrections:
  - id: carried-in
    report: {{path: 2024/unbalanced_2024.txt, sha256: {sha}}}
    cell: {{table: applications, row: carried_in, column: natural_person}}
    old: 2
    new: 7
    reason: the sums say so
    source: invented
    who: a test
    when: 2025-03-31
"""


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds `base`, and `corrected`, `changed` (one number of one text), `added` (one report more) that differ from it.

    Parallel test processes share them.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "release-builds"
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            folder.mkdir()
            _make_builds(folder)
            (folder / "made").touch()
    return folder


def _make_builds(folder: Path) -> None:
    copy_sample((UNBALANCED, OFFICE), folder / "in")
    _build(folder, "base")
    report = folder / "in" / UNBALANCED
    sha = hashlib.sha256(report.read_bytes()).hexdigest()
    (folder / "corrections.yml").write_text(CORRECTION.format(sha=sha), encoding="utf-8")
    _build(folder, "corrected", "--corrections", "corrections.yml")
    text = report.read_text(encoding="utf-8")
    start = text.index("收到和处理政府信息公开申请情况")
    changed = text[:start] + text[start:].replace("\n\t29\n", "\n\t28\n", 1)
    assert changed != text
    report.write_text(changed, encoding="utf-8")
    _build(folder, "changed")
    report.write_text(text, encoding="utf-8")
    shutil.copy(SAMPLE / ADDED, folder / "in" / ADDED)
    _build(folder, "added")


def _build(folder: Path, kept: str, *arguments: str) -> None:
    """Builds in one output folder, so that only what changed is read again, and keeps what it publishes."""
    run = ogi("build", "--input", "in", "--output", "out", "--workers", "1", *arguments, cwd=folder)
    assert run.returncode == 0, run.stderr
    shutil.copytree(folder / "out" / ".versions", folder / kept / ".versions", symlinks=True)
    for name in ("parquet", "ogi.duckdb"):
        (folder / kept / name).symlink_to(f".versions/current/{name}")


@pytest.fixture(scope="session")
def releases(builds: Path) -> Path:
    """A release of each of the builds, named as that is, each the first of its kind; `base` has its pages, too.

    Parallel test processes share them: a test that changes one takes a copy.
    """
    folder = builds.with_name("release-folders")
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            for name in ("base", "corrected", "changed", "added"):
                release_of(builds / name, folder / name, with_pages=name == "base")
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def hostile_source(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A build with texts that would be formulas (`exported.py`)."""
    layout = Layout(tmp_path_factory.mktemp("hostile"))
    publish_hostile(layout, sample_build)
    return layout


@pytest.fixture(scope="session")
def hostile_release(hostile_source: Layout, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The data of a release of it."""
    return write(hostile_source, tmp_path_factory.mktemp("release") / "1.2.0")


@pytest.fixture(scope="session")
def with_codebook(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A release of the sample as far as the codebook reads it, and its codebook."""
    folder = Folder(tmp_path_factory.mktemp("codebook") / "1.0.0")
    shutil.copytree(sample_build / "parquet", folder.data / "parquet")
    shutil.copy(sample_build / "ogi.duckdb", folder.database)
    with opened(folder) as data:
        write_views(data, folder)
    codebook.write(folder, edition("1.0.0"))
    return folder


@pytest.fixture
def base(releases: Path, tmp_path: Path) -> Folder:
    """A release, for tests to change."""
    return copied(releases / "base", tmp_path / "1.0.0")


@pytest.fixture
def same(releases: Path, tmp_path: Path) -> Folder:
    """Another release of the same build, for tests to change."""
    return copied(releases / "base", tmp_path / "new")
