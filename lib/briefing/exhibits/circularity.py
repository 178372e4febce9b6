"""Exhibits of circularity: how much of each dollar is its own money coming back."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, ORANGE
from briefing.exhibits.readings import READINGS
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, percent, percent_span, years
from briefing.model.circularity import SOURCES

Array = np.ndarray


def circularity_scorecard(
    lower_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    self_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    steady_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    round_trip_share_by_firmness: Mapping[str, Array],
    lower_investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    lower_customer_funded_revenue_share_by_firmness: Mapping[str, Array],
    customer_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_customer_funded_revenue_share_by_firmness: Mapping[str, Array],
    lower_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    treasury_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
) -> Exhibit:
    """E03: bounds and pro-rata share, by seller and by how firmly the deal is read."""
    microsoft = "Microsoft's own money in its receipts under the commitment"
    both = "Both investors' money in the same receipts"
    customers = "Customers' money in the same receipts"
    nvidia = "Nvidia's own money in the chip sales for this capacity"
    low, middle, high = (
        lower_self_funded_revenue_share_by_firmness,
        self_funded_revenue_share_by_firmness,
        upper_self_funded_revenue_share_by_firmness,
    )
    rows = [
        (microsoft, "bounds", low, high),
        (microsoft, "pro rata", middle, None),
        (microsoft, "without dates", steady_self_funded_revenue_share_by_firmness, None),
        (microsoft, "press ratio", round_trip_share_by_firmness, None),
        (
            both,
            "bounds",
            lower_investor_funded_revenue_share_by_firmness,
            upper_investor_funded_revenue_share_by_firmness,
        ),
        (both, "pro rata", investor_funded_revenue_share_by_firmness, None),
        (
            customers,
            "bounds",
            lower_customer_funded_revenue_share_by_firmness,
            upper_customer_funded_revenue_share_by_firmness,
        ),
        (customers, "pro rata", customer_funded_revenue_share_by_firmness, None),
        (
            nvidia,
            "bounds",
            lower_nvidia_self_funded_revenue_share_by_firmness,
            upper_nvidia_self_funded_revenue_share_by_firmness,
        ),
        (nvidia, "pro rata, ring-fenced", nvidia_self_funded_revenue_share_by_firmness, None),
        (
            nvidia,
            "pro rata, one treasury",
            treasury_nvidia_self_funded_revenue_share_by_firmness,
            None,
        ),
    ]
    frame = pd.DataFrame(
        [
            {"Share": share, "Rule": rule}
            | {label: _cell(first[key], last and last[key]) for key, label in READINGS.items()}
            for share, rule, first, last in rows
        ]
    )
    bounds = percent_span(low["expected"].item(), high["expected"].item())
    return Exhibit(
        id="E03",
        title=f"Expected reading: {bounds} of the commitment comes back as Microsoft's own money, "
        f"{percent(middle['expected'].item())} if every dollar counts alike",
        body=table(frame, numbers=list(READINGS.values()), groups="Share", stub="Rule"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Bounds: this money is spent last, or first; no tracing rule gives less or more. "
            "Pro rata: every dollar spent is an average dollar of the purse. Without dates: pro "
            "rata as if the whole horizon were one steady flow.",
            "Firm counts equity reported as paid in and the part of the commitment that we take "
            "as owed, so its denominator is small too; headline counts every ceiling as cash. "
            "Customers include Microsoft, where it buys Claude.",
            "Ring-fenced: each quarter's chips are paid first from what Anthropic paid Azure in "
            "it. One treasury: that money mixes with all of Microsoft's revenue first.",
        ),
    )


def _cell(low: Array, high: Array | None) -> str:
    return percent(low.item()) if high is None else percent_span(low.item(), high.item())


def _by_year(usd_bn: Array, quarters: tuple[str, ...]) -> pd.DataFrame:
    """Sums per year and source, long, without years in which nothing is paid."""
    years_ = np.array([quarter[:4] for quarter in quarters])
    rows = [
        (year, source, float(usd_bn[years_ == year, column].sum()))
        for year in np.unique(years_)
        if usd_bn[years_ == year].sum() > 0.005
        for column, source in enumerate(SOURCES)
    ]
    return pd.DataFrame(rows, columns=["year", "source", "usd_bn"])


def azure_money_by_source(
    traced_to_commitment_usd: Array,
    customer_funded_revenue_share: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E03b: whose money pays the commitment, by year, pro rata."""
    yearly = _by_year(traced_to_commitment_usd[0] / 1e9, quarters)
    totals = dict(zip(SOURCES, traced_to_commitment_usd.sum(axis=1)[0], strict=True))
    chart = (
        Chart(yearly)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("usd_bn:Q", title="Paid under the commitment, $bn"),
            color=alt.Color(
                "source:N",
                title="Whose money",
                sort=list(SOURCES),
                scale=alt.Scale(domain=list(SOURCES), range=[BLUE, ORANGE, GREY, GREEN]),
            ),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("year"),
                alt.Tooltip("source"),
                alt.Tooltip("usd_bn", format=".2f"),
            ],
        )
        .transform_calculate(rank=f"indexof({list(SOURCES)}, datum.source)")
        .properties(width=WIDTH, height=220)
    )
    return Exhibit(
        id="E03b",
        title=f"Pro rata, customers pay {percent(customer_funded_revenue_share.item())} of the "
        "commitment",
        body=chart,
        alt="Stacked bars by year. Over the horizon: "
        + ", ".join(f"{source} {money(total)}" for source, total in totals.items()),
        data=yearly.round(4),
        notes=(
            "If growth fades, investors' money takes more of the bar. Opening cash counts as other "
            "investors' money, Microsoft's purchases of Claude as customers'.",
        ),
    )


