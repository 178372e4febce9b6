"""Tornado: bars of how far a figure swings with each assumption alone over its own range.

No exhibit by itself; exhibits of sensitivity are drawn with it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import altair as alt
import pandas as pd

from briefing.exhibits.choices import Moved
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, ORANGE
from briefing.exhibits.words import opening, quantity_span, spoken

LABELS = 225
"""Pixels left to names and ranges, so that a mail shows the picture at its own size."""

BAR = 27
"""Height of a bar with its two lines of words, in pixels."""

ROOM = 55
"""Pixels kept free at either side for the figures at the ends, however narrow the plot."""


class Swing(NamedTuple):
    """What a figure is with one assumption at either end of its range, and all others left."""

    assumption: str
    low: float
    high: float
    at_low: float
    at_high: float
    own: float
    """The figure with nothing moved."""

    @property
    def name(self) -> str:
        """The assumption's name as a label."""
        return opening(spoken(self.assumption))

    @property
    def least(self) -> float:
        """Smallest figure of the three."""
        return min(self.at_low, self.at_high, self.own)

    @property
    def most(self) -> float:
        """Largest figure of the three."""
        return max(self.at_low, self.at_high, self.own)

    @property
    def width(self) -> float:
        """From the smallest figure to the largest."""
        return self.most - self.least


def swings(figure: Moved) -> list[Swing]:
    """Every assumption that was moved alone to both ends, the farthest swing first."""
    reached: dict[str, dict[float, float]] = {}
    for move, value in figure.items():
        if len(move) == 1:
            ((name, end),) = move
            reached.setdefault(name, {})[end] = value
    found = (
        Swing(name, min(ends), max(ends), ends[min(ends)], ends[max(ends)], figure[()])
        for name, ends in reached.items()
    )
    return sorted(found, key=lambda swing: -swing.width)


def range_text(name: str, low: float, high: float) -> str:
    """Both ends of an assumption's range, their common unit said once.

    >>> range_text("azure_term_years", 3, 8), range_text("tax_rate", 0.1, 0.2)
    ('3 to 8 years', '10% to 20%')
    """
    return quantity_span(name, low, high)


def tornado_chart(
    bars: Sequence[Swing], written: Callable[[float], str], axis: str, unit: float
) -> alt.TopLevelMixin:
    """Bars from the figure with nothing moved to what it is at either end, coloured by end.

    Below each name stands the range; the figures at the ends stand beside the bar.
    """
    colours = {"At the low end of the range": BLUE, "At the high end": ORANGE}
    heads = {
        each.assumption: f"{each.name}|{range_text(each.assumption, each.low, each.high)}"
        for each in bars
    }
    frame = pd.DataFrame(
        [
            (heads[each.assumption], each.own / unit, at / unit, written(at), end)
            for each in bars
            for at, end in zip((each.at_low, each.at_high), colours, strict=True)
        ],
        columns=["name", "own", "figure", "text", "end"],
    )
    outer = pd.DataFrame(
        [
            (heads[each.assumption], each.least / unit, each.most / unit, written(each.least),
             written(each.most))
            for each in bars
        ],
        columns=["name", "least", "most", "least_text", "most_text"],
    )  # fmt: skip
    low = min((each.least / unit for each in bars), default=0.0)
    high = max((each.most / unit for each in bars), default=1.0)
    scale = alt.Scale(domain=[low, high], padding=ROOM, nice=False, zero=False)
    rows = alt.Y(
        "name:N",
        sort=list(heads.values()),
        title=None,
        axis=alt.Axis(
            labelExpr="split(datum.label, '|')",
            labelOffset=-6,
            ticks=False,
            domain=False,
            labelLimit=LABELS,
        ),
    )
    bar = (
        Chart(frame)
        .mark_bar(height=13, opacity=0.85)
        .encode(
            y=rows,
            x=alt.X("own:Q", scale=scale, axis=alt.Axis(title=axis, tickCount=5, grid=False)),
            x2=alt.X2("figure:Q"),
            color=alt.Color(
                "end:N",
                title=None,
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            ),
            tooltip=[alt.Tooltip("name"), alt.Tooltip("end"), alt.Tooltip("text")],
        )
    )
    words = Chart(outer).encode(y=rows)
    left = words.mark_text(align="right", dx=-5).encode(
        x=alt.X("least:Q", scale=scale), text=alt.Text("least_text:N")
    )
    right = words.mark_text(align="left", dx=5).encode(
        x=alt.X("most:Q", scale=scale), text=alt.Text("most_text:N")
    )
    own = (
        Chart(pd.DataFrame({"own": [bars[0].own / unit] if bars else []}))
        .mark_rule(color=INK)
        .encode(x=alt.X("own:Q", scale=scale))
    )
    size = {"width": WIDTH - LABELS, "height": BAR * max(len(bars), 1)}
    return alt.layer(bar, left, right, own, **size)
