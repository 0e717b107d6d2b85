"""What several test files share: the datasets of the sample corpus and of the real reports, each built once; browsers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from pipeline.store.layout import Layout
    from tests.corpus.formats.browser import Browser
    from tests.dossier.browser import Watched

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"


def copy_sample(names: Iterable[str], folder: Path) -> Path:
    """Some documents of the sample under a folder, in the order of the names. The folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / name, folder / name)
    return folder


_LONGEST_IN_A_NAME = 500


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes and long texts name no test: whoever reads the name is not helped, and bytes that are made anew in every
    process may differ (a package has a time), so that the processes disagree on what they collected."""
    is_no_name = isinstance(val, bytes) or (isinstance(val, str) and len(val) > _LONGEST_IN_A_NAME)
    return argname if is_no_name else None


def _built_once(tmp_path_factory: pytest.TempPathFactory, name: str, source: Path) -> Path:
    """The dataset of a folder, built by the command line; parallel test processes share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    out = shared / name
    with FileLock(str(out) + ".lock"):
        if not (out / "ogi.duckdb").exists():
            command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(source), "--output", str(out)]
            # As the core installation builds it, whether or not the extra `ocr` is there.
            command += ["--limit", "max_recognised_pages=0"]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
            assert run.returncode == 0, run.stderr
    return out


@pytest.fixture(scope="session")
def sample_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built_once(tmp_path_factory, "sample-build", SAMPLE)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    if not (SHARED / "reports").is_dir():
        pytest.skip("skipped: no ../shared")
    return SHARED


@pytest.fixture(scope="session")
def shared_build(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Path:
    return _built_once(tmp_path_factory, "shared-build", shared_folder / "reports")


@pytest.fixture(scope="session")
def browser() -> Iterator[Watched]:
    """A browser without a network that notes what a page asks for."""
    from tests.corpus.formats.registry import ProgramMissing
    from tests.dossier.browser import Watched

    try:
        with Watched() as b:
            yield b
    except ProgramMissing:
        pytest.skip("skipped: Chromium is not installed")


@pytest.fixture(scope="session")
def open_browser() -> Iterator[Browser]:
    """A browser that can reach a `listener`."""
    from tests.corpus.formats.browser import Browser
    from tests.corpus.formats.registry import ProgramMissing

    try:
        with Browser() as b:
            yield b
    except ProgramMissing:
        pytest.skip("skipped: Chromium is not installed")


@pytest.fixture(scope="session")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked for there."""
    from tests.pages import listening

    with listening() as heard:
        yield heard


@pytest.fixture(scope="session")
def hostile_build(
    sample_build: Path, tmp_path_factory: pytest.TempPathFactory, listener: tuple[str, list[str]]
) -> Layout:
    """Two builds, the last with reports that try to run something and to ask the listener; a test may add pages to it."""
    from pipeline.store.layout import Layout
    from tests.expectations.published import publish_copy
    from tests.pages import hostile

    layout = Layout(tmp_path_factory.mktemp("hostile") / "out")
    publish_copy(layout, sample_build)
    publish_copy(layout, sample_build, hostile(listener[0]))
    return layout
