"""Maps documents over reading processes: each batch in a supervised child, with a deadline for every document.

A plain process pool neither says which document killed a worker nor ends one that hangs. Here each task of an Executor
(threads on one machine, any other Executor elsewhere) supervises one child and knows which document it is at: the
guilty document is recorded as unreadable, the rest of its batch is read again without it.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.limits import Limits
from pipeline.model import SourceFile, Unusable
from pipeline.store.batch import Batch, Written
from pipeline.store.places import Place

DEFAULTS = Limits()
PARSER = "pipeline.document:parse_document"
_SMALL = 40
"""Below this many documents a second process costs more than it saves."""
_LARGEST_BATCH = 256
_LOOK_SECONDS = 1.0
"""Of a wait at a time: no more than so long counts where this process was stopped in between."""
_MOST_LOST = 2
"""How often a batch is begun again after its process ended outside any document: the kernel or somebody killed it."""
_IDLE_SECONDS = 60.0
"""A reading process that is given nothing for so long ends: on a worker of a cluster nobody says that a run is over."""

Progress = Callable[[int, int], None]
"""Called with documents done and documents in all."""


class ReadingFailed(Exception):
    """The reading processes failed in a way that no document is to blame for."""


class _Child:
    """A reading process and the connection to it."""

    def __init__(self) -> None:
        ours, theirs = Pipe()
        env = {**os.environ, "POLARS_MAX_THREADS": "1"}  # the processes are the parallelism
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.store.reader_process", str(theirs.fileno()), str(_IDLE_SECONDS)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**env, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        theirs.close()
        self.connection: Connection = ours
        self.connection.send(sys.path)

    def close(self) -> None:
        self.connection.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> int:
        self.process.kill()
        code = self.process.wait()
        self.connection.close()
        return code


_idle: list[_Child] = []
_busy: set[_Child] = set()
_guard = threading.Lock()


def close_idle() -> None:
    """Ends the reading processes that wait for work."""
    with _guard:
        children, _idle[:] = list(_idle), []
    for child in children:
        child.close()


@dataclass(frozen=True, slots=True)
class Stamped:
    """A document to read, with what stands for the content of its file where its own bytes do not (see `ledger`)."""

    source: SourceFile
    stamp: str


def run_batch(
    batch: Batch, notify: Callable[[int], None] | None = None, stop: threading.Event | None = None
) -> Written:
    """Reads a batch in a child, which writes it. `notify` is told how many documents are done.

    A document is condemned when its process dies on it a second time: the first time something else may have killed it.
    Raises OSError where the batch cannot be written; ReadingFailed where a child fails outside any document otherwise,
    or once `stop` is set.
    """
    died: set[int] = set()
    lost = 0
    while not (stop and stop.is_set()):
        with _guard:
            was_idle = bool(_idle)
            child = _idle.pop() if was_idle else _Child()
            _busy.add(child)
        at = -1
        try:
            child.connection.send(batch)
            while _speaks(child, _patience(batch, at)):
                kind, value = child.connection.recv()
                if kind == "at":
                    at = value
                    if notify:
                        notify(at)
                elif kind == "done":
                    with _guard:
                        _idle.append(child)
                        _busy.discard(child)
                    written: Written = value
                    return written
                elif kind == "lacks":
                    child.kill()
                    raise OSError(*value)
                else:
                    child.kill()
                    raise ReadingFailed(f"reading processes fail: {value}")
            child.kill()
            fault = Unusable("unreadable", "timed_out", f"took longer than {batch.limits.max_seconds:g} s")
        except (EOFError, ConnectionError):
            fault = Unusable("unreadable", "reader_failed", f"the reading process died: {_cause(child)}")
        finally:
            _busy.discard(child)
        if stop and stop.is_set():
            break
        if was_idle and at < 0:  # it ended while it waited for work, and the batch never reached it
            continue
        if not 0 <= at < len(batch.sources):
            lost += 1
            if lost > _MOST_LOST:
                raise ReadingFailed(f"the reading process ended outside any document: {fault.reason}")
            continue
        if fault.reason_code == "reader_failed" and at not in died:
            died.add(at)
            continue
        if at in batch.shut:
            raise ReadingFailed(f"{batch.sources[at].path} fails without being opened: {fault.reason}")
        if at in dict(batch.condemned):  # getting at its bytes is what fails
            batch = replace(batch, shut=batch.shut | {at})
        else:
            batch = replace(batch, condemned=(*batch.condemned, (at, fault)))
    raise ReadingFailed("stopped")


def _speaks(child: _Child, seconds: float) -> bool:
    """Waits so long for the child's next word. Time in which this process itself was stopped does not count."""
    while seconds > 0:
        if child.connection.poll(min(seconds, _LOOK_SECONDS)):
            return True
        seconds -= _LOOK_SECONDS
    return False


