"""Lock-in: what is the freedom to move the work worth, and what must tuning save to pay for it?

Work tuned to one maker's chips is cheaper there and cannot move for some years. What is given up
is an option: to move once to whatever is cheaper by then. Values are parts of the present value of
all spending on the work over the term of the commitment, which is taken to be level.
"""

import numpy as np

from briefing.model.measures.switching import (
    exchange_option,
    required_gain,
    spending_present_value,
    switching_value,
)

Array = np.ndarray


def switching_value_share(
    alternative_cost_multiple: Array,
    relative_cost_volatility_rate: Array,
    switching_cost_share: Array,
    azure_term_years: Array,
    debt_rate: Array,
) -> Array:
    """Value of being free to move the work from the first day on."""
    return _value_share(
        alternative_cost_multiple,
        relative_cost_volatility_rate,
        switching_cost_share,
        azure_term_years,
        np.zeros((1, 1)),
        debt_rate,
    )


def locked_switching_value_share(
    alternative_cost_multiple: Array,
    relative_cost_volatility_rate: Array,
    switching_cost_share: Array,
    azure_term_years: Array,
    lock_in_years: Array,
    debt_rate: Array,
) -> Array:
    """What is left of that freedom if it begins when the lock ends."""
    return _value_share(
        alternative_cost_multiple,
        relative_cost_volatility_rate,
        switching_cost_share,
        azure_term_years,
        lock_in_years,
        debt_rate,
    )


def _value_share(
    alternative: Array, volatility: Array, cost: Array, term: Array, locked: Array, rate: Array
) -> Array:
    value = switching_value(alternative, volatility, cost, term, locked, rate)
    return value / spending_present_value(term, rate)


def freedom_lost_share(switching_value_share: Array, locked_switching_value_share: Array) -> Array:
    """Value of the freedom that the lock takes: the discount on all spending that would pay for it.

    Never negative: a later right is worth no more than an earlier one.
    """
    return np.maximum(switching_value_share - locked_switching_value_share, 0.0)


def freedom_lost_usd(
    freedom_lost_share: Array, commitment_present_value_usd: Array, azure_nvidia_share: Array
) -> Array:
    """The same in dollars, if all Nvidia-based work under the commitment were tuned and locked."""
    return freedom_lost_share * commitment_present_value_usd * azure_nvidia_share


def one_day_switching_value_share(
    alternative_cost_multiple: Array,
    relative_cost_volatility_rate: Array,
    switching_cost_share: Array,
    azure_term_years: Array,
    lock_in_years: Array,
    debt_rate: Array,
) -> Array:
    """What is left if the work may move on the day on which the lock ends and never after.

    Margrabe's formula: what is left to spend less the cost of moving, for what the alternative
    then costs. A lower bound of what is left, and a second way to compute it.
    """
    quarters = np.rint(lock_in_years * 4) / 4
    left = spending_present_value(np.maximum(azure_term_years - quarters, 0.0), debt_rate)
    given = alternative_cost_multiple * left
    strike = np.maximum(left - switching_cost_share, 0.0)
    worth = exchange_option(strike, given, relative_cost_volatility_rate, quarters)
    discounted = worth * (1 + debt_rate) ** -quarters
    return discounted / spending_present_value(azure_term_years, debt_rate)


def required_co_optimisation_gain_share(
    alternative_cost_multiple: Array,
    relative_cost_volatility_rate: Array,
    switching_cost_share: Array,
    azure_term_years: Array,
    lock_in_years: Array,
    debt_rate: Array,
) -> Array:
    """Part of the cost of the work that tuning must save to pay for the freedom it takes."""
    return required_gain(
        alternative_cost_multiple,
        relative_cost_volatility_rate,
        switching_cost_share,
        azure_term_years,
        lock_in_years,
        debt_rate,
    )


def co_optimisation_surplus_share(
    co_optimisation_gain_share: Array, required_co_optimisation_gain_share: Array
) -> Array:
    """By how much the assumed gain exceeds the one required; negative where tuning does not pay."""
    return co_optimisation_gain_share - required_co_optimisation_gain_share
