"""How charts look: one style, and one way to write their data."""

import math
from typing import Any

import altair as alt
import pandas as pd
from altair.utils.schemapi import disable_debug_mode

from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, RED, RULE

WIDTH = 560
"""Plot width in pixels; with axis labels a chart fills the text column of the PDF."""

FONT = "Inter, system-ui, sans-serif"

# Altair would check every part of a chart as it is made, which takes longer than to make it; whole
# charts are checked by the tests. For the same reason channels are objects: from strings Altair
# looks for each one's class among all 500.
disable_debug_mode()


class Chart(alt.Chart):
    """A chart of which Altair copies the outside alone when it becomes a part of another.

    It would copy each part whole, several times over, a tenth of a notebook's time, though nothing
    inside is ever changed.
    """

    def __deepcopy__(self, _: Any) -> "Chart":
        return self.copy(deep=False)


def records(data: Any) -> Any:
    """Rows of a frame as Altair writes them, for those of numbers and words in half the time."""
    if not isinstance(data, pd.DataFrame):
        return alt.default_data_transformer(data)
    columns = [_written(column) for _, column in data.items()]
    if any(column is None for column in columns):
        return alt.default_data_transformer(data)
    return {
        "values": [dict(zip(data.columns, row, strict=True)) for row in zip(*columns, strict=True)]
    }


def _written(column: pd.Series) -> list[Any] | None:
    """A column as JSON has it, with null for what is no number; None where Altair knows better."""
    values = column.tolist()
    if column.dtype.kind == "f":
        return [value if math.isfinite(value) else None for value in values]
    is_plain = column.dtype.kind == "i" or isinstance(column.dtype, pd.StringDtype)
    return values if is_plain and not column.hasnans else None


alt.data_transformers.register("briefing", records)
alt.data_transformers.enable("briefing")


@alt.theme.register("briefing", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    return {
        "config": {
            "background": "transparent",
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": MUTED,
                "titleColor": MUTED,
                "titleFontWeight": "normal",
                "labelFontSize": 11,
                "titleFontSize": 11,
                "domainColor": RULE,
                "tickColor": RULE,
                "gridColor": RULE,
            },
            "legend": {
                "labelColor": INK,
                "titleColor": MUTED,
                "labelFontSize": 11,
                "titleFontSize": 11,
                "titleFontWeight": "normal",
                "orient": "top",
                "symbolOpacity": 1,
            },
            "text": {"color": INK, "fontSize": 11},
            "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 11},
            "range": {"category": [BLUE, ORANGE, PURPLE, GREEN, GREY, RED]},
        }
    }
