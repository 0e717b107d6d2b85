"""On a Dask cluster of real processes the same documents give the same bytes, whatever happens to its workers."""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import distributed
import pytest

from pipeline.limits import Limits
from pipeline.model import ParsedReport, SourceFile, Unusable
from pipeline.store import cluster as dask_cluster
from pipeline.store import cluster_connection, cluster_worker, corpus, inventory, ledger
from pipeline.store.cluster import Cluster, ClusterFailed
from pipeline.store.cluster_trust import Trust, is_hopeless
from pipeline.store.exchange import Closed, Exchange
from pipeline.store.executors import Elsewhere, ExecutorWrong, address_of, opened
from pipeline.store.layout import Layout
from pipeline.store.places import Place
from tests.store import fakes
from tests.store.clusters import Running, cluster, wait_for

pytestmark = pytest.mark.xdist_group("dask")
PARSER = "tests.store.test_executors:parse"
LIMITS = Limits(max_seconds=3)


def parse(data: bytes, source: SourceFile) -> ParsedReport | Unusable:
    """Reads as other tests do. `wait FILE`: notes in FILE which worker reads it and waits until FILE.go is there, more
    than once; `murder`: takes the worker along, which is the parent of the reading process."""
    from pipeline import limits

    text = data.decode()
    if text.startswith("murder"):
        os.kill(os.getppid(), signal.SIGKILL)
        threading.Event().wait()
    if text.startswith("wait "):
        reached = Path(text.removeprefix("wait ").strip())
        reached.with_suffix(".new").write_text(str(os.getppid()))
        reached.with_suffix(".new").replace(reached)
        while not reached.with_suffix(".go").exists():
            threading.Event().wait(0.05)
            limits.sign_of_life()
        return fakes.report("等待局")
    return fakes.parse(data, source)


