"""Reads a document of the dataset again, to show its text: the dataset keeps where things stand, not the text itself.

Reading happens in a process of its own, with the limits of the build: a document that hangs or dies here is recorded as
not readable now, and the next one is read all the same.
"""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from pipeline.dossier.facts import Facts
from pipeline.limits import Limits
from pipeline.model import SourceFile, Text, Unusable
from pipeline.store.places import Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document as the dataset knows it."""

    path: str
    member: str | None
    content_sha256: str | None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why there is no text to show: a key of `data/words.csv`, and details in words."""

    why: str
    detail: str = ""


class SourceReader:
    """Reads documents from an input folder, one after the other. `root` None: no input folder is known."""

    def __init__(self, root: Place | None, limits: Limits) -> None:
        self._root = root
        self._limits = limits
        self._child: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> SourceReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def read(self, wanted: Wanted) -> Text | Unavailable:
        """The normalised text of a document, with the way back to its source. Never raises for what is wrong with it."""
        if self._root is None:
            return Unavailable("no_input")
        if isinstance(self._root, Path) and not self._root.is_dir():
            return Unavailable("input_gone", str(self._root))
        if wanted.content_sha256 is None:
            return Unavailable("never_opened")
        connection = self._connection or self._start()
        try:
            connection.send(wanted)
            while connection.poll(self._limits.max_seconds):
                answer: Text | Unavailable | None = connection.recv()
                if answer is not None:  # None is a sign of life
                    return answer
            why = Unavailable("took_too_long", f"{self._limits.max_seconds:g} s")
        except (EOFError, ConnectionError):
            why = Unavailable("reader_died")
        self._end()
        return why

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")  # a fork would copy the threads of a library in mid-air
        ours, theirs = context.Pipe()
        child = context.Process(target=_serve, args=(theirs, self._root, self._limits), daemon=True)
        child.start()
        theirs.close()
        self._child, self._connection = child, ours
        return ours

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._child is not None:
            self._child.kill()
            self._child.join()
        self._child = self._connection = None


def _serve(connection: Connection, root: Place, allowed: Limits) -> None:
    """The reading process: answers until nobody asks any more."""
    import signal

    from pipeline import limits
    from pipeline.store.reader_process import die_with, limit_memory

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    limits.use(allowed)
    limits.listen(partial(connection.send, None))
    limit_memory(allowed.max_memory)
    die_with(os.getppid())
    while True:
        try:
            wanted: Wanted = connection.recv()
        except EOFError:
            return
        try:
            answer = read(root, wanted, allowed)
        except Exception as e:  # as in a build: a reader's own failure is said, with the document it failed on
            answer = Unavailable("reader_failed", " ".join(f"{type(e).__name__}: {e}".split())[:300])
        connection.send(answer)


def read(root: Place, wanted: Wanted, allowed: Limits) -> Text | Unavailable:
    """What `SourceReader.read` does, in this process."""
    from pipeline.normalize.text import normalize_document
    from pipeline.read import read_document
    from pipeline.store import inventory, outages

    try:
        source = _listed(root, wanted.path, allowed).get(wanted.member)
        if source is None:
            return Unavailable("source_gone")
        content = inventory.fetch(root, source, allowed)
    except outages.Outage as e:
        return Unavailable("unreadable_now", e.strerror or "")
    if content.fault is not None and content.sha256 in (None, wanted.content_sha256):
        return Unavailable("unreadable_now", content.fault.reason)
    if content.sha256 != wanted.content_sha256 or content.data is None:
        return Unavailable("source_changed")
    document = read_document(content.data, source)
    if isinstance(document, Unusable):
        return Unavailable("unreadable_now", document.reason)
    return normalize_document(document)


@lru_cache(maxsize=1)
def _listed(root: Place, path: str, allowed: Limits) -> dict[str | None, SourceFile]:
    """What lies there, by member: the members of one container are asked for one after the other."""
    from pipeline.store import inventory

    return {s.member: s for s in inventory.at(root, path, allowed)}


def wanted(facts: Facts) -> Wanted:
    """The document of a report."""
    return Wanted(facts.report.source_path, facts.document.member, facts.document.content_sha256)
