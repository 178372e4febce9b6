"""Access: what is a way to buy models worth to an enterprise, beside the price of the tokens?

Values are parts of what the tokens cost at list price, over the years for which the enterprise
plans. A customer with a commitment to a cloud gains where usage counts to it; one that adds a
second platform pays once to connect it; one that commits to one maker's models gives up the right
to change.
"""

import numpy as np

from briefing.model.measures.switching import spending_present_value, switching_value

Array = np.ndarray


def committed_price_share(
    commitment_discount_share: Array, commitment_unused_share: Array
) -> Array:
    """What a dollar of usage costs a customer of the cloud, where it counts to a commitment.

    What would have lapsed unused anyway comes off, and the discount negotiated with the cloud where
    it covers models sold there by others: to count to a commitment is not to be discounted.
    """
    return 1 - commitment_discount_share - commitment_unused_share


def one_platform_advantage_share(
    committed_price_share: Array, platform_cost_share: Array, buyer_plan_years: Array
) -> Array:
    """By how much usage through the own cloud may be dearer at list and still cost the same.

    The other way needs a second platform, paid once and spread over the years of the plan.
    """
    direct = 1 + platform_cost_share / buyer_plan_years
    return direct / committed_price_share - 1


def migration_payback_years(migration_cost_share: Array, price_gap_share: Array) -> Array:
    """Years until a move to a cheaper model has earned back its cost; infinite without a gap."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(price_gap_share > 0, migration_cost_share / price_gap_share, np.inf)


def _freedom(volatility: Array, cost: Array, years: Array, locked: Array, rate: Array) -> Array:
    value = switching_value(np.ones((1, 1)), volatility, cost, years, locked, rate)
    return value / spending_present_value(years, rate)


def buyer_freedom_share(
    model_price_volatility_rate: Array,
    migration_cost_share: Array,
    buyer_plan_years: Array,
    debt_rate: Array,
) -> Array:
    """Value of the right to change the model once, on a platform that has several."""
    return _freedom(
        model_price_volatility_rate,
        migration_cost_share,
        buyer_plan_years,
        np.zeros((1, 1)),
        debt_rate,
    )


def two_platform_freedom_share(
    model_price_volatility_rate: Array,
    migration_cost_share: Array,
    platform_cost_share: Array,
    buyer_plan_years: Array,
    debt_rate: Array,
) -> Array:
    """The same where the other model stands on another platform, which must be connected first."""
    return _freedom(
        model_price_volatility_rate,
        migration_cost_share + platform_cost_share,
        buyer_plan_years,
        np.zeros((1, 1)),
        debt_rate,
    )


def one_maker_discount_share(
    buyer_freedom_share: Array,
    model_price_volatility_rate: Array,
    migration_cost_share: Array,
    buyer_plan_years: Array,
    maker_lock_in_years: Array,
    debt_rate: Array,
) -> Array:
    """Discount on all spending that would pay for a commitment to one maker's models."""
    locked = _freedom(
        model_price_volatility_rate,
        migration_cost_share,
        buyer_plan_years,
        maker_lock_in_years,
        debt_rate,
    )
    return np.maximum(buyer_freedom_share - locked, 0.0)