def circularity_answer(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    self_funded_revenue_share_draws: Array,
    upper_investor_funded_revenue_share: Array,
    investor_funded_revenue_share: Array,
    lower_customer_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    upper_customer_funded_revenue_share: Array,
) -> Exhibit:
    """The chapter's answer in three sentences."""
    shares = self_funded_revenue_share_draws[~np.isnan(self_funded_revenue_share_draws)]
    low, high = np.quantile(shares, [0.1, 0.9]) if shares.size else (np.nan, np.nan)
    bounds = percent_span(
        lower_customer_funded_revenue_share.item(), upper_customer_funded_revenue_share.item()
    )
    return Exhibit(
        title="How much of it is its own money",
        body=(
            "Between "
            f"**{percent(lower_self_funded_revenue_share.item())}** and "
            f"**{percent(upper_self_funded_revenue_share.item())}** of what Microsoft receives "
            "under the commitment can be its own equity coming back, depending only on which "
            "dollar is said to be spent first. Counting every dollar alike it is "
            f"**{percent(self_funded_revenue_share.item())}**, with eight draws in ten between "
            f"{percent(low)} and {percent(high)}; both investors together come to "
            f"{percent(investor_funded_revenue_share.item())}, at most "
            f"{percent(upper_investor_funded_revenue_share.item())}. Customers pay "
            f"**{percent(customer_funded_revenue_share.item())}** pro rata if revenue grows as "
            f"assumed, within bounds of {bounds}."
        ),
    )


def timing_answer(prefunded_years: Array, quarters: tuple[str, ...]) -> Exhibit:
    """When Azure's receipts pass what the investors paid in."""
    ahead = prefunded_years.item()
    if np.isinf(ahead):
        body = "Over the whole horizon the investors pay in more than Azure receives."
    elif ahead == 0:
        body = "Azure receives money before the two investors have paid in as much."
    else:
        quarter = quarters[round(ahead * 4)]
        body = (
            f"In the model the two investors stay ahead of Azure's receipts until **{quarter}**, "
            f"{years(ahead)} after its start: up to then every dollar that Azure receives could, "
            "on the harshest tracing, be theirs."
        )
    return Exhibit(title="When the money comes back", body=body)