def written(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def build(root: Place, out: Path, executor: Cluster | None = None) -> dict[str, bytes]:
    """The staged tables that the documents of a folder give, by name."""
    layout = Layout(out)
    taken = inventory.take(root)
    corpus.write_inventory(layout, taken, taken.intakes)
    ledger.bring_up_to_date(layout, taken.root, taken.files, limits=LIMITS, parser=PARSER, workers=2, executor=executor)
    corpus.stage_corpus(layout)
    return {p.name: p.read_bytes() for p in layout.staged.iterdir()}


def unreadable(out: Path) -> list[tuple[str, str, str]]:
    """Path, reason code and reason of the documents that could not be read."""
    documents = corpus.rows(Layout(out), "documents").filter(outcome="unreadable").sort("source_path")
    return documents.select("source_path", "reason_code", "reason").collect().rows()


def reports(count: int) -> dict[str, str]:
    return {f"{2020 + i % 4}/{i:03}.txt": f"第{i % 40}局" for i in range(count)}


def outcome_of(do: Callable[[], None], future: Future[None]) -> None:
    """Runs something in a thread of its own, so that the test can ask how it ended."""
    try:
        future.set_result(do())
    except BaseException as e:
        future.set_exception(e)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A scheduler and three workers, each with a nanny that starts it anew."""
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        running.scheduler()
        for _ in range(3):
            running.worker()
        yield running


@pytest.fixture
def dask(running: Running, tmp_path: Path) -> Iterator[Cluster]:
    """The cluster as an executor, with a folder that all share."""
    executor = Cluster(running.address, tmp_path / "exchange", tmp_path / "runs")
    running.wait_for_workers(3)
    yield executor
    executor.shutdown()
    assert list((tmp_path / "exchange").iterdir()) == [], "nothing is left in the exchange"
    assert not (tmp_path / "runs").exists()


def test_a_worker_that_is_killed_in_the_middle_leaves_no_trace(tmp_path: Path, dask: Cluster) -> None:
    """Not by chance in the middle: it is killed while it reads a document that waits for just that. Documents that hang
    and crash are named as on one machine, wherever they are read."""
    reached = tmp_path / "reached"
    bad = {"2020/dies.txt": "die", "2022/hangs.txt": "hang"}
    root = written(tmp_path / "in", {**reports(300), **bad, "2021/waits.txt": f"wait {reached}"})

    def kill() -> None:
        wait_for(reached.exists, "nobody reads the document that waits")
        victim = int(reached.read_text())
        reached.unlink()
        os.kill(victim, signal.SIGKILL)
        wait_for(reached.exists, "nobody reads it again")
        assert int(reached.read_text()) != victim
        reached.with_suffix(".go").touch()

    killing: Future[None] = Future()
    thread = threading.Thread(target=outcome_of, args=(kill, killing))
    thread.start()
    remote = build(root, tmp_path / "remote", dask)
    thread.join()
    killing.result()
    assert remote == build(root, tmp_path / "local")
    assert len(remote) > 10
    assert unreadable(tmp_path / "remote") == [
        ("2020/dies.txt", "reader_failed", "the reading process died: exit status 3"),
        ("2022/hangs.txt", "timed_out", "took longer than 3 s"),
    ]


def test_ctrl_c_gives_up_what_is_on_its_way(tmp_path: Path, dask: Cluster) -> None:
    reached = tmp_path / "reached"
    root = written(tmp_path / "in", {**reports(45), "2020/waits.txt": f"wait {reached}"})

    def interrupt() -> None:
        wait_for(reached.exists, "nobody reads the document that waits")
        os.kill(os.getpid(), signal.SIGINT)

    # What is begun in the background of a shell ignores the signal: then this would wait without end.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            build(root, tmp_path / "out", dask)
    finally:
        signal.signal(signal.SIGINT, before)
    dask.shutdown()
    thread.join()
    assert list((tmp_path / "exchange").iterdir()) == []
    reached.with_suffix(".go").touch()  # the worker ends its batch, and finds nobody waiting


def test_a_document_that_takes_worker_after_worker_with_it_is_named_and_the_rest_is_read(
    tmp_path: Path, dask: Cluster
) -> None:
    root = written(tmp_path / "in", {**reports(30), "2020/murders.txt": "murder"})
    build(root, tmp_path / "remote", dask)
    why = "the worker that read it was lost, and so was each other that tried"
    assert unreadable(tmp_path / "remote") == [("2020/murders.txt", "reader_failed", why)]
    assert corpus.rows(Layout(tmp_path / "remote"), "documents").collect()["content_sha256"].null_count() == 0


def test_an_answer_that_is_lost_with_its_worker_is_waited_for_however_long_it_takes(
    tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is killed after it has read a batch, and before anybody asks it what came out."""
    monkeypatch.setattr(dask_cluster, "_FETCH_SECONDS", 0.5)
    reached, ask = tmp_path / "reached", threading.Event()
    root = written(tmp_path / "in", {"2020/a.txt": "甲局", "2020/waits.txt": f"wait {reached}"})
    for _ in range(dask_cluster._RECEIVERS):
        dask._receivers.submit(ask.wait)

    def lose() -> None:
        wait_for(reached.exists, "nobody reads the document that waits")
        victim = int(reached.read_text())
        on_its_way = [task.remote for task in dask._running]
        assert on_its_way
        reached.with_suffix(".go").touch()
        wait_for(lambda: {r.status for r in on_its_way} == {"finished"}, "nobody reads all batches")
        reached.with_suffix(".go").unlink()
        reached.unlink()
        os.kill(victim, signal.SIGKILL)
        ask.set()
        wait_for(reached.exists, "nobody reads it again")
        assert not threading.Event().wait(4 * dask_cluster._FETCH_SECONDS)
        reached.with_suffix(".go").touch()

    losing: Future[None] = Future()
    thread = threading.Thread(target=outcome_of, args=(lose, losing))
    thread.start()
    build(root, tmp_path / "out", dask)
    thread.join()
    losing.result()
    assert corpus.rows(Layout(tmp_path / "out"), "documents").collect()["outcome"].to_list() == ["parsed", "parsed"]


def test_workers_that_fail_every_batch_are_left_out(tmp_path: Path, running: Running, dask: Cluster) -> None:
    """One has a full disk; one joins late and has no such software, while the others are held up by a document each."""
    reached, asked = [tmp_path / str(i) for i in range(3)], tmp_path / "asked"
    waits = {f"201{i}/waits.txt": f"wait {r}" for i, r in enumerate(reached)}
    root = written(tmp_path / "in", {**reports(30), **waits})
    other = written(tmp_path / "other", {"pipeline.py": f"open({str(asked)!r}, 'w').close()\nraise ImportError"})

    def join() -> None:
        try:
            wait_for(lambda: all(r.exists() for r in reached), "nobody reads the documents that wait")
            late = running.worker("--no-nanny", PYTHONSAFEPATH="1", PYTHONPATH=str(other))
            wait_for(asked.exists, "the worker that joins late is asked for nothing")
        finally:
            for r in reached:
                r.with_suffix(".go").touch()
        building.join()
        os.killpg(late.pid, signal.SIGKILL)

    with distributed.Client(running.address, set_as_default=False) as client:
        full = min(client.nthreads())
        client.run(resource.setrlimit, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY), workers=[full])
        built: Future[None] = Future()
        building = threading.Thread(target=outcome_of, args=(lambda: build(root, tmp_path / "out", dask), built))
        building.start()
        join()
        client.run(resource.setrlimit, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2, workers=[full])
    built.result()
    assert full in dask._trust._doubted
    assert corpus.rows(Layout(tmp_path / "out"), "documents").collect()["outcome"].to_list() == ["parsed"] * 33


