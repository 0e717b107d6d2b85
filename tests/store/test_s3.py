"""Input and output in a real S3 endpoint on loopback give the same bytes as folders on disk, over a network that breaks."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest

from pipeline.cli import main
from pipeline.limits import Limits
from pipeline.store import corpus, inbox, inventory, ledger, object_input, objects, published_place, signatures
from pipeline.store.folder_input import InputError
from pipeline.store.layout import Layout
from pipeline.store.places import PlaceWrong, S3Folder, place_of
from tests.conftest import ROOT, SAMPLE
from tests.store import s3_store
from tests.store.clusters import cluster
from tests.store.cutting_responses import CuttingResponses
from tests.store.fakes import PARSER

pytestmark = pytest.mark.xdist_group("dask")
LONG = "长" * 100_000
"""A document of 300,000 bytes: its answer comes in several pieces."""


@pytest.fixture(scope="module")
def store() -> Iterator[s3_store.Store]:
    with s3_store.store() as store, s3_store.variables(store.environment()):
        yield store


@pytest.fixture
def cutting(store: s3_store.Store) -> Iterator[CuttingResponses]:
    """The store behind a network that breaks answers off, as often as it is told."""
    with (
        CuttingResponses(store.port, above=10_000) as proxy,
        s3_store.variables(store.environment(proxy.address)),
    ):
        yield proxy


def read(root: S3Folder, layout: Layout, limits: Limits | None = None) -> ledger.Brought:
    taken = inventory.take(root)
    corpus.write_inventory(layout, taken, taken.intakes)
    return ledger.bring_up_to_date(layout, taken.root, taken.files, limits=limits or Limits(), parser=PARSER, workers=1)


def documents(layout: Layout) -> list[tuple[object, ...]]:
    rows = corpus.rows(layout, "documents").sort("source_path").collect()
    return rows.select("source_path", "outcome", "reason_code", "reason", "size_bytes").rows()


def test_objects_are_listed_and_fetched_as_files_are(store: s3_store.Store) -> None:
    """Containers too: those of the sample are a ZIP, a WARC and JSON Lines; a manifest says where documents are from."""
    store.put_folder(SAMPLE, "sample")
    store.s3.put_object(Bucket="data", Key="sample/2023/", Body=b"")  # as consoles mark a folder
    store.s3.put_object(Bucket="data", Key="sample/.hidden/x.txt", Body=b"x")
    here, there = inventory.take(SAMPLE), inventory.take(place_of("s3://data/sample"))
    assert there.files == here.files
    assert (there.skipped, there.manifests, there.intakes) == (here.skipped, here.manifests, here.intakes)
    assert inventory.intakes(there.root) == inventory.intakes(SAMPLE)
    object_input.verify_again()
    few = Limits(max_bytes=20_000)  # what is larger is hashed, and not read
    for number, source in enumerate(here.files):
        limits = few if number % 2 else Limits()
        assert inventory.fetch(there.root, source, limits) == inventory.fetch(SAMPLE, source, limits)
    for path in {f.path for f in here.files if f.member is not None}:
        assert inventory.at(there.root, path, Limits()) == inventory.at(SAMPLE, path, Limits())


def test_a_changed_object_shows_without_being_opened(store: s3_store.Store) -> None:
    """As the sensor looks, and as the ledger tells which of an intake's documents to read."""
    root = S3Folder("data", "watched")
    for key in ("2023/a.txt", "2024/b.txt", "c.txt"):
        store.s3.put_object(Bucket="data", Key=root.key(key), Body=b"x")
    before, seen = inbox.look(root), signatures.look(root, ["2024/b.txt"])
    assert tuple(before) == ("2023", "2024", "unsorted")
    assert inbox.look(root) == before
    store.s3.put_object(Bucket="data", Key="watched/2024/b.txt", Body=b"y")
    assert inbox.changes(before, inbox.look(root)).changed == ("2024",)
    assert signatures.look(root, ["2024/b.txt"]) != seen
    assert signatures.look(root, ["c.txt"]).signatures.keys() == {"c.txt"}
    assert signatures.hashed(root, ["c.txt", "gone.txt"]) == {"c.txt": hashlib.sha256(b"x").hexdigest()}


def test_a_key_that_is_no_path_is_left_out_with_a_reason(store: s3_store.Store) -> None:
    for key in ("odd/a//b.txt", "odd/c.txt"):
        store.s3.put_object(Bucket="data", Key=key, Body=b"x")
    taken = inventory.take(place_of("s3://data/odd"))
    assert [f.path for f in taken.files] == ["c.txt"]
    assert taken.skipped == (("a//b.txt", "its key is no path: rename it"),)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("s3://no-such-bucket/x", "cannot be listed (No such file or directory): check its name"),
        ("s3://data/nothing/here", "holds no documents"),
    ],
)
def test_an_input_that_cannot_be_used_is_said(store: s3_store.Store, place: str, why: str) -> None:
    with pytest.raises(InputError) as refused:
        inventory.take(place_of(place))
    assert why in str(refused.value)


