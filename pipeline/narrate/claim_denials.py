"""Denials: 未收到政府信息公开申请, 无行政复议、行政诉讼, 均未发生 — sentences that state a figure of nought in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.narrate.claim_figures import Figure
from pipeline.narrate.claim_labels import APPLICATIONS, FEES, PART_WITH_CELL, REMEDIES, Label, Meaning, Topic, label_of
from pipeline.narrate.claim_words import Word

_OBJECTS = ("application", "application_weak", "remedy", "fees", "carried_in", "carried_out")
# A condition or an aim denies nothing.
_CONDITIONS = re.compile(r"如果|如未|如无|若|凡|是否|防止|避免|杜绝|即使|确保|力争|对于|对未|对没有|针对|对无|要求")
_OTHERS = re.compile(
    "(?:其他|其它|其余|余下)(?:的|主体|类型|来源|渠道|方式)*(?:申请(?!人)|单位|部门|乡镇|镇|街道|机关|各)"
)
_LAST_YEAR = re.compile("(?:上一?年|去年|往年)[^，。；]*$")
_NEGATED_ONLY = re.compile(r"(?:情况|案件|数量|件数)?(?:无|零|没有|未发生|均无)")
_CAUSE = re.compile(r"引起|引发|导致|产生|涉及|提起|而")
_CAUSED_BY = ("因", "由于", "由", "对", "就", "不服")
NEGATION = re.compile("[未没无零]|不存在")
"""What every denial has."""
_RESULT_KINDS = frozenset({"denied", "declined", "unavailable", "partial", "other_result"})
_KINDS = ("outcome", *sorted(_RESULT_KINDS), "outcome_loose", "carried_bare", "proactive", "proactive_column")
_ABSENT = ("无", "没有", "未发生", "没有发生", "不存在", "未出现", "尚无", "暂无", "未有", "并无", "零", "均无")
_DIRECT = ("零", "无", "没有", "暂无", "尚无")
_NO_FEES = re.compile(
    r"(?:[未没无]|不存在)[^，。；]{0,10}(?:收取[^，。；]{0,4}费用|收费|收取$)|[未没][^，。；]{0,6}收取(?=[，。；]|$)"
)
_WITH_FEES = (None, APPLICATIONS, FEES, REMEDIES)
_MOST_BETWEEN = 12
_MOST_HEADING = 60
_MOST_AFTER = 4
_MOST_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Denial:
    """A denial at [start, end) of the sentence."""

    start: int
    end: int
    meaning: Meaning


def denials(text: str, start: int, end: int, own: Sequence[Figure], topic: Topic) -> Iterator[Denial]:
    """Denials of a clause, text[start:end]; none where a figure stands behind the negation."""
    if NEGATION.search(text, start, end) is None:
        return
    label = label_of(text, start, end)
    if not own and _NEGATED_ONLY.fullmatch(text, start, end):
        yield from _of_heading(text, start, end)
        return
    negation = next((w for w in label.words if "negation" in w.kinds), None)
    if negation is None or any(f.end > negation.start for f in own):
        return
    if _CONDITIONS.search(text, start, negation.end) or _OTHERS.search(text, start, end):
        return
    behind = label_of(text, negation.end, end)
    if other := tuple(_of_results(text[negation.start : negation.end], behind, topic)):
        for meaning in other:
            yield Denial(negation.start, behind.words[-1].end, meaning)
        return
    objects = _objects(behind)
    if objects and _is_denied(text[negation.start : negation.end], behind, objects):
        yield from _denied(negation.start, objects[-1].end, objects, behind)
        return
    if _NO_FEES.search(text, negation.start, end) and topic.topic in _WITH_FEES and behind.unknown <= _MOST_AFTER:
        yield Denial(negation.start, end, Meaning(FEES, None, topic=FEES))
        return
    before = label_of(text, start, negation.start)
    objects = _objects(before)
    # 行政复议、行政诉讼均未发生: nothing but the verb stands behind.
    if objects and behind.unknown == 0 and not behind.has("handled", "dealt_with", "granted", "partial", "foreign"):
        since = label_of(text, objects[-1].end, negation.start)
        if since.unknown <= _MOST_AFTER and not since.has("handled", "dealt_with", "granted", "partial", "foreign"):
            yield from _denied(objects[0].start, max(negation.end, behind.end), objects, before)


def _of_results(negation: str, behind: Label, topic: Topic) -> Iterator[Meaning]:
    """无不予公开件, 没有尚未审结的, 无结转, 未制发规范性文件: results, outcomes and what section two counts."""
    words = [w for w in behind.words if not {"filler", "all"} & set(w.kinds) or _RESULT_KINDS & set(w.kinds)]
    if not words or behind.unknown > 1 or words[0].start - behind.start > _MOST_BEFORE:
        return
    kinds = [next((k for k in _KINDS if k in w.kinds), None) for w in words]
    if None in kinds:
        return
    is_direct = negation in _ABSENT
    if is_direct and set(kinds) <= _RESULT_KINDS and topic.topic in (None, APPLICATIONS):
        for kind in dict.fromkeys(kinds):
            yield Meaning(kind or "", kind, topic=APPLICATIONS)
    elif is_direct and set(kinds) <= {"outcome", "outcome_loose"} and topic.topic == REMEDIES and topic.row is not None:
        _, column, is_strict = behind.outcome()
        yield replace(topic.row, reading=topic.row.reading if is_strict else None, column_code=column, scope=None)
    elif is_direct and kinds == ["carried_bare"] and topic.topic == APPLICATIONS:
        is_last = _LAST_YEAR.search(behind.text, max(0, behind.start - _MOST_BETWEEN), behind.start) is not None
        yield Meaning("carried_in" if is_last else "carried_out", None, topic=APPLICATIONS)
    elif set(kinds) <= {"proactive", "proactive_column"} and "proactive" in kinds:
        column = next((w.code("proactive_column") for w in words if "proactive_column" in w.kinds), None)
        for w in words:
            subject = w.code("proactive")
            if subject in ("regulations", "normative_documents") and (column or is_direct):
                yield Meaning(subject, f"{subject}_{column}" if column else None, topic=subject)


def _objects(label: Label) -> tuple[Word, ...]:
    """What is denied. `申请` alone counts beside nothing stronger."""
    found = [w for w in label.words if any(k in w.kinds for k in _OBJECTS)]
    if any("fees" in w.kinds for w in found):
        # 未收取因依申请公开产生的费用 denies the fee, not the application.
        return tuple(w for w in found if "fees" in w.kinds)
    if label.has("fees_weak"):
        return ()
    remedy = next((w for w in found if "remedy" in w.kinds), None)
    if remedy is not None:
        # 因政府信息公开申请引发的行政复议 denies the reconsideration only.
        found = [w for w in found if w.start >= remedy.start or not _is_cause(label.text, w, remedy)]
    carried = next((w for w in found if {"carried_in", "carried_out"} & set(w.kinds)), None)
    if carried is not None and not label.has("received"):
        # 没有需要结转下年的申请 denies the carrying over only.
        found = [w for w in found if w.start <= carried.start or not {"application", "application_weak"} & set(w.kinds)]
    if found and "application_weak" in found[0].kinds and label.text[: found[0].start].endswith("零"):
        return tuple(found)
    strong = [w for w in found if "application_weak" not in w.kinds]
    if any(k in w.kinds for w in strong for k in ("application", "carried_in", "carried_out")):
        return tuple(strong)
    if strong and found[0] is not strong[0] and label.has("received"):
        return tuple(found)
    return tuple(strong or found)


def _is_cause(text: str, w: Word, remedy: Word) -> bool:
    return _CAUSE.search(text, w.end, remedy.start) is not None or text[: w.start].endswith(_CAUSED_BY)


def _is_denied(negation: str, behind: Label, objects: tuple[Word, ...]) -> bool:
    first, last = objects[0], objects[-1]
    between = label_of(behind.text, behind.start, first.start)
    rest = label_of(behind.text, last.end, behind.end)
    # 未按时答复…申请 denies the answer; 未收到申请的单位 is about units; 投诉、复议 denies both.
    is_listed = behind.text[: first.start].endswith("、") and not between.has("handled", "dealt_with", "received")
    if not is_listed and between.has("handled", "dealt_with", "granted", "partial", "foreign", "proactive"):
        return False
    if between.unknown > _MOST_BETWEEN or between.has("in_progress", "carried_bare"):
        return False
    if rest.unknown > _MOST_AFTER or rest.has("handled", "dealt_with", "foreign", "proactive"):
        return False
    if re.search(
        r"的(?!情况|案件|事项|情形|现象|申请|要求|依申请|(?:政府)?(?:信息)?公开申请)[\u4e00-\u9fff]",
        behind.text[last.end : behind.end],
    ):
        return False
    is_weak = all("application_weak" in w.kinds for w in objects)
    if not is_weak:
        return True
    is_direct = between.has("received") or (negation in _DIRECT and between.is_empty)
    return is_direct and between.unknown == 0 and behind.end - last.end <= _MOST_AFTER


def _denied(start: int, end: int, objects: Sequence[Word], label: Label) -> Iterator[Denial]:
    outcome, column, strict = label.outcome()
    if outcome is not None:
        end = max(end, outcome.end)
    # 未收到公民申请 speaks of everybody.
    applicant = next(
        (w for w in label.listed("applicant") if not label.text.startswith(("公民", "法人", "个人"), w.start)), None
    )
    seen: set[tuple[str, str | None]] = set()
    specific = {w.code("remedy") for w in objects} & {"litigation_direct", "litigation_after_reconsideration"}
    for w in objects:
        if "remedy" in w.kinds:
            code = w.code("remedy") or ""
            if code == "litigation" and specific:
                continue
            subject = "reconsideration" if code == "reconsideration" else "litigation"
            meaning = Meaning(subject, code if strict else None, column, topic=REMEDIES)
        elif "fees" in w.kinds:
            if w.code("fees") != "handling":
                continue
            meaning = Meaning(FEES, None, topic=FEES)
        elif "carried_in" in w.kinds or "carried_out" in w.kinds:
            row = "carried_in" if "carried_in" in w.kinds else "carried_out"
            meaning = Meaning(row, row, topic=APPLICATIONS)
        else:
            column_code = applicant.code("applicant") if applicant is not None else None
            group = column_code if column_code == "organizations" else None
            meaning = Meaning(
                "received_new",
                "received_new",
                None if group else column_code,
                group,
                scope=PART_WITH_CELL if group else None,
                topic=APPLICATIONS,
            )
        key = (meaning.subject, meaning.reading)
        if key not in seen:
            seen.add(key)
            yield Denial(start, end, meaning)


def _of_heading(text: str, start: int, end: int) -> Iterator[Denial]:
    """行政复议、行政诉讼情况：无 — the object is the clause before the colon."""
    if start < 1 or text[start - 1] not in "：:":
        return
    earliest = max(0, start - 1 - _MOST_HEADING)
    at = max(earliest, *(text.rfind(mark, earliest, start - 1) + 1 for mark in "，。；：:\n"))
    label = label_of(text, at, start - 1)
    objects = _objects(label)
    if objects and label.unknown <= _MOST_AFTER:
        yield from _denied(objects[0].start, end, objects, label)
