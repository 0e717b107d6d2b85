"""What a process and all its descendants cost while they run: peak memory, and when they say how far they are (Linux)."""

from __future__ import annotations

import re
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = resource.getpagesize()
_READ = re.compile(r"read ([\d,]+) of ([\d,]+) documents")
_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process. Seconds on the clock, `cpu` of all processors; memory in bytes, while it read documents and over
    all. `reading`: seconds until all documents were read; 0 where it never said so."""

    code: int
    seconds: float
    cpu: float
    reading: float
    peak_reading: int
    peak: int
    errors: str


class Memory:
    """Watches the memory of a process tree: pages that forked processes share count once, split among them (PSS)."""

    def __init__(self, process: int) -> None:
        self.process, self.peak = process, 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.done.wait(_SECONDS_BETWEEN_LOOKS):
            self.peak = max(self.peak, memory_of(self.process))

    def stop(self) -> int:
        self.done.set()
        self.thread.join()
        return self.peak


def memory_of(process: int) -> int:
    """Bytes of a process and its descendants now; of those that have just ended, nothing."""
    folder = Path("/proc") / str(process)
    try:
        children = [c for t in (folder / "task").iterdir() for c in (t / "children").read_text().split()]
        own = _own(folder)
    except OSError:
        return 0
    return own + sum(memory_of(int(c)) for c in children)


def _own(folder: Path) -> int:
    try:
        text = (folder / "smaps_rollup").read_text()
    except OSError:  # a kernel without it: resident pages, the shared ones counted in each process
        return int((folder / "statm").read_text().split()[1]) * PAGE
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def run(command: Sequence[str], folder: Path) -> Run:
    """Runs a command of `ogi` in a folder and watches it; what it prints is dropped but for its errors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    memory = Memory(process.pid)
    reading, peak_reading, last = 0.0, 0, ""
    assert process.stderr is not None
    for line in process.stderr:
        last = (last + line)[-4000:]
        if (found := _READ.search(line)) and found[1] == found[2]:
            reading, peak_reading = time.perf_counter() - started, memory.peak
    code = process.wait()
    seconds, peak = time.perf_counter() - started, memory.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(code, seconds, cpu, reading, peak_reading, peak, last)
