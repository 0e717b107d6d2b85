"""Tells which figure of the remedies table the words beside a figure name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.narrate.claim_labels import PART_WITH_CELL, REMEDIES, Label, Meaning, Topic
from pipeline.narrate.claim_words import Word, words_in

# 涉及县教育局的行政诉讼2件: another organ's.
_OTHER_ORGAN = re.compile(
    r"(?:涉及|针对|对|不服|以)(?![我本该])[\u4e00-\u9fff]{1,14}?(?:局|委员会|委|办公室|办|镇|乡|街道|中心|厅|部门|单位|所)"
    r"(?:的|作出|做出|为被|不服|答复|政府信息|信息公开)"
)
_KINDS = ("litigation_direct", "litigation_after_reconsideration")
_MOST_UNKNOWN = 2
_OTHER = "other"
_INSTANCE = re.compile("[一二]审|再审")
_ANY_CASE = ("应诉", "行政案件", "涉诉")
# An organ that decides on reconsiderations counts those of others, unless one of these says that it was the party.
_OWN_CASE = ("被", "因", "引", "发生", "信息公开", "涉", "依申请")


def remedies(
    label: Label, other: Label | None, noun: Word | None, topic: Topic, section_code: str, *, is_nought: bool
) -> Iterator[Meaning]:
    outcome, column, is_strict = label.outcome()
    named = tuple(dict.fromkeys(c for w in label.words if (c := w.code("remedy")) is not None))
    if not named and noun is not None and (c := noun.code("remedy")) is not None:
        named = (c,)
    if outcome is None and other is not None and other.words and other.words[0].start == other.start:
        # 行政诉讼2件中1件败诉: the outcome stands behind.
        word = other.words[0]
        column = word.code("outcome") or word.code("outcome_loose")
        outcome, is_strict = (word, False) if column is not None else (None, is_strict)
    if outcome is None and label.has("other_bare"):
        outcome, column, is_strict = label.last("other_bare"), "other", False
    hears = outcome is None and "审理" in label.text[label.start : label.end]
    decides = (hears or label.has("handled", "dealt_with", "received")) and not any(
        x in label.text[label.start : label.end] for x in _OWN_CASE
    )
    is_sure = is_strict and (not decides or section_code == REMEDIES) and (topic.is_own or "信息公开" in label.text)
    if len(named) > 1:
        specific = tuple(n for n in named if n.startswith("litigation_"))
        if set(named) <= {"litigation", *specific} and len(specific) == 1:
            named = specific
    if column == "pending" and label.has("time_other"):
        # 含上年未结1件
        yield Meaning("other")
        return
    is_any = topic.topic == _OTHER or any(x in label.text[label.start : label.end] for x in _ANY_CASE)
    if is_any and section_code != REMEDIES and not topic.is_own and not _is_own_case(label):
        # 行政应诉案件29件: of whatever kind.
        yield Meaning("other", topic=_OTHER)
        return
    if not named:
        if topic.row is None or topic.topic != REMEDIES or outcome is None or label.unknown > _MOST_UNKNOWN:
            yield Meaning("other")
            return
        row = topic.row
        if row.scope is not None:
            # 复议后起诉2件，其中维持1件: of these or of all.
            yield Meaning("other")
            return
        yield Meaning(row.subject, row.reading if is_strict else None, column, topic=REMEDIES)
        return
    if label.has("carried_in"):
        yield Meaning(_subject(named[0]), None, column, scope="part", topic=REMEDIES)
        return
    if decides and section_code != REMEDIES and not topic.is_own:
        yield Meaning("other", topic=_OTHER)
        return
    if len(named) > 1 and (is_nought or label.has("both")) and not label.has("jointly"):
        for n in named:
            yield Meaning(_subject(n), n if is_sure else None, column, topic=REMEDIES)
        return
    if len(named) > 1:
        subject = "remedies" if "reconsideration" in named else "litigation"
        yield Meaning(subject, subject if is_sure else None, column, topic=REMEDIES)
        return
    if outcome is None and _INSTANCE.search(label.text, label.start, label.end):
        yield Meaning("other", topic=REMEDIES)
        return
    if _OTHER_ORGAN.search(label.text, label.start, label.end):
        yield Meaning("other", topic=REMEDIES)
        return
    if named[0] in _KINDS and outcome is not None and _has_both_kinds(label):
        # 未经复议直接起诉尚未审结1件，复议后起诉维持1件: of these or of all.
        yield Meaning("other", topic=REMEDIES)
        return
    scope = PART_WITH_CELL if named[0] in _KINDS and outcome is None and _has_both_kinds(label) else None
    yield Meaning(_subject(named[0]), named[0] if is_sure else None, column, scope=scope, topic=REMEDIES)


def _is_own_case(label: Label) -> bool:
    return any(x in label.text[: label.end] for x in _OWN_CASE)


def _has_both_kinds(label: Label) -> bool:
    """Lawsuits of one kind stand beside the other or beside all of them."""
    codes = [c for w in words_in(label.text, 0, len(label.text)) if (c := w.code("remedy")) is not None]
    return set(_KINDS) <= set(codes)


def _subject(code: str) -> str:
    return code if code == "reconsideration" else "litigation"
