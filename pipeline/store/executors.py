"""Which machines a build uses beside this one, as settings say it: a Dask cluster that reads, a store that is given the result."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module

from pipeline.store.layout import Layout
from pipeline.store.places import place_of

LOCAL = "local"
_DASK = "dask="
_RUNS = "exchange.runs"
"""In the folder of working files: the runs of exchanges that are open."""


class ExecutorWrong(ValueError):
    """A text that names no executor, or one that cannot be had here; the message says what to write or install."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`executor`: local or dask=ADDRESS; `exchange`: the place where a cluster leaves what it read, blank for a folder of
    the output; `upload`: the place in a store that is given what is published, blank for none."""

    executor: str = LOCAL
    exchange: str = ""
    upload: str = ""


def address_of(text: str) -> str | None:
    """The address of the Dask scheduler that a setting names; None for this machine. Raises ExecutorWrong."""
    if text == LOCAL:
        return None
    address = text.removeprefix(_DASK)
    if address == text or not address or any(c.isspace() for c in address):
        raise ExecutorWrong(f"{text!r} names no executor: write local, or dask=ADDRESS as in dask=tcp://10.0.0.1:8786")
    try:
        import_module("distributed")
    except ImportError:
        raise ExecutorWrong("an executor dask=ADDRESS needs distributed: pip install 'ogi-panel[dask]'") from None
    return address


@contextmanager
def opened(elsewhere: Elsewhere, layout: Layout) -> Iterator[Executor | None]:
    """What reads the batches of a build; None for processes of this machine. A cluster is asked for nothing before the
    first batch. To be called by the only build on the output folder: runs that another left open in an exchange are ended.
    Raises ExecutorWrong, places.PlaceWrong."""
    from pipeline.store import exchange

    note = layout.work / _RUNS
    with suppress(OSError):  # a store that does not answer: the next build tries again
        exchange.end_noted(note)
    address = address_of(elsewhere.executor)
    if address is None:
        yield None
        return
    from pipeline.store.cluster import Cluster

    place = place_of(elsewhere.exchange) if elsewhere.exchange else layout.work / "exchange"
    cluster = Cluster(address, place, note)
    try:
        yield cluster
    finally:
        cluster.shutdown()
