"""WARC files (ISO 28500): the pages that a crawl stored, plain, gzip record by record, or gzip as a whole.

A document is a record of type `response` with HTTP status 200, or of type `resource`, whose media type can be a report's.
Requests, redirects, revisits, the crawler's own notes, pictures and style sheets are none; what was left out is said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.read.fault import Fault
from pipeline.store.container_http import (
    Headers,
    charset_of,
    decoded,
    is_no_document,
    read_headers,
    status_of,
)
from pipeline.store.container_members import Blanks, Listing, Member, name_of, named_apart, room_for, unreadable
from pipeline.store.container_stream import Stream, too_large

MAGIC = b"WARC/"
_LONGEST_LINE = 1 << 16
_OWN_SCHEMES = ("metadata:", "dns:", "whois:", "warcinfo:")
"""Targets of records that a crawler writes about itself."""
_NO_CONTENT = ("revisit", "request", "metadata", "warcinfo", "continuation")


@dataclass(frozen=True, slots=True)
class _Record:
    headers: Headers
    length: int

    @property
    def kind(self) -> str:
        return self.headers.get("warc-type").lower()

    @property
    def target(self) -> str:
        return self.headers.get("warc-target-uri").strip("<> ")

    @property
    def is_http(self) -> bool:
        return self.headers.get("content-type").lower().replace(" ", "").startswith("application/http")


def _record(stream: Stream, line: bytes) -> _Record:
    """The record whose first line was read. Raises Fault(damaged)."""
    if not line.startswith(MAGIC):
        raise Fault("damaged", "What stands here is no WARC record.")
    headers = read_headers(stream)
    length = headers.get("content-length")
    if not (length.isascii() and length.isdecimal() and len(length) < 19):
        raise Fault("damaged", "The record does not say how long it is.")
    return _Record(headers, int(length))


def listing(path: Path, limits: Limits) -> Listing:
    """Members in the order of the file. Raises Fault(unreadable_container), OSError."""
    stream = Stream(path, limits)
    members: list[Member] = []
    left_out = Counter[str]()
    number, address = 0, (0, 0)
    blanks = Blanks(limits)
    try:
        while (here := stream.address()) is not None:
            address = here
            line = stream.readline(_LONGEST_LINE)
            if not line.strip():
                blanks.add(line)
                continue
            number += 1
            record = _record(stream, line)
            found = _document(stream, record, number, address)
            if isinstance(found, Member):
                room_for(members, limits)
                members.append(found)
            else:
                left_out[found] += 1
    except Fault as fault:
        if fault.reason_code == "unreadable_container":
            raise
        if number == 0:
            raise unreadable(fault.reason) from None
        reason = f"{fault.reason} What follows in the container cannot be read."
        members.append(Member(f"record {number}", *address, reason_code=fault.reason_code, reason=reason))
    finally:
        stream.close()
    del left_out[""]
    said = ", ".join(f"{n:,} {what}" for what, n in sorted(left_out.items()))
    return Listing(named_apart(members), (f"records left out: {said}",) if said else ())


def _document(stream: Stream, record: _Record, number: int, address: tuple[int, int]) -> Member | str:
    """The member that a record is, or why it is none ("" where nobody would expect one). Reads past the record."""
    left, why, media_type = record.length, _kind_left_out(record), record.headers.get("content-type")
    if why is None and record.is_http:
        line = stream.readline(min(_LONGEST_LINE, left))
        left -= len(line)
        status = status_of(line)
        headers = read_headers(stream, left) if status is not None and left else Headers({}, 0)
        left -= headers.size
        media_type = headers.get("content-type")
        why = None if status == 200 else "responses without status 200"
    if why is None and is_no_document(media_type):
        why = "pictures, style sheets, scripts and the like"
    is_whole = stream.skip(left) == left
    if not is_whole:
        raise Fault("damaged", "The record breaks off.")
    if why is not None:
        return why
    return Member(
        name_of(record.target, f"record {number}"),
        *address,
        url=record.target or None,
        fetched_at=record.headers.get("warc-date") or None,
        charset=charset_of(media_type),
    )


def _kind_left_out(record: _Record) -> str | None:
    if record.kind in _NO_CONTENT or record.target.startswith(_OWN_SCHEMES):
        return ""
    if record.kind not in ("response", "resource"):
        return f"of type {record.kind[:40]!r}"
    return None


class Opened:
    """A WARC file open for reading; going forward in it is cheap."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._stream = Stream(path, limits)
        self._limits = limits

    def read(self, source: SourceFile) -> bytes:
        """The body of a record. Raises Fault: too_large, damaged, unsupported_format."""
        stream, limit = self._stream, self._limits.max_bytes
        stream.seek(source.offset or 0, source.within or 0)
        record = _record(stream, stream.readline(_LONGEST_LINE))
        left = record.length
        http = None
        if record.is_http:
            left -= len(stream.readline(min(_LONGEST_LINE, left)))
            http = read_headers(stream, left) if left else Headers({}, 0)
            left -= http.size
        if left > limit:
            raise too_large(limit)
        body = stream.read(left)
        if len(body) < left:
            raise Fault("damaged", "The record breaks off.")
        if http is not None:
            body = decoded(body, http, limit)
        if len(body) > limit:
            raise too_large(limit)
        return body

    def close(self) -> None:
        self._stream.close()
