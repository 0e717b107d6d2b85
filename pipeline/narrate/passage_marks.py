"""Finds the marks of lists in a narrative, 一、 （一） 1. 一是 and the like, and tells which belong to one list."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipeline.data_files import table_rows

_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_WORDS = {"首先": 1, "一方面": 1, "其次": 2, "另一方面": 2, "另一个方面": 2, "二方面": 2}
MOST_MARKS = 50_000
"""Marks that are read, the first ones: no report has more than some hundred. What stands behind them is text."""

ANY_NUMBER = 0
"""The number of a mark that continues its list wherever it stands: 再次, 最后, ——."""
_BEFORE_WITHIN_LINE = '。！？；;：:!?，,、）)】”"’…'
# 第（一）项, 第二十条(一)项: an item of a law.
_CITED_BEFORE = re.compile(r"(?:第[一二三四五六七八九十百零\d]*条?|[条款章节])\s*$")
_CITED_BEHIND = re.compile(r"\s*[项款目条]")


# A tuple, which is made three times as fast as a frozen dataclass: hostile text is nothing but marks.
class Mark(NamedTuple):
    """A mark at [start, end): its family, which number it is, whether a line begins with it.

    `level` counts lists from the outermost, 1; `list_no` and `member_no` tell its list and its place there.
    """

    start: int
    end: int
    family: str
    rank: int
    number: int
    is_weak: bool
    begins_line: bool
    level: int = 0
    list_no: int = 0
    member_no: int = 0
    is_last: bool = False


@cache
def _families() -> tuple[re.Pattern[str], tuple[tuple[str, int, bool], ...]]:
    """One pattern of all families with a group each, and what each is."""
    rows = tuple(table_rows(__package__, "passage_markers.csv"))
    patterns = "|".join(f"(?P<f{i}>{r['pattern'].replace('?P<n>', f'?P<n{i}>')})" for i, r in enumerate(rows))
    # The look ahead at the characters that one begins with spares trying every family at every place.
    ahead = "".join(dict.fromkeys(r["first"] for r in rows))
    return re.compile(f"(?=[{ahead}])(?:{patterns})"), tuple(
        (r["family"], int(r["rank"]), r["role"] == "weak") for r in rows
    )


def _number(printed: str) -> int:
    if printed.isdigit() and printed.isascii():
        return int(printed)
    if "①" <= printed <= "⑳":
        return ord(printed) - ord("①") + 1
    if all(c in _DIGITS or c == "十" for c in printed):
        tens, _, ones = printed.rpartition("十")
        return ((_DIGITS.get(tens, 1) * 10) if "十" in printed else 0) + _DIGITS.get(ones, 0)
    return _WORDS.get(printed, ANY_NUMBER)


def candidates(text: str) -> list[Mark]:
    """Whatever looks like a mark and stands where one may stand, in the order of the text; at most `MOST_MARKS`."""
    pattern, families = _families()
    out = []
    for m in pattern.finditer(text):
        i = int(str(m.lastgroup)[1:])
        family, rank, is_weak = families[i]
        begins_line = _begins_line(text, m.start())
        number = _number(m[f"n{i}"])
        if _may_stand(text, m, family, is_weak, begins_line):
            out.append(Mark(m.start(), m.end(), family, rank, number, is_weak, begins_line))
            if len(out) == MOST_MARKS:
                break
    return out


def mark_at_start(line: str) -> int:
    """Where what looks like a mark at the beginning of a line ends; 0 where none is or nothing stands behind it."""
    m = _families()[0].match(line)
    return m.end() if m is not None and m.end() < len(line) else 0


def _begins_line(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] == "\n"


def _may_stand(text: str, m: re.Match[str], family: str, is_weak: bool, begins_line: bool) -> bool:
    before = text[m.start() - 1] if m.start() else "\n"
    if family in ("han_bracket", "arabic_bracket") and (
        _CITED_BEHIND.match(text, m.end()) or _CITED_BEFORE.search(text[max(0, m.start() - 8) : m.start()])
    ):
        return False
    if begins_line:
        return True
    if family == "dash":
        return False
    if family.startswith("arabic") or family == "circled":
        # 附件1、 表2. A1. and 12.31 are none; 如下1.加强 is one.
        return not (before.isascii() and before.isalnum()) and before not in "第附表图件个约达共为.．/-—(（"
    if family == "han_bracket" or (family == "han_is" and before not in "第十百其零统唯之万"):
        return True
    if is_weak and before in "将要即":
        return True
    return before in _BEFORE_WITHIN_LINE and (family != "han_comma" or before not in "，,、")


def marks(text: str, opens_new_list: re.Pattern[str]) -> list[Mark]:
    """The marks of lists with their levels, in the order of the text; linear in their number.

    A list goes on with its next number and begins with 1. It stands inside the member that it begins in when its family
    ranks below or when that member's list goes on behind it; not when the words before it match `opens_new_list`, which
    turn from one matter to the next.
    """
    found = candidates(text)
    for _ in range(3):
        placed = _placed(text, found, opens_new_list)
        kept = _without_lone(placed, text)
        if len(kept) == len(found):
            return _with_last(kept)
        found = kept
    return _with_last(_placed(text, found, opens_new_list))


@dataclass(slots=True)
class _Open:
    family: str
    rank: int
    last: int
    list_no: int
    members: int
    last_start: int


def _placed(text: str, found: list[Mark], opens_new_list: re.Pattern[str]) -> list[Mark]:
    by_family: dict[str, list[int]] = {}
    for k, mark in enumerate(found):
        by_family.setdefault(mark.family, []).append(k)
    stack: list[_Open] = []
    out: list[Mark] = []
    lists = 0

    def next_number(family: str, k: int) -> int | None:
        where = by_family.get(family, [])
        at = bisect_right(where, k)
        return found[where[at]].number if at < len(where) else None

    for k, mark in enumerate(found):
        depth = None
        for d in range(len(stack) - 1, -1, -1):
            if stack[d].family == mark.family:
                depth = d
                break
        goes_on = depth is not None and _goes_on(stack[depth].last, mark)
        if depth is not None and goes_on:
            del stack[depth + 1 :]
            top = stack[depth]
            top.last = top.last + 1 if mark.number in (ANY_NUMBER, top.last) else mark.number
            top.members += 1
            top.last_start = mark.end
        elif mark.number in (1, ANY_NUMBER) or mark.begins_line or not mark.family.startswith("arabic"):
            if mark.number == ANY_NUMBER and mark.family != "dash":
                continue
            if depth is not None:
                del stack[depth:]
            else:
                while stack and _ends(stack[-1], mark, next_number(stack[-1].family, k), text, opens_new_list):
                    stack.pop()
            lists += 1
            stack.append(_Open(mark.family, mark.rank, max(1, mark.number), lists, 1, mark.end))
        else:
            continue
        top = stack[-1]
        out.append(mark._replace(level=len(stack), list_no=top.list_no, member_no=top.members))
    return out


def _goes_on(last: int, mark: Mark) -> bool:
    """The next number, one skipped, or one printed twice at the beginning of a line; 一方面 for the second time."""
    if mark.number == ANY_NUMBER or mark.number in (last + 1, last + 2):
        return True
    return mark.number == last and ((mark.begins_line and last > 1) or (mark.family == "two_sides" and last == 1))


def _ends(top: _Open, mark: Mark, following: int | None, text: str, opens_new_list: re.Pattern[str]) -> bool:
    if following is not None and following == top.last + 1:
        return False
    if mark.rank < top.rank:
        return True
    # 二是…。下一步重点做好：1. … 2. …: the new list stands behind the old one, not in its last member.
    before = text[max(top.last_start, mark.start - 200) : mark.start]
    return top.members > 1 and opens_new_list.search(before) is not None


def _without_lone(placed: list[Mark], text: str) -> list[Mark]:
    """Without lists of one member that nothing but the mark makes a list."""
    sizes: dict[int, int] = {}
    for m in placed:
        sizes[m.list_no] = max(sizes.get(m.list_no, 0), m.member_no)
    first_numbers = {m.list_no: m.number for m in placed if m.member_no == 1}

    def holds(m: Mark) -> bool:
        if sizes[m.list_no] > 1:
            # 第3. … 4. without 1: only where lines begin so.
            return first_numbers[m.list_no] <= 1 or m.begins_line or m.family in ("han_is", "han_bracket")
        if m.is_weak:
            return False
        if m.family == "han_is":
            return m.number == 1 and (m.begins_line or text[m.start - 1] in "。：:；;！\n")
        return m.begins_line and not (m.family.startswith("arabic") and m.number != 1)

    return [m for m in placed if holds(m)]


def _with_last(placed: list[Mark]) -> list[Mark]:
    last = {m.list_no: m.member_no for m in placed}
    return [m._replace(is_last=True) if last[m.list_no] == m.member_no else m for m in placed]
