"""A reading process: takes batches of documents from its supervisor, says which document it is at, writes the shards.

Run as `python -m pipeline.store.reader_process FD SECONDS`; it ends when it is given nothing for so long. It is
expendable: whatever a document does to it, the supervisor (`pipeline.store.work`) knows which document that was.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from pipeline import limits
from pipeline.limits import Limits
from pipeline.model import ParsedReport, SourceFile, Unusable
from pipeline.read.fault import LACKING
from pipeline.store import containers, inventory, object_input, outages
from pipeline.store.batch import Batch, Written
from pipeline.store.outages import Outage
from pipeline.store.places import Place

Parser = Callable[[bytes, SourceFile], ParsedReport | Unusable]


def read_document(root: Place, source: SourceFile, parse: Parser, allowed: Limits) -> Any:
    """One document read, never raising for what is wrong with it. Raises Outage."""
    from pipeline.store.rows import Read

    content, is_lacking = containers.Content(None), False
    try:
        content = inventory.fetch(root, source, allowed)
        if content.data is not None:
            return Read(source, content.sha256, content.size, parse(content.data, source))
        assert content.fault is not None
        fault = content.fault
    except Outage:
        raise
    except Exception as e:
        is_lacking = isinstance(e, OSError) and e.errno in LACKING
        message = " ".join(f"{type(e).__name__}: {e}".split())[:300]
        fault = Unusable("unreadable", "reader_failed", f"the reader failed on this document: {message}")
    if is_lacking:  # asked here, where the document's memory is free
        outages.require(root, source.path)
    return Read(source, content.sha256, content.size, fault)


def _condemned(batch: Batch, position: int, fault: Unusable) -> Any:
    """The row of a document that is not read again; its bytes are hashed, unless that failed too."""
    from pipeline.store.rows import Read

    source = batch.sources[position]
    if position in batch.shut:
        return Read(source, None, None, fault)
    content = inventory.fetch(batch.root, source, batch.limits)
    return Read(source, content.sha256, content.size, fault)


def load_parser(name: str) -> Parser:
    """The function that `package.module:function` names."""
    module, _, function = name.partition(":")
    found: Parser = getattr(importlib.import_module(module), function)
    return found


def read_batch(batch: Batch, parse: Parser, at: Callable[[int], None]) -> Written:
    """Reads a batch and writes it. `at` is told each position."""
    from pipeline.store import shards

    limits.use(batch.limits)
    limit_memory(batch.limits.max_memory)
    tempfile.gettempdir()  # raises OSError where there is none
    object_input.verify_again()
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
    name = shards.write(batch.folder, {**frames, shards.LEDGER: _ledger(batch, frames)})
    return Written(batch.sources[0].intake, name, dict(Counter(frames["documents"]["outcome"])))


def _ledger(batch: Batch, frames: Any) -> Any:
    """The batch's documents as the ledger knows them."""
    import polars as pl

    from pipeline.store import shards

    rows = []
    said = frames["documents"].select("content_sha256", "reason_code").rows()
    for source, stamp, (sha256, fault) in zip(batch.sources, batch.stamps, said, strict=True):
        is_plain = source.member is None and source.packing is None
        content = sha256 if is_plain and sha256 is not None else stamp
        rows.append((*(getattr(source, f) for f in shards.SOURCE_SCHEMA), content, batch.reading, fault))
    return pl.DataFrame(rows, schema=shards.LEDGER_SCHEMA, orient="row")


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
    connection, patience = Connection(int(sys.argv[1])), float(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
    die_with(os.getppid())
    sys.path[:] = connection.recv()
    parsers: dict[str, Parser] = {}
    is_warm = False
    while True:
        if not connection.poll(patience):
            return
        try:
            batch: Batch = connection.recv()
        except EOFError:
            return
        try:
            parse = parsers.get(batch.parser) or parsers.setdefault(batch.parser, load_parser(batch.parser))
            written = read_batch(batch, parse, lambda i: connection.send(("at", i)))
        except OSError as e:  # this machine's, not the document's: the supervisor raises it
            connection.send(("lacks", (e.errno, e.strerror, e.filename) if e.errno else (str(e),)))
        except Exception:  # ours: likewise
            import traceback

            connection.send(("failed", traceback.format_exc()))
        else:
            connection.send(("done", written))
            if not is_warm:  # tables and dictionaries are loaded now: the collector need not walk through them again
                gc.collect()
                gc.freeze()
                is_warm = True


if __name__ == "__main__":
    main()
