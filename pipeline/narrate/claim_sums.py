"""What only a whole sentence tells of its claims: sums, parts beside their total, one lawsuit or reason beside another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Claim

_SUM = re.compile(r"(?:共|共计|合计|总计|共有|总共|总数为?|累计|一共)$")
_INCLUDED = re.compile(r"(?<!不)(?:含|包括|包含)|其中")
_RECEIVED = ("received_new", "received_altogether")
_CARRIED = "carried_in"
_RESULTS = ("denied", "unavailable", "declined", "other_result", "litigation")
_REASONS = ("unavailable", "denied", "declined")
_CELLS = (*_RECEIVED, "handled_total", "reconsideration", "litigation")
_MEASURE = re.compile("按[件量页次]|检索费|复制费|邮寄费")
_DECISIONS = ("licensing", "penalties", "coercive_measures")
_ONCE = (*_CELLS, "carried_in", "carried_out", "other_result")
_REMEDIES = ("reconsideration", "litigation", "remedies")
_ALL_BEFORE = re.compile("，(?:均|全部|都)[^，。；]{0,3}(?:上一?年|去年|往年)")
_UNRELATED = (*_REMEDIES, "handled_total", "other")
_ONESELF = re.compile("[我本](?!级)")
_OF_WHICH = re.compile(r"[，；（]?(?:其中[^，。；]{0,16}信息公开|[^，。；\d]{0,12}信息公开[^，。；\d]{0,8}\d)")
_OFFICE = re.compile("(?<![我本])[局委办厅院府]机关")
_NOT_OWN = ("other_year", "part")


def judged(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """The claims of one sentence, in its order, each as the others make it."""
    out = list(claims)
    if not out:
        return out
    _judge_received(text, out)
    _judge_sums(text, out)
    _judge_compared(text, out)
    _judge_kinds(out)
    _judge_totals(text, out)
    _judge_partitions(text, out)
    _judge_parts(text, out)
    _judge_carried(out)
    _judge_fees(text, out)
    _judge_own_cases(text, out)
    return out


def _judge_partitions(text: str, claims: list[Claim]) -> None:
    """全市收到50件，其中市本级20件，各区30件: where the parts make up the whole, none is the figure of all."""
    for k, c in enumerate(claims):
        if c.scope != "whole" or c.subject not in _CELLS or c.column_code is not None:
            continue
        if k + 1 < len(claims) and claims[k + 1].subject == c.subject and claims[k + 1].scope == "organ":
            said = text[c.span[1] : claims[k + 1].span[0]]
            if _OFFICE.search(said):
                # 全系统受理23件，其中市局机关4件: which of them the report is about is not sure.
                claims[k + 1] = _unsure(claims[k + 1])
        end, total = k + 1, c.value * 0
        while end < len(claims) and claims[end].subject == c.subject and claims[end].column_code is None:
            total += claims[end].value
            end += 1
            if total == c.value and end - k > 2:
                break
        if end - k <= 2 or total != c.value:
            continue
        for j in range(k + 1, end):
            if not _ONESELF.search(text, claims[j - 1].span[1], claims[j].span[0]):
                # Whether the own level is the whole of this report is not sure.
                is_own = claims[j].scope == "organ"
                claims[j] = _unsure(claims[j]) if is_own else _part(claims[j])


def unrelate(claims: list[Claim]) -> None:
    """与政府信息公开无关: the remedies just counted, and what was decided of them, are not those of the form."""
    for k in range(len(claims) - 1, -1, -1):
        c = claims[k]
        if c.subject not in _UNRELATED or (c.unit is None and not c.value):
            break
        claims[k] = _unsure(c)


def _unsure(c: Claim) -> Claim:
    return replace(c, subject="other", column_code=None, reading=None)


def _part(c: Claim) -> Claim:
    return replace(c, scope="part", reading=None)


def _judge_own_cases(text: str, claims: list[Claim]) -> None:
    """办理行政复议45件，其中涉及政府信息公开的7件: only the latter are cases of the form."""
    for k, c in enumerate(claims):
        if c.subject not in _REMEDIES or not c.value:
            continue
        is_any = "信息公开" not in text[: c.span[0]] and _OF_WHICH.match(text, c.span[1])
        if is_any or _ALL_BEFORE.match(text, c.span[1]):
            claims[k] = _unsure(c)


def _judge_parts(text: str, claims: list[Claim]) -> None:
    """办结37件，其中当场答复1件: the same again is a part. Two totals of one subject contradict: neither is sure."""
    first: dict[tuple[str, str | None, str], int] = {}
    for k, c in enumerate(claims):
        # Several words of a decision may stand for one outcome; they add up.
        if c.subject in _DECISIONS and k and claims[k - 1].subject == c.subject and c.value < claims[k - 1].value:
            # 行政处罚决定56件，其中重大行政处罚决定3件
            claims[k] = _part(c)
            continue
        is_outcome = c.column_code is not None and c.subject in ("reconsideration", "litigation")
        if c.subject not in _ONCE or c.scope in _NOT_OWN or "@" in (c.reading or "") or is_outcome:
            continue
        before = first.get((c.subject, c.column_code, c.scope))
        if c.subject == "carried_out" and before is not None and c.reading and not claims[before].reading:
            # 结转0件，办结66件，结转下年1件: 结转 alone is not sure to be into the next year.
            claims[before] = _unsure(claims[before])
            first[c.subject, c.column_code, c.scope] = k
            continue
        j = first.setdefault((c.subject, c.column_code, c.scope), k)
        if j == k:
            continue
        if claims[j].value == c.value:
            if _INCLUDED.search(text, claims[j].span[1], c.span[0]):
                claims[k] = _part(c)
            elif c.unit != claims[j].unit and c.unit and claims[j].unit:
                # 办理申请30件，出具答复书30份
                claims[k] = _unsure(c)
            continue
        between = text[claims[j].span[1] : c.span[0]]
        if c.unit is None and not c.value and "信息公开" in text[slice(*c.span)]:
            # 应诉15件，没有信息公开类行政诉讼: the others were no cases of the form.
            claims[j] = _unsure(claims[j])
        elif _INCLUDED.search(between) and c.value < claims[j].value:
            claims[k] = replace(c, scope="part", reading=None)
        else:
            claims[k] = _unsure(c)
            if c.value > claims[j].value:
                claims[j] = _unsure(claims[j])


def _judge_carried(claims: list[Claim]) -> None:
    """新收22件，结转3件，办结25件: 结转 before what was decided may be from the year before."""
    handled = [k for k, c in enumerate(claims) if c.subject == "handled_total"]
    for k, c in enumerate(claims):
        is_bare = c.subject == "carried_out" and c.reading is None and c.scope not in _NOT_OWN
        if is_bare and (k < handled[0] if handled else not c.value and c.unit is None):
            claims[k] = _unsure(c)


def _judge_fees(text: str, claims: list[Claim]) -> None:
    """按件计收200元，按量计收60元，共收取260元: what was charged by one measure is a part; a denial said twice is one."""
    fees = [k for k, c in enumerate(claims) if c.subject == "fees"]
    for k in fees:
        c = claims[k]
        at = max(text.rfind(mark, 0, c.span[0]) for mark in "，；：（")
        if len(fees) > 1 and c.value and _MEASURE.search(text, at + 1, c.span[0]):
            claims[k] = replace(c, scope="part", reading=None)
        said = text[claims[k - 1].span[1] if k else 0 : c.span[0]]
        if c.value and "处理费" in text and "行政事业性收费" in said and "处理费" not in said:
            # 信息处理费0元；行政事业性收费23.8万元: the latter are all charges of the organ.
            claims[k] = _unsure(c)
    for k in reversed(fees[1:]):
        if not claims[k].value and not claims[fees[0]].value:
            del claims[k]


def _totals(claims: Sequence[Claim]) -> dict[str, list[int]]:
    by_subject: dict[str, list[int]] = {}
    for k, c in enumerate(claims):
        if c.column_code is None and "@" not in (c.reading or ""):
            by_subject.setdefault(c.subject, []).append(k)
    return by_subject


def _judge_received(text: str, claims: list[Claim]) -> None:
    """A figure that is new and carried in together, or that says it includes those carried in."""
    totals = _totals(claims)
    received = [k for s in _RECEIVED for k in totals.get(s, ())]
    carried = totals.get(_CARRIED, ())
    new = {claims[k].value for k in received}
    over = {claims[k].value for k in carried if claims[k].value}
    sums = {n + b for n in new for b in over}
    after = next((k for k in carried if claims[k].value and received and k > received[0]), None)
    for k in received:
        c = claims[k]
        if c.scope in _NOT_OWN:
            continue
        includes = (
            k == received[0]
            and after is not None
            and _INCLUDED.search(text, c.span[1], claims[after].span[0])
            and not any(b.subject == "handled_total" for b in claims[k:after])
            and not (len(received) == 1 and "新" in text[max(0, c.span[0] - 14) : c.span[0]])
        )
        before = next((j for j in carried if claims[j].value and claims[j].span[1] <= c.span[0]), None)
        if before is not None and k == received[0]:
            # 收到（含上年结转3件）申请58件
            at = claims[before].span
            opened = max(text.rfind("（", 0, at[0]), text.rfind("(", 0, at[0]))
            includes = includes or (
                opened >= 0
                and text[at[1] : at[1] + 1] in ("）", ")")
                and _INCLUDED.search(text, opened, at[0]) is not None
                and not set("，；。") & set(text[at[1] : c.span[0]])
            )
        if (c.value in sums and any(c.value - b in new for b in over)) or includes:
            claims[k] = replace(c, subject="received_altogether", reading="received_altogether" if c.reading else None)
    for k, c in enumerate(claims):
        known = {n + claims[j].value for n in new for j in carried}
        if c.subject == "other" and c.value in known and _is_sum(text, c):
            claims[k] = replace(c, subject="received_altogether", reading="received_altogether")


def _is_sum(text: str, c: Claim) -> bool:
    return _SUM.search(text, max(0, c.span[0] - 4), c.span[0]) is not None


def _judge_sums(text: str, claims: list[Claim]) -> None:
    """书面4件、电子邮件2件，合计6件: the sum of what stands before it is the whole of its subject."""
    for k, c in enumerate(claims):
        if c.subject not in ("other", *_CELLS) or c.column_code is not None or not _is_sum(text, c):
            continue
        j, total = k, c.value * 0
        while j > 0 and (b := claims[j - 1]).subject == claims[k - 1].subject and b.subject in _CELLS:
            if b.column_code is None and b.scope != "part":
                break
            total += b.value
            j -= 1
        if k - j >= 2 and total == c.value:
            b = claims[j]
            own = "unstated" if b.scope == "part" else b.scope
            claims[k] = replace(c, subject=b.subject, scope=own, reading=None)


def _judge_compared(text: str, claims: list[Claim]) -> None:
    """与上年的15件相比，收到18件: both count the same."""
    for k, c in enumerate(claims[:-1]):
        following = claims[k + 1]
        is_compared = c.subject == "other" and c.scope == "other_year" and text.startswith(("相比", "比"), c.span[1])
        if is_compared and following.subject in _CELLS:
            claims[k] = replace(c, subject=following.subject, column_code=following.column_code)


def _judge_kinds(claims: list[Claim]) -> None:
    """One reason among several of a result, lawsuits of one kind beside the other, are parts; they have their own cells."""
    totals = _totals(claims)
    for subject in _RESULTS:
        own = [k for k in totals.get(subject, ()) if claims[k].scope not in _NOT_OWN]
        if len(own) > 1 and subject in _REASONS and all(claims[k].reading in (None, subject) for k in own):
            # 信息不存在12件，非本机关7件
            for k in own:
                claims[k] = _part(claims[k])
            continue
        readings = {(claims[k].reading or "").split("@")[0] for k in own} - (
            set() if subject == "other_result" else {""}
        )
        for k in own:
            reading = claims[k].reading or f"{subject}_"
            if len(readings) > 1 and reading != subject and "_" in reading:
                claims[k] = replace(claims[k], scope="part")


def _judge_totals(text: str, claims: list[Claim]) -> None:
    totals = _totals(claims)
    if totals.get("other_result") or totals.get("declined"):
        first = min((*totals.get("other_result", ()), *totals.get("declined", ())))
        # An answer that leaves some out is not the form's total.
        if "其中" not in text[: claims[first].span[0]]:
            for k in totals.get("handled_total", ()):
                claims[k] = replace(claims[k], reading=None)
    # Where one subject has two figures in a sentence, the later ones may be of a part.
    for subject in ("handled_total", *_RECEIVED):
        own = [k for k in totals.get(subject, ()) if claims[k].reading]
        for k in own[1:]:
            if claims[k].value != claims[own[0]].value:
                claims[k] = replace(claims[k], reading=None)
