"""Onerous contracts: what an obligation costs beyond the worth of what is bought with it."""

import numpy as np

Array = np.ndarray


def worth(
    minimum: Array, useful: Array, worth_multiple: Array, resale_share: Array
) -> tuple[Array, Array]:
    """What the capacity behind a minimum is worth per period: in use, and sold to others.

    Of the `minimum`, capacity up to `useful` serves its buyer and is worth `worth_multiple` of its
    price; the rest is idle and fetches `resale_share` of that.

    >>> in_use, resold = worth(np.array([10.0]), np.array([6.0]), np.ones(1), np.array([0.5]))
    >>> in_use.tolist(), resold.tolist()
    ([6.0], [2.0])
    """
    used = np.minimum(minimum, np.maximum(useful, 0.0))
    return used * worth_multiple, (minimum - used) * worth_multiple * resale_share


def onerous_part(minimum_present_value: Array, worth_present_value: Array) -> Array:
    """Present value of minimum payments beyond that of value in use or on resale, or nothing.

    Only this part lowers equity; the rest of the obligation is added to debt and to assets alike,
    as CFA practice and S&P's Ratios and Adjustments (2019) have it.

    >>> onerous_part(np.array([10.0, 8.0]), np.array([8.0, 9.0])).tolist()
    [2.0, 0.0]
    """
    return np.maximum(minimum_present_value - worth_present_value, 0.0)
