"""Labels of rows, columns and groups: recognised by their characters, never by their place.

A label's key is its Han characters, letters and digits; quotation marks, brackets and blanks do not count. An exact key
decides at once; a damaged one (characters lost, a misprint, pieces of a neighbouring label between) is scored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from pipeline import form

_NOT_WORD = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
_GLOSS = re.compile(r"[(（][^()（）]+[)）]\s*$")


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    return _NOT_WORD.sub("", text)


@lru_cache(maxsize=65_536)
def key_without_gloss(text: str) -> str:
    """The key of a label without a remark in brackets at its end (`本年增/减（减少用负值表示）`)."""
    return _NOT_WORD.sub("", _GLOSS.sub("", text))


class Meaning(NamedTuple):
    """What a text is as a label of a table: the row, the column, or a group's; of what it is not, None and False."""

    row: str | None
    column: str | None
    is_group: bool


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labels of one table over all forms: rows in form order, columns, groups; keys to codes. Told apart by identity."""

    table_code: str
    rows: tuple[str, ...]
    row_keys: tuple[tuple[str, ...], ...]
    row_of_key: dict[str, str]
    column_of_key: dict[str, str]
    group_keys: frozenset[str]

    def meaning(self, text: str) -> Meaning:
        return _meaning(self, text)

    def row(self, text: str) -> str | None:
        return _meaning(self, text).row

    def column(self, text: str) -> str | None:
        return _meaning(self, text).column

    def rows_like(self, text_key: str) -> tuple[tuple[int, float], ...]:
        """(row index, similarity) of every row with a label that resembles a key."""
        return _rows_like(self, text_key)

    def first_column_label(self, code: str) -> str:
        """The key under which a column was first listed: the form's own label."""
        return next(k for k, c in self.column_of_key.items() if c == code)

    def is_group(self, text: str) -> bool:
        return _meaning(self, text).is_group

    def knows(self, text: str) -> bool:
        """Whether the text is, whole, a label of this table."""
        row, column, is_group = _meaning(self, text)
        return row is not None or column is not None or is_group


@lru_cache(maxsize=65_536)
def _meaning(labels: Labels, text: str) -> Meaning:
    # The texts of labels repeat from one report to the next.
    k, bare = key(text), key_without_gloss(text)
    row = labels.row_of_key.get(k) or labels.row_of_key.get(bare)
    column = labels.column_of_key.get(k) or labels.column_of_key.get(bare)
    return Meaning(row, column, k in labels.group_keys or bare in labels.group_keys)


def _merge(sequences: list[tuple[str, ...]]) -> tuple[str, ...]:
    """One order that agrees with every form's: a row of one form only goes where that form has it."""
    merged: list[str] = []
    for sequence in sequences:
        at = 0
        for code in sequence:
            if code in merged:
                at = merged.index(code) + 1
            else:
                merged.insert(at, code)
                at += 1
    return tuple(merged)


@cache
def labels(table_code: str) -> Labels:
    rows = _merge([form.row_codes(f, table_code) for f in reversed(form.FORMS)])
    row_keys: dict[str, dict[str, None]] = {r: {} for r in rows}
    column_of_key: dict[str, str] = {}
    group_keys: set[str] = set()
    for f in reversed(form.FORMS):
        for r in form.row_codes(f, table_code):
            row_keys[r].update((key(x), None) for x in form.labels_of_row(f, table_code, r))
        for c in form.column_codes(f, table_code):
            for x in form.labels_of_column(f, table_code, c):
                column_of_key.setdefault(key(x), c)
        group_keys.update(key(g.label) for g in form.group_labels(f, table_code))
    return Labels(
        table_code,
        rows,
        tuple(tuple(row_keys[r]) for r in rows),
        {k: r for r in reversed(rows) for k in row_keys[r]},
        column_of_key,
        frozenset(group_keys),
    )


_SHORT = 4


@lru_cache(maxsize=65_536)
def _rows_like(labels: Labels, text_key: str) -> tuple[tuple[int, float], ...]:
    best = (
        (row, max((_similarity(k, text_key) for k in keys if _may_be_similar(len(k), len(text_key))), default=0.0))
        for row, keys in enumerate(labels.row_keys)
    )
    return tuple((row, s) for row, s in best if s)


def _may_be_similar(label: int, text: int) -> bool:
    """Whether a text of this length can hold enough of a label of that length, and little enough beside it."""
    return 0.66 * label <= text <= label + max(4, label)


@lru_cache(maxsize=65_536)
def similarity(label_key: str, text_key: str) -> float:
    """How surely a text holds a label, 0 to 1: share of the label's characters found in order, less what is foreign.

    Foreign characters cost little: a neighbouring group label may stand between the pieces of a wrapped label. Short
    labels tolerate next to none. Below 0.66 the answer is 0.
    """
    return _similarity(label_key, text_key)


def _similarity(label_key: str, text_key: str) -> float:
    if not text_key:
        return 0.0
    common = LCSseq.similarity(label_key, text_key)
    covered = common / len(label_key)
    foreign = len(text_key) - common
    if len(label_key) <= _SHORT:
        if foreign > 1 or covered < 0.66 or text_key[0] != label_key[0]:
            return 0.0
        return covered - 0.1 * foreign
    if covered < 0.7 or foreign > max(4, len(label_key)):
        return 0.0
    # The item number, where both have one, must be the same: labels under one heading share most characters.
    if label_key[0] in "12345678" and text_key[0] in "12345678" and label_key[0] != text_key[0]:
        return 0.0
    return max(0.0, covered - 0.3 * foreign / (len(label_key) + foreign))
