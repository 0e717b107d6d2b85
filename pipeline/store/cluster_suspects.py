"""Finds the documents that take worker after worker with them, in a batch that lost its workers: reads each one alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.model import Unusable
from pipeline.store.batch import Batch

ROUNDS = 2
"""How often the documents of such a batch are tried one by one."""
_LOST = Unusable("unreadable", "reader_failed", "the worker that read it was lost, and so was each other that tried")


def judged(batch: Batch, kills: Callable[[Batch], bool]) -> Batch:
    """The batch with what is not to be read in it; in the next round not to be opened either. `kills`: whether a batch of
    one document loses every worker that reads it."""
    known = dict(batch.condemned)
    guilty = [i for i in range(len(batch.sources)) if i not in known and kills(_alone(batch, i))]
    return replace(
        batch,
        condemned=(*batch.condemned, *((i, _LOST) for i in guilty)),
        shut=batch.shut | {i for i, fault in batch.condemned if fault is _LOST},
    )


def _alone(batch: Batch, position: int) -> Batch:
    return replace(
        batch,
        sources=(batch.sources[position],),
        stamps=(batch.stamps[position],),
        condemned=(),
        shut=frozenset(),
    )
