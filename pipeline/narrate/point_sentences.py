"""Reads sentences of a part on problems: which admit, which promise, which report as done, which only introduce."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.narrate.passage_outline import introduces, is_turn, is_year_ahead
from pipeline.narrate.point_types import types_of
from pipeline.narrate.point_words import LONGEST, begins, denied_out, has, is_all, pattern, undenied
from pipeline.narrate.practice_tables import GENERAL

PROBLEM, PROMISED, MADE = "problem", "improvement_promised", "improvement_made"
_AHEAD = re.compile(
    r"[，,](?P<ahead>(?:为此|对此|针对此|因此)?[，,]?(?:在?(?:下一步|下步|下一个?阶段|下一?年度?|今后|明年|接下来|新的一年|后续|20\d\d年度?)[^，,。]{0,14}?)?"
    r"[，,]?(?:我[^，,。]{1,4}|本[^，,。]{1,4}|我们)?(?:将|拟|计划|准备)(?!近|军|领))"
)
_STOPS = "。；;！!，,"
# A colon inside quotation marks or brackets introduces nothing.
# Possessive: a quotation that may also be taken sign by sign would be tried both ways, each with each of the others.
_COLON = re.compile(r"(?:“[^”\n]*”|《[^》\n]*》|（[^）\n]*）|[^：:\n])*+(?P<colon>[：:])")
_YEAR = re.compile(r"20\d\d(?=年)")


@dataclass(frozen=True, slots=True)
class Part:
    """What a part tells: `kind` of its points, None where its words have to say; `is_future` where 下一步 says so;
    `is_work` where its words speak of work (主要工作：) and not of improving.
    """

    kind: str | None = None
    is_future: bool = False
    is_stated: bool = False
    is_work: bool = False


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
    sentence = undenied(sentence)
    plain = pattern("denied_problem").sub("", sentence)
    future, problem = _last("lead_future", plain), _last("lead_problem", plain)
    if has("lead_made", plain) and future < 0 and problem < 0:
        return Part(MADE)
    admits = _last("strong_problem", plain)
    if problem >= 0 and (
        future < 0
        or admits > future
        or (problem > future and not has("lead_measure", plain[future:]) and not begins("turn", plain))
    ):
        measure = _last("lead_measure", plain)
        if future < 0 and measure > problem and admits < 0 and not begins("turn", plain):
            return Part(PROMISED)
        return Part(PROBLEM)
    if future >= 0:
        return Part(PROMISED, is_future=True)
    if has("lead_made", plain):
        return Part(MADE)
    if admits >= 0:
        return Part(PROBLEM)
    if (has("lead_measure", plain) and plain != sentence) or begins("turn", sentence):
        return Part(PROMISED)
    if part.kind is None and has("lead_measure", plain):
        return Part(PROMISED, is_work=not has("improves", plain))
    return Part(PROBLEM) if part.kind is None and is_problem(plain) else part


def led(sentence: str, part: Part) -> Part:
    """The part behind words that introduce a list, under what a heading says (`part`)."""
    sentence = undenied(sentence)
    opened = of_lead(sentence, part)
    if not part.is_stated or part.kind is None or opened.is_future:
        return opened
    if part.kind == PROBLEM:
        is_measure = opened.kind == PROMISED and not has("lead_problem", sentence)
        return opened if opened.kind == MADE or is_measure or begins("turn", sentence) else part
    if part.kind == MADE and opened.kind == PROBLEM and has("lead_now", sentence):
        return opened
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
    if part.kind == MADE and begins("made_object", head):
        return MADE
    if is_ahead(head, report_year) and not begins("made", head):
        return PROMISED
    if part.kind == MADE:
        return MADE
    is_done = has("made", head) or (has("made_figure", head) and not has("aimed_count", head))
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
    if begins("remedy", sentence) or is_year_ahead(sentence):
        return not begins("strong_problem", sentence)
    if begins("made", sentence) and not is_problem(sentence):
        return True
    return begins("measure", sentence) and not is_problem(sentence)


def turns_to_remedy(sentence: str, report_year: int | None) -> bool:
    """Whether a sentence inside a member says that what was wrong is over and the remedy begins: 下一步, 为此, 将."""
    if is_turn(sentence) or begins("own_remedy", sentence):
        return is_remedy(sentence)
    return is_ahead(sentence, report_year) and is_remedy(sentence)


def kind_alone(sentence: str, report_year: int | None) -> str | None:
    """What a member is where no heading says it; None where its words do not either."""
    sentence = sentence.rstrip(_STOPS)
    if admits_first(sentence):
        return PROBLEM
    return PROMISED if is_remedy(sentence) or is_ahead(sentence, report_year) else None


def is_nothing(sentence: str) -> bool:
    """Whether a sentence says that there is no problem: 无; 经自查，暂无; 信息发布准确，未发现问题."""
    *before, last = re.split(r"[，,]", sentence[:LONGEST].strip(_STOPS))
    if is_all("nothing", sentence[:LONGEST].strip(_STOPS)):
        return True
    return is_all("nothing", re.sub(r"^经[^，。；]{0,12}?(?=未|没有|无|暂|不存在)", "", last)) and not any(
        is_problem(clause) or is_ahead(clause, None) for clause in before
    )


def denies(sentence: str) -> bool:
    """Whether a sentence says that there is no problem, whatever else it says, and admits none."""
    return undenied(sentence[:LONGEST]) != sentence[:LONGEST] and not is_problem(sentence)


def kind_of(sentence: str, part: Part, report_year: int | None) -> str | None:
    """The kind of a sentence outside of lists; None where it is no point: praise, formulas, nothing."""
    if is_nothing(sentence) or begins("closing", sentence):
        return None
    if denies(sentence) and part.kind in (None, PROBLEM):
        return PROMISED if is_ahead(sentence, report_year) else None
    admits = has("strong_problem", undenied(sentence))
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
    """Where a sentence that first admits, or denies, goes on to promise: 掌握不熟，下一年将…; None where it does not."""
    for m in _AHEAD.finditer(sentence[:300]):
        before = sentence[: m.start()]
        if (is_problem(before) or denies(before)) and not is_ahead(before, None):
            return m.start("ahead")
    for m in re.finditer("[，,]", sentence[:300]):
        rest = sentence[m.end() :]
        if (is_turn(rest) or begins("goes_on", rest)) and not is_problem(rest) and denies(sentence[: m.start()]):
            return m.end()
    return None


def lead_colon(sentence: str) -> int:
    """Where the words that introduce end inside a sentence, 下一步将做到：…; 0 where none do."""
    m = _COLON.search(sentence[:160])
    if m is None or m.start("colon") < 0 or m.end() >= len(sentence.rstrip("\n")):
        return 0
    head = sentence[: m.start("colon")]
    clause = re.split(r"[，,]", head)[-1]
    if introduces(head, True) or has("lead_colon", clause):
        return m.end()
    leads = has("lead_problem", clause) or has("lead_future", head) or has("lead_made", clause)
    return m.end() if leads and types_of(PROBLEM, clause) == (GENERAL,) else 0


def is_general(sentence: str) -> bool:
    """Whether a problem is admitted without saying which."""
    clauses = re.split(r"[，,]", sentence[:LONGEST].rstrip(_STOPS))
    if len(clauses) > 1 and begins("general_remedy", clauses[-1]):
        clauses.pop()
    return has("general_problem", clauses[-1]) and types_of(PROBLEM, sentence) == (GENERAL,)
