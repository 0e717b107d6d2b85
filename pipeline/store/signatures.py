"""Hashes of the input's files, remembered with what the file system says of them: what did not change is not read again.

A file counts as unchanged where size, modification time, change time and inode are the same. Nobody can set the change
time, so a file cannot be swapped unnoticed. One that changed within the last seconds before it was looked at is hashed
anew the next time: another change in the same tick of the clock would not show.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.store import object_input
from pipeline.store.files import replace_parquet
from pipeline.store.folder_input import file_of
from pipeline.store.places import Place, S3Folder

_TICK_NS = 2_000_000_000
_THREADS = 8
_SCHEMA = pl.Schema({"path": pl.String(), "signature": pl.String(), "sha256": pl.String()})


@dataclass(frozen=True, slots=True)
class Look:
    """What the file system says of files, by source path. `settled` are those that did not change just now."""

    signatures: Mapping[str, str]
    settled: frozenset[str]


def look(root: Place, paths: Iterable[str]) -> Look:
    """Looks at files; those that are gone meanwhile, or no files any more, are left out."""
    if isinstance(root, S3Folder):
        told = object_input.signatures(root, paths)
        return Look(told, frozenset(told))  # the ETag tells a change, however soon it comes
    signatures: dict[str, str] = {}
    settled = []
    newest = time.time_ns() - _TICK_NS
    for path in paths:
        try:
            s = file_of(root, path).stat()
        except OSError:
            continue
        if not stat.S_ISREG(s.st_mode):
            continue
        signatures[path] = f"{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}"
        if max(s.st_mtime_ns, s.st_ctime_ns) < newest:
            settled.append(path)
    return Look(signatures, frozenset(settled))


def remembered(place: Path, seen: Look) -> dict[str, str]:
    """SHA-256 of the files that are as they were when it was noted, by path."""
    if not place.exists():
        return {}
    noted = pl.read_parquet(place, schema=_SCHEMA, glob=False)
    return {path: sha256 for path, signature, sha256 in noted.iter_rows() if seen.signatures.get(path) == signature}


def remember(place: Path, seen: Look, hashes: Mapping[str, str]) -> None:
    """Notes the hashes of the files that were looked at before they were read."""
    paths = sorted(p for p in hashes if p in seen.settled)
    columns = [paths, [seen.signatures[p] for p in paths], [hashes[p] for p in paths]]
    replace_parquet(place, pl.DataFrame(dict(zip(_SCHEMA, columns, strict=True)), schema=_SCHEMA))


def hashed(root: Place, paths: Iterable[str]) -> dict[str, str]:
    """SHA-256 of files, by path; what cannot be read is left out."""
    wanted = list(paths)
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), thread_name_prefix="ogi-hash") as pool:
        found = zip(wanted, pool.map(lambda p: _hash(root, p), wanted), strict=True)
        return {path: sha256 for path, sha256 in found if sha256 is not None}


def _hash(root: Place, path: str) -> str | None:
    try:
        if isinstance(root, S3Folder):
            return object_input.hashed(root, path)
        # A pipe that took the file's place meanwhile must not hold us up.
        with os.fdopen(os.open(file_of(root, path), os.O_RDONLY | os.O_NONBLOCK), "rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError:
        return None
