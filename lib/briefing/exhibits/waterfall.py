"""A waterfall: what comes in, what goes out and what is left, each bar from where one ended."""

from typing import NamedTuple

import altair as alt
import pandas as pd

from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, INK, ORANGE, RULE
from briefing.exhibits.words import stated_money

LABELS = 190
"""Pixels for the names of the steps, left of the plot."""

ROW = 30
"""Pixels for each step."""


class Step(NamedTuple):
    """One amount with its sign, under its own name; names differ within a waterfall."""

    label: str
    amount_usd: float


COLORS = {"Gain": GREEN, "Cost": ORANGE, "Net": BLUE}


def waterfall_frame(steps: list[Step], net: str) -> pd.DataFrame:
    """The steps with where their bars run, and the net of all as the last row.

    >>> waterfall_frame([Step("Paid", -2.0), Step("Earned", 3.0)], "Left")["end_usd"].tolist()
    [-2.0, 1.0, 1.0]
    """
    frame = pd.DataFrame(steps)
    frame["end_usd"] = frame["amount_usd"].cumsum()
    frame["start_usd"] = frame["end_usd"] - frame["amount_usd"]
    frame["is"] = ["Gain" if amount >= 0 else "Cost" for amount in frame["amount_usd"]]
    total = float(frame["end_usd"].iloc[-1])
    frame.loc[len(frame)] = [net, total, total, 0.0, "Net"]
    return frame


def waterfall(frame: pd.DataFrame) -> alt.TopLevelMixin:
    """Horizontal bars, so that no name is turned or cut; amounts stand beside their bars."""
    bars = pd.DataFrame(
        {
            "step": frame["label"],
            "is": frame["is"],
            "start": (frame["start_usd"] / 1e9).round(4),
            "end": (frame["end_usd"] / 1e9).round(4),
            "right": (frame[["start_usd", "end_usd"]].max(axis=1) / 1e9).round(4),
            "label": [stated_money(amount) for amount in frame["amount_usd"]],
        }
    )
    low = min(0.0, bars[["start", "end"]].min().min())
    high = max(0.0, bars[["start", "end"]].max().max())
    room = max(high - low, 0.1)
    scale = alt.Scale(domain=[low - 0.03 * room, high + 0.16 * room], nice=False)
    base = Chart(bars).encode(
        y=alt.Y(
            "step:N",
            sort=None,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS, labelPadding=8),
        ),
        tooltip=[alt.Tooltip("step"), alt.Tooltip("label")],
    )
    bar = base.mark_bar(height=16).encode(
        x=alt.X("start:Q", title="Present value, $bn", scale=scale),
        x2=alt.X2("end:Q"),
        color=alt.Color(
            "is:N",
            title=None,
            sort=list(COLORS),
            scale=alt.Scale(domain=list(COLORS), range=list(COLORS.values())),
        ),
    )
    text = base.mark_text(align="left", dx=6, color=INK).encode(
        x=alt.X("right:Q", scale=scale), text=alt.Text("label:N")
    )
    zero = (
        Chart(pd.DataFrame({"zero": [0.0]}))
        .mark_rule(color=RULE)
        .encode(x=alt.X("zero:Q", scale=scale))
    )
    return alt.layer(zero, bar, text, width=WIDTH - LABELS + 30, height=ROW * len(bars))


def told(frame: pd.DataFrame) -> str:
    """The waterfall in words."""
    pairs = zip(frame["label"], frame["amount_usd"], strict=True)
    return "; ".join(f"{label} {stated_money(amount)}" for label, amount in pairs)
