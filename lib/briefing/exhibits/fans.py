"""Fans: bands of a path over all draws, with the middle draw and the central case.

No exhibit by itself; exhibits of paths are drawn with it.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK
from briefing.exhibits.words import first_day

Array = np.ndarray

LEVELS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}

TOLD = {
    "point": "Central case", "p50": "Middle draw", "p25": "One draw of four lies below",
    "p75": "One of four above", "p05": "One of twenty below", "p95": "One of twenty above",
}  # fmt: skip
"""What the pointer is told, in any part of a fan."""

BANDS = (
    "Dark band: half of all draws; light band: nine in ten; line: the middle of the draws in each "
    "quarter, which need not be one path; dashed: the central case."
)


def fan_frame(draws: Array, point: Array, quarters: Sequence[str], unit: float) -> pd.DataFrame:
    """Levels of a path, (draws, quarters), by quarter and in `unit`."""
    levels = np.quantile(draws, list(LEVELS.values()), axis=0) / unit
    frame = pd.DataFrame(
        {"quarter": quarters, "start": [first_day(quarter) for quarter in quarters]}
        | dict(zip(LEVELS, levels, strict=True))
        | {"point": point[0] / unit}
    )
    return frame.round(3)


def fan(
    frame: pd.DataFrame, title: str, *behind: alt.Chart, height: int = 240
) -> alt.TopLevelMixin:
    """A fan: outer and inner band, what lies `behind` the lines, the middle, the central case."""
    x = alt.X(
        "start:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(format="%Y", tickCount="year"),
    )
    # One set of data for all layers: altair would compare each layer's with the others'.
    levels = [alt.Tooltip(f"{level}:Q", title=told) for level, told in TOLD.items()]
    base = Chart().encode(x=x, tooltip=[alt.Tooltip("quarter:N"), *levels])
    outer, inner, middle, central = (
        base.mark_area(color=BLUE, opacity=0.18).encode(
            y=alt.Y("p05:Q", title=title), y2=alt.Y2("p95:Q")
        ),
        base.mark_area(color=BLUE, opacity=0.3).encode(y=alt.Y("p25:Q"), y2=alt.Y2("p75:Q")),
        base.mark_line(color=BLUE, strokeWidth=2).encode(y=alt.Y("p50:Q")),
        base.mark_line(color=INK, strokeDash=[4, 3]).encode(y=alt.Y("point:Q")),
    )
    layers = alt.layer(outer, inner, *behind, middle, central, data=frame)
    return layers.properties(width=WIDTH, height=height)
