"""Tells whoever watches how many documents are read: the command line's bar, or lines in the run's log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

Watcher = Callable[[int, int], None]
_watchers: list[Watcher] = []
_SECONDS = 5.0


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within, `watcher` is called with documents done and documents in all."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def reporter(context: dg.AssetExecutionContext) -> Watcher:
    """A progress callback for a run: a log line every few seconds, and the watchers of this process."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        for watcher in _watchers:
            watcher(done, total)
        if time.monotonic() - last >= _SECONDS:
            last = time.monotonic()
            context.log.info(f"{done:,} of {total:,} documents read")

    return report
