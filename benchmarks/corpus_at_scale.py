"""Writes a corpus of any size, of all formats, with its truth beside it; the same bytes for the same seed.

    python -m benchmarks.corpus_at_scale --documents N --output DIR [--seed 0] [--workers 2]

DIR/input is an input folder for `ogi build`: a folder for each year of publication. DIR/truth holds what is right, as
Parquet: documents/*.parquet, cells/*.parquet (tests/corpus/scale/truth_files.py says which columns). The first documents
of a corpus are those of every smaller one of the same seed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.corpus.scale import documents, truth_files


@dataclass(frozen=True, slots=True)
class Done:
    """What writing some blocks came to; seconds of processor time."""

    documents: int
    files: int
    bytes: int
    cells: int
    seconds: float

    def __add__(self, other: Done) -> Done:
        return Done(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def write_block(wanted: tuple[int, int], seed: int, output: Path) -> Done:
    """One block: its files and its truth."""
    started = time.process_time()
    at, count = wanted
    block = documents.block(seed, at, count)
    for name, data in block.files:
        path = output / "input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    truth_files.write(block, at, output / "truth")
    size, cells = sum(len(data) for _, data in block.files), sum(len(d.gold) for d in block.documents)
    return Done(len(block.documents), len(block.files), size, cells, time.process_time() - started)


def write(count: int, output: Path, seed: int = 0, workers: int = 1) -> Iterator[Done]:
    """Writes a corpus; yields after each block what it came to so far."""
    so_far = Done(0, 0, 0, 0, 0.0)
    work = partial(write_block, seed=seed, output=output)
    # Not forked: a copy of a process whose libraries run threads may wait for ever for a lock of one of them.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in pool.map(work, documents.blocks(count)):
            so_far += done
            yield so_far


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--documents", type=int, required=True, metavar="N")
    ap.add_argument("--output", type=Path, required=True, metavar="DIR", help="must not exist, or be empty")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--workers", type=int, default=2, metavar="N")
    a = ap.parse_args()
    if a.output.exists() and (not a.output.is_dir() or any(a.output.iterdir())):
        print(f"{a.output} is not an empty folder. Name another one, or remove it.", file=sys.stderr)
        return 2
    started = time.perf_counter()
    done = Done(0, 0, 0, 0, 0.0)
    for done in write(a.documents, a.output, a.seed, a.workers):
        if sys.stderr.isatty():
            print(f"\r{done.documents:,} of {a.documents:,} documents", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    seconds = time.perf_counter() - started
    print(
        f"{done.documents:,} documents in {done.files:,} files, {done.bytes / 1e6:,.0f} MB, {done.cells:,} cells: "
        f"{seconds:,.0f} s, {done.documents / seconds:,.0f} documents per second, "
        f"{1000 * done.seconds / max(1, done.documents):.1f} ms of processor time each"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
