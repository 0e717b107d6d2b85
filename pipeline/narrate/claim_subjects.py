"""Tells what a figure counts from the words around it and from what the paragraph has been speaking of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.narrate.claim_applications import applications
from pipeline.narrate.claim_figures import Figure
from pipeline.narrate.claim_labels import (
    APPLICATIONS,
    FEES,
    REMEDIES,
    ROLES,
    Label,
    Meaning,
    Topic,
    label_of,
    topic_of,
)
from pipeline.narrate.claim_remedies import remedies
from pipeline.narrate.claim_words import Word, unknown_characters

_YEAR = re.compile(r"(?:19|20)\d\d年")
_BESIDE = ("比", "较", "同比", "环比")
_REACHED = re.compile("[达至为到]|共计?$")
_DONE = re.compile("予|作出|做出|进行|答复|办结|登记|受理")
_AIMED = ("对", "就", "将", "把")
_WAIVED = re.compile("减免|免收|免除|退还|减收")
_REVIEWED = re.compile("立案|办件|受理|案卷|听证|线索|清理|审查|审核|备案|梳理|评估|修改|修订|检查|抽查|评查|复查")
_PROACTIVE = ("regulations", "normative_documents")
# Beside a topic that is only carried over, words that the lexicon does not know speak of something else.
_MOST_UNKNOWN = 2
_UNITS_OF_CASES = (None, "件", "条", "份", "宗", "起", "次", "项", "个", "例", "件次", "项次", "批次", "封")
_UNITS_OF_PEOPLE = ("人次", "人")
_DECIDED = ("granted", "partial", "denied", "declined", "unavailable", "other_result")


def label_meaning(
    label: Label, other: Label | None, topic: Topic, section_code: str, figure: Figure
) -> Iterator[Meaning]:
    """What the figure counts: one meaning, or one for each of several subjects that it gives the same number.

    `label` is the words that belong to it, `other` those on its other side, which may name the noun (办结54件申请).
    """
    if label.has("growth") and (figure.is_bare is False) and _grows(label):
        yield _compared_with(label, topic) or Meaning("other", scope="unstated")
        return
    aimed = label.text[figure.start - 1 : figure.start] in _AIMED
    if aimed and (not _DONE.search(label.text, figure.end, label.end) or label.text[: label.end].endswith("的申请")):
        # 对3件内容不明确的申请
        yield Meaning("other", scope="unstated")
        return
    if (part := _part_of_row(label, other, topic, figure)) is not None:
        yield part
        return
    if topic.topic == APPLICATIONS and _is_granted(label, figure):
        yield Meaning("granted", "granted", topic=APPLICATIONS)
        return
    noun = label.noun()
    is_result = label.has("denied", "partial", "unavailable") and figure.unit in ("件", "份", "宗")
    if noun is not None and noun.code("foreign") == "disclosed" and is_result and label.unknown == 0:
        # 不予公开的政府信息3件
        noun, label = None, replace(label, words=tuple(w for w in label.words if "foreign" not in w.kinds))
    weak = label.last("application_weak")
    applied_for = (
        noun is not None and weak is not None and weak.start >= noun.end and noun.code("foreign") == "disclosed"
    )
    if applied_for and weak is not None and label.text[weak.start - 1] == "的":
        # 要求公开征地信息的申请: what is applied for is no subject of its own.
        yield from applications(label, True, topic)
        return
    if weak is not None and noun is None and all(_is_unknown(label, weak.start - n) for n in (1, 2)):
        # 公证申请203件: an application for something else.
        yield Meaning("other", topic="other")
        return
    is_application = False
    if (
        noun is None
        and other is not None
        and not label.is_empty
        and other.words
        and other.words[0].start == other.start
    ):
        behind = other.words[0]
        if any(k in behind.kinds for k in ("application", "remedy", "foreign")):
            last = other.noun()
            # 2次依申请公开业务培训
            noun = last if last is not None and "foreign" in last.kinds else behind
        is_application = "application_weak" in behind.kinds and label.has("received", "handled", "dealt_with")
    if noun is None and label.has("proactive_column") and label.unknown == 0 and topic.topic in _PROACTIVE:
        yield _proactive(label, topic.topic, section_code)
        return
    if noun is not None and _governed_otherwise(label, noun, figure):
        yield Meaning("other")
        return
    if noun is not None and "foreign" in noun.kinds:
        yield Meaning(_foreign(label, noun), topic=noun.code("foreign"))
        return
    if noun is not None and "proactive" in noun.kinds:
        yield _proactive(label, noun.code("proactive") or "other", section_code)
        return
    if noun is not None and "fees" in noun.kinds:
        statutory = noun.code("fees") == "statutory"
        is_amount = _is_money(figure) or figure.is_bare
        if label.text[noun.start : noun.end] == "收费通知" or _WAIVED.search(label.text, label.start, label.end):
            is_amount = False
        yield (
            Meaning(FEES, FEES if statutory and _is_money(figure) else None, topic=FEES)
            if is_amount
            else Meaning("other", topic=FEES)
        )
        return
    named = noun is not None
    about = topic_of(noun) if noun is not None else topic.topic
    if (
        not named
        and (is_application or label.has("application_weak"))
        and about != REMEDIES
        and label.unknown <= _MOST_UNKNOWN
    ):
        about, named = APPLICATIONS, True
    is_by_person = named and figure.unit in _UNITS_OF_PEOPLE and label.has("received")
    if about in (APPLICATIONS, REMEDIES) and figure.unit not in _UNITS_OF_CASES and not is_by_person:
        yield Meaning("other")
        return
    said = label.text[label.start : label.end]
    is_notice = "收费通知" in label.text[: label.start] and "收取" not in said
    if about == FEES and is_notice:
        yield Meaning("other", topic=FEES)
        return
    if about == FEES and _is_money(figure) and (label.is_light or "金额" in said or "收取" in said):
        yield Meaning(FEES, topic=FEES)
        return
    if about is None and label.has("carried_bare") and not label.has("carried_in") and label.unknown == 0:
        yield Meaning("carried_out")
        return
    if about == REMEDIES:
        yield from remedies(label, other, noun, topic, section_code, is_nought=figure.value == 0)
        return
    results = label.has("granted", "partial", "denied", "declined", "carried_in", "carried_out")
    if about == APPLICATIONS and not named and label.has("outcome", "outcome_loose") and not label.has(*_DECIDED):
        yield Meaning("other")
        return
    results = results or (label.has("unavailable") and label.unknown == 0) or "其他处理" in said
    results = results or (label.has("applicant") and label.has("received") and label.unknown == 0)
    codes = [c for w in label.words for k in _DECIDED if (c := w.code(k)) is not None]
    if about is None and codes and all(codes) and label.unknown:
        # 行政执法案卷评查20件: a reason by itself is none beside words that the lexicon does not know.
        results = False
    if about is None and results and label.unknown <= _MOST_UNKNOWN:
        about = APPLICATIONS
    if about is None and label.has("applicant") and "申请" in said:
        about, named = APPLICATIONS, True
    if about is None and label.has("other_result") and "申请人" in label.text[label.start : label.end]:
        about = APPLICATIONS
    if about == APPLICATIONS and (named or label.unknown <= _MOST_UNKNOWN):
        yield from applications(label, named, topic)
        return
    if about not in (None, APPLICATIONS) and label.unknown == 0 and label.has("handled", "dealt_with", "received"):
        yield Meaning(about if about != FEES else "other")
        return
    yield Meaning("other")


def _governed_otherwise(label: Label, noun: Word, figure: Figure) -> bool:
    """行政诉讼庭审2次: between the noun and its figure stand words that the lexicon does not know."""
    if label.unknown == 0 or noun.end > label.end or label.end > figure.start or label.has("outcome", "outcome_loose"):
        return False
    return unknown_characters(label.text, noun.end, label.end, label.words) >= _MOST_UNKNOWN


def _is_unknown(label: Label, at: int) -> bool:
    """Whether the character there is Chinese and of no known word."""
    if label.unknown == 0 or at < label.start or not "\u4e00" <= label.text[at] <= "\u9fff":
        return False
    return not any(w.start <= at < w.end for w in label.words)


def _grows(label: Label) -> bool:
    words = label.listed("growth")
    if not words:
        return False
    if all("filler" in w.kinds or "jointly" in w.kinds for w in label.words if w.start > words[-1].start):
        return True
    # 比上年多办结12件
    said = [label.text[w.start : w.end] for w in words]
    return len(said) > 1 and said[0] in _BESIDE and _REACHED.search(label.text, words[-1].end, label.end) is None


def _is_granted(label: Label, figure: Figure) -> bool:
    """公开21件，部分公开9件: beside the other results 公开 is one of them."""
    said = label.text[label.start : label.end].strip("，、：:；已其中有分别")
    return said == "公开" and figure.unit in ("件", "份", "宗", "条", None) and "部分公开" in label.text


def _compared_with(label: Label, topic: Topic) -> Meaning | None:
    """较2023年的41件: the same row in another year, or None where the figure is an increase."""
    word = label.last("growth")
    if word is None or label.text[word.start : word.end] not in ("较", "比", "同比"):
        return None
    behind = label_of(label.text, word.end, label.end)
    if not (behind.has("time_other") or _YEAR.search(label.text, word.end, label.end)):
        return None
    noun = label.noun()
    row = topic.row
    if noun is not None and "remedy" in noun.kinds and (code := noun.code("remedy")) is not None:
        row = Meaning("reconsideration" if code == "reconsideration" else "litigation", None, topic=REMEDIES)
    return replace(row, reading=None, scope="other_year") if row is not None else None


def _part_of_row(label: Label, other: Label | None, topic: Topic, figure: Figure) -> Meaning | None:
    """Figures that only a time, an item of a list or a common applicant tells apart from the row spoken of."""
    row = topic.row
    if row is None or topic.topic not in (APPLICATIONS, REMEDIES) or figure.unit not in _UNITS_OF_CASES:
        return None
    is_subset = label.has("subset") or (other is not None and other.has("subset"))
    if topic.topic == APPLICATIONS and is_subset and not label.has(*ROLES):
        return replace(row, reading=None, scope="part")
    if not label.is_light or label.has("inside", "applicant", "all"):
        return None
    if label.has("time_other", "time_part") or _YEAR.search(label.text, label.start, label.end):
        return replace(row, scope=None)
    return None


def _is_money(figure: Figure) -> bool:
    return figure.unit is not None and figure.unit.endswith("元")


def _foreign(label: Label, noun: Word) -> str:
    own = noun.code("foreign") or "other"
    if own in ("disclosed", "other"):
        # What was published through a channel counts as that channel's.
        named = [c for w in label.words if (c := w.code("foreign")) is not None]
        return next((c for c in ("new_media",) if c in named and own == "disclosed"), own)
    return own


def _proactive(label: Label, subject: str, section_code: str) -> Meaning:
    reading = None
    column = label.last("proactive_column")
    if column is None and _REVIEWED.search(label.text, label.start, label.end):
        return Meaning("other", topic=subject)
    is_sure = label.unknown == 0 and not label.has("foreign") and not label.has("channel")
    if is_sure and subject in ("regulations", "normative_documents"):
        if column is not None:
            reading = f"{subject}_{column.code('proactive_column')}"
        if label.text[label.start : label.end].find("发布") >= 0 or label.has("all"):
            reading = None
    elif is_sure and "决定" in label.text[label.start : label.end]:
        reading = subject
    return Meaning(subject, reading, topic=subject)
