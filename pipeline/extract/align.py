"""Which item is which row of the form: the best-scoring assignment in which rows follow the order of the form.

A row is a window of neighbouring items: its label, perhaps wrapped over several lines with pieces of a group label
between, and at most one item with values. Solved exactly by dynamic programming over (items, rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

from pipeline.extract.labels import Labels, key, similarity
from pipeline.extract.layout import STREAMS, WITH_CELLS, Item
from pipeline.extract.numbers import DENIAL

_WINDOW = 7
_MOST_PIECES = 6
"""Pieces that a label may be cut into by blanks inside it."""
_LONGEST_SENTENCE = 30
_OWN_ORGAN = re.compile("本(?:单位|机关|部门|局|级|街道|镇|乡)")
_NEARLY_NUMBER = re.compile(r"[约近共（(↑↓+—–-]*[\d○〇Oo零]")
"""A number with words or marks around it: no number, and no label either."""
_SKIP_TEXT = 0.4
_SKIP_VALUES = 40.0
_EXACT = 100.0
_FUZZY = 80.0
_WEAK = 60.0
_CONTINUED = 0.85
_REST_OF_LABEL = 0.6
_SURE = 0.9
_SURE_IF_DISTINCT = 0.75
_WITH_VALUES = 30.0


@dataclass(frozen=True, slots=True)
class RowMatch:
    """A row found: its label's certainty (1 exact), its items, and the one that holds its values (None: none do).

    `is_distinct`: the label, even if damaged, resembles no other row's.
    `label_end` is the index in that item's pieces after its label; 0 where the label stands elsewhere.
    """

    row_code: str
    certainty: float
    first_item: int
    last_item: int
    values: Item | None
    label_end: int
    is_distinct: bool = True

    @property
    def is_sure(self) -> bool:
        """Whether the label alone says which row this is."""
        return self.certainty >= _SURE or (self.is_distinct and self.certainty >= _SURE_IF_DISTINCT)


@dataclass(frozen=True, slots=True)
class Alignment:
    rows: tuple[RowMatch, ...]
    unlabelled: tuple[tuple[Item, str], ...]
    """Items with values inside the table that no row claims, and the words that stand before the values."""
    repeated: tuple[tuple[str, Item], ...]
    """Items that carry the label of a row which stands elsewhere too."""
    first_item: int
    last_item: int


@dataclass(frozen=True, slots=True)
class _Hit:
    row: int
    score: float
    certainty: float
    label_end: int
    is_distinct: bool = True
    """Whether the text resembles no other row's label."""


def _exact(item: Item, labels: Labels, shows_cells: bool) -> tuple[int, int] | None:
    """(row index, label end) where a piece, or the pieces together, are exactly a row's label.

    `shows_cells`: each piece is a cell, so that one behind a whole label is no part of it.
    """
    order = {r: i for i, r in enumerate(labels.rows)}
    for end in range(len(item.pieces), 0, -1):
        p = item.pieces[end - 1]
        if not p.text or p.printed.is_value or (shows_cells and not key(p.text)):
            continue
        joined = ""
        for start in range(end - 1, max(-1, end - 1 - _MOST_PIECES), -1):
            if item.pieces[start].printed.is_value and item.pieces[start].text:
                break
            joined = item.pieces[start].text + joined
            row = labels.row(joined)
            if row is None:
                continue
            # What stands behind the label in brackets is a note on it, or, in a cell of its own, the contents of that cell.
            while (
                shows_cells
                and end - 1 > start
                and labels.row("".join(p.text for p in item.pieces[start : end - 1])) == row
            ):
                end -= 1
            return order[row], end
    return None


def _holds_words(item: Item, label_end: int, labels: Labels) -> bool:
    """Whether the pieces behind a label are words in place of numbers: no other row's label, damaged."""
    behind = [key(p.text) for p in item.pieces[label_end : item.first_value] if p.text]
    return not any(similarity(x, k) for k in behind for row_keys in labels.row_keys for x in row_keys)


