"""Valuation: what Anthropic is worth on the briefing's date, by methods that can disagree."""

import numpy as np

from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.discounting import gordon_value, present_value

Array = np.ndarray

QUARTERS_A_YEAR = 4


def years_ahead_years(quarter_start_years: Array, years_to_as_of: Array) -> Array:
    """Years from the briefing's date to the middle of each quarter; negative for past ones."""
    return quarter_start_years + QUARTER_YEARS / 2 - years_to_as_of


def future_free_cash_flow_usd(free_cash_flow_usd: Array, years_ahead_years: Array) -> Array:
    """Free cash flow of quarters whose middle is still to come; what is past is not valued."""
    return np.where(years_ahead_years > 0, free_cash_flow_usd, 0.0)


def forecast_value_usd(
    future_free_cash_flow_usd: Array, discount_rate: Array, years_ahead_years: Array
) -> Array:
    """Value on the briefing's date of the free cash flow within the horizon."""
    return present_value(future_free_cash_flow_usd, discount_rate, np.maximum(years_ahead_years, 0))


def terminal_value_usd(
    operating_income_usd: Array, tax_rate: Array, discount_rate: Array, mature_growth_rate: Array
) -> Array:
    """Value, at the end of the horizon, of cash flows that grow forever after its last year.

    Minimums paid for nothing or ahead of use, and their credit, end with the commitments and are
    no part of it.
    """
    income = operating_income_usd[..., -QUARTERS_A_YEAR:]
    lasting = income - np.maximum(income, 0) * tax_rate
    final_year = np.sum(lasting, axis=-1, keepdims=True)
    return gordon_value(final_year, discount_rate, mature_growth_rate)


def going_concern_value_usd(
    forecast_value_usd: Array,
    terminal_value_usd: Array,
    discount_rate: Array,
    years_ahead_years: Array,
) -> Array:
    """Forecast plus terminal value in money of the briefing's date, if the company survives.

    The final year's cash comes at its middle on average, and the terminal value with it.
    """
    middle = np.mean(years_ahead_years[..., -QUARTERS_A_YEAR:], axis=-1, keepdims=True)
    return forecast_value_usd + present_value(terminal_value_usd, discount_rate, middle)


def enterprise_value_usd(
    going_concern_value_usd: Array, failure_share: Array, recovery_share: Array
) -> Array:
    """Value with failure allowed for: a failed company recovers part of its value (Damodaran)."""
    return going_concern_value_usd * (1 - failure_share * (1 - recovery_share))


def cash_at_as_of_usd(cash_usd: Array, opening_cash_usd: Array, years_ahead_years: Array) -> Array:
    """Cash after the last quarter that counts as past, so that none of it is valued twice."""
    opening = np.broadcast_to(opening_cash_usd, (len(cash_usd), 1))
    past = int(np.sum(years_ahead_years <= 0))
    return np.concatenate([opening, cash_usd], axis=-1)[..., past : past + 1]


def equity_value_usd(enterprise_value_usd: Array, cash_at_as_of_usd: Array) -> Array:
    """Enterprise value plus cash: what stands beside a post-money figure.

    Never below zero, because owners may walk away from what is worth less than nothing.
    """
    return np.maximum(enterprise_value_usd + cash_at_as_of_usd, 0.0)


def forward_revenue_usd(revenue_usd: Array, years_ahead_years: Array) -> Array:
    """Revenue of the four quarters that follow the briefing's date."""
    ahead = (years_ahead_years > 0) & (years_ahead_years < 1)
    return np.sum(np.where(ahead, revenue_usd, 0.0), axis=-1, keepdims=True)


def multiple_value_usd(forward_revenue_usd: Array, forward_revenue_multiple: Array) -> Array:
    """Forward revenue times a multiple of forward revenue: never of a run-rate."""
    return forward_revenue_usd * forward_revenue_multiple


def last_round_run_rate_multiple(
    last_round_value_usd: Array, known_run_rate_usd_per_year: Array
) -> Array:
    """The last priced round over the newest known run-rate; the two need not be of one day."""
    return last_round_value_usd / known_run_rate_usd_per_year
