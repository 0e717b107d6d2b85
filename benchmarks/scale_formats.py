"""What reading costs by format on documents of the large corpus, beside the least work and beside other libraries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.bounds import lower_bound
from benchmarks.peers import PEERS
from pipeline.document import parse_document
from pipeline.model import SourceFile
from tests.corpus.scale import documents, mix, series

BARS = {"html": 1.5, "positioned text": 1.5, "other text": 1.5, "pdf": 2.0}
"""Times the least work that reading to cells and words may take."""
WARM = 8
"""Documents of each group that are read before the clock starts, for libraries and dictionaries to be loaded."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds over the documents of a group of formats; `least` None where no bound is defined. `peers`: seconds
    of each library on the first `peer_documents` of them, and ours on the same."""

    group: str
    documents: int
    ours: float
    least: float | None
    peers: dict[str, float]
    peer_documents: int
    ours_on_peers: float

    @property
    def ratio(self) -> float | None:
        return self.ours / self.least if self.least else None

    @property
    def is_missed(self) -> bool:
        return self.ratio is not None and self.ratio > BARS.get(self.group, float("inf"))


def sample(seed: int, wanted: int) -> dict[str, list[tuple[str, bytes]]]:
    """Reports by group, `wanted` of each: the extension and the bytes. Formats within a group by their shares; no two
    reports are of the same organ."""
    out = {}
    for at, group in enumerate(mix.GROUPS):
        shares = {name: n for name, n in mix.SHARES.items() if mix.group(name) == group}
        rng = random.Random(f"sample {seed} {group}")
        names = rng.choices(tuple(shares), tuple(shares.values()), k=wanted)
        out[group] = [
            (
                mix.extension(name),
                documents.written(series.reports(seed, at * wanted + i)[i % len(series.YEARS)], name)[0],
            )
            for i, name in enumerate(names)
        ]
    return out


def clock(work: Callable[[bytes], object], data: bytes) -> float:
    """Processor seconds of one call. Once and not the best of several: a second call would find words in caches."""
    started = time.process_time()
    work(data)
    return time.process_time() - started


def readers(extension: str) -> tuple[Callable[[bytes], object] | None, dict[str, Callable[[bytes], object]]]:
    """The least work, if there is a bound for the format, and the libraries that are installed."""
    try:
        least = lower_bound(extension)
    except KeyError:
        least = None
    return least, {p.name: partial(attempt, p.read) for p in PEERS if extension in p.extensions and p.is_installed}


def ours(extension: str, data: bytes) -> object:
    return parse_document(data, SourceFile("x" + extension, "x"))


def costs(seed: int, wanted: int, peer_documents: int) -> Iterator[Cost]:
    """The cost of every group, on `wanted` documents each, other libraries on the first `peer_documents` of them.

    Some documents of all groups are read before: what a process loads and learns once is no cost of a format.
    """
    files = sample(seed, wanted + WARM)
    for of in files.values():
        least, peers = readers(of[0][0])
        for extension, data in of[:WARM]:
            ours(extension, data)
            if least:
                least(data)
        for peer in peers.values():
            peer(of[0][1])
    for group, of in files.items():
        yield cost(group, of[WARM:], peer_documents)


def cost(group: str, files: Sequence[tuple[str, bytes]], peer_documents: int) -> Cost:
    """All readers on the same documents, one after the other on each, so that all meet the same machine."""
    extension = files[0][0]
    least, peers = readers(extension)
    spent, bound, on_peers = 0.0, 0.0, 0.0
    of_peers = dict.fromkeys(peers, 0.0)
    for n, (_, data) in enumerate(files):
        bound += clock(least, data) if least else 0.0
        seconds = clock(partial(ours, extension), data)
        spent += seconds
        if n < peer_documents:
            on_peers += seconds
            for name, peer in peers.items():
                of_peers[name] += clock(peer, data)
    few = min(peer_documents, len(files))
    return Cost(group, len(files), spent, bound if least else None, of_peers, few, on_peers)


def attempt(work: Callable[[bytes], object], data: bytes) -> object:
    try:
        return work(data)
    except Exception:  # a peer that fails has still taken its time
        return None


def table(costs: Sequence[Cost]) -> list[str]:
    """Lines: a row a group, and a row for each library beside it."""
    out = [
        f"{'reading, one process':<24}{'documents':>10}{'docs/s':>9}{'ms each':>9}{'least ms':>10}{'x least':>9}{'bar':>6}"
    ]
    for c in costs:
        least = f"{1000 * c.least / c.documents:>10.2f}{c.ratio:>9.2f}" if c.least and c.ratio else f"{'-':>10}{'-':>9}"
        bar = f"{BARS[c.group]:>6.1f}" if c.group in BARS else f"{'-':>6}"
        each = c.ours / c.documents
        missed = "  missed" if c.is_missed else ""
        out.append(f"{c.group:<24}{c.documents:>10,}{1 / each:>9.1f}{1000 * each:>9.2f}{least}{bar}{missed}")
        for name, seconds in c.peers.items() if c.peer_documents else ():
            each = seconds / c.peer_documents
            times = f"{seconds / c.ours_on_peers:.2f} x the time of ogi-panel"
            out.append(f"  {name:<22}{c.peer_documents:>10,}{1 / each:>9.1f}{1000 * each:>9.2f}   {times}")
    return out
