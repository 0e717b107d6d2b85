"""Tells the types of a problem or of an improvement from its words: the patterns of `data/point_types.csv`."""

from __future__ import annotations

import re
from functools import cache

from pipeline.data_files import table_rows
from pipeline.narrate.point_words import LONGEST

GENERAL = "general"
_PROBLEM = "problem"


@cache
def _patterns(of: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    grouped: dict[str, list[str]] = {}
    for row in table_rows(__package__, "point_types.csv"):
        if row["of"] in (of, "both"):
            grouped.setdefault(row["type"], []).append(f"(?:{row['pattern']})")
    return tuple((code, re.compile("|".join(patterns))) for code, patterns in sorted(grouped.items()))


def types_of(kind: str, text: str) -> tuple[str, ...]:
    """Types of a point as in the code list `point_type`, sorted; `general` alone where no word says which."""
    of = "problem" if kind == _PROBLEM else "improvement"
    look = text[:LONGEST]
    return tuple(code for code, pattern in _patterns(of) if pattern.search(look)) or (GENERAL,)
