"""Tells the lists that report the year's work, 一是全年公开信息30条；二是组织培训5场, from those of problems and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.narrate.passage_outline import Outline
from pipeline.narrate.point_sentences import is_ahead, is_problem
from pipeline.narrate.point_words import has


@dataclass(frozen=True, slots=True)
class Report:
    """A list that reports work. `is_throughout`: every member tells what was done."""

    is_throughout: bool


def members_of(found: Outline) -> dict[int, list[str]]:
    """What the members without members say, by the number of their list."""
    members: dict[int, list[str]] = {}
    for block in found.blocks:
        if block.mark is not None and not block.has_members:
            members.setdefault(block.mark.list_no, []).append(found.text(block.body, block.end).rstrip("\n"))
    return members


def reports_of(members: Mapping[int, Sequence[str]], report_year: int | None) -> dict[int, Report]:
    """The lists that report work, by number. Linear in the text."""
    reports = ((list_no, _report(said, report_year)) for list_no, said in members.items())
    return {list_no: report for list_no, report in reports if report is not None}


def _report(members: Sequence[str], report_year: int | None) -> Report | None:
    """One member that says that its count is of work done makes the list a report, or two that give a count; a word of
    a problem or of what is to come in any member makes it none."""
    counted = [has("counted", m) for m in members]
    done = [has("made", m) or has("made_figure", m) for m in members]
    if not any(c and d for c, d in zip(counted, done, strict=True)) and sum(counted) < 2:
        return None
    if any(is_problem(m) or is_ahead(m, report_year) or has("aimed", m) or has("aimed_count", m) for m in members):
        return None
    return Report(all(c or d for c, d in zip(counted, done, strict=True)))
