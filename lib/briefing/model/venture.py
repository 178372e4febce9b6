"""Outcomes: what is the company worth to investors who think in exits rather than in cash flows?

Both methods use our forecast of sales, so they are no evidence beside the discounted cash flow;
they weigh the same future in another way.
"""

import numpy as np

from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.venture import probability_weighted_value, venture_value

Array = np.ndarray

OUTCOMES = ("listed", "sold", "next round lower", "failed")


def exit_year_share(years_ahead_years: Array, holding_years: Array) -> Array:
    """Part of each quarter that lies in the year before the exit."""
    start = years_ahead_years - QUARTER_YEARS / 2
    first = np.maximum(start, holding_years - 1)
    last = np.minimum(start + QUARTER_YEARS, holding_years)
    return np.maximum(last - first, 0.0) / QUARTER_YEARS


def exit_revenue_usd(revenue_usd: Array, exit_year_share: Array) -> Array:
    """Revenue of the year before the exit."""
    return np.sum(revenue_usd * exit_year_share, axis=-1, keepdims=True)


def venture_method_value_usd(
    exit_revenue_usd: Array,
    listing_revenue_multiple: Array,
    venture_return_rate: Array,
    holding_years: Array,
    later_dilution_share: Array,
) -> Array:
    """What today's shares are worth to an investor who requires a venture return of a success.

    Success is a listing, valued by its revenue, for little is earned by then. The required return
    stands for failure and for a share that cannot be sold; part of the exit belongs to shares that
    are issued until then.
    """
    found = venture_value(
        exit_revenue_usd, listing_revenue_multiple, venture_return_rate, holding_years
    )
    return found.post_money * (1 - later_dilution_share)


def outcome_chance_share(failure_share: Array, listed_share: Array, sold_share: Array) -> Array:
    """(draws, outcomes): chance of each of `OUTCOMES`; what survives and is neither is the third.

    Raises ValueError where listed and sold are more than all survivors.
    """
    either = listed_share + sold_share
    if np.any(either > 1 + 1e-9):
        raise ValueError(
            f"listed_share and sold_share come to {np.max(either):.0%} of the companies that "
            "survive and must not exceed all of them; no chance is left for a lower round"
        )
    lower = np.maximum(1 - either, 0.0)
    alive = 1 - failure_share
    parts = (
        alive * listed_share,
        alive * sold_share,
        alive * np.maximum(lower, 0.0),
        failure_share,
    )
    return np.concatenate(np.broadcast_arrays(*parts), axis=-1)


def outcome_value_usd(
    exit_revenue_usd: Array,
    listing_revenue_multiple: Array,
    sale_revenue_multiple: Array,
    last_round_value_usd: Array,
    mark_down_share: Array,
    recovery_share: Array,
    later_dilution_share: Array,
) -> Array:
    """(draws, outcomes): what today's shares bring in each of `OUTCOMES` when it comes.

    A listing and a sale pay multiples of the last year's revenue, a lower round cuts the last
    price, and a failure recovers a part of what a sale would bring. Of an exit a part belongs to
    shares that are issued until then.
    """
    kept = 1 - later_dilution_share
    sale = exit_revenue_usd * sale_revenue_multiple * kept
    parts = (
        exit_revenue_usd * listing_revenue_multiple * kept,
        sale,
        last_round_value_usd * (1 - mark_down_share),
        sale * recovery_share,
    )
    return np.concatenate(np.broadcast_arrays(*parts), axis=-1)


def probability_weighted_value_usd(
    outcome_chance_share: Array,
    outcome_value_usd: Array,
    holding_years: Array,
    discount_rate: Array,
) -> Array:
    """Value today of the four outcomes; a lower round comes half-way, the others at the exit."""
    years = np.concatenate([holding_years] * 2 + [holding_years / 2, holding_years], axis=-1)
    return probability_weighted_value(
        outcome_chance_share, outcome_value_usd, years, discount_rate
    )[:, None]
