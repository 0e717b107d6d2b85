"""Folders as ZIP archives, for services that know no folders: the same bytes on every machine, made while they are sent.

Members are stored, not compressed: another zlib gives other bytes, and an upload that was cut could not be told from a
wrong one. The tables are compressed in themselves. `zipfile` writes archives only to what can be sought in, or with
sizes after the data, which some programs cannot read; here sizes and CRC are known before (PKWARE APPNOTE 6.3).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.release.publishing.contents import File

_BLOCK = 1024**2
_MOST_32 = 0x7FFFFFFF
"""Numbers over this go to ZIP64: half of what there is room for, as `zipfile` does."""
_ELSEWHERE = 0xFFFFFFFF
_MOST_16 = 0xFFFF
_UTF_8 = 0x800
_PLAIN, _ZIP64 = 20, 45
"""Versions of the format that a reader must know."""


def blocks_of(path: Path) -> Iterator[bytes]:
    """A file in pieces of at most 1 MiB."""
    with path.open("rb") as f:
        while piece := f.read(_BLOCK):
            yield piece


@dataclass(frozen=True, slots=True)
class _Member:
    path: str
    size: int
    crc: int
    offset: int

    def header(self) -> bytes:
        """The local header."""
        info = zipfile.ZipInfo(self.path)
        info.file_size = info.compress_size = self.size
        info.CRC, info.create_system = self.crc, 3
        return info.FileHeader(zip64=self.size > _MOST_32)

    def entry(self, most: int) -> bytes:
        """The entry in the central directory; numbers over `most` go to the ZIP64 field."""
        name = self.path.encode()
        large = [n for n in (self.size, self.size, self.offset) if n > most]
        extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        version = _ZIP64 if large else _PLAIN
        size, offset = (_ELSEWHERE if n > most else n for n in (self.size, self.offset))
        flags = 0 if name.isascii() else _UTF_8
        return (
            struct.pack(
                "<4s4B4H3L5H2L", b"PK\1\2", version, 3, version, 0, flags, 0, 0, 0x21, self.crc, size, size,
                len(name), len(extra), 0, 0, 0, 0o100644 << 16, offset,
            )
            + name
            + extra
        )  # fmt: skip


def blocks(root: Path, files: tuple[File, ...], most: int = _MOST_32) -> Iterator[bytes]:
    """The bytes of an archive of some files of a folder, under their paths; dates are 1 January 1980. Raises OSError.

    `most` is the largest number that is written without ZIP64.
    """
    members: list[_Member] = []
    offset = 0
    for file in files:
        crc = 0
        for piece in blocks_of(root / file.path):
            crc = zlib.crc32(piece, crc)
        member = _Member(file.path, file.size, crc, offset)
        members.append(member)
        yield (header := member.header())
        yield from blocks_of(root / file.path)
        offset += len(header) + file.size
    directory = b"".join(m.entry(most) for m in members)
    yield directory
    yield _end(len(members), len(directory), offset, most)


def size(files: tuple[File, ...]) -> int:
    """The length of the archive in bytes, without reading anything."""
    offset, directory = 0, 0
    for file in files:
        member = _Member(file.path, file.size, 0, offset)
        offset += len(member.header()) + file.size
        directory += len(member.entry(_MOST_32))
    return offset + directory + len(_end(len(files), directory, offset, _MOST_32))


def _end(count: int, size: int, offset: int, most: int) -> bytes:
    """The end of the central directory, with that of ZIP64 before it where a number is too large."""
    before = b""
    if count > _MOST_16 or size > most or offset > most:
        before = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, _ZIP64, _ZIP64, 0, 0, count, count, size, offset)
        before += struct.pack("<4sLQL", b"PK\6\7", 0, offset + size, 1)
    counted, sized, placed = min(count, _MOST_16), size, offset
    if before:
        sized, placed = (_ELSEWHERE if n > most else n for n in (size, offset))
    return before + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, counted, counted, sized, placed, 0)