def test_a_batch_goes_to_workers_that_did_not_fail() -> None:
    trust = Trust()
    assert trust.among("abc", []) == {"a", "b", "c"}
    trust.doubt("a")
    assert trust.among("abc", []) == {"b", "c"}
    assert trust.among("abc", ["b"]) == {"c"}
    assert trust.among("ab", ["b"]) == {"a"}, "rather one that failed another batch"
    assert trust.among("ab", ["a", "b"]) == {"b"}, "all failed it"
    trust.trust("a")
    assert trust.among("abc", []) == {"a", "b", "c"}
    assert not is_hopeless("a", ["a", "a"])
    assert is_hopeless("a", ["a", "a", "a"])
    assert not is_hopeless("abcd", ["a", "b", "c"])
    assert is_hopeless([str(i) for i in range(100)], [str(i) for i in range(8)])


def test_workers_that_are_all_lost_are_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No nanny starts them anew, and what they were lost to is to be read alone."""
    monkeypatch.setattr(dask_cluster, "_LOOK_SECONDS", 0.5)
    monkeypatch.setattr(dask_cluster, "_PATIENCE_SECONDS", 1)
    root = written(tmp_path / "in", {"2020/murders.txt": "murder"})
    with cluster(tmp_path / "cluster", {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as running:
        running.scheduler()
        running.worker("--no-nanny")
        running.wait_for_workers(1)
        executor = Cluster(running.address, tmp_path / "exchange", tmp_path / "runs")
        with pytest.raises(ClusterFailed, match="has had no workers"):
            build(root, tmp_path / "out", executor)
        executor.shutdown()


def test_what_was_read_before_the_scheduler_went_is_not_read_again(tmp_path: Path) -> None:
    reached = tmp_path / "reached"
    root = written(tmp_path / "in", {**reports(45), "2023/waits.txt": f"wait {reached}"})
    with cluster(tmp_path / "cluster") as running:
        scheduler = running.scheduler()
        running.worker("--no-nanny")
        executor = Cluster(running.address, tmp_path / "exchange", tmp_path / "runs")
        running.wait_for_workers(1)

        def end() -> None:
            wait_for(reached.exists, "nobody reads the document that waits")
            os.killpg(scheduler.pid, signal.SIGKILL)

        thread = threading.Thread(target=end)
        thread.start()
        with pytest.raises(ClusterFailed, match=r"the Dask scheduler at tcp.* is gone: start it again"):
            build(root, tmp_path / "out", executor)
        executor.shutdown()
        thread.join()
    reached.with_suffix(".go").touch()
    layout = Layout(tmp_path / "out")
    taken = inventory.take(root)
    brought = ledger.bring_up_to_date(layout, taken.root, taken.files, limits=LIMITS, parser=PARSER)
    assert 0 < brought.read < brought.documents == 46


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_connection, "_CONNECT_SECONDS", 1)
    root = written(tmp_path / "in", {"a.txt": "甲局"})
    with pytest.raises(ClusterFailed, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1:"):
        build(root, tmp_path / "out", Cluster("tcp://127.0.0.1:1", tmp_path / "exchange", tmp_path / "runs"))


def test_a_worker_that_comes_back_when_nobody_waits_leaves_nothing(tmp_path: Path) -> None:
    exchange = Exchange.begun(tmp_path / "exchange", tmp_path / "runs")
    batch, intake = tmp_path / "worker" / "0123", tmp_path / "intake"
    written(batch, {"cells.read.parquet": "…", "ledger.read.parquet": "—"})
    for _ in range(2):  # a batch that two workers read arrives twice, and is one
        exchange.send(batch)
        exchange.receive("0123", intake)
    assert sorted(p.relative_to(intake).as_posix() for p in intake.rglob("*.parquet")) == [
        "0123/cells.read.parquet",
        "0123/ledger.read.parquet",
    ]
    assert [p.name for p in intake.iterdir()] == ["0123"], "nothing half done is left"
    exchange.end()
    with pytest.raises(Closed):
        exchange.send(batch)
    assert list((tmp_path / "exchange").iterdir()) == []


def test_what_a_killed_build_left_in_an_exchange_goes_with_the_next_one(tmp_path: Path) -> None:
    layout, shared = Layout(tmp_path / "out"), tmp_path / "shared"
    batch = written(tmp_path / "worker" / "0123", {"cells.read.parquet": "…"})
    with opened(Elsewhere("dask=tcp://127.0.0.1:1", str(shared)), layout) as executor:
        assert isinstance(executor, Cluster)
        left = Exchange.begun(shared, executor._note)
        left.send(batch)
        noted = executor._note.read_text()
    assert list(shared.iterdir()) == []
    shared.mkdir(exist_ok=True)
    others = Exchange.begun(shared, tmp_path / "runs of another output")
    left.folder.mkdir()
    left.put(b"", "open")
    (layout.work / "exchange.runs").write_text(json.dumps([*json.loads(noted), str(shared)]))
    with opened(Elsewhere(), layout):
        assert list(shared.iterdir()) == [others.folder]
        with pytest.raises(Closed):
            left.send(batch)
    others.send(batch)


def test_a_worker_with_other_software_is_told_what_differs() -> None:
    mine = cluster_worker.Here("a" * 64, "1.0", "3.11.7", {"lxml": "6.0.2", "polars": "2.1.0"})
    assert mine.differences(mine) == ""
    other = replace(mine, reading="b" * 64)
    assert mine.differences(other) == "other modules, tables or dictionaries of the same version"
    other = replace(other, python="3.12.1", packages={"lxml": "6.1.0", "onnxruntime": "1.31.1"})
    assert mine.differences(other) == (
        "Python 3.12.1 instead of 3.11.7, lxml 6.1.0 instead of 6.0.2, polars missing instead of 2.1.0, "
        "onnxruntime 1.31.1, which is not here"
    )


@pytest.mark.parametrize("text", ["dask", "dask=", "spark=tcp://x:1", "dask=a b", ""])
def test_what_names_no_executor_is_refused(text: str) -> None:
    assert address_of("local") is None
    with pytest.raises(ExecutorWrong, match="write local, or dask=ADDRESS"):
        address_of(text)
