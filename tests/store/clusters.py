"""Dask clusters of real processes for tests: on loopback, or each host in a network namespace of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import distributed

ROOT = Path(__file__).parents[2]
SETTINGS = {
    # A worker that no longer answers is given up in seconds, and a document that kills two workers is guilty.
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "6s",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "8s",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false",
}
_PATIENCE_SECONDS = 90


def wait_for(what: Callable[[], bool], why: str) -> None:
    """Until something is so. Raises TimeoutError."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(why)
        time.sleep(0.05)


@dataclass
class Running:
    """A scheduler and workers. Each process is the head of a group, so that a nanny ends with its worker."""

    folder: Path
    environment: Mapping[str, str]
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, within: Sequence[str] = (), **environment: str) -> subprocess.Popen[bytes]:
        """A process of the cluster, `within` what puts it on another host. What it says is in `cluster.log`."""
        with (self.folder / "cluster.log").open("ab") as log:
            process = subprocess.Popen(
                [*within, sys.executable, "-m", "dask", *command],
                cwd=ROOT,
                env={**os.environ, **SETTINGS, **self.environment, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def scheduler(self, host: str = "127.0.0.1", within: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Starts the scheduler and waits until it listens."""
        noted = self.folder / "scheduler.json"
        noted.unlink(missing_ok=True)
        command = (
            "scheduler",
            "--host",
            host,
            "--port",
            "0",
            "--dashboard-address",
            "127.0.0.1:0",
            "--scheduler-file",
            str(noted),
        )
        process = self.start(*command, within=within)
        wait_for(lambda: noted.exists() and noted.read_text().rstrip().endswith("}"), "the scheduler does not start")
        self.address = noted.read_text().split('"address": "')[1].split('"')[0]
        return process

    def worker(
        self, *options: str, host: str = "127.0.0.1", within: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        """Starts a worker with one thread; it ends where it finds no scheduler for some seconds."""
        given = ("--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--host", host, "--death-timeout", "30")
        place = ("--local-directory", str(self.folder))
        return self.start("worker", self.address, *given, *place, *options, within=within, **environment)

    def wait_for_workers(self, count: int) -> None:
        """Until so many are known to the scheduler."""
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=_PATIENCE_SECONDS)

    def end(self) -> None:
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in self.processes:
            process.wait()


@contextmanager
def cluster(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Whatever is started in it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Running(folder, environment or {})
    try:
        yield running
    finally:
        running.end()
