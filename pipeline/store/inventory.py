"""Lists an input folder: which documents there are and which intake each belongs to, before anything is read.

The folder lies on disk or in an S3-compatible store; the same documents give the same list. A container is listed here
too: each of its members is a document of its own, spread over the reading processes and supervised like a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.limits import Limits, current
from pipeline.model import SourceFile, Unusable
from pipeline.read.fault import Fault
from pipeline.store import containers, folder_input, manifest, object_input, objects, outages
from pipeline.store.container_members import Listing
from pipeline.store.folder_input import InputError, file_of
from pipeline.store.places import Place, S3Folder

UNSORTED = "unsorted"
"""Intake of the documents that lie directly in the input folder."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Documents by path; `skipped` are entries that were left out, each with the reason; `manifests` those used."""

    root: Place
    files: tuple[SourceFile, ...]
    skipped: tuple[tuple[str, str], ...]
    manifests: tuple[str, ...] = ()

    @property
    def intakes(self) -> tuple[str, ...]:
        return tuple(sorted({f.intake for f in self.files}))

    def of(self, intake: str) -> tuple[SourceFile, ...]:
        return tuple(f for f in self.files if f.intake == intake)


def take(root: Place, limits: Limits | None = None) -> Inventory:
    """Every document under `root`, in the order of its path, members in the order of their container.

    Files and folders whose name starts with a dot are no documents, nor are manifests. A symbolic link is followed as
    long as it stays inside the input folder: a link that leads out could pull in anything. Raises InputError where there
    is no document or a folder cannot be listed for a reason that is not its own, OSError where this machine has no room
    for a copy of a container, or the input does not answer any more.
    """
    limits = limits or current()
    there = _look(root)
    skipped = list(there.skipped)
    files = [d for documents in _all_documents(there, limits, skipped) for d in documents]
    with TemporaryDirectory(prefix="ogi-manifests-") as scratch:
        listed, notes = manifest.apply(_manifests(there, Path(scratch), limits, skipped), files, limits)
    return Inventory(there.root, listed, tuple(sorted((*skipped, *notes))), tuple(there.manifests))


def intakes(root: Place) -> tuple[str, ...]:
    """The intakes of an input folder, without a look into any container. Raises InputError as `take` does."""
    return tuple(sorted({_intake(path) for path in _look(root).files}))


def at(root: Place, path: str, limits: Limits) -> tuple[SourceFile, ...]:
    """The document with this source path, or the members of the container there; nothing where there is none.

    Nothing else under `root` is looked at, manifests neither. What leads out of `root` is not followed.
    """
    try:
        if isinstance(root, S3Folder):
            size = objects.look(root, path).size
        else:
            place = file_of(root, path).resolve(strict=True)
            size = 0
            if not place.is_file() or not place.is_relative_to(root.resolve()):
                return ()
    except (OSError, RuntimeError, ValueError):
        return ()
    return _documents(root, path, size, limits)[0]


def fetch(root: Place, source: SourceFile, limits: Limits) -> containers.Content:
    """The bytes of a document. Never raises for content, nor for what only it lacks. Raises outages.Outage."""
    if source.reason_code == containers.NOT_HAD and source.member is None:
        # Nobody knows what it is: a container that can be had by now must not be read as one document.
        return containers.Content(None, fault=Unusable("unreadable", containers.NOT_HAD, source.reason or ""))
    content = _fetched(root, source, limits)
    if content.fault is not None and content.fault.reason_code == containers.NOT_HAD:
        outages.require(root, source.path)
        content = _fetched(root, source, limits)  # it may have been away for a moment
    return content


def _fetched(root: Place, source: SourceFile, limits: Limits) -> containers.Content:
    if isinstance(root, S3Folder):
        return object_input.fetch(root, source, limits)
    return containers.fetch(file_of(root, source.path), source, limits)


@dataclass(frozen=True, slots=True)
class _Found:
    """The real root; files by source path, each with its size where only asking would tell; manifests by source path;
    what is left out."""

    root: Place
    files: dict[str, int]
    manifests: list[str]
    skipped: list[tuple[str, str]]


