"""The source text with what findings and numbers rest on marked in it: numbered places, lines cut into pieces.

A document of ordinary size is shown whole. Of a large one only the text around the evidence is: a page has to open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from pipeline.model import Text
from pipeline.normalize.locators import Locators, Span, line_of, line_starts

WHOLE = 100_000
"""Characters up to which a document is shown whole."""
MOST = 300_000
"""Characters of a document that are shown at most."""
_LINES_AROUND = 6
_CHARACTERS_AROUND = 400


@dataclass(frozen=True, slots=True)
class Target:
    """What rests on a place of the source: the anchor on the page, and the kind ("cell", "finding", "date", "claim")."""

    anchor: str
    kind: str
    is_grave: bool = False
    """Whether it is a finding, or a cell that one names."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A numbered place in the source, with everything that rests on it."""

    number: int
    span: Span
    targets: tuple[Target, ...]

    @property
    def anchor(self) -> str:
        return f"e{self.number}"

    @property
    def is_grave(self) -> bool:
        return any(t.is_grave for t in self.targets)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: text (which leads to `evidence` where it is part of one), or where a mark opens or closes."""

    kind: str
    text: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the source. `place` is its line number, or the place that the format gives it.

    `wide` is evidence of several lines that begins here; `is_within` says that the line lies in such. `gap` counts the
    characters left out before this line.
    """

    place: str
    pieces: tuple[Piece, ...]
    wide: tuple[Evidence, ...] = ()
    is_within: bool = False
    is_grave: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """The source as shown: its lines, the numbers of the evidence in them, what is left out at the end.

    `has_places`: whether lines are named by their place in the format, not by number.
    """

    lines: tuple[ShownLine, ...]
    marked: frozenset[int]
    characters: int
    is_whole: bool
    has_places: bool
    gap_behind: int


def collect(text: Text, targets: Iterable[tuple[str | None, Target]]) -> dict[str, Evidence]:
    """Evidence by locator: what leads to the same span is the same place. Numbered in the order of the source."""
    locators = Locators(text)
    spans: dict[str, Span | None] = {}
    by_span: dict[Span, dict[str, Target]] = {}
    for locator, target in targets:
        if locator is None:
            continue
        if locator not in spans:
            spans[locator] = locators.span(locator)
        span = spans[locator]
        if span is not None:
            here = by_span.setdefault(span, {})
            known = here.get(target.anchor)
            here[target.anchor] = replace(target, is_grave=target.is_grave or bool(known and known.is_grave))
    ordered = sorted(by_span, key=lambda s: (s[0], -s[1]))
    numbered = {s: Evidence(n, s, tuple(by_span[s].values())) for n, s in enumerate(ordered, 1)}
    return {locator: numbered[span] for locator, span in spans.items() if span is not None}


def show(text: Text, evidence: Mapping[str, Evidence]) -> Shown:
    """The lines to be shown, each cut at its evidence. O(source + evidence)."""
    source = text.source
    starts = line_starts(source)
    ends = [*starts[1:], len(source)]
    every = sorted({e.number: e for e in evidence.values()}.values(), key=lambda e: e.number)
    wide: list[tuple[int, int, Evidence]] = []
    narrow: list[tuple[int, int, Evidence]] = []
    for e in every:
        first, last = line_of(starts, e.span[0]), line_of(starts, max(e.span[0], e.span[1] - 1))
        (wide if last > first else narrow).append((first - 1, last - 1, e))
    here: dict[int, list[Evidence]] = {}
    for first, _, e in narrow:
        here.setdefault(first, []).append(e)
    begins: dict[int, list[Evidence]] = {}
    covered = [0] * (len(starts) + 1)
    grave = [0] * (len(starts) + 1)
    for first, last, e in wide:
        begins.setdefault(first, []).append(e)
        covered[first] += 1
        covered[last + 1] -= 1
        grave[first] += e.is_grave
        grave[last + 1] -= e.is_grave
    is_whole = len(source) <= WHOLE
    windows = None if is_whole else _windows(starts, ends, wide, narrow)
    place_of = margin(text)
    lines: list[ShownLine] = []
    shown_to = shown = depth = graves = 0
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        depth += covered[i]
        graves += grave[i]
        for a, b in ((start, end),) if windows is None else windows.get(i, ()):
            b = min(b, a + MOST - shown)
            if a >= b and (i not in here or shown >= MOST):  # the end of the file, or of the room
                continue
            inside = [e for e in here.get(i, ()) if a <= e.span[0] and e.span[1] <= b]
            lines.append(
                ShownLine(
                    place=place_of(start, i + 1),
                    pieces=tuple(_pieces(source, a, b, inside)),
                    wide=tuple(begins.get(i, ())) if a == start else (),
                    is_within=depth > 0,
                    is_grave=graves > 0,
                    gap=a - shown_to,
                )
            )
            shown_to, shown = b, shown + b - a
    marked = {e.number for x in lines for e in (*x.wide, *(p.evidence for p in x.pieces if p.kind == "open")) if e}
    return Shown(tuple(lines), frozenset(marked), len(source), is_whole, bool(text.places), len(source) - shown_to)


