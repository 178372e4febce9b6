"""Accounting: what do the books show of the deal, and what moves if the rule is read otherwise?

The books and the economics answer different questions, so both are right. No company has said how
it treats the deal; every treatment here is a possibility, none is alleged.
"""

import numpy as np

from briefing.model.measures.consideration import net_revenue

Array = np.ndarray


def fair_value_at_entry_usd(
    fair_post_money_usd: Array,
    stake_kept_share: Array,
    discount_rate: Array,
    years_to_as_of: Array,
    equity_start_years: Array,
    equity_spread_years: Array,
) -> Array:
    """Our fair value of Anthropic when the shares are bought, post-money.

    Today's, without the money that later rounds brought, discounted from the briefing's date back
    to the middle of the payments where these lie before it. It knows what became known later.
    """
    entry = equity_start_years + equity_spread_years / 2
    since = np.maximum(years_to_as_of - entry, 0)
    return fair_post_money_usd * stake_kept_share * (1 + discount_rate) ** -since


def microsoft_excess_usd(
    microsoft_equity_total_usd: Array,
    microsoft_entry_stake_share: Array,
    fair_value_at_entry_usd: Array,
) -> Array:
    """What Microsoft pays for its shares beyond our fair value of them; never negative."""
    worth = microsoft_entry_stake_share * fair_value_at_entry_usd
    return np.maximum(microsoft_equity_total_usd - worth, 0.0)


def nvidia_excess_usd(
    nvidia_equity_total_usd: Array, nvidia_entry_stake_share: Array, fair_value_at_entry_usd: Array
) -> Array:
    """What Nvidia pays for its shares beyond our fair value of them; never negative."""
    worth = nvidia_entry_stake_share * fair_value_at_entry_usd
    return np.maximum(nvidia_equity_total_usd - worth, 0.0)


def microsoft_reduction_rate(
    azure_commitment_usd: Array,
    microsoft_equity_total_usd: Array,
    microsoft_entry_stake_share: Array,
    fair_value_at_entry_usd: Array,
) -> Array:
    """Part of each invoice that is no revenue if shares are worth our value (ASC 606-10-32-26).

    Not a number where more would be taken off than the contract is worth.
    """
    worth = microsoft_entry_stake_share * fair_value_at_entry_usd
    return _reduction_rate(azure_commitment_usd, microsoft_equity_total_usd, worth)


def most_microsoft_reduction_rate(
    azure_commitment_usd: Array, microsoft_equity_total_usd: Array
) -> Array:
    """The same, of the whole pledge, if the shares were no distinct good at all."""
    return _reduction_rate(azure_commitment_usd, microsoft_equity_total_usd, np.zeros((1, 1)))


def _reduction_rate(price: Array, payment: Array, worth: Array) -> Array:
    price, payment, worth = np.broadcast_arrays(price, payment, worth)
    fits = (price > 1.0) & (payment - worth <= price)
    rate = net_revenue(np.where(fits, price, 1.0), np.where(fits, payment, 0.0), worth)
    return np.where(fits, rate.reduction_rate, np.nan)


def microsoft_price_gain_usd(
    microsoft_stake_at_price_usd: Array, microsoft_equity_total_usd: Array
) -> Array:
    """Gain in income when the stake is marked to the newest price (ASC 321-10-35-2).

    As if all of the money had been paid in on the briefing's date.
    """
    return microsoft_stake_at_price_usd - microsoft_equity_total_usd


def nvidia_price_gain_usd(
    nvidia_stake_at_price_usd: Array, nvidia_equity_total_usd: Array
) -> Array:
    """Nvidia's gain in income on the same ground."""
    return nvidia_stake_at_price_usd - nvidia_equity_total_usd


def microsoft_fair_gain_usd(
    microsoft_look_through_value_usd: Array, microsoft_equity_total_usd: Array
) -> Array:
    """Gain at our fair value instead of a price; negative where more was paid."""
    return microsoft_look_through_value_usd - microsoft_equity_total_usd


def nvidia_fair_gain_usd(
    nvidia_look_through_value_usd: Array, nvidia_equity_total_usd: Array
) -> Array:
    """Nvidia's gain at our fair value instead of a price; negative where more was paid."""
    return nvidia_look_through_value_usd - nvidia_equity_total_usd


def coming_year_income_usd(free_cash_flow_usd: Array, years_ahead_years: Array) -> Array:
    """Anthropic's income after tax in the four quarters after the briefing's date.

    Cash stands for income: the model has neither depreciation nor working capital of Anthropic's.
    """
    ahead = (years_ahead_years > 0) & (years_ahead_years < 1)
    return np.sum(np.where(ahead, free_cash_flow_usd, 0.0), axis=-1, keepdims=True)


def microsoft_equity_method_usd(
    microsoft_stake_share: Array, coming_year_income_usd: Array
) -> Array:
    """What the equity method would take into Microsoft's income in the coming year (ASC 323)."""
    return microsoft_stake_share * coming_year_income_usd


def nvidia_equity_method_usd(nvidia_stake_share: Array, coming_year_income_usd: Array) -> Array:
    """What the equity method would take into Nvidia's income in the coming year (ASC 323)."""
    return nvidia_stake_share * coming_year_income_usd


def azure_minimum_total_usd(azure_minimum_usd: Array) -> Array:
    """What is owed whether used or not: the part of the commitment that is an obligation."""
    return np.sum(azure_minimum_usd, axis=-1, keepdims=True)


def minimum_present_value_usd(
    azure_minimum_usd: Array, debt_rate: Array, quarter_middle_years: Array
) -> Array:
    """Those minimums discounted like debt: the liability if they were payments of a lease."""
    return np.sum(
        azure_minimum_usd * (1 + debt_rate) ** -quarter_middle_years, axis=-1, keepdims=True
    )


def book_left_at_term_share(book_life_years: Array, azure_term_years: Array) -> Array:
    """Part of the equipment's cost still in Microsoft's books when the commitment's term ends."""
    return np.maximum(1 - azure_term_years / book_life_years, 0.0)


def worn_out_at_term_share(gpu_life_years: Array, book_life_years: Array) -> Array:
    """Part of the cost still in the books when the equipment's economic life ends."""
    return np.maximum(1 - gpu_life_years / book_life_years, 0.0)
