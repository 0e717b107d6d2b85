"""The words of a DOCX as the page shows them: what is deleted, struck, hidden or doubled goes, numbers of lists are written out.

ECMA-376 part 1, 17.13.5 (revisions), 17.16 (fields), 17.3.3 (what a run holds).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.read.docx_looks import PLAIN, Looks, Piece, joined
from pipeline.read.docx_math import around
from pipeline.read.docx_names import (
    CELL,
    MC,
    NUMBERING,
    NUMBERING_ID,
    NUMBERING_LEVEL,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    PARAGRAPH_STYLE,
    ROW,
    RUN,
    RUN_PROPERTIES,
    TEXT_BOX,
    VAL,
    M,
    W,
    is_on,
    number,
    value,
)
from pipeline.read.docx_numbering import Numbering, Styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

_ALTERNATIVES = MC + "AlternateContent"
_CONTROL = W + "sdt"
_FIELD = W + "fldChar"
_GONE = (W + "del", W + "moveFrom", W + "cellDel", W + "hidden")
_TEXT = (W + "t", M + "t")
_RUNS = (RUN, M + "r")
_SIGNS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_SKIPPED = frozenset(
    W + name
    for name in (
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "instrText",
        "delText",
        "delInstrText",
        "rt",
        "rubyPr",
        "tblPr",
        "trPr",
    )
)
# Symbol fonts whose signs stand for numbers or boxes; of other fonts only plain ASCII is what it looks like.
_WINGDINGS = {
    **{0x80 + n: "⓪①②③④⑤⑥⑦⑧⑨⑩"[n] for n in range(11)},
    **{0x8B + n: "⓿❶❷❸❹❺❻❼❽❾❿"[n] for n in range(11)},
    0x6F: "□",
    0xA8: "□",
    0x52: "☑",
    0xFE: "☑",
    0xFC: "✓",
    0xFB: "✗",
}
_PICTOGRAMS = ("wingdings", "webdings", "marlett")
_CLEANED = {0x0A: " ", 0xFFFC: ""}  # a line break in XML is a blank; U+FFFC stands for a drawing
_UNKNOWN_SIGN = "\ufffd"
_PROMPT = re.compile("单击|点击|输入|选择|click|tap|enter|choose", re.IGNORECASE)


@dataclass(slots=True)
class Words:
    """A paragraph's text: `label` is the number that Word prints before it, `boxes` the text boxes anchored in it.

    `is_open` says that its end was deleted in a revision, so that the next paragraph goes on with it.
    """

    text: str
    label: str = ""
    boxes: list[_Element] = field(default_factory=list)
    is_open: bool = False


def prune(root: _Element) -> None:
    """Takes out of the tree what the page does not show: deletions, hidden rows, prompts, all but one alternative."""
    emptied: list[_Element] = []
    for element in list(root.iter(*_GONE, _CONTROL, _ALTERNATIVES)):
        parent = element.getparent()
        if parent is None:
            continue
        if element.tag == _CONTROL:
            _empty_prompt(element)
        elif element.tag == _ALTERNATIVES:
            _choose(element)
        elif parent.tag == W + "trPr":
            if element.tag != W + "hidden" or is_on(element):
                _remove(parent.getparent(), ROW)
        elif element.tag == W + "cellDel":
            _remove(parent.getparent(), CELL)
        elif element.tag in _GONE[:2] and parent.tag not in (RUN_PROPERTIES, NUMBERING):
            emptied.extend(islice(element.iterancestors(CELL), 1))
            _remove(element, element.tag)
    _remove_emptied(emptied)


def _remove_emptied(cells: list[_Element]) -> None:
    """Rows in which every cell lost words and none has any left: files from Word 97-2003 mark a deleted row only so."""
    lost = set(cells)
    for row in {row for cell in cells for row in islice(cell.iterancestors(ROW), 1)}:
        if all(c in lost for c in row.iter(CELL)) and not any((t.text or "").strip() for t in row.iter(*_TEXT)):
            _remove(row, ROW)


def _remove(element: _Element | None, tag: object) -> None:
    if element is not None and element.tag == tag and (parent := element.getparent()) is not None:
        parent.remove(element)


def _empty_prompt(control: _Element) -> None:
    """A content control that nobody filled in shows a prompt (单击此处输入文字), which is no text of the document.

    Programs that fill controls in leave the mark of a prompt behind, so its words decide too.
    """
    if not is_on(control.find(f"{W}sdtPr/{W}showingPlcHdr")):
        return
    texts = list(control.iter(*_TEXT))
    if _PROMPT.search("".join(t.text or "" for t in texts)):
        for text in texts:
            text.text = ""


def _choose(alternatives: _Element) -> None:
    """Keeps the first branch with words in it: the branches of one AlternateContent say the same thing twice."""
    branches = [b for b in alternatives if b.tag in (MC + "Choice", MC + "Fallback")]
    with_words = (b for b in branches if next(b.iter(*_TEXT, TEXT_BOX), None) is not None)
    kept = next(with_words, branches[0] if branches else None)
    for branch in list(alternatives):
        if branch is not kept:
            alternatives.remove(branch)


class Reader:
    """Reads paragraphs in the order of the document: lists count on from one to the next."""

    def __init__(self, root: _Element, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._looks = Looks(root, styles)

    def read(self, root: _Element) -> dict[_Element, Words]:
        """The words of every paragraph under an element, text boxes and tables included."""
        covered = _covered(root)
        return {p: self._paragraph(p, p in covered) for p in root.iter(PARAGRAPH)}

    def _paragraph(self, paragraph: _Element, is_covered: bool) -> Words:
        properties = paragraph.find(PARAGRAPH_PROPERTIES)
        style = list_id = level = None
        is_open = False
        if properties is not None:
            style = value(properties.find(PARAGRAPH_STYLE))
            listed = properties.find(NUMBERING)
            if listed is not None:
                list_id = value(listed.find(NUMBERING_ID))
                depth = value(listed.find(NUMBERING_LEVEL))
                level = None if depth is None else number(depth)
            mark = properties.find(RUN_PROPERTIES)
            is_open = mark is not None and any(mark.find(tag) is not None for tag in _GONE[:2])
        words = Words(*self._text(paragraph, style), is_open=is_open)
        # A deleted end leaves its number to the paragraph that goes on; a cell covered by a merged one prints none.
        if not is_open and not is_covered:
            words.label = self._numbering.label(list_id, level, style)
        return words

    def _text(self, paragraph: _Element, style: str | None) -> tuple[str, str, list[_Element]]:
        out: list[Piece] = []
        boxes: list[_Element] = []
        fields: list[tuple[int, bool]] = []  # (pieces before it, whether its result has begun)
        by_paragraph = self._looks.of_paragraph(style)
        look = PLAIN
        stack: list[Iterator[_Element | str]] = [iter(paragraph)]
        while stack:
            for element in stack[-1]:
                if isinstance(element, str):
                    out.append(Piece(element))
                    continue
                tag = element.tag
                if tag in _RUNS:
                    look = self._looks.of_run(element, by_paragraph)
                if tag in _TEXT:
                    out.append(Piece((element.text or "").translate(_CLEANED), look.mark))
                elif tag in _SIGNS:
                    out.append(Piece(_SIGNS[tag]))
                elif tag in _SKIPPED or not isinstance(tag, str):
                    continue
                elif tag == _FIELD:
                    _mark_field(element.get(W + "fldCharType"), out, fields)
                elif tag == W + "sym":
                    out.append(Piece(_sign(element), look.mark))
                elif tag == TEXT_BOX:
                    boxes.append(element)
                elif tag in _RUNS and not look.is_shown:
                    for mark in element.iter(_FIELD):
                        _mark_field(mark.get(W + "fldCharType"), out, fields)
                elif len(element):
                    before, after = around(element) if tag.startswith(M) else ("", "")
                    stack.append(chain(_given(before), element, _given(after)))
                    break
            else:
                stack.pop()
        return joined(out), "", boxes


def _given(text: str) -> Iterable[str]:
    return (text,) if text else ()


def _covered(root: _Element) -> set[_Element]:
    """Paragraphs in cells that a cell above covers (w:vMerge without restart)."""
    out: set[_Element] = set()
    for merge in root.iter(W + "vMerge"):
        if merge.get(VAL) != "restart" and (properties := merge.getparent()) is not None:
            cell = properties.getparent()
            out.update(cell.iter(PARAGRAPH) if cell is not None else ())
    return out


def _mark_field(kind: str | None, out: list[Piece], fields: list[tuple[int, bool]]) -> None:
    """Drops the instruction of a field once its result or its end is reached; a field never ended loses nothing."""
    if kind == "begin":
        fields.append((len(out), False))
    elif fields and kind in ("separate", "end"):
        at, has_result = fields.pop()
        if not has_result:
            del out[at:]
        if kind == "separate":
            fields.append((at, True))


def _sign(element: _Element) -> str:
    """The character of a w:sym, a code in a symbol font (17.3.3.30)."""
    code = element.get(W + "char", "")
    try:
        point = int(code[:8], 16)
    except ValueError:
        return _UNKNOWN_SIGN
    font = element.get(W + "font", "").lower()
    plain = point - 0xF000 if 0xF000 <= point <= 0xF0FF else point
    if font.startswith(_PICTOGRAMS):
        return _WINGDINGS.get(plain, _UNKNOWN_SIGN) if font.startswith("wingdings") else _UNKNOWN_SIGN
    if 0x20 <= plain < (0x40 if font == "symbol" else 0x7F):
        return chr(plain)
    return chr(point) if point == plain and 0xA0 <= point < 0x1_0000 and not 0xD800 <= point < 0xE000 else _UNKNOWN_SIGN
