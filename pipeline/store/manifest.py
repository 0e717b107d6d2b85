"""Manifests and sidecars: the address and the time of fetching that travel with documents.

`manifest.csv` or `manifest.jsonl` in any folder: records of `path` (relative to that folder; of a member
`container.zip!member`, or `path` and `member`), `url`, `fetched_at`. `<file>.meta.json`: an object with `url` and
`fetched_at`. They are no documents. What they say holds before what a container says itself: the sidecar first, then the
manifest of the nearest folder, then those of the folders above, value by value. What they say of a container as a whole
is a time for those of its members that have none. A line that cannot be used is told with its place and the remedy.
"""

from __future__ import annotations

import csv
import json
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.store.addresses import normalised_time, normalised_url

NAMES = ("manifest.csv", "manifest.jsonl")
SIDECAR = ".meta.json"
_MOST_NOTES = 20
"""Notes about one manifest: a file that is wrong throughout is one mistake, not thousands."""

Note = tuple[str, str]
"""A place, and what is wrong there with the remedy."""


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    path: str
    member: str | None
    url: str | None
    fetched_at: str | None


def is_manifest(path: str) -> bool:
    """Whether a source path names a manifest or a sidecar."""
    name = path.rpartition("/")[2].lower()
    return name in NAMES or (name.endswith(SIDECAR) and name != SIDECAR)


def apply(
    manifests: Iterable[tuple[str, Path]], files: Sequence[SourceFile], limits: Limits
) -> tuple[tuple[SourceFile, ...], tuple[Note, ...]]:
    """The documents with what the manifests (source path and place of each) say of them, and what could not be used."""
    # Later ones override earlier ones: folders from the top down, sidecars last.
    order = sorted(manifests, key=lambda m: (_is_sidecar(m[0]), m[0].count("/"), m[0]))
    out, notes = list(files), list[Note]()
    if order:
        known = _Known(files)
        for name, path in order:
            said: list[Note] = []
            _apply_one(_entries(name, path, limits, said), out, known, said)
            notes += said[:_MOST_NOTES]
            if len(said) > _MOST_NOTES:
                notes.append((name, f"{len(said) - _MOST_NOTES:,} more lines that cannot be used"))
    return tuple(_with_normal_values(out, notes)), tuple(notes)


def _is_sidecar(name: str) -> bool:
    return name.lower().endswith(SIDECAR)


class _Known:
    """Which document stands at which position, by path and member; and which belong to a container."""

    def __init__(self, files: Sequence[SourceFile]) -> None:
        self.at = {(f.path, f.member): i for i, f in enumerate(files)}
        self.within: dict[str, list[int]] = {}
        for i, f in enumerate(files):
            if f.member is not None:
                self.within.setdefault(f.path, []).append(i)

    def find(self, path: str, member: str | None) -> tuple[int | None, str]:
        """(position of the document, path of the container): `a.zip!b` names a member unless a file has that name."""
        if member is not None or (path, None) in self.at or path in self.within:
            return self.at.get((path, member)), path
        container, mark, inside = path.partition("!")
        while mark:
            if (container, inside) in self.at:
                return self.at[container, inside], container
            more, mark, inside = inside.partition("!")
            container = f"{container}!{more}"
        return None, path


def _apply_one(entries: Iterable[_Entry], out: list[SourceFile], known: _Known, notes: list[Note]) -> None:
    seen: dict[tuple[str, str | None], str] = {}
    for e in entries:
        url, fetched_at = _checked(e, notes)
        if (first := seen.setdefault((e.path, e.member), e.place)) != e.place:
            notes.append((e.place, f"names {e.path} again, which {first} did: remove one of them"))
            continue
        at, container = known.find(e.path, e.member)
        if at is not None:
            out[at] = replace(out[at], url=url or out[at].url, fetched_at=fetched_at or out[at].fetched_at)
        elif e.member is None and container in known.within:
            for i in known.within[container]:
                out[i] = replace(out[i], fetched_at=out[i].fetched_at or fetched_at)
        else:
            what = e.path if e.member is None else f"{e.path}!{e.member}"
            notes.append((e.place, f"names {what}, which is no document here: correct the path"))


