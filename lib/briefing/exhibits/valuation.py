"""Exhibits of valuation: what Anthropic may be worth, by methods that can disagree."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import BLUE, INK, ORANGE, WIDTH
from briefing.exhibits.words import money, money_span, percent, percent_of_draws
from briefing.inputs.assumptions import Assumption
from briefing.inputs.parameters import ParameterSet

Array = np.ndarray


def football_field(
    equity_value_usd_draws: Array,
    multiple_value_usd_draws: Array,
    last_round_value_usd: Array,
    press_value_usd: Array,
    parameters: ParameterSet,
) -> Exhibit:
    """E08: a range for each method, with the last priced round drawn through them all."""
    press = parameters.assumptions["press_value_usd"]
    last, said = last_round_value_usd.item(), press_value_usd.item()
    rows = [
        ("Discounted cash flow", *_range(equity_value_usd_draws)),
        ("Forward revenue multiple", *_range(multiple_value_usd_draws)),
        ("Last priced round", last, last, last),
        ("Press, unconfirmed", *_press_range(press, said)),
    ]
    labels = {method: money_span(low, high) for method, low, high, _ in rows}
    below = float(np.mean(equity_value_usd_draws < last))
    return Exhibit(
        id="E08",
        title=f"In {percent_of_draws(below)} the discounted cash flow stays below the last round's "
        f"{money(last)}",
        body=_field(rows, labels, last),
        alt="; ".join(f"{method}: {label}" for method, label in labels.items()),
        data=pd.DataFrame(rows, columns=["method", "low_usd", "high_usd", "point_usd"]),
        notes=(
            "Bars run from the tenth to the ninetieth percentile of draws, ticks mark the median, "
            "the dashed line the last priced round. "
            "The discounted cash flow includes the cash held, as post-money figures do.",
            "A priced round is post-money: the price of its newest shares times all shares, which "
            "is not a fair value of the company. The press figure is nobody's official statement.",
        ),
    )


def _range(draws: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9])
    return float(low), float(high), float(middle)


def _press_range(press: Assumption, said: float) -> tuple[float, float, float]:
    low, high = press.low or said, press.high or said
    return low, high, (low + high) / 2


def _field(
    methods: list[tuple[str, float, float, float]], labels: Mapping[str, str], last_usd: float
) -> alt.TopLevelMixin:
    frame = pd.DataFrame(
        [
            (method, low / 1e9, high / 1e9, point / 1e9, labels[method])
            for method, low, high, point in methods
        ],
        columns=["method", "low", "high", "point", "label"],
    )
    rows = alt.Y("method:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False))
    most = max(high for _, _, high, _ in methods) / 1e9
    scale = alt.Scale(domain=[0, most * 1.25], nice=False)
    base = alt.Chart(frame).encode(y=rows, tooltip=[alt.Tooltip("method"), alt.Tooltip("label")])
    span = base.mark_bar(height=14, color=BLUE, opacity=0.85).encode(
        x=alt.X("low:Q", title="$bn", scale=scale), x2=alt.X2("high:Q")
    )
    point = base.mark_tick(color=INK, thickness=2, height=22).encode(
        x=alt.X("point:Q", scale=scale)
    )
    text = base.mark_text(align="left", dx=8).encode(
        x=alt.X("high:Q", scale=scale), text=alt.Text("label:N")
    )
    rule = (
        alt.Chart(pd.DataFrame({"last": [last_usd / 1e9]}))
        .mark_rule(color=ORANGE, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(x=alt.X("last:Q", scale=scale))
    )
    return alt.layer(rule, span, point, text).properties(width=WIDTH - 100, height=150)


def valuation_answer(
    equity_value_usd_draws: Array,
    last_round_value_usd: Array,
    last_round_run_rate_multiple: Array,
) -> Exhibit:
    """The chapter's answer: what our method says beside what was paid."""
    low, middle, high = np.quantile(equity_value_usd_draws, [0.1, 0.5, 0.9])
    last = last_round_value_usd.item()
    side = "below" if middle < last else "above"
    return Exhibit(
        title="What it may be worth",
        body=(
            f"Our discounted cash flow, cash included, has a median of **{money(middle)}**, with "
            f"eight draws in ten between {money(low)} and {money(high)}. The median lies "
            f"**{percent(abs(middle / last - 1))} {side}** the last priced round of {money(last)}, "
            f"which is {last_round_run_rate_multiple.item():.0f} times the newest run-rate we "
            "know. "
            "The difference says what the buyers of that round must believe about growth and "
            "margins, not that they are wrong."
        ),
    )
