"""Publishing to a deposit service that speaks the documented requests of Zenodo, over a network that breaks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.release import sums
from pipeline.release.publishing import (
    Outcome,
    Patience,
    PublishingInterrupted,
    PublishingRefused,
    plan,
    publish,
    zenodo,
    zenodo_metadata,
)
from pipeline.release.publishing.contents import read
from tests.release.deposit_server import Deposits, Record, deposit_server
from tests.release.faulty_server import TOKEN, Fault
from tests.release.publish_process import run, start
from tests.release.small_release import TITLE, content, holds, small_release


@pytest.fixture
def server() -> Iterator[Deposits]:
    with deposit_server() as state:
        yield state


def environment(server: Deposits, token: str = TOKEN) -> dict[str, str]:
    return {"ZENODO_TOKEN": token, "ZENODO_URL": server.address}


def quick(waited: list[float] | None = None, attempts: int = 4) -> Patience:
    """Patience that notes how long it would have waited, and does not wait."""
    return Patience(attempts=attempts, sleep=(waited if waited is not None else []).append)


def published(root: Path, server: Deposits, to: str = "zenodo", final: bool = False, **more: object) -> Outcome:
    env, patience = environment(server), quick(**more)  # type: ignore[arg-type]
    return publish(plan(root, to, env, patience), lambda _: None, final=final, environment=env, patience=patience)


def downloaded(record: Record, folder: Path) -> Path:
    """What a reader has who downloads every file of a record into one folder and unpacks the archives there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for key, (_, data) in record.files.items():
        assert "/" not in key
        (folder / key).write_bytes(data)
    for packed in sorted(folder.glob("*.zip")):
        with zipfile.ZipFile(packed) as z:
            assert z.testzip() is None
            z.extractall(folder)
        packed.unlink()
    return folder


def test_the_plan_says_what_would_be_sent_and_sends_nothing(tmp_path: Path, server: Deposits) -> None:
    planned = plan(small_release(tmp_path), "zenodo", environment(server))
    assert [u.name for u in planned.uploads] == [
        "CHANGELOG.md",
        "README.md",
        "changes.zip",
        "codebook.zip",
        "data-csv.zip",
        "data-parquet.zip",
        "data.zip",
        "datacite.json",
        "SHA256SUMS",
    ]
    assert all(u.is_there is False for u in planned.uploads)
    assert "a new record" in planned.notes
    assert {method for method, _ in server.requests} == {"GET"}
    assert not list(tmp_path.glob(".publishing*"))


def test_without_a_token_the_plan_says_that_it_cannot_know(tmp_path: Path, server: Deposits) -> None:
    planned = plan(small_release(tmp_path), "zenodo", environment(server, token=""))
    assert {u.is_there for u in planned.uploads} == {None}
    assert "ZENODO_TOKEN is not set: what is there already is not known" in planned.notes
    assert server.requests == []
    with pytest.raises(PublishingRefused, match="ZENODO_TOKEN is not set: make a token with deposit:write"):
        publish(planned, print, environment=environment(server, token=""))


