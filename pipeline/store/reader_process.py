"""A reading process: takes batches of documents from its supervisor, says which document it is at, writes the shards.

Run as `python -m pipeline.store.reader_process FD`. It is expendable: whatever a document does to it, the supervisor
(`pipeline.store.work`) knows which document that was.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline import limits
from pipeline.limits import Limits
from pipeline.model import ParsedReport, SourceFile, Unusable
from pipeline.store import containers
from pipeline.store.inventory import file_of

Parser = Callable[[bytes, SourceFile], ParsedReport | Unusable]


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents for one shard. `condemned` are positions not to be read again, with the reason; `shut` those of them
    whose bytes are not to be fetched either."""

    root: Path
    sources: tuple[SourceFile, ...]
    shard: Path
    parser: str
    limits: Limits
    condemned: tuple[tuple[int, Unusable], ...] = ()
    shut: frozenset[int] = frozenset()


def read_document(root: Path, source: SourceFile, parse: Parser, allowed: Limits) -> Any:
    """One document read, never raising for what is wrong with it."""
    from pipeline.store.rows import Read

    content = containers.Content(None)
    try:
        content = containers.fetch(file_of(root, source.path), source, allowed)
        if content.data is not None:
            return Read(source, content.sha256, content.size, parse(content.data, source))
        assert content.fault is not None
        fault = content.fault
    except Exception as e:
        message = " ".join(f"{type(e).__name__}: {e}".split())[:300]
        fault = Unusable("unreadable", "reader_failed", f"the reader failed on this document: {message}")
    return Read(source, content.sha256, content.size, fault)


def _condemned(batch: Batch, position: int, fault: Unusable) -> Any:
    """The row of a document that is not read again; its bytes are hashed, unless that failed too."""
    from pipeline.store.rows import Read

    source = batch.sources[position]
    if position in batch.shut:
        return Read(source, None, None, fault)
    content = containers.fetch(file_of(batch.root, source.path), source, batch.limits)
    return Read(source, content.sha256, content.size, fault)


def load_parser(name: str) -> Parser:
    """The function that `package.module:function` names."""
    module, _, function = name.partition(":")
    found: Parser = getattr(importlib.import_module(module), function)
    return found


def read_batch(batch: Batch, parse: Parser, at: Callable[[int], None]) -> dict[str, int]:
    """Reads a batch, writes its shard files, returns how many documents ended how. `at` is told each position."""
    limits.use(batch.limits)
    limit_memory(batch.limits.max_memory)
    condemned = dict(batch.condemned)
    reads = []
    for i, source in enumerate(batch.sources):
        at(i)
        if i in condemned:
            reads.append(_condemned(batch, i, condemned[i]))
        else:
            limits.listen(partial(at, i))
            reads.append(read_document(batch.root, source, parse, batch.limits))
    at(len(batch.sources))
    frames = _frames(reads)
    batch.shard.parent.mkdir(parents=True, exist_ok=True)
    for table, frame in frames.items():
        frame.write_parquet(f"{batch.shard}.{table}.parquet", compression="lz4")
    return dict(Counter(frames["documents"]["outcome"]))


def _frames(reads: list[Any]) -> Any:
    """Frames of a batch. A result that does not fit the columns (a lone surrogate, a number too long) is its own."""
    from pipeline.store.rows import Read, Rows

    def of(some: list[Any]) -> Any:
        rows = Rows()
        for r in some:
            rows.add(r)
        return rows.frames()

    try:
        return of(reads)
    except Exception:
        good = []
        for r in reads:
            try:
                of([r])
            except Exception as e:
                message = " ".join(f"{type(e).__name__}: {e}".split())[:300].encode("utf-8", "replace").decode()
                fault = Unusable("unreadable", "reader_failed", f"what was read fits no column: {message}")
                good.append(Read(r.source, r.content_sha256, r.size_bytes, fault))
            else:
                good.append(r)
        return of(good)


def die_with(parent: int) -> None:
    """Ends this process when the supervisor is gone, also in the middle of a document that never ends."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def limit_memory(most: int) -> None:
    """Beyond the limit the document ends with a MemoryError, or the process dies: either is recorded."""
    with suppress(OSError, ValueError):  # a lower limit is set already, or the system knows none
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
    die_with(os.getppid())
    sys.path[:] = connection.recv()
    parsers: dict[str, Parser] = {}
    while True:
        try:
            batch: Batch = connection.recv()
        except EOFError:
            return
        try:
            parse = parsers.get(batch.parser) or parsers.setdefault(batch.parser, load_parser(batch.parser))
            counts = read_batch(batch, parse, lambda i: connection.send(("at", i)))
        except Exception:  # ours, not the document's: the supervisor raises it
            import traceback

            connection.send(("failed", traceback.format_exc()))
        else:
            connection.send(("done", counts))


if __name__ == "__main__":
    main()
