"""Heat maps: a grid of cells, each with its numbers in the ink that is read better."""

import altair as alt
import pandas as pd

from briefing.exhibits.look import INK, WIDTH

WHITE_BELOW = 0.22
"""Relative luminance of a ground below which white is read better than ink."""


def heat_map(
    cells: pd.DataFrame, x: str, y: str, shade: str, scale: alt.Scale, titles: tuple[str, str, str]
) -> alt.TopLevelMixin:
    """Cells of `cells` by the columns `x` and `y`, coloured by `shade`.

    Column `label` stands in each cell and `below`, smaller, under it where there is any. `titles`
    are those of both axes and of the colour; cells keep the order of the rows.
    """
    base = alt.Chart(cells).encode(
        x=alt.X(f"{x}:N", title=titles[0], sort=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y(f"{y}:N", title=titles[1], sort=None),
    )
    ground = base.mark_rect(stroke="white").encode(
        color=alt.Color(f"{shade}:Q", title=titles[2], scale=scale),
        tooltip=[alt.Tooltip(each) for each in (x, y, "label", "below")],
    )
    is_dark = f"luminance(scale('color', datum.{shade})) < {WHITE_BELOW}"
    ink = alt.condition(is_dark, alt.value("white"), alt.value(INK))
    two_lines = bool((cells["below"] != "").any())
    first = base.mark_text(fontSize=11, dy=-6 if two_lines else 0)
    second = base.mark_text(fontSize=9, dy=8).encode(text=alt.Text("below:N"), color=ink)
    layers = [ground, first.encode(text=alt.Text("label:N"), color=ink)]
    return alt.layer(*layers, *([second] if two_lines else [])).properties(
        width=WIDTH - 60, height=(34 if two_lines else 24) * len(set(cells[y]))
    )
