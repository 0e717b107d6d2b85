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
# 收到涉及拆迁的申请: those of one matter.
_ABOUT = re.compile(r"(?:涉及|有关|关于)(?!政府信息|信息公开)[^，。；]{1,16}的(?:政府信息公开)?申请")


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
        # 依申请公开16件 may be those received or those decided.
        bare = "received_and_handled" if named and column is None else "received"
        return Meaning("received_new", bare, column_code, group, scope, APPLICATIONS)
    if label.has("received") and any(k in role.kinds and role.code(k) for k in RESULTS) and not _is_decided(label):
        # 收到咨询类申请3件: received, not yet decided.
        return Meaning("received_new", None, column_code, group, _PART, APPLICATIONS)
    subject, reading = _row(label, role)
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
    if kind in ("carried_bare", "carried_out", "in_progress"):
        return "carried_out", None if kind == "carried_bare" else "carried_out"
    if kind == "carried_in":
        if label.has("received") and (label.has("including") or _joined(label, role)):
            return "received_altogether", "received_altogether"
        return "carried_in", "carried_in"
    if kind in ("handled", "dealt_with"):
        results = [w for w in others if any(k in w.kinds for k in RESULTS)]
        # 予以公开答复7件: the answer is of that kind.
        if results and (kind == "dealt_with" or label.text[results[-1].end : role.start] in ("", "类", "的")):
            return _row(label.before(role), results[-1])
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


def _is_decided(label: Label) -> bool:
    return label.has("handled", "dealt_with") or any(w.code(k) == "" for w in label.words for k in RESULTS)


def _joined(label: Label, carried: Word) -> bool:
    """收到及上年结转申请共44件."""
    return label.text[: carried.start].endswith(("及", "和", "与", "以及", "并", "加"))