def _text(items: Sequence[Item], labels: Labels) -> str:
    """The key of the label pieces of a window; whole group labels, and repetitions of a merged cell, are left out."""
    out: list[str] = []
    for it in items:
        texts = [p.text for p in it.label_pieces]
        out += [key(t) for i, t in enumerate(texts) if not labels.is_group(t) and (i == 0 or t != texts[i - 1])]
    return "".join(out)


class _Scorer:
    def __init__(self, items: Sequence[Item], labels: Labels, layout: str) -> None:
        self.items = items
        self.labels = labels
        self.rows_are_lines = layout not in STREAMS

        # A label with other words behind it is one only if they are the contents of a cell, which not every layout shows.
        def shows_cells(it: Item) -> bool:
            return it.row is not None or (layout in WITH_CELLS and it.has_values)

        found = [_exact(it, labels, shows_cells(it)) for it in items]
        whole = [
            f is not None and (f[1] >= it.first_value or (shows_cells(it) and _holds_words(it, f[1], labels)))
            for f, it in zip(found, items, strict=True)
        ]
        self.exact = [f if w else None for f, w in zip(found, whole, strict=True)]
        self.weak = [None if w else f for f, w in zip(found, whole, strict=True)]
        header_keys = (*labels.column_of_key, *labels.group_keys)
        self.partial = [
            bool(it.label_pieces)
            and not it.has_values
            and all(any(key(p.text) in x for x in header_keys) for p in it.label_pieces if key(p.text))
            for it in items
        ]
        # Lone values are a label's only when the label stands before them: wrapping is a trait of laid-out rows.
        self.wraps = layout in ("columns", "tabs", "pipes", "rows", "grid")
        self.known = [
            bool(it.label_pieces)
            and all(labels.is_group(p.text) or labels.column(p.text) is not None for p in it.label_pieces)
            for it in items
        ]

    def hits(self, i: int, j: int) -> list[_Hit]:
        """Rows that the items i..j-1 can be, with scores."""
        holders = [k for k in range(i, j) if self.items[k].has_values]
        if len(holders) > 1:
            return []
        holder = holders[0] if holders else None
        bonus = _WITH_VALUES if holder is not None else 0.0
        marked = [k for k in range(i, j) if self.exact[k] is not None]
        if marked:
            if len(marked) > 1:
                return []
            k = marked[0]
            hit = self.exact[k]
            assert hit is not None
            row, label_end = hit
            # In layouts with rows, a row's numbers stand in its own line; else right behind its label.
            elsewhere = holder is not None and holder != k
            if elsewhere and (holder != k + 1 or self.items[k + 1].label_pieces or self.rows_are_lines):
                return self._continued(i, j, row, holder, bonus) if i == k and self.wraps else []
            if i < k or j - 1 > max(k, holder or k):
                return self._continued(i, j, row, holder, bonus) if i == k and self.wraps else []
            penalty = 0.0 if holder in (None, k) else 1.0
            return [_Hit(row, _EXACT + bonus - penalty, 1.0, label_end if holder == k else 0)]
        weak = self.weak[i] if j == i + 1 else None
        certain = [_Hit(weak[0], _WEAK + bonus, 1.0, weak[1])] if weak is not None else []
        return certain + self._similar(i, j, holder, bonus)

    def _similar(self, i: int, j: int, holder: int | None, bonus: float) -> list[_Hit]:
        """Rows whose label resembles the joined text of the items i..j-1."""
        window = self.items[i:j]
        if not self.wraps and j - i > 4:
            return []
        if self.known[i] and self.known[j - 1] and (j - i > 1 or holder is None):
            return []
        if holder is not None and not self.items[holder].label_pieces:
            if holder == i:
                return []
            if not self.wraps and holder != j - 1:
                return []
        text = _text(window, self.labels)
        if len(text) < 2:
            return []
        out = []
        for row, keys in enumerate(self.labels.row_keys):
            best = max(similarity(k, text) for k in keys)
            if best:
                label_end = self.items[holder].first_value if holder is not None else 0
                # Fewer lines explain a label better than more, all else equal.
                out.append(_Hit(row, _FUZZY * best + bonus - 0.5 * (j - i - 1), best, label_end))
        return out if len(out) == 1 else [replace(h, is_distinct=False) for h in out]

    def _continued(self, i: int, j: int, row: int, holder: int | None, bonus: float) -> list[_Hit]:
        """A line that is whole a short label of a row can be the beginning of the row's longer one, wrapped."""
        text, first = _text(self.items[i:j], self.labels), _text(self.items[i : i + 1], self.labels)
        best = max(self.labels.row_keys[row], key=lambda k: similarity(k, text))
        certainty = similarity(best, text)
        # Most of what the further lines say must be the rest of the label, not another label.
        gained = LCSseq.similarity(best, text) - LCSseq.similarity(best, first)
        if certainty < _CONTINUED or len(text) <= len(first) or gained < _REST_OF_LABEL * (len(text) - len(first)):
            return []
        label_end = self.items[holder].first_value if holder is not None else 0
        return [_Hit(row, _EXACT * certainty + bonus, certainty, label_end)]

    def skip(self, i: int) -> float:
        it = self.items[i]
        if it.has_values:
            return -_SKIP_VALUES if not it.label_pieces else -_SKIP_VALUES / 2
        return 0.0 if self.known[i] else -_SKIP_TEXT


