"""Tells which intakes changed since the published dataset was read, without opening a document.

Each intake of the input has a signature: path, size and modification time of its files in one digest. A build
notes the signatures that it listed, read and published; who compares the last with a new look knows what is to be
done. Nothing else has to be remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.store import folder_input, object_input
from pipeline.store.files import replace_text
from pipeline.store.folder_input import InputError
from pipeline.store.inventory import UNSORTED
from pipeline.store.layout import Layout
from pipeline.store.manifest import NAMES, is_manifest
from pipeline.store.places import Place, S3Folder

_BYTES = 12
_LISTED, _READ, _PUBLISHED, _SENT = "listed", "read", "published", "sent"


@dataclass(frozen=True, slots=True)
class Signature:
    """How many files an intake holds (a container is one), and a digest of their paths, sizes and modification times."""

    files: int
    digest: str


Look = Mapping[str, Signature]
"""The signature of each intake, by its name and in the order of the names."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Intakes that came, that hold other files than before, and that went; each in the order of their names."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def look(root: Place) -> Look:
    """Looks at every file under `root`: what is a document for the inventory counts, and the manifests beside it.

    Raises InputError where the folder cannot be listed, or a part of it for a reason that is not its own, and where it
    holds no document.
    """
    intakes: dict[str, tuple[list[str], list[str]]] = {}
    for_all: list[str] = []
    for name, line in _objects(root) if isinstance(root, S3Folder) else _files(root):
        folder, _, below = name.partition("/")
        if not below and name.lower() in NAMES:  # it may speak of any intake
            for_all.append(line)
            continue
        documents, manifests = intakes.setdefault(folder if below else UNSORTED, ([], []))
        (manifests if is_manifest(name) else documents).append(line)
    found = {i: (documents, manifests) for i, (documents, manifests) in sorted(intakes.items()) if documents}
    if not found:
        raise InputError(f"input folder {root} holds no documents: put the reports there")
    said = _digest(sorted(for_all))
    return {i: Signature(len(d), _digest((*sorted((*d, *m)), said))) for i, (d, m) in found.items()}


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """Each file by its source path, with what the file system says of it."""
    for entry in folder_input.entries(root):
        if entry.info is not None:
            shut = "" if os.access(entry.place, os.R_OK) else "\x1fshut"  # it is asked for once it can be opened
            yield entry.path, f"{entry.path}\x1f{entry.info.st_size}\x1f{entry.info.st_mtime_ns}{shut}\x1e"


def _objects(root: S3Folder) -> Iterator[tuple[str, str]]:
    """Each object by its source path, with what the store says of it."""
    try:
        for found, why in object_input.entries(root):
            if why is None:
                yield found.path, f"{found.path}\x1f{found.signature}\x1e"
    except OSError as e:
        raise InputError(
            f"input {root} cannot be listed ({e.strerror}): check its name and the variables AWS_*", e.errno
        ) from None


def _digest(parts: Iterable[str]) -> str:
    sums = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        sums.update(part.encode())
    return sums.hexdigest()


def digest(seen: Look) -> str:
    """One digest of all intakes."""
    return _digest(f"{intake}\x1f{s.digest}\x1e" for intake, s in sorted(seen.items()))


def changes(before: Look, now: Look) -> Changes:
    """What happened to the intakes between two looks."""
    return Changes(
        tuple(sorted(now.keys() - before.keys())),
        tuple(sorted(i for i in now.keys() & before.keys() if now[i] != before[i])),
        tuple(sorted(before.keys() - now.keys())),
    )


def note_listed(layout: Layout, seen: Look, intakes: Iterable[str]) -> None:
    """Notes that these intakes were listed, after they looked so; intakes that are gone are forgotten."""
    notes = _notes(layout)
    asked = set(intakes)
    kept = {i: s for i, s in notes[_LISTED].items() if i in seen}
    _write(layout, {**notes, _LISTED: kept | {i: s for i, s in seen.items() if i in asked}})


def note_read(layout: Layout, intakes: Iterable[str]) -> None:
    """Notes that what was listed of these intakes has been read."""
    notes = _notes(layout)
    asked = set(intakes)
    listed = notes[_LISTED]
    kept = {i: s for i, s in notes[_READ].items() if i in listed}
    _write(layout, {**notes, _READ: kept | {i: s for i, s in listed.items() if i in asked}})


def note_published(layout: Layout) -> None:
    """Notes that all that was read is published."""
    notes = _notes(layout)
    _write(layout, {**notes, _PUBLISHED: notes[_READ]})


def note_sent(layout: Layout) -> None:
    """Notes that a store was given what is published."""
    notes = _notes(layout)
    _write(layout, {**notes, _SENT: notes[_PUBLISHED]})


def published(layout: Layout, is_sent: bool = False) -> Look | None:
    """How the intakes looked of which the published dataset was made, or the one that a store was given where it
    `is_sent`; nothing where none is, or nothing was noted."""
    return (_notes(layout)[_SENT if is_sent else _PUBLISHED] or None) if layout.current.is_symlink() else None


def _place(layout: Layout) -> Path:
    return layout.work / "inbox.json"


def _notes(layout: Layout) -> dict[str, Look]:
    written: dict[str, dict[str, list[object]]] = {}
    if _place(layout).exists():
        written = json.loads(_place(layout).read_text(encoding="utf-8"))
    return {
        step: {i: Signature(int(str(files)), str(found)) for i, (files, found) in written.get(step, {}).items()}
        for step in (_LISTED, _READ, _PUBLISHED, _SENT)
    }


def _write(layout: Layout, notes: Mapping[str, Look]) -> None:
    plain = {step: {i: [s.files, s.digest] for i, s in sorted(seen.items())} for step, seen in notes.items()}
    replace_text(_place(layout), json.dumps(plain, ensure_ascii=False, indent=1))
