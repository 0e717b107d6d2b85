"""What is wrong with a share, a store or this machine is no document's fault: the run ends, and nothing that was read is lost."""

from __future__ import annotations

import errno
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.store import containers, corpus, inbox, inventory, ledger, objects, outages, reader_process, work
from pipeline.store.batch import Batch, Written
from pipeline.store.folder_input import InputError
from pipeline.store.layout import Layout
from pipeline.store.places import S3Folder
from tests.store import s3_store
from tests.store.fakes import PARSER
from tests.store.test_ledger import bring, staged, write

TEXTS = {"2023/a.txt": "甲局", "2024/b.txt": "乙局", "2024/c.txt": "丙局"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "in", TEXTS)
    return tmp_path / "in"


@contextmanager
def broken(folder: Path, number: int) -> Iterator[None]:
    """A folder that the system cannot list for a while."""
    real = os.scandir

    def scandir(path: str | Path | int) -> object:
        if str(path) == str(folder):
            raise OSError(number, os.strerror(number), str(path))
        return real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        yield


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENOTCONN])
def test_a_folder_that_cannot_be_listed_for_now_is_not_gone(root: Path, number: int) -> None:
    with broken(root / "2024", number):
        for look in (inventory.take, inbox.look):
            with pytest.raises(InputError, match="2024 in the input folder cannot be listed") as said:
                look(root)
            assert said.value.errno == number, "so that the step is tried again"
    with broken(root / "2024", errno.EACCES):
        assert [f.path for f in inventory.take(root).files] == ["2023/a.txt"]
        assert list(inbox.look(root)) == ["2023"]


class Unanswered:
    """An entry of a folder of which the system says no more than its name and kind."""

    def __init__(self, entry: os.DirEntry[str], number: int) -> None:
        self.name, self.path, self.is_dir, self.is_symlink = entry.name, entry.path, entry.is_dir, entry.is_symlink
        self.number = number

    def stat(self) -> os.stat_result:
        raise OSError(self.number, os.strerror(self.number), self.path)


@contextmanager
def silent(place: Path, number: int) -> Iterator[None]:
    """A file or folder that the system cannot say anything of, though it is in the list of its folder."""
    real = os.scandir

    class Entries:
        def __init__(self, path: str | Path | int) -> None:
            self.all = real(path)

        def __iter__(self) -> Iterator[object]:
            return (Unanswered(e, number) if e.path == str(place) else e for e in self.all)

        def __next__(self) -> object:
            return next(self.all)

        def __enter__(self) -> Entries:
            return self

        def __exit__(self, *_: object) -> None:
            self.all.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", Entries)
        yield


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENOTCONN])
def test_a_mount_point_that_does_not_answer_is_not_gone(root: Path, number: int) -> None:
    with silent(root / "2024", number):
        for look in (inventory.take, inbox.look):
            with pytest.raises(InputError, match="2024 in the input folder cannot be listed") as said:
                look(root)
            assert said.value.errno == number


def test_a_file_that_does_not_answer_is_left_out_while_its_share_does(root: Path) -> None:
    with silent(root / "2024/c.txt", errno.EIO):
        taken = inventory.take(root)
        assert [f.path for f in taken.files] == ["2023/a.txt", "2024/b.txt"]
        assert taken.skipped == (("2024/c.txt", f"cannot be opened: {os.strerror(errno.EIO)}"),)
        assert [(i, s.files) for i, s in inbox.look(root).items()] == [("2023", 1), ("2024", 1)]
        with (
            pytest.MonkeyPatch.context() as patch,
            pytest.raises(InputError, match="in the input folder cannot be listed"),
        ):
            patch.setattr(os, "statvfs", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "gone")))
            inventory.take(root)


def test_a_file_shows_once_it_can_be_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = inbox.look(root)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda path, _: not str(path).endswith("b.txt"))
        assert inbox.changes(inbox.look(root), now).changed == ("2024",)


def test_a_share_that_goes_away_ends_the_run_and_what_was_read_stays(root: Path, tmp_path: Path) -> None:
    bring(root, tmp_path / "out")
    before = staged(tmp_path / "out")
    write(root, {"2024/d.txt": "丁局"})
    taken, layout = inventory.take(root), Layout(tmp_path / "out")
    corpus.write_inventory(layout, taken, taken.intakes)

    def read() -> ledger.Brought:
        return ledger.bring_up_to_date(layout, taken.root, taken.files, limits=Limits(), parser=PARSER)

    mounted = root.rename(tmp_path / "elsewhere")
    for is_mount_point in (False, True):
        if is_mount_point:
            root.mkdir()
        with pytest.raises(OSError, match="the input does not answer any more"):
            read()
    root.rmdir()
    mounted.rename(root)
    (root / "2024" / "d.txt").unlink()  # one document that is gone is another matter
    assert read().outcomes == {"unreadable": 1}
    assert bring(root, tmp_path / "out").read == 0
    assert staged(tmp_path / "out") == before


