"""How fast `ogi build` is: documents per second, against reading and segmenting the same text, and peak memory.

    python benchmarks/bench_build.py [--documents N] [--workers N] [--json]

Documents are the reports of data/sample, each narrative line made unique, so that no cache flatters the figures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"


def write_corpus(folder: Path, count: int) -> int:
    """Writes `count` documents; returns their bytes."""
    texts = []
    for path in sorted(SAMPLE.rglob("*.txt")):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if "收到和处理政府信息公开申请情况" in text and len(text) > 2000:
            texts.append(text)
    size = 0
    for i in range(count):
        lines = texts[i % len(texts)].splitlines()
        unique = [
            f"{line}此为第{i}件第{n}段。" if len(line) > 40 and "。" in line else line for n, line in enumerate(lines)
        ]
        path = folder / str(2020 + i % 5) / f"{i:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(("\n".join(unique) + f"\n第{i}号\n").encode())
    return size


def segment_all(folder: Path) -> float:
    """Seconds that one process takes to read, decode and cut the same text with jieba, its dictionary loaded."""
    import logging

    import jieba

    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    start = time.perf_counter()
    for path in sorted(folder.rglob("*.txt")):
        jieba.lcut(path.read_bytes().decode())
    return time.perf_counter() - start


class PeakMemory:
    """Samples the resident memory of a process and all its descendants, ten times a second (Linux)."""

    def __init__(self, process: int) -> None:
        self.process, self.peak = process, 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.done.wait(0.1):
            self.peak = max(self.peak, self._of(self.process))

    def _of(self, process: int) -> int:
        folder = Path("/proc") / str(process)
        try:
            resident = int((folder / "statm").read_text().split()[1]) * 4096
            children = [c for t in (folder / "task").iterdir() for c in (t / "children").read_text().split()]
        except OSError:
            return 0
        return resident + sum(self._of(int(c)) for c in children)

    def stop(self) -> int:
        self.done.set()
        self.thread.join()
        return self.peak


def measure(count: int, workers: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "in"
        size = write_corpus(folder, count)
        start = time.perf_counter()
        command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(folder), "--workers", str(workers)]
        run = subprocess.Popen(
            [*command, "--output", str(Path(temporary) / "out")],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        memory = PeakMemory(run.pid)
        _, errors = run.communicate()
        seconds, peak = time.perf_counter() - start, memory.stop()
        if run.returncode:
            sys.exit(f"bench_build: the build failed: {errors.decode()}")
        cut = segment_all(folder)
    return {
        "documents": count,
        "workers": workers,
        "megabytes": round(size / 1e6, 1),
        "build_seconds": round(seconds, 2),
        "documents_per_second": round(count / seconds, 1),
        "segmentation_seconds": round(cut, 2),
        "build_per_segmentation": round(seconds / cut, 2),
        "peak_memory_megabytes": round(peak / 1e6),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--documents", type=int, default=2000, metavar="N")
    arguments.add_argument("--workers", type=int, default=2, metavar="N")
    arguments.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    options = arguments.parse_args()
    found = measure(options.documents, options.workers)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name.replace('_', ' '):26} {value:>12,}")
    print(
        f"{found['documents_per_second']:,} documents per second with {options.workers} workers, "
        f"{found['build_per_segmentation']} × the time of one process that only segments the text, "
        f"peak {found['peak_memory_megabytes']:,} MB"
    )


if __name__ == "__main__":
    main()
