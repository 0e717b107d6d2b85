"""Words in place of numbers, in layouts that do not show where a cell ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from pipeline.extract.align import exact_row
from pipeline.extract.labels import Labels, key
from pipeline.extract.layout import Item
from pipeline.extract.numbers import DENIAL

_LONGEST_SENTENCE = 30
_OWN_ORGAN = re.compile("本(?:单位|机关|部门|局|级|街道|镇|乡)")
_NEARLY_NUMBER = re.compile(r"[约近共（(↑↓+—–-]*[\d○〇Oo零]")
"""A number with words or marks around it: no number, and no label either."""


def absorb_words(items: Sequence[Item], labels: Labels, width: Callable[[str], int]) -> list[Item]:
    """In layouts without rows: a sentence in place of a number, after a row's label or among its numbers, joins them.

    Only a text that denies something is such a sentence: any other may be the label of a row that is not on the form.
    One that resembles a label of the table is never taken for one, and a row never gets more cells than it has columns
    (`width` of its code).
    """
    out: list[Item] = []
    room = 0
    for k, it in enumerate(items):
        row = exact_row(it, labels, shows_cells=False)
        if row is not None:
            room = width(labels.rows[row[0]])
        joins = (
            bool(out)
            and room > 0
            and not it.has_values
            and len(it.pieces) == 1
            and 0 < len(it.pieces[0].text) <= _LONGEST_SENTENCE
            and _may_replace_number(it.pieces[0].text)
            and not _resembles(it.pieces[0].text, labels)
            and _is_before_value_or_label(items, k, labels)
            and (out[-1].has_values or exact_row(out[-1], labels, shows_cells=False) is not None)
        )
        if out and not out[-1].label_pieces and out[-1].has_values and (joins or not it.label_pieces):
            out[-1] = Item((*out[-1].pieces, *it.pieces), 0, (), True, out[-1].at)
        elif joins:
            out.append(Item(it.pieces, 0, (), True, it.at))
        else:
            out.append(it)
        if joins or not it.label_pieces:
            room -= sum(bool(p.text) for p in it.pieces)
    return out


def _is_before_value_or_label(items: Sequence[Item], k: int, labels: Labels) -> bool:
    """Whether the next item that says anything has values, or may be a label of the table."""
    behind = (items[i] for i in range(k + 1, len(items)))
    following = next((x for x in behind if any(p.text for p in x.pieces)), None)
    return following is not None and (following.has_values or _resembles(following.pieces[0].text, labels))


def _may_replace_number(text: str) -> bool:
    """Whether words can stand in place of a number: they deny something, speak of the organ, or are nearly a number."""
    return bool(DENIAL.search(text) or _OWN_ORGAN.search(text) or _NEARLY_NUMBER.match(text))


@lru_cache(maxsize=16_384)
def _resembles(text: str, labels: Labels) -> bool:
    """Whether the text is, or may be a piece of, a label of the table."""
    k = key(text)
    if labels.knows(text):
        return True
    if len(k) > 1 and any(k in x for x in (*labels.column_of_key, *labels.group_keys)):
        return True
    return bool(labels.rows_like(k)) or (len(k) > 1 and any(k in x for keys in labels.row_keys for x in keys))
