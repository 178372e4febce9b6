"""Exhibits of ownership: what part of Anthropic the money buys, at prices that nobody disclosed."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_in_draws, percent, percent_span
from briefing.inputs.facts import Ledger
from briefing.model.ownership import EntryPrice

Array = np.ndarray

DRAWN = (1.0, 0.75, 0.5, 0.25)
"""Parts of each ceiling for which the grid is worked out."""


def ownership_grid(
    entry_prices: tuple[EntryPrice, ...],
    microsoft_equity_cap_usd: Array,
    nvidia_equity_cap_usd: Array,
    later_rounds_dilution_share: Array,
    facts: Ledger,
) -> Exhibit:
    """E10: stakes by how much is drawn and at what post-money price, after known dilution."""
    kept = 1 - later_rounds_dilution_share.item()
    caps = {"Microsoft": microsoft_equity_cap_usd.item(), "Nvidia": nvidia_equity_cap_usd.item()}
    # A stake bought in the newest round is not diluted by it.
    left = [*([kept] * (len(entry_prices) - 1)), 1.0]
    stakes = [
        (investor, cap * drawn, price, cap * drawn / price.value_usd * rest)
        for investor, cap in caps.items()
        for drawn in DRAWN
        for price, rest in zip(entry_prices, left, strict=True)
    ]
    spans = {
        investor: percent_span(min(held), max(held))
        for investor in caps
        if (held := [share for who, *_, share in stakes if who == investor])
    }
    diluted = (
        f"{percent(1 - kept)} went to the newest round." if kept < 1 else "none was priced yet."
    )
    return Exhibit(
        id="E10",
        title=f"Microsoft's money buys {spans['Microsoft']} of Anthropic, Nvidia's "
        f"{spans['Nvidia']}: no price is disclosed",
        body=heat_map(
            [
                Cell(
                    f"{price.label} {money(price.value_usd)}",
                    f"{investor}, {money(usd)}",
                    share * 100,
                    percent(share),
                )
                for investor, usd, price, share in stakes
            ],
            "Post-money value at which it is placed",
            "Money paid in",
            "Stake, %",
        ),
        alt="Heat map of stakes after known dilution, with all of each ceiling paid in. "
        + "; ".join(
            f"{investor} at {money(price.value_usd)}: {percent(share)}"
            for investor, usd, price, share in stakes
            if usd == caps[investor]
        ),
        data=pd.DataFrame(
            [
                (investor, usd, price.label, price.value_usd, share)
                for investor, usd, price, share in stakes
            ],
            columns=["investor", "money_usd", "price", "post_money_usd", "stake_share"],
        ),
        notes=(
            "Rows: money paid in, from all of the ceiling to a quarter of it. Columns: post-money "
            "value at which it may have been placed. A stake is one over the other, less what "
            f"rounds priced after the pledges were placed took: {diluted}{_with_series_g(facts)}",
            "All of it is arithmetic on public prices. The companies have not stated the price "
            "per share or the class of shares.",
        ),
        facts=tuple(facts[price.fact] for price in entry_prices),
    )


def _with_series_g(facts: Ledger) -> str:
    if "alliance-series-g-includes" not in facts:
        return ""
    return (
        " Series G is described as including both pledges, so it takes nothing from them, at "
        "whatever price they were struck."
    )


def stake_table(
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
    microsoft_entry_stake_share: Array,
    nvidia_entry_stake_share: Array,
    microsoft_stake_share: Array,
    nvidia_stake_share: Array,
    microsoft_exit_stake_share: Array,
    nvidia_exit_stake_share: Array,
    microsoft_exit_stake_share_draws: Array,
    nvidia_exit_stake_share_draws: Array,
    microsoft_stake_at_price_usd: Array,
    nvidia_stake_at_price_usd: Array,
    microsoft_look_through_value_usd: Array,
    nvidia_look_through_value_usd: Array,
    microsoft_look_through_value_usd_draws: Array,
    nvidia_look_through_value_usd_draws: Array,
    strategic_post_money_usd: Array,
    newest_mark_usd: Array,
    fair_post_money_usd: Array,
) -> Exhibit:
    """E10b: each stake from entry to exit, at a price and at our fair value."""

    def both(first: Array, second: Array, written: Callable[[float], str]) -> list[str]:
        return [written(first.item()), written(second.item())]

    rows = {
        "Money counted": both(microsoft_equity_total_usd, nvidia_equity_total_usd, money),
        "Stake when placed": both(microsoft_entry_stake_share, nvidia_entry_stake_share, percent),
        "Stake after known rounds": both(microsoft_stake_share, nvidia_stake_share, percent),
        "Stake at exit": both(microsoft_exit_stake_share, nvidia_exit_stake_share, percent),
        "… eight draws in ten": [
            percent_span(*np.quantile(draws, [0.1, 0.9]))
            for draws in (microsoft_exit_stake_share_draws, nvidia_exit_stake_share_draws)
        ],
        "Worth at the newest mark": both(
            microsoft_stake_at_price_usd, nvidia_stake_at_price_usd, money
        ),
        "Worth at our fair value": both(
            microsoft_look_through_value_usd, nvidia_look_through_value_usd, money
        ),
        "… eight draws in ten ": [
            money_in_draws(draws)
            for draws in (
                microsoft_look_through_value_usd_draws,
                nvidia_look_through_value_usd_draws,
            )
        ],
    }
    frame = pd.DataFrame(
        [
            {"Stake": label, "Microsoft": first, "Nvidia": second}
            for label, (first, second) in rows.items()
        ]
    )
    fair, price = fair_post_money_usd.item(), newest_mark_usd.item()
    side = "less" if fair < price else "more"
    return Exhibit(
        id="E10b",
        title=f"At our central fair value both stakes are worth {percent(abs(fair / price - 1))} "
        f"{side} than at {money(price)}",
        body=table(frame, numbers=["Microsoft", "Nvidia"], stub="Stake"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            f"Placed at {money(strategic_post_money_usd.item())} post-money, which is an "
            f"assumption. Newest mark: {_mark(price, strategic_post_money_usd.item())} "
            f"Our fair value: {money(fair)}, the discounted cash flow at the most likely value of "
            "each assumption, with cash and the two investors' own money in it; the median over "
            "all ranges differs (E08).",
            "A round at a fair price takes a part of every older stake and no value from it, "
            "because the company is then larger by the money paid in.",
        ),
    )


def _mark(price_usd: float, placed_usd: float) -> str:
    """Where the newest mark comes from; without a round since it is that of the placing."""
    told = f"{money(price_usd)} post-money"
    if np.isclose(price_usd, placed_usd):
        return f"{told}, that same assumption, for no round has been priced since."
    return f"{told}, by the newest round since: the price of one class of shares times all shares."
