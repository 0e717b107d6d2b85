"""From a locator back to the span in the source: the way back from `pipeline.normalize.text.Places`."""

from __future__ import annotations

import re
from bisect import bisect_right

from pipeline.model import Parts, Text

_PLAIN = re.compile(r"line (\d{1,12}), characters (\d{1,12})-(\d{1,12})")
_CHARACTERS = re.compile(r"(.+), characters (\d{1,12})-(\d{1,12})")
_PART = re.compile(r"([a-z]+) (\d{1,12})")

Span = tuple[int, int]


class Locators:
    """Finds what a locator names in `Text.source`. Building it is O(places); a look-up is a step in a dictionary."""

    def __init__(self, text: Text) -> None:
        self._length = len(text.source)
        self._is_plain = not text.places
        self._exact: dict[Parts, list[Span]] = {}
        """By a place's own parts: a place may be cut into several pieces of the text."""
        self._around: dict[Parts, Span] = {}
        """By the beginning of the parts (a table, a row of it): from the first place that has it to the last."""
        for place in text.places:
            span = (place.start, place.end)
            self._exact.setdefault(place.parts, []).append(span)
            for depth in range(1, len(place.parts) + 1):
                a, b = self._around.get(place.parts[:depth], span)
                self._around[place.parts[:depth]] = (min(a, span[0]), max(b, span[1]))

    def span(self, locator: str) -> Span | None:
        """Characters of the source, the end excluded; None where this document has no such place.

        A place that is wider than what it was made from (`table 2, row 5` for three cells of the row) comes back whole.
        """
        if self._is_plain:
            m = _PLAIN.fullmatch(locator)
            found = (int(m[2]), int(m[3])) if m else None
            return found if found and found[0] <= found[1] <= self._length else None
        first, is_range, last = locator.partition(" to ")
        if is_range:
            a, b = self._part(first), self._part(last)
            return (a[0], b[1]) if a and b and a[0] <= b[1] else None
        return self._part(locator)

    def _part(self, words: str) -> Span | None:
        m = _CHARACTERS.fullmatch(words)
        if m is None:
            parts = _parts(words)
            return self._around.get(parts) if parts else None
        start, end = int(m[2]), int(m[3])
        for a, b in self._exact.get(_parts(m[1]), ()):
            if start <= end and a + end <= b:
                return a + start, a + end
        return None


def _parts(words: str) -> Parts:
    """The parts of a place as words; empty where they are none."""
    found = [_PART.fullmatch(w) for w in words.split(", ")]
    return tuple((m[1], int(m[2])) for m in found if m) if all(found) else ()


def line_starts(source: str) -> list[int]:
    """Where the lines of a source begin, counted as locators of plain text count them."""
    return [0, *(m.end() for m in re.finditer("\r\n|[\r\n\x0b\x85\u2028\u2029]", source))]


def line_of(starts: list[int], offset: int) -> int:
    """The line, from 1, that an offset is in."""
    return bisect_right(starts, offset)
