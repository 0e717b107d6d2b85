"""Only what changed is read again, and what comes out is, to the byte, what a build from nothing gives."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.limits import Limits
from pipeline.store import corpus, inventory, ledger, shards, signatures
from pipeline.store.layout import Layout
from tests.store.fakes import PARSER

TEXTS = {f"{2021 + i % 2}/{i:02}.txt": f"第{i}局" for i in range(24)} | {"2021/junk.txt": "junk", "2022/die.txt": "die"}


def write(root: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def bring(root: Path, out: Path, **options: object) -> ledger.Brought:
    layout = Layout(out)
    taken = inventory.take(root)
    corpus.write_inventory(layout, taken, taken.intakes)
    options = {"limits": Limits(), "parser": PARSER, **options}
    return ledger.bring_up_to_date(layout, taken.root, taken.files, **options)  # type: ignore[arg-type]


def staged(out: Path) -> dict[str, bytes]:
    layout = Layout(out)
    corpus.stage_corpus(layout)
    return {p.name: p.read_bytes() for p in layout.staged.glob("*.parquet")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "in", TEXTS)
    assert bring(tmp_path / "in", tmp_path / "out").read == len(TEXTS)
    return tmp_path / "in"


def changed(root: Path) -> None:
    (root / "2021/00.txt").write_text("改名局", encoding="utf-8")


def removed(root: Path) -> None:
    (root / "2021/02.txt").unlink()


def renamed(root: Path) -> None:
    (root / "2022/03.txt").rename(root / "2022/03 (1).txt")


def added(root: Path) -> None:
    (root / "2022/new.txt").write_text("新局", encoding="utf-8")


def a_copy_added(root: Path) -> None:
    shutil.copy(root / "2022/03.txt", root / "2021/03.txt")


def a_new_intake(root: Path) -> None:
    write(root, {"2023/1.txt": "新局"})


def an_intake_removed(root: Path) -> None:
    shutil.rmtree(root / "2022")


def all_at_once(root: Path) -> None:
    for change in (changed, removed, renamed, added, a_new_intake):
        change(root)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (changed, 1),
        (removed, 0),
        (renamed, 1),
        (added, 1),
        (a_copy_added, 1),
        (a_new_intake, 1),
        (an_intake_removed, 0),
        (all_at_once, 4),
    ],
)
def test_what_changed_is_read_and_the_rest_stays(
    root: Path, tmp_path: Path, change: Callable[[Path], None], read: int
) -> None:
    change(root)
    assert bring(root, tmp_path / "out").read == read
    bring(root, tmp_path / "from nothing")
    assert staged(tmp_path / "out") == staged(tmp_path / "from nothing")
    assert bring(root, tmp_path / "out").read == 0


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once, so that their hashes are remembered."""
    monkeypatch.setattr(signatures, "_TICK_NS", 0)


def test_unchanged_input_leaves_every_working_file_as_it_is(root: Path, tmp_path: Path) -> None:
    def files() -> dict[Path, int]:
        return {p: p.stat().st_ino for p in Layout(tmp_path / "out").shards.rglob("*.read.parquet")}

    before = files()
    assert bring(root, tmp_path / "out") == ledger.Brought(len(TEXTS), 0)
    assert files() == before


