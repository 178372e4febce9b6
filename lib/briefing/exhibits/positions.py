"""Exhibits of position: whom each party rests on, what it gives and gets, what rests on circles."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span, percent, percent_span

Array = np.ndarray


def backlog_table(
    backlog_without_deal_usd: Array,
    backlog_with_deal_usd: Array,
    openai_backlog_usd: Array,
    openai_backlog_before_share: Array,
    openai_backlog_after_share: Array,
    anthropic_backlog_share: Array,
    two_labs_backlog_share: Array,
    azure_commitment_usd: Array,
    break_even_correlation: Array,
    break_even_correlation_draws: Array,
    supplier_hhi: Array,
    supplier_hhi_draws: Array,
    claude_supply_share: Array,
) -> Exhibit:
    """E21d: Microsoft's rest on OpenAI before and after the deal."""
    before, after = openai_backlog_before_share.item(), openai_backlog_after_share.item()
    pledge = azure_commitment_usd.item()
    low, high = np.quantile(supplier_hhi_draws, [0.1, 0.9])
    frame = pd.DataFrame(
        [
            ("Backlog", backlog_without_deal_usd.item(), backlog_with_deal_usd.item(), money),
            ("… of which OpenAI", openai_backlog_usd.item(), openai_backlog_usd.item(), money),
            ("… of which Anthropic", 0.0, pledge, money),
            ("OpenAI's part", before, after, percent),
            ("Anthropic's part", 0.0, anthropic_backlog_share.item(), percent),
            ("Both laboratories' part", before, two_labs_backlog_share.item(), percent),
            ("Concentration of model suppliers", 1e4, supplier_hhi.item(), _points),
        ],
        columns=["Microsoft", "Without the deal", "With it", "written"],
    )
    for column in ("Without the deal", "With it"):
        frame[column] = [
            written(value) for value, written in zip(frame[column], frame["written"], strict=True)
        ]
    frame = frame.drop(columns="written")
    correlation = break_even_correlation.item()
    drawn = break_even_correlation_draws[~np.isnan(break_even_correlation_draws)]
    least, most = np.quantile(drawn, [0.1, 0.9]) if drawn.size else (np.nan, np.nan)
    finding = (
        "the deal adds nothing"
        if np.isnan(correlation)
        else f"less risk only if the laboratories' shortfalls correlate below {correlation:.2f}"
    )
    notes = (
        "Backlog starts from Microsoft's newest reported commercial obligation still to be "
        "performed, on the deal's day with OpenAI's new contract on top: a stock of promises, no "
        "sales. How much of Anthropic's commitment is in it already is not disclosed; the part "
        "that we assume is taken off without the deal, and all of it counts with it, owed or not.",
        *(
            ()
            if np.isnan(correlation)
            else (
                "Both are taken to fall short by the same standard deviation and all other "
                "customers by none. The spread of the backlog is then as large with the deal as "
                f"without it at a correlation of {correlation:.2f}, in eight draws in ten between "
                f"{least:.2f} and {most:.2f}. Both sell the same kind of service and raise money "
                "from the same investors, so a higher one is easy to imagine; no data settle it.",
            )
        ),
        "Concentration of suppliers: Herfindahl index, ten thousand where OpenAI is the only one. "
        f"It takes Anthropic's part in what Microsoft buys of models as "
        f"{percent(claude_supply_share.item())}; no such figure is public, and eight draws in ten "
        f"lie between {_points(low)} and {_points(high)}.",
    )
    return Exhibit(
        id="E21d",
        title=f"OpenAI's part of Microsoft's backlog falls from {percent(before)} to "
        f"{percent(after)}: {finding}",
        body=table(frame, numbers=["Without the deal", "With it"], stub="Microsoft"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=notes,
    )


def _points(index: float) -> str:
    return f"{index:,.0f}"


def anthropic_table(
    alliance_equity_total_usd: Array,
    alliance_stake_share: Array,
    alliance_look_through_value_usd: Array,
    alliance_look_through_value_usd_draws: Array,
    azure_commitment_usd: Array,
    azure_minimum_total_usd: Array,
    minimum_present_value_usd: Array,
    commitment_level_gw: Array,
    azure_compute_share: Array,
    azure_compute_share_draws: Array,
    largest_azure_claim_share: Array,
    both_effective_discount_share: Array,
    both_effective_discount_share_draws: Array,
    both_effective_discount_share_on_deal_day: Array,
    unused_minimum_usd_draws: Array,
    capacity_option_gw: Array,
) -> Exhibit:
    """E23: what Anthropic gets and what it gives."""
    worth_low, worth_high = np.quantile(alliance_look_through_value_usd_draws, [0.1, 0.9])
    used_low, used_high = np.quantile(azure_compute_share_draws, [0.1, 0.9])
    got, given = alliance_equity_total_usd.item(), alliance_look_through_value_usd.item()
    discount = both_effective_discount_share.item()
    then = both_effective_discount_share_on_deal_day.item()
    price = _price(discount, np.quantile(both_effective_discount_share_draws, [0.1, 0.9]), then)
    unused = float(np.quantile(unused_minimum_usd_draws, 0.9))
    rows = [
        ("Gets", "Money", f"{money(got)} of equity, no debt"),
        (
            "Gets",
            "Compute",
            f"{commitment_level_gw.item():.2g} GW on average over the term, and up to "
            f"{capacity_option_gw.item():.2g} GW more, not priced",
        ),
        ("Gets", "Reach", "Claude in Foundry and Copilot: sales are not quantified by anyone"),
        ("Gives" if discount < 0 else "Gets", "Price", price),
        (
            "Gives",
            "Ownership",
            f"{percent(alliance_stake_share.item())}, worth {money(given)} on our fair value "
            f"({money_span(worth_low, worth_high)})",
        ),
        (
            "Gives",
            "Promise",
            f"{money(azure_commitment_usd.item())} of purchases; taken as owed whether used or "
            f"not: {_owed(azure_minimum_total_usd.item(), minimum_present_value_usd.item())}",
        ),
        (
            "Gives",
            "Freedom",
            f"Azure takes {percent(azure_compute_share.item())} of all its compute while it runs "
            f"({percent_span(used_low, used_high)}), at most "
            f"{percent(largest_azure_claim_share.item())} in a quarter",
        ),
        (
            "Gives",
            "Risk of idle capacity",
            f"{_at_most(unused)} paid and not used, in nine draws of ten",
        ),
    ]
    frame = pd.DataFrame(rows, columns=["Side", "What", "How much"])
    side = "less" if given < got else "more"
    return Exhibit(
        id="E23",
        title=f"Anthropic gets {money(got)} for shares that our central fair value puts at "
        f"{money(given)} today, {money(abs(given - got))} {side}",
        body=table(frame, groups="Side", stub="What"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Expected reading. The value of the shares is of the briefing's date, which need not "
            "be that of the deal; in brackets eight draws in ten. What Anthropic would have paid "
            "for compute elsewhere is not public, so whether Azure's own price is good is not "
            "known.",
        ),
    )


def _owed(minimum_usd: float, worth_usd: float) -> str:
    if minimum_usd == 0:
        return "none"
    return f"{money(minimum_usd)}, today like a debt of {money(worth_usd)}"


def _at_most(usd: float) -> str:
    return f"at most {money(usd)}" if money(usd) != money(0) else "nothing"


def _price(discount: float, ends: Array, then: float) -> str:
    """What the shares' price does to Azure's, by today's value and, where it differs, by then's."""
    if np.isnan(discount):
        return "no purchases, no discount"
    low, high = ends.tolist()
    told = (
        f"by today's value the shares were {_went(discount)} ({_cost(low)} to {_cost(high)} in "
        "eight draws of ten)"
    )
    if np.isnan(then) or percent(then) == percent(discount):
        return told
    return f"{told}; by our value on the deal's day they were {_went(then)}"


def _went(discount: float) -> str:
    if percent(discount) == percent(0):
        return "paid for at their worth"
    return f"{'dear' if discount > 0 else 'cheap'}, as if Azure cost {_cost(discount)}"


def _cost(discount: float) -> str:
    return f"{percent(abs(discount))} {'less' if discount > 0 else 'more'}"


def circular_value_table(
    lower_microsoft_circular_value_usd: Array,
    microsoft_circular_value_usd: Array,
    upper_microsoft_circular_value_usd: Array,
    upper_microsoft_circular_value_share: Array,
    lower_nvidia_circular_value_usd: Array,
    nvidia_circular_value_usd: Array,
    upper_nvidia_circular_value_usd: Array,
    upper_nvidia_circular_value_share: Array,
    busiest_receipts_usd_per_year: Array,
    busiest_chips_usd_per_year: Array,
    microsoft_sales_multiple: Array,
    nvidia_sales_multiple: Array,
    microsoft_market_value_usd: Array,
    nvidia_market_value_usd: Array,
) -> Exhibit:
    """E04b: market value that rests on an investor's own money coming back as sales."""
    columns = {
        "Microsoft": (
            busiest_receipts_usd_per_year,
            microsoft_sales_multiple,
            lower_microsoft_circular_value_usd,
            microsoft_circular_value_usd,
            upper_microsoft_circular_value_usd,
            microsoft_market_value_usd,
            upper_microsoft_circular_value_share,
        ),
        "Nvidia": (
            busiest_chips_usd_per_year,
            nvidia_sales_multiple,
            lower_nvidia_circular_value_usd,
            nvidia_circular_value_usd,
            upper_nvidia_circular_value_usd,
            nvidia_market_value_usd,
            upper_nvidia_circular_value_share,
        ),
    }
    frame = pd.DataFrame(
        [
            {
                "Party": party,
                "Busiest year's sales": money(sales.item()),
                "Market pays": f"{multiple.item():.0f}×",
                "Value on own money, bounds": money_span(low.item(), high.item()),
                "Value on it, pro rata": money(middle.item()),
                "Whole market value": money(market.item()),
                "At most": percent(share.item()),
            }
            for party, (sales, multiple, low, middle, high, market, share) in columns.items()
        ]
    )
    most = max(values[-1].item() for values in columns.values())
    size = "small" if most < SMALL else "not small"
    return Exhibit(
        id="E04b",
        title=f"What can rest on the investors' own money is {size}: at most {percent(most)} of "
        "either's market value",
        body=table(frame, numbers=list(frame.columns[1:]), stub="Party"),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Value on own money: sales from this deal in their busiest four quarters, times the "
            "part that is the seller's own money, times what the market pays for a dollar of the "
            "seller's sales. It is market value, no amount of money, and may exceed those sales. "
            "Bounds: own money is spent last, or all that has come in, Nvidia's through Azure, is "
            "spent within one year.",
            f"Small is what we call less than {percent(SMALL)}. A multiple of sales is an average "
            "used at the margin, and nobody needs to pay it for these sales. Value that rests on "
            "other laboratories' purchases is not in here.",
        ),
    )


SMALL = 0.02
"""Part of a market value below which we call an effect small: less than many a day's move."""
