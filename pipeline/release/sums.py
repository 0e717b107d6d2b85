"""`SHA256SUMS` of a release folder: written and checked, in the format of `sha256sum`, which can check it as well."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.release.declared import NotReadable, regular, text_of
from pipeline.release.folder import SUMS
from pipeline.store.files import replace_text

_MOST_BYTES = 16 * 1024**2
_MOST_FILES = 100_000
_LINE = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\]+)")


class SumsWrong(Exception):
    """The sums cannot be written or read; the message names the file and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder, by its path relative to that; `is_file` for a regular file, which alone a release holds."""

    path: str
    is_file: bool


def entries(root: Path) -> Iterator[Entry]:
    """Everything in a folder but its folders, sorted; links are told of and never followed. Raises SumsWrong, OSError."""
    found: list[Entry] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(root / folder) as listing:
            for e in listing:
                path = f"{folder}/{e.name}" if folder else e.name
                if e.is_dir(follow_symlinks=False):
                    waiting.append(path)
                else:
                    found.append(Entry(path, e.is_file(follow_symlinks=False)))
                if len(found) + len(waiting) > _MOST_FILES:
                    raise SumsWrong(f"{root} holds more than {_MOST_FILES:,} files: it is no release")
    yield from sorted(found, key=lambda e: e.path)


def digest(path: Path) -> str:
    """SHA-256 of a regular file; a link in its place is not followed. Raises OSError."""
    with regular(path) as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def write(root: Path) -> None:
    """Writes the sums of all files of a folder but the sums themselves, sorted by path. Raises SumsWrong."""
    lines = []
    for e in entries(root):
        if e.path == SUMS:
            continue
        if not e.is_file:
            raise SumsWrong(f"{e.path} is no regular file: a release holds nothing else")
        line = f"{digest(root / e.path)}  {e.path}"
        if not is_plain(e.path) or not _LINE.fullmatch(line):
            raise SumsWrong(f"{e.path!r} is no name for a file of a release")
        lines.append(line + "\n")
    replace_text(root / SUMS, "".join(lines))


def read(root: Path) -> dict[str, str]:
    """SHA-256 by path. Raises SumsWrong where a line is none of `sha256sum`, or names a place outside the folder."""
    try:
        text = text_of(root / SUMS, _MOST_BYTES)
    except NotReadable as e:
        raise SumsWrong(str(e)) from e
    out: dict[str, str] = {}
    for n, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        if not (m := _LINE.fullmatch(line)):
            raise SumsWrong(f"{SUMS}, line {n}: not a sum, two blanks and a path")
        if not is_plain(m[2]):
            raise SumsWrong(f"{SUMS}, line {n}: {m[2]!r} is no path within the release")
        if m[2] in out:
            raise SumsWrong(f"{SUMS}, line {n}: {m[2]!r} stands there twice")
        out[m[2]] = m[1]
    return out


def is_plain(path: str) -> bool:
    """Whether a path is relative, and stays in the folder."""
    return not any(part in ("", ".", "..") for part in path.split("/"))
