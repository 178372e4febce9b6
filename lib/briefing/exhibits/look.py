"""How exhibits look: one palette, one chart style and one way to write numbers."""

import altair as alt
from altair.utils.schemapi import disable_debug_mode

INK = "#1b2733"
MUTED = "#5b6875"
RULE = "#d5dbe1"
PALE = "#f2f5f9"

BLUE = "#2e57a4"
ORANGE = "#b94e1a"
PURPLE = "#7c5898"
GREEN = "#1f7a63"
GREY = "#7d8894"
RED = "#a8322a"

WIDTH = 560
"""Plot width in pixels; with axis labels a chart fills the text column of the PDF."""

FONT = "Inter, system-ui, sans-serif"

# Altair would check every part of a chart as it is made, which takes longer than to make it; whole
# charts are checked by the tests. For the same reason channels are objects: from strings Altair
# looks for each one's class among all 500.
disable_debug_mode()


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
            },
            "text": {"color": INK, "fontSize": 11},
            "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 11},
            "range": {"category": [BLUE, ORANGE, PURPLE, GREEN, GREY, RED]},
        }
    }
