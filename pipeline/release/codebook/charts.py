"""The codebook's pictures as inline SVG: numbers and labels that are escaped, no style of their own, no text to translate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from pipeline.dossier.visible import one_line
from pipeline.release.codebook.profiles import Bar

_WIDTH, _HEIGHT = 120.0, 30.0
_GAP = 0.5
"""Of a bar's width, before one that stands apart."""
_LONGEST_TITLE = 60


def places(bars: Sequence[Bar]) -> int:
    """How many bars the picture has room for, those that stand apart counted with what is before them."""
    return math.ceil(len(bars) + _GAP * sum(b.is_apart for b in bars))


def histogram(bars: Sequence[Bar]) -> Markup:
    """A column for each range; what there is at all stays visible. Its title lists the ranges.

    The ground line is broken where numbers that do not occur are left out.
    """
    most = max((b.rows for b in bars), default=0)
    slot = _WIDTH / max(places(bars), 1)
    x, rects = 0.0, []
    for bar in bars:
        x += slot * _GAP * bar.is_apart
        rects.append(_rect("track", x, slot, 1))
        if bar.rows:
            rects.append(_rect("fill", x + 0.5, slot - 1, max(1.0, (_HEIGHT - 1) * bar.rows / most)))
        x += slot
    title = " · ".join(f"{one_line(b.label, _LONGEST_TITLE)}: {b.rows:,}" for b in bars)
    return Markup(
        '<svg class="histogram" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img"><title>{t}</title>{r}</svg>'
    ).format(w=_plain(_WIDTH), h=_plain(_HEIGHT), t=title, r=Markup("").join(rects))


def _rect(kind: str, x: float, width: float, height: float) -> Markup:
    """A rectangle that stands on the ground line."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        kind, _plain(x), _plain(_HEIGHT - height), _plain(width), _plain(height)
    )


def share_bar(share: float) -> Markup:
    """A bar as long as a share (0 to 1)."""
    width = 0.0 if share <= 0 else max(1.0, min(share, 1.0) * 100)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/><rect class="fill" width="{}" height="10"/></svg>'
    ).format(_plain(width))


def status_bar(statuses: Mapping[str, int], codes: Sequence[str]) -> Markup:
    """One bar of the statuses side by side, in the order of the list."""
    all_, at, parts = sum(statuses.values()), 0.0, []
    for code in codes:
        width = 100 * statuses.get(code, 0) / all_ if all_ else 0.0
        if width:
            parts.append(
                Markup('<rect class="status-{}" x="{}" width="{}" height="10"/>').format(
                    code, _plain(at), _plain(width)
                )
            )
        at += width
    return Markup(
        '<svg class="stack" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(parts))


def _plain(number: float) -> str:
    """At most two places after the point, no trailing zeros: the same text on every machine."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
