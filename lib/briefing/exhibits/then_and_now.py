"""The football field of the deal's day beside that of the briefing's: which method moved, and why.

Both are of the same parameter set, computed with the same random numbers; they differ by what has
become known between the two days, and by those days themselves.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import Chart
from briefing.exhibits.palette import BLUE, GREY, INK
from briefing.exhibits.ranges import LINE, PLOT, Range, range_of
from briefing.exhibits.words import money, money_span
from briefing.inputs.facts import DEAL_DAY

Array = np.ndarray

ROW = 3 * LINE + 8
"""Height of a row in pixels, three lines of words."""

THEN, NOW = "on the deal's day", "today"

FLOOR_USD = 1e10
"""Where a logarithmic axis begins at the latest; what lies below is cut at its edge."""


class Moved(NamedTuple):
    """One method on both days, and by how much its main input has moved."""

    then: Range
    now: Range
    driver: str
    driver_ratio: float

    @property
    def ratio(self) -> float:
        """Median today over that of the deal's day; not a number where that was nothing."""
        return self.now.point / self.then.point if self.then.point else np.nan


def field_then_and_now(
    equity_value_usd_draws: Array,
    equity_value_usd_draws_on_deal_day: Array,
    probability_weighted_value_usd_draws: Array,
    probability_weighted_value_usd_draws_on_deal_day: Array,
    venture_method_value_usd_draws: Array,
    venture_method_value_usd_draws_on_deal_day: Array,
    multiple_value_usd_draws: Array,
    multiple_value_usd_draws_on_deal_day: Array,
    fair_value_under_terms_usd_draws: Array,
    fair_value_under_terms_usd_draws_on_deal_day: Array,
    backsolved_value_usd_draws: Array,
    backsolved_value_usd_draws_on_deal_day: Array,
    run_rate_multiple_value_usd_draws: Array,
    run_rate_multiple_value_usd_draws_on_deal_day: Array,
    trailing_multiple_value_usd_draws: Array,
    trailing_multiple_value_usd_draws_on_deal_day: Array,
    forward_revenue_usd: Array,
    forward_revenue_usd_on_deal_day: Array,
    exit_revenue_usd: Array,
    exit_revenue_usd_on_deal_day: Array,
    last_round_value_usd: Array,
    last_round_value_usd_on_deal_day: Array,
    known_run_rate_usd_per_year: Array,
    known_run_rate_usd_per_year_on_deal_day: Array,
    trailing_revenue_usd: Array,
    trailing_revenue_usd_on_deal_day: Array,
    as_of: date,
) -> Exhibit:
    """E08e: each method's range as known on the deal's day beside that of the briefing's day."""
    if as_of <= DEAL_DAY:
        return Exhibit(
            title="The day of the deal",
            body="This briefing stands in the week of the announcement itself, so nothing has "
            "become known since.",
        )
    ahead = "sales ahead", forward_revenue_usd, forward_revenue_usd_on_deal_day
    at_exit = "sales at exit", exit_revenue_usd, exit_revenue_usd_on_deal_day
    price = "last price", last_round_value_usd, last_round_value_usd_on_deal_day
    pace = "run-rate", known_run_rate_usd_per_year, known_run_rate_usd_per_year_on_deal_day
    past = "past sales", trailing_revenue_usd, trailing_revenue_usd_on_deal_day
    methods = (
        ("Discounted cash flow", equity_value_usd_draws,
         equity_value_usd_draws_on_deal_day, ahead),
        ("Outcomes by probability", probability_weighted_value_usd_draws,
         probability_weighted_value_usd_draws_on_deal_day, at_exit),
        ("Venture-capital method", venture_method_value_usd_draws,
         venture_method_value_usd_draws_on_deal_day, at_exit),
        ("Forward revenue multiple", multiple_value_usd_draws,
         multiple_value_usd_draws_on_deal_day, ahead),
        ("Fair value, plain terms", fair_value_under_terms_usd_draws,
         fair_value_under_terms_usd_draws_on_deal_day, price),
        ("Option backsolve", backsolved_value_usd_draws,
         backsolved_value_usd_draws_on_deal_day, price),
        ("Run-rate, others' multiples", run_rate_multiple_value_usd_draws,
         run_rate_multiple_value_usd_draws_on_deal_day, pace),
        ("Past sales, others' multiples", trailing_multiple_value_usd_draws,
         trailing_multiple_value_usd_draws_on_deal_day, past),
    )  # fmt: skip
    rows = [
        Moved(
            range_of(name, then, THEN),
            range_of(name, now, NOW),
            driver,
            _ratio(after.item(), before.item()),
        )
        for name, now, then, (driver, after, before) in methods
    ]
    old, new = last_round_value_usd_on_deal_day.item(), last_round_value_usd.item()
    return Exhibit(
        id="E08e",
        title=_title(rows, old, new),
        body=_chart(rows, old, new),
        alt="; ".join(
            f"{row.now.name}: {money_span(row.then.low, row.then.high)} as known on the deal's "
            f"day, {money_span(row.now.low, row.now.high)} today, {_times(row)}"
            for row in rows
        ),
        data=pd.DataFrame(
            [(row.now.name, *row.then[1:4], *row.now[1:4], row.ratio, *row[2:]) for row in rows],
            columns=[
                "method",
                *(
                    f"{end}_usd_{day}"
                    for day in ("then", "now")
                    for end in ("low", "high", "point")
                ),
                "median_ratio",
                "main_input",
                "main_input_ratio",
            ],
        ),
        notes=(
            f"The same set as known on {_day(DEAL_DAY)} and on {_day(as_of)}, on a "
            "logarithmic scale: equal steps are equal ratios. Bars run from the tenth to the "
            "ninetieth percentile of draws, ticks mark the median, dashed lines the last priced "
            f"round of each day, {money(old)} and {money(new)}.",
            "Below each method stands its median then and now, and by how much the input has "
            "moved that carries it most. A method that rose less than its input has other "
            "assumptions that weigh against it, such as slower growth from a higher base or an "
            "exit that is near; one that rose more has some that help, such as money raised since "
            "and training that takes a smaller part of sales.",
            "Methods that lean on the last price can only follow it: that they rose says nothing "
            "about whether the new price is right.",
        ),
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _ratio(after: float, before: float) -> float:
    return after / before if before else np.nan


def _title(rows: Sequence[Moved], old: float, new: float) -> str:
    ratios = [row.ratio for row in rows if not np.isnan(row.ratio)]
    price = f"the price of a round went from {money(old)} to {money(new)}"
    if not ratios:
        return f"Since the deal's day {price}"
    return (
        f"Since the deal's day {price}, {_fold(_ratio(new, old))} as much; the methods' medians "
        f"stand at {_digits(min(ratios))} to {_fold(max(ratios))} what they were"
    )


def _digits(ratio: float) -> str:
    return f"{float(f'{ratio:.2g}'):,g}"


def _fold(ratio: float) -> str:
    return f"{_digits(ratio)} times"


def _times(row: Moved) -> str:
    if np.isnan(row.ratio):
        return f"{row.driver} {_fold(row.driver_ratio)}"
    return f"{_fold(row.ratio)}, {row.driver} {_fold(row.driver_ratio)}"


def _chart(rows: Sequence[Moved], old: float, new: float) -> alt.TopLevelMixin:
    names = [row.now.name for row in rows]
    ends = [end for row in rows for each in (row.then, row.now) for end in (each.low, each.high)]
    least = max(min(ends), FLOOR_USD) / 1e9 * 0.9
    most = max(*ends, new) / 1e9 * 1.05
    scale = alt.Scale(type="log", domain=[least, most], nice=False)
    words = {
        row.now.name: [f"{money(row.then.point)} → {money(row.now.point)}", _times(row)]
        for row in rows
    }
    frame = pd.DataFrame(
        [
            (each.name, each.basis, *(max(end / 1e9, least) for end in each[1:4]))
            for row in rows
            for each in (row.then, row.now)
        ],
        columns=["name", "day", "low", "high", "point"],
    )
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=alt.Axis(
            ticks=False,
            domain=False,
            labelLimit=220,
            labelLineHeight=LINE,
            labelOffset=-LINE,
            labelExpr=f"[datum.value, {json.dumps(words)}[datum.value][0], "
            f"{json.dumps(words)}[datum.value][1]]",
        ),
        scale=alt.Scale(paddingInner=0.3),
    )
    days = [THEN, NOW]
    offset = alt.YOffset("day:N", sort=days)
    axis = alt.Axis(title="$bn, logarithmic", values=_ticks(least, most), format=",d")
    base = Chart(frame).encode(y=y, yOffset=offset)
    spans = base.mark_bar(height=9).encode(
        x=alt.X("low:Q", scale=scale, axis=axis),
        x2=alt.X2("high:Q"),
        color=alt.Color("day:N", title=None, scale=alt.Scale(domain=days, range=[GREY, BLUE])),
        tooltip=[alt.Tooltip(each) for each in ("name", "day", "low", "point", "high")],
    )
    points = base.mark_tick(color=INK, thickness=2, height=14).encode(
        x=alt.X("point:Q", scale=scale)
    )
    rules = [
        Chart(pd.DataFrame({"usd": [usd / 1e9]}))
        .mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(x=alt.X("usd:Q", scale=scale))
        for usd, colour in ((old, GREY), (new, INK))
    ]
    return alt.layer(*rules, spans, points, width=PLOT, height=ROW * len(rows))


def _ticks(least: float, most: float) -> list[float]:
    steps = (digit * 10.0**power for power in range(5) for digit in (1, 3))
    return [step for step in steps if least <= step <= most]