def _windows(
    starts: Sequence[int],
    ends: Sequence[int],
    wide: Iterable[tuple[int, int, Evidence]],
    narrow: Iterable[tuple[int, int, Evidence]],
) -> dict[int, list[Span]]:
    """By line, the pieces of a large document to be shown: lines around evidence, of long ones what is near it."""
    near: set[int] = set()
    asked: dict[int, list[Span]] = {}
    for first, last, e in (*wide, *narrow):
        for line in {first, last}:
            near.update(range(max(0, line - _LINES_AROUND), min(len(starts), line + _LINES_AROUND + 1)))
        for line, at in ((first, e.span[0]), (last, max(e.span[0], e.span[1] - 1))):
            window = (max(starts[line], at - _CHARACTERS_AROUND), min(ends[line], at + _CHARACTERS_AROUND))
            asked.setdefault(line, []).append(window)
        asked[first].append((e.span[0], min(e.span[1], ends[first], e.span[0] + 4 * _CHARACTERS_AROUND)))
    out: dict[int, list[Span]] = {}
    for line in sorted(near):
        head = (starts[line], min(ends[line], starts[line] + _CHARACTERS_AROUND))
        merged: list[Span] = []
        for a, b in sorted([head, *asked.get(line, ())]):
            if merged and a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], b))
            else:
                merged.append((a, b))
        out[line] = merged
    return out


def _pieces(source: str, start: int, end: int, inside: Sequence[Evidence]) -> Iterable[Piece]:
    """A line, or part of one, with nested marks; of two that cross, the later one ends with the earlier."""
    at = start
    open_: list[tuple[Evidence, int]] = []

    def text_to(to: int) -> Iterable[Piece]:
        nonlocal at
        if to > at:
            yield Piece("text", source[at:to].rstrip("\r\n\x0b\x85\u2028\u2029"), open_[-1][0] if open_ else None)
            at = to

    for e in (*inside, None):
        begin = e.span[0] if e else end
        while open_ and (e is None or open_[-1][1] <= begin):
            last, to = open_[-1]
            yield from text_to(to)
            open_.pop()
            yield Piece("close", evidence=last)
        yield from text_to(begin)
        if e is not None:
            open_.append((e, min([e.span[1], *(to for _, to in open_)])))
            yield Piece("open", evidence=e)


def margin(text: Text) -> Callable[[int, int], str]:
    """What the margin says of a line, from its source offset and number: the number, or its place in the format."""
    if not text.places:
        return lambda offset, number: str(number)
    starts = [p.start for p in text.places]

    def place(offset: int, number: int) -> str:
        parts = text.places[max(0, bisect_right(starts, offset) - 1)].parts
        row = takewhile(lambda x: x[0] != "column", parts)
        return ", ".join(f"{name} {n}" for name, n in row)

    return place
