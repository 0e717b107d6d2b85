"""What formulas in a DOCX show without writing it: the line of a fraction, brackets, the place of an exponent (22.1.2).

Without them ¾ would be 34. The signs are such that no formula is taken for one number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.read.docx_names import M, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_BEFORE = {M + "den": "/", M + "sup": "^", M + "sub": "_", M + "lim": "_", M + "mr": "|"}
_SIGN = 4
"""Characters of an operator's or bracket's sign that are read; it has one."""


def around(element: _Element) -> tuple[str, str]:
    """What stands before and behind the text of a formula's element: ("/", "") for a denominator."""
    tag = element.tag
    if tag == M + "d":
        return _sign(element, "begChr", "("), _sign(element, "endChr", ")")
    if tag == M + "nary":
        return _sign(element, "chr", "∫"), ""
    if tag == M + "e":
        parent, previous = element.getparent(), element.getprevious()
        if parent is not None and parent.tag == M + "rad":
            return "√", ""
        # Operands side by side: cells of a matrix, parts between brackets, what follows an index or a function's name.
        is_first = previous is None or str(previous.tag).endswith("Pr")
        return ("" if is_first else "|"), ""
    return _BEFORE.get(str(tag), ""), ""


def _sign(element: _Element, name: str, usual: str) -> str:
    given = value(element.find(f"{M}{element.tag[len(M) :]}Pr/{M}{name}"), M + "val")
    return usual if given is None else given[:_SIGN]
