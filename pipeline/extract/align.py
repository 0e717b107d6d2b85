"""Which item is which row of the form: the best-scoring assignment in which rows follow the order of the form.

A row is a window of neighbouring items: its label, perhaps wrapped over several lines with pieces of a group label
between, and at most one item with values. Solved exactly by dynamic programming over (items, rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from pipeline.extract.labels import Labels, key, similarity
from pipeline.extract.layout import STREAMS, WITH_CELLS, Item

_WINDOW = 7
_STREAM_WINDOW = 4
"""Items of a row's label and values, at most; in layouts without rows few, since there a label's lines are no trait."""
_MOST_PIECES = 6
"""Pieces that a label may be cut into by blanks inside it."""
_LONGEST_LABEL = 90
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


class _Hit(NamedTuple):
    """A row that items can be. `is_distinct`: whether their text resembles no other row's label."""

    row: int
    score: float
    certainty: float
    label_end: int
    is_distinct: bool = True


def exact_row(item: Item, labels: Labels, shows_cells: bool) -> tuple[int, int] | None:
    """(row index, label end) where a piece, or the pieces together, are exactly a row's label.

    `shows_cells`: each piece is a cell, so that one behind a whole label is no part of it.
    """
    pieces = item.pieces
    for end in range(len(pieces), 0, -1):
        p = pieces[end - 1]
        if not p.text or p.printed.is_value or (shows_cells and not key(p.text)):
            continue
        joined = ""
        for start in range(end - 1, max(-1, end - 1 - _MOST_PIECES), -1):
            if pieces[start].printed.is_value:
                break
            joined = pieces[start].text + joined
            row = labels.row(joined)
            if row is None:
                continue
            # What stands behind the label in brackets is a note on it, or, in a cell of its own, the contents of that cell.
            while (
                shows_cells and end - 1 > start and labels.row("".join(p.text for p in pieces[start : end - 1])) == row
            ):
                end -= 1
            return labels.rows.index(row), end
    return None


def _holds_words(item: Item, label_end: int, labels: Labels) -> bool:
    """Whether the pieces behind a label are words in place of numbers: no other row's label, damaged."""
    behind = [key(p.text) for p in item.pieces[label_end : item.first_value] if p.text]
    return not any(labels.rows_like(k) for k in behind)


def _text(it: Item, labels: Labels) -> str:
    """The key of an item's label pieces; whole group labels, and repetitions of a merged cell, are left out."""
    texts = [p.text for p in it.label_pieces]
    return "".join(key(t) for i, t in enumerate(texts) if (i == 0 or t != texts[i - 1]) and not labels.is_group(t))


