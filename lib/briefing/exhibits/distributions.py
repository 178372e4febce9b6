"""Exhibits of distributions: fans, chances by quarter, every headline number, and bad tails."""

from collections.abc import Callable
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.fans import BANDS, fan, fan_frame
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, ORANGE, RED
from briefing.exhibits.tables import Table, read_aloud, table
from briefing.exhibits.words import (
    first_day,
    listed,
    money,
    money_beside,
    opening,
    percent,
    percent_of_draws,
    share_of,
    spanned,
)
from briefing.model.measures.tails import (
    CONFIDENCE,
    Tail,
    TooFewDraws,
    least_draws,
    percentile,
    tail,
)

Array = np.ndarray

SHOWN = 29
"""Quarters of a fan, to the end of 2032: beyond it most of what is shown is our assumption."""

QUARTERS_A_YEAR = 4

CONDITIONS = {
    "Money in sight is spent": BLUE,
    "Leaving the contract would pay": ORANGE,
    "Either, while a minimum is owed": RED,
}
"""What may have happened by a quarter, and the colour of its line."""


def revenue_fan(
    revenue_usd_draws: Array,
    revenue_usd: Array,
    years_ahead_years: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E13d: Anthropic's revenue at each quarter's pace, as a fan over the draws."""
    pace = revenue_usd_draws * QUARTERS_A_YEAR, revenue_usd * QUARTERS_A_YEAR
    frame = fan_frame(*pace, quarters, 1e9).head(SHOWN)
    last = frame.iloc[-1]
    low, high = last.p05 * 1e9, last.p95 * 1e9
    wider = _times(share_of(high, low))
    known = int(np.sum(years_ahead_years[0, :SHOWN] <= 0))
    return Exhibit(
        id="E13d",
        title=f"By {last.quarter} nine draws in ten put revenue between {money(low)} and "
        f"{money(high)} a year{wider}",
        body=fan(frame, "Revenue at the quarter's pace, $bn a year"),
        alt="Fan of Anthropic's revenue by quarter, as a yearly pace. At the end the middle is "
        f"{money(last.p50 * 1e9)}, nine draws in ten lie between {money(low)} and {money(high)}; "
        f"the central case has {money(last.point * 1e9)}.",
        data=frame.drop(columns="start"),
        notes=(
            BANDS,
            "Revenue follows assumed growth whether or not compute can be paid for. "
            + (
                f"The first {known} quarters lie before the briefing's date."
                if known > 1
                else "It starts with the quarter of the deal."
            ),
        ),
    )


def _times(ratio: float) -> str:
    return f", {ratio:.0f} times as much" if np.isfinite(ratio) and ratio >= 2 else ""


def azure_bill_fan(
    azure_bill_revenue_share_draws: Array,
    azure_bill_revenue_share: Array,
    years_ahead_years: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E13f: Azure's bill over the revenue that has to cover it, as a fan over the draws."""
    frame = fan_frame(
        azure_bill_revenue_share_draws, azure_bill_revenue_share, quarters, 0.01
    ).head(SHOWN)
    ahead = np.where(years_ahead_years > 0, azure_bill_revenue_share_draws, 0.0)
    heaviest = np.max(ahead, axis=-1)
    middle, high = np.quantile(heaviest, [0.5, 0.95])
    return Exhibit(
        id="E13f",
        title=f"In its heaviest quarter ahead Azure's bill takes {percent(float(middle))} of "
        f"revenue in the middle draw, and more than {percent(float(high))} in one of twenty",
        body=fan(frame, "Azure's bill over revenue, percent", height=200),
        alt="Fan of what Anthropic owes Azure under the commitment, as a share of its revenue of "
        f"the same quarter. The middle draw's heaviest quarter ahead has {percent(float(middle))}.",
        data=frame.drop(columns="start"),
        notes=(
            BANDS,
            "Coverage upside down: what is owed, use or minimum, over revenue, for a bill of "
            "nothing would be covered without end. The gigawatt beyond the commitment is not in "
            "it, nor is any other supplier.",
            "The heaviest quarter comes at another time in each draw, so the title's figures lie "
            "above those of any one quarter.",
        ),
    )


def chance_by_quarter(
    money_spent_share_draws: Array,
    leaving_pays_share_draws: Array,
    renegotiation_share_draws: Array,
    termination_fee_share: Array,
    years_ahead_years: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E13g: in how many draws money has run out, or grounds to renegotiate have come, by when."""
    by_condition = dict(
        zip(
            CONDITIONS,
            (money_spent_share_draws, leaving_pays_share_draws, renegotiation_share_draws),
            strict=True,
        )
    )
    ahead = np.flatnonzero(years_ahead_years[0, :SHOWN] > 0)
    chances = {
        name: np.broadcast_to(draws.mean(axis=0), len(quarters))[ahead]
        for name, draws in by_condition.items()
    }
    frame = pd.DataFrame({"quarter": [quarters[place] for place in ahead]} | chances)
    spent, _, grounds = (float(each[-1]) for each in chances.values())
    count = max(map(len, by_condition.values()))
    last = frame.quarter.iloc[-1]
    is_flat = all(np.ptp(each) == 0 for each in chances.values())
    return Exhibit(
        id="E13g",
        title=f"By {last} the money in sight is spent in {percent_of_draws(spent)}, and Anthropic "
        f"has had grounds to ask Azure for other terms in {percent_of_draws(grounds)}"
        if grounds or spent
        else f"By {last} no draw has spent the money in sight or given Anthropic grounds to ask "
        "Azure for other terms",
        # Level lines would be an empty chart.
        body=_first_and_last(frame) if is_flat else _chance_lines(frame),
        alt=f"{_ends(chances)} of draws by {last}.",
        data=frame,
        notes=(
            "Grounds are a condition of the model, not a forecast: no clause on minimum or exit is "
            "public. Leaving would pay where what the minimum still costs beyond the worth of its "
            "capacity, in use or let to others, exceeds a fee of "
            f"{percent(termination_fee_share.item())} of what is left; the draws take the fee's "
            "whole range. Either party may refuse. Where a chance starts high and stays so, price "
            "and fee decide, not time.",
            f"Each chance is a share of {count:,} draws, known to about "
            f"{_error(max(spent, grounds), count)} either way. Spent means without new "
            "investors, who may well pay.",
        ),
    )


def _chance_lines(frame: pd.DataFrame) -> alt.Chart:
    long = frame.assign(start=frame.quarter.map(first_day)).melt(
        ["quarter", "start"], list(CONDITIONS), "condition", "chance"
    )
    long["chance"] = (long.chance * 100).round(2)
    # Where nothing ever happens, the lines still lie on an axis.
    rise = alt.Scale(domainMin=0, domainMax=1) if long.chance.max() < 1 else alt.Scale(zero=True)
    return (
        Chart(long, width=WIDTH, height=220)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X(
                "start:T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%Y", tickCount="year"),
            ),
            y=alt.Y(
                "chance:Q", title="Draws in which it has happened by then, percent", scale=rise
            ),
            color=alt.Color(
                "condition:N",
                title=None,
                scale=alt.Scale(domain=list(CONDITIONS), range=[*CONDITIONS.values()]),
            ),
            strokeDash=alt.StrokeDash(
                "condition:N",
                title=None,
                legend=alt.Legend(labelLimit=0),
                scale=alt.Scale(domain=list(CONDITIONS), range=[[1, 0], [6, 3], [2, 2]]),
            ),
        )
    )


def _first_and_last(frame: pd.DataFrame) -> Table:
    ends = frame.set_index("quarter").iloc[[0, -1]].T.map(percent)
    ends = ends.set_axis([f"By {quarter}" for quarter in ends], axis=1)
    return table(ends.reset_index(names="Condition"), numbers=list(ends), stub="Condition")


def _ends(chances: dict[str, Array]) -> str:
    return opening(
        listed([f"{name.lower()} in {percent(float(each[-1]))}" for name, each in chances.items()])
    )


def _error(share: float, count: int) -> str:
    points = 196 * (max(share * (1 - share), 1 / count) / count) ** 0.5
    return f"{points:.1f} points" if points >= 0.05 else "0.1 points"


class _Row(NamedTuple):
    label: str
    name: str
    draws: Array
    central: float
    written: Callable[[float], str]


def headline_distribution(
    self_funded_revenue_share_draws: Array,
    customer_funded_revenue_share_draws: Array,
    nvidia_self_funded_revenue_share_draws: Array,
    equity_value_usd_draws: Array,
    lowest_cash_usd_draws: Array,
    labs_paid_without_funding_share_draws: Array,
    forward_revenue_usd_draws: Array,
    commitment_receipts_total_usd_draws: Array,
    azure_shortfall_usd_draws: Array,
    self_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    nvidia_self_funded_revenue_share: Array,
    equity_value_usd: Array,
    lowest_cash_usd: Array,
    labs_paid_without_funding_share: Array,
    forward_revenue_usd: Array,
    commitment_receipts_total_usd: Array,
    azure_shortfall_usd: Array,
) -> Exhibit:
    """E13e: every headline number over all draws, and how well the draws know it."""
    rows = [
        _Row("Microsoft's own money in the commitment", "self_funded_revenue_share",
             self_funded_revenue_share_draws, self_funded_revenue_share.item(), percent),
        _Row("Customers' money in the commitment", "customer_funded_revenue_share",
             customer_funded_revenue_share_draws, customer_funded_revenue_share.item(), percent),
        _Row("Nvidia's own money in these chip sales", "nvidia_self_funded_revenue_share",
             nvidia_self_funded_revenue_share_draws, nvidia_self_funded_revenue_share.item(),
             percent),
        _Row("Discounted cash flow, with cash", "equity_value_usd",
             equity_value_usd_draws, equity_value_usd.item(), money),
        _Row("Lowest cash, money in sight only", "lowest_cash_usd",
             lowest_cash_usd_draws, lowest_cash_usd.item(), money),
        _Row("Payable by labs without funding", "labs_paid_without_funding_share",
             labs_paid_without_funding_share_draws, labs_paid_without_funding_share.item(),
             percent),
        _Row("Revenue, next four quarters", "forward_revenue_usd",
             forward_revenue_usd_draws, forward_revenue_usd.item(), money),
        _Row("Received under the commitment", "commitment_receipts_total_usd",
             commitment_receipts_total_usd_draws, commitment_receipts_total_usd.item(), money),
        _Row("Commitment not received", "azure_shortfall_usd",
             azure_shortfall_usd_draws, azure_shortfall_usd.item(), money),
    ]  # fmt: skip
    spreads = [_spread(row) for row in rows]
    data = pd.DataFrame(spreads)
    shown = pd.DataFrame(
        [
            {
                "Figure": row.label,
                "Central": row.written(row.central),
                **{
                    head: row.written(spread[level])
                    for head, level in zip(_HEADS, _LEVELS, strict=True)
                },
                "Middle within": _within(spread["p50_low"], spread["p50_high"], row.written),
            }
            for row, spread in zip(rows, spreads, strict=True)
        ]
    )
    spread = data.p95 - data.p05
    off = ((data.p50_high - data.p50_low) / 2 / spread)[np.isfinite(spread) & (spread > 0)]
    count = max(len(row.draws) for row in rows)
    worst = float(off.max()) if len(off) else 0.0
    return Exhibit(
        id="E13e",
        title=f"{count:,} draws place the middle of every headline number within "
        f"{percent(worst)} of its own range; what is unsure is the world, not the arithmetic",
        body=table(shown, numbers=list(shown.columns[1:]), stub="Figure"),
        alt=read_aloud(shown, rows=len(shown)),
        data=data,
        notes=(
            "Percentiles of the draws: one in twenty lies below the first, half below the middle. "
            "The central case takes each assumption at its most likely value and need not be the "
            "middle. Ranges rest on our ranges of assumptions: they are what we think possible, "
            "not how often it happens.",
            "Middle within: an interval that holds the middle of endlessly many draws with a "
            f"confidence of {percent(CONFIDENCE)}, whatever their distribution. The data has the "
            "same for both ends.",
        ),
    )


_LEVELS = ("p05", "p25", "p50", "p75", "p95")
_HEADS = ("5th", "25th", "Middle", "75th", "95th")


def _spread(row: _Row) -> dict[str, Any]:
    """Percentiles of a figure with their intervals; no interval where draws are too few."""
    found: dict[str, Any] = {"id": row.name, "central": row.central}
    for name in _LEVELS:
        share = int(name[1:]) / 100
        try:
            known = percentile(row.draws, share)
        except TooFewDraws:
            value = float(np.quantile(row.draws, share, method="inverted_cdf"))
            found |= {name: value, f"{name}_low": np.nan, f"{name}_high": np.nan}
        else:
            found |= {name: known.value, f"{name}_low": known.low, f"{name}_high": known.high}
    return found


def _within(low: float, high: float, written: Callable[[float], str]) -> str:
    if np.isnan(low):
        return TOO_FEW
    return spanned(written(low), written(high))


TOO_FEW = "too few draws"

TAILS = {"1 in 10": 0.1, "1 in 20": 0.05, "1 in 100": 0.01}

DEEP = "1 in 20"
"""Tail whose mean is shown."""


def positions_at_risk(
    microsoft_bundle_npv_usd_draws: Array,
    nvidia_bundle_npv_usd_draws: Array,
    held_stake_gain_usd_draws: Array,
    lowest_cash_usd_draws: Array,
    decision_stake_usd: Array,
) -> Exhibit:
    """E13h: value at risk and expected shortfall of each party's position."""
    stake = money(decision_stake_usd.item())
    positions = {
        "Microsoft: stake and margin less equity": microsoft_bundle_npv_usd_draws,
        "Nvidia: stake and margin less equity": nvidia_bundle_npv_usd_draws,
        f"Holder of {stake} at the last price": held_stake_gain_usd_draws,
        "Anthropic: lowest cash, money in sight": lowest_cash_usd_draws,
    }
    rows, data = [], []
    for name, draws in positions.items():
        found = {label: _tail(draws, share) for label, share in TAILS.items()}
        below, middle = float(np.mean(draws < 0)), float(np.median(draws))
        deep = found[DEEP]
        rows.append(
            {
                "Position": name,
                "Middle": money(middle),
                "Below zero": percent(below),
                **{f"Worst {label}": _edge(each, middle) for label, each in found.items()},
                f"Mean of worst {DEEP}": TOO_FEW
                if deep is None
                else f"{money(deep.expected_shortfall)} ± {money(1.96 * deep.standard_error)}",
            }
        )
        data += [_tail_row(name, share, found[label], draws) for label, share in TAILS.items()]
    frame = pd.DataFrame(rows)
    numbers = [each for each in frame.columns if each != "Position"]
    return Exhibit(
        id="E13h",
        title=_risk_title(positions),
        body=table(frame, numbers=numbers, stub="Position"),
        alt=read_aloud(frame, rows=len(frame)),
        data=pd.DataFrame(data),
        notes=(
            "Value at risk: the position is no worse than this in all but one draw of so many. "
            "The last column is the expected shortfall, the mean of the draws beyond, with an "
            f"interval of {percent(CONFIDENCE)}. Losses are negative. Microsoft's and Nvidia's "
            "positions are present values of E21 and E22, before tax; nobody can sell them today.",
            f"An edge is shown where there are enough draws in all: {_needed()}. Fewer leave the "
            "field empty, because a tail cannot be guessed from draws that are not there. An edge "
            "is one of the draws; other exhibits put theirs between two, so they differ a little.",
        ),
    )


def _tail(draws: Array, share: float) -> Tail | None:
    try:
        return tail(draws, share)
    except TooFewDraws:
        return None


def _edge(found: Tail | None, middle_usd: float) -> str:
    return TOO_FEW if found is None else money_beside(found.value_at_risk.value, middle_usd)


def _tail_row(name: str, share: float, found: Tail | None, draws: Array) -> dict[str, object]:
    edge = found.value_at_risk if found else None
    return {
        "position": name,
        "tail_share": share,
        "draws": len(np.ravel(draws)),
        "value_at_risk_usd": edge.value if edge else np.nan,
        "value_at_risk_low_usd": edge.low if edge else np.nan,
        "value_at_risk_high_usd": edge.high if edge else np.nan,
        "expected_shortfall_usd": found.expected_shortfall if found else np.nan,
        "standard_error_usd": found.standard_error if found else np.nan,
    }


def _needed() -> str:
    return listed([f"{least_draws(share)} draws for {label}" for label, share in TAILS.items()])


def _risk_title(positions: dict[str, Array]) -> str:
    microsoft, nvidia = (_tail(each, TAILS[DEEP]) for each in list(positions.values())[:2])
    if microsoft is None or nvidia is None:
        return "There are too few draws to say what one draw in twenty may cost anybody"
    edges = [each.value_at_risk.value for each in (microsoft, nvidia)]
    told = [_outcome(edge) for edge in edges]
    return f"In one draw of twenty Microsoft {told[0]}, and Nvidia {told[1]}"


def _outcome(edge: float) -> str:
    return f"loses {money(-edge)} or more" if edge < 0 else f"gains {money(edge)} or less"
