"""Exhibits of the rounds: what was paid over time, and what one price is as a multiple."""

import math
from datetime import date, timedelta

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, ORANGE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span
from briefing.inputs.facts import MODEL_START, Fact, Ledger, day_of
from briefing.model.multiples import PricedRound

Array = np.ndarray

YEAR_2025 = ("anthropic-revenue-2025", "anthropic-revenue-2025-alt")
"""What was said of the year's revenue, the later word first."""

MARKS = ["priced round", "press or talk, unconfirmed"]


def rounds_over_time(priced_rounds: tuple[PricedRound, ...], facts: Ledger, as_of: date) -> Exhibit:
    """E08c: post-money prices as steps, press figures as hollow marks, multiples of run-rate."""
    talk = _talk(priced_rounds, facts)
    rows = [
        (each.name, str(day_of(each.years)), each.post_money_usd / 1e9, MARKS[0], _label(each))
        for each in priced_rounds
    ] + [
        (fact.source.publisher, str(day_of(fact.as_of_years)), end / 1e9, MARKS[1], money(end))
        for fact in talk
        for end in _ends(fact)
    ]
    frame = pd.DataFrame(rows, columns=["what", "day", "usd_bn", "kind", "label"])
    first, last = priced_rounds[0], priced_rounds[-1]
    known = {name: facts[name] for each in priced_rounds for name in each.facts}
    guessed = [each.name for each in priced_rounds if not each.is_run_rate_stated]
    between = (
        f" For {' and '.join(guessed)} it lies on the way between two known run-rates."
        if guessed
        else ""
    )
    return Exhibit(
        id="E08c",
        title=f"From {first.name} to {last.name} the price went from {money(first.post_money_usd)} "
        f"to {money(last.post_money_usd)}, its multiple of the run-rate from "
        f"{first.run_rate_multiple:.0f} to {last.run_rate_multiple:.0f}",
        stands_as="Estimate" if guessed else "Facts",
        body=_steps(frame, as_of),
        alt="; ".join(f"{what} {day[:7]} {label} ({kind})" for what, day, _, kind, label in rows),
        data=frame,
        notes=(
            "Post-money prices: the newest shares' price times all shares. The scale is "
            "logarithmic: equal steps are equal ratios. A month counts as its middle.",
            f"Multiples are of the run-rate of the round's own month, a pace and not revenue."
            f"{between}",
        ),
        facts=tuple((known | {fact.id: fact for fact in talk}).values()),
    )


def _talk(rounds: tuple[PricedRound, ...], facts: Ledger) -> list[Fact]:
    """Values of the company that nobody confirmed, but for those that repeat a priced round."""
    prices = {each.post_money_usd for each in rounds}
    found = facts.matching(subject="anthropic", kind="valuation").values()
    return [
        fact
        for fact in found
        if fact.status != "confirmed" and _ends(fact) and not prices & set(_ends(fact))
    ]


def _ends(fact: Fact) -> list[float]:
    return [end for end in (fact.low, fact.value, fact.high) if end is not None]


def _label(each: PricedRound) -> str:
    return (
        f"{each.name}: {money(each.post_money_usd)}, {money(each.raised_usd)} raised, "
        f"{each.run_rate_multiple:.0f}× run-rate"
    )


def _steps(frame: pd.DataFrame, as_of: date) -> alt.TopLevelMixin:
    priced = frame.query("kind == @MARKS[0]")
    today = priced.tail(1).assign(day=str(as_of))
    days = alt.Scale(type="utc", domain=_days(str(np.min(frame["day"].to_numpy())), as_of))
    ends = (30, float(np.max(frame["usd_bn"].to_numpy())) * 1.6)
    x = alt.X("day:T", title=None, scale=days, axis=alt.Axis(format="%b %Y", tickCount=6))
    y = alt.Y(
        "usd_bn:Q",
        title="$bn, logarithmic",
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=[50, 100, 200, 500, 1000], format=","),
    )
    kinds = alt.Scale(domain=MARKS, range=[BLUE, ORANGE])
    line = (
        Chart(pd.concat([priced, today]))
        .mark_line(interpolate="step-after", strokeWidth=2, color=BLUE)
        .encode(x=x, y=y)
    )
    points = (
        Chart(frame)
        .mark_point(size=70, strokeWidth=2, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("kind:N", title=None, scale=kinds),
            shape=alt.Shape(
                "kind:N", title=None, scale=alt.Scale(domain=MARKS, range=["circle", "diamond"])
            ),
            fill=alt.FillValue(
                "transparent", condition={"test": f"datum.kind === '{MARKS[0]}'", "value": BLUE}
            ),
            tooltip=[alt.Tooltip("what"), alt.Tooltip("day"), alt.Tooltip("label")],
        )
    )
    # The first label would leave the chart to the left, and above it cross the next step.
    first, later = priced.head(1), priced.tail(len(priced) - 1)
    texts = [
        Chart(first).mark_text(align="left", dy=16, color=INK),
        Chart(later).mark_text(align="right", dx=-4, dy=-10, color=INK),
    ]
    texts = [each.encode(x=x, y=y, text=alt.Text("label:N")) for each in texts]
    return alt.layer(line, points, *texts, width=WIDTH, height=260)


def _days(first_mark: str, as_of: date) -> tuple[str, str]:
    """First and last day of the axis, with room for labels before the second round."""
    first = date.fromisoformat(first_mark)
    return str(first - 0.3 * (as_of - first)), str(as_of + timedelta(days=30))