def test_a_draft_holds_the_release_and_its_metadata(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    outcome = published(root, server)
    record = server.only()
    assert (outcome.sent, outcome.there_already, outcome.is_draft) == (9, 0, True)
    assert outcome.doi == f"10.5072/zenodo.{record.number}"
    assert not record.is_published
    assert record.metadata == {
        "upload_type": "dataset",
        "access_right": "open",
        "title": TITLE,
        "description": "<p>Shares &lt; 1 &amp; &gt; 0.</p>",
        "creators": [
            {"name": "Nobody, Nora", "affiliation": "Institute of Nothing", "orcid": "0000-0002-1825-0097"},
            {"name": "Nobody's Institute"},
        ],
        "keywords": ["test", "面板数据"],
        "license": "cc-by-4.0",
        "publication_date": "2026-01-31",
        "version": "1.0.0",
        "related_identifiers": [{"identifier": "https://example.org/code", "relation": "isCompiledBy"}],
    }
    download = downloaded(record, tmp_path / "download")
    assert holds(download)
    assert content(download) == content(root)


def test_publishing_is_a_step_of_its_own_and_done_once(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    published(root, server)
    outcome = published(root, server, final=True)
    assert (outcome.sent, outcome.there_already, outcome.is_draft) == (0, 9, False)
    assert server.only().is_published
    assert published(root, server, final=True) == outcome
    assert not list(tmp_path.glob(".publishing*"))


def test_a_published_version_is_never_changed(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    published(root, server, final=True)
    (root / "README.md").write_text("other", encoding="utf-8")
    sums.write(root)
    with pytest.raises(
        PublishingRefused, match=r"version 1.0.0 is published as record 1001, and its README.md differs"
    ):
        published(root, server)


def test_the_next_version_becomes_one_of_the_same_record(tmp_path: Path, server: Deposits) -> None:
    published(small_release(tmp_path), server, final=True)
    first = server.only()
    (first.files["old.txt"]) = ("put-there-1", b"of the version before")
    second = small_release(tmp_path, "1.1.0")
    with pytest.raises(PublishingRefused, match="write zenodo:1001 to publish a new version of it"):
        published(second, server)
    assert "a new version of record 1001" in plan(second, "zenodo:1001", environment(server)).notes
    outcome = published(second, server, "zenodo:1001", final=True)
    record = server.records[1002]
    assert record.concept == first.concept and record.is_published and record.metadata["version"] == "1.1.0"
    assert outcome.sent + outcome.there_already == 9
    assert holds(downloaded(record, tmp_path / "download"))
    assert "old.txt" not in record.files, "Zenodo's copy of a file of the version before is no part of this one"
    assert "old.txt" in first.files


def test_a_file_of_somebody_else_is_left_and_not_published(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    published(root, server)
    server.only().files["notes.docx"] = ("by-hand", b"mine")
    assert published(root, server).notes == ("notes.docx lies there and is not of this release: it was left",)
    with pytest.raises(PublishingRefused, match=r"also holds notes.docx, not of this release: it is not published"):
        published(root, server, final=True)
    assert server.only().files["notes.docx"][1] == b"mine"


def test_in_a_new_version_only_copies_of_zenodo_are_taken_out(tmp_path: Path, server: Deposits) -> None:
    """A file of the name of an earlier one, but with other content, was put into the draft by somebody."""
    published(small_release(tmp_path), server, final=True)
    server.only().files["notes.txt"] = ("put-there-1", b"of the version before")
    second = small_release(tmp_path, "1.1.0")
    published(second, server, "zenodo:1001")
    server.records[1002].files["notes.txt"] = ("by-hand", b"new notes")
    assert published(second, server, "zenodo:1001").notes[0].startswith("notes.txt lies there")
    assert server.records[1002].files["notes.txt"][1] == b"new notes"


def test_an_open_draft_of_another_version_is_left(tmp_path: Path, server: Deposits) -> None:
    published(small_release(tmp_path), server, final=True)
    published(small_release(tmp_path, "1.1.0"), server, "zenodo:1001")
    with pytest.raises(PublishingRefused, match=r"record 1001 has an open draft 1002 of version 1.1.0"):
        published(small_release(tmp_path, "2.0.0"), server, "zenodo:1001")


@pytest.mark.parametrize("cut_after", [0, 1, 100_000, 370_000])
def test_a_connection_cut_in_the_middle_of_a_file(tmp_path: Path, server: Deposits, cut_after: int) -> None:
    """Cut more often than it is tried; the second call sends only what is not there, and ends with the same sums."""
    root = small_release(tmp_path)
    server.faults.append(Fault("PUT", r"files/.*/data-parquet\.zip", times=4, cut_after=cut_after))
    with pytest.raises(PublishingInterrupted, match=r"data-parquet.zip: the connection broke off"):
        published(root, server)
    before = list(server.put_keys)
    outcome = published(root, server, final=True)
    assert server.put_keys[len(before) :] == [u.name for u in plan(root, "zenodo", environment(server)).uploads][5:]
    assert outcome.there_already == len(before) == 5
    assert holds(downloaded(server.only(), tmp_path / "download"))


def test_a_connection_cut_twice_is_tried_again_at_once(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    server.faults.append(Fault("PUT", "data-parquet", times=2, cut_after=200_000))
    waited: list[float] = []
    published(root, server, waited=waited)
    assert waited == [1, 2]
    assert holds(downloaded(server.only(), tmp_path / "download"))


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "depositions$"), ("POST", "actions/publish"), ("PUT", r"depositions/\d+$"), ("PUT", "SHA256SUMS")],
)
def test_an_answer_that_is_lost_makes_nothing_twice(tmp_path: Path, server: Deposits, method: str, path: str) -> None:
    root = small_release(tmp_path)
    server.faults.append(Fault(method, path, is_after=True))
    assert not published(root, server, final=True).is_draft
    assert server.only().is_published
    assert holds(downloaded(server.only(), tmp_path / "download"))


def test_a_new_version_whose_answer_is_lost_is_not_begun_twice(tmp_path: Path, server: Deposits) -> None:
    published(small_release(tmp_path), server, final=True)
    server.faults.append(Fault("POST", "actions/newversion", is_after=True))
    published(small_release(tmp_path, "1.1.0"), server, "zenodo:1001", final=True)
    assert sorted(server.records) == [1001, 1002]


def test_a_process_that_is_killed_while_it_sends(tmp_path: Path, server: Deposits) -> None:
    """kill -9 in the middle of a file: the second call goes on in the same draft, and ends with the same sums."""
    root = small_release(tmp_path)
    server.faults.append(Fault("PUT", "data-parquet", cut_after=150_000, stall=True))
    process = start(root, "zenodo", "final", **environment(server))
    assert server.stalled.wait(60)
    assert TOKEN not in Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    server.hold.set()
    assert "data-parquet.zip" not in server.only().files
    before = len(server.put_keys)
    status, out = run(root, "zenodo", "final", **environment(server))
    assert status == 0, out
    assert before > 0 and len(server.put_keys) == 9, "what was there was not sent again"
    assert server.only().is_published
    download = downloaded(server.only(), tmp_path / "download")
    assert holds(download)
    assert content(download) == content(root)


def test_without_its_journal_the_draft_is_found_again(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    published(root, server)
    (journal,) = tmp_path.glob(".publishing-*")
    journal.write_text("{damaged", encoding="utf-8")
    assert published(root, server).there_already == 9
    assert len(server.records) == 1


def test_the_service_is_waited_for_as_long_as_it_asks(tmp_path: Path, server: Deposits) -> None:
    server.faults += [
        Fault("PUT", "README", status=429, headers={"Retry-After": "17"}),
        Fault("PUT", "README", status=503),
    ]
    waited: list[float] = []
    published(small_release(tmp_path), server, waited=waited)
    assert waited == [17, 2]


def test_a_service_that_asks_for_too_long_is_called_again_later(tmp_path: Path, server: Deposits) -> None:
    server.faults.append(Fault("PUT", "README", status=429, headers={"Retry-After": "86400"}))
    waited: list[float] = []
    with pytest.raises(PublishingInterrupted, match="the service answers 429"):
        published(small_release(tmp_path), server, waited=waited)
    assert waited == []


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "the credentials are not accepted: check ZENODO_TOKEN"),
        (403, "the credentials do not permit this"),
        (404, "check the name after --to"),
        (413, "no file of this size"),
        (422, "not accepted as it stands"),
        (301, "sends elsewhere, where the token does not go: check ZENODO_URL"),
    ],
)
def test_what_will_not_pass_is_said_at_once(tmp_path: Path, server: Deposits, status: int, says: str) -> None:
    fault = Fault(
        "PUT", "README", status=status, headers={"Location": "https://example.org/"}, message=f"{TOKEN}\x1b[2J"
    )
    server.faults.append(fault)
    waited: list[float] = []
    with pytest.raises(PublishingRefused, match=says) as e:
        published(small_release(tmp_path), server, waited=waited)
    assert waited == []
    assert TOKEN not in str(e.value) and "\x1b" not in str(e.value)


