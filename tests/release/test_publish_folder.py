"""Publishing to a folder: whole or not there, continued where it stopped, and never over anything else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.release import sums
from pipeline.release.publishing import Outcome, PublishingInterrupted, PublishingRefused, plan, publish
from tests.release.publish_process import run, start
from tests.release.small_release import content, holds, small_release


def published(root: Path, to: Path) -> Outcome:
    return publish(plan(root, str(to), {}), lambda _: None, environment={})


def test_the_release_lies_there_by_its_version(tmp_path: Path) -> None:
    root, to = small_release(tmp_path / "releases"), tmp_path / "to"
    planned = plan(root, str(to), {})
    assert planned.place == str(to / "1.0.0") and planned.bytes_to_send == sum(map(len, content(root).values()))
    assert not to.exists(), "a plan writes nothing"
    outcome = publish(planned, lambda _: None, environment={})
    assert (outcome.sent, outcome.there_already) == (10, 0)
    assert content(to / "1.0.0") == content(root)
    assert holds(to / "1.0.0")
    assert [p.name for p in to.iterdir()] == ["1.0.0"]
    assert (published(root, to).sent, published(root, to).there_already) == (0, 10)


def test_a_release_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    root, to = small_release(tmp_path / "releases"), tmp_path / "to"
    published(root, to)
    (to / "1.0.0" / "README.md").write_text("changed there", encoding="utf-8")
    with pytest.raises(PublishingRefused, match=r"is there already, and is not this release.*new version"):
        plan(root, str(to), {})
    assert (to / "1.0.0" / "README.md").read_text(encoding="utf-8") == "changed there"


@pytest.mark.parametrize("what", ["changed", "missing", "added", "link", "no sums"])
def test_a_release_whose_sums_do_not_hold_goes_nowhere(tmp_path: Path, what: str) -> None:
    root = small_release(tmp_path / "releases")
    table = root / "data/parquet/cells.parquet"
    says = {
        "changed": r"data/parquet/cells.parquet is not what SHA256SUMS says: it was changed; make the release anew",
        "missing": r"data/parquet/cells.parquet: it stands in SHA256SUMS but is not there",
        "added": r"notes.txt: it is there but does not stand in SHA256SUMS",
        "link": r"data/parquet/cells.parquet: it is no regular file",
        "no sums": r"SHA256SUMS cannot be read",
    }
    if what == "changed":
        table.write_bytes(table.read_bytes()[:-1] + b"!")
    elif what == "missing":
        table.unlink()
    elif what == "added":
        (root / "notes.txt").write_text("mine", encoding="utf-8")
    elif what == "link":
        table.rename(tmp_path / "elsewhere")
        table.symlink_to(tmp_path / "elsewhere")
    else:
        (root / "SHA256SUMS").unlink()
    with pytest.raises(PublishingRefused, match=says[what]):
        plan(root, str(tmp_path / "to"), {})


def test_a_release_that_changes_after_the_plan(tmp_path: Path) -> None:
    root = small_release(tmp_path / "releases")
    planned = plan(root, str(tmp_path / "to"), {})
    (root / "README.md").write_text("other", encoding="utf-8")
    sums.write(root)
    with pytest.raises(PublishingRefused, match="has changed since the plan was made"):
        publish(planned, lambda _: None, environment={})


def test_a_release_that_changes_while_it_is_copied(tmp_path: Path) -> None:
    root, to = small_release(tmp_path / "releases"), tmp_path / "to"

    def meanwhile(line: str) -> None:
        if line.startswith("CHANGELOG.md"):
            (root / "README.md").write_text("other", encoding="utf-8")

    with pytest.raises(PublishingInterrupted, match=r"README.md arrived changed"):
        publish(plan(root, str(to), {}), meanwhile, environment={})
    assert not (to / "1.0.0").exists()


def test_a_folder_that_is_no_release(tmp_path: Path) -> None:
    root = small_release(tmp_path / "releases")
    for bad in (root.rename(root.with_name("latest")), tmp_path / "1.2.3"):
        with pytest.raises(PublishingRefused, match=r"is no release|cannot be read"):
            plan(bad, str(tmp_path / "to"), {})


def test_a_process_that_is_killed_while_it_copies(tmp_path: Path) -> None:
    root, to = small_release(tmp_path / "releases", large=20_000_000), tmp_path / "to"
    process = start(root, str(to))
    end = time.monotonic() + 60
    while not any((to / ".partial-1.0.0").rglob("*.parquet")) and time.monotonic() < end:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    status, out = run(root, str(to))
    assert status == 0, out
    assert content(to / "1.0.0") == content(root)
    assert [p.name for p in to.iterdir()] == ["1.0.0"]


def test_what_an_earlier_call_left_is_gone_on_with(tmp_path: Path) -> None:
    """Files that are whole are not copied again; one that broke off is."""
    root, to = small_release(tmp_path / "releases"), tmp_path / "to"
    beside = to / ".partial-1.0.0"
    (beside / "data/parquet").mkdir(parents=True)
    (beside / "README.md").write_bytes((root / "README.md").read_bytes())
    (beside / "data/parquet/cells.parquet").write_bytes(b"broke off")
    (to / ".copying-1.0.0").write_bytes(b"half")
    outcome = published(root, to)
    assert (outcome.sent, outcome.there_already) == (9, 1)
    assert holds(to / "1.0.0")


def test_what_is_not_of_the_release_is_not_touched(tmp_path: Path) -> None:
    root, to = small_release(tmp_path / "releases"), tmp_path / "to"
    strange = to / ".partial-1.0.0" / "thesis.docx"
    strange.parent.mkdir(parents=True)
    strange.write_bytes(b"three years")
    with pytest.raises(PublishingRefused, match=r"holds thesis.docx, which is not of this release"):
        plan(root, str(to), {})
    assert strange.read_bytes() == b"three years"


def test_the_release_is_not_published_onto_itself(tmp_path: Path) -> None:
    root = small_release(tmp_path / "releases")
    for to in (root, root / "data", root.parent):
        with pytest.raises(PublishingRefused, match="is where the release itself lies"):
            plan(root, str(to), {})


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    """A file system of 200 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    return disk


