"""Tells what a sentence denies: 未收到…申请, 行政复议0件, 均未发生 — as stretches of the text that a denial reaches.

The picture
    A denial works within its clause (up to ，：；), and on one side of its word (`denials.csv`, column `role`):

    * `verb`: denies what stands behind it, to the end of the clause or a `stop` (但, 而): 未收到 | 政府信息公开申请. With
      nothing but a `filler` behind it, it denies what stands before it: 行政复议、行政诉讼 | 均未发生.
    * `nought`: denies what stands before it, back to the beginning of the clause or the nearest other figure:
      收到申请3件、行政复议 | 0件; 收取总额 | 为零.
    * Where nothing but fillers stands before a denial that works backwards, it reaches the clause before as a whole:
      行政复议和行政诉讼，| 均未发生; and with it a clause that names its `topic` only: 依申请公开方面，未收到申请.
      A clause that says what was done (`acts`) is no topic: 做好应诉工作，未出现败诉.
    * `harmless` wordings hold a denial's characters and deny nothing: 不断, 无障碍, 未及时 (an admitted problem),
      没有不. They are looked for first, so they take their place.
    * `cancels`: behind such a word in the same clause a denial is a condition or an aim: 避免, 如, 对未….
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from pipeline.narrate.practice_tables import DenialWord
from pipeline.narrate.practice_wording import MORE_THAN_NOUGHT, alternation, expanded, lower

CLAUSE_END = re.compile(r"[，：；;\n]|(?<!\d)[,:]|[,:](?!\d)")
"""Ends of clauses; a comma or colon between digits belongs to a number or a time."""

_FIGURE = re.compile(rf"(?:[1-9]|0(?={MORE_THAN_NOUGHT}))[\d,.]*\s*[%％‰]?")
_DATE = re.compile(r"\d{2,4}年(?:度)?|\d{1,2}月(?:份)?|\d{1,2}日|〔\d{4}〕\s*\d+\s*号|第\s*\d+\s*[号条届次]|12345")
_NOTHING = re.compile(r"[\W\d_]*")

_LONGEST_FILLER = 100
"""Characters of a stretch that may say nothing; what is longer says something, and time stays linear."""

Spans = tuple[tuple[int, int], ...]


def clauses_of(text: str, start: int, end: int) -> Spans:
    """The clauses of text[start:end], without the marks that end them."""
    out, at = [], start
    for mark in CLAUSE_END.finditer(text, start, end):
        out.append((at, mark.start()))
        at = mark.end()
    return (*out, (at, end))


class Reach:
    """The stretches of a sentence that denials reach."""

    def __init__(self, spans: Spans) -> None:
        self._starts = [a for a, _ in sorted(spans)]
        self._ends = list(accumulate((b for _, b in sorted(spans)), max))

    def holds(self, start: int, end: int) -> bool:
        """Whether [start, end) lies within one of them."""
        number = bisect_right(self._starts, start)
        return number > 0 and end <= self._ends[number - 1]


class Denials:
    """Finds what denials reach. Compiled from the wordings once."""

    def __init__(self, words: tuple[DenialWord, ...]) -> None:
        by_role: dict[str, list[str]] = {}
        for word in words:
            by_role.setdefault(word.role, []).append(word.wording)
        groups = {r: alternation(by_role[r]) for r in ("harmless", "cancels", "stop", "nought", "verb") if r in by_role}
        first = {lower(w)[0] for role in groups for wording in by_role[role] for w in expanded(wording)}
        # Most characters begin no denial: the look ahead spares trying each wording there.
        ahead = f"(?=[{re.escape(''.join(sorted(first)))}])" if first else ""
        body = "|".join(f"(?P<{role}>{wordings})" for role, wordings in groups.items())
        self._words = re.compile(f"{ahead}(?:{body})" if body else r"(?!)")
        trigger = {lower(w)[0] for role in ("nought", "verb") for x in by_role.get(role, ()) for w in expanded(x)}
        self._trigger = re.compile(f"[{re.escape(''.join(sorted(trigger)))}]" if trigger else r"(?!)")
        self._topic = re.compile(f"(?:{alternation(by_role['topic'])})$" if "topic" in by_role else r"(?!)")
        self._acts = re.compile(alternation(by_role["acts"]) if "acts" in by_role else r"(?!)")
        self._fillers = re.compile(f"(?:{alternation(by_role['filler'])})" if "filler" in by_role else r"(?!)")

    def reached(self, text: str, start: int, end: int) -> Reach:
        """What denials reach of the sentence text[start:end]; nothing for most sentences.

        A stretch holds the denial's own word, so that 收取 of 未收取 lies within.
        """
        if self._trigger.search(text, start, end) is None:
            return _NO_REACH
        clauses = clauses_of(text, start, end)
        out: list[tuple[int, int]] = []
        before: tuple[int, int] | None = None
        looked_at, with_bare, is_topic = 0, False, False
        for number, clause in enumerate(clauses):
            spans = self._of_clause(text, *clause)
            if not spans:
                continue
            out += [s[:2] for s in spans]
            # 社会评议方面：2024年度，未收到意见: a date between the two says nothing.
            earlier = (c for c in clauses[looked_at:number][::-1] if not self._is_filler(text, *c))
            if (nearest := next(earlier, None)) is not None:
                before = nearest
                with_bare, is_topic = self._as_clause_before(text, *nearest)
            looked_at = number
            # 行政复议，均为0件: the clause before is what there is none of.
            is_bare = with_bare and any(back and self._is_filler(text, a, w) for a, _, w, back in spans)
            if before is not None and (is_bare or is_topic):
                out.append(before)
        return Reach(tuple(out))

    def _as_clause_before(self, text: str, start: int, end: int) -> tuple[bool, bool]:
        """Whether a clause is denied with the next: where that has nothing but a denial, and (a topic) in any case."""
        if _figure_ends(text, start, end):
            return False, False
        is_topic = self._topic.search(text, start, end) is not None and self._acts.search(text, start, end) is None
        return True, is_topic

    def _of_clause(self, text: str, start: int, end: int) -> list[tuple[int, int, int, bool]]:
        """Stretches of a clause, each with the place of its word and whether it works backwards."""
        out: list[tuple[int, int, int, bool]] = []
        open_from, is_cancelled = None, False
        figures: list[int] | None = None
        for word in self._words.finditer(text, start, end):
            role = word.lastgroup
            if role == "cancels":
                is_cancelled = True
            elif role == "stop" and open_from is not None:
                out.append((open_from, word.start(), open_from, False))
                open_from = None
            elif is_cancelled or role in ("harmless", "stop"):
                continue
            elif (is_nought := role == "nought") or self._is_filler(text, word.end(), end):
                if figures is None:
                    figures = _figure_ends(text, start, end)
                nearest = bisect_right(figures, word.start())
                reach_from = figures[nearest - 1] if nearest else start
                out.append((reach_from, word.end() if is_nought else end, word.start(), True))
            elif open_from is None:
                open_from = word.start()
        if open_from is not None:
            out.append((open_from, end, open_from, False))
        return out

    def _is_filler(self, text: str, start: int, end: int) -> bool:
        if end - start > _LONGEST_FILLER:
            return False
        return _NOTHING.fullmatch(self._fillers.sub("", _DATE.sub("", text[start:end]))) is not None


_NO_REACH = Reach(())


def has_figure(text: str, start: int, end: int) -> bool:
    """Whether a stretch has a figure that is neither nought nor part of a date."""
    return bool(_figure_ends(text, start, end))


def _figure_ends(text: str, start: int, end: int) -> list[int]:
    """Ends of the figures of a stretch that are neither nought nor part of a date."""
    figures = [f for f in _FIGURE.finditer(text, start, end) if f.start() == start or not text[f.start() - 1].isdigit()]
    if not figures:
        return []
    dates = [d.span() for d in _DATE.finditer(text, start, end)]
    out = []
    for figure in figures:
        number = bisect_right(dates, (figure.start(), end))
        if not number or dates[number - 1][1] <= figure.start():
            out.append(figure.end())
    return out
