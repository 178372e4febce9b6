"""Exhibits of risk: scenarios side by side, the cash fan, and where the money runs out."""

from collections.abc import Callable, Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.fans import BANDS, fan, fan_frame
from briefing.exhibits.heat import Cell, heat_map
from briefing.exhibits.look import Chart
from briefing.exhibits.palette import RED
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, percent, percent_of_draws, years

Array = np.ndarray


def scenario_table(
    forward_revenue_usd_by_scenario: Mapping[str, Array],
    commitment_receipts_total_usd_by_scenario: Mapping[str, Array],
    azure_shortfall_usd_by_scenario: Mapping[str, Array],
    self_funded_revenue_share_by_scenario: Mapping[str, Array],
    investor_funded_revenue_share_by_scenario: Mapping[str, Array],
    peak_funding_gap_usd_by_scenario: Mapping[str, Array],
    runway_years_by_scenario: Mapping[str, Array],
    unpaid_usd_by_scenario: Mapping[str, Array],
    equity_value_usd_by_scenario: Mapping[str, Array],
) -> Exhibit:
    """E13: the same quantities in each scenario that the parameter set compares."""
    rows: list[tuple[str, Mapping[str, Array], Callable[[float], str]]] = [
        ("Revenue, next four quarters", forward_revenue_usd_by_scenario, money),
        ("Received under the commitment", commitment_receipts_total_usd_by_scenario, money),
        ("Commitment not received", azure_shortfall_usd_by_scenario, money),
        ("Microsoft's own money, pro rata", self_funded_revenue_share_by_scenario, percent),
        ("Both investors' money, pro rata", investor_funded_revenue_share_by_scenario, percent),
        ("Largest funding gap", peak_funding_gap_usd_by_scenario, money),
        ("Money in sight lasts", runway_years_by_scenario, years),
        ("Bills left unpaid", unpaid_usd_by_scenario, money),
        ("Discounted cash flow, with cash", equity_value_usd_by_scenario, money),
    ]
    frame = pd.DataFrame(
        [
            {"Quantity": name} | {label: written(value.item()) for label, value in values.items()}
            for name, values, written in rows
        ]
    )
    value = {label: each.item() for label, each in equity_value_usd_by_scenario.items()}
    worst, best = min(value, key=value.__getitem__), max(value, key=value.__getitem__)
    return Exhibit(
        id="E13",
        title=f"From “{worst}” to “{best}”, the discounted cash flow runs from "
        f"{money(value[worst])} "
        f"to {money(value[best])}",
        body=table(frame, numbers=list(value), stub="Quantity"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Each assumption at its most likely value; the medians of E08 take the whole range of "
            "each, and differ. Scenarios are illustrations with no likelihood attached. One may "
            "move several assumptions at once and bear the name of one; E13a lists them.",
            "Revenue does not fall when compute comes late or goes unpaid, so stressed cases are "
            "too kind and a late build-out moves purchases only.",
        ),
    )


def cash_fan(
    committed_cash_usd_draws: Array,
    committed_cash_usd: Array,
    years_ahead_years: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E13b: Anthropic's cash without new money, as a fan over the draws."""
    shown = 29
    frame = fan_frame(committed_cash_usd_draws, committed_cash_usd, quarters, 1e9).head(shown)
    short_then = (committed_cash_usd_draws < 0) & (years_ahead_years > 0)
    short = np.mean(short_then[:, :shown].any(axis=-1))
    zero = Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=RED).encode(y=alt.Y("zero:Q"))
    last = frame.quarter.iloc[-1]
    return Exhibit(
        id="E13b",
        title=f"The money in sight runs out by {last} in {percent_of_draws(float(short))}"
        if short
        else f"The money in sight lasts beyond {last} in all draws",
        body=fan(frame, "Cash, money in sight only, $bn", zero),
        alt="Fan of Anthropic's cash by quarter. Median at the end "
        f"{money(frame.p50.iloc[-1] * 1e9)}, nine draws in ten between "
        f"{money(frame.p05.iloc[-1] * 1e9)} and {money(frame.p95.iloc[-1] * 1e9)}.",
        data=frame.drop(columns="start"),
        notes=(
            f"{BANDS} Assumptions are drawn independently but for the pairs of E13c.",
            "Below the red line somebody has to pay in more, or something is not paid.",
        ),
    )


