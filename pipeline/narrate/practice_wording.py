"""Wordings as the dictionaries write them: alternatives in brackets, gaps, the boundaries of Latin words."""

from __future__ import annotations

import re
from itertools import product

GAP = "…"
"""Stands in a wording for some characters of the same clause: `加大…力度`."""

GAP_PATTERN = r"[^\s，。！？；：,!?;:]{0,20}?"
"""What a gap may stand for: up to 20 characters of the same clause (an enumeration with 、 is one clause)."""

MOST_EXPANSIONS = 4000
"""More wordings than this from one row are a slip of the hand."""

_LATIN = "a-z0-9"
_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    """The text with A to Z in lower case; unlike str.lower it never changes the length."""
    return text.translate(_LOWER)


def expanded(wording: str) -> tuple[str, ...]:
    """Every wording that brackets stand for: `[加大|加强]…力度` is two; an empty alternative leaves the place out.

    Raises ValueError, with the reason, for brackets that do not close or nest, and for too many alternatives.
    """
    parts = _ALTERNATIVES.split(wording)
    if any(c in part for part in parts[::2] for c in "[]|"):
        raise ValueError("its brackets [a|b] do not close, or nest, or a | stands outside of them")
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > MOST_EXPANSIONS:
        raise ValueError(f"its brackets stand for {number:,} wordings, more than {MOST_EXPANSIONS:,}; split the row")
    return tuple(dict.fromkeys("".join(choice) for choice in product(*choices)))


def is_plain(wording: str) -> bool:
    """True if comparing characters is enough to find a lower-case wording: no gap, no Latin letter or digit at an end."""
    return not (GAP in wording or re.match(f"[{_LATIN}]", wording) or re.match(f"[{_LATIN}]", wording[-1]))


def pattern(wording: str) -> str:
    """A regular expression for a lower-case wording without brackets; `^` and `$` are the ends of what is searched.

    `app` is no part of `happy`, `12345` none of a telephone number, `0件` none of 10件 or 2.0件.
    """
    body = wording.removeprefix("^").removesuffix("$")
    after = f"(?![{_LATIN}])" if re.match(f"[{_LATIN}]", body[-1]) else ""
    begin, end = "^" if wording.startswith("^") else "", "$" if wording.endswith("$") else ""
    stem, gap, last = body.rpartition(GAP)
    return f"{begin}{pattern_head(stem) if gap else _before(body)}{re.escape(last)}{after}{end}"


def pattern_head(stem: str) -> str:
    """The beginning of the pattern of a wording whose last gap stands behind `stem`."""
    return _before(stem) + GAP_PATTERN.join(map(re.escape, stem.split(GAP))) + GAP_PATTERN


def _before(body: str) -> str:
    return f"(?<![{_LATIN}.,])" if re.match(f"[{_LATIN}]", body) else ""


def alternation(wordings: list[str]) -> str:
    """One regular expression for several wordings (brackets allowed), the longest first."""
    each = {lower(w) for wording in wordings for w in expanded(wording)}
    return "|".join(pattern(w) for w in sorted(each, key=lambda w: (-len(w), w)))
