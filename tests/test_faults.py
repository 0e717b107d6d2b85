"""What goes wrong around a build: killed at any moment, a full disk, a folder that cannot be written, two at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import bench_kills
from pipeline.store import publish
from pipeline.store.layout import Layout
from tests.conftest import copy_sample

pytestmark = pytest.mark.xdist_group("faults")

ROOT = Path(__file__).parents[1]
REPORTS = ("2023/web_2022.txt", "2023/town_2022.html", "2024/blank_form.txt", "unsorted_web_2024.txt")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_sample(REPORTS, tmp_path_factory.mktemp("faults") / "in")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("skipped: no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(source), "--output", str(out)]
    return subprocess.run(
        [*command, "--workers", "1"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def said(run: subprocess.CompletedProcess[str]) -> str:
    """What a failed build printed: words for people, no trace of the stack."""
    assert run.returncode != 0
    assert "Traceback" not in run.stderr + run.stdout
    return run.stderr


def test_killed_builds_leave_the_old_dataset_or_the_new_one_and_can_be_run_again(source: Path, tmp_path: Path) -> None:
    shutil.copytree(source, tmp_path / "in")
    outcome = bench_kills.measure(tmp_path / "in", tmp_path, kills=3, seed=3, workers=1, in_a_row=2, say=False)
    assert [f for r in outcome.rounds for f in r.faults] == []
    assert outcome.clean == outcome.kills == 3


def test_a_disk_that_is_full_keeps_what_is_published(source: Path, tmp_path: Path, disk: Path) -> None:
    assert build(source, disk / "out").returncode == 0
    before = bench_kills.published(disk / "out")
    more = tmp_path / "in"
    shutil.copytree(source, more)
    shutil.copy(ROOT / "data/sample/2023/second_town_2022.txt", more / "one more.txt")
    filler = disk / "filler"
    for left in (20_000, 300_000):  # full for the notes that Dagster keeps of a run; for our tables
        filler.write_bytes(bytes(shutil.disk_usage(disk).free - left))
        assert "No space left on device" in said(build(more, disk / "out"))
        assert bench_kills.published(disk / "out") == before
        filler.unlink()
    assert build(more, disk / "out").returncode == 0
    assert build(more, tmp_path / "out").returncode == 0
    assert bench_kills.published(disk / "out") == bench_kills.published(tmp_path / "out") != before
    assert bench_kills.left_over(disk / "out") == []


def test_a_folder_that_cannot_be_written_is_named(source: Path, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert "Read-only file system" in said(build(source, disk / "out"))


def test_a_second_build_on_the_same_output_says_so_and_changes_nothing(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = bench_kills.start(source, out, bench_kills.PAGES[0], 1)
    end = time.monotonic() + 120
    while first.poll() is None and time.monotonic() < end:
        if Layout(out).lock.exists():
            try:
                with publish.lock(Layout(out)):
                    pass
            except publish.OutputBusy:
                break
        time.sleep(0.05)
    assert "another build is working on" in said(build(source, out))
    _, errors = first.communicate()
    assert first.returncode == 0, errors.decode()
    assert bench_kills.left_over(out) == []
