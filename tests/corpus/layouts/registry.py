"""The registry of layouts and what a renderer hands back."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.corpus.grid import Sheet
from tests.corpus.numbers import Key
from tests.corpus.options import Options


@dataclass(slots=True)
class TableText:
    """A table as lines. `row_starts`: indexes of lines at which a row begins, where a page may break; `header`: how
    many lines the header takes; `lost`: printed numbers that the text lost though their place is kept."""

    lines: list[str]
    row_starts: list[int] = field(default_factory=list)
    header: int = 0
    lost: frozenset[Key] = frozenset()


Renderer = Callable[[Sheet, Options, random.Random], TableText]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout and its traits.

    keeps_positions: a blank cell leaves a trace, so the place of every number is certain.
    delimited: one can tell where a cell ends, so that "1 0" is one number.
    glued: labels and numbers of section two stand together without anything between.
    is_paged: page breaks and page numbers inside tables.
    prose: how paragraphs stand: "lines", "spaced" (a blank line between them) or "wrapped" (hard line breaks).
    """

    name: str
    render: Renderer
    keeps_positions: bool
    delimited: bool = True
    glued: bool = False
    is_paged: bool = False
    prose: str = "lines"


LAYOUTS: dict[str, Layout] = {}


def layout(
    name: str,
    *,
    keeps_positions: bool,
    delimited: bool = True,
    glued: bool = False,
    is_paged: bool = False,
    prose: str = "lines",
) -> Callable[[Renderer], Renderer]:
    """Registers a renderer under a name."""

    def register(render: Renderer) -> Renderer:
        LAYOUTS[name] = Layout(name, render, keeps_positions, delimited, glued, is_paged, prose)
        return render

    return register
