"""The connection to the scheduler of a Dask cluster: who is there, calls sent to workers, what they answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import Any
from uuid import uuid4

from pipeline.store import cluster_worker
from pipeline.store.work import ReadingFailed

_CONNECT_SECONDS = 15


class ClusterFailed(ReadingFailed):
    """The cluster cannot be used, or was lost; the message says why and what to do, `errno` what the system said."""

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.errno = number


class Connection:
    """Nothing is asked for before the first call that needs it."""

    def __init__(self, address: str) -> None:
        self.address = address

    @cached_property
    def client(self) -> Any:
        """Dask's. Raises ClusterFailed where no scheduler answers."""
        distributed: Any = import_module("distributed")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it says is said here, once
        try:
            return distributed.Client(self.address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError, ImportError) as e:
            why = f" ({e})" if isinstance(e, ValueError) else ""
            raise ClusterFailed(
                f"no Dask scheduler answers at {self.address}{why}: start one with `dask scheduler`, or correct --executor"
            ) from None

    def workers(self) -> dict[str, int]:
        """Threads of each worker. Raises ClusterFailed where there is none."""
        found: dict[str, int] = self.client.nthreads()
        if not found:
            raise ClusterFailed(
                f"the Dask scheduler at {self.address} has no workers: start some with `dask worker {self.address}`"
            )
        return found

    def gone(self) -> ClusterFailed:
        """To be raised where the scheduler is."""
        return ClusterFailed(
            f"the Dask scheduler at {self.address} is gone: start it again and run the same command, which goes on with "
            "what is not read yet"
        )

    def submit(self, only: Collection[str], call: Callable[..., Any], *arguments: Any) -> Any:
        """Dask's future of a call on one of these workers; on any where none is named."""
        return self.client.submit(
            call, *arguments, key=f"ogi-read-{uuid4().hex}", pure=False, workers=sorted(only) or None
        )

    def answer(self, remote: Any, seconds: float) -> Any:
        """What a call returned. None where nobody can say yet: an answer that was lost with its worker is worked out once
        more. Raises KilledWorker, cluster_worker.Failed, ClusterFailed."""
        distributed: Any = import_module("distributed")
        try:
            return remote.result(timeout=seconds)
        except Exception as e:
            if remote.status == "cancelled":
                raise self.gone() from None
            if remote.status != "error":
                # Several answers are fetched at once; where one is given up, Dask breaks off the others with a NameError.
                if isinstance(e, TimeoutError | NameError):
                    return None
                raise
            error = remote.exception()
            if isinstance(error, distributed.KilledWorker | cluster_worker.Failed):
                raise error from None
            raise cluster_worker.Failed("", cluster_worker.said(error)) from None

    def close(self, given_up: Sequence[Any]) -> None:
        """Ends it. Nobody waits for the answers of these calls any more."""
        if "client" not in self.__dict__:
            return
        with suppress(Exception):
            self.client.cancel(list(given_up), force=True)
        with suppress(Exception):
            self.client.close(timeout=5)