def test_what_the_service_finds_missing_is_shown(tmp_path: Path, server: Deposits) -> None:
    fault = Fault("POST", "depositions$", status=400, message="Validation error.")
    server.faults.append(fault)
    with pytest.raises(PublishingRefused, match=r"POST /api/deposit/depositions: the service answers 400 \(Validation"):
        published(small_release(tmp_path), server)


def test_the_token_goes_to_no_other_host(tmp_path: Path, server: Deposits) -> None:
    """Neither by a redirect nor by a link in an answer; and never in an address."""
    with deposit_server() as other:
        root = small_release(tmp_path)
        published(root, server)
        server.faults.append(Fault("GET", "depositions", status=302, headers={"Location": other.address}))
        with pytest.raises(PublishingRefused, match="where the token does not go"):
            published(root, server)
        said, server.address = environment(server), other.address
        with pytest.raises(PublishingRefused, match="gives a link to another host, where the token does not go"):
            (root / "README.md").write_text("changed", encoding="utf-8")
            sums.write(root)
            publish(plan(root, "zenodo", said), print, environment=said)
        assert other.requests == []
    assert all(TOKEN not in path for _, path in server.requests)


@pytest.mark.parametrize("token", [TOKEN, "wrong-but-secret-0815"])
def test_the_token_is_nowhere_to_be_read(tmp_path: Path, server: Deposits, token: str) -> None:
    """Not in what any library logs, in errors that echo it, in the journal, nor in addresses."""
    root = small_release(tmp_path)
    server.faults += [
        Fault("PUT", "README", status=500, message=token),
        Fault("PUT", "data-parquet", times=4, cut_after=1000),
    ]
    status, out = run(root, "zenodo", **environment(server, token))
    assert status == (2 if token == TOKEN else 1)
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert token not in out and token.encode() not in written
    assert "DEBUG" in out, "the loudest setting was on"


