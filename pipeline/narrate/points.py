"""Finds points: problems that an organ admits, improvements that it promises or reports, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import Point
from pipeline.narrate.passage_outline import RUN_IN, Block, Outline, introduces, outline
from pipeline.narrate.passage_pack import sentences
from pipeline.narrate.point_lists import members_of, reports_of
from pipeline.narrate.point_sentences import (
    MADE,
    PROBLEM,
    PROMISED,
    Part,
    admits_first,
    denies,
    is_ahead,
    is_general,
    is_nothing,
    is_problem,
    is_remedy,
    kind_alone,
    kind_of,
    lead_colon,
    led,
    of_label,
    remedy_kind,
    split_ahead,
    turns_to_remedy,
)
from pipeline.narrate.point_types import types_of
from pipeline.narrate.point_words import label

_OPENING = ("措施", "打算", "问题")
_TRIMMED = "。；，;,、：:！!？?\n \t.．—"
_SECTION = "problems"


def find_points(text: str, section_code: str, report_year: int | None = None) -> tuple[Point, ...]:
    """Points of a section's narrative, in the order of the text; what a point is: `points_manual.md`.

    Section five (`problems`) tells of nothing else. In other sections only what stands under a heading of problems or
    improvements is read. Spans are in `text`. Linear in the length of the text; never fails.
    """
    found = outline(text)
    reader = _Reader(found, section_code, report_year)
    for k, block in enumerate(found.blocks):
        reader.read(k, block)
    return reader.points(text)


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    start: int
    end: int
    block: int
    marker: str | None
    is_general: bool = False
    before_list: bool = False


class _Reader:
    def __init__(self, found: Outline, section_code: str, report_year: int | None) -> None:
        self._found = found
        self._year = report_year
        self._section_code = section_code
        self._parts: list[Part | None] = [Part() if section_code == _SECTION else None]
        self._drafts: list[_Draft] = []
        self._kinds_of_lists: dict[int, str | None] = {}
        self._members = members_of(found)
        self._reports = reports_of(self._members, report_year)

    def read(self, k: int, block: Block) -> None:
        text = self._found.packed.text
        if block.mark is None:
            del self._parts[block.level + 1 :]
            self._parts += [self._parts[-1]] * (block.level + 1 - len(self._parts))
            start, part = self._behind_title(block, self._parts[-1])
            self._parts[-1] = self._free(k, start, block.end, part, block.introduces)
            return
        del self._parts[block.level :]
        self._parts += [self._parts[-1]] * (block.level - len(self._parts))
        part = self._parts[-1]
        head = label(text[block.body : block.end])
        if head is not None and (block.has_members or not self._has_label(block.body + head[1], block.end)):
            opened = of_label(head[0], text[block.body : block.body + head[1]], self._year)
            part = opened
            start = block.body + head[1]
            self._parts.append(self._free(k, start, block.end, part, block.introduces) if start < block.end else part)
            return
        if part is None:
            self._parts.append(None)
            return
        if block.has_members:
            self._parts.append(self._part_of_parent(block, part))
            return
        self._parts.append(part)
        title_end = block.title[1] if block.title else 0
        is_line = title_end < block.end - 1 and text[title_end] == "\n" and block.title is not None
        if is_line and block.mark.rank < RUN_IN and block.end > title_end + 1:
            named = led(text[block.body : title_end], part) if part.kind is None else part
            self._parts[-1] = self._free(k, title_end, block.end, named, False)
            return
        self._member(k, block, part)

    def _behind_title(self, block: Block, part: Part | None) -> tuple[int, Part | None]:
        """Where text without a mark begins behind its title (信息内容方面), and what part the title opens."""
        text = self._found.packed.text
        if block.title is None or label(text[block.start : block.end]) is not None:
            return block.start, part
        title_end = block.title[1]
        behind = title_end + text.startswith(("：", ":"), title_end)
        # A title that heads nothing is what is said: 加强平台建设 in a line of its own.
        if not text[behind : block.end].strip("\n"):
            return block.start, part
        opens = part is not None and text.endswith(_OPENING, block.start, title_end)
        return behind, led(text[block.start : title_end], part) if opens and part is not None else part

    def _has_label(self, start: int, end: int) -> bool:
        """Whether a label stands inside: 1.问题：… 措施：… is a member with a problem and a remedy."""
        return any(label(self._found.text(a, b)) for a, b in sentences(self._found.packed.text, start, end))

    def _part_of_parent(self, block: Block, part: Part) -> Part:
        spans = list(sentences(self._found.packed.text, block.body, block.end))
        if not spans:
            return part
        a, b = spans[-1]
        last = self._found.text(a, b)
        if introduces(last) or (b == block.end and not last.endswith(("。", "；")) and len(spans) > 1):
            return led(last, part)
        if part.kind is None:
            return led(self._found.text(*spans[0]), part)
        return part

    def _free(self, k: int, start: int, end: int, part: Part | None, before_list: bool) -> Part | None:
        """Text outside of lists: each sentence by itself. Returns the part that it leaves open."""
        text = self._found.packed.text
        spans = list(sentences(text, start, end))
        # What stands before 经自查，暂无 and admits nothing is praise.
        nothing = max((i for i, (a, b) in enumerate(spans) if is_nothing(text[a:b]) or denies(text[a:b])), default=-1)
        for i, (a, b) in enumerate(spans):
            while (head := label(text[a:b])) is not None:
                part = of_label(head[0], text[a : a + head[1]], self._year)
                a += head[1]
                if a >= b:
                    break
            if a >= b or part is None:
                continue
            if i < nothing and part.kind != PROMISED and not is_problem(text[a:b]):
                continue
            sentence = text[a:b]
            is_last = before_list and i == len(spans) - 1
            is_fragment = is_last and not sentence.endswith(("。", "；", ";", "！"))
            if not is_fragment and (colon := lead_colon(sentence)):
                part = led(sentence[:colon], part)
                a += colon
                sentence = text[a:b]
            if is_fragment or (introduces(sentence, is_last) and (i + 1 < len(spans) or is_last)):
                part = led(sentence, part)
                continue
            part = self._sentence(k, a, b, part, is_last)
        return part

    def _sentence(self, k: int, a: int, b: int, part: Part, before_list: bool) -> Part:
        text = self._found.packed.text
        sentence = text[a:b]
        ahead = split_ahead(sentence)
        if ahead is not None and part.kind in (None, PROBLEM):
            problem = sentence[:ahead].rstrip("，,")
            general = is_general(problem)
            if not (is_nothing(problem) or denies(problem)):
                self._add(PROBLEM, a, a + ahead, k, None, general, before_list)
            self._add(PROMISED, a + ahead, b, k, None, general, before_list)
            return Part(PROMISED, is_future=True)
        kind = kind_of(sentence, part, self._year)
        if kind is None:
            return part
        general = kind == PROBLEM and is_general(sentence)
        self._add(kind, a, b, k, None, general, before_list)
        if kind == PROBLEM:
            return part if part.kind == PROBLEM else Part(PROBLEM)
        if part.kind == kind:
            return part
        return Part(kind, is_future=is_ahead(sentence, self._year))

    def _member(self, k: int, block: Block, part: Part) -> None:
        """A member without members: one point, or a problem and its remedy."""
        text = self._found.packed.text
        assert block.mark is not None
        marker = self._found.printed(block.start, block.mark.end)
        spans = list(sentences(text, block.body, block.end))
        if not spans or is_nothing(text[block.body : block.end].strip(_TRIMMED)):
            return
        report = self._reports.get(block.mark.list_no)
        if report is not None and (
            part.kind is None or part.is_work or (part.kind == PROBLEM and report.is_throughout)
        ):
            return
        if report is not None and part.kind == PROMISED and not part.is_future:
            part = Part(MADE)
        said = [text[a:b] for a, b in spans]
        kind = self._kind_of_member(said, part, block.mark.list_no)
        if kind is None:
            return
        pieces: list[tuple[str, int, int]] = []
        at, current = spans[0][0], kind
        turn = next(
            (i for i, said_ in enumerate(said) if i and (label(said_) or turns_to_remedy(said_, self._year))), 0
        )
        for i, (a, _) in enumerate(spans):
            sentence = said[i]
            head = label(sentence)
            if head is not None:
                if a > at:
                    pieces.append((current, at, a))
                opened = of_label(head[0], sentence[: head[1]], self._year)
                current, at = opened.kind or current, a + head[1]
                continue
            if current != PROBLEM:
                continue
            ahead = split_ahead(sentence)
            # 从后台数据看… before 下一步，… belongs to the problem, although it begins as a measure may.
            if i and i >= turn and is_remedy(sentence):
                pieces.append((current, at, a))
                current, at = PROMISED, a
            elif ahead is not None:
                pieces.append((current, at, a + ahead))
                current, at = PROMISED, a + ahead
        pieces.append((current, at, block.end))
        for piece_kind, a, b in pieces:
            if piece_kind == PROBLEM and denies(text[a:b]):
                continue
            if piece_kind != PROBLEM:
                piece_kind = remedy_kind(text[a:b], part, self._year)
            self._add(piece_kind, a, b, k, marker.strip("，,：:"))

    def _kind_of_member(self, said: list[str], part: Part, list_no: int) -> str | None:
        """What a member begins with. A list of remedies may name with each the problem first. None where no word of the
        list says it.
        """
        first = said[0]
        turns = any(label(s) or turns_to_remedy(s, self._year) for s in said[1:])
        if part.kind is None:
            kind = kind_alone(first, self._year) or (PROBLEM if turns else None)
            if list_no not in self._kinds_of_lists:
                told = (kind_alone(member, self._year) for member in self._members[list_no])
                self._kinds_of_lists[list_no] = kind or next((k for k in told if k is not None), None)
            return kind or self._kinds_of_lists[list_no]
        if part.kind == PROMISED and admits_first(first) and not is_remedy(first):
            return PROBLEM if any(is_remedy(s) or label(s) for s in said[1:]) else part.kind
        return part.kind

    def _add(
        self, kind: str, a: int, b: int, k: int, marker: str | None, general: bool = False, before_list: bool = False
    ) -> None:
        text = self._found.packed.text
        while a < b and text[a] in _TRIMMED:
            a += 1
        while b > a and text[b - 1] in _TRIMMED:
            b -= 1
        if a < b:
            self._drafts.append(_Draft(kind, a, b, k, marker, general, before_list))

    def points(self, source: str) -> tuple[Point, ...]:
        """The drafts that hold, numbered: a general word only where nothing concrete follows it."""
        out: list[Point] = []
        drafts = self._drafts
        kinds_behind: set[str] = set()
        kept: list[_Draft] = []
        for d in reversed(drafts):
            is_idle = d.is_general and d.kind in kinds_behind
            is_opening = d.before_list and d.kind != PROBLEM and d.kind in kinds_behind
            if not (is_idle or is_opening):
                kept.append(d)
                kinds_behind.add(d.kind)
        for n, d in enumerate(reversed(kept), 1):
            span = self._found.packed.source_span(d.start, d.end)
            out.append(
                Point(
                    point_no=n,
                    section_code=self._section_code,
                    passage_no=d.block + 1,
                    kind=d.kind,
                    marker=d.marker,
                    types=types_of(d.kind, self._found.text(d.start, d.end)),
                    span=span,
                )
            )
        return tuple(out)
