"""Tells whoever watches how many documents are read: the command line's bar, the run's log, and the list of runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

from assets.pace import Pace

Watcher = Callable[[int, int], None]
TAG = "ogi/progress"
_watchers: list[Watcher] = []
_SHORTEST, _LONGEST = 5.0, 60.0
_PART = 20
"""A line after each twentieth of what has passed, but neither too often nor too rarely: ten hours are 600 lines."""


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within, `watcher` is called with documents done and documents in all."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def reporter(context: dg.AssetExecutionContext, clock: Callable[[], float] = time.monotonic) -> Watcher:
    """A progress callback for a run. It counts the documents that have to be read, not those that are unchanged.

    Every now and then it writes a line to the run's log and, as a tag, to the list of runs. `clock` gives seconds.
    """
    pace, begin = Pace(), clock()
    last, said = begin, 0

    def report(done: int, total: int) -> None:
        nonlocal last, said
        for watcher in _watchers:
            watcher(done, total)
        now = clock()
        pace.at(now, done)
        is_time = now - last >= min(_LONGEST, max(_SHORTEST, (now - begin) / _PART))
        if done > said and (is_time or (done == total and said)):
            last, said = now, done
            far, pace_told = f"{done:,} of {total:,}", pace.told(total)
            context.log.info(f"{far} documents read{pace_told}")
            context.instance.add_run_tags(context.run.run_id, {TAG: far + pace_told})

    return report
