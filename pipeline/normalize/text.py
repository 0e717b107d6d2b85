"""Normalised text: width, spaces, control characters, bookmarks and page furniture, with the way back to the source.

Almost every change replaces one character by one, so offsets stay; only removals shift them, and each is recorded.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import replace
from functools import cache, lru_cache
from itertools import takewhile

from pipeline.data_files import table_rows
from pipeline.model import Document, GridCell, Line, Parts, Place, Text

_REMOVED = re.compile(
    "\\[bookmark: ?[^\\]\\n]{0,80}\\]"  # what Word's text export leaves of a bookmark
    "|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"  # zero-width and direction marks
    "|[\x00-\x06\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"  # control characters that mean nothing in a text
    "|(?<=\n)\f+|\f+(?=[\r\n])|\f+$"  # a page break beside a line break
    "|(?<=\r)\n"  # a line break written as two characters is one
)


def _one_to_one() -> dict[int, str]:
    """Characters with another of the same meaning: full-width ASCII, odd spaces, radicals and compatibility ideographs."""
    table: dict[int, str] = {}
    for c in range(0xFF01, 0xFF5F):
        ascii_char = chr(c - 0xFEE0)
        # Full-width punctuation of Chinese prose (，：；！？（）) stays: sentences are cut at it.
        if ascii_char.isalnum() or ascii_char in "+-./%#&@_*=<>|~":
            table[c] = ascii_char
    for c in (0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000):
        table[c] = " "
    for c in (0x000B, 0x000C, 0x000D, 0x0085, 0x2028, 0x2029):
        table[c] = "\n"
    table[0x0007] = "\t"  # Word's end of cell
    table[0x2212] = "-"
    for c in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)):
        plain = unicodedata.normalize("NFKC", chr(c))
        if len(plain) == 1 and plain != chr(c):
            table[c] = plain
    return table


_TRANSLATE = _one_to_one()
_NEEDS = re.compile("[" + "".join(re.escape(chr(c)) for c in _TRANSLATE) + "]")

_APART = r"[\s•·|/、【】\[\]()（）]*"


def _buttons() -> str:
    """A pattern for lines of a page's buttons and nothing else (收藏 打印 关闭 分享到：微信 微博)."""
    by_kind: dict[str, list[str]] = {"button": [], "companion": []}
    for row in table_rows(__package__, "page_buttons.csv"):
        by_kind[row["kind"]].append(row["pattern"])
    button = "|".join(by_kind["button"])
    return rf"(?=.*?(?:{button}))(?:{_APART}(?:{'|'.join((button, *by_kind['companion']))}))+{_APART}"


_DASH = "[-\u2010-\u2015\u2500\u30fc]"
_FURNITURE = re.compile(
    rf"\s*(?:{_DASH}+\s*\d{{1,3}}\s*{_DASH}+"  # - 4 -
    r"|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?"
    r"|\d{1,3}\s*/\s*\d{1,3}(?=\s*$)(?<=\d)"
    r"|[Pp]age\s+\d{1,3}(?:\s+of\s+\d{1,3})?"
    rf"|{_buttons()}"
    r"|(?:字体|字号)[:：]?\s*[\[【]?\s*(?:大|中|小|\s)*\s*[\]】]?"
    r"|\{\{.{0,60}\}\})\s*"
)

_LONGEST_FURNITURE = 80

# Characters of the form's own headings and labels as traditional script writes them.
_TRADITIONAL = re.compile("[開報總體況動務關處門請織機構維糾結審計訴訟復議項規範獎罰費單數類條證]")


@cache
def _simplified() -> dict[int, str]:
    """Traditional characters with one simplified form, after OpenCC's table of characters."""
    from opencc import OpenCC  # only where a text needs it

    characters = [chr(c) for c in range(0x4E00, 0xA000)]
    pairs = zip(characters, OpenCC("t2s").convert("\n".join(characters)).split("\n"), strict=True)
    return {ord(a): b for a, b in pairs if a != b and len(b) == 1}


@cache
def _beyond_simplified() -> re.Pattern[str]:
    """Ideographs that GB 2312, the set of characters of simplified script, has not."""
    return re.compile(
        "[" + "".join(c for c in map(chr, range(0x4E00, 0xA000)) if not c.encode("gb2312", "ignore")) + "]"
    )


def simplified(text: str) -> str:
    """The text with traditional characters in simplified form, one for one: offsets stay."""
    return text.translate(_simplified()) if _beyond_simplified().search(text) else text


