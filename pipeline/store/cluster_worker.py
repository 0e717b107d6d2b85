"""What a worker of a cluster does: says which software it has and what it reaches, reads a batch, leaves it in the exchange."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any
from uuid import uuid4

from pipeline import __version__
from pipeline.limits import Limits
from pipeline.read import doc
from pipeline.store import folder_input, objects, scratch, software
from pipeline.store.batch import Batch, Written
from pipeline.store.exchange import Exchange
from pipeline.store.places import Place, S3Folder


class OtherSoftware(Exception):
    """This worker would read otherwise than the machine that asks."""


class Failed(Exception):
    """A worker could not read a batch, for a reason that need not hold for others."""

    def __init__(self, worker: str, why: str) -> None:
        """`worker`: its address, blank where nobody knows it."""
        super().__init__(worker, why)  # so that it arrives as it was
        self.worker, self.why = worker, why


@dataclass(frozen=True, slots=True)
class Here:
    """What reads documents in a process. `reading` is the digest of all of it, the other values say what it consists of."""

    reading: str
    version: str
    python: str
    packages: Mapping[str, str]
    libreoffice: str | None = None

    def differences(self, there: Here) -> str:
        """In words what another process has otherwise; nothing where both read alike."""
        if self.reading == there.reading:
            return ""
        named, other = self._named(), there._named()
        said = [f"{n} {other.get(n, 'missing')} instead of {v}" for n, v in named.items() if other.get(n) != v]
        said += [f"{n} {v}, which is not here" for n, v in other.items() if n not in named]
        return ", ".join(said) or "other modules, tables or dictionaries of the same version"

    def _named(self) -> dict[str, str]:
        office = {} if self.libreoffice is None else {"LibreOffice": self.libreoffice}
        return {"ogi-panel": self.version, "Python": self.python, **self.packages, **office}


def here(parser: str, limits: Limits) -> Here:
    """Of this process."""
    from pipeline.store.ledger import reading_digest

    return Here(
        reading_digest(parser, limits),
        __version__,
        platform.python_version(),
        software.packages(),
        doc.libreoffice_build(),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer to `look_around`. `lacks` says in words what it does not reach, nothing where it reaches all."""

    here: Here
    lacks: str = ""


def look_around(root: Place, path: str, parser: str, limits: Limits, exchange: Exchange, name: str) -> Answer:
    """Whether this worker reads alike, sees the input (the file at `path`) and reaches the exchange, where it leaves a
    file `name`."""
    mine = here(parser, limits)
    try:
        if isinstance(root, S3Folder):
            objects.look(root, path)
        else:
            folder_input.file_of(root, path).stat()
    except OSError as e:
        return Answer(mine, f"does not see {path} in the input {root} ({e.strerror or type(e).__name__})")
    try:
        exchange.put(b"", name)
    except OSError as e:
        return Answer(mine, f"cannot write in the exchange {exchange.folder} ({e.strerror or type(e).__name__})")
    return Answer(mine)


def said(error: BaseException | None) -> str:
    """The last line of an error, without the trace that some carry in their text."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__


def read(
    run: Callable[[Batch], Written], batch: Batch, expected: str, exchange: Exchange | None
) -> tuple[str, Written]:
    """Reads a batch in a supervised child of this worker and leaves it in the exchange, if there is one. The worker's
    address, and what was written. Raises Failed."""
    distributed: Any = import_module("distributed")
    address: str = distributed.get_worker().address
    try:
        return address, _read(run, batch, expected, exchange)
    except Exception as e:
        raise Failed(address, said(e)) from None


def _read(run: Callable[[Batch], Written], batch: Batch, expected: str, exchange: Exchange | None) -> Written:
    from pipeline.store.ledger import reading_digest

    if reading_digest(batch.parser, batch.limits) != expected:
        raise OtherSoftware("this worker has other software than the machine that asks")
    folder = scratch.folder() / uuid4().hex
    try:
        written = run(replace(batch, folder=folder))
        if exchange is not None:
            exchange.send(folder / written.name)
        return written
    finally:
        shutil.rmtree(folder, ignore_errors=True)
