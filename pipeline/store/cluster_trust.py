"""Which workers of a cluster are given a batch: none that failed it, and no other that fails while there are some that read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

_TRIES = 3
"""How often a batch is tried at least: where there is one worker, its disk or network may do better in a moment."""
_MOST_TRIES = 8
"""How often at most: a batch that fails on so many workers would fail on the others, too."""


class Trust:
    """Keeps in mind whose last batch failed: who fails is idle at once, and would be given batch after batch."""

    def __init__(self) -> None:
        self._doubted: set[str] = set()

    def doubt(self, workers: Iterable[str]) -> None:
        self._doubted.update(workers)

    def trust(self, worker: str) -> None:
        """It has read a batch."""
        self._doubted.discard(worker)

    def among(self, there: Collection[str], failed: Collection[str]) -> frozenset[str]:
        """The workers that a batch is for, of those that are there, where `failed` have failed it: any where all are
        doubted, or have failed it."""
        rest = set(there) - set(failed) or set(there)
        return frozenset(rest - self._doubted or rest)


def is_hopeless(there: Collection[str], failed: Sequence[str]) -> bool:
    """Whether a batch is not to be tried again: `failed` has an entry for each time."""
    return len(failed) >= _MOST_TRIES or (len(failed) >= _TRIES and not set(there) - set(failed))
