"""Loads what text is cut into words with: the words of the field, the stop words, and jieba's dictionary."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path

from pipeline.narrate.practice_tables import DictionaryError, Row, require

SEGMENTATION_FILE = "segmentation.csv"
STOP_WORDS_FILE = "stop_words.csv"
SEGMENTATION_FILES = {
    SEGMENTATION_FILE: ("term", "frequency", "tag", "source"),
    STOP_WORDS_FILE: ("term", "source"),
}
"""Columns of each table."""

PLACE_TAG = "ns"
"""Tag of words that are places. A word with another tag is none, even if a division bears the same name."""


@dataclass(frozen=True, slots=True)
class SegmentationTerm:
    """A word for the segmenter. `frequency` None: as high as it takes for the word to be cut as one token."""

    term: str
    frequency: int | None
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class StopWord:
    """A word that says nothing of what a text is about."""

    term: str
    source: str


@dataclass(frozen=True, slots=True)
class JiebaDictionary:
    """jieba's dictionary file: where it lies, how many words it has, and the SHA-256 of its bytes (hexadecimal)."""

    path: Path
    entries: int
    sha256: str


def segmentation_of(folder: Path, rows: tuple[Row, ...]) -> tuple[SegmentationTerm, ...]:
    """The rows of `segmentation.csv`. Raises DictionaryError for a row that cannot be used."""
    path, seen = folder / SEGMENTATION_FILE, set[str]()
    out = []
    for row in rows:
        require(path, row, "term", "tag")
        term, frequency, tag, source = (row.values[c] for c in SEGMENTATION_FILES[SEGMENTATION_FILE])
        _once(path, row, seen)
        # isdecimal() alone would let full-width digits pass, which an editor does not see.
        if frequency and not (frequency.isascii() and frequency.isdecimal() and int(frequency)):
            raise DictionaryError(
                f"{path}, line {row.line}: frequency {frequency!r} is no whole number above 0; correct or empty it"
            )
        out.append(SegmentationTerm(term, int(frequency) if frequency else None, tag, source))
    return tuple(out)


def stop_words_of(folder: Path, rows: tuple[Row, ...]) -> tuple[StopWord, ...]:
    """The rows of `stop_words.csv`. Raises DictionaryError for a row that cannot be used."""
    path, seen = folder / STOP_WORDS_FILE, set[str]()
    out = []
    for row in rows:
        require(path, row, "term")
        _once(path, row, seen)
        out.append(StopWord(**row.values))
    return tuple(out)


@cache
def jieba_dictionary() -> JiebaDictionary:
    """The dictionary of the installed jieba, found without importing jieba."""
    path = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))
    content = path.read_bytes()
    return JiebaDictionary(path, content.count(b"\n"), hashlib.sha256(content).hexdigest())


def segmenter_release() -> tuple[str, str]:
    """Name and release of the installed program that cuts. Its words are others' (`jieba`, `segmentation`, `places`)."""
    return "rjieba", version("rjieba")


def _once(path: Path, row: Row, seen: set[str]) -> None:
    term = row.values["term"]
    if term in seen:
        raise DictionaryError(f"{path}, line {row.line}: {term!r} stands there twice; delete one")
    seen.add(term)
