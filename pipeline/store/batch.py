"""What a supervisor and its reading process hand each other: the documents of a batch, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.limits import Limits
from pipeline.model import SourceFile, Unusable
from pipeline.store.places import Place


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of one intake that are read and written together, into a folder in `folder`.

    `stamps`: what stands for the content of each one's file where the document's own bytes do not; `reading`: digest of
    what reads them; both are for the ledger. `condemned` are positions not to be read again, with the reason; `shut`
    those of them whose bytes are not to be fetched either.
    """

    root: Place
    sources: tuple[SourceFile, ...]
    stamps: tuple[str, ...]
    folder: Path
    parser: str
    limits: Limits
    reading: str
    condemned: tuple[tuple[int, Unusable], ...] = ()
    shut: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A batch as it was written: the name of its folder, and how many documents ended how."""

    intake: str
    name: str
    outcomes: dict[str, int]
