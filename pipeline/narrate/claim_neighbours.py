"""Tells which words belong to a figure where they do not stand beside it, and which figures are of some or of before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Claim
from pipeline.narrate.claim_clauses import Clause
from pipeline.narrate.claim_figures import Figure
from pipeline.narrate.claim_labels import APPLICATIONS, ROLES, Label, Meaning, Topic, label_of
from pipeline.narrate.claim_subjects import label_meaning
from pipeline.narrate.claim_words import words_in

_LONE = re.compile(r"(?:[，,：:]|其中|中|有|共|共计|合计|总计|为|达|达到|约|总数|数量|件数|均|已)*")
_REST = re.compile(r"另有|另外|剩余|其余|尚有|仍有|还有|余下|其他")
_REASONS = ("属于", "因", "涉及", "系", "属")
_FROM = re.compile(r"[由从](?!于)[^，。；由从]{0,12}$|(?:20\d\d年|去年|上一?年)度?的?$")
_TO = re.compile(r"[到至为](?:(?:20\d\d年|今年|本年|当年)度?的?)?$")
_MOST_CLAUSES = 200
_MOST_CLAUSES_BACK = 2


def changed(text: str, own: Sequence[Figure], gaps: Sequence[Label], topic: Topic, section_code: str) -> Meaning | None:
    """行政复议由上年的8件降至3件: what both figures count, the first of them in another year."""
    if len(own) != 2 or not gaps[1].has("growth") or _TO.search(text, gaps[1].start, gaps[1].end) is None:
        return None
    since = _FROM.search(text, gaps[0].start, gaps[0].end)
    if since is None:
        return None
    said = label_of(text, gaps[0].start, since.start())
    if said.is_light and topic.row is not None:
        return replace(topic.row, reading=None)
    return next(iter(label_meaning(said, None, topic, section_code, own[0])), None)


def columns_of_part(text: str, clauses: Sequence[Clause], k: int) -> set[str]:
    """Whose applications the clauses from `k` up to the next semicolon speak of."""
    columns: set[str] = set()
    for i in range(k, min(len(clauses), k + _MOST_CLAUSES)):
        if i > k and text[clauses[i].start - 1] in "；;":
            break
        for w in words_in(text, clauses[i].start, clauses[i].end):
            if (code := w.code("applicant")) is not None:
                columns.add(code)
    return columns


def is_of_some(text: str, label: Label, figure: Figure) -> bool:
    """新收的50件办结48件: decided are some of those received."""
    is_some = label.has("carried_in", "time_part") or any(w.code("received") == "new" for w in label.words)
    return is_some and text[figure.start - 1] == "的"


def is_lone(text: str, label: Label) -> bool:
    return _LONE.fullmatch(text, label.start, label.end) is not None


def label_before(text: str, clauses: list[Clause], k: int, own: Label) -> Label:
    """The clauses before a figure that stands alone: 收到申请，共16件."""
    start = k
    while start > 0 and k - start < _MOST_CLAUSES_BACK and not clauses[start - 1].figures:
        start -= 1
    return label_of(text, clauses[start].start, own.end) if start < k else own


def carried_on(text: str, clauses: list[Clause], k: int, label: Label, topic: Topic) -> Label | None:
    """尚在办理2件，结转下年: the next clause says what becomes of them."""
    if k + 1 == len(clauses) or clauses[k + 1].figures:
        return None
    following = label_of(text, clauses[k + 1].start, clauses[k + 1].end)
    if following.has("negation"):
        return None
    if text[label.start : label.end].startswith(_REASONS):
        is_result = topic.topic == APPLICATIONS and not label.has(*ROLES, "application", "remedy", "all")
        return following if is_result and following.has("declined") and following.unknown == 0 else None
    if not following.has("carried_out"):
        return None
    is_rest = _REST.search(text, clauses[k].start, label.end) is not None or label.has("in_progress")
    return following if is_rest and not label.has("handled", "remedy", "foreign") else None


def of_both(text: str, m: Meaning, label: Label, claims: Sequence[Claim]) -> Meaning:
    """复议1件、诉讼1件，其中维持2件: of both together."""
    if m.column_code is None or not label.has("inside") or label.has("remedy") or len(claims) < 2:
        return m
    first, second = claims[-2:]
    both = {first.subject, second.subject} == {"reconsideration", "litigation"}
    is_one_breath = "；" not in text[first.span[0] : label.end]
    if (
        both
        and is_one_breath
        and first.value
        and second.value
        and first.column_code is None
        and second.column_code is None
    ):
        return replace(m, subject="remedies", reading=None)
    return m
