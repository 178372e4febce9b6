"""Ownership: what part of Anthropic does the money buy, and what is that part worth?

No price per share is disclosed, so a stake is money over the post-money value at which it is taken
to be placed, and only a range is honest. A round priced later takes a part of every older stake;
at a fair price it takes no value, because the company is then larger by the money paid in.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from briefing.inputs.facts import Ledger

Array = np.ndarray


def stake_kept_share(later_rounds_dilution_share: Array) -> Array:
    """Part of a stake that is left after the rounds priced since it was placed."""
    return 1 - later_rounds_dilution_share


def stake_kept_at_exit_share(
    stake_kept_share: Array,
    raise_to_mark_share: Array,
    future_rounds_multiple: Array,
    pool_dilution_share: Array,
) -> Array:
    """Part of a stake that is left when it can be sold: after future rounds and new staff shares.

    Each future round takes what rounds took on average; the investor is taken to buy into none.
    """
    rounds = (1 - raise_to_mark_share) ** future_rounds_multiple
    return stake_kept_share * rounds * (1 - pool_dilution_share)


def microsoft_entry_stake_share(
    microsoft_equity_total_usd: Array, strategic_post_money_usd: Array
) -> Array:
    """Part of Anthropic that Microsoft's money buys when it is placed."""
    return microsoft_equity_total_usd / strategic_post_money_usd


def nvidia_entry_stake_share(
    nvidia_equity_total_usd: Array, strategic_post_money_usd: Array
) -> Array:
    """Part of Anthropic that Nvidia's money buys when it is placed."""
    return nvidia_equity_total_usd / strategic_post_money_usd


def microsoft_stake_share(microsoft_entry_stake_share: Array, stake_kept_share: Array) -> Array:
    """Microsoft's part of Anthropic on the briefing's date, after known dilution."""
    return microsoft_entry_stake_share * stake_kept_share


def nvidia_stake_share(nvidia_entry_stake_share: Array, stake_kept_share: Array) -> Array:
    """Nvidia's part of Anthropic on the briefing's date, after known dilution."""
    return nvidia_entry_stake_share * stake_kept_share


def microsoft_exit_stake_share(
    microsoft_entry_stake_share: Array, stake_kept_at_exit_share: Array
) -> Array:
    """Microsoft's part of Anthropic when it can sell, after future rounds and staff shares."""
    return microsoft_entry_stake_share * stake_kept_at_exit_share


def nvidia_exit_stake_share(
    nvidia_entry_stake_share: Array, stake_kept_at_exit_share: Array
) -> Array:
    """Nvidia's part of Anthropic when it can sell, after future rounds and staff shares."""
    return nvidia_entry_stake_share * stake_kept_at_exit_share


def newest_mark_usd(
    later_rounds_dilution_share: Array,
    last_round_value_usd: Array,
    strategic_post_money_usd: Array,
) -> Array:
    """Post-money price of the newest round since the placement, or else that of the placement."""
    return np.where(later_rounds_dilution_share > 0, last_round_value_usd, strategic_post_money_usd)


def microsoft_stake_at_price_usd(microsoft_stake_share: Array, newest_mark_usd: Array) -> Array:
    """Microsoft's stake at the newest post-money price: a price for one class, no fair value."""
    return microsoft_stake_share * newest_mark_usd


def nvidia_stake_at_price_usd(nvidia_stake_share: Array, newest_mark_usd: Array) -> Array:
    """Nvidia's stake at the newest post-money price: a price for one class, no fair value."""
    return nvidia_stake_share * newest_mark_usd


def strategic_money_to_come_usd(
    microsoft_equity_usd: Array, nvidia_equity_usd: Array, years_ahead_years: Array
) -> Array:
    """What the two still have to pay in after the briefing's date."""
    coming = np.where(years_ahead_years > 0, microsoft_equity_usd + nvidia_equity_usd, 0.0)
    return np.sum(coming, axis=-1, keepdims=True)


def fair_post_money_usd(equity_value_usd: Array, strategic_money_to_come_usd: Array) -> Array:
    """Our fair value of Anthropic once the two have paid in: what their shares are a part of."""
    return equity_value_usd + strategic_money_to_come_usd


def microsoft_look_through_value_usd(
    microsoft_stake_share: Array, fair_post_money_usd: Array
) -> Array:
    """Microsoft's stake at our fair value of Anthropic, not at a post-money price."""
    return microsoft_stake_share * fair_post_money_usd


def nvidia_look_through_value_usd(nvidia_stake_share: Array, fair_post_money_usd: Array) -> Array:
    """Nvidia's stake at our fair value of Anthropic, not at a post-money price."""
    return nvidia_stake_share * fair_post_money_usd


class EntryPrice(NamedTuple):
    """A post-money value at which the money may have been placed."""

    label: str
    value_usd: float
    fact: str


ENTRY_PRICES = {
    "anthropic-val-series-f": "Series F",
    "post-deal-valuation-350": "Press",
    "anthropic-val-series-g": "Series G",
    "anthropic-val-series-h": "Series H",
}
"""Prices that were in the open around the deal or since, oldest first."""


def entry_prices(facts: "Ledger") -> tuple[EntryPrice, ...]:
    """Every price known on the briefing's date at which the two may have bought."""
    found = {each: facts.get(each) for each in ENTRY_PRICES}
    return tuple(
        EntryPrice(ENTRY_PRICES[each], fact.value, each)
        for each, fact in found.items()
        if fact is not None and fact.value is not None
    )