def price_as_multiple(
    last_round_value_usd: Array,
    priced_rounds: tuple[PricedRound, ...],
    last_round_years: Array,
    last_round_day_run_rate_usd_per_year: Array,
    last_round_day_trailing_revenue_usd_draws: Array,
    last_round_day_forward_revenue_usd_draws: Array,
    last_round_day_run_rate_multiple: Array,
    last_round_day_trailing_multiple: Array,
    last_round_day_forward_multiple: Array,
    known_run_rate_usd_per_year: Array,
    known_run_rate_years: Array,
    trailing_revenue_usd_draws: Array,
    forward_revenue_usd_draws: Array,
    last_round_run_rate_multiple: Array,
    trailing_revenue_multiple: Array,
    implied_forward_revenue_multiple: Array,
    nvidia_annualised_multiple: Array,
    microsoft_annualised_multiple: Array,
    openai_annualised_multiple: Array,
    run_rate_multiple_value_usd_draws: Array,
    trailing_multiple_value_usd_draws: Array,
    revenue_of_2025_usd: Array,
    years_to_as_of: Array,
    facts: Ledger,
) -> Exhibit:
    """E08d: the last price over revenue of every basis, on its own day and on the briefing's."""
    last = last_round_value_usd.item()
    then = f"On the day of {priced_rounds[-1].name}"
    now, scale = "On the briefing's date", "For scale, others at a year of the newest pace"
    behind, ahead = last_round_years.item(), years_to_as_of.item()
    pace, trailing, forward = "Run-rate", "Four quarters before", "Four quarters after"
    month = f"{day_of(known_run_rate_years.item()):%Y-%m}"
    newest = f"Run-rate, newest known, of {month}"
    rows = [
        (then, pace, "", last_round_day_run_rate_usd_per_year, last_round_day_run_rate_multiple),
        (then, trailing, _window(behind, -4), last_round_day_trailing_revenue_usd_draws, last_round_day_trailing_multiple),
        (then, forward, _window(behind, 0), last_round_day_forward_revenue_usd_draws, last_round_day_forward_multiple),
        (now, newest, "", known_run_rate_usd_per_year, last_round_run_rate_multiple),
        (now, trailing, _window(ahead, -4), trailing_revenue_usd_draws, trailing_revenue_multiple),
        (now, forward, _window(ahead, 0), forward_revenue_usd_draws, implied_forward_revenue_multiple),
    ]  # fmt: skip
    others = {
        "Microsoft, listed": microsoft_annualised_multiple,
        "Nvidia, listed": nvidia_annualised_multiple,
        "OpenAI, newest price": openai_annualised_multiple,
    }
    frame = pd.DataFrame(
        [
            (when, basis, span, _revenue(revenue), _times(multiple.item()), _range(last, revenue))
            for when, basis, span, revenue, multiple in rows
        ]
        + [(scale, name, "", "", _times(each.item()), "") for name, each in others.items()],
        columns=["When", "Basis", "Quarters", "Revenue", "Price is", "Range"],
    )
    multiples = [each.item() for *_, each in rows]
    said = next(facts[name] for name in YEAR_2025 if name in facts)
    known = [*(facts[name] for name in priced_rounds[-1].facts), said]
    return Exhibit(
        id="E08d",
        title=f"The last price of {money(last)} is {min(multiples):.0f} to {max(multiples):.0f} times "
        "revenue, depending on which quarters or weeks one counts",
        body=table(
            frame,
            groups="When",
            numbers=["Revenue", "Price is", "Range"],
        ),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            f"Past quarters are the model's path through the known run-rates, after that of {month} "
            "its forecast, as all coming ones are. A quarter whose middle is past counts as past. Ranges hold eight draws in "
            f"ten. For all of 2025 the path has {money(revenue_of_2025_usd.item())}, the papers "
            f"seen by the press {money(said.value or 0)}.",
            "Prices and sales of others are the newest in the ledger and need not be of one day. "
            "They grow far slower, or are no better known, so they are a scale and no peers. At "
            "such multiples (an assumption) the newest run-rate would be worth "
            f"{_revenue(run_rate_multiple_value_usd_draws)}, the four quarters before the "
            f"briefing's date to {_revenue(trailing_multiple_value_usd_draws)}.",
        ),
        facts=tuple(known),
    )


def _revenue(amounts: Array) -> str:
    low, high = np.quantile(amounts, [0.1, 0.9])
    return money_span(float(low), float(high))


def _times(multiple: float) -> str:
    return f"{multiple:.1f}×"


def _range(price_usd: float, revenue: Array) -> str:
    low, high = np.quantile(price_usd / revenue, [0.1, 0.9])
    return f"{low:.1f} to {high:.1f}×" if high > low else ""


def _window(years: float, first: int) -> str:
    """The four quarters from the `first` of those whose middle follows the day.

    >>> _window(0.14, -4), _window(0.14, 0)
    ('2025Q1 to 2025Q4', '2026Q1 to 2026Q4')
    """
    start = math.floor(years * 4 - 0.5) + 1 + first
    ends = [MODEL_START.year * 4 + MODEL_START.month // 3 + start + each for each in (0, 3)]
    return " to ".join(f"{end // 4}Q{end % 4 + 1}" for end in ends)
