"""ZIP archives of reports. Names are names: nothing is ever written to disk under them."""

from __future__ import annotations

import errno
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.read.fault import Fault
from pipeline.read.package import UNPACKING
from pipeline.store.container_members import Listing, Member, named_apart, unreadable
from pipeline.store.container_stream import too_large

MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MARKS = ("[Content_Types].xml", "OFD.xml", "mimetype", "word/document.xml")
"""Parts that make a ZIP one document: Office Open XML, OFD (GB/T 33190), OpenDocument."""
_PARTS = ("word/", "xl/", "ppt/", "docProps/", "_rels/", "customXml/", "Doc_0/")
_UTF8, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_TAIL = 66_000
_DIRECTORY_ENTRY = 400
"""Bytes of the directory that a member may take on average: its name and some 100."""
_SPLIT = re.compile(r"[/\\]")


def first_name(head: bytes) -> str:
    """The name in the first local header: enough to tell most documents without looking for the directory."""
    size = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + size].decode("utf-8", "replace") if head.startswith(MAGIC[0]) else ""


def begins_package(head: bytes) -> bool:
    """Whether the beginning of a ZIP tells already that it is one document."""
    return first_name(head) in _MARKS


def is_package(source: Path | bytes, head: bytes) -> bool:
    """Whether a ZIP whose beginning leaves it open is one document and not an archive of documents."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            return any(mark in archive.NameToInfo for mark in _MARKS)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return first_name(head).startswith(_PARTS)


def listing(path: Path, limits: Limits) -> Listing:
    """Members in the order of the directory. Raises Fault(unreadable_container)."""
    if _directory_size(path) > limits.max_members * _DIRECTORY_ENTRY:
        raise unreadable(f"Its directory is too large for {limits.max_members:,} members, the limit for one container.")
    with _opened(path) as archive:
        infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise unreadable(f"It has {len(infos):,} members, more than the limit of {limits.max_members:,}.")
    if sum(i.compress_size for i in infos) > path.stat().st_size:
        raise unreadable("Its directory says more than the file can hold: members overlap.")
    members, ignored = [], 0
    for position, (name, info) in enumerate(zip(_names(infos), infos, strict=True)):
        if name.endswith(("/", "\\")):
            continue
        if is_hidden(name):
            ignored += 1
            continue
        members.append(_member(name, position, info, limits))
    notes = (f"{ignored:,} hidden members left out (names with a dot, __MACOSX)",) if ignored else ()
    return Listing(named_apart(members), notes)


def _directory_size(path: Path) -> int:
    """What the end of the file says (APPNOTE 4.3.14, 4.3.16): a directory of gigabytes is refused before it is read."""
    with path.open("rb") as f:
        f.seek(max(0, f.seek(0, io.SEEK_END) - _TAIL))
        tail = f.read()
    end, end64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    sizes = [int.from_bytes(tail[end + 12 : end + 16], "little")] if end >= 0 else [0]
    if sizes == [0xFFFFFFFF] and end64 >= 0:
        sizes = [int.from_bytes(tail[end64 + 40 : end64 + 48], "little")]
    return sizes[0]


def _member(name: str, position: int, info: zipfile.ZipInfo, limits: Limits) -> Member:
    if info.flag_bits & _ENCRYPTED:
        return Member(name, position, reason_code="encrypted", reason="The member is protected by a password.")
    if info.file_size > limits.max_bytes:
        return Member(name, position, reason_code="too_large", reason=too_large(limits.max_bytes).reason)
    return Member(name, position)


def is_hidden(name: str) -> bool:
    """Whether some part of a name starts with a dot (`.DS_Store`), or it lies in the folder that macOS adds."""
    parts = _SPLIT.split(name)
    return any(p == "__MACOSX" or (p.startswith(".") and p not in (".", "..")) for p in parts)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as e:
        raise unreadable(f"The ZIP archive cannot be listed: {e}.") from None


def _names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Names as text. An archive that does not say UTF-8 has them in UTF-8 where all are valid, else in GB18030."""
    raw = {i: info.orig_filename.encode("cp437") for i, info in enumerate(infos) if not info.flag_bits & _UTF8}
    encoding = "utf-8" if all(_fits(r, "utf-8") for r in raw.values()) else "gb18030"
    names = []
    for i, info in enumerate(infos):
        if i not in raw:
            names.append(info.orig_filename)
        else:
            names.append(_unicode_path(info, raw[i]) or raw[i].decode(encoding, "backslashreplace"))
    return names


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unicode_path(info: zipfile.ZipInfo, raw: bytes) -> str | None:
    """The name in Info-ZIP's extra field 0x7075 (APPNOTE 4.6.9), valid only for the name whose checksum it carries."""
    extra = info.extra
    while len(extra) >= 4:
        tag, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if tag == _UNICODE_PATH and field[:1] == b"\x01" and int.from_bytes(field[1:5], "little") == zlib.crc32(raw):
            return field[5:].decode("utf-8", "backslashreplace")
    return None


class Opened:
    """A ZIP archive open for reading, its directory in memory."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._archive = _opened(path)
        self._infos = self._archive.infolist()
        self._limits = limits

    def read(self, source: SourceFile) -> bytes:
        """A member's bytes. Raises Fault: too_large, encrypted, damaged, unsupported_format."""
        limit = self._limits.max_bytes
        try:
            info = self._infos[source.offset or 0]
            if info.flag_bits & _ENCRYPTED:
                raise Fault("encrypted", "The member is protected by a password.")
            if info.file_size > limit:
                raise too_large(limit)
            with self._archive.open(info) as member:
                data = member.read(limit + 1)
        except IndexError:
            raise Fault("damaged", "The archive no longer has this member: it changed after it was listed.") from None
        except NotImplementedError as e:
            raise Fault("unsupported_format", f"The member is packed in a way that is not read: {e}.") from None
        except UNPACKING as e:
            raise Fault("damaged", f"The member cannot be unpacked: {str(e) or type(e).__name__}.") from None
        except OSError as e:
            if e.errno != errno.EINVAL:
                raise
            raise Fault("damaged", "The archive's directory points to a place that there is not.") from None
        if len(data) > limit:
            raise too_large(limit)
        return data

    def close(self) -> None:
        self._archive.close()
