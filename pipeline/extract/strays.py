"""Numbers that stand beside, above or below the labels of their rows instead of in them: no blank row may hide them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.align import Alignment, RowMatch
from pipeline.extract.cells import Reading
from pipeline.extract.grounds import Ground
from pipeline.extract.layout import Item

_ENOUGH_LINES = 3
"""Lines of flattened text with numbers only; one or two may be page numbers."""
_ENOUGH_NUMBERS = 3
"""Numbers of such a line behind the last row of flattened text, where other text may follow."""


def lose_empty_rows(reading: Reading, alignment: Alignment, rows: Sequence[RowMatch], found: Sequence[Item]) -> None:
    """Rows without a number in a table where numbers stand without a label are lost, not blank, and not deduced."""
    behind = [
        it
        for it in found[alignment.last_item + 1 :]
        if not it.label_pieces and (it.has_values if it.row is not None else _numbers(it) >= _ENOUGH_NUMBERS)
    ]
    strays = [it for it, words in alignment.unlabelled if not words] + behind
    if not strays or (len(strays) < _ENOUGH_LINES and strays[0].row is None):
        return
    empty = [r.row_code for r in rows if r.values is None or not any(p.text for p in r.values.pieces[r.label_end :])]
    if not empty:
        return
    lost = {slot for slot in reading.blank if slot[0] in empty}
    reading.blank -= lost
    reading.not_printed |= lost
    reading.doubts.update({r: Ground.STRAYS for r in empty if r not in reading.doubts})
    for it in behind:
        observed = " ".join(p.text for p in it.value_pieces if p.text)[:200]
        reading.find("row_unlabelled", observed=observed, at=(it.start, it.end))


def doubt_rows_beside(reading: Reading, alignment: Alignment, rows: Sequence[RowMatch], found: Sequence[Item]) -> None:
    """In text that keeps places, a line of numbers alone between two rows may be of either: of their blanks none is sure."""
    for it, words in alignment.unlabelled:
        if words:
            continue
        before = [r for r in rows if found[r.last_item].start < it.start]
        after = [r for r in rows if found[r.first_item].start > it.start]
        for r in (*before[-1:], *after[:1]):
            lost = {slot for slot in reading.blank if slot[0] == r.row_code}
            if lost:
                reading.blank -= lost
                reading.not_printed |= lost
                reading.doubts.setdefault(r.row_code, Ground.STRAYS)


def _numbers(it: Item) -> int:
    return sum(p.printed.is_value for p in it.pieces if p.text)
