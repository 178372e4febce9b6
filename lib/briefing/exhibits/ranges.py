"""Ranges side by side: a bar from low to high for each row, with its median and what it rests on.

No exhibit by itself; exhibits that compare ranges are drawn with it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.look import Chart
from briefing.exhibits.palette import INK

Array = np.ndarray

PLOT = 170
"""Width of the bars in pixels: with the names beside them a phone shows all without scrolling."""

LINE = 15
"""Height of a line of words."""

ROW = 38
"""Height of a row in pixels, two lines of words."""


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
    tick_format: str | None = None,
) -> alt.TopLevelMixin:
    """Bars of `rows` in the colours of what they rest on, each written out below its name.

    Words stand left of everything drawn, so that neither bar nor dashed line crosses them. Places
    on the axis are written with as many decimals as tell them apart, unless a format is given.
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
    room = 0.03 * (most - least)
    domain = [least - room * (least < 0), most + room]
    scale = alt.Scale(domain=domain, nice=False)
    ticks = _ticks(*domain)
    drawn = alt.Axis(title=axis, values=ticks, format=tick_format or _format(ticks))
    words = dict(zip(frame["name"], frame["label"], strict=True))
    rests = bool((frame["basis"] != "").all())
    heads = alt.Y(
        "name:N",
        sort=[each.name for each in rows],
        title=None,
        axis=alt.Axis(
            ticks=False,
            domain=False,
            labelLimit=220,
            labelLineHeight=LINE,
            # A label of two lines is placed by its first.
            labelOffset=-LINE / 2,
            labelExpr=f"[datum.value, {json.dumps(words)}[datum.value]]",
        ),
    )
    base = Chart(frame).encode(
        y=heads,
        tooltip=[alt.Tooltip(each) for each in ("name", "label", *(["basis"] * rests))],
    )
    shade = alt.Color(
        "basis:N",
        title=None,
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(columns=2) if len(colours) > 1 else None,
    )
    span = base.mark_bar(height=13, opacity=0.85).encode(
        x=alt.X("low:Q", scale=scale, axis=drawn), x2=alt.X2("high:Q"), color=shade
    )
    point = base.mark_tick(color=INK, thickness=2, height=20).encode(
        x=alt.X("point:Q", scale=scale)
    )
    # A single figure has no bar to show its colour.
    single = (
        Chart(frame[frame["low"] == frame["high"]])
        .mark_point(shape="diamond", filled=True, opacity=1, size=90)
        .encode(y=heads, x=alt.X("point:Q", scale=scale), color=shade)
    )
    layers: list[alt.Chart] = [span, point, single]
    if rule:
        value, colour = rule
        line = (
            Chart(pd.DataFrame({"value": [value / unit]}))
            .mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
            .encode(x=alt.X("value:Q", scale=scale))
        )
        layers.insert(0, line)
    return alt.layer(*layers, width=PLOT, height=ROW * len(rows))


def _format(ticks: Sequence[float]) -> str:
    """Decimals that tell round places apart.

    >>> _format([0.0, 0.5, 1.0]), _format([0.0, 2.0, 4.0])
    (',.1f', ',.0f')
    """
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    return f",.{max(0, -int(np.floor(np.log10(step))))}f"


def _ticks(least: float, most: float) -> list[float]:
    """Round places on an axis, about five of them."""
    if not most > least:
        return [least]
    rough = (most - least) / 5
    size = 10.0 ** np.floor(np.log10(rough))
    step = size * next(each for each in (1, 2, 5, 10) if each * size >= rough)
    return [round(each, 9) for each in np.arange(np.ceil(least / step) * step, most, step).tolist()]
