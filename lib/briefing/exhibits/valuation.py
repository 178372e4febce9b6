"""Exhibits of valuation: what Anthropic may be worth, by methods that can disagree."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.frontier import ROUND
from briefing.exhibits.palette import BLUE, GREY, INK, ORANGE
from briefing.exhibits.ranges import Range, range_chart, range_of
from briefing.exhibits.required import Required
from briefing.exhibits.words import (
    money,
    money_span,
    opening,
    percent,
    percent_of_draws,
    percent_span,
)
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import day_of
from briefing.inputs.parameters import ParameterSet
from briefing.model.preferred import PROTECTIONS

Array = np.ndarray

FORECAST, LAST, STATED = "our forecast", "the last round", "others"
"""What a method rests on: only the first is evidence that does not start from a price paid."""

PRESS = "Press, unconfirmed"

BASES = {FORECAST: BLUE, LAST: ORANGE, STATED: GREY}


def football_field(
    equity_value_usd_draws: Array,
    probability_weighted_value_usd_draws: Array,
    venture_method_value_usd_draws: Array,
    multiple_value_usd_draws: Array,
    fair_value_under_terms_usd_draws: Array,
    backsolved_value_usd_draws: Array,
    run_rate_multiple_value_usd_draws: Array,
    trailing_multiple_value_usd_draws: Array,
    last_round_value_usd: Array,
    press_value_usd: Array,
    parameters: ParameterSet,
) -> Exhibit:
    """E08: a range for each method, with the last priced round drawn through them all."""
    press = parameters.assumptions["press_value_usd"]
    last, said = last_round_value_usd.item(), press_value_usd.item()
    rows = [
        range_of("Discounted cash flow", equity_value_usd_draws, FORECAST),
        range_of("Outcomes by probability", probability_weighted_value_usd_draws, FORECAST),
        range_of("Venture-capital method", venture_method_value_usd_draws, FORECAST),
        range_of("Forward revenue multiple", multiple_value_usd_draws, LAST),
        range_of("Fair value, plain terms", fair_value_under_terms_usd_draws, LAST),
        range_of("Option backsolve", backsolved_value_usd_draws, LAST),
        range_of("Run-rate, others' multiples", run_rate_multiple_value_usd_draws, STATED),
        range_of("Past sales, others' multiples", trailing_multiple_value_usd_draws, STATED),
        Range("Last priced round", last, last, last, LAST),
        Range(PRESS, *_press_range(press, said), STATED),
    ]
    return Exhibit(
        id="E08",
        title=_field_title(rows, last),
        body=range_chart(
            rows,
            BASES,
            lambda row: money_span(row.low, row.high),
            "$bn",
            unit=1e9,
            rule=(last, INK),
        ),
        alt="; ".join(map(_told, rows)),
        data=pd.DataFrame(rows).set_axis(
            ["method", "low_usd", "high_usd", "point_usd", "rests_on"], axis=1
        ),
        notes=(
            _evidence(rows),
            "Ranges run from the tenth to the ninetieth percentile of draws: bars, in which ticks "
            "mark the median; the dashed line is the last priced round. "
            "The discounted cash flow includes the cash held, as post-money figures do. Pay in "
            "shares is not taken off: the profit that costs are set by is stated without it.",
            "A priced round is post-money: the price of its newest shares times all shares, which "
            "is not a fair value of the company. What fair value and backsolve take off it are "
            "scenarios, because the terms of the shares are not public. The press figure is "
            "nobody's official statement.",
        ),
    )


def _told(row: Range) -> str:
    told = f"{row.name}: {money_span(row.low, row.high)}"
    if row.name == PRESS:
        return f"{told}, a report and no method"
    if row.low == row.high:
        return told
    return f"{told}, median {money(row.point)}, resting on {row.basis}"


def _field_title(rows: Sequence[Range], last: float) -> str:
    own = [row.point for row in rows if row.basis == FORECAST]
    below = sum(point < last for point in own)
    how_many = {0: "none of the", len(own): "all"}.get(below, f"{below} of the")
    verb = "lies" if below < 2 else "lie"
    return (
        f"By their medians, {how_many} {len(own)} methods that rest mainly on our forecast {verb} "
        f"below the last round's {money(last)}; the medians run from {money(min(own))} to "
        f"{money(max(own))}"
    )


def _evidence(rows: Sequence[Range]) -> str:
    def named(basis: str) -> str:
        drawn = (row.name for row in rows if row.basis == basis and row.low < row.high)
        return "; ".join(map(_inner, drawn))

    return (
        f"Evidence largely apart from the last round: {named(FORECAST)}. They share one "
        "forecast of sales, so they are one witness heard more than once; one of the four "
        f"outcomes is a cut of the last price. Leaning on the last round: {named(LAST)}. They "
        "cannot say whether that price was right; the size of the multiple is our judgement, made "
        "in sight of it."
    )


def _inner(name: str) -> str:
    return name[:1].lower() + name[1:]


def _press_range(press: Assumption, said: float) -> tuple[float, float, float]:
    low, high = press.low or said, press.high or said
    return low, high, (low + high) / 2


def price_under_terms(
    price_discount_share: Array,
    price_discount_share_draws: Array,
    fair_value_by_terms_usd: Array,
    last_round_value_usd: Array,
    strong_preference_multiple: Array,
    strong_participation_cap_multiple: Array,
    strong_ratchet_multiple: Array,
    strong_veto_share: Array,
) -> Exhibit:
    """E08b: what terms of the last round would take off its post-money figure, if it had them."""
    last = last_round_value_usd.item()
    sizes = (
        "", "", "", "",
        f", {strong_preference_multiple.item():.3g}×",
        f", {strong_participation_cap_multiple.item():.3g}×",
        f", {strong_ratchet_multiple.item():.3g}×",
        f", below {percent(strong_veto_share.item())}",
    )  # fmt: skip
    names = [name + size for name, size in zip(PROTECTIONS, sizes, strict=True)]
    rows = [
        range_of(name, draws, "")._replace(point=point)
        for name, draws, point in zip(
            names, price_discount_share_draws.T, price_discount_share[0].tolist(), strict=True
        )
    ]
    values = dict(zip(names, fair_value_by_terms_usd[0].tolist(), strict=True))
    plain, most = rows[0], max(rows, key=lambda row: row.point)

    def written(row: Range) -> str:
        return f"{percent_span(row.low, row.high)}, leaving {money(values[row.name])}"

    return Exhibit(
        id="E08b",
        title=f"Plain preferred terms would take {percent(plain.point)} off the last round's "
        f"{money(last)}; of the terms compared, {_inner(most.name)}, would take the most, "
        f"{percent(most.point)}",
        body=range_chart(
            rows,
            {"": ORANGE},
            written,
            "taken off the post-money figure",
            unit=1.0,
            tick_format="%",
        ),
        alt="; ".join(f"{row.name}: {written(row)}" for row in rows),
        data=pd.DataFrame(
            {
                "terms": names,
                "discount_low": [row.low for row in rows],
                "discount_high": [row.high for row in rows],
                "discount": [row.point for row in rows],
                "fair_value_usd": list(values.values()),
            }
        ),
        notes=(
            "Scenarios, no findings: the terms of Anthropic's rounds are not public, and neither "
            "are its pool and its earlier preferences. Each row changes one term of the plain "
            "ones, which give the money back once or convert.",
            "Method of Gornall and Strebulaev (2020), made for companies of about a billion "
            "dollars; what it found for those on average says nothing about one of this size, "
            "where preferences are small beside the value. Without an unissued pool plain terms "
            f"would take off {percent(rows[1].point)} and not {percent(plain.point)}. Ratchet and "
            "veto weigh so much because the study takes nearly every exit of this size to be a "
            "listing, the one case in which preferences otherwise fall away.",
            "Bars run from the tenth to the ninetieth percentile of draws of volatility, wait, "
            "pool and earlier rounds; ticks and values are those of the most likely assumptions.",
        ),
    )


def valuation_answer(
    equity_value_usd_draws: Array,
    last_round_value_usd: Array,
    last_round_run_rate_multiple: Array,
    growth_half_life_years_by_condition: Mapping[str, Required],
    revenue_2030_usd: Array,
    cash_at_as_of_usd: Array,
    known_run_rate_years: Array,
) -> Exhibit:
    """The chapter's answer: what our method says beside what was paid, and what would turn it."""
    low, middle, high = np.quantile(equity_value_usd_draws, [0.1, 0.5, 0.9])
    last = last_round_value_usd.item()
    side = "below" if middle < last else "above"
    return Exhibit(
        title="What it may be worth",
        body=(
            f"Our discounted cash flow has a median of **{money(middle)}**, with eight draws in "
            f"ten between {money(low)} and {money(high)}. Cash is in it: "
            f"{money(cash_at_as_of_usd.item())} in the central case, by our forecast and not by a "
            f"balance sheet. The median lies **{money(abs(middle - last))} {side}** the last "
            f"priced round of {money(last)}, which is {last_round_run_rate_multiple.item():.0f} "
            "times the newest run-rate that we know, of "
            f"{day_of(known_run_rate_years.item()):%Y-%m}. "
            "The difference says what the buyers of that round must believe about growth and "
            "margins, not that they are wrong. "
            f"{_reach(float(np.mean(equity_value_usd_draws >= last)))} that price. "
            + _turns_at(growth_half_life_years_by_condition[ROUND], revenue_2030_usd.item())
        ),
    )


def _reach(share: float) -> str:
    return f"{opening(percent_of_draws(share))} {'reach' if share else 'reaches'}"


def _turns_at(growth: Required, own_usd: float) -> str:
    """What the central case would have to sell to be worth the price; growth alone is moved."""
    needed = growth.implied["revenue_2030_usd"].item()
    if np.isnan(needed):
        if growth.spans():
            return "The central case lies above it at any growth that we searched."
        return "No growth that we searched would bring the central case there."
    if growth.holds.item():
        told = f"stays above it down to {money(needed)} of revenue in 2030, where it has"
    else:
        told = f"would reach it with {money(needed)} of revenue in 2030, where it has"
    return f"With its own margins the central case {told} {money(own_usd)}."
