"""Reads sentences of a part on problems: which admit, which promise, which report as done, which only introduce."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.narrate.passage_outline import is_turn
from pipeline.narrate.point_types import GENERAL, types_of
from pipeline.narrate.point_words import LONGEST, begins, denied_out, has, is_all, pattern

PROBLEM, PROMISED, MADE = "problem", "improvement_promised", "improvement_made"
_AHEAD = re.compile(
    r"[，,](?P<ahead>(?:为此|对此|针对此|因此)?[，,]?(?:在?(?:下一步|下步|下一个?阶段|下一?年度?|今后|明年|接下来|新的一年|后续|20\d\d年度?)[^，,。]{0,14}?)?"
    r"[，,]?(?:我[^，,。]{1,4}|本[^，,。]{1,4}|我们)?(?:将|拟|计划|准备)(?!近|军|领))"
)
_STOPS = "。；;！!，,"
_YEAR = re.compile(r"20\d\d(?=年)")


@dataclass(frozen=True, slots=True)
class Part:
    """What a part tells: `kind` of its points, None where its words have to say; `is_future` where 下一步 says so."""

    kind: str | None = None
    is_future: bool = False
    is_stated: bool = False


def of_label(role: str, heading: str, report_year: int | None) -> Part:
    """The part that a heading opens. A heading that names an earlier year and a remedy reports what was done."""
    year = _YEAR.search(heading)
    is_earlier = year is not None and report_year is not None and int(year.group()) < report_year
    if role == "label_made":
        is_own = year is not None and report_year is not None and not is_earlier
        return Part(is_stated=True) if is_own else Part(MADE, is_stated=True)
    if role == "label_mixed":
        return Part(MADE, is_stated=True) if is_earlier else Part(is_stated=True)
    if role == "label_promise":
        return Part(PROMISED, is_future=has("lead_future", heading), is_stated=True)
    return Part(PROBLEM, is_stated=True)


def of_lead(sentence: str, part: Part) -> Part:
    """The part that the words before a list open; `part` where they do not say."""
    plain = pattern("denied_problem").sub("", sentence)
    future, problem = _last("lead_future", plain), _last("lead_problem", plain)
    if has("lead_made", plain) and future < 0 and problem < 0:
        return Part(MADE)
    admits = _last("strong_problem", plain)
    if problem >= 0 and (
        future < 0 or admits > future or (problem > future and not has("lead_measure", plain[future:]))
    ):
        measure = _last("lead_measure", plain)
        if future < 0 and measure > problem and admits < 0 and not begins("turn", plain):
            return Part(PROMISED)
        return Part(PROBLEM)
    if future >= 0:
        return Part(PROMISED, is_future=True)
    if has("lead_made", plain):
        return Part(MADE)
    if (has("lead_measure", plain) and plain != sentence) or begins("turn", sentence):
        return Part(PROMISED)
    return Part(PROMISED) if has("lead_measure", plain) and part.kind is None else part


def led(sentence: str, part: Part) -> Part:
    """The part behind words that introduce a list, under what a heading says (`part`)."""
    opened = of_lead(sentence, part)
    if not part.is_stated or part.kind is None or opened.is_future:
        return opened
    if part.kind == PROBLEM:
        is_measure = opened.kind == PROMISED and not has("lead_problem", sentence)
        return opened if opened.kind == MADE or is_measure or begins("turn", sentence) else part
    if part.kind == PROMISED and (opened.kind == MADE or has("strong_problem", sentence)):
        return opened
    return part


def _last(role: str, text: str) -> int:
    return max((m.start() for m in pattern(role).finditer(text)), default=-1)


def is_ahead(sentence: str, report_year: int | None) -> bool:
    """Whether a sentence speaks of what is to come."""
    if has("future", sentence[:120]):
        return True
    return any(report_year is not None and int(y.group()) > report_year for y in _YEAR.finditer(sentence[:40]))


def remedy_kind(text: str, part: Part, report_year: int | None) -> str:
    """Whether a remedy is promised or done."""
    head = text[:200]
    if is_ahead(head, report_year) and not begins("made", head):
        return PROMISED
    if part.kind == MADE:
        return MADE
    is_done = has("made", head) or has("made_figure", head)
    return MADE if is_done and not part.is_future else PROMISED


def is_problem(sentence: str) -> bool:
    """Whether words of a shortcoming stand in a sentence other than as the object of a measure."""
    return has("problem", denied_out(sentence))


def admits_first(sentence: str) -> bool:
    """Whether a sentence admits before it speaks of what is to come."""
    ahead = pattern("future").search(sentence[:300])
    return is_problem(sentence if ahead is None else sentence[: ahead.start()])


def is_remedy(sentence: str) -> bool:
    """Whether a sentence inside a member on a problem is what is done about it."""
    if begins("remedy", sentence):
        return not begins("strong_problem", sentence)
    if begins("made", sentence) and not is_problem(sentence):
        return True
    return begins("measure", sentence) and not is_problem(sentence)


def kind_of(sentence: str, part: Part, report_year: int | None) -> str | None:
    """The kind of a sentence outside of lists; None where it is no point: praise, formulas, nothing."""
    if is_all("nothing", sentence.rstrip(_STOPS)) or begins("closing", sentence):
        return None
    admits = has("strong_problem", sentence)
    if has("resolved", sentence[-40:]) and not is_ahead(sentence, report_year):
        return MADE
    if part.kind == PROBLEM:
        if (is_turn(sentence) and is_ahead(sentence, report_year)) or (begins("remedy", sentence) and not admits):
            return remedy_kind(sentence, Part(), report_year)
        if begins("own_will", sentence):
            return PROMISED
        if has("praise", sentence) and not is_problem(sentence):
            return None
        return None if is_all("signature", sentence) and not is_problem(sentence) else PROBLEM
    if part.kind is not None:
        if admits and not begins("remedy", sentence) and is_problem(sentence):
            return PROBLEM
        if is_all("signature", sentence) and not begins("measure", sentence):
            return None
        return remedy_kind(sentence, part, report_year)
    ahead = is_ahead(sentence, report_year)
    if is_problem(sentence) and not (ahead and not admits and _comes_first("future", "problem", sentence)):
        return PROBLEM
    if has("praise", sentence) and not ahead:
        return None
    if ahead:
        return remedy_kind(sentence, part, report_year)
    if begins("remedy", sentence) and not begins("turn", sentence) and not has("measure", sentence[:30]):
        return None
    if is_turn(sentence):
        return remedy_kind(sentence, part, report_year)
    return None


def _comes_first(role: str, other: str, sentence: str) -> bool:
    a, b = pattern(role).search(sentence), pattern(other).search(denied_out(sentence))
    return a is not None and (b is None or a.start() <= b.start())


def split_ahead(sentence: str) -> int | None:
    """Where a sentence that first admits goes on to promise: 掌握不熟，下一年将…; None where it does not."""
    for m in _AHEAD.finditer(sentence[:300]):
        if is_problem(sentence[: m.start()]) and not is_ahead(sentence[: m.start()], None):
            return m.start("ahead")
    return None


def is_general(sentence: str) -> bool:
    """Whether a problem is admitted without saying which."""
    clauses = re.split(r"[，,]", sentence[:LONGEST].rstrip(_STOPS))
    if len(clauses) > 1 and begins("general_remedy", clauses[-1]):
        clauses.pop()
    return has("general_problem", clauses[-1]) and types_of(PROBLEM, sentence) == (GENERAL,)
