"""Loads the dictionaries of `data/dictionaries`: the tables of disclosure practice and the terms for the segmenter.

The tables are data that a lawyer corrects; what makes a row invalid is checked here, with the line and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.narrate.dictionary_state import (
    VERSIONS_COLUMNS,
    VERSIONS_FILE,
    DictionaryState,
    Versions,
    content_sha256,
)
from pipeline.narrate.practice_rows import practice_of
from pipeline.narrate.practice_tables import CATEGORIES_FILE, PRACTICE_FILES, Practice, Row, read_table
from pipeline.narrate.segmentation import (
    SEGMENTATION_FILE,
    SEGMENTATION_FILES,
    STOP_WORDS_FILE,
    SegmentationTerm,
    StopWord,
    jieba_dictionary,
    segmentation_of,
    segmenter_release,
    stop_words_of,
)
from pipeline.narrate.token_places import place_names

FILES = {**PRACTICE_FILES, **SEGMENTATION_FILES, VERSIONS_FILE: VERSIONS_COLUMNS}
"""Columns of each table."""

_PACKAGE = Path(__file__).resolve().parent


# Compared and hashed by identity: caches keep what they derive from a set of dictionaries under the set itself.
@dataclass(frozen=True, slots=True, eq=False)
class Dictionaries:
    """One state of the dictionaries.

    `states`: of each list that features depend on, by name, the names of places, jieba's dictionary and the
    segmenter (no entries; its hash is of name and release) among them.
    `content_hash`: SHA-256 over all of them, hexadecimal.
    """

    practice: Practice
    segmentation: tuple[SegmentationTerm, ...]
    stop_words: tuple[StopWord, ...]
    states: tuple[DictionaryState, ...]
    content_hash: str


def dictionary_folder() -> Path:
    """Folder of the dictionaries: the checkout's `data/dictionaries`, else the copy inside the installed package.

    Raises FileNotFoundError where neither is there.
    """
    checkout = _PACKAGE.parents[1]
    packaged = _PACKAGE / "_dictionaries"
    # An installed package lies in a folder without pyproject.toml, where some other `data` might lie as well.
    if (checkout / "pyproject.toml").is_file() and (checkout / "data" / "dictionaries" / CATEGORIES_FILE).is_file():
        return checkout / "data" / "dictionaries"
    if (packaged / CATEGORIES_FILE).is_file():
        return packaged
    raise FileNotFoundError(
        f"no dictionaries: {CATEGORIES_FILE} is neither in {checkout / 'data' / 'dictionaries'} nor in {packaged}; "
        "restore data/dictionaries in the checkout or reinstall the package"
    )


def load_dictionaries(folder: Path) -> Dictionaries:
    """Reads and checks the tables of a folder.

    Raises FileNotFoundError for a missing table, DictionaryError for a row that cannot be used.
    """
    rows = {name: tuple(read_table(folder, name, columns)) for name, columns in FILES.items()}
    states = tuple(_states(folder, rows))
    return Dictionaries(
        practice=practice_of(folder, rows),
        segmentation=segmentation_of(folder, rows[SEGMENTATION_FILE]),
        stop_words=stop_words_of(folder, rows[STOP_WORDS_FILE]),
        states=states,
        content_hash=content_sha256((s.name, s.sha256) for s in states),
    )


@cache
def default_dictionaries() -> Dictionaries:
    """The project's own dictionaries, read once per process."""
    return load_dictionaries(dictionary_folder())


def dictionary_hash(dictionaries: Dictionaries | None = None) -> str:
    """SHA-256 (hexadecimal) of the content of the dictionaries.

    Every column of every row counts; the order of rows and columns, quoting and line ends do not, since features do
    not depend on them.
    """
    return (dictionaries or default_dictionaries()).content_hash


def dictionary_states(dictionaries: Dictionaries | None = None) -> tuple[DictionaryState, ...]:
    """The state of each word list that features depend on, by name."""
    return (dictionaries or default_dictionaries()).states


def _states(folder: Path, rows: dict[str, tuple[Row, ...]]) -> Iterator[DictionaryState]:
    versions = Versions(folder, rows[VERSIONS_FILE])
    places, jieba = place_names().rows(), jieba_dictionary()
    lists = {
        **{
            name.removesuffix(".csv"): (len(rows[name]), content_sha256(list(r.values.values()) for r in rows[name]))
            for name in FILES
            if name != VERSIONS_FILE
        },
        "places": (len(places), content_sha256(places)),
        "jieba": (jieba.entries, jieba.sha256),
        "segmenter": (0, content_sha256([segmenter_release()])),
    }
    for name, (entries, sha256) in sorted(lists.items()):
        yield versions.state(name, entries, sha256)
