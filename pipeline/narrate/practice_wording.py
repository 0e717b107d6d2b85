"""Wordings as the dictionaries write them: alternatives in brackets, gaps, the boundaries of Latin words."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

GAP = "…"
"""Stands in a wording for some characters of the same clause: `加大…力度`."""

GAP_PATTERN = r"[^\s，。！？；：,!?;:]{0,20}?"
"""What a gap may stand for: up to 20 characters of the same clause (an enumeration with 、 is one clause)."""

MOST_EXPANSIONS = 4000
"""More wordings than this from one row are a slip of the hand."""

MORE_THAN_NOUGHT = r"[.．]\d*[1-9]|[余多]"
"""What stands behind a 0 that is no nought: 0.5万元, 0.03, 0余件."""

_LATIN = "a-z0-9"
_NOUGHT = re.compile(r"(?<!\d)0$")
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


def beginning(wording: str) -> str:
    """The first two characters of a wording, which stand wherever its pattern matches; one where a gap follows or
    nothing does."""
    return wording.removeprefix("^").removesuffix("$")[:2].removesuffix(GAP)


@lru_cache(maxsize=65_536)
def pattern(wording: str) -> str:
    """A regular expression for a lower-case wording without brackets; `^` and `$` are the ends of what is searched.

    `app` is no part of `happy`, `12345` none of a telephone number, `0件` none of 10件 or 2.0件, and `0` none of 0.5万元
    or 0余件, which are more than nothing; 0.00 is nothing.
    """
    body = wording.removeprefix("^").removesuffix("$")
    after = f"(?![{_LATIN}])" if re.match(f"[{_LATIN}]", body[-1]) else ""
    if _NOUGHT.search(body):
        after += rf"(?!{MORE_THAN_NOUGHT})"
    begin, end = "^" if wording.startswith("^") else "", "$" if wording.endswith("$") else ""
    stem, gap, last = body.rpartition(GAP)
    return f"{begin}{pattern_head(stem) if gap else _before(body)}{re.escape(last)}{after}{end}"


@lru_cache(maxsize=65_536)
def pattern_head(stem: str) -> str:
    """The beginning of the pattern of a wording whose last gap stands behind `stem`."""
    return _before(stem) + GAP_PATTERN.join(map(re.escape, stem.split(GAP))) + GAP_PATTERN


def _before(body: str) -> str:
    return f"(?<![{_LATIN}.,])" if re.match(f"[{_LATIN}]", body) else ""


def alternation(wordings: list[str]) -> str:
    """One regular expression for several wordings (brackets allowed), the longest first.

    Plain wordings are grouped by their first character, and a look ahead at all first characters stands before them:
    most places begin none, and a search is several times faster.
    """
    each = sorted({lower(w) for wording in wordings for w in expanded(wording)}, key=lambda w: (-len(w), w))
    groups: dict[str, list[str]] = {}
    for wording in each:
        if is_plain(wording) and wording[0] != "^" and wording[-1] != "$":
            groups.setdefault(wording[0], []).append(re.escape(wording[1:]))
    choices = [f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(groups.items())]
    choices += [pattern(w) for w in each if w[0] == "^" or w[-1] == "$" or not is_plain(w)]
    return one_of("".join(w.removeprefix("^")[0] for w in each), choices)


def one_of(first: str, choices: list[str]) -> str:
    """One regular expression for alternatives that begin with one of the characters of `first`."""
    return f"(?=[{re.escape(''.join(sorted(set(first))))}])(?:{'|'.join(choices)})"
