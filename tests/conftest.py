"""What several test files share: the datasets of the sample corpus and of the real reports, each built once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"


def _built_once(tmp_path_factory: pytest.TempPathFactory, name: str, source: Path) -> Path:
    """The dataset of a folder, built by the command line; parallel test processes share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    out = shared / name
    with FileLock(str(out) + ".lock"):
        if not (out / "ogi.duckdb").exists():
            command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(source), "--output", str(out)]
            subprocess.run(
                # As the core installation builds it, whether or not the extra `ocr` is there.
                [*command, "--limit", "max_recognised_pages=0"],
                check=True,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
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
