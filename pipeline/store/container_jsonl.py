"""JSON Lines: one record a line, with `html`, `text` or `content`, and if known `url`, `fetched_at` and `id`.

Of several texts the first of `html`, `text`, `content` that is not blank counts: HTML keeps the tables' cells apart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.read.fault import Fault, too_complex
from pipeline.store.container_members import (
    Blanks,
    Listing,
    Member,
    name_of,
    named_apart,
    room_for,
    text_of,
    unreadable,
)
from pipeline.store.container_stream import Stream, too_large

TEXTS = ("html", "text", "content")
CHARSET = "utf-8"
ENDINGS = (".jsonl", ".ndjson")
_MOST_VALUES = 1_000_000
"""Lists and objects of a line, roughly: each takes some 60 bytes of memory for two of the file."""
_BOM = b"\xef\xbb\xbf"


def is_json_lines(head: bytes) -> bool:
    """Whether a file named as JSON Lines is such a file: some of its first lines begins an object."""
    return any(line.strip().startswith(b"{") for line in head.removeprefix(_BOM).splitlines())


def _longest(limits: Limits) -> int:
    """A text takes up to twice its bytes when Chinese is written as `\\u653f`."""
    return 2 * limits.max_bytes + (1 << 20)


def parsed(line: bytes) -> dict[str, Any]:
    """A line as an object. Raises Fault: damaged, too_complex."""
    if line.count(b"[") + line.count(b"{") > _MOST_VALUES:
        raise too_complex("values in one line", _MOST_VALUES)
    try:
        value = json.loads(decoded(line.removeprefix(_BOM)))
    except (ValueError, RecursionError) as e:
        raise Fault("damaged", f"The line is no valid JSON: {str(e)[:200]}.") from None
    if not isinstance(value, dict):
        raise Fault("damaged", "The line is no JSON object.")
    return value


def decoded(data: bytes) -> str:
    """UTF-8, else GB18030. Raises UnicodeDecodeError."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def text_in(record: dict[str, Any]) -> str:
    """The record's text. Raises Fault(damaged) where it has none."""
    texts: list[str] = [record[name] for name in TEXTS if isinstance(record.get(name), str)]
    if not texts:
        raise Fault("damaged", f"The record has no text: it needs one of {', '.join(TEXTS)}.")
    return next((t for t in texts if t.strip()), texts[0])


def listing(path: Path, limits: Limits) -> Listing:
    """Members in the order of the lines. Raises Fault(unreadable_container), OSError."""
    stream = Stream(path, limits)
    members: list[Member] = []
    number, good, address = 0, 0, (0, 0)
    blanks = Blanks(limits)
    try:
        while (here := stream.address()) is not None:
            address, number = here, number + 1
            line = stream.readline(_longest(limits))
            if not line.strip():
                blanks.add(line)
                continue
            room_for(members, limits)
            try:
                members.append(_member(line, number, address, limits))
                good += 1
            except Fault as fault:
                if fault.reason_code == "too_large":
                    _to_next_line(stream)
                members.append(Member(f"line {number}", *address, reason_code=fault.reason_code, reason=fault.reason))
    except Fault as fault:
        if fault.reason_code == "unreadable_container":
            raise
        reason = f"{fault.reason} What follows in the container cannot be read."
        members.append(Member(f"line {number}", *address, reason_code=fault.reason_code, reason=reason))
    finally:
        stream.close()
    if not good:
        raise unreadable(f"No line is a record with one of {', '.join(TEXTS)}.")
    return Listing(named_apart(members))


def _to_next_line(stream: Stream) -> None:
    while (block := stream.readline(1 << 20)) and not block.endswith(b"\n"):
        pass


def _member(line: bytes, number: int, address: tuple[int, int], limits: Limits) -> Member:
    if len(line) >= _longest(limits) and not line.endswith(b"\n"):
        raise too_large(limits.max_bytes)
    record = parsed(line)
    text_in(record)
    return Member(
        name_of(record.get("id"), f"line {number}"),
        *address,
        url=_said(record.get("url")),
        fetched_at=_said(record.get("fetched_at")),
        charset=CHARSET,
    )


def _said(value: object) -> str | None:
    return text_of(str(value)).strip() or None if isinstance(value, str | int) else None


class Opened:
    """A JSON Lines file open for reading; going forward in it is cheap."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._stream = Stream(path, limits)
        self._limits = limits

    def read(self, source: SourceFile) -> bytes:
        """A record's text in UTF-8. Raises Fault: too_large, damaged."""
        self._stream.seek(source.offset or 0, source.within or 0)
        line = self._stream.readline(_longest(self._limits))
        data = text_in(parsed(line)).encode("utf-8", "replace")  # half a character pair, as scripts cut them, is a "?"
        if len(data) > self._limits.max_bytes:
            raise too_large(self._limits.max_bytes)
        return data

    def close(self) -> None:
        self._stream.close()