class _Scorer:
    """What each item says as a label, and which rows neighbouring items can be."""

    def __init__(self, items: Sequence[Item], labels: Labels, layout: str) -> None:
        self.items = items
        self.labels = labels
        self.rows_are_lines = layout not in STREAMS
        # Lone values are a label's only when the label stands before them: wrapping is a trait of laid-out rows.
        self.wraps = layout in ("columns", "tabs", "pipes", "rows", "grid")
        self.exact: list[tuple[int, int] | None] = []
        """By item: the row of which it is exactly the label, and the label's end."""
        self.weak: list[tuple[int, int] | None] = []
        """The same, where other words stand behind the label."""
        self.known: list[bool] = []
        """By item: whether its labels are all headers of columns or groups."""
        for it in items:
            # A label with other words behind it is one only if they are the contents of a cell, which not every layout
            # shows.
            shows_cells = it.row is not None or (layout in WITH_CELLS and it.has_values)
            found = exact_row(it, labels, shows_cells)
            is_whole = found is not None and (
                found[1] >= it.first_value or (shows_cells and _holds_words(it, found[1], labels))
            )
            self.exact.append(found if is_whole else None)
            self.weak.append(None if is_whole else found)
            said = [labels.meaning(p.text) for p in it.label_pieces]
            self.known.append(bool(said) and all(m.is_group or m.column is not None for m in said))
        self._texts: dict[int, str] = {}
        self._prose = [bool(it.label_pieces) and _is_prose(it) for it in items]

    def is_partly_header(self, k: int) -> bool:
        """Whether an item without values says nothing but pieces of the labels of columns and groups."""
        it = self.items[k]
        if it.has_values or not it.label_pieces:
            return False
        keys = [key(p.text) for p in it.label_pieces]
        header_keys = (*self.labels.column_of_key, *self.labels.group_keys)
        return all(any(x in header for header in header_keys) for x in keys if x)

    def _text(self, i: int, j: int) -> str:
        """The key of the labels of the items i..j-1, joined."""
        for k in range(i, j):
            if k not in self._texts:
                self._texts[k] = _text(self.items[k], self.labels)
        return "".join([self._texts[k] for k in range(i, j)])

    def hits(self, i: int) -> list[tuple[int, _Hit]]:
        """(j, row): the rows that the items i..j-1 can be, with scores."""
        out: list[tuple[int, _Hit]] = []
        holder: int | None = None
        marked = self.exact[i]
        most = _WINDOW if self.wraps else _STREAM_WINDOW
        for k in range(i, min(len(self.items), i + most)):
            if self._prose[k] or (k > i and self.exact[k] is not None):
                break
            if self.items[k].has_values:
                if holder is not None:
                    # Two rows' values.
                    break
                holder = k
            j = k + 1
            found = self._marked(i, j, marked, holder) if marked is not None else self._unmarked(i, j, holder)
            out += [(j, h) for h in found]
        return out

    def _marked(self, i: int, j: int, marked: tuple[int, int], holder: int | None) -> list[_Hit]:
        """Rows that the items i..j-1 can be, the first of which is exactly a row's label."""
        row, label_end = marked
        bonus = _WITH_VALUES if holder is not None else 0.0
        # In layouts with rows, a row's numbers stand in its own line; else right behind its label.
        elsewhere = holder is not None and holder != i
        if elsewhere and (holder != i + 1 or self.items[i + 1].label_pieces or self.rows_are_lines):
            return self._continued(i, j, row, holder, bonus) if self.wraps else []
        if j - 1 > max(i, holder or i):
            return self._continued(i, j, row, holder, bonus) if self.wraps else []
        penalty = 1.0 if elsewhere else 0.0
        return [_Hit(row, _EXACT + bonus - penalty, 1.0, label_end if holder == i else 0)]

    def _unmarked(self, i: int, j: int, holder: int | None) -> list[_Hit]:
        bonus = _WITH_VALUES if holder is not None else 0.0
        weak = self.weak[i] if j == i + 1 else None
        certain = [_Hit(weak[0], _WEAK + bonus, 1.0, weak[1])] if weak is not None else []
        return certain + self._similar(i, j, holder, bonus)

    def _similar(self, i: int, j: int, holder: int | None, bonus: float) -> list[_Hit]:
        """Rows whose label resembles the joined text of the items i..j-1."""
        if self.known[i] and self.known[j - 1] and (j - i > 1 or holder is None):
            return []
        if holder is not None and not self.items[holder].label_pieces:
            if holder == i:
                return []
            if not self.wraps and holder != j - 1:
                return []
        text = self._text(i, j)
        if len(text) < 2:
            return []
        similar = self.labels.rows_like(text)
        label_end = self.items[holder].first_value if holder is not None else 0
        # Fewer lines explain a label better than more, all else equal.
        lines = 0.5 * (j - i - 1)
        is_distinct = len(similar) == 1
        return [_Hit(row, _FUZZY * best + bonus - lines, best, label_end, is_distinct) for row, best in similar]

    def _continued(self, i: int, j: int, row: int, holder: int | None, bonus: float) -> list[_Hit]:
        """A line that is whole a short label of a row can be the beginning of the row's longer one, wrapped."""
        text, first = self._text(i, j), self._text(i, i + 1)
        if len(text) <= len(first):
            return []
        best = max(self.labels.row_keys[row], key=lambda k: similarity(k, text))
        certainty = similarity(best, text)
        if certainty < _CONTINUED:
            return []
        # Most of what the further lines say must be the rest of the label, not another label.
        gained = LCSseq.similarity(best, text) - LCSseq.similarity(best, first)
        if gained < _REST_OF_LABEL * (len(text) - len(first)):
            return []
        label_end = self.items[holder].first_value if holder is not None else 0
        return [_Hit(row, _EXACT * certainty + bonus, certainty, label_end)]

    def skip(self, i: int) -> float:
        it = self.items[i]
        if it.has_values:
            return -_SKIP_VALUES if not it.label_pieces else -_SKIP_VALUES / 2
        return 0.0 if self.known[i] else -_SKIP_TEXT