def absorb_words(items: Sequence[Item], labels: Labels, width: Callable[[str], int]) -> list[Item]:
    """In layouts without rows: a sentence in place of a number, after a row's label or among its numbers, joins them.

    Only a text that denies something is such a sentence: any other may be the label of a row that is not on the form.
    One that resembles a label of the table is never taken for one, and a row never gets more cells than it has columns
    (`width` of its code).
    """
    out: list[Item] = []
    room = 0
    for k, it in enumerate(items):
        row = _exact(it, labels, shows_cells=False)
        if row is not None:
            room = width(labels.rows[row[0]])
        following = next((x for x in items[k + 1 :] if any(p.text for p in x.pieces)), None)
        joins = (
            bool(out)
            and room > 0
            and not it.has_values
            and len(it.pieces) == 1
            and 0 < len(it.pieces[0].text) <= _LONGEST_SENTENCE
            and _may_replace_number(it.pieces[0].text)
            and not _resembles(it.pieces[0].text, labels)
            and following is not None
            and (following.has_values or _resembles(following.pieces[0].text, labels))
            and (out[-1].has_values or _exact(out[-1], labels, shows_cells=False) is not None)
        )
        if out and not out[-1].label_pieces and out[-1].has_values and (joins or not it.label_pieces):
            out[-1] = Item((*out[-1].pieces, *it.pieces), 0, True, out[-1].at)
        elif joins:
            out.append(Item(it.pieces, 0, True, it.at))
        else:
            out.append(it)
        if joins or not it.label_pieces:
            room -= sum(bool(p.text) for p in it.pieces)
    return out


def _may_replace_number(text: str) -> bool:
    """Whether words can stand in place of a number: they deny something, speak of the organ, or are nearly a number."""
    return bool(DENIAL.search(text) or _OWN_ORGAN.search(text) or _NEARLY_NUMBER.match(text))


def _resembles(text: str, labels: Labels) -> bool:
    """Whether the text is, or may be a piece of, a label of the table."""
    k = key(text)
    if labels.knows(text):
        return True
    if len(k) > 1 and any(k in x for x in (*labels.column_of_key, *labels.group_keys)):
        return True
    return any(similarity(x, k) or (len(k) > 1 and k in x) for keys in labels.row_keys for x in keys)


