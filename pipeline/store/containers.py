"""Containers of documents: told by their content, listed before anything is read, read member by member.

ZIP, WARC, JSON Lines and Parquet; a file that is gzip around one document is that document. A container is listed once,
in the order in which its members are read fastest; nobody ever holds one in memory or writes a member to disk. One inside
another is not opened.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from pipeline.limits import Limits
from pipeline.model import SourceFile, Unusable
from pipeline.read.fault import LACKING, Fault
from pipeline.store import container_jsonl, container_parquet, container_warc, container_zip
from pipeline.store.container_members import Listing
from pipeline.store.container_stream import GZIP, Stream, too_large
from pipeline.store.outages import Outage

ZIP, WARC, JSONL, PARQUET, GZIPPED = "zip", "warc", "jsonl", "parquet", "gzip"
_MODULES: dict[str, ModuleType] = {
    ZIP: container_zip,
    WARC: container_warc,
    JSONL: container_jsonl,
    PARQUET: container_parquet,
}
NOT_HAD = "not_accessible"
"""Reason code of what could not be opened."""
HEAD = 4096
"""Bytes from the beginning that `packing` wants."""
_OPEN_AT_ONCE = 4
_BLOCK = 1 << 20


class Readable(Protocol):
    """What gives bytes forward: at most so many, none only at the end."""

    def read(self, count: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Content:
    """A document's bytes, their SHA-256 and number, or what is wrong. All but `fault` are None where it stayed shut."""

    data: bytes | None
    sha256: str | None = None
    size: int | None = None
    fault: Unusable | None = None


# ---- what a file is -----------------------------------------------------------------------------------------------
def packing_of(path: Path, name: str) -> str | None:
    """What kind of container a file is, "gzip" for one packed document, None for a plain one. Raises OSError."""
    with path.open("rb", buffering=0) as f:
        head = f.read(HEAD)
    return packing(lambda: path, head, name)


def packing(whole: Callable[[], Path | bytes], head: bytes, name: str) -> str | None:
    """The same of what begins with `head`. `whole` gives all of it, and is asked only where the beginning leaves it open."""
    name = name.lower()
    if head.startswith(container_zip.MAGIC):
        return None if container_zip.begins_package(head) or container_zip.is_package(whole(), head) else ZIP
    if head.startswith(container_parquet.MAGIC):
        return PARQUET
    is_gzip = head.startswith(GZIP)
    if is_gzip:
        head = _unpacked(head)
        name = name.removesuffix(".gz")
    if head.startswith(container_warc.MAGIC):
        return WARC
    if name.endswith(container_jsonl.ENDINGS) and container_jsonl.is_json_lines(head):
        return JSONL
    return GZIPPED if is_gzip else None


def _unpacked(head: bytes) -> bytes:
    """As much as the beginning of gzip data unpacks to; nothing where it is broken."""
    try:
        return zlib.decompressobj(31).decompress(head, HEAD)
    except zlib.error:
        return b""


def listing(path: Path, packing: str, limits: Limits) -> Listing:
    """The members of a container; one without any is unreadable too. Raises Fault, OSError."""
    listed: Listing = _MODULES[packing].listing(path, limits)
    if not listed.members:
        why = f" ({'; '.join(listed.notes)})" if listed.notes else ""
        raise Fault("unreadable_container", f"It holds no documents{why}.")
    return listed


# ---- reading ------------------------------------------------------------------------------------------------------
_open: OrderedDict[tuple[object, ...], Any] = OrderedDict()


def fetch(path: Path, source: SourceFile, limits: Limits) -> Content:
    """The bytes of a document: the file at `path`, or the member of it that `source` names. Never raises for content, but
    outages.Outage where this machine lacks something."""
    if source.member is not None and source.reason_code is not None:
        return Content(None, fault=_unusable(source.reason_code, source.reason or ""))
    try:
        if source.reason_code is not None:
            content = _file(path, 0)
            return Content(None, content.sha256, content.size, _unusable(source.reason_code, source.reason or ""))
        if source.packing is None:
            return _file(path, limits.max_bytes)
        data = _gunzipped(path, limits) if source.packing == GZIPPED else _member(path, source, limits)
    except Fault as fault:
        return Content(None, fault=_unusable(fault.reason_code, fault.reason))
    except OSError as e:
        return inaccessible(e)
    return _opened(data, source.member or source.path, limits)


def _unusable(reason_code: str, reason: str) -> Unusable:
    return Unusable("unreadable", reason_code, reason)


def inaccessible(error: OSError) -> Content:
    """A document whose bytes cannot be had. Raises outages.Outage where it is this machine that lacks something."""
    if error.errno in LACKING:
        raise Outage(error.errno, f"this machine cannot read ({error.strerror})", error.filename)
    reason = f"the file could not be opened: {error.strerror or type(error).__name__}"
    return Content(None, fault=_unusable(NOT_HAD, reason))


def _file(path: Path, limit: int) -> Content:
    with path.open("rb", buffering=0) as f:
        return plain(f, limit)


def plain(f: Readable, limit: int) -> Content:
    """What is no container. Above the limit it is hashed but never held in memory. Raises OSError."""
    data = _read(f, limit + 1)
    sha256, size = hashlib.sha256(data), len(data)
    if size <= limit:
        return Content(data, sha256.hexdigest(), size)
    del data
    while block := f.read(_BLOCK):
        sha256.update(block)
        size += len(block)
    too_much = f"{size:,} bytes, {too_large(limit).reason}"
    return Content(None, sha256.hexdigest(), size, _unusable("too_large", too_much))


def _read(f: Readable, count: int) -> bytes:
    """At most `count` bytes: an unbuffered file gives what it likes at once, and a buffered one takes `count` in advance."""
    parts = []
    while count > 0 and (block := f.read(min(count, _BLOCK))):
        parts.append(block)
        count -= len(block)
    return b"".join(parts)


def _gunzipped(source: Path | bytes, limits: Limits) -> bytes:
    """What a gzip file unpacks to. Raises Fault: too_large, damaged."""
    stream = Stream(source, limits)
    try:
        data = stream.read(limits.max_bytes + 1)
    finally:
        stream.close()
    if len(data) > limits.max_bytes:
        raise too_large(limits.max_bytes)
    return data


def _member(path: Path, source: SourceFile, limits: Limits) -> bytes:
    now = path.stat()
    key = (path, source.packing, now.st_ino, now.st_size, now.st_mtime_ns, limits)
    opened = _open.pop(key, None)
    if opened is None:
        opened = _MODULES[source.packing or ""].Opened(path, limits)
        while len(_open) >= _OPEN_AT_ONCE:
            _open.popitem(last=False)[1].close()
    try:
        data: bytes = opened.read(source)
    except BaseException:
        opened.close()  # it may stand anywhere now
        raise
    _open[key] = opened
    return data


def _opened(data: bytes, name: str, limits: Limits) -> Content:
    """What was packed is looked at again: gzip is undone once, a container inside is not opened."""
    sha256, size = hashlib.sha256(data).hexdigest(), len(data)
    try:
        kind = packing(lambda: data, data[:HEAD], name)
        if kind == GZIPPED:
            data = _gunzipped(data, limits)
            sha256, size = hashlib.sha256(data).hexdigest(), len(data)
            kind = packing(lambda: data, data[:HEAD], name)
    except Fault as fault:
        return Content(None, sha256, size, _unusable(fault.reason_code, fault.reason))
    if kind is not None:
        reason = f"It is a container ({kind}) inside another: unpack the outer one."
        return Content(None, sha256, size, _unusable("nested_container", reason))
    return Content(data, sha256, size)
