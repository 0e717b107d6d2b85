"""Tells what a sentence denies: 未收到…申请, 行政复议0件, 均未发生 — as stretches of the text that a denial reaches.

The picture
    A denial works within its clause (up to ，：；), and on one side of its word (`denials.csv`, column `role`):

    * `verb`: denies what stands behind it, to the end of the clause or a `stop` (但, 而): 未收到 | 政府信息公开申请. With
      nothing but a `filler` behind it, it denies what stands before it: 行政复议、行政诉讼 | 均未发生.
    * `nought`: denies what stands before it, back to the beginning of the clause or the nearest other figure:
      收到申请3件、行政复议 | 0件; 收取总额 | 为零.
    * Where nothing but fillers stands before a denial that works backwards, it reaches the clause before as a whole:
      行政复议和行政诉讼，| 均未发生; and with it a clause that names its `topic` only: 依申请公开方面，未收到申请.
    * `harmless` wordings hold a denial's characters and deny nothing: 不断, 无障碍, 未及时 (an admitted problem),
      没有不. They are looked for first, so they take their place.
    * `cancels`: behind such a word in the same clause a denial is a condition or an aim: 避免, 如, 对未….
"""

from __future__ import annotations

import re

from pipeline.narrate.practice_tables import DenialWord
from pipeline.narrate.practice_wording import alternation, expanded, lower

CLAUSE_END = re.compile(r"[，：；;\n]|(?<!\d)[,:]|[,:](?!\d)")
"""Ends of clauses; a comma or colon between digits belongs to a number or a time."""

_FIGURE = re.compile(r"[1-9][\d,.]*\s*[%％‰]?")
_DATE = re.compile(r"\d{2,4}年(?:度)?|\d{1,2}月(?:份)?|\d{1,2}日|〔\d{4}〕\s*\d+\s*号|第\s*\d+\s*[号条届次]|12345")
_NOTHING = re.compile(r"[\W\d_]*")

Spans = tuple[tuple[int, int], ...]


def clauses_of(text: str, start: int, end: int) -> Spans:
    """The clauses of text[start:end], without the marks that end them."""
    out, at = [], start
    for mark in CLAUSE_END.finditer(text, start, end):
        out.append((at, mark.start()))
        at = mark.end()
    return (*out, (at, end))


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
        self._fillers = re.compile(f"(?:{alternation(by_role['filler'])})" if "filler" in by_role else r"(?!)")

    def reached(self, text: str, start: int, end: int) -> Spans:
        """Stretches of the sentence text[start:end] that a denial reaches, sorted; none for most sentences.

        A stretch holds the denial's own word, so that 收取 of 未收取 lies within.
        """
        if self._trigger.search(text, start, end) is None:
            return ()
        clauses = clauses_of(text, start, end)
        out: list[tuple[int, int]] = []
        for number, clause in enumerate(clauses):
            spans = self._of_clause(text, *clause)
            out += [s[:2] for s in spans]
            # 社会评议方面：2024年度，未收到意见: a date between the two says nothing.
            earlier = (c for c in reversed(clauses[:number]) if not self._is_filler(text[c[0] : c[1]]))
            before = next(earlier, None)
            if before is None or not spans:
                continue
            # 行政复议，均为0件: the clause before is what there is none of.
            is_bare = any(is_backward and self._is_filler(text[a:word]) for a, _, word, is_backward in spans)
            is_topic = self._topic.search(text, *before) is not None
            if (is_bare or is_topic) and last_figure(text, *before) == before[0]:
                out.append(before)
        return tuple(sorted(out))

    def _of_clause(self, text: str, start: int, end: int) -> list[tuple[int, int, int, bool]]:
        """Stretches of a clause, each with the place of its word and whether it works backwards."""
        out: list[tuple[int, int, int, bool]] = []
        open_from, is_cancelled = None, False
        for word in self._words.finditer(text, start, end):
            role = word.lastgroup
            if role == "cancels":
                is_cancelled = True
            elif role == "stop" and open_from is not None:
                out.append((open_from, word.start(), open_from, False))
                open_from = None
            elif is_cancelled or role in ("harmless", "stop"):
                continue
            elif role == "nought":
                out.append((last_figure(text, start, word.start()), word.end(), word.start(), True))
            elif self._is_filler(text[word.end() : end]):
                out.append((last_figure(text, start, word.start()), end, word.start(), True))
            elif open_from is None:
                open_from = word.start()
        if open_from is not None:
            out.append((open_from, end, open_from, False))
        return out

    def _is_filler(self, text: str) -> bool:
        return _NOTHING.fullmatch(self._fillers.sub("", _DATE.sub("", text))) is not None


def last_figure(text: str, start: int, end: int) -> int:
    """End of the last figure of a stretch that is neither nought nor part of a date; its start where there is none."""
    dates = [d.span() for d in _DATE.finditer(text, start, end)]
    figures = (f for f in _FIGURE.finditer(text, start, end) if f.start() == start or not text[f.start() - 1].isdigit())
    return max((f.end() for f in figures if not any(a <= f.start() < b for a, b in dates)), default=start)
