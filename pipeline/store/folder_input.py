"""Documents that are files of a folder on disk: told apart as the objects of a store are (`object_input.py`).

One walk serves the list of documents and the look that notices changes, so that both see the same.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.store import outages

_ESCAPE = re.compile(rb"\\x([89a-f][0-9a-f])")
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class InputError(Exception):
    """The input cannot be used; the message says why and what to do, `errno` what the system or the store said."""

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.errno = number


@dataclass(frozen=True, slots=True)
class Entry:
    """A file by its source path, where it lies, and what the system says of it. What is no document, a folder too, has
    the reason instead."""

    path: str
    place: str
    info: os.stat_result | None
    why: str | None = None


def entries(root: Path) -> Iterator[Entry]:
    """What lies below a folder, in no order. Names with a dot in front are left out, no file is opened. A symbolic link
    is followed as long as it stays inside. Raises InputError where the folder cannot be used, or a part of it cannot be
    looked at for a reason that is not its own.
    """
    root, info = _real_folder(root)
    waiting = [_Folder(str(root), "", frozenset({_identity(info)}), False)]
    while waiting:  # no recursion: folders may be deep
        folder = waiting.pop()
        try:
            found = list(os.scandir(folder.place))
        except OSError as e:
            if outages.is_outage(e) or not folder.prefix:
                raise _away(folder.place, e) from None
            yield Entry(folder.prefix.removesuffix("/"), folder.place, None, f"folder cannot be listed: {e.strerror}")
            continue
        for entry in found:
            if entry.name.startswith("."):
                continue
            path = folder.prefix + _escaped(entry.name)
            told = _told(entry, root)
            if isinstance(told, str):
                yield Entry(path, entry.path, None, told)
            elif stat.S_ISDIR(told.st_mode):
                # Without a link on the way no folder is above itself: numbers may be given twice, as by mounts in a share.
                is_linked = folder.is_linked or entry.is_symlink()
                if is_linked and _identity(told) in folder.above:
                    yield Entry(path, entry.path, None, "link to a folder that contains it")
                else:
                    waiting.append(_Folder(entry.path, f"{path}/", folder.above | {_identity(told)}, is_linked))
            elif not stat.S_ISREG(told.st_mode):
                yield Entry(path, entry.path, None, "neither a file nor a folder")
            elif "\\x" in path and str(file_of(root, path)) != entry.path:
                why = "its name is no valid UTF-8 and reads like that of another document: rename it"
                yield Entry(path, entry.path, None, why)
            else:
                yield Entry(path, entry.path, told)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to be listed: where it lies, what the source paths in it begin with, the folders on the way, and whether a
    link is among them."""

    place: str
    prefix: str
    above: frozenset[tuple[int, int]]
    is_linked: bool


def _real_folder(root: Path) -> tuple[Path, os.stat_result]:
    """Where a folder really lies, and what the system says of it. Raises InputError."""
    try:
        info = root.stat()
        if stat.S_ISDIR(info.st_mode):
            with os.scandir(root):
                return root.resolve(), info
    except OSError as e:
        if e.errno in _NOT_THERE:
            why = "does not exist: pass the folder that holds the reports with --input"
        else:
            why = f"cannot be listed ({e.strerror}): allow this user to read it, or pass another with --input"
        raise InputError(f"input folder {root} {why}", e.errno) from None
    raise InputError(f"input {root} is a file: --input takes the folder that holds the reports")


def _identity(info: os.stat_result) -> tuple[int, int]:
    return info.st_dev, info.st_ino


def _told(entry: os.DirEntry[str], root: Path) -> os.stat_result | str:
    """What the system says of an entry, or why it is no document. Raises InputError."""
    is_link = False
    try:
        is_link = entry.is_symlink()
        if is_link and not Path(entry.path).resolve(strict=True).is_relative_to(root):
            return "link that leads out of the input folder"
        return entry.stat()
    except RuntimeError:  # Python 3.11 and 3.12 say so of a link that leads to itself
        return "link that leads to itself"
    except OSError as e:
        if outages.is_outage(e) and not is_link:
            if _is_folder(entry):  # its own disk or share is away
                raise _away(entry.path, e) from None
            try:
                outages.require(root, Path(entry.path).relative_to(root).as_posix())
            except outages.Outage as gone:
                raise _away(entry.path, gone) from None
        return f"cannot be opened: {e.strerror}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """By what the list of the folder above says; where that says nothing, False."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _away(place: str, error: OSError) -> InputError:
    """For what is there and cannot be looked at: without it, rows of the dataset would be lost."""
    return InputError(
        f"{place} in the input folder cannot be listed ({error.strerror}): see to the disk or the share, or move it out",
        error.errno,
    )


def _escaped(name: str) -> str:
    r"""A name as text. Bytes that are no UTF-8 (names in GBK, as old archives have them) become `\xc4` and the like."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def file_of(root: Path, path: str) -> Path:
    """Where the document with this source path lies: the way back from the escapes."""
    literal = root / path
    if "\\x" not in path or os.path.lexists(literal):
        return literal
    return root / os.fsdecode(_ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), os.fsencode(path)))
