"""A keyness plot as one self-contained SVG: bars to the right for the group, to the left for the reference."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.dossier.visible import visible
from pipeline.textdata.keyness import Answer, Key
from pipeline.textdata.measures import MEASURES

_ROW, _BAR, _TOP, _BOTTOM = 22, 15, 78, 34
_WIDTH, _LABEL, _MARGIN = 860, 130, 20
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',SimSun,sans-serif"
_STYLE = (
    "text{font:13px " + _FONT + ";fill:#222}.small{font-size:11px;fill:#666}.title{font-size:15px;font-weight:bold}"
    ".group{fill:#1f6f8b}.reference{fill:#c0622d}.axis{stroke:#999}svg{background:#fff}"
)


def plot(answer: Answer, group: Sequence[Key], reference: Sequence[Key]) -> Markup:
    """The features most typical of the group and of the reference, with their statistic.

    Everything is escaped; a viewer without fonts for Chinese shows boxes in place of the words, never other words.
    """
    measure = answer.question.measure
    shown = [*group, *reference]
    most = max((abs(k.statistic) for k in shown), default=0.0) or 1.0
    middle = _WIDTH / 2
    reach = middle - _MARGIN - _LABEL
    height = _TOP + _ROW * len(shown) + _BOTTOM
    bars = [_bar(k, _TOP + i * _ROW, middle, reach * abs(k.statistic) / most) for i, k in enumerate(shown)]
    against = answer.question.against or "all other reports"
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img">'
        "<title>{2}</title><style>{3}</style>"
        '<rect width="{0}" height="{1}" fill="#fff"/>'
        '<text class="title" x="{4}" y="24">Keyness: {5}</text>'
        '<text class="small" x="{4}" y="42">against {6} · sections {7}</text>'
        '<text class="small" x="{8}" y="64" text-anchor="end">← more in the reference ({9} tokens)</text>'
        '<text class="small" x="{10}" y="64">more in the group ({11} tokens) →</text>'
        '{12}<line class="axis" x1="{13}" x2="{13}" y1="{14}" y2="{15}"/>'
        '<text class="small" x="{4}" y="{16}">{2}</text></svg>\n'
    ).format(
        _WIDTH,
        height,
        MEASURES[measure],
        Markup(_STYLE),
        _MARGIN,
        _short(answer.question.group),
        _short(against),
        ", ".join(answer.sections),
        _plain(middle - 8),
        f"{answer.reference.tokens:,}",
        _plain(middle + 8),
        f"{answer.group.tokens:,}",
        Markup("").join(bars),
        _plain(middle),
        _TOP - 6,
        height - _BOTTOM + 4,
        height - 12,
    )


def _bar(key: Key, y: int, middle: float, length: float) -> Markup:
    """A bar with the feature on the other side of the axis and the statistic behind its end."""
    is_group = key.statistic > 0
    end = middle + length if is_group else middle - length
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}"{}>{}</text><text class="small" x="{}" y="{}"{}>{}</text>'
    ).format(
        "group" if is_group else "reference",
        _plain(min(middle, end)),
        y,
        _plain(max(length, 1.0)),
        _BAR,
        _plain(middle - 6 if is_group else middle + 6),
        y + 12,
        Markup(' text-anchor="end"') if is_group else "",
        _short(key.feature, 44),
        _plain(end + 5 if is_group else end - 5),
        y + 12,
        "" if is_group else Markup(' text-anchor="end"'),
        f"{key.statistic:.2f}",
    )


def _short(text: str, most: int = 90) -> str:
    text = visible(" ".join(text.split()))
    return text if len(text) <= most else text[: most - 1] + "…"


def _plain(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
