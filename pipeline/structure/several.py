"""Several reports in one document: last year's below this year's, a print copy, a page of tabs. The first one is read.

A report must never be read under the title of another. Where a further title, or a further first section, stands behind
the headings of a report, the text ends there for every later stage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.model import Text
from pipeline.structure.headings import heading_places
from pipeline.structure.metadata import is_title, title_lines, year_in

_FEWEST_HEADINGS = 2
"""Different sections that a further report has at least."""
_WHOLE = 4
"""Different sections behind which another section one begins another report."""
_CONTENTS = 200
"""Characters between headings up to which they are a table of contents."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another report in the document: its title or the heading that it begins with, and where."""

    title: str
    span: tuple[int, int]


def first_report(text: Text) -> tuple[Text, Other | None]:
    """The text up to where another report begins, and that one. O(lines)."""
    headings = heading_places(text)
    if not headings:
        return text, None
    begins = [b for b in (_by_title(text, headings), _by_section(text, headings)) if b is not None]
    if not begins:
        return text, None
    other = min(begins, key=lambda b: b.span)
    cut = other.span[0]
    lines = tuple(x for x in text.lines if x.start < cut)
    grids = tuple(g for g in text.grids if g.span[0] < cut)
    return replace(text, text=text.text[:cut], lines=lines, grids=grids), other


def _by_title(text: Text, headings: Sequence[tuple[str, int, int]]) -> Other | None:
    """The first title behind headings that is another report's: sections follow it."""
    first_heading = headings[0][1]
    own_year: int | None = None
    own: str | None = None
    for i, title in title_lines(text, len(text.text)):
        start, end = text.lines[i].start, text.lines[i].end
        if start <= first_heading:
            own, own_year = title, year_in(title) or own_year
            continue
        behind = {code for code, at, _ in headings if at > end}
        before = [h for h in headings if h[1] < start]
        if len(behind) < _FEWEST_HEADINGS or not before or not is_title(title):
            continue
        year = year_in(title)
        if year is not None and own_year is not None and year != own_year:
            return Other(title, (start, end))
        if own is not None and _says_something(text, before, start):
            return Other(title, (start, end))
    return None


def _by_section(text: Text, headings: Sequence[tuple[str, int, int]]) -> Other | None:
    """A first section behind most sections of a report."""
    last = {code: k for k, (code, _, _) in enumerate(headings)}
    seen: set[str] = set()
    for k, (code, start, end) in enumerate(headings):
        if (
            code == "overview"
            and len(seen) >= _WHOLE
            and sum(at >= k for at in last.values()) >= _WHOLE
            and _says_something(text, headings[:k], start)
        ):
            return Other(text.text[start:end].strip(), (start, end))
        seen.add(code)
    return None


def _says_something(text: Text, headings: Sequence[tuple[str, int, int]], end: int) -> bool:
    """Whether there is more than headings up to `end`: else they are a table of contents."""
    start = headings[0][1]
    solid = len(re.sub(r"[\s.·…\d|]", "", text.text[start:end])) - sum(e - s for _, s, e in headings)
    return solid > _CONTENTS or any(start <= g.span[0] < end and len(g.cells) > 12 for g in text.grids)