def _patience(batch: Batch, at: int) -> float:
    """Seconds to wait for the next word: a start or the writing of a shard is never a document's fault."""
    seconds = batch.limits.max_seconds
    return seconds if 0 <= at < len(batch.sources) else max(60.0, seconds)


def _cause(child: _Child) -> str:
    """Why a child is gone, in words that are the same on every run."""
    try:
        code = child.process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return f"it closed its connection (status {child.kill()})"
    child.connection.close()
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit status {code}"


def batches(
    root: Place,
    documents: Sequence[Stamped],
    shards: Callable[[str], Path],
    workers: int,
    parser: str = PARSER,
    limits: Limits = DEFAULTS,
    reading: str = "",
) -> list[Batch]:
    """Documents cut into batches, each within one intake. Members of a container follow each other as they stand there:
    some can only be read forward."""
    size = max(1, min(_LARGEST_BATCH, -(-len(documents) // (workers * 8))))
    by_intake: dict[str, list[Stamped]] = {}
    for d in sorted(documents, key=lambda d: (d.source.path, d.source.offset or 0, d.source.within or 0)):
        by_intake.setdefault(d.source.intake, []).append(d)
    return [
        Batch(
            root, tuple(d.source for d in part), tuple(d.stamp for d in part), shards(intake), parser, limits, reading
        )
        for intake, group in sorted(by_intake.items())
        for part in (group[i : i + size] for i in range(0, len(group), size))
    ]


def read_all(
    root: Place,
    documents: Sequence[Stamped],
    shards: Callable[[str], Path],
    finished: Callable[[Written], None],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    parser: str = PARSER,
    limits: Limits = DEFAULTS,
    reading: str = "",
    executor: Executor | None = None,
) -> None:
    """Reads every document and writes it with its batch into the folder of its intake, which `shards` names.

    `finished` is told each batch as soon as it is written. With `executor`, batches run there (each task supervises a
    child of its own and says as `threads` how many it runs at once); it sees to it that they get there. Raises
    ReadingFailed, OSError.
    """
    workers = getattr(executor, "threads", None) or workers or os.cpu_count() or 1
    if len(documents) < _SMALL:
        workers = 1
    todo = batches(root, documents, shards, workers, parser, limits, reading)
    said: queue.SimpleQueue[tuple[int, int | Future[Written]]] = queue.SimpleQueue()
    done, all_done = [0] * len(todo), 0
    left, stop = len(todo), threading.Event()

    def submit(pool: Executor, number: int, batch: Batch) -> Future[Written]:
        if executor is None:
            future = pool.submit(run_batch, batch, lambda n: said.put((number, n)), stop)
        else:
            future = pool.submit(run_batch, batch)
        future.add_done_callback(lambda f: said.put((number, f)))
        return future

    if progress:
        progress(0, len(documents))
    pool = executor or ThreadPoolExecutor(workers, thread_name_prefix="ogi-read")
    try:
        for i, b in enumerate(todo):
            submit(pool, i, b)
        while left:
            number, what = said.get()
            if isinstance(what, Future):
                finished(what.result())
                left -= 1
                what = len(todo[number].sources)
            all_done += max(0, what - done[number])
            done[number] = max(done[number], what)
            if progress:
                progress(all_done, len(documents))
    finally:
        if left:  # Ctrl-C, or a failure of ours: do not wait for what is still being read
            stop.set()
            for child in list(_busy):
                child.process.kill()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)
        close_idle()
