"""A heat map of one amount over two assumptions, with its numbers in its cells."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import altair as alt
import pandas as pd

from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, ORANGE, PALE, STILL_INK, STILL_WHITE, still

WHITE_BELOW = 0.22
"""Relative luminance of a ground below which white is read better than ink."""


class Cell(NamedTuple):
    """One cell: where it stands, in words, its value for the colour, and what is written in it."""

    x: str
    y: str
    value: float
    label: str
    below: str = ""


ROW_ROOM = 150
"""Pixels for the words of a row."""

TOLD = 7
"""Cells that words for those who cannot see the picture tell of."""


def told_cells(cells: Sequence[Cell]) -> Sequence[Cell]:
    """About as many of the cells as are read aloud, spread over all of them."""
    return cells[:: max(len(cells) // TOLD, 1)]


def common_unit(labels: Sequence[str]) -> str:
    """What every label says after its number, which an axis says once; nothing if they differ.

    >>> common_unit(["1 year", "2.5 years"]), common_unit(["$0 a tonne", "$20 a tonne"])
    ('years', 'a tonne')
    >>> common_unit(["10%", "20%"]), common_unit(["3 years", "none"])
    ('', '')
    >>> common_unit(["1 to 2 GW", "2 to 2 GW"]), common_unit([])
    ('', '')
    """
    told = [re.fullmatch(r"[^\w ]?[\d.,]+ ([^\d()]+)", label) for label in labels]
    units = [found[1] for found in told if found]
    plain = {unit.removesuffix("s") for unit in units}
    return max(units, key=len) if len(units) == len(labels) and len(plain) == 1 else ""


def heat_map(
    cells: Sequence[Cell],
    x_title: str,
    y_title: str,
    unit: str,
    most: str = BLUE,
    least: float = 0,
    label: str = "",
    below: str = "",
    row_room: int = ROW_ROOM,
) -> alt.TopLevelMixin:
    """Rows and columns stand in the order in which the cells name them first.

    `label` and `below` say what is written in a cell, the first where it is not the value in
    `unit`. Values run from pale at `least` to the colour `most`; where some are negative, from
    orange through pale to blue around zero. `row_room`: pixels for the words of a row.
    """
    # Where a set fixes an assumption a cell comes several times; over itself its text looks bold.
    cells = list({(cell.x, cell.y): cell for cell in cells}.values())
    largest = max(*(abs(cell.value) for cell in cells), least + 1e-6)
    shades, domain = [still(PALE), still(most)], [least, largest]
    if min(cell.value for cell in cells) < 0:
        shades, domain = [*map(still, (ORANGE, PALE, BLUE))], [-largest, 0, largest]
    columns = list(dict.fromkeys(cell.x for cell in cells))
    rows = list(dict.fromkeys(cell.y for cell in cells))
    frame = pd.DataFrame(cells).assign(value=[round(cell.value, 3) for cell in cells])
    shared = common_unit(columns)
    numbers = "split(datum.label, ' ')[0]" if shared else "datum.label"
    sentences = row_room > ROW_ROOM  # say what they are, and leave a title no room
    base = Chart().encode(
        x=alt.X(
            "x:O",
            title=f"{x_title}, {shared}" if shared else x_title,
            sort=columns,
            axis=alt.Axis(labelAngle=0, labelLimit=150, labelExpr=numbers),
        ),
        y=alt.Y(
            "y:O",
            title=None if sentences else y_title,
            sort=rows,
            axis=alt.Axis(labelLimit=row_room),
        ),
    )
    two_lines = any(cell.below for cell in cells)
    told = {"x": x_title, "y": y_title, "label": label or unit}
    told |= {"below": below} if two_lines else {}
    ground = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "value:Q",
            title=unit,
            scale=alt.Scale(range=shades, domain=domain, interpolate="rgb"),
        ),
        tooltip=[alt.Tooltip(field, title=title) for field, title in told.items()],
    )
    is_dark = f"luminance(scale('color', datum.value)) < {WHITE_BELOW}"
    ink = alt.ColorValue(STILL_INK, condition={"test": is_dark, "value": STILL_WHITE})
    texts = [
        base.mark_text(fontSize=11, dy=-6 if two_lines else 0).encode(text=alt.Text("label:N"))
    ]
    if two_lines:
        texts.append(base.mark_text(fontSize=9, dy=8).encode(text=alt.Text("below:N")))
    return alt.layer(
        ground,
        *(text.encode(color=ink) for text in texts),
        data=frame,
        width=WIDTH + 20 - row_room,
        height=(36 if two_lines else 32) * len(rows),
    )
