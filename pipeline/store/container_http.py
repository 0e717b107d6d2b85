"""HTTP responses as WARC keeps them (RFC 9112): status, headers, and the body with its encodings undone."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from pipeline.read.fault import Fault
from pipeline.store.container_stream import GZIP, Stream, inflate

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,1000})?\r\n")
_MOST_HEADERS = 1000
_LONGEST_HEADER = 1 << 16
_MOST_ENCODINGS = 4
_NO_DOCUMENT = re.compile(
    r"text/(?:css|javascript|ecmascript|x-component)|application/(?:[\w.+-]*javascript|ecmascript|json|wasm|font[\w-]*"
    r"|x-font[\w-]*|vnd\.ms-fontobject|x-shockwave-flash|manifest\+json)|(?:image|audio|video|font)/",
    re.IGNORECASE,
)
"""What a page loads beside itself. Everything else, and what names no type, may be a report."""


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers by lower-case name (of repeated ones the first), and how many bytes they took."""

    values: dict[str, str]
    size: int

    def get(self, name: str) -> str:
        return self.values.get(name, "")


def read_headers(stream: Stream, room: int | None = None) -> Headers:
    """Headers up to the blank line, at most `room` bytes. Raises Fault(damaged) where they never end."""
    values: dict[str, str] = {}
    size, last = 0, ""
    for _ in range(_MOST_HEADERS):
        left = _LONGEST_HEADER if room is None else min(_LONGEST_HEADER, room - size)
        line = stream.readline(left)
        size += len(line)
        if not line.strip():
            if line.endswith(b"\n") or (room is not None and size >= room):
                return Headers(values, size)
            break
        if not line.endswith(b"\n"):
            break
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[0] in " \t" and last:
            values[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        if colon:
            last = name.strip().lower()
            values.setdefault(last, value.strip())
    raise Fault("damaged", "The headers of the record break off.")


def status_of(line: bytes) -> int | None:
    """The status in the first line of a response; None where it is no such line."""
    found = _STATUS.match(line)
    return int(found[1]) if found else None


def is_no_document(media_type: str) -> bool:
    return _NO_DOCUMENT.match(media_type.strip()) is not None


def charset_of(media_type: str) -> str | None:
    found = _CHARSET.search(media_type)
    return found[1].lower() if found else None


def decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    """The body without its transfer and content encodings. Raises Fault: too_large, damaged, unsupported_format.

    Archives differ in whether they undo an encoding and leave its header: one that the bytes do not show is passed over.
    """
    if "chunked" in headers.get("transfer-encoding").lower():
        body = _unchunked(body)
    encodings = [e for e in headers.get("content-encoding").lower().replace(" ", "").split(",") if e]
    if len(encodings) > _MOST_ENCODINGS:
        raise Fault("too_complex", f"The body is packed {len(encodings)} times.")
    for encoding in reversed(encodings):
        if encoding in ("gzip", "x-gzip"):
            body = inflate(body, 31, limit) if body.startswith(GZIP) else body
        elif encoding == "deflate":
            body = _deflated(body, limit)
        elif encoding != "identity" and not _is_text(body):
            raise Fault("unsupported_format", f"The body is packed as {encoding[:40]!r}, which is not read.")
    return body


def _is_text(body: bytes) -> bool:
    return not any(b < 9 or 13 < b < 32 for b in body[:200])


def _deflated(body: bytes, limit: int) -> bytes:
    """Deflate with zlib's header, as the standard has it, or bare, as many servers send it."""
    if _is_text(body):
        return body
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return inflate(body, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS, limit)


def _unchunked(body: bytes) -> bytes:
    """Chunks joined; a body that shows none is one that the archive joined already."""
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        at = found.end() + size
        if at > len(body):
            raise Fault("damaged", "The body breaks off in the middle of a chunk.")
        parts.append(body[found.end() : at])
        at += 2 if body.startswith(b"\r\n", at) else body.startswith(b"\n", at)
    if not parts:
        return body
    raise Fault("damaged", "The body breaks off before its last chunk.")
