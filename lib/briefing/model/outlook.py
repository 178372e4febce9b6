"""The outlook in the words of a plan: revenue of a year, yearly growth and margin in the end."""

import numpy as np

from briefing.model.valuation import QUARTERS_A_YEAR

Array = np.ndarray

GROWTH_YEARS = 5


def _revenue_in(year: str, revenue_usd: Array, quarters: tuple[str, ...]) -> Array:
    inside = np.array([quarter.startswith(year) for quarter in quarters])
    return np.sum(revenue_usd[..., inside], axis=-1, keepdims=True)


def revenue_2030_usd(revenue_usd: Array, quarters: tuple[str, ...]) -> Array:
    """Revenue of the calendar year 2030."""
    return _revenue_in("2030", revenue_usd, quarters)


def planned_revenue_2030_usd(
    revenue_usd: Array, plan_over_outcome_multiple: Array, quarters: tuple[str, ...]
) -> Array:
    """The company's plan carried on to 2030 at the pace that comes near its published years.

    No plan for 2030 is public: this extrapolation is ours.
    """
    return _revenue_in("2030", revenue_usd * plan_over_outcome_multiple, quarters)


def five_year_growth_rate(revenue_usd: Array, years_ahead_years: Array) -> Array:
    """Yearly growth from the four quarters after the briefing's date to those five years later."""

    def four_quarters(start_years: int) -> Array:
        inside = (years_ahead_years > start_years) & (years_ahead_years < start_years + 1)
        return np.sum(np.where(inside, revenue_usd, 0.0), axis=-1, keepdims=True)

    return (four_quarters(GROWTH_YEARS) / four_quarters(0)) ** (1 / GROWTH_YEARS) - 1


def final_operating_margin_share(operating_income_usd: Array, revenue_usd: Array) -> Array:
    """Operating income over revenue in the last year of the horizon, on which most value rests."""
    income, revenue = (
        np.sum(path[..., -QUARTERS_A_YEAR:], axis=-1, keepdims=True)
        for path in (operating_income_usd, revenue_usd)
    )
    return income / revenue


def nvidia_margin_left_usd(nvidia_sales_flow_usd: Array) -> Array:
    """What the margin on chips that came because of it leaves of Nvidia's equity, by the horizon.

    Below zero the equity is not paid back, unless the stake is sold.
    """
    return np.sum(nvidia_sales_flow_usd, axis=-1, keepdims=True)
