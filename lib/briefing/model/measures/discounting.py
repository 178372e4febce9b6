"""Discounting: what a stream of future cash is worth on an earlier day."""

import numpy as np

Array = np.ndarray


class InfiniteValue(ValueError):
    """Cash flows that grow too fast to have a value."""


def present_value(cash_flows: Array, discount_rate: Array, years: Array) -> Array:
    """Value at year zero of cash flows at `years`, summed over time, the last axis, which stays.

    >>> round(float(present_value(np.array([55.0, 60.5]), 0.10, np.array([1.0, 2.0]))[0]), 6)
    100.0
    """
    # A power of whole numbers cannot be negative, and a rate of 0 is one.
    return np.sum(cash_flows * (1.0 + discount_rate) ** -years, axis=-1, keepdims=True)


def annuity(discount_rate: Array, years: Array) -> Array:
    """Value at its start of one a year, paid evenly over `years`; at no rate the years themselves.

    >>> round(float(annuity(np.array(0.0), np.array(5.0))), 6)
    5.0
    """
    force = np.log1p(discount_rate)
    even = np.abs(force) < 1e-12
    return np.where(even, years, -np.expm1(-force * years) / np.where(even, 1.0, force))


def gordon_value(final_cash_flow: Array, discount_rate: Array, growth_rate: Array) -> Array:
    """Value, in the year of `final_cash_flow`, of yearly cash flows that grow forever after it.

    Gordon (1959). Raises InfiniteValue where growth reaches the discount rate.

    >>> round(float(gordon_value(100.0, 0.10, 0.05)), 6)
    2100.0
    """
    spread = np.asarray(discount_rate - growth_rate)
    if np.any(spread <= 0):
        raise InfiniteValue(
            f"growth rate {np.max(growth_rate):.1%} must stay below discount rate "
            f"{np.min(discount_rate):.1%}; at or above it the terminal value is infinite"
        )
    return final_cash_flow * (1 + growth_rate) / spread
