"""The outline of a narrative: its text cut at marks, at headings that stand alone, and where a list is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.narrate.passage_marks import Mark, marks
from pipeline.narrate.passage_pack import Packed, pack, sentences
from pipeline.narrate.point_words import begins, begins_part, has, label, pattern

RUN_IN = 6
"""Rank of the families that stand in running text, 一是 and below: what they lead is no subheading."""
_TITLE = 30
_NAMED = 20
_TITLE_END = re.compile(r"[。：:\n；;]")
_YEAR_AHEAD = re.compile(
    r"20\d\d年度?(?:起|上半年|下半年|内|底前)?[，,]?"
    r"(?=[^。；\n]{0,40}(?:将|拟|计划|(?<![需主重只])要(?!求|点)|继续|进一步|打算|重点(?!领域)|着力|准备|做好))"
)
_LINE_TITLE = re.compile(
    r"[^\n，,。；;！？、]{2,30}?(?:情况|方面|层面|工作|建设|管理|保障|公开|措施|打算|问题)[：:]?(?=\n|$)|在[^\n，,。；;！？、]{2,12}上[：:]?(?=\n|$)|[^\n，,。；;！？：:]{2,20}(?:情况|方面|层面)[：:]"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the packed text at [start, end): a member of a list from its mark on, or text outside of lists.

    `body` is where it goes on behind its mark; `title` is the heading behind the mark, empty where running text follows.
    `level` counts lists from 1; text outside has the level of the member around it, 0 for none. `has_members`: lists
    stand inside. `introduces`: the next block is the first member of a list that this block's last words introduce.
    """

    start: int
    end: int
    level: int
    mark: Mark | None = None
    body: int = 0
    title: tuple[int, int] | None = None
    has_members: bool = False
    introduces: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    packed: Packed
    blocks: tuple[Block, ...]

    def text(self, start: int, end: int) -> str:
        return self.packed.text[start:end]

    def printed(self, start: int, end: int) -> str:
        """The words in the narrative's own characters."""
        return self.packed.printed[start:end]


@cache
def _turn() -> re.Pattern[str]:
    """The beginning of a sentence that turns to another matter."""
    return re.compile(rf"(?:{pattern('turn').pattern}|{_YEAR_AHEAD.pattern})")


@cache
def opens_new_list() -> re.Pattern[str]:
    """Words before a list behind which it stands by itself, not inside the member before it."""
    return re.compile(rf"[。！？；;\n](?:{_turn().pattern}|(?:{begins_part().pattern}))[^\n]*$")


# Passages and points of a section are found one after the other in the same outline.
@lru_cache(maxsize=1)
def outline(text: str) -> Outline:
    """The outline of a narrative. The blocks follow each other without gap or overlap. Linear."""
    packed = pack(text, begins_part())
    found = marks(packed.text, opens_new_list())
    blocks: list[Block] = []
    first = found[0].start if found else len(packed.text)
    blocks += _loose(packed.text, 0, first, 0, introduces=bool(found))
    habits = _Habits()
    for k, mark in enumerate(found):
        end = found[k + 1].start if k + 1 < len(found) else len(packed.text)
        following = found[k + 1] if k + 1 < len(found) else None
        has_members = following is not None and following.level > mark.level
        cut = end
        if not has_members and mark.is_last:
            cut = _tail(packed.text, mark, end, following, habits)
        elif not has_members:
            habits.note(packed.text, mark, end)
        title = _title(packed.text, mark, cut)
        blocks.append(Block(mark.start, cut, mark.level, mark, mark.end, title, has_members, introduces=has_members))
        if cut < end:
            blocks += _loose(packed.text, cut, end, mark.level - 1, introduces=following is not None)
    return Outline(packed, tuple(blocks))


class _Habits:
    """What the members of the list at hand have inside: turns to a remedy, lines of their own."""

    def __init__(self) -> None:
        self._list_no = -1
        self.turns = False
        self.lines = 0
        self.begins_lines = False

    def note(self, text: str, mark: Mark, end: int) -> None:
        if mark.list_no != self._list_no:
            self._list_no, self.turns, self.lines = mark.list_no, False, 0
        self.begins_lines = mark.begins_line
        spans = list(sentences(text, mark.end, end))
        self.turns = self.turns or any(has_own_remedy(text[a:b]) for a, b in spans[1:])
        self.lines = max(self.lines, text.count("\n", mark.end, end - 1))

    def of(self, list_no: int) -> tuple[bool, int]:
        return (self.turns, self.lines) if list_no == self._list_no else (False, 0)


