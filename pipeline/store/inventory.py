"""Lists an input folder: which documents there are and which intake each belongs to, before anything is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import SourceFile

UNSORTED = "unsorted"
"""Intake of the documents that lie directly in the input folder."""


class InputError(Exception):
    """The input folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Documents by path; `skipped` are entries that were left out, each with the reason."""

    root: Path
    files: tuple[SourceFile, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def intakes(self) -> tuple[str, ...]:
        return tuple(sorted({f.intake for f in self.files}))

    def of(self, intake: str) -> tuple[SourceFile, ...]:
        return tuple(f for f in self.files if f.intake == intake)


def take(root: Path) -> Inventory:
    """Every document under `root`, in the order of its path. Raises InputError where there is none.

    Files and folders whose name starts with a dot are no documents. A symbolic link is followed as long as it stays
    inside the input folder: a link that leads out could pull in anything.
    """
    if not root.exists():
        raise InputError(f"input folder {root} does not exist: pass the folder that holds the reports with --input")
    if not root.is_dir():
        raise InputError(f"input {root} is a file: --input takes the folder that holds the reports")
    root = root.resolve()
    files: list[SourceFile] = []
    skipped: list[tuple[str, str]] = []
    for path, why in _walk(root, root, frozenset({root})):
        relative = path.relative_to(root)
        name = relative.as_posix()
        if why is None and not _is_text(name):
            why = "its name is no valid UTF-8: rename it"
        if why is not None:
            skipped.append((name.encode("utf-8", "backslashreplace").decode(), why))
            continue
        files.append(SourceFile(path=name, intake=relative.parts[0] if len(relative.parts) > 1 else UNSORTED))
    if not files:
        raise InputError(f"input folder {root} holds no documents: put the reports there, or pass another with --input")
    return Inventory(root, tuple(sorted(files, key=lambda f: f.path)), tuple(sorted(skipped)))


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


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