def test_what_stays_on_this_machine_goes_through_no_proxy(
    tmp_path: Path, server: Deposits, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deposit_server() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.root)
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        published(small_release(tmp_path), server)
        assert proxy.requests == []


def test_an_address_that_is_not_safe_is_not_called(tmp_path: Path) -> None:
    root = small_release(tmp_path)
    for address in (
        "http://example.org/api",
        "ftp://127.0.0.1",
        "https://user:secret@example.org",
        "https://",
        "http://127.0.0.1.example.org",
    ):
        with pytest.raises(PublishingRefused, match="ZENODO_URL must be an https:// address without credentials") as e:
            plan(root, "zenodo", {"ZENODO_URL": address, "ZENODO_TOKEN": TOKEN})
        assert "secret" not in str(e.value)


def test_an_address_that_is_no_deposit_service(tmp_path: Path, server: Deposits) -> None:
    server.faults.append(Fault("GET", "depositions", status=200, message="hello"))
    with pytest.raises(PublishingRefused, match="does not answer as Zenodo does: check ZENODO_URL"):
        published(small_release(tmp_path), server)


def test_a_doi_that_was_given_before(tmp_path: Path, server: Deposits) -> None:
    """One of Zenodo's own leads to its draft; any other is told to Zenodo."""
    draft = server.new({"title": "by hand"})
    published(small_release(tmp_path / "own", doi=f"10.5072/zenodo.{draft.number}"), server)
    assert server.only() is draft and draft.metadata["title"] == TITLE
    with pytest.raises(PublishingRefused, match=r"its DOI is 10.5281/zenodo.77, which is no deposit of this account"):
        published(small_release(tmp_path / "none", doi="10.5281/zenodo.77"), server)
    published(small_release(tmp_path / "other", "2.0.0", doi="10.1234/abc"), server)
    assert server.records[max(server.records)].metadata["doi"] == "10.1234/abc"


def test_metadata_that_zenodo_would_refuse_are_refused_before(tmp_path: Path, server: Deposits) -> None:
    for lacking, says in (
        ({"creators": []}, "creators"),
        ({"rightsList": []}, "license"),
        ({"dates": None}, "publication_date"),
    ):
        root = small_release(tmp_path / says, **lacking)
        with pytest.raises(PublishingRefused, match=rf"datacite.json: Zenodo requires {says}"):
            plan(root, "zenodo", environment(server))
    (root / "datacite.json").write_text(json.dumps([]), encoding="utf-8")
    with pytest.raises(PublishingRefused, match="holds no DataCite metadata"):
        zenodo_metadata.metadata(root, read(small_release(tmp_path)).version)


def test_more_than_zenodo_takes(tmp_path: Path, server: Deposits) -> None:
    root = small_release(tmp_path)
    for n in range(100):
        (root / f"page-{n:03}.txt").write_text("x", encoding="utf-8")
    sums.write(root)
    with pytest.raises(PublishingRefused, match="109 files: Zenodo takes 100 for a record"):
        plan(root, "zenodo", environment(server))


def test_a_release_of_more_bytes_than_zenodo_takes(tmp_path: Path) -> None:
    release = read(small_release(tmp_path))
    large = [
        type(f)(f.path, 30_000_000_000, f.sha256) if "cells" in f.path or "duckdb" in f.path else f
        for f in release.files
    ]
    with pytest.raises(
        PublishingRefused, match=r"the release has 60,000,\d{3},\d{3} bytes: Zenodo takes 50,000,000,000"
    ):
        zenodo.items(type(release)(release.root, release.version, tuple(large)))