def align(items: Sequence[Item], labels: Labels, layout: str) -> Alignment | None:
    """The rows of a table among a region's items, or None where no row is found."""
    scorer = _Scorer(items, labels, layout)
    n, m = len(items), len(labels.rows)
    candidates = [scorer.hits(i) for i in range(n)]
    if not any(candidates):
        return None
    # best[i][r]: best score of items i.. when rows r.. are still free, never growing with r; choice: what to take at
    # (i, r), None where item i is skipped.
    best: list[list[float]] = [[0.0] * (m + 1)] * (n + 1)
    nothing: list[tuple[int, _Hit] | None] = [None] * (m + 1)
    choice = [nothing] * n
    for i in range(n - 1, -1, -1):
        row_best = _skipped(best[i + 1], scorer.skip(i), items[i].has_values)
        if candidates[i]:
            row_best, row_choice = list(row_best), list(nothing)
            for j, h in candidates[i]:
                gain = h.score + best[j][h.row + 1]
                r = h.row + 1
                if gain >= row_best[0]:
                    # The common case, the next row of the table: better than anything so far.
                    row_best[:r], row_choice[:r] = [gain] * r, [(j, h)] * r
                    continue
                while gain >= row_best[r - 1]:
                    r -= 1
                    row_best[r], row_choice[r] = gain, (j, h)
            choice[i] = row_choice
        best[i] = row_best
    rows: list[RowMatch] = []
    i, r = 0, 0
    while i < n:
        picked = choice[i][r]
        if picked is None:
            if best[i + 1][r] + _cost(scorer.skip(i), items[i].has_values, r, m) < 0.0:
                # The table ends here: what follows is not worth what lies between.
                break
            i += 1
            continue
        j, h = picked
        holder = next((it for it in items[i:j] if it.has_values), None)
        if holder is None and scorer.rows_are_lines:
            holder = items[i] if j - i == 1 else None
            if holder is not None:
                h = h._replace(label_end=_label_end(holder, scorer.exact[i] or scorer.weak[i]))
        rows.append(RowMatch(labels.rows[h.row], h.certainty, i, j - 1, holder, h.label_end, h.is_distinct))
        i, r = j, h.row + 1
    if not rows:
        return None
    return _leftovers(items, rows, scorer)


def _skipped(after: list[float], skip: float, has_values: bool) -> list[float]:
    """Best scores by row when an item is skipped, from those behind it; never below 0, for there the table may end."""
    if not skip:
        return after
    out = [x + skip if x + skip >= 0.0 else 0.0 for x in after]
    if has_values:
        # Values before the first and after the last row are not this table's: skipping them costs nothing there.
        out[0], out[-1] = after[0], after[-1]
    return out


def _cost(skip: float, has_values: bool, r: int, m: int) -> float:
    """What skipping an item adds when rows r.. of m are free."""
    return skip if 0 < r < m or not has_values else 0.0


def _label_end(item: Item, exact: tuple[int, int] | None) -> int:
    return exact[1] if exact is not None else item.first_value


def _is_prose(item: Item) -> bool:
    return max([len(p.text) for p in item.pieces]) > _LONGEST_LABEL


def _leftovers(items: Sequence[Item], rows: list[RowMatch], scorer: _Scorer) -> Alignment:
    used = {k for r in rows for k in range(r.first_item, r.last_item + 1)}
    first, last = rows[0].first_item, rows[-1].last_item
    while first > 0 and (
        scorer.known[first - 1] or scorer.is_partly_header(first - 1) or _belongs(items, first, scorer)
    ):
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