def test_a_disk_without_room(tmp_path: Path, tiny_disk: Path) -> None:
    root = small_release(tmp_path / "releases")
    try:
        with pytest.raises(PublishingRefused, match=r"has room for [\d,]+ bytes; the release needs [\d,]+: make room"):
            plan(root, str(tiny_disk / "to"), {})
    finally:
        subprocess.run(["umount", tiny_disk], check=True)


def test_a_disk_that_fills_up_while_it_is_copied(tmp_path: Path, tiny_disk: Path) -> None:
    """Another fills it after the plan; with room again, the second call ends with the same sums."""
    root = small_release(tmp_path / "releases", large=20_000)
    try:
        planned = plan(root, str(tiny_disk / "to"), {})

        def fill(line: str) -> None:
            if line.startswith("README.md") and not (tiny_disk / "other").exists():
                (tiny_disk / "other").write_bytes(b"x" * (60_000))

        with pytest.raises(PublishingInterrupted, match="no room is left: make room"):
            (tiny_disk / "first").write_bytes(b"x" * 60_000)
            publish(planned, fill, environment={})
        assert not (tiny_disk / "to" / "1.0.0").exists()
        for other in ("first", "other"):
            (tiny_disk / other).unlink(missing_ok=True)
        published(root, tiny_disk / "to")
        assert holds(tiny_disk / "to" / "1.0.0")
    finally:
        subprocess.run(["umount", tiny_disk], check=True)


def test_a_disk_that_is_read_only(tmp_path: Path, tiny_disk: Path) -> None:
    root = small_release(tmp_path / "releases", large=20_000)
    try:
        (tiny_disk / "to").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)
        with pytest.raises(PublishingRefused, match=r"Read-only file system; name a folder that you may write to"):
            published(root, tiny_disk / "to")
    finally:
        subprocess.run(["umount", tiny_disk], check=True)


@pytest.mark.parametrize("to", ["", "zenodo:abc", "zenodo:0", "huggingface", "huggingface:me", "huggingface:a/b/c",
                                "s3:bucket", "s3://", "s3://UPPER/x", "s3://bucket/../x", "ftp://host/x", "https://host"])  # fmt: skip
def test_a_target_that_is_none(tmp_path: Path, to: str) -> None:
    with pytest.raises(PublishingRefused, match=r"write (zenodo|huggingface|s3)"):
        plan(small_release(tmp_path), to, {})


def test_a_folder_whose_parent_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PublishingRefused, match="is no folder: make it, or name another"):
        plan(small_release(tmp_path), str(tmp_path / "no" / "where"), {})


@pytest.mark.parametrize(
    ("to", "package", "module"),
    [("s3://data/x", "boto3", "s3_requests"), ("huggingface:a/b", "huggingface_hub", "huggingface")],
)
def test_a_package_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, package: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for name in ("s3", module):
        monkeypatch.delitem(sys.modules, f"pipeline.release.publishing.{name}", raising=False)
    with pytest.raises(PublishingRefused, match=rf"needs {package}: pip install 'ogi-panel\[publish\]'"):
        plan(small_release(tmp_path), to, {})
