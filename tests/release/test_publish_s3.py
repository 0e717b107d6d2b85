"""Publishing to an S3 endpoint on this machine, with large files in parts, over a network that breaks."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from pipeline.release import sums
from pipeline.release.publishing import Outcome, Patience, PublishingInterrupted, PublishingRefused, plan, publish
from tests.release.cutting_proxy import Proxy
from tests.release.publish_process import run, start
from tests.release.small_release import content, holds, small_release

SECRET = "a-secret-key-that-nobody-may-see-4711"
LARGE = 20 * 1024**2
"""Bytes of a file that is sent in three parts."""
FIRST_PART_AND_HALF = 12 * 1024**2


@dataclass
class Store:
    """The endpoint behind a proxy; `s3` speaks to it directly."""

    s3: Any
    proxy: Proxy

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": self.proxy.address,
        }

    def names(self) -> list[str]:
        return [o["Key"] for o in self.s3.list_objects_v2(Bucket="data").get("Contents", [])]

    def uploads(self) -> list[dict[str, Any]]:
        return self.s3.list_multipart_uploads(Bucket="data").get("Uploads", [])  # type: ignore[no-any-return]

    def download(self, prefix: str, folder: Path) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        for key in self.names():
            if key.startswith(prefix):
                path = folder / key.removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.s3.get_object(Bucket="data", Key=key)["Body"].read())
        return folder


@pytest.fixture(scope="module")
def endpoint() -> Iterator[int]:
    service = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    yield service.get_host_and_port()[1]
    service.stop()


@pytest.fixture
def store(endpoint: int) -> Iterator[Store]:
    """The endpoint with one bucket, and nothing in it."""
    here = f"http://127.0.0.1:{endpoint}"
    requests.post(f"{here}/moto-api/reset", timeout=30)
    s3 = boto3.client(
        "s3",
        endpoint_url=here,
        region_name="eu-central-1",
        aws_access_key_id="somebody",
        aws_secret_access_key=SECRET,
    )
    s3.create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with Proxy(endpoint) as proxy:
        yield Store(s3, proxy)


def quick() -> Patience:
    return Patience(attempts=3, sleep=lambda _: None)


def published(root: Path, store: Store, to: str = "s3://data/ogi") -> Outcome:
    planned = plan(root, to, store.environment, quick())
    return publish(planned, lambda _: None, environment=store.environment, patience=quick())


def test_the_release_lies_below_prefix_and_version(tmp_path: Path, store: Store) -> None:
    root = small_release(tmp_path)
    planned = plan(root, "s3://data/some/where/", store.environment)
    assert planned.place == "s3://data/some/where/1.0.0/"
    assert planned.uploads[-1].name == "some/where/1.0.0/SHA256SUMS"
    assert store.names() == [], "a plan writes nothing"
    outcome = published(root, store, "s3://data/some/where/")
    assert (outcome.sent, outcome.there_already) == (10, 0)
    download = store.download("some/where/1.0.0/", tmp_path / "download")
    assert holds(download)
    assert content(download) == content(root)
    assert published(root, store, "s3://data/some/where").there_already == 10


def test_without_a_prefix_it_lies_below_its_version(tmp_path: Path, store: Store) -> None:
    published(small_release(tmp_path), store, "s3://data")
    assert "1.0.0/data/parquet/cells.parquet" in store.names()


def test_a_connection_cut_in_the_middle_of_a_large_file(tmp_path: Path, store: Store) -> None:
    """The part that arrived is not sent again; the second call ends with the same sums and leaves nothing half done."""
    root = small_release(tmp_path, large=LARGE)
    store.proxy.cut_after = FIRST_PART_AND_HALF
    with pytest.raises(PublishingInterrupted, match="the connection broke off"):
        published(root, store)
    assert len(store.uploads()) == 1 and "ogi/1.0.0/SHA256SUMS" not in store.names()
    store.proxy.cut_after, store.proxy.bytes_sent = None, 0
    published(root, store)
    assert LARGE - 8 * 1024**2 < store.proxy.bytes_sent < LARGE - 7 * 1024**2
    assert store.uploads() == []
    assert holds(store.download("ogi/1.0.0/", tmp_path / "download"))
    assert not list(tmp_path.glob(".publishing*"))


def test_a_process_that_is_killed_while_it_sends_parts(tmp_path: Path, store: Store) -> None:
    root = small_release(tmp_path, large=LARGE)
    store.proxy.cut_after, store.proxy.stalls = FIRST_PART_AND_HALF, True
    process = start(root, "s3://data/ogi", **store.environment)
    assert store.proxy.stalled.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    assert len(store.uploads()) == 1
    store.proxy.cut_after, store.proxy.stalls, store.proxy.bytes_sent = None, False, 0
    status, out = run(root, "s3://data/ogi", **store.environment)
    assert status == 0, out
    assert store.proxy.bytes_sent < LARGE - 7 * 1024**2
    assert store.uploads() == []
    download = store.download("ogi/1.0.0/", tmp_path / "download")
    assert holds(download)
    assert content(download) == content(root)


def test_an_upload_that_the_store_has_thrown_away_is_begun_anew(tmp_path: Path, store: Store) -> None:
    root = small_release(tmp_path, large=LARGE)
    store.proxy.cut_after = FIRST_PART_AND_HALF
    with pytest.raises(PublishingInterrupted):
        published(root, store)
    (upload,) = store.uploads()
    store.s3.abort_multipart_upload(Bucket="data", Key=upload["Key"], UploadId=upload["UploadId"])
    store.proxy.cut_after = None
    published(root, store)
    assert holds(store.download("ogi/1.0.0/", tmp_path / "download"))


def test_uploads_of_others_are_left(tmp_path: Path, store: Store) -> None:
    key = "ogi/1.0.0/data/parquet/reports.parquet"
    other = store.s3.create_multipart_upload(Bucket="data", Key=key)["UploadId"]
    published(small_release(tmp_path, large=LARGE), store)
    assert [u["UploadId"] for u in store.uploads()] == [other]


def test_nothing_is_overwritten(tmp_path: Path, store: Store) -> None:
    """Neither what is there before, nor what comes there between the look and the upload."""
    root = small_release(tmp_path)
    store.s3.put_object(Bucket="data", Key="ogi/1.0.0/README.md", Body=b"of somebody else")
    with pytest.raises(PublishingRefused, match=r"s3://data/ogi/1.0.0/README.md is there already, with other content"):
        plan(root, "s3://data/ogi", store.environment)
    store.s3.delete_object(Bucket="data", Key="ogi/1.0.0/README.md")

    def meanwhile(line: str) -> None:
        if line.startswith("CHANGELOG.md"):
            store.s3.put_object(Bucket="data", Key="ogi/1.0.0/README.md", Body=b"of somebody else")

    planned = plan(root, "s3://data/ogi", store.environment)
    with pytest.raises(PublishingRefused, match=r"README.md is there already, with other content"):
        publish(planned, meanwhile, environment=store.environment, patience=quick())
    assert store.s3.get_object(Bucket="data", Key="ogi/1.0.0/README.md")["Body"].read() == b"of somebody else"


def test_files_that_another_program_put_there_are_read(tmp_path: Path, store: Store) -> None:
    root = small_release(tmp_path)
    for path, data in content(root).items():
        store.s3.put_object(Bucket="data", Key=f"ogi/1.0.0/{path}", Body=data)
    assert published(root, store).sent == 0
    same_length = b"x" * len(content(root)["README.md"])
    store.s3.put_object(Bucket="data", Key="ogi/1.0.0/README.md", Body=same_length)
    with pytest.raises(PublishingRefused, match="with other content"):
        published(root, store)


def test_versions_lie_beside_each_other(tmp_path: Path, store: Store) -> None:
    published(small_release(tmp_path), store)
    published(small_release(tmp_path, "1.0.1"), store)
    assert holds(store.download("ogi/1.0.0/", tmp_path / "a")) and holds(store.download("ogi/1.0.1/", tmp_path / "b"))


def test_what_stays_on_this_machine_goes_through_no_proxy(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(1) as nowhere:
        monkeypatch.setenv("HTTP_PROXY", nowhere.address)
        assert published(small_release(tmp_path), store).sent == 10


def test_a_bucket_that_is_not_there(tmp_path: Path, store: Store) -> None:
    with pytest.raises(PublishingRefused, match=r"404 \(NoSuchBucket .*check the name after --to"):
        plan(small_release(tmp_path), "s3://other-data/x", store.environment)


def test_without_credentials_the_plan_says_that_it_cannot_know(tmp_path: Path) -> None:
    planned = plan(small_release(tmp_path), "s3://data/x", {"AWS_PROFILE": "work"})
    assert {u.is_there for u in planned.uploads} == {None}
    with pytest.raises(PublishingRefused, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"):
        publish(planned, print, environment={})


def test_the_secrets_are_nowhere_to_be_read(tmp_path: Path, store: Store) -> None:
    """Not in what any library logs at its loudest, in the errors of a cut upload, nor in the journal."""
    root = small_release(tmp_path, large=LARGE)
    store.proxy.cut_after = FIRST_PART_AND_HALF
    session = "a-session-token-that-nobody-may-see"
    status, out = run(root, "s3://data/ogi", **store.environment, AWS_SESSION_TOKEN=session)
    assert status == 2 and "DEBUG" in out
    assert list(tmp_path.glob(".publishing-1.0.0-s3-*.json"))
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    for secret in (SECRET, session):
        assert secret not in out and secret.encode() not in written


def test_a_release_changed_between_two_calls_is_not_mixed(tmp_path: Path, store: Store) -> None:
    """The parts of the first content are not taken for those of the second."""
    root = small_release(tmp_path, large=LARGE)
    store.proxy.cut_after = FIRST_PART_AND_HALF
    with pytest.raises(PublishingInterrupted):
        published(root, store)
    for key in store.names():
        store.s3.delete_object(Bucket="data", Key=key)
    store.proxy.cut_after = None
    table = root / "data/parquet/reports.parquet"
    table.write_bytes(b"!" + table.read_bytes()[1:])
    sums.write(root)
    published(root, store)
    assert holds(store.download("ogi/1.0.0/", tmp_path / "download"))
