"""Tells what a figure counts from the words around it and from what the paragraph has been speaking of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.narrate.claim_figures import Figure
from pipeline.narrate.claim_labels import (
    APPLICATIONS,
    FEES,
    REMEDIES,
    RESULTS,
    ROLES,
    Label,
    Meaning,
    Topic,
    topic_of,
)
from pipeline.narrate.claim_words import Word

_PROACTIVE = ("regulations", "normative_documents")
# Beside a topic that is only carried over, words that the lexicon does not know speak of something else.
_MOST_UNKNOWN = 2
_UNITS_OF_CASES = (None, "件", "条", "份", "宗", "起", "次", "项", "个", "例", "件次", "项次", "批次", "封")
_WITHDRAWN = "withdrawn"


def label_meaning(
    label: Label, other: Label | None, topic: Topic, section_code: str, figure: Figure
) -> Iterator[Meaning]:
    """What the figure counts: one meaning, or one for each of several subjects that it gives the same number.

    `label` is the words that belong to it, `other` those on its other side, which may name the noun (办结54件申请).
    """
    if label.has("growth") and (figure.is_bare is False) and _grows(label):
        yield Meaning("other", scope="unstated")
        return
    noun = label.noun()
    weak = label.last("application_weak")
    applied_for = (
        noun is not None and weak is not None and weak.start >= noun.end and noun.code("foreign") == "disclosed"
    )
    if applied_for and weak is not None and label.text[weak.start - 1] == "的":
        # 要求公开征地信息的申请: what is applied for is no subject of its own.
        yield _application(label, True, topic)
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
            noun = behind
        is_application = "application_weak" in behind.kinds and label.has("received", "handled", "dealt_with")
    if noun is None and label.has("proactive_column") and label.unknown == 0 and topic.topic in _PROACTIVE:
        yield _proactive(label, topic.topic, section_code)
        return
    if noun is not None and "foreign" in noun.kinds:
        yield Meaning(_foreign(label, noun), topic=noun.code("foreign"))
        return
    if noun is not None and "proactive" in noun.kinds:
        yield _proactive(label, noun.code("proactive") or "other", section_code)
        return
    if noun is not None and "fees" in noun.kinds:
        statutory = noun.code("fees") == "statutory"
        yield Meaning(FEES, FEES if statutory and _is_money(figure) else None, topic=FEES)
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
    if about in (APPLICATIONS, REMEDIES) and figure.unit not in _UNITS_OF_CASES:
        yield Meaning("other")
        return
    if about == FEES and _is_money(figure) and "金额" in label.text[label.start : label.end]:
        yield Meaning(FEES, topic=FEES)
        return
    if about is None and label.has("carried_bare") and label.unknown == 0:
        yield Meaning("carried_out")
        return
    if about == REMEDIES:
        yield from _remedies(label, noun, topic, section_code, figure)
        return
    results = label.has("granted", "partial", "denied", "declined", "carried_in", "carried_out")
    if about is None and results and label.unknown <= _MOST_UNKNOWN:
        about = APPLICATIONS
    if about is None and label.has("applicant") and label.has("application_weak"):
        about, named = APPLICATIONS, True
    if about is None and label.has("other_result") and "申请人" in label.text[label.start : label.end]:
        about = APPLICATIONS
    if about is None and label.has("handled") and label.unknown == 0:
        yield Meaning("handled_total")
        return
    if about == APPLICATIONS and (named or label.unknown <= _MOST_UNKNOWN):
        yield _application(label, named, topic)
        return
    if about not in (None, APPLICATIONS) and label.unknown == 0 and label.has("handled", "dealt_with", "received"):
        yield Meaning(about if about != FEES else "other")
        return
    yield Meaning("other")


def _grows(label: Label) -> bool:
    word = label.last("growth")
    return word is not None and all(
        "filler" in w.kinds or "jointly" in w.kinds for w in label.words if w.start > word.start
    )


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
    is_sure = label.unknown == 0 and not label.has("foreign") and not label.has("channel")
    if is_sure and subject in ("regulations", "normative_documents"):
        if column is not None:
            reading = f"{subject}_{column.code('proactive_column')}"
        if label.text[label.start : label.end].find("发布") >= 0 or label.has("all"):
            reading = None
    elif is_sure and "决定" in label.text[label.start : label.end]:
        reading = subject
    return Meaning(subject, reading, topic=subject)


def _application(label: Label, named: bool, topic: Topic) -> Meaning:
    column = label.last("applicant")
    code = column.code("applicant") if column is not None else None
    group = code if code == "organizations" else None
    column_code = None if group else code
    scope = "part" if label.has("channel") and not label.has("channel_all") else None
    role = label.last("carried_out") or label.last(*ROLES)
    if role is None:
        if column is not None and topic.row is not None and topic.topic == APPLICATIONS:
            return replace(topic.row, column_code=column_code, columns=group, scope=scope, topic=APPLICATIONS)
        if (scope or (label.has("inside") and label.has("scope"))) and not named and topic.row is not None:
            return replace(topic.row, scope=scope, topic=APPLICATIONS)
        if not named and column is None:
            return Meaning("other")
        # 依申请公开16件 may be those received or those decided.
        bare = "received_and_handled" if named and column is None else "received"
        return Meaning("received_new", bare, column_code, group, scope, APPLICATIONS)
    subject, reading = _row(label, role)
    return Meaning(subject, reading, column_code, group, scope, APPLICATIONS)


def _row(label: Label, role: Word) -> tuple[str, str | None]:
    """Subject and reading of the applications table's rows."""
    kind = next(k for k in ROLES if k in role.kinds)
    others = [w for w in label.words if w is not role and any(k in w.kinds for k in ROLES)]
    if kind == "received":
        how = role.code("received")
        altogether = label.has("carried_in")
        if altogether:
            return "received_altogether", "received_altogether"
        if how == "new":
            return "received_new", "received_new"
        if how == "accepted" and label.has("jointly"):
            return "received_altogether", "received"
        return "received_new", "received"
    if kind in ("carried_bare", "carried_out", "in_progress"):
        return "carried_out", None if kind == "carried_bare" else "carried_out"
    if kind == "carried_in":
        if label.has("received") and label.has("including"):
            return "received_altogether", "received_altogether"
        return "carried_in", "carried_in"
    if kind in ("handled", "dealt_with"):
        results = [w for w in others if any(k in w.kinds for k in RESULTS)]
        if results and kind == "dealt_with":
            return _row(label, results[-1])
        if any("carried_in" in w.kinds for w in others):
            return "handled_total", None
        if any("received" in w.kinds for w in others):
            return "handled_total", "received_and_handled"
        return "handled_total", "handled_total" if kind == "handled" else "dealt_with"
    kinds = {next(k for k in RESULTS if k in w.kinds) for w in (*others, role) if any(k in w.kinds for k in RESULTS)}
    if len(kinds) > 1:
        return kind, None
    specific = next((c for w in (role, *others) if (c := w.code(kind))), None)
    if specific == _WITHDRAWN:
        return kind, None
    return kind, specific or kind


