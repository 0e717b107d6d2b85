"""Publishing to a hub for datasets with Hugging Face's own library, over a network that breaks.

Each call is a process of its own: the library takes its address and the choice of storage from the environment when it
is imported.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.release import sums
from pipeline.release.publishing import PublishingRefused, plan
from tests.release.faulty_server import TOKEN, Fault
from tests.release.hub_server import Hub, hub_server
from tests.release.publish_process import run, start
from tests.release.small_release import content, holds, small_release

TO = "huggingface:somebody/ogi-panel"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_server() as service:
        yield service


def environment(hub: Hub, token: str = TOKEN) -> dict[str, str]:
    """Without the storage of its own protocol, which a stand-in does not speak."""
    return {"HF_TOKEN": token, "HF_ENDPOINT": hub.root, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def downloaded(hub: Hub, revision: str, folder: Path) -> Path:
    """What a reader has of one revision."""
    shutil.rmtree(folder, ignore_errors=True)
    files = hub.datasets["somebody/ogi-panel"].at(revision)
    assert files is not None
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def test_a_release_becomes_one_commit_with_a_tag(tmp_path: Path, hub: Hub) -> None:
    root = small_release(tmp_path)
    status, out = run(root, TO, **environment(hub))
    assert status == 0, out
    dataset = hub.datasets["somebody/ogi-panel"]
    assert dataset.is_private and list(dataset.tags) == ["v1.0.0"] and len(dataset.commits) == 2
    download = downloaded(hub, "v1.0.0", tmp_path / "download")
    assert holds(download)
    assert content(download) == {**content(root), ".gitattributes": dataset.files[".gitattributes"]}
    status, out = run(root, TO, "final", **environment(hub))
    assert status == 0 and "sent=0, there_already=10, is_draft=False" in out
    assert not dataset.is_private and len(dataset.commits) == 2


def test_the_plan_sends_nothing(tmp_path: Path, hub: Hub) -> None:
    planned = plan(small_release(tmp_path), TO, environment(hub))
    assert planned.place == f"{hub.root}/datasets/somebody/ogi-panel, v1.0.0"
    assert {u.is_there for u in planned.uploads} == {False}
    assert {method for method, _ in hub.requests} == {"GET"}


def test_without_a_token_the_plan_says_that_it_cannot_know(tmp_path: Path, hub: Hub) -> None:
    planned = plan(small_release(tmp_path), TO, environment(hub, ""))
    assert {u.is_there for u in planned.uploads} == {None} and hub.requests == []


def test_the_next_version_replaces_the_files_of_the_one_before(tmp_path: Path, hub: Hub) -> None:
    """A file that the new release lacks goes, and stays under the old tag; what somebody else put there stays."""
    first = small_release(tmp_path)
    (first / "old.txt").write_text("of the first release", encoding="utf-8")
    sums.write(first)
    assert run(first, TO, **environment(hub))[0] == 0
    dataset = hub.datasets["somebody/ogi-panel"]
    dataset.commit({**dataset.files, "thesis.txt": b"mine"})
    status, out = run(small_release(tmp_path, "1.1.0"), TO, **environment(hub))
    assert status == 0, out
    assert "old.txt" not in dataset.files and dataset.files["thesis.txt"] == b"mine"
    assert holds(downloaded(hub, "v1.0.0", tmp_path / "first")) and holds(
        downloaded(hub, "v1.1.0", tmp_path / "second")
    )


def test_a_published_version_is_never_changed(tmp_path: Path, hub: Hub) -> None:
    root = small_release(tmp_path)
    assert run(root, TO, **environment(hub))[0] == 0
    (root / "README.md").write_text("other", encoding="utf-8")
    sums.write(root)
    with pytest.raises(PublishingRefused, match=r"has v1.0.0.*README.md is not that of the release"):
        plan(root, TO, environment(hub))


def test_a_process_that_is_killed_while_it_sends(tmp_path: Path, hub: Hub) -> None:
    """Large files that arrived are not sent again; no reader saw half a release."""
    root = small_release(tmp_path)
    larger = sums.read(root)["data/parquet/reports.parquet"]
    hub.faults.append(Fault("PUT", larger, cut_after=150_000, stall=True))
    process = start(root, TO, **environment(hub))
    assert hub.stalled.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    hub.hold.set()
    dataset = hub.datasets["somebody/ogi-panel"]
    assert list(dataset.files) == [".gitattributes"] and dataset.tags == {}
    status, out = run(root, TO, **environment(hub))
    assert status == 0, out
    assert sorted(hub.put_large) == sorted(set(hub.put_large)) and len(hub.put_large) == 2
    assert holds(downloaded(hub, "v1.0.0", tmp_path / "download"))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PUT", "large", cut_after=50_000),
        Fault("POST", "/commit/", cut_after=10),
        Fault("POST", "/commit/", is_after=True),
        Fault("POST", "/tag/", is_after=True),
        Fault("POST", "/tag/", status=429, headers={"Retry-After": "0"}),
        Fault("POST", "/commit/", status=503),
    ],
    ids=["large", "commit", "commit's answer", "tag's answer", "busy", "down"],
)
def test_a_connection_that_breaks_once(tmp_path: Path, hub: Hub, fault: Fault) -> None:
    hub.faults.append(fault)
    status, out = run(small_release(tmp_path), TO, **environment(hub))
    assert status == 0 and fault.times == 0, out
    dataset = hub.datasets["somebody/ogi-panel"]
    assert len(dataset.commits) == 2 and list(dataset.tags) == ["v1.0.0"]
    assert holds(downloaded(hub, "v1.0.0", tmp_path / "download"))


def test_the_token_is_nowhere_to_be_read(tmp_path: Path, hub: Hub) -> None:
    """Not in what any library logs at its loudest, nor in an error that echoes it, nor in addresses."""
    root = small_release(tmp_path)
    hub.faults.append(Fault("POST", "/commit/", status=403, message=TOKEN, headers={"X-Error-Message": TOKEN}))
    status, out = run(root, TO, **environment(hub))
    wrong_status, wrong = run(root, TO, **environment(hub, "wrong-but-secret-0815"))
    assert status == wrong_status == 1 and "DEBUG" in out
    assert "the service answers 403" in out and "check HF_TOKEN" in wrong
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    for secret in (TOKEN, "wrong-but-secret-0815"):
        assert secret not in out + wrong and secret.encode() not in written
        assert all(secret not in path for _, path in hub.requests)
