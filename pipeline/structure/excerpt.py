"""A section's narrative: its text without statutory tables and page furniture, with the way back to the whole text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import Section, Text

_BLANK_LINES = re.compile(r"\n\s*\n+")
_LAST_PAGE_NUMBER = re.compile(r"\n\s*\d{1,3}\s*$")
_MARGIN = " \t\n\f|"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`text` in pieces of a longer text: `breaks` are (offset here, offset there) pairs, piecewise linear."""

    text: str
    breaks: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the longer text; what was cut out inside it is inside the result."""
        first = self._there(start)
        return first, self._there(end - 1) + 1 if end > start else first

    def _there(self, offset: int) -> int:
        here, there = self.breaks[max(0, bisect_right(self.breaks, (offset, 1 << 62)) - 1)]
        return there + offset - here


def narrative_of(text: Text, section: Section, tables: Sequence[tuple[int, int]]) -> Excerpt:
    """The section's text without tables and page furniture, blank lines closed up; `tables` are spans of the text
    to be left out, the page's own lines behind the report (`page_tail`) among them.
    """
    start, end = section.body_span
    first, last = (bisect_left(text.lines, x, key=lambda line: line.start) for x in (start, end))
    furniture = [(x.start, x.end) for x in text.lines[first:last] if x.is_furniture]
    kept, at = [], start
    for a, b in sorted([*(t for t in tables if start <= t[0] < end), *furniture]):
        if a > at:
            kept.append((at, a))
        at = max(at, b)
    kept.append((at, end))
    # The line break between two pieces is one that stood where the second begins.
    joined = "\n".join(text.text[a:b] for a, b in kept)
    breaks, here = [], 0
    for a, b in kept:
        breaks.append((here, a))
        here += max(0, b - a) + 1
    return _trimmed(_closed_up(Excerpt(joined, tuple(breaks))), end == len(text.text))


def _closed_up(excerpt: Excerpt) -> Excerpt:
    """Runs of blank lines become one line break."""
    parts, breaks, at, here = [], [(0, 0)], 0, 0
    for m in _BLANK_LINES.finditer(excerpt.text):
        parts.append(excerpt.text[at : m.start() + 1])
        here += m.start() + 1 - at
        at = m.end()
        breaks.append((here, at))
    parts.append(excerpt.text[at:])
    return _composed("".join(parts), breaks, excerpt)


def _trimmed(excerpt: Excerpt, is_last: bool) -> Excerpt:
    body = excerpt.text.strip(_MARGIN)
    cut = len(excerpt.text) - len(excerpt.text.lstrip(_MARGIN)) if body else 0
    if is_last:
        body = _LAST_PAGE_NUMBER.sub("", body)
    return _composed(body, [(0, cut)], excerpt)


def _composed(text: str, breaks: list[tuple[int, int]], of: Excerpt) -> Excerpt:
    """Two ways back, one behind the other."""
    starts = {here: of.span(there, there)[0] for here, there in breaks}
    ends = [*(b for b, _ in breaks[1:]), len(text) + 1]
    for (here, there), until in zip(breaks, ends, strict=True):
        k = bisect_right(of.breaks, (there, 1 << 62))
        while k < len(of.breaks) and of.breaks[k][0] - there + here < until:
            starts[of.breaks[k][0] - there + here] = of.breaks[k][1]
            k += 1
    return Excerpt(text, tuple(sorted(starts.items())))