def _remedies(label: Label, noun: Word | None, topic: Topic, section_code: str, figure: Figure) -> Iterator[Meaning]:
    outcome, column, is_strict = label.outcome()
    named = tuple(dict.fromkeys(c for w in label.words if (c := w.code("remedy")) is not None))
    if not named and noun is not None and (c := noun.code("remedy")) is not None:
        named = (c,)
    # An organ that decides on reconsiderations counts those of others.
    decides = label.has("handled", "dealt_with", "received") and not any(
        x in label.text[label.start : label.end] for x in ("被", "因", "引", "发生", "信息公开", "涉")
    )
    is_sure = is_strict and (not decides or section_code == REMEDIES) and (topic.is_own or "信息公开" in label.text)
    if len(named) > 1:
        specific = tuple(n for n in named if n.startswith("litigation_"))
        if set(named) <= {"litigation", *specific} and len(specific) == 1:
            named = specific
    if not named:
        if topic.row is None or topic.topic != REMEDIES or outcome is None or label.unknown > _MOST_UNKNOWN:
            yield Meaning("other")
            return
        row = topic.row
        yield Meaning(row.subject, row.reading if is_strict else None, column, topic=REMEDIES)
        return
    if len(named) > 1 and (figure.value == 0 or label.has("both")) and not label.has("jointly"):
        for n in named:
            yield Meaning(_remedy_subject(n), n if is_sure else None, column, topic=REMEDIES)
        return
    if len(named) > 1:
        subject = "remedies" if "reconsideration" in named else "litigation"
        yield Meaning(subject, subject if is_sure else None, column, topic=REMEDIES)
        return
    yield Meaning(_remedy_subject(named[0]), named[0] if is_sure else None, column, topic=REMEDIES)


def _remedy_subject(code: str) -> str:
    return code if code == "reconsideration" else "litigation"
