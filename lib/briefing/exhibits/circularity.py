"""Exhibits of circularity: how much of each dollar is its own money coming back."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import BLUE, GREEN, GREY, ORANGE, WIDTH
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import percent, percent_span, years
from briefing.model.circularity import CUSTOMERS, SOURCES

Array = np.ndarray

READINGS = {"firm": "Firm", "expected": "Expected", "headline": "Headline"}


def circularity_scorecard(
    lower_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    self_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    lower_investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_investor_funded_revenue_share_by_firmness: Mapping[str, Array],
    lower_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    upper_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    treasury_nvidia_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    customer_funded_revenue_share_by_firmness: Mapping[str, Array],
    steady_self_funded_revenue_share_by_firmness: Mapping[str, Array],
    round_trip_share_by_firmness: Mapping[str, Array],
) -> Exhibit:
    """E03: bounds and pro-rata share, by seller and by how firmly the deal is read."""
    microsoft, both, nvidia = (
        "Microsoft's own money in its Azure receipts",
        "Both investors' money in Azure's receipts",
        "Nvidia's own money in these chip sales",
    )
    rows = [
        (microsoft, "pro rata", self_funded_revenue_share_by_firmness, None),
        (
            microsoft,
            "bounds",
            lower_self_funded_revenue_share_by_firmness,
            upper_self_funded_revenue_share_by_firmness,
        ),
        (microsoft, "without dates (check)", steady_self_funded_revenue_share_by_firmness, None),
        (microsoft, "press ratio", round_trip_share_by_firmness, None),
        (both, "pro rata", investor_funded_revenue_share_by_firmness, None),
        (
            both,
            "bounds",
            lower_investor_funded_revenue_share_by_firmness,
            upper_investor_funded_revenue_share_by_firmness,
        ),
        (nvidia, "pro rata, ring-fenced", nvidia_self_funded_revenue_share_by_firmness, None),
        (
            nvidia,
            "pro rata, one treasury",
            treasury_nvidia_self_funded_revenue_share_by_firmness,
            None,
        ),
        (
            nvidia,
            "bounds",
            lower_nvidia_self_funded_revenue_share_by_firmness,
            upper_nvidia_self_funded_revenue_share_by_firmness,
        ),
        (
            "Customers' money in Azure's receipts",
            "pro rata",
            customer_funded_revenue_share_by_firmness,
            None,
        ),
    ]
    frame = pd.DataFrame(
        [
            {"Share": share, "Rule": rule}
            | {label: _cell(low[key], high and high[key]) for key, label in READINGS.items()}
            for share, rule, low, high in rows
        ]
    )
    own = self_funded_revenue_share_by_firmness["expected"].item()
    most = upper_self_funded_revenue_share_by_firmness["expected"].item()
    least = lower_self_funded_revenue_share_by_firmness["expected"].item()
    return Exhibit(
        id="E03",
        title=f"Microsoft's own money is {percent_span(least, most)} of what Azure receives; "
        f"{percent(own)} if every dollar counts alike",
        body=table(frame, numbers=list(READINGS.values()), groups="Share", stub="Rule"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Bounds: investors' money is spent last, or first; no tracing rule gives less or more. "
            "Pro rata: every dollar spent is an average dollar of the pool.",
            "Firm counts only what is contracted or paid, so its denominator is small too; "
            "headline counts every ceiling as cash, with the additional gigawatt.",
            "Ring-fenced: each quarter's chips are paid first from what Anthropic paid Azure "
            "in it. One treasury: that money mixes with all of Microsoft's revenue first.",
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
    traced_to_azure_usd: Array, azure_receipts_usd: Array, quarters: tuple[str, ...]
) -> Exhibit:
    """E03b: whose money pays Azure, by year, pro rata."""
    yearly = _by_year(traced_to_azure_usd[0] / 1e9, quarters)
    shares = traced_to_azure_usd.sum(axis=1)[0] / max(azure_receipts_usd.sum(), 1.0)
    by_source = dict(zip(SOURCES, shares, strict=True))
    chart = (
        alt.Chart(yearly)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("usd_bn:Q", title="Azure's receipts from Anthropic, $bn"),
            color=alt.Color(
                "source:N",
                title="Whose money",
                sort=list(SOURCES),
                scale=alt.Scale(domain=list(SOURCES), range=[BLUE, ORANGE, GREY, GREEN]),
            ),
            order=alt.Order("rank:Q"),
            tooltip=["year", "source", alt.Tooltip("usd_bn", format=".2f")],
        )
        .transform_calculate(rank=f"indexof({list(SOURCES)}, datum.source)")
        .properties(width=WIDTH, height=220)
    )
    return Exhibit(
        id="E03b",
        title=f"Pro rata, {percent(by_source[SOURCES[CUSTOMERS]])} of what Azure receives is "
        "customers' money",
        body=chart,
        alt="Stacked bars by year. Over the horizon: "
        + ", ".join(f"{source} {percent(share)}" for source, share in by_source.items()),
        data=yearly.round(4),
        notes=(
            "Revenue in the expected case; if growth fades, investors' money takes more of the "
            "bar. Opening cash counts as other investors' money.",
        ),
    )


def circularity_answer(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    self_funded_revenue_share_draws: Array,
    upper_investor_funded_revenue_share: Array,
    investor_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
) -> Exhibit:
    """The chapter's answer in three sentences."""
    low, high = np.quantile(self_funded_revenue_share_draws, [0.1, 0.9])
    return Exhibit(
        title="How much of it is its own money",
        body=(
            f"Between **{percent(lower_self_funded_revenue_share.item())}** and "
            f"**{percent(upper_self_funded_revenue_share.item())}** of what Azure receives from "
            "Anthropic can be Microsoft's own equity coming back, depending only on which "
            "dollar is said to be spent first. Counting every dollar alike it is "
            f"**{percent(self_funded_revenue_share.item())}**, with eight draws in ten between "
            f"{percent(low)} and {percent(high)}; both investors together come to "
            f"{percent(investor_funded_revenue_share.item())}, at most "
            f"{percent(upper_investor_funded_revenue_share.item())}. Customers pay "
            f"**{percent(customer_funded_revenue_share.item())}**, provided that revenue grows as "
            "assumed."
        ),
    )


def timing_answer(prefunded_years: Array, quarters: tuple[str, ...]) -> Exhibit:
    """When Azure's receipts pass what the investors paid in."""
    ahead = prefunded_years.item()
    if np.isinf(ahead):
        body = "Over the whole horizon the investors will have paid in more than Azure receives."
    elif ahead == 0:
        body = "At no time have the investors paid in more than Azure has received."
    else:
        quarter = quarters[round(ahead * 4) - 1]
        body = (
            f"Until **{quarter}**, {years(ahead)} after the model starts, the two investors have "
            "paid in more than Azure has received: up to then every dollar of Azure's receipts "
            "could, on the least kind tracing, be theirs."
        )
    return Exhibit(title="When the money comes back", body=body)