def _look(root: Place) -> _Found:
    """What lies in an input folder, nothing of it opened. Raises InputError."""
    found = _objects(root) if isinstance(root, S3Folder) else ((e.path, 0, e.why) for e in folder_input.entries(root))
    files: dict[str, int] = {}
    manifests: list[str] = []
    skipped: list[tuple[str, str]] = []
    for name, size, why in found:
        if why is not None:
            skipped.append((name, why))
        elif manifest.is_manifest(name):
            manifests.append(name)
        else:
            files[name] = size
    if not files:
        raise InputError(f"input folder {root} holds no documents: put the reports there, or pass another with --input")
    real = root if isinstance(root, S3Folder) else root.resolve()
    return _Found(real, dict(sorted(files.items())), sorted(manifests), skipped)


def _intake(path: str) -> str:
    folder, _, below = path.partition("/")
    return folder if below else UNSORTED


# ---- documents ----------------------------------------------------------------------------------------------------
def _all_documents(there: _Found, limits: Limits, notes: list[tuple[str, str]]) -> Iterator[tuple[SourceFile, ...]]:
    """The documents of each file, in its order. What a store takes long to say is asked of many objects at once."""

    def of(item: tuple[str, int]) -> tuple[tuple[SourceFile, ...], tuple[str, ...]]:
        return _documents(there.root, *item, limits)

    files = there.files.items()
    told = object_input.at_once(of, files) if isinstance(there.root, S3Folder) else map(of, files)
    for path, (documents, said) in zip(there.files, told, strict=True):
        notes += [(path, note) for note in said]
        yield documents


def _manifests(there: _Found, scratch: Path, limits: Limits, notes: list[tuple[str, str]]) -> list[tuple[str, Path]]:
    """Each manifest with its place: that of a copy in `scratch` where it is an object."""
    if isinstance(there.root, S3Folder):
        return object_input.manifests(there.root, there.manifests, scratch, limits, notes)
    return [(name, file_of(there.root, name)) for name in there.manifests]


def _documents(root: Place, path: str, size: int, limits: Limits) -> tuple[tuple[SourceFile, ...], tuple[str, ...]]:
    """A plain file, or the members of a container, and notes about it. One that cannot be listed is a document that
    cannot be read. Raises OSError for what is no fault of the document."""
    source = SourceFile(path=path, intake=_intake(path))
    try:
        packing, listed, fault = _looked_into(root, path, size, limits)
        if fault is not None:
            outages.require(root, path)
            with objects.hasty():  # it may have been away for a moment
                packing, listed, fault = _looked_into(root, path, size, limits)
        if fault is not None:
            return (replace(source, reason_code=fault.reason_code, reason=fault.reason),), ()
    except Fault as fault:
        return (replace(source, reason_code=fault.reason_code, reason=fault.reason),), ()
    if listed is None:
        return (replace(source, packing=packing),), ()
    members = tuple(
        SourceFile(
            path=source.path,
            intake=source.intake,
            container_path=source.path,
            member=m.name,
            url=m.url,
            fetched_at=m.fetched_at,
            packing=packing,
            offset=m.offset,
            within=m.within,
            charset=m.charset,
            reason_code=m.reason_code,
            reason=m.reason,
        )
        for m in listed.members
    )
    return members, listed.notes


def _looked_into(
    root: Place, path: str, size: int, limits: Limits
) -> tuple[str | None, Listing | None, Unusable | None]:
    """How a file is packed, what a container holds, and why it cannot be had. Raises Fault, outages.Outage."""
    try:
        with ExitStack() as stack:
            if isinstance(root, S3Folder):
                whole = object_input.copied_once(stack, root, path)
                packing = object_input.packing_of(root, path, size, whole)
            else:
                whole = partial(file_of, root, path)
                packing = containers.packing_of(whole(), path)
            if packing is None or packing == containers.GZIPPED:
                return packing, None, None
            return packing, containers.listing(whole(), packing, limits), None
    except OSError as e:
        return None, None, containers.inaccessible(e).fault


def _objects(root: S3Folder) -> Iterator[tuple[str, int, str | None]]:
    """Objects of a folder in a store by source path, their size, and why one is left out. Raises InputError."""
    try:
        yield from ((found.path, found.size, why) for found, why in object_input.entries(root))
    except OSError as e:
        raise InputError(
            f"input {root} cannot be listed ({e.strerror}): check its name and the variables AWS_*, or pass another with "
            "--input",
            e.errno,
        ) from None
