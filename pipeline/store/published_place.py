"""Gives a store what was published here: the files of a version under a name of their own, then one object that says which.

    PREFIX/versions/<digest of the files>/parquet/cells.parquet, …, ogi.duckdb, results.parquet, provenance.json
    PREFIX/current.json     which version is the published one, its files with size and SHA-256, and the one before it

The name of a version follows from its content: who reads one is never given other bytes under the same name, and what was
sent before a connection broke off is not sent again. The version before the current one stays, for whoever still reads
it; the one before that is removed, and so is what an upload that was killed left, a day after its last object.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.store import ids, objects
from pipeline.store.layout import Layout
from pipeline.store.places import S3Folder

CURRENT = "current.json"
VERSIONS = "versions"
_PROBE = ".ogi-can-write"
_VERSION = re.compile(r"[0-9a-f]+")
_ON_ITS_WAY = timedelta(days=1)
"""An upload that sent nothing for so long is none any more."""


class PlaceUnusable(Exception):
    """A store will not take the dataset; the message says why and what to do, `errno` what the store said."""

    def __init__(self, message: str, number: int | None) -> None:
        super().__init__(message)
        self.errno = number


@dataclass(frozen=True, slots=True)
class Sent:
    """`version`: the name of what is published now; `sent` of its `files` were not there before."""

    version: str
    files: int
    sent: int


def require_usable(place: S3Folder) -> None:
    """Before hours of work: whether the place is there and can be written. Raises PlaceUnusable."""
    try:
        _current(place)
        objects.write(b"", place, _PROBE)
        objects.remove(place, _PROBE)
    except OSError as e:
        if e.strerror is None:  # ours: it says what to do
            raise PlaceUnusable(str(e), None) from None
        raise PlaceUnusable(
            f"the output {place} cannot be written ({e.strerror}): check its name and the variables AWS_*, or pass "
            "another with --output",
            e.errno,
        ) from None


def send(layout: Layout, place: S3Folder) -> Sent:
    """Publishes the current version in a place of a store. Raises OSError; the place then has what it had before."""
    folder = layout.current.resolve(strict=True)
    files = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    told = {name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for name, path in files.items()}
    version = ids.digest("version", json.dumps(told, sort_keys=True))
    target = place / VERSIONS / version
    missing = _missing(target, told)
    for name in missing:
        objects.upload(files[name], target, name)
    if missing and _missing(target, told):  # nobody is told of half a version
        raise OSError(errno.EIO, "what was sent is not there", str(target))
    before = _current(place)
    previous = before.get("previous")
    if before.get("version") != version:
        note = {"version": version, "previous": before.get("version"), "files": told}
        objects.write((json.dumps(note, ensure_ascii=False, indent=1) + "\n").encode(), place, CURRENT)
        # Last: whoever reads the pointer has its version.
        if isinstance(previous, str) and _VERSION.fullmatch(previous) and previous != version:
            _remove(place / VERSIONS / previous)
        previous = before.get("version")
    _clear(place, {version, previous})
    return Sent(version, len(files), len(missing))


def _missing(target: S3Folder, told: Mapping[str, Mapping[str, object]]) -> list[str]:
    there = {o.path: o.size for o in objects.listing(target)}
    return [name for name, about in told.items() if there.get(name) != about["bytes"]]


def _current(place: S3Folder) -> dict[str, object]:
    """What the place says now; nothing where it is new, or where somebody else's object has that name."""
    try:
        with objects.Body(place, CURRENT) as body:
            note = json.loads(body.read(body.size) if body.size else b"{}")
    except FileNotFoundError:
        return {}
    except ValueError:
        raise OSError(f"{place}/{CURRENT} was not written by ogi: choose another place with --output") from None
    if not isinstance(note, dict):
        raise OSError(f"{place}/{CURRENT} was not written by ogi: choose another place with --output")
    return note


def _clear(place: S3Folder, named: set[object]) -> None:
    """Removes the versions that no pointer names and to which nothing was added for a day before the present one was:
    another's upload that is on its way is none of them. All times are the store's."""
    last: dict[str, datetime] = {}
    for found in objects.listing(place / VERSIONS):
        version, _, below = found.path.partition("/")
        if below and _VERSION.fullmatch(version) and version not in named:
            changed = datetime.fromisoformat(found.changed)
            last[version] = max(changed, last.get(version, changed))
    if last:
        published = datetime.fromisoformat(objects.look(place, CURRENT).changed)
        for version in (v for v, changed in last.items() if published - changed > _ON_ITS_WAY):
            _remove(place / VERSIONS / version)


def _remove(folder: S3Folder) -> None:
    for left in list(objects.listing(folder)):
        objects.remove(folder, left.path)


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