def _checked(e: _Entry, notes: list[Note]) -> tuple[str | None, str | None]:
    url, fetched_at = e.url, e.fetched_at
    if url is not None and normalised_url(url) is None:
        notes.append((e.place, f"{url[:100]!r} is no address: write it as http://…"))
        url = None
    if fetched_at is not None and normalised_time(fetched_at) is None:
        notes.append((e.place, f"{fetched_at[:100]!r} is no time: write it as 2025-01-31T08:00:00+08:00"))
        fetched_at = None
    return url, fetched_at


def _with_normal_values(files: Iterable[SourceFile], notes: list[Note]) -> Iterator[SourceFile]:
    """Times as UTC. What a container says wrongly is told once for each container."""
    told: dict[str, int] = {}
    for f in files:
        url = f.url if f.url is None or normalised_url(f.url) else None
        time = None if f.fetched_at is None else normalised_time(f.fetched_at)
        if url != f.url or (time is None and f.fetched_at is not None):
            told[f.path] = told.get(f.path, 0) + 1
        yield f if (url, time) == (f.url, f.fetched_at) else replace(f, url=url, fetched_at=time)
    notes += [(p, f"{n:,} members with a url or fetched_at that is none: they stay empty") for p, n in told.items()]


# ---- reading them -------------------------------------------------------------------------------------------------
def _entries(name: str, path: Path, limits: Limits, notes: list[Note]) -> Iterator[_Entry]:
    try:
        if path.stat().st_size > limits.max_bytes:
            notes.append((name, f"more than the limit of {limits.max_bytes:,} bytes: split it, or raise max_bytes"))
            return
        data = path.read_bytes()
    except OSError as e:
        notes.append((name, f"cannot be opened: {e.strerror}"))
        return
    text = _decoded(data)
    if text is None:
        notes.append((name, "is neither UTF-8 nor GBK: save it as UTF-8"))
        return
    folder = posixpath.dirname(name)
    if _is_sidecar(name):
        yield from _sidecar(name, text, notes)
    elif name.lower().endswith(".csv"):
        yield from _csv(name, folder, text, notes)
    else:
        yield from _jsonl(name, folder, text, notes)


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sidecar(name: str, text: str, notes: list[Note]) -> Iterator[_Entry]:
    record = _object(name, text, notes)
    if record is not None:
        yield _Entry(name, name[: -len(SIDECAR)], None, _value(record.get("url")), _value(record.get("fetched_at")))


def _jsonl(name: str, folder: str, text: str, notes: list[Note]) -> Iterator[_Entry]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            place = f"{name} line {number}"
            record = _object(place, line, notes)
            if record is not None:
                yield from _entry(place, folder, record, notes)


def _object(place: str, text: str, notes: list[Note]) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as e:
        notes.append((place, f"is no valid JSON ({str(e)[:100]}): correct it"))
        return None
    if not isinstance(value, dict):
        notes.append((place, 'is no JSON object: write {"url": …, "fetched_at": …}'))
        return None
    return value


def _csv(name: str, folder: str, text: str, notes: list[Note]) -> Iterator[_Entry]:
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [h.strip().lower() for h in next(rows, [])]
        if "path" not in header:
            notes.append((name, "has no column `path`: its first line must name the columns path, url, fetched_at"))
            return
        for row in rows:
            place = f"{name} line {rows.line_num}"
            if any(v.strip() for v in row):
                if len(row) != len(header):
                    notes.append(
                        (place, f"has {len(row)} values under {len(header)} columns: quote values with commas")
                    )
                    continue
                yield from _entry(place, folder, dict(zip(header, row, strict=True)), notes)
    except csv.Error as e:
        notes.append(
            (f"{name} line {rows.line_num}", f"is no valid CSV ({e}): correct it; the lines after it are not used")
        )


def _entry(place: str, folder: str, record: dict[str, Any], notes: list[Note]) -> Iterator[_Entry]:
    path = _value(record.get("path"))
    if path is None:
        notes.append((place, "says no path: say which document is meant"))
        return
    relative = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    outer, mark, inside = path.partition("!")  # the name of a member is a name, not a path to be cleaned
    if mark:
        relative = posixpath.normpath(posixpath.join(folder, outer.replace("\\", "/"))) + mark + inside
    yield _Entry(
        place, relative, _value(record.get("member")), _value(record.get("url")), _value(record.get("fetched_at"))
    )


def _value(value: object) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    return str(value).strip().encode("utf-8", "backslashreplace").decode() or None
