"""Checks of a release's files without their tables: sums, presence, version and date. Each gives faults as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.data_files import table_rows
from pipeline.release import sums
from pipeline.release.declared import NotReadable, json_of, text_of
from pipeline.release.edition import NoVersion, Version
from pipeline.release.folder import SUMS, Folder

_MOST_BYTES = 1024**2
_ENTRY = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the files of a folder, each computed once."""

    root: Path
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, path: str) -> str:
        """That of a file by its path in the folder. Raises OSError."""
        if path not in self._known:
            self._known[path] = sums.digest(self.root / path)
        return self._known[path]


def check_sums(root: Path, here: Iterable[str], digests: Digests | None = None) -> tuple[str, ...]:
    """Files that are missing, too many or changed. `here` are the paths of the folder's files."""
    digests = digests or Digests(root)
    try:
        said = sums.read(root)
    except sums.SumsWrong as e:
        return (str(e),)
    present = set(here) - {SUMS}
    faults = [f"{p} is missing" for p in sorted(said.keys() - present)]
    faults += [f"{p} is not listed in {SUMS}" for p in sorted(present - said.keys())]
    for path in sorted(said.keys() & present):
        try:
            if digests.of(path) != said[path]:
                faults.append(f"{path} was changed: its SHA-256 is not the one listed")
        except OSError as e:
            faults.append(f"{path} cannot be read: {e.strerror or e}")
    return tuple(faults)


def check_present(here: Iterable[str], *, is_ours: bool, is_compared: bool) -> tuple[str, ...]:
    """Files of `data/files.csv` that are missing: those that every release has, those of this version of the program
    where that made the release, and those of a release that was compared with one before."""
    needed = {"always": True, "now": is_ours, "compared": is_ours and is_compared}
    there = set(here)
    wanted = (r["path"] for r in table_rows(__package__, "files.csv") if needed[r["needed"]])
    return tuple(f"{path} is missing" for path in wanted if path not in there)


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
