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
_CELLS = (*_RECEIVED, "handled_total", "reconsideration", "litigation")
_NOT_OWN = ("other_year", "part")


def judged(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """The claims of one sentence, in its order, each as the others make it."""
    out = list(claims)
    _judge_received(text, out)
    _judge_sums(text, out)
    _judge_compared(text, out)
    _judge_kinds(out)
    _judge_totals(text, out)
    return out


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
            and not (len(received) == 1 and "新" in text[max(0, c.span[0] - 14) : c.span[0]])
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
