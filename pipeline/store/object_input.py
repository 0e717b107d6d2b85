"""Documents that are objects of an S3-compatible store: told apart, listed and fetched as files of a folder are.

What stands alone is read as it comes in; a container is copied into a temporary file first, because its members are read
in any order. A reading process keeps few copies and asks once for each batch whether they still hold.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from threading import BoundedSemaphore
from typing import TypeVar
from uuid import uuid4

from pipeline.limits import Limits
from pipeline.model import SourceFile, Unusable
from pipeline.store import containers, objects, scratch
from pipeline.store.places import S3Folder

A = TypeVar("A")
B = TypeVar("B")

_COPIES = 2
_copies: OrderedDict[tuple[S3Folder, str], tuple[str, Path]] = OrderedDict()
"""Signature and place of each copy, the one that was used last at the end."""
_verified: set[tuple[S3Folder, str]] = set()
_numbers = count()
_room = BoundedSemaphore(_COPIES)
"""Of the copies of containers that are being listed: the disk may have no room for many."""


# ---- listing ------------------------------------------------------------------------------------------------------
def entries(folder: S3Folder) -> Iterator[tuple[objects.Listed, str | None]]:
    """Each object, and why one is no document. Hidden ones are left out. Raises OSError."""
    for found in objects.listing(folder):
        parts = found.path.split("/")
        if found.path.endswith("/") or not found.path:  # what consoles write for an empty folder
            continue
        if any(p in ("", ".", "..") for p in parts):
            yield found, "its key is no path: rename it"
        elif not any(p.startswith(".") for p in parts):
            yield found, None


def signatures(folder: S3Folder, paths: Iterable[str]) -> dict[str, str]:
    """Signature of each of these objects that is there, by path. Nothing where the store does not answer."""
    wanted = set(paths)
    heads = {p.rpartition("/")[0] for p in wanted}
    first = {h.partition("/")[0] for h in heads}
    # Those of one intake lie in one folder: only that is listed, or what lies directly in the input.
    inside = folder / next(iter(first)) if len(first) == 1 and "" not in first else folder
    start = f"{next(iter(first))}/" if inside is not folder else ""
    try:
        told = objects.listing(inside, is_flat=first == {""})
        return {start + o.path: o.signature for o in told if start + o.path in wanted}
    except OSError:
        return {}


def hashed(folder: S3Folder, path: str) -> str:
    """SHA-256 of an object. Raises OSError."""
    with objects.Body(folder, path) as body:
        sha256 = containers.plain(body, 0).sha256
    assert sha256 is not None
    return sha256


def at_once(do: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """As `map`, with as many requests on their way as the store takes."""
    with ThreadPoolExecutor(objects.CONNECTIONS, thread_name_prefix="ogi-list") as pool:
        yield from pool.map(do, items)


def copied_once(stack: ExitStack, folder: S3Folder, path: str) -> Callable[[], Path]:
    """Gives a copy of an object, made when it is asked for the first time and removed when the stack closes. At most
    `_COPIES` are there at once: who asks for one more waits."""

    @cache
    def copy() -> Path:
        stack.enter_context(_room)
        place = scratch.folder() / f"listed-{uuid4().hex}"
        stack.callback(place.unlink, missing_ok=True)
        objects.download(folder, path, place)
        return place

    return copy


def packing_of(folder: S3Folder, path: str, size: int, whole: Callable[[], Path]) -> str | None:
    """As `containers.packing_of` says it of a file. Raises OSError."""
    return containers.packing(whole, objects.head(folder, path, containers.HEAD) if size else b"", path)


def manifests(
    folder: S3Folder, names: Iterable[str], to: Path, limits: Limits, notes: list[tuple[str, str]]
) -> list[tuple[str, Path]]:
    """Copies of manifests in a folder, by source path; one that cannot be had is noted."""

    def copy(item: tuple[int, str]) -> tuple[Path, str | None]:
        number, name = item
        place = to / str(number)
        try:
            with objects.Body(folder, name) as body, place.open("wb") as f:
                f.truncate(body.size)  # one above the limit is told by its size, and not copied
                while body.size <= limits.max_bytes and (block := body.read(containers.HEAD)):
                    f.write(block)
        except OSError as e:
            return place, f"cannot be opened: {e.strerror}"
        return place, None

    names = list(names)
    copies = []
    for name, (place, why) in zip(names, at_once(copy, enumerate(names)), strict=True):
        if why is None:
            copies.append((name, place))
        else:
            notes.append((name, why))
    return copies


# ---- reading ------------------------------------------------------------------------------------------------------
def copy(folder: S3Folder, path: str) -> Path:
    """A copy of an object in a file; it holds until `verify_again` and `_COPIES` further ones. Raises OSError."""
    key = (folder, path)
    held = _copies.pop(key, None)
    if held is not None and key not in _verified and objects.look(folder, path).signature != held[0]:
        held[1].unlink(missing_ok=True)
        held = None
    if held is None:
        while len(_copies) >= _COPIES:
            _copies.popitem(last=False)[1][1].unlink(missing_ok=True)
        place = scratch.folder() / f"object-{next(_numbers)}"
        held = objects.look(folder, path).signature, place
        try:
            objects.download(folder, path, place)
        except OSError:
            place.unlink(missing_ok=True)
            raise
    _copies[key] = held
    _verified.add(key)
    return held[1]


def verify_again() -> None:
    """Has each copy compared with its object before it is used the next time."""
    _verified.clear()


def fetch(folder: S3Folder, source: SourceFile, limits: Limits) -> containers.Content:
    """The bytes of a document, as `containers.fetch` gives them. Never raises for content, nor for the network, but
    outages.Outage where this machine lacks something."""
    is_shut = source.member is not None and source.reason_code is not None
    try:
        with objects.hasty():
            if not is_shut and source.packing is None and source.member is None:
                with objects.Body(folder, source.path) as body:
                    if source.reason_code is None:
                        return containers.plain(body, limits.max_bytes)
                    whole = containers.plain(body, 0)
                    fault = Unusable("unreadable", source.reason_code, source.reason or "")
                    return containers.Content(None, whole.sha256, whole.size, fault)
            place = Path() if is_shut else copy(folder, source.path)
    except OSError as e:
        return containers.inaccessible(e)
    return containers.fetch(place, source, limits)
