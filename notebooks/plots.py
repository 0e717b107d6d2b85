"""How the notebooks' plots look: one font with Chinese characters, one palette, a title, denominators and a description."""

from __future__ import annotations

import base64
import re
import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import altair as alt
import vl_convert
from IPython.display import display

Chart: TypeAlias = alt.LayerChart | alt.FacetChart

FONTS = Path(__file__).resolve().parent / "fonts"
FONT = "Ogi Sans SC"
SCALE = 2
WIDTH = 520
INK, FAINT = "#1a1a1a", "#595959"

# Okabe and Ito (2008), chosen to be told apart with any kind of colour vision; two greys beside it.
BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, VERMILION, PURPLE, GREY, PALE = "#E69F00", "#D55E00", "#CC79A7", "#4D4D4D", "#DDDDDD"
OUTCOMES = (BLUE, SKY, VERMILION, ORANGE, PURPLE, GREY)
"""Granted, partial, denied, unavailable, declined, other."""
STATUSES = {"A": BLUE, "I": SKY, "U": ORANGE, "O": VERMILION, "M": GREY, "K": PALE}
SEVERITIES = {"error": VERMILION, "warning": ORANGE, "info": SKY}
SERIES = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""Series differ in shape as well as in colour."""

_PIECES = re.compile(r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]*\s*")
_CLOSING = tuple("，。；：、）”")


@dataclass(frozen=True)
class Plot:
    """A finished plot. Notebooks show it as a picture, so that no browser needs a font; `chart` is there to change."""

    chart: Chart
    description: str
    png: bytes

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        width, height = struct.unpack(">II", self.png[16:24])
        size = {"width": width // SCALE, "height": height // SCALE, "alt": self.description}
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": self.description}
        return data, {"image/png": size}


@cache
def register_font() -> None:
    """Lets the renderer use the project's font. Once a process: each registration reads the fonts again."""
    vl_convert.register_font_directory(str(FONTS))


def show(chart: Chart, title: str, subtitle: list[str], seen: str) -> None:
    """Shows a chart with title, denominators and the sentence on what one sees, which is also the picture's description."""
    display(finished(chart, title, subtitle, seen))  # type: ignore[no-untyped-call]


def finished(chart: Chart, title: str, subtitle: list[str], seen: str) -> Plot:
    """The plot that `show` shows. Lines of the subtitle are wrapped to the plot."""
    description = f"{title}. {seen}"
    lines = [part for line in subtitle if line for part in wrapped(line)]
    heading = alt.TitleParams(title, subtitle=lines)
    titled: Chart = chart.properties(title=heading, description=description)
    chart = themed(titled)
    register_font()
    return Plot(chart, description, vl_convert.vegalite_to_png(chart.to_json(), scale=SCALE))


def themed(chart: Chart) -> Chart:
    """The house's look: plain, dark ink on white, one font for letters and characters."""
    text = {"labelFont": FONT, "titleFont": FONT, "labelColor": INK, "titleColor": INK}
    plain = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 0, "titleLimit": 0}
    dressed: Chart = (
        chart.configure(font=FONT, background="white", padding=12)
        .configure_title(
            anchor="start", frame="bounds", font=FONT, fontSize=16, fontWeight="normal", color=INK, offset=8,
            subtitleFont=FONT, subtitleFontSize=11.5, subtitleColor=FAINT, subtitleLineHeight=16, subtitlePadding=6,
        )
        .configure_axis(**text, **plain, gridColor="#e3e3e3", domainColor=FAINT, tickColor=FAINT, titlePadding=10)
        .configure_legend(**text, **plain, orient="bottom", symbolSize=140, offset=12, titleOrient="top")
        .configure_view(stroke=None)
        .configure_text(font=FONT, fontSize=11.5, color=INK)
    )  # fmt: skip
    return dressed


def wrapped(line: str, width: int = 132) -> list[str]:
    """Lines of at most `width` half-width columns. A Chinese character takes two, and a line may end after any of them."""
    lines, used = [""], 0
    for piece in _PIECES.findall(line):
        columns = sum(2 if is_wide(c) else 1 for c in piece)
        if lines[-1] and used + columns > width and piece not in _CLOSING:
            lines, used = [*lines, ""], 0
        lines[-1] += piece
        used += columns
    return [done.strip() for done in lines]


def is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def ink_on(colour: str) -> str:
    """Black or white, whichever is the easier to read on a colour (WCAG 2 contrast)."""
    light = luminance(colour)
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance of a colour written as #rrggbb, from 0 to 1 (WCAG 2)."""
    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    """Light of an sRGB channel, both from 0 to 1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
