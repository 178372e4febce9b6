"""A heat map of one amount over two assumptions, with its numbers in its cells."""

from collections.abc import Sequence
from typing import NamedTuple

import altair as alt
import pandas as pd

from briefing.exhibits.look import BLUE, INK, ORANGE, PALE, WIDTH

WHITE_BELOW = 0.22
"""Relative luminance of a ground below which white is read better than ink."""

ROW = 32
"""Pixels for each row of cells."""


class Cell(NamedTuple):
    """One cell: where it stands, in words, its value for the colour, and what is written in it."""

    x: str
    y: str
    value: float
    label: str


def heat_map(
    cells: Sequence[Cell], x_title: str, y_title: str, unit: str, signed: bool = True
) -> alt.TopLevelMixin:
    """Rows and columns stand in the order in which the cells name them first.

    `signed` values run from orange through pale to blue around zero, others from pale to blue.
    """
    most = max(*(abs(cell.value) for cell in cells), 1e-6)
    shades, domain = [ORANGE, PALE, BLUE], [-most, 0, most]
    if not signed or min(cell.value for cell in cells) >= 0:
        shades, domain = shades[1:], [0, most]
    columns, rows = (list(dict.fromkeys(cell[axis] for cell in cells)) for axis in (0, 1))
    base = alt.Chart(pd.DataFrame(cells)).encode(
        x=alt.X("x:O", title=x_title, sort=columns, axis=alt.Axis(labelAngle=0, labelLimit=150)),
        y=alt.Y("y:O", title=y_title, sort=rows, axis=alt.Axis(labelLimit=150)),
    )
    rectangles = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "value:Q",
            title=unit,
            scale=alt.Scale(range=shades, domain=domain, interpolate="rgb"),
        ),
        tooltip=[alt.Tooltip("x"), alt.Tooltip("y"), alt.Tooltip("label")],
    )
    is_dark = f"luminance(scale('color', datum.value)) < {WHITE_BELOW}"
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text("label:N"),
        color=alt.condition(is_dark, alt.value("white"), alt.value(INK)),
    )
    return alt.layer(rectangles, text).properties(width=WIDTH - 130, height=ROW * len(rows))
