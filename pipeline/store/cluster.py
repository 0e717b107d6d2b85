"""Reads batches on the workers of a Dask cluster.

A task is one batch, sent as paths. Its worker reads it in a supervised child, as this machine would, and leaves what was
written in an exchange; the answer is a name and counts. So neither documents nor rows pass the scheduler.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.store import cluster_checks, cluster_suspects, cluster_trust, cluster_worker
from pipeline.store.batch import Batch, Written
from pipeline.store.cluster_connection import ClusterFailed, Connection
from pipeline.store.exchange import Exchange, end_noted
from pipeline.store.places import Place

_AHEAD = 2
"""Batches that are with the scheduler for each thread of the cluster; the others wait here, where they cost nothing."""
_RECEIVERS = 4
_FETCH_SECONDS = 30
_LOOK_SECONDS = 2.0
_PATIENCE_SECONDS = 600.0
"""Without any worker: a cluster may take minutes to bring new ones up."""
_MOST_SHOWN = 3


@dataclass(eq=False, slots=True)
class _Task:
    """A batch on its way. `remote` is Dask's future, which lives as long as somebody holds it; `only`: the workers that it
    is sent to, where not to any; `failed`: the worker of each attempt that failed, blank where nobody knows it."""

    run: Callable[[Batch], Written]
    batch: Batch
    future: Future[Written] = field(default_factory=Future)
    remote: Any = None
    only: frozenset[str] = frozenset()
    failed: list[str] = field(default_factory=list)
    rounds: int = 0


class Cluster(Executor):
    """Runs `work.run_batch` on the workers of an existing Dask cluster; what they write is put where a batch belongs.

    Nothing is asked of the cluster before the first batch. A worker that is lost costs no more than its batches, which
    others read again; a document that takes worker after worker with it is recorded as unreadable.
    """

    def __init__(self, address: str, place: Place, note: Path) -> None:
        """`place`: a folder in a store or on a disk that this machine and all workers share; `note`: a file that says
        which runs there are open."""
        self._connection, self._place, self._note = Connection(address), place, note
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._running: set[_Task] = set()
        self._suspects: list[_Task] = []
        self._lost: list[tuple[_Task, Any]] = []
        self._there: frozenset[str] = frozenset()
        self._trust = cluster_trust.Trust()
        self._is_examining = False
        self._failure: ClusterFailed | None = None
        self._ended = threading.Event()
        self._exchange: Exchange | None = None
        self._mine = cluster_worker.Here("", "", "", {})
        self._threads = 1
        self._receivers = ThreadPoolExecutor(_RECEIVERS, thread_name_prefix="ogi-receive")

    @property
    def threads(self) -> int:
        """Batches that the cluster reads at once. Raises ClusterFailed where there is none."""
        self._threads = max(1, sum(self._connection.workers().values()))
        return self._threads

    # ---- as an executor -------------------------------------------------------------------------------------------
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Has `fn(batch)` run on a worker. Raises ClusterFailed where the cluster cannot be used."""
        (batch,) = args
        with self._connecting:
            if self._exchange is None:
                self._begin(batch)
        task = _Task(fn, batch)
        with self._lock:
            if self._ended.is_set():
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._waiting.append(task)
        self._pump()
        return task.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the run: what is not read yet is given up, what is on its way finds the exchange closed."""
        self._ended.set()
        with self._lock:
            tasks = [*self._waiting, *self._running, *self._suspects]
            self._waiting.clear()
        for task in tasks:
            task.future.cancel()
        self._connection.close([t.remote for t in tasks if t.remote is not None])  # so that nobody waits for an answer
        self._receivers.shutdown(wait=wait, cancel_futures=True)
        self._end_exchange()

    def _end_exchange(self) -> None:
        with suppress(OSError):  # what is left there is rubbish, and no reason to fail; the next build tries again
            end_noted(self._note)

    # ---- the cluster ----------------------------------------------------------------------------------------------
    def _begin(self, batch: Batch) -> None:
        """Opens the exchange and asks each worker for its software and what it reaches. Raises ClusterFailed."""
        workers = self._connection.workers()
        mine = cluster_worker.here(batch.parser, batch.limits)
        try:
            exchange = Exchange.begun(self._place, self._note)
        except OSError as e:
            raise ClusterFailed(
                f"the exchange {self._place} cannot be written ({e.strerror}): choose another with --exchange", e.errno
            ) from None
        try:
            wrong = cluster_checks.wrong(self._connection.client, workers, batch, mine, exchange)
        except BaseException:
            self._end_exchange()
            raise
        if wrong:
            self._end_exchange()
            lines = [*wrong[:_MOST_SHOWN], f"and {len(wrong) - _MOST_SHOWN:,} more"][: len(wrong)]
            raise ClusterFailed("workers cannot be used:" + "".join(f"\n  {line}" for line in lines))
        self._mine, self._exchange, self._there = mine, exchange, frozenset(workers)
        threading.Thread(target=self._watch, name="ogi-watch", daemon=True).start()

    def _watch(self) -> None:
        """Notices when the scheduler is gone, or all workers for a long time; and how many threads there are."""
        without = 0.0
        while not self._ended.wait(_LOOK_SECONDS):
            if self._connection.client.status == "closed":
                self._fail(self._connection.gone())
                return
            try:
                workers: dict[str, int] = self._connection.client.nthreads()
            except Exception:
                continue  # it connects again, or is closed soon
            self._there, self._threads = frozenset(workers), max(1, sum(workers.values()))
            without = 0.0 if workers else without + _LOOK_SECONDS
            if without >= _PATIENCE_SECONDS:
                self._fail(
                    ClusterFailed(f"the Dask cluster at {self._connection.address} has had no workers for ten minutes")
                )
                return
            self._look_after()
            self._pump()

    def _look_after(self) -> None:
        """Asks again for answers that were lost; takes batches back whose workers have all gone."""
        with self._lock:
            lost, self._lost = self._lost, []
            out = [t for t in self._running if t.remote is not None and not t.remote.done()]
            stranded = [(t, t.remote) for t in out if self._is_stranded(t)]
            for task, remote in stranded:
                self._take(task, remote)
            self._waiting.extendleft(t for t, _ in stranded)
        for _, remote in stranded:
            with suppress(Exception):
                remote.cancel()
        for task, remote in lost:
            self._received(task, remote)

    def _is_stranded(self, task: _Task) -> bool:
        return bool(task.only) and not task.only & self._there

    # ---- batches --------------------------------------------------------------------------------------------------
    def _pump(self) -> None:
        """Sends what waits, as far as there is room; suspects are looked at once nothing else is on its way."""
        while True:
            with self._lock:
                if self._ended.is_set() or self._is_examining:
                    return
                if self._failure is not None:
                    tasks = [*self._waiting, *self._running, *self._suspects]
                    self._waiting.clear()
                    self._running.clear()
                    self._suspects.clear()
                    break
                if self._suspects:
                    if not self._running:
                        self._is_examining = True
                        self._receivers.submit(self._examine)
                    return
                if not self._waiting or len(self._running) >= _AHEAD * self._threads:
                    return
                task = self._waiting.popleft()
                self._running.add(task)
            self._send(task)
        for task in tasks:
            with suppress(InvalidStateError):
                task.future.set_exception(self._failure)

    def _send(self, task: _Task) -> None:
        try:
            task.remote = self._submitted(task, self._exchange)
            task.remote.add_done_callback(lambda remote: self._received(task, remote))
        except Exception:  # the client was closed meanwhile
            self._fail(self._connection.gone())

    def _submitted(self, task: _Task, exchange: Exchange | None) -> Any:
        with self._lock:
            there = self._there
            chosen = self._trust.among(there, task.failed)
        task.only = chosen if chosen != there else frozenset()  # else whoever comes may have it, too
        return self._connection.submit(
            task.only, cluster_worker.read, task.run, task.batch, self._mine.reading, exchange
        )

    def _received(self, task: _Task, remote: Any) -> None:
        with suppress(RuntimeError):  # shut down meanwhile
            self._receivers.submit(self._receive, task, remote)

    def _take(self, task: _Task, remote: Any) -> bool:
        """Whether this is still what became of a batch, and for the caller to go on with. Holds the lock."""
        if task.remote is not remote or task not in self._running:
            return False
        task.remote = None  # the scheduler may forget it
        self._running.discard(task)
        return True

    def _receive(self, task: _Task, remote: Any) -> None:
        assert self._exchange is not None
        distributed: Any = import_module("distributed")
        try:
            answer = self._connection.answer(remote, _FETCH_SECONDS) if remote.done() else None
            if answer is None:
                with self._lock:
                    self._lost.append((task, remote))
                return
            worker, written = answer
            self._exchange.receive(written.name, task.batch.folder)
        except distributed.KilledWorker:
            with self._lock:
                if self._take(task, remote):
                    self._suspects.append(task)
        except cluster_worker.Failed as e:
            with self._lock:
                is_ours = self._take(task, remote)
            if is_ours:
                self._try_again(task, e)
        except Exception as e:
            if task.remote is remote:
                self._fail(self._told(e))
        else:
            with self._lock:
                self._trust.trust(worker)
                is_ours = self._take(task, remote)
            if is_ours:
                with suppress(InvalidStateError):
                    task.future.set_result(written)
        self._pump()

    def _try_again(self, task: _Task, failed: cluster_worker.Failed) -> None:
        """Has others read a batch that a worker failed."""
        try:
            self._blame(task, failed)
        except ClusterFailed as e:
            with self._lock:
                self._running.add(task)
            self._fail(e)
        else:
            with self._lock:
                self._waiting.appendleft(task)

    def _blame(self, task: _Task, failed: cluster_worker.Failed) -> None:
        """Notes who failed a batch. Raises ClusterFailed where there is no use in trying again."""
        guilty = [failed.worker]
        if not failed.worker:
            try:
                guilty = cluster_checks.unlike(self._connection.client, task.batch, self._mine)
            except Exception:
                raise self._connection.gone() from None
        with self._lock:
            self._trust.doubt(guilty)
            task.failed.append(failed.worker)
            there = self._there
        if cluster_trust.is_hopeless(there, task.failed):
            raise ClusterFailed(f"workers failed the same batch {len(task.failed)} times, at last with {failed.why}")

    def _told(self, error: BaseException) -> ClusterFailed:
        if isinstance(error, ClusterFailed):
            return error
        if isinstance(error, CancelledError | TimeoutError):
            return self._connection.gone()
        if isinstance(error, OSError):
            return ClusterFailed(
                f"a batch could not be brought here from the exchange {self._place}: {error}", error.errno
            )
        return ClusterFailed(f"the Dask cluster at {self._connection.address} fails: {cluster_worker.said(error)}")

    def _fail(self, failure: ClusterFailed) -> None:
        with self._lock:
            self._failure = self._failure or failure
        self._pump()

    # ---- documents that take workers with them ---------------------------------------------------------------------
    def _examine(self) -> None:
        """Reads the documents of suspected batches one by one, with nothing else on its way: who is alone is guilty."""
        try:
            with self._lock:
                suspects, self._suspects = self._suspects, []
            for task in suspects:
                task.batch = self._judged(task)
                task.rounds += 1
            with self._lock:
                self._waiting.extendleft(suspects)
        except Exception as e:
            with self._lock:
                self._waiting.extendleft(suspects)
            self._fail(self._told(e))
        finally:
            with self._lock:
                self._is_examining = False
        self._pump()

    def _judged(self, task: _Task) -> Batch:
        """The batch with what is not to be read in it."""
        batch = task.batch
        if task.rounds >= cluster_suspects.ROUNDS:
            raise ClusterFailed(
                f"the batch from {batch.sources[0].path} to {batch.sources[-1].path} loses every worker that reads it, "
                "and none of its documents does so alone: give the workers more memory"
            )
        return cluster_suspects.judged(batch, lambda alone: self._kills(_Task(task.run, alone)))

    def _kills(self, task: _Task) -> bool:
        """Whether a batch loses every worker that reads it. Raises ClusterFailed, also where the run ends meanwhile."""
        distributed: Any = import_module("distributed")
        while self._failure is None and not self._ended.is_set():
            if task.remote is None or self._is_stranded(task):
                task.remote = self._submitted(task, None)
            try:
                if self._connection.answer(task.remote, _LOOK_SECONDS) is not None:
                    return False
            except distributed.KilledWorker:
                return True
            except cluster_worker.Failed as e:
                task.remote = None
                self._blame(task, e)
        raise self._failure or self._connection.gone()
