"""Reading processes are expendable: what a document does to one is its own outcome, the rest goes on."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from pipeline.limits import Limits
from pipeline.store import corpus, inventory, ledger, work
from pipeline.store.batch import Batch
from pipeline.store.layout import Layout
from tests.conftest import ROOT
from tests.store.fakes import PARSER


def read(tmp_path: Path, texts: dict[str, str], **options: object) -> tuple[Layout, pl.DataFrame]:
    root = tmp_path / "in"
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    layout = Layout(tmp_path / "out")
    taken = inventory.take(root)
    corpus.write_inventory(layout, taken, taken.intakes)
    options = {"limits": Limits(), **options}
    ledger.bring_up_to_date(layout, taken.root, taken.files, parser=PARSER, **options)  # type: ignore[arg-type]
    return layout, corpus.rows(layout, "documents").collect().sort("source_path")


def test_a_document_that_kills_or_hangs_or_raises_is_recorded_and_the_rest_is_read(tmp_path: Path) -> None:
    texts = {"a.txt": "甲局", "b.txt": "die", "c.txt": "乙局", "d.txt": "hang", "e.txt": "raise", "f.txt": "surrogate"}
    _, documents = read(tmp_path, {**texts, "g.txt": "junk", "h.txt": "丙局"}, limits=Limits(max_seconds=3))
    assert documents.select("source_path", "outcome", "reason_code", "reason").rows() == [
        ("a.txt", "parsed", None, None),
        ("b.txt", "unreadable", "reader_failed", "the reading process died: exit status 3"),
        ("c.txt", "parsed", None, None),
        ("d.txt", "unreadable", "timed_out", "took longer than 3 s"),
        (
            "e.txt",
            "unreadable",
            "reader_failed",
            "the reader failed on this document: RuntimeError: no idea what this is",
        ),
        ("f.txt", "unreadable", "reader_failed", documents["reason"][5]),
        ("g.txt", "not_a_report", "no_report_found", "nothing here"),
        ("h.txt", "parsed", None, None),
    ]
    assert documents["content_sha256"].null_count() == 0


def test_a_process_that_something_else_killed_is_no_fault_of_the_document(tmp_path: Path) -> None:
    """The kernel for want of memory, or an operator: on a second try the document is read."""
    (tmp_path / "killed").touch()
    _, documents = read(tmp_path, {"a.txt": "甲局", "b.txt": f"once {tmp_path / 'killed'}", "c.txt": "乙局"})
    assert documents["outcome"].to_list() == ["parsed"] * 3
    assert not (tmp_path / "killed").exists()


def test_time_in_which_the_machine_slept_is_not_that_of_a_document(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    script = (
        "import sys; from pathlib import Path; from pipeline.limits import Limits; from tests.store.test_work import read\n"
        "texts = {'a.txt': f'busy {sys.argv[1]}'}\n"
        "print(read(Path(sys.argv[2]), texts, limits=Limits(max_seconds=4))[1]['outcome'].to_list())"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script, str(begun), str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 120
        while not begun.exists():
            assert run.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGSTOP)
        time.sleep(5)
        os.killpg(run.pid, signal.SIGCONT)
        assert run.communicate(timeout=60)[0].strip() == "['parsed']"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def test_a_document_that_takes_the_memory_of_the_machine_is_recorded(tmp_path: Path) -> None:
    _, documents = read(tmp_path, {"a.txt": "甲局", "b.txt": "greedy"})
    assert documents["outcome"].to_list() == ["parsed", "unreadable"]
    assert "MemoryError" in documents["reason"][1]


def test_reading_processes_that_ended_while_they_waited_are_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a worker of a cluster they outlive a run, for a while; some the system may end, for want of memory."""
    (tmp_path / "a.txt").write_text("甲局", encoding="utf-8")
    documents = [work.Stamped(source, "") for source in inventory.take(tmp_path).files]
    (batch,) = work.batches(tmp_path, documents, lambda _: tmp_path / "out", 1, PARSER)
    monkeypatch.setattr(work, "_IDLE_SECONDS", 0.1)
    first = work.run_batch(batch)
    (child,) = work._idle
    assert child.process.wait() == 0, "it ends when it is given nothing"
    monkeypatch.setattr(work, "_IDLE_SECONDS", 60.0)
    assert work.run_batch(batch) == first
    (child,) = work._idle
    child.process.kill()
    child.process.wait()
    assert work.run_batch(batch) == first
    work.close_idle()


def test_what_is_left_of_an_intake_that_is_gone_is_removed(tmp_path: Path) -> None:
    layout, _ = read(tmp_path, {"2023/a.txt": "甲局", "2024/b.txt": "乙局"})
    (tmp_path / "in" / "2023" / "a.txt").unlink()
    taken = inventory.take(tmp_path / "in")
    corpus.write_inventory(layout, taken, taken.intakes)
    assert list(layout.shards.iterdir()) == [layout.shards_of("2024")]


def test_progress_counts_every_document_once(tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    read(tmp_path, {f"{i}.txt": f"局{i}" for i in range(45)}, workers=2, progress=lambda d, t: said.append((d, t)))
    assert said[-1] == (45, 45)
    assert all(a[0] <= b[0] for a, b in itertools.pairwise(said))


def test_a_parser_that_does_not_exist_is_our_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    taken = inventory.take(tmp_path)
    with pytest.raises(work.ReadingFailed, match="no_such_module"):
        ledger.bring_up_to_date(
            Layout(tmp_path / "out"), taken.root, taken.files, limits=Limits(), parser="no_such_module:parse"
        )


def test_a_place_that_cannot_be_written_is_said_as_the_system_says_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("x")
    (tmp_path / "out").mkdir()
    taken = inventory.take(tmp_path / "in")
    (tmp_path / "file").write_text("no folder")
    batch = Batch(taken.root, taken.files, ("",), tmp_path / "file" / "x", PARSER, Limits(), "")
    with pytest.raises(NotADirectoryError) as raised:
        work.run_batch(batch)
    assert raised.value.errno == errno.ENOTDIR and str(tmp_path / "file") in str(raised.value)


def test_bytes_do_not_depend_on_order_batches_or_workers(tmp_path: Path) -> None:
    texts = {f"{2020 + i % 3}/{i}.txt": f"第{i % 40}局" for i in range(60)}
    built = []
    for run, workers in enumerate((1, 2, 3)):
        names = list(texts)
        random.Random(run).shuffle(names)
        layout, _ = read(tmp_path / str(run), {n: texts[n] for n in names}, workers=workers)
        corpus.stage_corpus(layout)
        built.append({p.name: p.read_bytes() for p in layout.staged.iterdir()})
    assert built[0] == built[1] == built[2]