@pytest.mark.parametrize("text", ["", "s3://", "s3://x/a/../b", "s3://Bad_Bucket/x", "https://somewhere/x"])
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(PlaceWrong):
        place_of(text)


def test_an_answer_that_breaks_off_is_asked_for_again_from_there(
    tmp_path: Path, store: s3_store.Store, cutting: CuttingResponses
) -> None:
    """One that breaks off every time is a row with the reason; once the network holds it is read, and nothing else."""
    store.s3.put_object(Bucket="data", Key="cut/2024/long.txt", Body=LONG.encode())
    store.s3.put_object(Bucket="data", Key="cut/2024/short.txt", Body="短局".encode())
    root, layout = place_of("s3://data/cut"), Layout(tmp_path / "out")
    assert isinstance(root, S3Folder)
    (long,) = inventory.at(root, "2024/long.txt", Limits())
    cutting.cuts = 2
    assert inventory.fetch(root, long, Limits()).data == LONG.encode()
    assert cutting.cuts < 0, "two answers broke off"
    cutting.cuts, cutting.kept = 1_000, 0
    read(root, layout)
    short = ("2024/short.txt", "parsed", None, None, 6)
    why = "the file could not be opened: the connection broke off"
    assert documents(layout) == [("2024/long.txt", "unreadable", "not_accessible", why, None), short]
    cutting.cuts = 0
    assert read(root, layout).read == 1
    assert documents(layout) == [("2024/long.txt", "parsed", None, None, 300_000), short]
    assert read(root, layout).read == 0


def zipped(*texts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number}.txt", text)
    return file.getvalue()


