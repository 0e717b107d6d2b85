"""How a run looks, as far as it changes what is read: hidden, struck through, raised or lowered (ECMA-376 part 1, 17.3.2).

Struck text is text that somebody deleted; a raised or lowered digit is no digit of the number that it touches.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pipeline.read.docx_names import LOOKS, RUN_PROPERTIES, RUN_STYLE, VERTICAL, is_on_value, look_values, value
from pipeline.read.docx_numbering import Styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.etree import _Element

_MARKS = {"superscript": "^", "subscript": "_"}


class Look(NamedTuple):
    """`is_shown`: whether the text stands on the page, not struck. `mark`: "^" for raised text, "_" for lowered, else ""."""

    is_shown: bool = True
    mark: str = ""


PLAIN = Look()


class Piece(NamedTuple):
    """Text of one look."""

    text: str
    mark: str = ""


class Looks:
    """The looks of a document's runs, by their own properties, their style and their paragraph's style."""

    def __init__(self, root: _Element, styles: Styles) -> None:
        self._styles = styles
        self._by_style: dict[str | None, Mapping[str, str]] = {}
        self._is_plain = not styles.has_looks and next(root.iter(*LOOKS), None) is None

    def of_paragraph(self, style: str | None) -> Mapping[str, str]:
        """What the style of a paragraph gives its runs, by tag."""
        return {} if self._is_plain else self._of_style(style)

    def _of_style(self, name: str | None) -> Mapping[str, str]:
        if name not in self._by_style:
            self._by_style[name] = self._styles.looks(name)
        return self._by_style[name]

    def of_run(self, run: _Element, by_paragraph: Mapping[str, str]) -> Look:
        """The look of a run in a paragraph whose style looks so."""
        if self._is_plain:
            return PLAIN
        held = dict(by_paragraph)
        properties = run.find(RUN_PROPERTIES)
        if properties is not None:
            held.update(self._of_style(value(properties.find(RUN_STYLE))))
            held.update(look_values(properties))
        is_gone = any(is_on_value(text) for tag, text in held.items() if tag != VERTICAL)
        return Look(not is_gone, _MARKS.get(held.get(VERTICAL, ""), ""))


def joined(pieces: Iterable[Piece]) -> str:
    """The text of a paragraph. A raised or lowered digit that touches a digit or an ASCII letter gets its mark: 3^1, m^2.

    ¹ alone, (1) and ① stay as they are: they cannot be taken for a part of a number.
    """
    parts = [(mark, "".join(p.text for p in group)) for mark, group in groupby(pieces, key=lambda p: p.mark)]
    out = ""
    for at, (mark, text) in enumerate(parts):
        if mark:
            behind = parts[at + 1][1] if at + 1 < len(parts) else ""
            inside = text.strip(" ")
            before = out.rstrip(" ")[-1:]
            follows = before.isdecimal() or (before.isascii() and before.isalnum())
            leads = behind.lstrip(" ")[:1].isdecimal()
            if (follows and inside[:1].isdecimal()) or (leads and inside[-1:].isdecimal()):
                text = mark + inside
        out += text
    return out
