"""Asks the workers of a cluster: before anything is read whether they have the same software, see the input and reach the
exchange; later, when one fails and does not say which it is, who has other software."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from pipeline.store import cluster_worker
from pipeline.store.batch import Batch
from pipeline.store.exchange import Exchange

_CHECK_SECONDS = 120


def wrong(
    client: Any, workers: Mapping[str, int], batch: Batch, mine: cluster_worker.Here, exchange: Exchange
) -> list[str]:
    """What is wrong with workers, in words, a line each."""
    distributed: Any = import_module("distributed")
    asked = {
        address: client.submit(
            cluster_worker.look_around,
            *(batch.root, batch.sources[0].path, batch.parser, batch.limits, exchange, str(number)),
            workers=[address],
            allow_other_workers=False,
            pure=False,
        )
        for number, address in enumerate(sorted(workers))
    }
    with suppress(distributed.TimeoutError), client.as_current():
        distributed.wait(list(asked.values()), timeout=_CHECK_SECONDS)
    there = client.nthreads()
    found = []
    for number, (address, answer) in enumerate(asked.items()):
        if answer.status != "finished" and address not in there:
            continue  # it went away meanwhile
        if answer.status == "pending":
            found.append(f"{address} does not answer: it is busy with something else, or hangs")
        elif answer.status != "finished":
            found.append(
                f"{address} cannot run ogi-panel ({cluster_worker.said(answer.exception())}): install it there"
            )
        elif differs := mine.differences(answer.result().here):
            found.append(f"{address} would read otherwise: it has {differs}; install the same there")
        elif lacks := answer.result().lacks:
            found.append(f"{address} {lacks}: share that folder with it, or use places on S3")
        elif not exchange.has(str(number)):
            found.append(f"{address} writes to another folder {exchange.folder}: share it, or pass --exchange")
        exchange.drop(str(number))
    return found


def unlike(client: Any, batch: Batch, mine: cluster_worker.Here) -> list[str]:
    """The addresses of workers that would read otherwise, or do not say: asked beside what they are at."""
    answers = client.run(cluster_worker.here, batch.parser, batch.limits, on_error="return")
    return [a for a, h in answers.items() if not isinstance(h, cluster_worker.Here) or mine.differences(h)]
