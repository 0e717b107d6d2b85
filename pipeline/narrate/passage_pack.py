"""Packs a narrative for reading: without blanks and without the line breaks that only wrap, with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.narrate.passage_marks import mark_at_start
from pipeline.normalize.text import simplified

_STOPS = "。！？；：!?;:"
_CLOSING = "”’」』）)】》\"'"
_INSIDE = re.compile(r"[，,、；;：:。]")
_TITLE = 15
_WRAPPED = 0.6
_BLANK = re.compile(r"\s+")
# A stop inside quotation marks or brackets ends no sentence.
_STOP = re.compile(
    r"“[^”\n]{0,120}”|（[^）\n]{0,120}）|《[^》\n]{0,120}》|(?P<stop>[。！？；!?;]+[”’」』）)]*)|(?P<line>\n)"
)


@dataclass(frozen=True, slots=True)
class Packed:
    """`text` is the narrative without blanks and in simplified characters, in which the words are known; "\\n" stands
    only where a line really ends. `printed` is the same in its own characters. `offsets` lead back.
    """

    text: str
    printed: str
    offsets: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the narrative of text[start:end], which is not empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


def pack(text: str, begins_part: re.Pattern[str]) -> Packed:
    """The narrative packed. Linear.

    A line wraps where it ends without a stop, is neither a heading that `begins_part` knows nor short like a title nor
    much shorter than the longest one, and the next begins neither with a mark nor as `begins_part` says. Where all lines
    are short like titles, none was broken to fit.
    """
    lines: list[tuple[str, int]] = []
    at = 0
    for line in text.split("\n"):
        lines.append((line, at))
        at += len(line) + 1
    filled = [(line, start) for line, start in lines if line.strip()]
    widest = max((len(line.strip()) for line, _ in filled), default=0)
    out: list[str] = []
    offsets: list[int] = []
    for k, (line, start) in enumerate(filled):
        for m in re.finditer(r"\S+", line):
            out.append(m.group())
            offsets.extend(range(start + m.start(), start + m.end()))
        if k + 1 < len(filled) and _ends(line.strip(), filled[k + 1][0].strip(), widest, begins_part):
            out.append("\n")
            offsets.append(start + len(line))
    printed = "".join(out)
    return Packed(simplified(printed), printed, tuple(offsets))


def _ends(line: str, following: str, widest: int, begins_part: re.Pattern[str]) -> bool:
    if mark_at_start(following) or begins_part.match(simplified(_BLANK.sub("", following[:60]))):
        return True
    # The 、 of 一、存在问题 is its mark's, not one inside a sentence.
    body = line[mark_at_start(line) :].strip().rstrip(_CLOSING)
    if body.endswith(("，", ",", "、", "（", "(", "“")):
        return False
    if not body or body[-1] in _STOPS:
        return True
    is_title = len(body) <= _TITLE and (not _INSIDE.search(body) or begins_part.fullmatch(simplified(body)) is not None)
    return is_title or widest <= _TITLE or len(line) < _WRAPPED * widest


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of text[start:end] as spans with their stops, the line breaks between them left out."""
    at = start
    for m in _STOP.finditer(text, start, end):
        if m["stop"] is not None:
            yield at, m.end()
            at = m.end()
        elif m["line"] is not None:
            if m.start() > at:
                yield at, m.start()
            at = m.end()
    if at < end:
        yield at, end