def test_a_store_that_goes_away_ends_the_run_and_what_was_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_FIRST_WAIT", 0.001)  # of this process; those that read wait as long as ever
    with s3_store.store() as store, s3_store.variables(store.environment()):
        folder = S3Folder("data", "reports")
        for name, text in TEXTS.items():
            store.s3.put_object(Bucket="data", Key=f"reports/{name}", Body=text.encode())
        layout, taken = Layout(tmp_path / "out"), inventory.take(folder)
        corpus.write_inventory(layout, taken, taken.intakes)

        def read(limits: Limits) -> ledger.Brought:
            return ledger.bring_up_to_date(layout, folder, taken.files, limits=limits, parser=PARSER)

        assert read(Limits()).outcomes == {"parsed": 3}
        before = staged(tmp_path / "out")
        others = Limits(max_pages=7)
        with (
            s3_store.variables({**store.environment(), "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
            pytest.raises(OSError, match="the input does not answer any more") as said,
        ):
            read(others)
        assert said.value.errno == errno.EIO, "so that the step is tried again"
        assert staged(tmp_path / "out") == before
        assert read(others).outcomes == {"parsed": 3}


def test_a_machine_that_lacks_room_is_told_from_a_document_that_takes_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(data: bytes, source: SourceFile) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")

    source = inventory.take(root).files[0]
    read = reader_process.read_document(root, source, full, Limits())  # type: ignore[arg-type]
    assert read.result.reason_code == "reader_failed", "there is room, so that the document took it all"
    for folder in (str(root / "no such folder"), None):
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "tempdir", folder)
            patch.setattr(tempfile, "_candidate_tempdir_list", list)
            with pytest.raises(outages.Outage, match="temporary files cannot be written"):
                reader_process.read_document(root, source, full, Limits())  # type: ignore[arg-type]
    with monkeypatch.context() as patch:
        patch.setattr(containers, "_file", full)
        with pytest.raises(outages.Outage, match="this machine cannot read"):
            inventory.fetch(root, source, Limits())


def test_a_document_that_was_away_for_a_moment_is_fetched_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, real, times = inventory.take(root).files[0], containers._file, iter(range(9))

    def shaken(path: Path, limit: int) -> containers.Content:
        if not next(times):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, limit)

    monkeypatch.setattr(containers, "_file", shaken)
    assert inventory.fetch(root, source, Limits()).data == "甲局".encode()


def test_a_share_below_the_input_that_is_dead_is_an_outage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def statvfs(path: str | Path) -> os.statvfs_result:
        if Path(path) == root / "2024":
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN), str(path))
        return real(path)

    gone = inventory.take(root).files[1]
    (root / "2024" / "b.txt").unlink()
    fault = inventory.fetch(root, gone, Limits()).fault
    assert fault is not None and fault.reason_code == "not_accessible"
    monkeypatch.setattr(os, "statvfs", statvfs)
    with pytest.raises(outages.Outage, match="not connected"):
        inventory.fetch(root, gone, Limits())


def test_a_member_that_could_not_be_had_is_read_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "in"
    root.mkdir()
    with zipfile.ZipFile(root / "all.zip", "w") as archive:
        for number, text in enumerate(TEXTS.values()):
            archive.writestr(f"{number}.txt", text)

    def here(batch: Batch, *_: object) -> Written:
        return reader_process.read_batch(batch, reader_process.load_parser(batch.parser), lambda _: None)

    def bad_sector(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(work, "run_batch", here)
        patch.setattr(reader_process, "limit_memory", lambda _: None)
        patch.setattr(containers, "_member", bad_sector)
        assert bring(root, tmp_path / "out").outcomes == {"unreadable": 3}
    assert bring(root, tmp_path / "out").outcomes == {"parsed": 3}
    assert bring(root, tmp_path / "out").read == 0
    assert bring(root, tmp_path / "anew").read == 3
    assert staged(tmp_path / "out") == staged(tmp_path / "anew")


def test_asking_a_store_takes_one_answer() -> None:
    with s3_store.store() as store, s3_store.variables(store.environment()):
        objects.ask(S3Folder("data", "nothing/here"))
        with pytest.raises(FileNotFoundError):
            objects.ask(S3Folder("no-such-bucket"))
