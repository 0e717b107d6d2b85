"""A file read forward, unpacked where it is gzip: every place in it has an address from which reading can go on.

An address is (offset, within): the byte in the file where a gzip member begins, and the byte inside what it unpacks to.
A file that is not packed is one member at offset 0. A WARC whose records are gzip members of their own is so read from
any record on; a file that is gzip as a whole only from its start, which is why its members are read in their order.
"""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import BinaryIO

from pipeline.limits import Limits
from pipeline.read.fault import Fault

GZIP = b"\x1f\x8b"
_BLOCK = 1 << 16
_FREE = 1 << 20
"""What a member may unpack to whatever its ratio: `Limits.max_ratio` counts beyond it."""


def too_large(limit: int) -> Fault:
    return Fault("too_large", f"more than the limit of {limit:,} bytes for one document; reports have some 10,000")


def inflate(data: bytes, window: int, limit: int) -> bytes:
    """What `data` unpacks to, `window` as zlib's wbits. Raises Fault: too_large, damaged."""
    out = bytearray()
    inflater = zlib.decompressobj(window)
    try:
        while not inflater.eof:
            block = inflater.decompress(data, limit + 1 - len(out))
            out += block
            if len(out) > limit:
                raise too_large(limit)
            data = inflater.unconsumed_tail
            if not data and not block and not inflater.eof:
                raise Fault("damaged", "What is packed breaks off.")
    except zlib.error as e:
        raise Fault("damaged", f"What is packed cannot be unpacked: {e}.") from None
    return bytes(out)


class Stream:
    """Reads a file, or bytes in memory. Raises Fault: damaged, too_complex (gzip), OSError where the file is."""

    def __init__(self, source: Path | bytes, limits: Limits) -> None:
        self._file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb", buffering=0)
        self.is_packed = self._file.read(2) == GZIP
        self._max_ratio = limits.max_ratio
        self._size = self._file.seek(0, io.SEEK_END)
        self._restart(0)

    def close(self) -> None:
        self._file.close()

    def _restart(self, offset: int) -> None:
        self._file.seek(offset)
        self._buffer, self._at = b"", 0
        self._offset, self._before = offset, 0  # the member; what was unpacked of it before the buffer
        self._inflater = zlib.decompressobj(31) if self.is_packed else None
        self._pending = b""  # the beginning of a member, read with the end of the one before

    @property
    def _within(self) -> int:
        return self._before + self._at

    def address(self) -> tuple[int, int] | None:
        """Where the next byte is; None at the end."""
        if self._at == len(self._buffer) and not self._fill():
            return None
        return self._offset, self._within

    def seek(self, offset: int, within: int) -> None:
        """To an address: forward where the stream is before it in the same member, else from the member's start."""
        if offset != self._offset or within < self._within:
            self._restart(offset)
        if self.skip(within - self._within) < 0 or self._within != within or self._offset != offset:
            raise Fault("damaged", "The container ends before this member: it was changed after it was listed.")

    def skip(self, count: int) -> int:
        """Passes over bytes; returns how many there were."""
        left = count
        while left > 0:
            here = len(self._buffer) - self._at
            if here >= left:
                self._at += left
                return count
            left -= here
            if self._inflater is None:
                start = self._before + len(self._buffer)
                end = min(start + left, self._size)
                self._file.seek(end)
                self._buffer, self._at, self._before = b"", 0, end
                return count - left + end - start
            self._at = len(self._buffer)
            if not self._fill():
                break
        return count - max(left, 0)

    def read(self, count: int) -> bytes:
        """So many bytes, fewer only at the end."""
        parts = []
        while count > 0 and (self._at < len(self._buffer) or self._fill()):
            part = self._buffer[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
        return b"".join(parts)

    def readline(self, limit: int) -> bytes:
        """To the line's end, which is part of it; at most `limit` bytes."""
        parts: list[bytes] = []
        while limit > 0 and (self._at < len(self._buffer) or self._fill()):
            end = self._buffer.find(b"\n", self._at, self._at + limit) + 1
            part = self._buffer[self._at : end or self._at + limit]
            self._at += len(part)
            limit -= len(part)
            parts.append(part)
            if end:
                break
        return b"".join(parts)

    def _fill(self) -> bool:
        """Takes the next block, of the next member where one ends. False at the end of the file."""
        self._before += len(self._buffer)
        self._buffer, self._at = b"", 0
        if self._inflater is None:
            self._buffer = self._file.read(_BLOCK)
            return bool(self._buffer)
        try:
            while not self._buffer:
                if self._inflater.eof and not self._next_member(self._inflater.unused_data):
                    return False
                self._unpack(self._inflater.unconsumed_tail or self._pending or self._file.read(_BLOCK))
        except zlib.error as e:
            raise Fault("damaged", f"The gzip data at byte {self._offset:,} cannot be unpacked: {e}.") from None
        return True

    def _unpack(self, packed: bytes) -> None:
        assert self._inflater is not None
        self._pending = b""
        self._buffer = self._inflater.decompress(packed, _BLOCK)
        if not packed and not self._buffer and not self._inflater.eof:
            raise Fault("damaged", f"The gzip data at byte {self._offset:,} breaks off.")
        room = _FREE + self._max_ratio * (self._file.tell() - self._offset)
        if self._before + len(self._buffer) > room:
            raise Fault("too_complex", f"The gzip data at byte {self._offset:,} unpacks to more than any text does.")

    def _next_member(self, rest: bytes) -> bool:
        while len(rest := rest.lstrip(b"\0")) < len(GZIP):  # zeros may fill the last block of a medium
            more = self._file.read(_BLOCK)
            if not more:
                break
            rest += more
        self._offset, self._before = self._file.tell() - len(rest), 0
        if rest and not rest.startswith(GZIP):
            raise Fault("damaged", f"What stands at byte {self._offset:,} is no gzip data.")
        self._inflater, self._pending = zlib.decompressobj(31), rest
        if not rest:
            self._inflater.decompress(_NOTHING)  # at its end, so that asking again gives the same answer
        return bool(rest)


_NOTHING = zlib.compress(b"", wbits=31)
