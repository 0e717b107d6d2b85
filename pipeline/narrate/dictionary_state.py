"""What identifies the state of a word list: its version and the hash of its content, for the table `dictionaries`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.narrate.practice_tables import DictionaryError, Row, require

VERSIONS_FILE = "versions.csv"
VERSIONS_COLUMNS = ("dictionary", "version", "released", "description_en", "description_zh")


@dataclass(frozen=True, slots=True)
class DictionaryState:
    """One word list as it is in this run.

    `version`: as released; `entries`: its rows; `sha256`: of its content, hexadecimal, so that a list that was changed
    without a new version is seen.
    """

    name: str
    version: str
    entries: int
    sha256: str
    description_en: str
    description_zh: str


class Versions:
    """The lines of `versions.csv`: which version of each word list this is, and what the list is for."""

    def __init__(self, folder: Path, rows: Iterable[Row]) -> None:
        self._path = folder / VERSIONS_FILE
        self._rows: dict[str, dict[str, str]] = {}
        for row in rows:
            require(self._path, row, *VERSIONS_COLUMNS)
            name = row.values["dictionary"]
            if name in self._rows:
                raise DictionaryError(f"{self._path}, line {row.line}: {name!r} stands there twice; delete one")
            self._rows[name] = row.values

    def state(self, name: str, entries: int, sha256: str) -> DictionaryState:
        """The state of the list `name`. Raises DictionaryError where `versions.csv` has no line for it."""
        if name not in self._rows:
            raise DictionaryError(f"{self._path}: no line for the dictionary {name!r}; add one with its version")
        line = self._rows[name]
        return DictionaryState(name, line["version"], entries, sha256, line["description_en"], line["description_zh"])


def content_sha256(rows: Iterable[Sequence[str]]) -> str:
    """SHA-256 of rows whatever their order, hexadecimal."""
    canonical = json.dumps(sorted(rows), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