def _is_traditional(source: str) -> bool:
    sample = source[:20_000]
    return len(_TRADITIONAL.findall(sample)) > max(10, len(sample) // 100)


def normalize_document(document: Document) -> Text:
    """The normalised text of a document, with its grids, and with what its reader calls furniture marked as such."""
    text = normalize(document.text)
    if not document.places:
        return text

    def moved(start: int, end: int) -> tuple[int, int]:
        return text.from_source(start), text.from_source(end)

    def moved_cell(c: GridCell) -> GridCell:
        start, end = moved(c.start, c.end)
        return c._replace(start=start, end=end)

    grids = document.grids
    if text.breaks != ((0, 0),):
        grids = tuple(replace(g, cells=tuple(moved_cell(c) for c in g.cells), span=moved(*g.span)) for g in grids)
    lines = text.lines
    if document.furniture:
        apart = [moved(a, b) for a, b in document.furniture]
        starts = [a for a, _ in apart]

        def stands_apart(line: Line) -> bool:
            k = bisect_right(starts, line.start) - 1
            return k >= 0 and line.start < apart[k][1]

        lines = tuple(x._replace(is_furniture=True) if stands_apart(x) else x for x in lines)
    return replace(text, lines=lines, grids=grids, places=document.places, has_all_text=document.has_all_text)


def normalize(source: str) -> Text:
    """Normalises a decoded source text; traditional script becomes simplified, character by character.

    O(length); never fails.
    """
    text = source.translate(_TRANSLATE) if _NEEDS.search(source) else source
    if _is_traditional(text):
        text = text.translate(_simplified())
    breaks = [(0, 0)]
    if _REMOVED.search(source):
        # Removal looks at the source: a line feed after a carriage return is still told from one that stands alone.
        parts, at, length = [], 0, 0
        for m in _REMOVED.finditer(source):
            parts.append(text[at : m.start()])
            length += m.start() - at
            at = m.end()
            if breaks[-1][0] == length:
                breaks[-1] = (length, at)
            else:
                breaks.append((length, at))
        parts.append(text[at:])
        text = "".join(parts)
    return Text(text, _lines(text), tuple(breaks), source)


def _lines(text: str) -> tuple[Line, ...]:
    out, start = [], 0
    for raw in text.split("\n"):
        out.append(Line(raw, start, len(raw) < _LONGEST_FURNITURE and _is_furniture(raw)))
        start += len(raw) + 1
    return tuple(out)


@lru_cache(maxsize=32_768)
def _is_furniture(line: str) -> bool:
    # Blank lines, labels and small numbers are most lines of most reports.
    return bool(_FURNITURE.fullmatch(line.replace("\f", "")))


class Places:
    """Turns spans of normalised text into locators of the source, counted from 1, characters from 0.

    A plain text has lines and characters: `line 57, characters 812-814`, characters of the whole decoded source, the end
    excluded. Any other format has the places that its reader noted: `table 2, row 5, column 3`; `page 3, line 12,
    characters 5-9`, characters within that line.
    """

    def __init__(self, text: Text) -> None:
        self._text = text
        self._source = text.source
        self._places = text.places
        (at, to), *others = text.breaks
        self._shift = to - at if not others and not self._places else None
        """From an offset to the source's, in a plain text from which nothing was removed."""
        if self._places:
            self._starts = [p.start for p in self._places]
        else:
            self._starts = [0, *(m.end() for m in re.finditer("\r\n|[\r\n\x0b\x85\u2028\u2029]", text.source))]

    def locator(self, start: int, end: int) -> str:
        """Where a span of normalised text stands in the source."""
        return self._locator(*self._text.source_span(start, end))

    def printed_at(self, start: int, end: int) -> tuple[str, str]:
        """The source's own characters of a span, without white space around, and where it stands."""
        if self._shift is not None:
            a, b = start + self._shift, end + self._shift
            return self._source[a:b].strip(), f"line {bisect_right(self._starts, a)}, characters {a}-{b}"
        a, b = self._text.source_span(start, end)
        return self._source[a:b].strip(), self._locator(a, b)

    def _locator(self, start: int, end: int) -> str:
        if self._places:
            return self._of_blocks(start, end)
        line = bisect_right(self._starts, start)
        return f"line {line}, characters {start}-{end}"

    def _of_blocks(self, start: int, end: int) -> str:
        first = self._places[max(0, bisect_right(self._starts, start) - 1)]
        last = self._places[max(0, bisect_right(self._starts, max(start, end - 1)) - 1)]
        if first is last:
            words, end = _words(first.parts), min(end, first.end)
            if (start, end) == (first.start, first.end) or first.parts[-1][0] == "column":
                return words
            return f"{words}, characters {start - first.start}-{end - first.start}"
        common = tuple(a for a, b in takewhile(lambda x: x[0] == x[1], zip(first.parts, last.parts, strict=False)))
        if len(common) > 1 or (common and common[0][0] == "table"):
            return _words(common)
        return f"{_words(_row_of(first))} to {_words(_row_of(last))}"


@lru_cache(maxsize=16_384)
def _words(parts: Parts) -> str:
    return ", ".join(f"{name} {number}" for name, number in parts)


def _row_of(place: Place) -> Parts:
    """A cell's row, any other place itself."""
    return place.parts[:-1] if place.parts[-1][0] == "column" else place.parts