def has_own_remedy(sentence: str) -> bool:
    """Whether a sentence inside a member turns from the problem to what is done about it."""
    return begins("own_remedy", sentence) or label(sentence) is not None or is_turn(sentence)


def is_turn(sentence: str) -> bool:
    return _turn().match(sentence[:120]) is not None


def is_year_ahead(sentence: str) -> bool:
    """Whether a sentence begins with a year and what will be done in it: 2025年将…"""
    return _YEAR_AHEAD.match(sentence[:120]) is not None


def _tail(text: str, mark: Mark, end: int, following: Mark | None, habits: _Habits) -> int:
    """Where the last member of a list is over: at the words that introduce the next list or turn to another matter."""
    turns, lines = habits.of(mark.list_no)
    spans = list(sentences(text, mark.end, end))
    title_line = (
        len(spans) > 1 and text[spans[0][1] : spans[0][1] + 1] == "\n" and text[spans[0][1] - 1] not in "。；;！"
    )
    seen_lines = 0
    for k, (a, b) in enumerate(spans[1:], 1):
        begins_line = text[a - 1] == "\n"
        seen_lines += begins_line
        sentence = text[a:b]
        is_lead = following is not None and k == len(spans) - 1
        if is_lead and (
            (b == end and text[b - 1] not in "。；;！？") or introduces(sentence, True) or is_turn(sentence)
        ):
            return a
        if label(sentence) is not None and (not turns or seen_lines > lines):
            return a
        if is_turn(sentence) and (not turns or (begins_line and seen_lines > lines)):
            return a
        if begins_line and seen_lines > lines and not (title_line and (k == 1 or mark.rank < RUN_IN)):
            return a
    return end


def introduces(sentence: str, directly: bool = False) -> bool:
    """Whether a sentence only introduces what follows: it ends with a colon or with 以下几个方面 and the like.

    `directly`: a list follows or a colon did, so that less is needed: 主要问题, 具体做法是.
    """
    body = sentence.rstrip("。：:，,；;\n")
    if sentence.rstrip("\n").endswith(("：", ":")):
        return True
    clauses = re.split(r"[，,；;]", body)
    if len(clauses) > 1 and begins("intro_aim", clauses[-1]):
        # 将做好以下工作，推动政务公开再上新台阶: what the list is for.
        clauses.pop()
    return has("intro", clauses[-1]) or (directly and has("intro_end", clauses[-1]))


def _title(text: str, mark: Mark, end: int) -> tuple[int, int] | None:
    """The heading behind a mark: a short piece that ends its line or that a stop parts from what follows."""
    m = _TITLE_END.search(text, mark.end, min(end, mark.end + _TITLE + 1))
    if m is None:
        whole = text[mark.end : end]
        return (mark.end, end) if whole and len(whole) <= _NAMED and not re.search(r"[，,。；;]", whole) else None
    piece = text[mark.end : m.start()]
    if not piece or re.search(r"[，,]", piece) or m.group() in "；;":
        return None
    if mark.rank >= RUN_IN and not text[m.end() : end].strip("\n"):
        return None
    return mark.end, m.start()


def _loose(text: str, start: int, end: int, level: int, introduces: bool) -> Iterator[Block]:
    """Text outside of lists, cut at headings without a mark that stand alone or lead their paragraph."""
    cuts = [start]
    titles: dict[int, tuple[int, int]] = {}
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end
        m = _LINE_TITLE.match(text, at, line_end)
        head = label(text[at : min(line_end, at + 80)])
        if m is not None and len(m.group()) <= _TITLE:
            titles[at] = (at, at + len(m.group().rstrip("：:")))
        elif head is not None:
            titles[at] = (at, at + len(text[at : at + head[1]].rstrip("：:。\n—")))
        if at in titles and at > start:
            cuts.append(at)
        at = line_end + 1
    for a, b in zip(cuts, [*cuts[1:], end], strict=True):
        if b > a:
            # A heading without a mark stands above the lists before it.
            yield Block(
                a, b, 0 if a in titles else level, body=a, title=titles.get(a), introduces=introduces and b == end
            )