def align(items: Sequence[Item], labels: Labels, layout: str) -> Alignment | None:
    """The rows of a table among a region's items, or None where no row is found."""
    scorer = _Scorer(items, labels, layout)
    n, m = len(items), len(labels.rows)
    anchors = [k for k in range(n) if scorer.exact[k] is not None]
    candidates: list[list[tuple[int, _Hit]]] = []
    for i in range(n):
        here: list[tuple[int, _Hit]] = []
        for j in range(i + 1, min(n, i + _WINDOW) + 1):
            if len(items[j - 1].label_pieces) and _is_prose(items[j - 1]):
                break
            here += [(j, h) for h in scorer.hits(i, j)]
        candidates.append(here)
    if not anchors and not any(candidates):
        return None
    # best[i][r]: best score of items i.. when rows r.. are still free; choice: what to do at (i, r).
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    ends = [[False] * (m + 1) for _ in range(n)]
    choice: list[list[tuple[int, _Hit] | None]] = [[None] * (m + 1) for _ in range(n)]
    for i in range(n - 1, -1, -1):
        skip = scorer.skip(i)
        after, row_best, row_choice = best[i + 1], best[i], choice[i]
        # Values before the first and after the last row are not this table's: skipping them costs nothing there.
        for r in range(m + 1):
            row_best[r] = after[r] + (skip if 0 < r < m or not items[i].has_values else 0.0)
            if row_best[r] < 0.0:
                # The table ends here: what follows is not worth what lies between.
                row_best[r], ends[i][r] = 0.0, True
        for j, h in candidates[i]:
            gain = h.score + best[j][h.row + 1]
            for r in range(h.row + 1):
                if gain >= row_best[r]:
                    row_best[r] = gain
                    row_choice[r] = (j, h)
                    ends[i][r] = False
    rows: list[RowMatch] = []
    i, r = 0, 0
    while i < n:
        picked = choice[i][r]
        if picked is None:
            if ends[i][r]:
                break
            i += 1
            continue
        j, h = picked
        holder = next((it for it in items[i:j] if it.has_values), None)
        if holder is None and scorer.rows_are_lines:
            holder = items[i] if j - i == 1 else None
            if holder is not None:
                h = _Hit(h.row, h.score, h.certainty, _label_end(holder, labels, scorer.exact[i] or scorer.weak[i]))
        rows.append(RowMatch(labels.rows[h.row], h.certainty, i, j - 1, holder, h.label_end, h.is_distinct))
        i, r = j, h.row + 1
    if not rows:
        return None
    return _leftovers(items, rows, scorer)


def _label_end(item: Item, labels: Labels, exact: tuple[int, int] | None) -> int:
    return exact[1] if exact is not None else item.first_value


def _is_prose(item: Item) -> bool:
    return any(len(p.text) > 90 for p in item.pieces)


def _leftovers(items: Sequence[Item], rows: list[RowMatch], scorer: _Scorer) -> Alignment:
    used = {k for r in rows for k in range(r.first_item, r.last_item + 1)}
    first, last = rows[0].first_item, rows[-1].last_item
    while first > 0 and (scorer.known[first - 1] or scorer.partial[first - 1] or _belongs(items, first, scorer)):
        first -= 1
    found = {r.row_code for r in rows}
    unlabelled, repeated = [], []
    for k in range(len(items)):
        if k in used or not items[k].has_values:
            continue
        hit = scorer.exact[k] or scorer.weak[k]
        if hit is None and not items[k].label_pieces and k > 0 and k - 1 not in used:
            hit = scorer.exact[k - 1]
        if hit is not None and scorer.labels.rows[hit[0]] in found:
            repeated.append((scorer.labels.rows[hit[0]], items[k]))
        elif first <= k <= last and not _is_prose(items[k]):
            before = items[k].label_pieces
            if not before and k > first and k - 1 not in used and not scorer.known[k - 1]:
                before = items[k - 1].label_pieces
            unlabelled.append((items[k], " ".join(p.text for p in before)))
    return Alignment(tuple(rows), tuple(unlabelled), tuple(repeated), first, last)


def _belongs(items: Sequence[Item], first: int, scorer: _Scorer) -> bool:
    """Whether a garbled line before the table is part of its header: header lines stand before it within three lines."""
    before = items[first - 1]
    if _is_prose(before):
        return False
    # In a grid, a line of its header may hold columns of its own beside the form's (备注, 序号).
    if before.row is not None and any(scorer.labels.column(p.text) is not None for p in before.label_pieces):
        return True
    return any(scorer.known[k] for k in range(max(0, first - 4), first - 1))
