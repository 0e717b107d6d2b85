"""Tells which row and column of the applications table the words beside a figure name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.narrate.claim_labels import APPLICATIONS, PART_WITH_CELL, RESULTS, ROLES, Label, Meaning, Topic
from pipeline.narrate.claim_words import Word

_WITHDRAWN = "withdrawn"
_ORGANIZATIONS = "organizations"
_PART = "part"
_RECEIVED = ("received_new", "received_altogether")
_DEALT_WITH_TOO = re.compile("(?:办理|处理|办结|答复|回复)[^，。；、申]{1,20}(?:、[^，。；、]{1,20}){0,3}$")
_OF_ANSWER = re.compile('[”"]?类?的?(?:(?:相关|有关)?(?:政府)?信息(?:公开)?)?[”"]?的?')
_AMONG_THEM = re.compile("申请件?[之当]?中，?(?:共|仅|只|另)?有$")
_MOST_BACK = 60
_MOST_AMONG = 10
# 收到涉及拆迁的申请: those of one matter.
_ABOUT = re.compile(r"(?:涉及|有关|关于)(?!政府信息|信息公开)[^，。；]{1,16}的(?:政府|信息|公开|依)*申请")


def applications(label: Label, named: bool, topic: Topic) -> Iterator[Meaning]:
    """One meaning, or one for each of several results that have the same number (均为1件)."""
    listed = label.listed("result")
    kinds = {k for w in listed for k in w.kinds if k in RESULTS}
    if len(kinds) == len(listed) > 1 and label.has("both") and not label.has("jointly", "handled"):
        for w in listed:
            yield from applications(label.only("result", w).without("both"), named, topic)
        return
    yield _application(label, named, topic)


def _application(label: Label, named: bool, topic: Topic) -> Meaning:
    column = label.last("applicant")
    code = column.code("applicant") if column is not None else None
    group = code if code == _ORGANIZATIONS else None
    column_code = None if group else code
    scope = None
    is_about = label.has("received") and _ABOUT.search(label.text, label.start, label.end)
    if is_about or label.has("assisting", "subset") or (label.has("channel") and not label.has("channel_all")):
        scope = _PART
    elif group:
        scope = PART_WITH_CELL
    if _AMONG_THEM.search(label.text, max(label.start, label.end - _MOST_AMONG), label.end):
        # 收到的申请中有3件内容涉及…
        scope = _PART
    role = label.last("carried_out") or label.last(*ROLES)
    if (
        role is None
        and not named
        and label.has("other_bare")
        and topic.row is not None
        and topic.row.subject in RESULTS
    ):
        return Meaning("other_result", "other_result", column_code, group, scope, APPLICATIONS)
    if role is None and not named and label.has("late") and topic.row is not None and label.unknown == 0:
        return replace(topic.row, reading=None, scope=_PART)
    if role is None:
        if column is not None and topic.row is not None and topic.topic == APPLICATIONS:
            return replace(topic.row, column_code=column_code, columns=group, scope=scope, topic=APPLICATIONS)
        is_part = scope or (label.has("inside") and label.has("scope")) or label.has("listed_organ")
        is_part = is_part or (label.has("scope") and label.is_light)
        if is_part and topic.row is not None and not (named and label.has("application")):
            return replace(topic.row, scope=_PART if label.has("listed_organ") else scope, topic=APPLICATIONS)
        if not named and column is None:
            return Meaning("other")
        if column is None and scope is None and label.has("inside", "negation"):
            # 其中有效申请33份, 未予公开申请0件
            return Meaning("other", scope="unstated")
        if column is None and _DEALT_WITH_TOO.search(label.text, max(0, label.start - _MOST_BACK), label.start):
            # 办理咨询320件、公开申请4件
            return Meaning("other", scope="unstated")
        if label.has("late") and not label.has("subset"):
            # 5件申请延长答复期限
            return Meaning("other", scope="unstated")
        # 依申请公开16件 may be those received or those decided.
        bare = "received_and_handled" if named and column is None else "received"
        return Meaning("received_new", bare, column_code, group, scope, APPLICATIONS)
    if label.has("received") and any(k in role.kinds and role.code(k) for k in RESULTS) and not _is_decided(label):
        # 收到咨询类申请3件: received, not yet decided.
        return Meaning("received_new", None, column_code, group, _PART, APPLICATIONS)
    is_reason = role.code("denied") and "涉" in label.text[label.start : label.end] and "不予公开" not in label.text
    row = topic.row.subject if topic.row is not None else None
    if is_reason and (row in _RECEIVED or (row != "denied" and "内容涉" in label.text[label.start : label.end])):
        # 有2件内容涉及第三方合法权益: what they touch, not how they were answered.
        return replace(topic.row or Meaning("received_new"), reading=None, scope=_PART, topic=APPLICATIONS)
    subject, reading = _row(label, role)
    if subject == "handled_total" and (label.has("modifier") or (label.unknown > 1 and not named)):
        # 补正后办理3件, 直接答复7件: which of them is not sure.
        return Meaning("other", scope="unstated")
    if label.has("modifier") and subject in RESULTS[:-1]:
        # 因内容不明确要求补正1件
        return Meaning("other", scope="unstated")
    if subject == "handled_total" and label.has("late"):
        scope, reading = _PART, None
    return Meaning(subject, reading, column_code, group, scope, APPLICATIONS)


def _row(label: Label, role: Word) -> tuple[str, str | None]:
    """Subject and reading of the applications table's rows."""
    kind = next(k for k in ROLES if k in role.kinds)
    others = [w for w in label.words if w is not role and any(k in w.kinds for k in ROLES)]
    if kind == "due":
        return ("other", None) if role.code("due") else ("received_altogether", "received_altogether")
    if kind == "received":
        if label.has("carried_in"):
            return "received_altogether", "received_altogether"
        return "received_new", "received_new" if role.code("received") == "new" else "received"
    if kind == "carried_bare" and label.has("carried_in"):
        return "carried_in", "carried_in"
    if kind == "carried_bare" and label.has("received") and _joined(label, role):
        return "received_altogether", "received_altogether"
    if kind in ("carried_bare", "carried_out", "in_progress"):
        return "carried_out", None if kind == "carried_bare" else "carried_out"
    if kind == "carried_in":
        if label.has("received") and (label.has("including") or _joined(label, role)):
            return "received_altogether", "received_altogether"
        return "carried_in", "carried_in"
    if kind in ("handled", "dealt_with"):
        results = [w for w in others if any(k in w.kinds for k in RESULTS)]
        # 予以公开答复7件: the answer is of that kind.
        if results and (kind == "dealt_with" or _OF_ANSWER.fullmatch(label.text, results[-1].end, role.start)):
            return _row(label.before(role), results[-1])
        if any("carried_in" in w.kinds for w in others):
            if kind == "dealt_with" and label.text.startswith("的", role.end) and others[-1].end <= role.start:
                # 上年结转本年办理的申请
                return "carried_in", "carried_in"
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


def _is_decided(label: Label) -> bool:
    return label.has("handled", "dealt_with") or any(w.code(k) == "" for w in label.words for k in RESULTS)


def _joined(label: Label, carried: Word) -> bool:
    """收到及上年结转申请共44件."""
    return label.text[: carried.start].endswith(("及", "和", "与", "以及", "并", "加"))