def test_a_container_that_could_not_be_looked_into_is_not_read_as_one_document(
    tmp_path: Path, store: s3_store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its beginning cannot be had while the folder is listed. When it is read, the store answers again."""
    monkeypatch.setattr(objects, "_FIRST_WAIT", 0.001)
    store.s3.put_object(Bucket="data", Key="packed/2024/all.zip", Body=zipped("甲局", "乙局" + LONG))
    root, layout = S3Folder("data", "packed"), Layout(tmp_path / "out")
    with CuttingResponses(store.port, above=1_000) as network:
        with s3_store.variables(store.environment(network.address)):
            network.cuts, network.kept = 8 + 4, 500
            taken = inventory.take(root)
        assert network.cuts == 0, "it was asked for in vain as often as it may be, and some more after a sign of life"
    corpus.write_inventory(layout, taken, taken.intakes)
    ledger.bring_up_to_date(layout, root, taken.files, limits=Limits(), parser=PARSER, workers=1)
    why = "the file could not be opened: the connection broke off"
    assert documents(layout) == [("2024/all.zip", "unreadable", "not_accessible", why, None)]
    assert read(root, layout).read == 2
    assert [row[1] for row in documents(layout)] == ["parsed", "parsed"]


def test_containers_are_listed_with_two_copies_at_a_time_and_a_full_disk_is_no_fault_of_theirs(
    store: s3_store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        store.s3.put_object(Bucket="data", Key=f"many/{number}.zip", Body=zipped("甲局"))
    there: list[int] = []

    def download(folder: S3Folder, path: str, to: Path) -> None:
        to.touch()
        sleep(0.02)
        there.append(len(list(to.parent.glob("listed-*"))))
        copy(folder, path, to)

    def on_a_full_disk(folder: S3Folder, path: str, to: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(to))

    copy = objects.download
    monkeypatch.setattr(objects, "download", download)
    assert len(inventory.take(S3Folder("data", "many")).files) == 6
    assert len(there) == 6 and max(there) <= 2
    monkeypatch.setattr(objects, "download", on_a_full_disk)
    with pytest.raises(OSError, match="No space left"):
        inventory.take(S3Folder("data", "many"))


def test_what_cannot_pass_is_told_from_what_may(store: s3_store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the number of the error, which says to whoever tries again whether that makes sense."""
    monkeypatch.setattr(objects, "_FIRST_WAIT", 0.001)
    root = S3Folder("data", "watched")
    store.s3.put_object(Bucket="data", Key="watched/a.txt", Body=b"x")
    environment = store.environment()

    def number(**changed: str) -> int | None:
        with s3_store.variables({**environment, **changed}), pytest.raises(InputError) as refused:
            inventory.take(root)
        return refused.value.errno

    assert number(AWS_ENDPOINT_URL="http://127.0.0.1:1") == errno.EIO, "nobody listens there: perhaps in a minute"
    assert number(AWS_ENDPOINT_URL=f"https://127.0.0.1:{store.port}") == errno.EPROTO, "it speaks no TLS"
    assert number(AWS_ENDPOINT_URL="http://[") == errno.EINVAL
    with pytest.raises(OSError, match="412") as refused:
        objects._ask(root, "a.txt", "get_object", IfMatch='"another"')
    assert refused.value.errno == errno.EPROTO


def test_a_version_is_whole_before_anybody_is_told_of_it(
    tmp_path: Path, store: s3_store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout, place = Layout(tmp_path / "out"), S3Folder("data", "published")
    versions = []
    for content in ("one", "two", "three"):
        folder = layout.versions / content
        (folder / "parquet").mkdir(parents=True)
        (folder / "parquet" / "cells.parquet").write_text(content)
        (folder / "ogi.duckdb").write_text(f"{content}, too")
        layout.current.unlink(missing_ok=True)
        layout.current.symlink_to(content)
        sent = published_place.send(layout, place)
        assert (sent.files, sent.sent) == (2, 2)
        assert published_place.send(layout, place).sent == 0, "what lies there is not sent again"
        note = json.loads(store.get("published/current.json"))
        assert (note["version"], note["previous"]) == (sent.version, versions[-1] if versions else None)
        assert store.get(f"published/versions/{sent.version}/parquet/cells.parquet") == content.encode()
        versions.append(sent.version)
    kept = {k.split("/")[2] for k in store.keys("published/versions/")}
    assert kept == set(versions[1:]), "the version before stays for those who still read it"

    with monkeypatch.context() as m:
        m.setattr(objects, "upload", lambda *_: None)
        (layout.current / "ogi.duckdb").write_text("of which nothing arrives")
        with pytest.raises(OSError, match="not there"):
            published_place.send(layout, place)
        (layout.current / "ogi.duckdb").write_text("three, too")
    assert json.loads(store.get("published/current.json"))["version"] == versions[-1]

    # Half a version, of an upload that is on its way or was killed; a day without a further object tells.
    store.s3.put_object(Bucket="data", Key="published/versions/0123456789abcdef/parquet/cells.parquet", Body=b"x")
    store.s3.put_object(Bucket="data", Key="published/versions/README.txt", Body=b"not ours")
    published_place.send(layout, place)
    assert len(store.keys("published/versions/")) == 6
    monkeypatch.setattr(published_place, "_ON_ITS_WAY", timedelta(days=-1))
    published_place.send(layout, place)
    kept = {k.split("/")[2] for k in store.keys("published/versions/")}
    assert kept == {*versions[1:], "README.txt"}


def test_a_store_that_will_not_take_the_dataset_is_said_before_the_work(
    tmp_path: Path, store: s3_store.Store, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(place: str) -> str:
        assert main(["build", "--input", str(SAMPLE), "--output", place, "--work", str(tmp_path / "work")]) == 1
        assert not (tmp_path / "work").exists()
        return capsys.readouterr().err

    assert "s3://no-such-bucket/x cannot be written (No such file or directory): check its name" in build(
        "s3://no-such-bucket/x"
    )
    store.s3.put_object(Bucket="data", Key="others/current.json", Body=b"something else")
    assert "others/current.json was not written by ogi: choose another place" in build("s3://data/others")
    published_place.require_usable(S3Folder("data", "new"))
    assert store.keys("new/") == []


def test_a_build_between_stores_on_a_cluster_equals_the_local_one(
    tmp_path: Path, store: s3_store.Store, sample_build: Path
) -> None:
    """The whole command: reports from S3, read by a Dask cluster whose results come through S3, the dataset to S3."""
    store.put_folder(SAMPLE, "reports")
    with cluster(tmp_path / "cluster", store.environment()) as running:
        running.scheduler()
        for _ in range(2):
            running.worker("--no-nanny")
        running.wait_for_workers(2)
        places = ["--input", "s3://data/reports", "--output", "s3://data/dataset", "--work", str(tmp_path / "work")]
        where = ["--executor", f"dask={running.address}", "--exchange", "s3://data/exchange"]
        command = [sys.executable, "-m", "pipeline.cli", "build", *places, *where, "--limit", "max_recognised_pages=0"]
        run = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "Published in s3://data/dataset" in run.stdout
    note = json.loads(store.get("dataset/current.json"))
    local = {f"parquet/{p.name}": p.read_bytes() for p in (sample_build / "parquet").glob("*.parquet")}
    assert len(local) > 20
    for name, content in local.items():
        assert store.get(f"dataset/versions/{note['version']}/{name}") == content, name
    assert store.keys("exchange") == []
