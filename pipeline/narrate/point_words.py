"""The words that tell a problem from a promise and a heading from a sentence: the patterns of `data/point_words.csv`."""

from __future__ import annotations

import re
from functools import cache

from pipeline.data_files import table_rows

LONGEST = 400
"""Characters of a sentence that are looked at: no sentence of a report is longer, and time stays linear."""
LABELS = ("label_made", "label_mixed", "label_problem", "label_reason", "label_promise")


@cache
def pattern(role: str) -> re.Pattern[str]:
    """All patterns of a role as one."""
    return re.compile(
        "|".join(f"(?:{r['pattern']})" for r in table_rows(__package__, "point_words.csv") if r["role"] == role)
    )


def has(role: str, sentence: str) -> bool:
    return pattern(role).search(sentence[:LONGEST]) is not None


def begins(role: str, sentence: str) -> bool:
    return pattern(role).match(sentence[:LONGEST]) is not None


def is_all(role: str, sentence: str) -> bool:
    return pattern(role).fullmatch(sentence[:LONGEST]) is not None


@cache
def begins_part() -> re.Pattern[str]:
    """A line that opens a part: a heading of problems or improvements, alone or before a colon."""
    names = "|".join(pattern(role).pattern for role in LABELS)
    return re.compile(rf"(?:{names})(?:$|[：:])")


_LABEL_LOOK = 80


@cache
def _headings() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ending = r"(?:[（(][^）)\n]{0,20}[）)])?(?:[：:。—－]+|\n|$)"
    return tuple((role, re.compile(rf"(?:{pattern(role).pattern}){ending}")) for role in LABELS)


@cache
def _any_heading() -> re.Pattern[str]:
    """All headings as one pattern, which mostly says at once that none is there."""
    return re.compile("|".join(f"(?:{heading.pattern})" for _, heading in _headings()))


def label(text: str) -> tuple[str, int] | None:
    """The heading that text begins with: its role and where what it heads begins.

    A heading fills its line, or a colon or a stop ends it.
    """
    look = text[:_LABEL_LOOK]
    if _any_heading().match(look) is None:
        return None
    for role, heading in _headings():
        m = heading.match(look)
        if m is not None and m.end() > 0 and (m.end() < _LABEL_LOOK or len(text) == m.end()):
            return role, m.end()
    return None


def denied_out(sentence: str) -> str:
    """The sentence without problems that are denied or only the object of a measure (解决…的问题), without 不断 and the like."""
    return pattern("denied_problem").sub("", undenied(sentence[:LONGEST]))


def undenied(sentence: str) -> str:
    """The sentence without words that say that there is no problem: 不存在…问题; 没有 only before nothing else that is not
    done (没有解决…的问题 admits one)."""
    return pattern("may_deny").sub(_unless_undone, pattern("denies").sub("", sentence))


def _unless_undone(m: re.Match[str]) -> str:
    return m.group() if has("undone", m["what"]) or has("problem", m["what"]) else ""
