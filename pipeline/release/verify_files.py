"""Checks of a release that need no database: sums, files, version and date, CSV files. Each gives faults as sentences."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.release import sums
from pipeline.release.declared import NotReadable, json_of, text_of
from pipeline.release.edition import NoVersion, Version
from pipeline.release.folder import SUMS, Folder

_MOST_BYTES = 1024**2
_LONGEST_FIELD = 8 * 1024**2
_LONGEST_LINE = 8 * 1024**2
_LONGEST_RECORD = 64 * 1024**2
_ENTRY = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)", re.MULTILINE)


def check_sums(root: Path, here: Iterable[str]) -> tuple[str, ...]:
    """Files that are missing, too many or changed. `here` are the paths of the folder's files."""
    try:
        said = sums.read(root)
    except sums.SumsWrong as e:
        return (str(e),)
    present = set(here) - {SUMS}
    faults = [f"{p} is missing" for p in sorted(said.keys() - present)]
    faults += [f"{p} is not listed in {SUMS}" for p in sorted(present - said.keys())]
    for path in sorted(said.keys() & present):
        try:
            if sums.digest(root / path) != said[path]:
                faults.append(f"{path} was changed: its SHA-256 is not the one listed")
        except OSError as e:
            faults.append(f"{path} cannot be read: {e.strerror or e}")
    return tuple(faults)


def check_present(folder: Folder) -> tuple[str, ...]:
    """Files that every release has."""
    needed = (
        *(folder.readme, folder.changelog, folder.licence, folder.citation, folder.datacite, folder.datapackage),
        *(folder.croissant, folder.provenance, folder.sums, folder.database),
    )
    return tuple(f"{p.relative_to(folder.root)} is missing" for p in needed if not p.is_file())


def check_editions(folder: Folder) -> tuple[str, ...]:
    """Whether every file that says the version or the date of the release says the same.

    The name of the folder counts where it is a version: a copy may be called otherwise.
    """
    faults: list[str] = []
    versions: dict[str, str] = {}
    dates: dict[str, str] = {}
    for path, read in (
        (folder.datapackage, _of_datapackage),
        (folder.provenance, _of_provenance),
        (folder.citation, _of_citation),
        (folder.datacite, _of_datacite),
        (folder.croissant, _of_croissant),
        (folder.changelog, _of_changelog),
    ):
        if not path.exists():  # told by `check_present`
            continue
        try:
            version, date = read(path)
        except NotReadable as e:
            faults.append(str(e))
            continue
        if not version:
            faults.append(f"{path.name} does not say the version")
        versions |= {path.name: version} if version else {}
        dates |= {path.name: date} if date else {}
    name = folder.root.resolve().name
    if _is_version(name):
        versions["the folder's name"] = name
    return (*faults, *_disagreements("version", versions), *_disagreements("date", dates))


def _disagreements(what: str, said: Mapping[str, str]) -> tuple[str, ...]:
    if len(set(said.values())) < 2:
        return ()
    return (f"the {what} differs: " + ", ".join(f"{v} in {k}" for k, v in said.items()),)


def _is_version(text: str) -> bool:
    try:
        Version.of(text)
    except NoVersion:
        return False
    return True


def _of_datapackage(path: Path) -> tuple[str, str]:
    said = json_of(path)
    return _word(said.get("version")), _word(said.get("created"))[:10]


def _of_provenance(path: Path) -> tuple[str, str]:
    said = json_of(path)
    return _word(said.get("version")), _word(said.get("date"))[:10]


def _of_croissant(path: Path) -> tuple[str, str]:
    said = json_of(path)
    return _word(said.get("version")), _word(said.get("datePublished"))[:10]


def _of_datacite(path: Path) -> tuple[str, str]:
    said: Any = json_of(path)
    for inner in ("data", "attributes"):  # as the API takes it, or the attributes alone
        said = said[inner] if isinstance(said.get(inner), dict) else said
    dates = said.get("dates")
    issued = (
        [d for d in dates if isinstance(d, dict) and d.get("dateType") == "Issued"] if isinstance(dates, list) else []
    )
    return _word(said.get("version")), _word(issued[0].get("date"))[:10] if issued else ""


def _of_citation(path: Path) -> tuple[str, str]:
    text = text_of(path, _MOST_BYTES)
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as e:
        raise NotReadable(f"{path.name} is no YAML: {str(e).splitlines()[0]}") from e
    if not isinstance(said, dict):
        raise NotReadable(f"{path.name} says nothing")
    return _word(said.get("version")), _word(said.get("date-released"))


def _of_changelog(path: Path) -> tuple[str, str]:
    first = _ENTRY.search(text_of(path))
    return (first[1], first[2]) if first else ("", "")


def _word(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def check_csv(folder: Folder, rows: Mapping[str, int]) -> tuple[str, ...]:
    """Whether every CSV file can be read to its end and has a line for each of `rows`, as the Parquet file has.

    A file of a view has no Parquet file beside it: it can have no more rows than the largest table.
    """
    faults = []
    for path in sorted((folder.data / "csv").glob("*.csv.gz")):
        table = path.name.removesuffix(".csv.gz")
        most = rows.get(table, max(rows.values(), default=0))
        try:
            found = _count(path, most)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, NotReadable) as e:
            faults.append(
                f"data/csv/{path.name} cannot be read: {str(e).splitlines()[0] if str(e) else 'it ends early'}"
            )
            continue
        if table in rows and found != rows[table]:
            faults.append(f"data/csv/{path.name} has {found:,} rows, and the table has {rows[table]:,}")
    return tuple(faults)


class _Lines:
    """Lines of an unpacked file, of bounded length; `taken` counts the characters since it was last set to 0."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self.file = file
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(_LONGEST_LINE):
            self.taken += len(line)
            if len(line) == _LONGEST_LINE or self.taken > _LONGEST_RECORD:
                raise NotReadable("a record is longer than any of a release")
            yield line


def _count(path: Path, most: int) -> int:
    """Records under the heading, at most one more than `most`. Each must have as many fields as the heading."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        with (
            os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as raw,
            gzip.GzipFile(fileobj=raw) as unpacked,
            io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="") as text,
        ):
            lines = _Lines(text)
            n = -1
            width = 0
            for record in csv.reader(lines, strict=True):
                lines.taken = 0
                n += 1
                width = width or len(record)
                if len(record) != width:
                    raise NotReadable(f"record {n:,} has {len(record):,} fields, and the heading {width:,}")
                if n > most:
                    raise NotReadable(f"it has more than {most:,} rows")
            return max(n, 0)
    finally:
        csv.field_size_limit(before)