def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are hashed from now on."""
    found: list[str] = []
    before = signatures._hash
    monkeypatch.setattr(signatures, "_hash", lambda root, path: found.append(path) or before(root, path))
    return found


@pytest.mark.usefixtures("settled")
def test_a_file_that_was_only_touched_is_hashed_and_not_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = hashed(monkeypatch)
    (root / "2021/04.txt").touch()
    assert bring(root, tmp_path / "out").read == 0
    assert again == ["2021/04.txt"], "of the others nothing is opened"


def test_a_file_that_has_just_changed_is_hashed_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = hashed(monkeypatch)
    assert bring(root, tmp_path / "out").read == 0
    assert sorted(again) == sorted(TEXTS)


@pytest.mark.usefixtures("settled")
def test_another_content_of_the_same_size_and_time_is_noticed(root: Path, tmp_path: Path) -> None:
    path = root / "2021/04.txt"
    s = path.stat()
    path.write_text("第5局", encoding="utf-8")
    os.utime(path, ns=(s.st_atime_ns, s.st_mtime_ns))
    assert path.stat().st_size == s.st_size
    assert bring(root, tmp_path / "out").read == 1


def test_what_a_killed_run_finished_counts_for_the_next(tmp_path: Path) -> None:
    texts = {f"2021/{i:03}.txt": f"第{i}局" for i in range(200)}
    write(tmp_path / "in", texts)

    class Killed(Exception):
        pass

    def killed(done: int, total: int) -> None:
        if done > total // 2:
            raise Killed

    with pytest.raises(Killed):
        bring(tmp_path / "in", tmp_path / "out", progress=killed)
    with pytest.raises(corpus.NotReadYet):
        corpus.shard_files(Layout(tmp_path / "out"), "documents")
    assert bring(tmp_path / "in", tmp_path / "out").read < 150
    bring(tmp_path / "in", tmp_path / "from nothing")
    assert staged(tmp_path / "out") == staged(tmp_path / "from nothing")


def test_other_limits_read_everything_again(root: Path, tmp_path: Path) -> None:
    assert bring(root, tmp_path / "out", limits=Limits(max_pages=7)).read == len(TEXTS)


def test_a_parser_that_changed_reads_everything_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    code = tmp_path / "parser_of_a_user.py"
    code.write_text("from tests.store.fakes import parse\n")
    read = []
    for _ in range(3):
        read.append(bring(root, tmp_path / "out", parser="parser_of_a_user:parse").read)
        if len(read) == 2:
            code.write_text("from tests.store.fakes import parse  # changed\n")
    assert read == [len(TEXTS), 0, len(TEXTS)]


def test_what_could_not_be_read_is_read_again_when_asked_for(root: Path, tmp_path: Path) -> None:
    assert bring(root, tmp_path / "out", again=True).read == 1


def test_a_file_that_nobody_may_open_is_not_tried_again_before_it_changes(tmp_path: Path) -> None:
    root = tmp_path / "in"
    write(root, {"a.txt": "甲局", "b.txt": "乙局"})
    taken = inventory.take(root)
    (root / "b.txt").unlink()  # between the listing and the reading
    layout = Layout(tmp_path / "out")
    corpus.write_inventory(layout, taken, taken.intakes)
    for read in (2, 0):
        brought = ledger.bring_up_to_date(layout, taken.root, taken.files, limits=Limits(), parser=PARSER)
        assert brought.read == read
    assert corpus.rows(layout, "documents").collect().sort("source_path")["outcome"].to_list() == [
        "parsed",
        "unreadable",
    ]


def test_a_file_that_could_not_be_opened_is_read_once_it_can_be(tmp_path: Path) -> None:
    root = tmp_path / "in"
    write(root, {"a.txt": "甲局", "b.txt": "乙局"})
    taken = inventory.take(root)
    layout = Layout(tmp_path / "out")
    corpus.write_inventory(layout, taken, taken.intakes)
    (root / "b.txt").rename(tmp_path / "b.txt")  # as a share that is away for a while
    for read in (2, 0, 1, 0):
        if read == 1:
            (tmp_path / "b.txt").rename(root / "b.txt")
        brought = ledger.bring_up_to_date(layout, taken.root, taken.files, limits=Limits(), parser=PARSER)
        assert brought.read == read
    assert corpus.rows(layout, "documents").collect()["outcome"].to_list() == ["parsed", "parsed"]


def test_a_batch_that_is_half_removed_is_not_taken_for_whole(root: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "out")
    before = staged(tmp_path / "out")
    batch = next(
        b for b in shards.listed(layout, "2021") if shards.ledger([b]).height == 1
    )  # it gets the same name again
    shards.file_of(batch, "cells").unlink()
    (layout.shards_of("2021") / "batches.json").unlink()
    assert bring(root, tmp_path / "out").read == 1
    assert shards.is_whole(batch) and staged(tmp_path / "out") == before


def test_a_container_that_changed_is_read_as_a_whole(tmp_path: Path) -> None:
    root = tmp_path / "in"
    root.mkdir()

    def pack(**members: str) -> None:
        with zipfile.ZipFile(root / "a.zip", "w") as z:
            for name, text in members.items():
                z.writestr(zipfile.ZipInfo(name + ".txt"), text)

    pack(a="甲局", b="乙局")
    assert [bring(root, tmp_path / "out").read for _ in range(2)] == [2, 0]
    pack(a="甲局", b="丙局")
    assert bring(root, tmp_path / "out").read == 2
    bring(root, tmp_path / "from nothing")
    assert staged(tmp_path / "out") == staged(tmp_path / "from nothing")


def test_a_manifest_that_says_something_else_has_its_document_read_again(root: Path, tmp_path: Path) -> None:
    (root / "2021/manifest.csv").write_text("path,url\n00.txt,https://a.example/1\n", encoding="utf-8")
    assert bring(root, tmp_path / "out").read == 1
    assert bring(root, tmp_path / "out").read == 0


def test_many_small_changes_leave_few_batches(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_MOST_SMALL", 3)
    layout = Layout(tmp_path / "out")
    most = len(shards.listed(layout, "2021"))
    for i in range(4):
        write(root, {f"2021/later {i}.txt": f"后{i}局"})
        bring(root, tmp_path / "out")
        assert len(shards.listed(layout, "2021")) <= max(3, most)
    assert shards.written(layout, "2021") == sorted(shards.listed(layout, "2021")), "nothing else lies there"
    bring(root, tmp_path / "from nothing")
    assert staged(tmp_path / "out") == staged(tmp_path / "from nothing")


def test_the_ledger_names_each_document_with_its_content(root: Path, tmp_path: Path) -> None:
    noted = shards.ledger(shards.listed(Layout(tmp_path / "out"), "2022"))
    documents = corpus.rows(Layout(tmp_path / "out"), "documents", ["2022"]).collect()
    both = noted.join(documents, left_on="path", right_on="source_path")
    assert both.height == documents.height
    assert both.filter(pl.col("file_sha256") != pl.col("content_sha256")).is_empty()
    assert both.filter(path="2022/die.txt")["fault"].to_list() == ["reader_failed"]
