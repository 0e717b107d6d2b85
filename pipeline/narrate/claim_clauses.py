"""Splits a sentence into clauses with their figures, and reads the years of carrying over as the form names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.narrate.claim_figures import Figure, figures

_DELIMITERS = re.compile(r"[，,；;：:。！？!?（）()\[\]【】\n]")
_CARRIED_FROM = re.compile(r"(?<!\d)(\d{4})年(度?)(?=结转|转入|遗留|未办结)")
_CARRIED_TO = re.compile(r"(?<=结转)([至到]?)(\d{4})年(度?)|(?<=转)([至入])(\d{4})年(度?)")
# 收到（含上年结转）申请18件: without a figure the bracket belongs to the words around it.
_LEVELS = re.compile(
    r"(?<=[县市区旗乡镇村道办门委局])[（(](?:街道|办事处|社区|园区|部门|单位|[县市区旗州盟乡镇场村居办局、]){1,6}[）)]"
)
_INCLUDING = re.compile(r"[（(](?=含|包括|包含|加上|连同)([^（）()\d，。；]{2,20})[）)]")
_RESPECTIVELY = re.compile("分别|依次")
_MOST_LISTED = 60
MOST_IN_CLAUSE = 240
"""Characters: a longer stretch without a mark is no prose; it is read piece by piece, so that the time stays linear."""


@dataclass(frozen=True, slots=True)
class Clause:
    start: int
    end: int
    figures: tuple[Figure, ...]


def with_carries(sentence: str, year: int | None) -> str:
    """2023年结转 in the report of 2024 reads 上年结转, 结转2025年 reads 结转下年; of the same length.

    A bracket without a figure that includes those carried in loses its marks, one that includes others goes.
    """
    sentence = _INCLUDING.sub(lambda m: f"\0{m[1]}\0" if "结转" in m[1] else "\0" * len(m.group()), sentence)
    sentence = _LEVELS.sub(lambda m: "\0" * len(m.group()), sentence)
    if year is None:
        return sentence

    def last(m: re.Match[str]) -> str:
        return f"\0\0\0上年{m[2]}" if int(m[1]) == year - 1 else m.group()

    def following(m: re.Match[str]) -> str:
        to, which, degree = (m[1], m[2], m[3]) if m[2] else (m[4], m[5], m[6])
        return f"{to}下年{degree}\0\0\0" if int(which) == year + 1 else m.group()

    return _CARRIED_TO.sub(following, _CARRIED_FROM.sub(last, sentence))


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of a prepared sentence with their figures, in order; none is longer than `MOST_IN_CLAUSE`."""
    found = figures(text)
    if not found and len(text) <= MOST_IN_CLAUSE:
        start = 0
        for m in _DELIMITERS.finditer(text):
            if m.start() > start:
                yield Clause(start, m.start(), ())
            start = m.end()
        if start < len(text):
            yield Clause(start, len(text), ())
        return
    inside = {i for f in found for i in range(f.start, f.end)}
    begins = {f.start for f in found}
    ends = {f.end for f in found}
    cuts = [
        i
        for m in _DELIMITERS.finditer(text)
        if (i := m.start()) not in inside
        # 分别为16件，5件，2件: one list.
        and not (i in ends and i + 1 in begins and _RESPECTIVELY.search(text, max(0, i - _MOST_LISTED), i))
    ]
    start, k = 0, 0
    for cut in (*cuts, len(text)):
        while start < cut:
            # A piece ends behind the figure that its end would cut.
            end = cut if cut - start <= MOST_IN_CLAUSE else start + MOST_IN_CLAUSE
            while end < cut and end in inside and end not in begins:
                end += 1
            own = []
            while k < len(found) and found[k].start < end:
                own.append(found[k])
                k += 1
            yield Clause(start, end, tuple(own))
            start = end
        start = cut + 1
