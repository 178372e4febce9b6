"""Renegotiation: when would Anthropic have grounds to ask Azure for other terms?

A missed commitment is not a debt in default: between equals it is renegotiated. No clause is
public, so grounds are a stated condition of this model, not a forecast. In a quarter that is still
to come there are grounds while a minimum is owed and

- leaving would pay: what the minimum still costs beyond the worth of its capacity, in use or let to
  others, exceeds an assumed fee for ending it; or
- the money in sight is spent, so that somebody has to give in.

Paths are (draws, quarters); a share of one means that the condition holds.
"""

import numpy as np

from briefing.model.measures.onerous import worth

Array = np.ndarray

LEAST_USD = 1e6
"""Amounts below it are rounding."""


def _left(path: Array, rate: Array, quarter_start_years: Array) -> Array:
    """Value in each quarter of what is due in it and after it."""
    factor = (1.0 + rate) ** -quarter_start_years
    return np.cumsum((path * factor)[..., ::-1], axis=-1)[..., ::-1] / factor


def azure_minimum_left_usd(
    azure_minimum_usd: Array, debt_rate: Array, quarter_start_years: Array
) -> Array:
    """Azure's minimum from each quarter on, in money of that quarter."""
    return _left(azure_minimum_usd, debt_rate, quarter_start_years)


def azure_minimum_worth_left_usd(
    azure_minimum_usd: Array,
    azure_largest_compute_share: Array,
    compute_need_usd: Array,
    capacity_worth_multiple: Array,
    resale_share: Array,
    debt_rate: Array,
    quarter_start_years: Array,
) -> Array:
    """Worth of the capacity behind that minimum, in use or let to others, in the same money."""
    useful = azure_largest_compute_share * compute_need_usd
    in_use, resold = worth(azure_minimum_usd, useful, capacity_worth_multiple, resale_share)
    return _left(in_use + resold, debt_rate, quarter_start_years)


def _once(condition: Array) -> Array:
    """One from the first quarter in which the condition holds."""
    return np.maximum.accumulate(condition, axis=-1).astype(float)


def leaving_pays_share(
    azure_minimum_left_usd: Array,
    azure_minimum_worth_left_usd: Array,
    termination_fee_share: Array,
    years_ahead_years: Array,
) -> Array:
    """Whether it has paid by each quarter to end the contract for a fee on what is left of it."""
    beyond = azure_minimum_left_usd - azure_minimum_worth_left_usd
    saved = beyond - termination_fee_share * azure_minimum_left_usd
    return _once((saved > LEAST_USD) & (years_ahead_years > 0))


def money_spent_share(committed_cash_usd: Array, years_ahead_years: Array) -> Array:
    """Whether the money in sight has been spent by the end of each quarter."""
    return _once((committed_cash_usd < 0) & (years_ahead_years > 0))


def renegotiation_share(
    leaving_pays_share: Array,
    money_spent_share: Array,
    azure_minimum_left_usd: Array,
    years_ahead_years: Array,
) -> Array:
    """Whether there have been grounds by each quarter: leaving pays, or money in sight is spent.

    Either counts only while some minimum is still owed.
    """
    owed = (azure_minimum_left_usd > LEAST_USD) & (years_ahead_years > 0)
    return _once(((leaving_pays_share > 0) | (money_spent_share > 0)) & owed)


def azure_bill_revenue_share(azure_due_usd: Array, revenue_usd: Array) -> Array:
    """Azure's bill under the commitment over the revenue of the quarter, which must cover it."""
    return azure_due_usd / revenue_usd
