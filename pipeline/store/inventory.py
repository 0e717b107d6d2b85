"""Lists an input folder: which documents there are and which intake each belongs to, before anything is read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import SourceFile

_ESCAPE = re.compile(rb"\\x([89a-f][0-9a-f])")
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
    files: list[SourceFile] = []
    skipped: list[tuple[str, str]] = []
    for path, why in _walk(root, root, frozenset({root})):
        name = _escaped(path.relative_to(root))
        if why is None and file_of(root, name) != path:
            why = "its name is no valid UTF-8 and reads like that of another document: rename it"
        if why is not None:
            skipped.append((name, why))
            continue
        folder, _, below = name.partition("/")
        files.append(SourceFile(path=name, intake=folder if below else UNSORTED))
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
