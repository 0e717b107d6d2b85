"""Makes text of documents fit to be shown: what is invisible, or would reorder or overwrite what stands beside it, shows.

Escaping for HTML is the template engine's; this is about characters that do harm in any medium, the terminal too.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters: an escape sequence of a terminal begins with one
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff"  # without a width, directing the text, or reserved for such
    "\ud800-\udfff]"  # halves of a pair: no text file may hold one
)
_BLANKS = re.compile(r"[ \t\n\u3000]+")


def visible(text: str) -> str:
    """The text with every hidden character as its code between brackets: ⟨U+202E⟩. Tabs and line feeds stay."""
    return _HIDDEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text)


def one_line(text: str, most: int = 500) -> str:
    """The same in one line of at most so many characters, blanks closed up; what is cut off is counted."""
    line = _BLANKS.sub(" ", text).strip()
    return visible(line) if len(line) <= most else f"{visible(line[:most])} … [+{len(line) - most:,}]"
