"""Containers of documents: told by their content, listed before anything is read, read member by member.

ZIP, WARC, JSON Lines and Parquet; a file that is gzip around one document is that document. A container is listed once,
in the order in which its members are read fastest; nobody ever holds one in memory or writes a member to disk. One inside
another is not opened.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.limits import Limits
from pipeline.model import SourceFile, Unusable
from pipeline.read.fault import Fault
from pipeline.store import container_jsonl, container_parquet, container_warc, container_zip
from pipeline.store.container_members import Listing
from pipeline.store.container_stream import GZIP, Stream, too_large

ZIP, WARC, JSONL, PARQUET, GZIPPED = "zip", "warc", "jsonl", "parquet", "gzip"
_MODULES: dict[str, ModuleType] = {
    ZIP: container_zip,
    WARC: container_warc,
    JSONL: container_jsonl,
    PARQUET: container_parquet,
}
_HEAD = 4096
_OPEN_AT_ONCE = 4
_BLOCK = 1 << 20


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
        head = f.read(_HEAD)
    return _packing(path, head, name)


def _packing(source: Path | bytes, head: bytes, name: str) -> str | None:
    name = name.lower()
    if head.startswith(container_zip.MAGIC):
        return None if container_zip.is_package(source, head) else ZIP
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
        return zlib.decompressobj(31).decompress(head, _HEAD)
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
    """The bytes of a document: the file at `path`, or the member of it that `source` names. Never raises for content."""
    if source.member is not None and source.reason_code is not None:
        return Content(None, fault=_unusable(source.reason_code, source.reason or ""))
    try:
        if source.reason_code is not None:
            content = _plain(path, 0)
            return Content(None, content.sha256, content.size, _unusable(source.reason_code, source.reason or ""))
        if source.packing is None:
            return _plain(path, limits.max_bytes)
        data = _gunzipped(path, limits) if source.packing == GZIPPED else _member(path, source, limits)
    except Fault as fault:
        return Content(None, fault=_unusable(fault.reason_code, fault.reason))
    except OSError as e:
        reason = f"the file could not be opened: {e.strerror or type(e).__name__}"
        return Content(None, fault=_unusable("not_accessible", reason))
    return _opened(data, source.member or source.path, limits)


def _unusable(reason_code: str, reason: str) -> Unusable:
    return Unusable("unreadable", reason_code, reason)


def _plain(path: Path, limit: int) -> Content:
    """A file. One above the limit is hashed but never held in memory."""
    with path.open("rb", buffering=0) as f:
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


def _read(f: Any, count: int) -> bytes:
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
        packing = _packing(data, data[:_HEAD], name)
        if packing == GZIPPED:
            data = _gunzipped(data, limits)
            sha256, size = hashlib.sha256(data).hexdigest(), len(data)
            packing = _packing(data, data[:_HEAD], name)
    except Fault as fault:
        return Content(None, sha256, size, _unusable(fault.reason_code, fault.reason))
    if packing is not None:
        reason = f"It is a container ({packing}) inside another: unpack the outer one."
        return Content(None, sha256, size, _unusable("nested_container", reason))
    return Content(data, sha256, size)
