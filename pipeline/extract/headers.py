"""The column headers of a table: which labels stand there, in which order, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.labels import Labels, key, similarity
from pipeline.extract.layout import BY_PLACE, Item, Piece

_LONGEST_JOIN = 4
_LONGEST_GROUP = 8
_LONGEST_HEADER = 600
"""Characters of a table's header."""
_FOREIGN = re.compile("上年|上一年|去年|往年|同比|增减|累计|合计|备注|说明|序号")


@dataclass(frozen=True, slots=True)
class Headers:
    """Columns recognised, in reading order from left to right where places are known; `places` as pieces' columns.

    In a grid, `intervals` are the places of the labels from left to right side, and `frame` is theirs.
    """

    order: tuple[str, ...]
    places: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    frame: int | None = None
    is_whole: bool = True
    """Whether every label stands alone, so that an order other than the form's is the table's own."""
    foreign: tuple[tuple[float, float], ...] = ()
    """In a grid, the intervals of labels beside these that are no column of the table: 备注, 序号, 上年件数."""


def joined(pieces: Sequence[Piece], labels: Labels) -> tuple[tuple[str, ...], bool]:
    """Columns whose labels stand among pieces in reading order, and whether each label is a piece of its own.

    A label may be wrapped over several neighbouring pieces. A group's label is passed over whole: 其他 is no column
    inside 法人或其他组织.
    """
    texts = tuple([p.text for p in pieces])
    # Headers repeat from one report to the next, what is longer does not.
    return _joined_once(texts, labels) if sum(map(len, texts)) <= _LONGEST_HEADER else _joined(texts, labels)


def _joined(texts: tuple[str, ...], labels: Labels) -> tuple[tuple[str, ...], bool]:
    out: list[str] = []
    is_whole = True
    i = 0
    while i < len(texts):
        for n in range(min(_LONGEST_GROUP, len(texts) - i), 0, -1):
            _, code, is_group = labels.meaning("".join(texts[i : i + n]))
            if n > _LONGEST_JOIN:
                code = None
            if code is not None:
                out.append(code)
                is_whole = is_whole and n == 1
            if code is not None or is_group:
                i += n
                break
        else:
            i += 1
    return tuple(out), is_whole


_joined_once = lru_cache(maxsize=4_096)(_joined)


def stacks(items: Sequence[Item], *, by_place: bool) -> list[list[Piece]]:
    """Header pieces that stand above one another, each stack from top to bottom; stacks from left to right by the piece at
    the bottom, which is narrower than a group's label above it."""
    out: list[list[Piece]] = []
    for it in items:
        for p in it.pieces:
            if not p.text or p.printed.is_value:
                continue
            for s in out:
                q = s[-1]
                same = (p.left < q.right and q.left < p.right) if by_place else p.column == q.column
                if same:
                    s.append(p)
                    break
            else:
                out.append([p])
    return sorted(out, key=lambda s: s[-1].column)


