"""Ranges side by side: a bar from low to high for each row, with its median and what it rests on.

No exhibit by itself; exhibits that compare ranges are drawn with it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.look import INK, WIDTH

Array = np.ndarray

PLOT_MARGIN = 245
"""Pixels left to names, so that a mail shows the picture at its own size."""

ROW = 26
"""Height of a row in pixels."""


class Range(NamedTuple):
    """One row; a single figure has no width."""

    name: str
    low: float
    high: float
    point: float
    basis: str
    """What it rests on, which gives its colour."""


def range_of(name: str, draws: Array, basis: str) -> Range:
    """Tenth to ninetieth percentile of draws, with the median."""
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9])
    return Range(name, float(low), float(high), float(middle), basis)


def range_chart(
    rows: Sequence[Range],
    colours: Mapping[str, str],
    written: Callable[[Range], str],
    axis: str,
    unit: float,
    rule: tuple[float, str] | None = None,
    tick_format: str = ",d",
) -> alt.TopLevelMixin:
    """Bars of `rows` in the colours of what they rest on, each written out in a column of its own.

    The column stands right of everything drawn, so that neither bar nor dashed line crosses it.
    """
    frame = pd.DataFrame(
        [
            (each.name, each.low / unit, each.high / unit, each.point / unit, each.basis)
            for each in rows
        ],
        columns=["name", "low", "high", "point", "basis"],
    ).assign(label=[written(each) for each in rows])
    ends = [*frame["low"], *frame["high"], *([rule[0] / unit] if rule else [])]
    least, most = min(0.0, *ends), max(ends)
    column = most + 0.05 * (most - least)
    scale = alt.Scale(domain=[least, most + 0.57 * (most - least)], nice=False)
    # Grid lines stop where the column of words begins.
    drawn = alt.Axis(title=axis, values=_ticks(least, most), format=tick_format)
    heads = alt.Y(
        "name:N",
        sort=[each.name for each in rows],
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=220),
    )
    base = alt.Chart(frame).encode(
        y=heads,
        tooltip=[alt.Tooltip("name"), alt.Tooltip("label"), alt.Tooltip("basis")],
    )
    shade = alt.Color(
        "basis:N",
        title="Rests on",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend() if len(colours) > 1 else None,
    )
    span = base.mark_bar(height=13, opacity=0.85).encode(
        x=alt.X("low:Q", scale=scale, axis=drawn), x2=alt.X2("high:Q"), color=shade
    )
    point = base.mark_tick(color=INK, thickness=2, height=20).encode(
        x=alt.X("point:Q", scale=scale)
    )
    text = base.mark_text(align="left").encode(
        x=alt.datum(column, scale=scale), text=alt.Text("label:N")
    )
    # A single figure has no bar to show its colour.
    single = (
        alt.Chart(frame[frame["low"] == frame["high"]])
        .mark_point(shape="diamond", filled=True, opacity=1, size=90)
        .encode(y=heads, x=alt.X("point:Q", scale=scale), color=shade)
    )
    layers: list[alt.Chart] = [span, point, single, text]
    if rule:
        value, colour = rule
        line = (
            alt.Chart(pd.DataFrame({"value": [value / unit]}))
            .mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
            .encode(x=alt.X("value:Q", scale=scale))
        )
        layers.insert(0, line)
    return alt.layer(*layers).properties(width=WIDTH - PLOT_MARGIN, height=ROW * len(rows))


def _ticks(least: float, most: float) -> list[float]:
    """Round places on an axis, about five of them."""
    rough = (most - least) / 5
    size = 10.0 ** np.floor(np.log10(rough))
    step = size * next(each for each in (1, 2, 5, 10) if each * size >= rough)
    return [round(each, 9) for each in np.arange(np.ceil(least / step) * step, most, step).tolist()]
