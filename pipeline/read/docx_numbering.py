"""Numbers that Word prints before a paragraph and does not write in it: 一、 （一） 1. from lists and headings.

ECMA-376 part 1, 17.9: a paragraph names, itself or through its style, a `num` and a level; the `num` names an `abstractNum`,
whose levels say how a number looks. All lists of one `abstractNum` go on counting together unless a `num` restarts them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.read.docx_names import NUMBERING as NUMBERING_PROPERTIES
from pipeline.read.docx_names import NUMBERING_ID as ID
from pipeline.read.docx_names import NUMBERING_LEVEL as LEVEL
from pipeline.read.docx_names import PARAGRAPH_PROPERTIES as PROPERTIES
from pipeline.read.docx_names import RUN_PROPERTIES, W, is_on, look_values, number, value
from pipeline.read.docx_numbers import written

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_LONGEST = 64  # characters of a number; Word allows 31
_CHAIN = 50  # styles based on each other


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts and looks: `text` holds %1 to %9 for the numbers of the levels."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restarts_after: int | None = None
    is_legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class _List:
    levels: dict[int, Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    style_link: str | None = None


@dataclass(slots=True)
class _Use:
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """What the reader needs of a style; None where the style does not say."""

    based_on: str | None
    list_id: str | None
    list_level: int | None
    looks: Mapping[str, str]


class Styles:
    """The styles of a document by their identifiers."""

    def __init__(self, root: _Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default: str | None = None
        for element in root.iter(W + "style") if root is not None else ():
            name = element.get(W + "styleId")
            if not name:
                continue
            listed = element.find(f"{PROPERTIES}/{NUMBERING_PROPERTIES}")
            level = None if listed is None else value(listed.find(LEVEL))
            self._styles[name] = Style(
                value(element.find(W + "basedOn")),
                None if listed is None else value(listed.find(ID)),
                None if level is None else number(level),
                look_values(element.find(RUN_PROPERTIES)),
            )
            if element.get(W + "type") == "paragraph" and element.get(W + "default") in ("1", "true", "on"):
                self.default = name

    def chain(self, name: str | None) -> list[tuple[str, Style]]:
        """A style and those it is based on, nearest first."""
        out: list[tuple[str, Style]] = []
        while name in self._styles and len(out) < _CHAIN:
            out.append((name, self._styles[name]))
            name = out[-1][1].based_on
        return out

    def looks(self, name: str | None) -> dict[str, str]:
        """The `LOOKS` that a style gives itself or by those it is based on, by tag."""
        out: dict[str, str] = {}
        for _, style in reversed(self.chain(name)):
            out.update(style.looks)
        return out

    @property
    def has_looks(self) -> bool:
        return any(s.looks for s in self._styles.values())


class Numbering:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, root: _Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._uses: dict[str, _Use] = {}
        self._started: set[str] = set()
        if root is None:
            return
        for element in root.iter(W + "abstractNum"):
            found = _List(_levels(element), style_link=value(element.find(W + "numStyleLink")))
            self._lists[element.get(W + "abstractNumId", "")] = found
        for element in root.iter(W + "num"):
            use = _Use(value(element.find(W + "abstractNumId")) or "")
            for override in element.iter(W + "lvlOverride"):
                at = number(override.get(W + "ilvl"))
                start = value(override.find(W + "startOverride"))
                use.levels.update(_levels(override))
                if start is not None:
                    use.starts[at] = number(start, 1)
            self._uses[element.get(W + "numId", "")] = use

    def label(self, list_id: str | None, level: int | None, style: str | None) -> str:
        """The number of the next paragraph, with the blank after it; "" where it has none. Counts it.

        `list_id` and `level` as the paragraph itself gives them, `style` its style. A list of "0" takes the number away.
        """
        if not self._uses:
            return ""
        named = None
        if list_id is None:
            for name, found in self._styles.chain(style or self._styles.default):
                if found.list_id is not None:
                    named, list_id = name, found.list_id
                    level = found.list_level if level is None else level
                    break
        use = self._uses.get(list_id or "0")
        if use is None or list_id == "0":
            return ""
        numbered = self._list(use)
        if numbered is None:
            return ""
        levels = numbered.levels | use.levels
        if level is None:
            level = next((at for at, found in levels.items() if named and found.style == named), 0)
        if level not in levels:
            return ""
        return _written(levels, self._count(numbered, use, list_id or "", levels, level), level)

    def _list(self, use: _Use) -> _List | None:
        found = self._lists.get(use.abstract)
        for _ in range(_CHAIN):
            if found is None or found.levels or found.style_link is None:
                return found
            linked = next((s.list_id for _, s in self._styles.chain(found.style_link) if s.list_id), "")
            target = self._uses.get(linked)
            found = self._lists.get(target.abstract) if target else None
        return None

    def _count(self, numbered: _List, use: _Use, list_id: str, levels: dict[int, Level], level: int) -> dict[int, int]:
        if list_id not in self._started:
            self._started.add(list_id)
            for at in use.starts:
                numbered.counts.pop(at, None)
        for at in range(level + 1):
            start = use.starts.get(at, levels[at].start if at in levels else 1)
            if at < level:
                numbered.counts.setdefault(at, start)
            else:
                numbered.counts[at] = numbered.counts[at] + 1 if at in numbered.counts else start
        for at in [a for a in numbered.counts if a > level]:
            restart = levels[at].restarts_after if at in levels else None
            if restart is None or level < restart:
                del numbered.counts[at]
        return numbered.counts


def _levels(parent: _Element) -> dict[int, Level]:
    out = {}
    for element in parent.iterchildren(W + "lvl"):
        at = number(element.get(W + "ilvl"))
        if not 0 <= at < LEVELS:
            continue
        # A format that old readers do not know stands in an alternative whose fallback is the plain one.
        formats = [value(e) or "decimal" for e in element.iter(W + "numFmt")]
        restart = value(element.find(W + "lvlRestart"))
        out[at] = Level(
            max(0, min(32_767, number(value(element.find(W + "start")), 0))),
            formats[-1] if formats else "decimal",
            (value(element.find(W + "lvlText")) or "")[:_LONGEST],
            value(element.find(W + "suff")) or "tab",
            None if restart is None else number(restart),
            bool(is_on(element.find(W + "isLgl"))),
            value(element.find(W + "pStyle")),
        )
    return out


def _written(levels: dict[int, Level], counts: dict[int, int], level: int) -> str:
    found = levels[level]
    if found.number_format == "bullet":
        return ""

    def one(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        if at > level:
            return ""
        shape = levels[at].number_format if at in levels else "decimal"
        return written(counts.get(at, 1), "decimal" if found.is_legal and shape != "none" else shape)

    text = _PLACE.sub(one, found.text).strip()
    # A blank after a full-width mark is only space; after "1." it keeps the number apart from a digit that follows.
    is_apart = found.suffix != "nothing" and text[-1:].isascii()
    return text + " " if text and is_apart else text