def read_headers(items: Sequence[Item], labels: Labels, layout: str, order: Sequence[str]) -> Headers:
    """Headers among the items that stand before the first row. `order`: the columns in the order of the form."""
    places: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    found: list[str] = []
    frame = _frame(items)
    if layout in ("tabs", "pipes") or layout in BY_PLACE:
        for stack in stacks(items, by_place=layout in BY_PLACE):
            for n in range(len(stack)):
                code = labels.column("".join(p.text for p in stack[n:]))
                if code is not None and code not in places:
                    places[code] = sum(p.column for p in stack[n:]) / len(stack[n:])
                    intervals[code] = (stack[-1].left, stack[-1].right)
                    found.append(code)
                    break
    foreign: tuple[tuple[float, float], ...] = ()
    if layout == "grid":
        others = _beside(items, labels, order)
        damaged = _damaged(others, intervals, labels, order)
        intervals |= {code: (p.left, p.right) for code, p in damaged.items()}
        foreign = tuple((p.left, p.right) for p in others if p not in damaged.values())
    pieces = [p for it in items for p in it.pieces if p.text]
    read, is_whole = joined(pieces, labels)
    if len(places) >= max(len(order) - 2, len(set(read))):
        return Headers(tuple(found), places, intervals, frame, foreign=foreign)
    if len(set(read)) < len(order) - 1:
        # Headers run together without blanks: their labels are looked for in the joined text, in the form's order only.
        # Any other order would be a guess, for one label can stand inside another (其他 in 法人或其他组织).
        text = "".join(key(p.text) for p in pieces)
        for group in sorted(labels.group_keys, key=len, reverse=True):
            text = text.replace(group, " ")
        run_together: list[str] = []
        at = 0
        for code in [
            order[0],
            *([order[-1]] if text.find(key(labels.first_column_label(order[-1]))) >= 0 else []),
            *order[1:-1],
        ]:
            place = text.find(key(labels.first_column_label(code)), at)
            if place >= 0:
                run_together.append(code)
                at = place
        if len(run_together) > len(set(read)):
            read, is_whole = tuple(run_together), False
    # The header has two lines: 自然人, 法人或其他组织, 总计 above, the organisations below. The total comes last all the same.
    distinct = list(dict.fromkeys(read))
    if order and order[-1] in distinct and distinct[0] != order[-1]:
        distinct.remove(order[-1])
        distinct.append(order[-1])
    places = {c: x for c, x in places.items() if c in distinct}
    return Headers(tuple(distinct), places, intervals, frame, is_whole, foreign)


def _beside(items: Sequence[Item], labels: Labels, order: Sequence[str]) -> list[Piece]:
    """Labels in the lines of a grid's header that hold the labels of columns, and that are no column's of `order` themselves."""
    out = []
    for it in items:
        pieces = [*it.pieces, *(it.row.from_above if it.row is not None else ())]
        filled = [p for p in pieces if p.text]
        if any(labels.column(p.text) in order for p in filled):
            left = min(p.left for p in filled)
            out += [
                p
                for p in filled
                if labels.column(p.text) not in order
                and not labels.is_group(p.text)
                # What stands at the left heads the labels of the rows (信息内容), unless it says otherwise (序号).
                and (p.left > left or _FOREIGN.search(p.text))
            ]
    return out


def _damaged(
    others: Sequence[Piece], intervals: dict[str, tuple[float, float]], labels: Labels, order: Sequence[str]
) -> dict[str, Piece]:
    """Labels that are not recognised, but resemble the missing columns' own and stand at just their places."""
    missing = [c for c in order if c not in intervals]
    unnamed = sorted((p for p in others if labels.column(p.text) is None), key=lambda p: p.left)
    out = {
        c: p
        for c, p in zip(missing, unnamed, strict=False)
        if similarity(labels.first_column_label(c), key(p.text)) > 0
    }
    places = {c: x for c, x in intervals.items() if c in order} | {c: (p.left, p.right) for c, p in out.items()}
    return out if sorted(places, key=lambda c: places[c]) == [c for c in order if c in places] else {}


def has_foreign_column(items: Sequence[Item], labels: Labels, order: Sequence[str]) -> bool:
    """Whether a header in flattened text names a column that these rows do not have on the form."""
    texts = [p.text for it in items if not it.has_values for p in it.pieces if p.text]
    return any(
        (code is not None and code not in order)
        or (code is None and _FOREIGN.search(text) and labels.row(text) is None)
        for text, code in ((t, labels.column(t)) for t in texts)
    )


def _frame(items: Sequence[Item]) -> int | None:
    """The frame of a header in a grid, where it has one for all its rows."""
    frames = {it.row.frame for it in items if it.row is not None and it.label_pieces}
    return frames.pop() if len(frames) == 1 else None


def agree(headers: Headers, order: Sequence[str], at_least: int) -> bool:
    """Whether at least so many columns were recognised, all in the order of the form."""
    known = [c for c in headers.order if c in order]
    return len(known) >= at_least and known == [c for c in order if c in known]
