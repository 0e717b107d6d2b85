"""Lists an input folder: which documents there are and which intake each belongs to, before anything is read.

A container is listed here too: each of its members is a document of its own, spread over the reading processes and
supervised like a file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.limits import Limits, current
from pipeline.model import SourceFile
from pipeline.read.fault import Fault
from pipeline.store import containers, manifest

_ESCAPE = re.compile(rb"\\x([89a-f][0-9a-f])")
UNSORTED = "unsorted"
"""Intake of the documents that lie directly in the input folder."""


class InputError(Exception):
    """The input folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Documents by path; `skipped` are entries that were left out, each with the reason; `manifests` those used."""

    root: Path
    files: tuple[SourceFile, ...]
    skipped: tuple[tuple[str, str], ...]
    manifests: tuple[str, ...] = ()

    @property
    def intakes(self) -> tuple[str, ...]:
        return tuple(sorted({f.intake for f in self.files}))

    def of(self, intake: str) -> tuple[SourceFile, ...]:
        return tuple(f for f in self.files if f.intake == intake)


def take(root: Path, limits: Limits | None = None) -> Inventory:
    """Every document under `root`, in the order of its path, members in the order of their container.

    Files and folders whose name starts with a dot are no documents, nor are manifests. A symbolic link is followed as
    long as it stays inside the input folder: a link that leads out could pull in anything. Raises InputError where there
    is no document.
    """
    limits = limits or current()
    there = _look(root)
    skipped = list(there.skipped)
    files: list[SourceFile] = []
    for source, path in there.files:
        files += _documents(source, path, limits, skipped)
    listed, notes = manifest.apply(there.manifests, files, limits)
    return Inventory(there.root, listed, tuple(sorted((*skipped, *notes))), tuple(name for name, _ in there.manifests))


def intakes(root: Path) -> tuple[str, ...]:
    """The intakes of an input folder, without a look into any container. Raises InputError as `take` does."""
    return tuple(sorted({source.intake for source, _ in _look(root).files}))


def at(root: Path, path: str, limits: Limits) -> tuple[SourceFile, ...]:
    """The document with this source path, or the members of the container there; nothing where there is none.

    Nothing else under `root` is looked at, manifests neither. What leads out of `root` is not followed.
    """
    try:
        place = file_of(root, path).resolve(strict=True)
        is_inside = place.is_file() and place.is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return ()
    folder, _, below = path.partition("/")
    source = SourceFile(path=path, intake=folder if below else UNSORTED)
    return tuple(_documents(source, place, limits, [])) if is_inside else ()


@dataclass(frozen=True, slots=True)
class _Found:
    """The real root; files and manifests by source path, each with its place; what is left out."""

    root: Path
    files: list[tuple[SourceFile, Path]]
    manifests: list[tuple[str, Path]]
    skipped: list[tuple[str, str]]


def _look(root: Path) -> _Found:
    """What lies in an input folder, nothing of it opened. Raises InputError."""
    try:
        if not root.exists():
            raise InputError(f"input folder {root} does not exist: pass the folder that holds the reports with --input")
        with os.scandir(root) if root.is_dir() else nullcontext():
            pass
    except OSError as e:
        raise InputError(
            f"input folder {root} cannot be listed ({e.strerror}): allow this user to read it, or pass another with "
            "--input"
        ) from None
    if not root.is_dir():
        raise InputError(f"input {root} is a file: --input takes the folder that holds the reports")
    root = root.resolve()
    files: list[tuple[SourceFile, Path]] = []
    manifests: list[tuple[str, Path]] = []
    skipped: list[tuple[str, str]] = []
    for path, why in _walk(root, root, frozenset({root})):
        name = _escaped(path.relative_to(root))
        if why is None and file_of(root, name) != path:
            why = "its name is no valid UTF-8 and reads like that of another document: rename it"
        if why is not None:
            skipped.append((name, why))
            continue
        folder, _, below = name.partition("/")
        if manifest.is_manifest(name):
            manifests.append((name, path))
        else:
            files.append((SourceFile(path=name, intake=folder if below else UNSORTED), path))
    if not files:
        raise InputError(f"input folder {root} holds no documents: put the reports there, or pass another with --input")
    return _Found(root, sorted(files, key=lambda f: f[0].path), sorted(manifests), skipped)


def _documents(source: SourceFile, path: Path, limits: Limits, notes: list[tuple[str, str]]) -> list[SourceFile]:
    """A plain file, or the members of a container. One that cannot be listed is a document that cannot be read."""
    try:
        packing = containers.packing_of(path, source.path)
        if packing in (None, containers.GZIPPED):
            return [source if packing is None else replace(source, packing=packing)]
        listed = containers.listing(path, packing, limits)
    except OSError:
        return [source]  # reading it will say why
    except Fault as fault:
        return [replace(source, reason_code=fault.reason_code, reason=fault.reason)]
    notes += [(source.path, note) for note in listed.notes]
    return [
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
    ]


def _walk(folder: Path, root: Path, above: frozenset[Path]) -> Iterator[tuple[Path, str | None]]:
    """Files under a folder; `above` are the real folders on the way, so that a link to one of them ends the way."""
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as e:
        yield folder, f"folder cannot be listed: {e.strerror}"
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        try:
            real = path.resolve(strict=True) if entry.is_symlink() else path
            mode = real.stat().st_mode
        except RuntimeError:  # Python 3.11 and 3.12 say so of a link that leads to itself
            yield path, "link that leads to itself"
            continue
        except OSError as e:
            yield path, f"cannot be opened: {e.strerror}"
            continue
        if entry.is_symlink() and not real.is_relative_to(root):
            yield path, "link that leads out of the input folder"
        elif stat.S_ISDIR(mode):
            key = path.resolve()
            if key in above:
                yield path, "link to a folder that contains it"
            else:
                yield from _walk(path, root, above | {key})
        elif stat.S_ISREG(mode):
            yield path, None
        else:
            yield path, "neither a file nor a folder"


def _escaped(relative: Path) -> str:
    r"""A path as text. Bytes that are no UTF-8 (names in GBK, as old archives have them) become `\xc4` and the like."""
    return os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")


def file_of(root: Path, path: str) -> Path:
    """Where the document with this source path lies: the way back from the escapes."""
    literal = root / path
    if "\\x" not in path or os.path.lexists(literal):
        return literal
    return root / os.fsdecode(_ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), os.fsencode(path)))
