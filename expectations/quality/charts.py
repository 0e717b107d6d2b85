"""The page's pictures as inline SVG: numbers only, so that nothing here needs escaping or translating."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_HEIGHT, _BASE, _TOP = 120.0, 100.0, 18.0
_SLOT, _GAP, _LEFT = 26.0, 6.0, 4.0
_FEWEST_SLOTS = 12
_LABELS = 16


def share_bar(share: float, kind: str) -> Markup:
    """A bar as long as a share (0 to 1); what there is at all stays visible."""
    width = 0.0 if share <= 0 else max(1.0, min(share, 1.0) * 100)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/><rect class="fill {}" width="{}" height="10"/></svg>'
    ).format(kind, _plain(width))


def stacked_bar(numbers: Sequence[int], kinds: Sequence[str]) -> Markup:
    """One bar of parts side by side, each `kinds[i]` its class."""
    all_, at, parts = sum(numbers), 0.0, []
    for number, kind in zip(numbers, kinds, strict=True):
        width = 1000 * number / all_ if all_ else 0.0
        if number:
            parts.append(
                Markup('<rect class="status-{}" x="{}" width="{}" height="22"/>').format(
                    kind, _plain(at), _plain(width)
                )
            )
        at += width
    return Markup(
        '<svg class="stack" viewBox="0 0 1000 22" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(parts))


def columns(builds: Sequence[int], numbers: Sequence[int], kind: str) -> Markup:
    """A column for each build, its number on top, the build's below where there is room."""
    most = max([*numbers, 1])
    slots = max(len(builds), _FEWEST_SLOTS)
    width = _LEFT * 2 + slots * _SLOT
    every = -(-len(builds) // _LABELS)
    parts = []
    for i, (build, number) in enumerate(zip(builds, numbers, strict=True)):
        x = _LEFT + i * _SLOT
        height = (_BASE - _TOP) * number / most
        middle = x + _SLOT / 2
        is_named = (len(builds) - 1 - i) % every == 0
        parts.append(
            Markup('<rect class="fill {}" x="{}" y="{}" width="{}" height="{}"/>').format(
                kind, _plain(x + _GAP / 2), _plain(_BASE - height), _plain(_SLOT - _GAP), _plain(height)
            )
        )
        if is_named:
            parts.append(
                Markup(
                    '<text class="value" x="{0}" y="{1}">{2}</text><text class="tick" x="{0}" y="114">{3}</text>'
                ).format(_plain(middle), _plain(_BASE - height - 4), _short(number), build)
            )
    return Markup(
        '<svg class="columns" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}'
        '<line class="axis" x1="0" x2="{0}" y1="{4}" y2="{4}"/></svg>'
    ).format(
        _plain(width),
        _plain(_HEIGHT),
        ", ".join(f"{b}: {n}" for b, n in zip(builds, numbers, strict=True)),
        Markup("").join(parts),
        _plain(_BASE),
    )


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _short(number: int) -> str:
    """A number that fits over its column: 12.3k for 12,345."""
    for unit, factor in (("M", 1_000_000), ("k", 1_000)):
        if number >= factor * 10 or (unit == "M" and number >= factor):
            return f"{number / factor:.3g}{unit}"
    return str(number)