def coverage_heat_map(
    training_half_life_years_by_training: Array,
    opening_training_share_by_training: Array,
    lowest_cash_usd_by_training: Array,
) -> Exhibit:
    """E12: the lowest cash over how heavy training is and how fast its weight falls."""
    frame = pd.DataFrame(
        {
            "half_life_years": training_half_life_years_by_training[:, 0].round(2),
            "training_share": opening_training_share_by_training[:, 0].round(3),
            "lowest_cash_usd_bn": (lowest_cash_usd_by_training[:, 0] / 1e9).round(2),
        }
    )
    short = float(np.mean(frame.lowest_cash_usd_bn < 0))
    lowest = float(frame.lowest_cash_usd_bn.min())
    worst = money(abs(lowest) * 1e9)
    title = (
        f"Money in sight runs out in {percent(short)} of the grid; in the worst corner {worst} is "
        "missing"
        if short
        else f"Money in sight lasts in the whole grid; in the worst corner {worst} is left"
    )
    heaviest_first = frame.sort_values("training_share", ascending=False, kind="stable")
    return Exhibit(
        id="E12",
        title=title,
        body=heat_map(
            [
                Cell(years(half_life), percent(share), cash, f"{cash:z.0f}".replace("-", "−"))
                for half_life, share, cash in heaviest_first.to_numpy().tolist()
            ],
            "Until that share has halved its distance to the mature one",
            "Training over revenue at the start",
            "Lowest cash, $bn",
            least=max(lowest, 0.0),
        ),
        alt=f"Heat map of Anthropic's lowest cash. {title}.",
        data=frame,
        notes=(
            "Lowest cash still to come, $bn, with no money but what is in sight. Both axes run "
            "over their assumption's own range; all other assumptions keep their point values.",
            "Costs follow revenue at once, down to the minimums that are owed used or not (E12c), "
            "so slow growth by itself takes the more cash the larger the part that is owed; a "
            "company that hired and rented ahead of its sales would lose more. Suppliers stand in "
            "for each other, Azure up to its assumed share, and what is owed anyway is used first; "
            "where their chips cannot, more is paid for nothing.",
        ),
    )


def risk_answer(
    lowest_cash_usd_draws: Array,
    peak_funding_gap_usd_draws: Array,
    unused_minimum_usd_draws: Array,
    azure_shortfall_usd_draws: Array,
    largest_azure_claim_share: Array,
    free_cash_flow_usd: Array,
    years_ahead_years: Array,
    quarters: Sequence[str],
    lowest_cash_usd: Array,
    failure_share: Array,
) -> Exhibit:
    """The chapter's answer: how likely the overhang is, and how large."""
    short = float(np.mean(lowest_cash_usd_draws < 0))
    gap = float(np.quantile(peak_funding_gap_usd_draws, 0.9))
    shortfall = float(np.median(azure_shortfall_usd_draws))
    unused = float(np.mean(unused_minimum_usd_draws > 1e6))
    missing = (
        f", and the missing sum exceeds **{money(gap)}** in one draw of ten" if gap > 0 else ""
    )
    lasting = (
        f"runs out before 2036 in **{percent_of_draws(short)}**"
        if short
        else "lasts beyond 2035 in **all draws**"
    )
    return Exhibit(
        title="What can go wrong",
        body=(
            "The money in sight (cash, revenue, announced rounds and the equity that the model "
            f"counts) {lasting}{missing}. That rests on a forecast and not on books, and a "
            f"{percent(failure_share.item())} chance of failure, which the valuation takes off, is "
            "no part of it. In the central case Anthropic "
            f"{_last_burnt(free_cash_flow_usd, years_ahead_years, quarters)}, and the money in "
            f"sight is {money(lowest_cash_usd.item())} at its lowest. In the median draw Microsoft "
            f"receives {money(shortfall)} less than the announced commitment; in "
            f"{percent_of_draws(unused)} Anthropic pays for Azure compute that it "
            "never uses. At its heaviest, Azure claims "
            f"{percent(largest_azure_claim_share.item())} of all the compute that Anthropic buys."
        ),
    )


def _last_burnt(
    free_cash_flow_usd: Array, years_ahead_years: Array, quarters: Sequence[str]
) -> str:
    """Until when more is spent than taken in, of what is still to come."""
    ahead = np.flatnonzero(years_ahead_years[0] > 0).tolist()
    burnt = [quarter for quarter in ahead if free_cash_flow_usd[0, quarter] < 0]
    if not burnt:
        return "takes in more than it spends in every quarter ahead"
    until = "beyond 2035" if burnt[-1] == ahead[-1] else f"until {quarters[burnt[-1]]}"
    return f"spends more than it takes in {until}"
