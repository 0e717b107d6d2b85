"""The forms of plots that the notebooks share: bars, shares of a whole, grids, ranges, points. Each takes a frame and returns a chart.

Rows of the frame come in the order in which the plot shows them. A line break in a label starts a new line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl
from plots import BLUE, FAINT, INK, SERIES, SHAPES, SKY, WIDTH, Chart, ink_on, is_wide

LINES = "split(datum.label, '\\n')"
QUARTERS = (0, 0.25, 0.5, 0.75, 1)


def distinct(frame: pl.DataFrame, column: str) -> list[str]:
    """Values of a column in the order in which they first stand."""
    return frame[column].unique(maintain_order=True).to_list()


def rows(frame: pl.DataFrame, y: str, title: str) -> alt.Y:
    """A labelled row for each value of a column, from the top down."""
    tall = any("\n" in str(label) for label in frame[y])
    axis = alt.Axis(title=title, labelExpr=LINES, labelLineHeight=14, ticks=False, domain=False, labelPadding=12,
                    labelOffset=-7 if tall else 0, titleAngle=0, titleAlign="right", titleX=-12, titleY=-6)  # fmt: skip
    return alt.Y(f"{y}:N", sort=distinct(frame, y), axis=axis).scale(paddingInner=0.3 if tall else 0.22)


def columns(names: Sequence[str]) -> int:
    """Columns of a legend: as many as stand side by side under the plot."""
    longest = max((sum(2 if is_wide(c) else 1 for c in name) for name in names), default=0)
    return max(1, min(3, 100 // (longest + 6)))


def marks(top: float, format: str, count: int) -> dict[str, Any]:
    """Where an axis or a legend of numbers up to `top` is marked: about `count` times, and never between whole numbers."""
    if format == ",.0f" and top < count + 1:
        return {"values": list(range(int(top) + 1))}
    return {"tickCount": count}


def step(frame: pl.DataFrame, y: str) -> alt.Step:
    return alt.Step(42 if any("\n" in str(label) for label in frame[y]) else 28)


def bars(
    frame: pl.DataFrame, y: str, x: str, y_title: str, x_title: str, text: str | None = None,
    part: str | None = None, colours: Mapping[str, str] | None = None, part_title: str | None = None,
    format: str = ",.0f",
) -> Chart:  # fmt: skip
    """Horizontal bars with their numbers. `text` is a column to print in place of the number; `part` colours the bars."""
    numbers = [f"{n:,.0f}" for n in frame[x]]
    frame = frame.with_columns(_text=pl.col(text) if text else pl.Series(numbers, dtype=pl.String))
    longest = max(len(t) + sum(map(is_wide, t)) for t in frame["_text"])
    top = (max(frame[x]) or 1) * (1 + longest / 60)
    axis = alt.Axis(format=format, **marks(top, format, 6))
    base = alt.Chart(frame, width=WIDTH, height=step(frame, y)).encode(
        rows(frame, y, y_title), alt.X(f"{x}:Q", title=x_title, axis=axis).scale(domain=[0, top], nice=False)
    )
    bar = base.mark_bar(color=BLUE)
    if part is not None and colours is not None:
        there = [name for name in colours if name in set(frame[part])]
        scale = alt.Scale(domain=there, range=[colours[name] for name in there])
        bar = base.mark_bar().encode(
            alt.Color(f"{part}:N", scale=scale, legend=alt.Legend(title=part_title, columns=columns(there)))
        )
    return alt.layer(bar, base.mark_text(align="left", dx=5).encode(alt.Text("_text:N")))


def shares(
    frame: pl.DataFrame, y: str, part: str, n: str, colours: Mapping[str, str], y_title: str, x_title: str, part_title: str,
) -> Chart:  # fmt: skip
    """Each row a whole, divided into parts; the percentage is printed in each part that has the room for it."""
    axis = rows(frame, y, y_title)
    order = {name: i for i, name in enumerate(colours)}
    frame = (
        frame.with_columns(_no=pl.col(part).replace_strict(order, return_dtype=pl.Int32))
        .sort("_no", maintain_order=True)
        .with_columns(_share=pl.col(n) / pl.col(n).sum().over(y))
        .with_columns(_end=pl.col("_share").cum_sum().over(y))
        .with_columns(
            _begin=pl.col("_end") - pl.col("_share"),
            _ink=pl.col(part).replace_strict({name: ink_on(colour) for name, colour in colours.items()}),
            _text=pl.col("_share").map_elements(lambda s: f"{s:.0%}" if s >= 0.045 else "", pl.String),
        )
        .with_columns(_middle=(pl.col("_begin") + pl.col("_end")) / 2)
    )
    there = [name for name in colours if name in set(frame.filter(pl.col(n) > 0)[part])]
    scale = alt.Scale(domain=there, range=[colours[name] for name in there])
    base = alt.Chart(frame.filter(pl.col(n) > 0), width=WIDTH, height=step(frame, y)).encode(axis)
    across = alt.X("_begin:Q", title=x_title, axis=alt.Axis(format=".0%", values=QUARTERS)).scale(
        domain=[0, 1], nice=False
    )
    bar = base.mark_bar(stroke="white", strokeWidth=1).encode(
        across,
        alt.X2("_end:Q"),
        alt.Color(f"{part}:N", scale=scale, legend=alt.Legend(title=part_title, columns=columns(there))),
    )
    inks = alt.Color("_ink:N", scale=None, legend=None)
    text = base.mark_text().encode(alt.X("_middle:Q"), alt.Text("_text:N"), inks)
    whole: Chart = alt.layer(bar, text).resolve_scale(color="independent")
    return whole


def grid(
    frame: pl.DataFrame, x: str, y: str, value: str, text: str, x_title: str, y_title: str, value_title: str,
    format: str = ",.0f",
) -> Chart:  # fmt: skip
    """A cell for each pair, the darker the more, with its number printed. Pairs that are not in the frame stay empty."""
    top = float(max(frame[value])) or 1.0
    across = distinct(frame.sort(x), x)
    axis = alt.Axis(labelAngle=0, labelExpr=LINES, labelLineHeight=14, ticks=False, domain=False)
    base = alt.Chart(frame, width=max(70 * len(across), 160), height=step(frame, y)).encode(
        alt.X(f"{x}:O", title=x_title, sort=across, axis=axis),
        rows(frame, y, y_title),
    )
    scale = alt.Scale(domain=[0, top], range=["#eef4fa", BLUE])
    legend = alt.Legend(title=value_title, format=format, gradientLength=200, **marks(top, format, 3))
    cell = base.mark_rect(stroke="white").encode(alt.Color(f"{value}:Q", scale=scale, legend=legend))
    dark = alt.condition(f"datum['{value}'] > {0.55 * top}", alt.value("#ffffff"), alt.value(INK))
    return alt.layer(cell, base.mark_text().encode(alt.Text(f"{text}:N"), color=dark))


def spread(
    frame: pl.DataFrame, y: str, y_title: str, x_title: str, format: str = ",.0f", domain: Sequence[float] | None = None,
    tenfold: bool = False,
) -> Chart:  # fmt: skip
    """The middle half of reports as a thick line, the middle eight tenths as a thin one, the median as a point with its number.

    The frame has the columns q10, q25, q50, q75, q90 and `text`, what stands beside the median. With `tenfold` the axis
    goes by powers of ten, and has a 0.
    """
    top = max(frame["q90"])
    if tenfold:
        kind = alt.Scale(type="symlog", constant=1, domain=[0, max(1.15 * top, 10)], nice=False)
        axis = alt.Axis(format=format, values=[0, *(10**n for n in range(9) if 10**n <= max(1.15 * top, 10))])
    else:
        kind = alt.Scale(domain=list(domain) if domain else [0, (top or 1) * 1.1], nice=False)
        axis = alt.Axis(format=format, tickCount=6)
    base = alt.Chart(frame, width=WIDTH, height=alt.Step(40)).encode(rows(frame, y, y_title))
    thin = base.mark_rule(color=BLUE, strokeWidth=2).encode(
        alt.X("q10:Q", title=x_title, axis=axis, scale=kind), alt.X2("q90:Q")
    )
    thick = base.mark_rule(color=BLUE, strokeWidth=9, opacity=0.45).encode(alt.X("q25:Q"), alt.X2("q75:Q"))
    point = base.mark_point(color=INK, filled=True, size=70, opacity=1).encode(alt.X("q50:Q"))
    text = base.mark_text(align="left", dx=6, dy=-11, color=FAINT, fontSize=11).encode(
        alt.X("q50:Q"), alt.Text("text:N")
    )
    return alt.layer(thin, thick, point, text)


def dots(
    frame: pl.DataFrame, y: str, x: str, series: str, y_title: str, x_title: str, series_title: str,
    names: Sequence[str], top: float = 1,
) -> Chart:  # fmt: skip
    """Shares as points, one series below the other in each row, told apart by colour and shape, with `text` beside them.

    `names` are the series in their order, `top` is where the axis ends; the texts have room beyond it.
    """
    names = [name for name in names if name in set(frame[series])]
    axis = alt.Axis(format=".0%", values=QUARTERS) if top == 1 else alt.Axis(format=".0%", tickCount=6)
    lines = 2 if any("\n" in str(label) for label in frame[y]) else 1
    tall = max(17, 30 * lines // (len(names) + 1))
    base = alt.Chart(frame, width=WIDTH, height=alt.Step(tall, **{"for": "offset"})).encode(
        rows(frame, y, y_title),
        alt.X(f"{x}:Q", title=x_title, axis=axis).scale(domain=[0, 1.1 * top], nice=False),
        alt.YOffset(f"{series}:N", sort=names),
    )
    legend = alt.Legend(title=series_title, columns=columns(names))
    colour = alt.Color(
        f"{series}:N", sort=names, legend=legend, scale=alt.Scale(domain=names, range=SERIES[: len(names)])
    )
    shape = alt.Shape(
        f"{series}:N", sort=names, legend=legend, scale=alt.Scale(domain=names, range=SHAPES[: len(names)])
    )
    point = base.mark_point(filled=True, size=80, opacity=1).encode(colour, shape)
    text = base.mark_text(align="left", dx=9, fontSize=11, color=FAINT).encode(alt.Text("text:N"))
    return alt.layer(point, text)


def intervals(frame: pl.DataFrame, y: str, y_title: str, x_title: str, text: str, format: str = ".0%") -> Chart:
    """A bar from `lowest` to `highest` for each row, ends marked, and a point at `known`."""
    base = alt.Chart(frame, width=WIDTH, height=alt.Step(36)).encode(rows(frame, y, y_title))
    top = 1.25 * max(*frame["highest"], 0.01)
    axis = alt.Axis(format=format, tickCount=6)
    bar = base.mark_bar(color=SKY, height=10).encode(
        alt.X("lowest:Q", title=x_title, axis=axis).scale(domain=[0, top], nice=False), alt.X2("highest:Q")
    )
    ends = [
        base.mark_tick(color=INK, thickness=2, height=16).encode(alt.X(f"{end}:Q")) for end in ("lowest", "highest")
    ]
    point = base.mark_point(color=INK, filled=True, size=80, opacity=1, shape="diamond").encode(alt.X("known:Q"))
    label = base.mark_text(align="left", dx=8, fontSize=11, color=FAINT).encode(
        alt.X("highest:Q"), alt.Text(f"{text}:N")
    )
    return alt.layer(bar, *ends, point, label)
