"""Vintages: equipment that is bought once, serves for its life and is then replaced."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Vintages(NamedTuple):
    """Dollars of equipment, (draws, periods), except what is left of it, (draws, 1)."""

    purchases: Array
    """Paid for, `lead` periods before service."""
    idle_charge: Array
    """Depreciation of what stands in service and is not needed."""
    book_left: Array
    """Not yet depreciated when the last period ends."""


def vintages(charge: Array, life: Array, lead: Array) -> Vintages:
    """Purchases that keep enough equipment in service for a depreciation of `charge` per period.

    Straight-line over `life` periods from the first of service; bought `lead` periods earlier, at
    the earliest in the first period. No more is bought than is missing, so that what one use frees
    serves the next. `life` and `lead` are whole numbers, (draws, 1).
    All purchases are depreciated: they equal charge, idle charge and book left.

    >>> bought = vintages(np.array([[0.0, 1.0, 1.0, 1.0]]), np.array([[2]]), np.array([[1]]))
    >>> bought.purchases.tolist(), bought.idle_charge.tolist(), bought.book_left.tolist()
    ([[2.0, 0.0, 2.0, 0.0]], [[0.0, 0.0, 0.0, 0.0]], [[1.0]])
    """
    draws = max(len(charge), len(life), len(lead))
    periods = charge.shape[-1]
    needed = np.broadcast_to(charge, (draws, periods))
    life, lead = (np.broadcast_to(each, (draws, 1)).astype(int) for each in (life, lead))
    rows = np.arange(draws)
    # What enters service, cumulated, with one column of nothing before the first period.
    entered, in_service = np.zeros((draws, periods + 1)), np.zeros((draws, periods))
    for period in range(periods):
        retired = entered[rows, np.maximum(period + 1 - life[:, 0], 0)]
        standing = entered[:, period] - retired
        in_service[:, period] = np.maximum(standing, needed[:, period])
        entered[:, period + 1] = retired + in_service[:, period]
    new = np.diff(entered, axis=-1)
    age = periods - np.arange(periods)
    paid = np.zeros((draws, periods))
    when = np.maximum(np.arange(periods) - lead, 0)
    np.add.at(paid, (rows[:, None], when), new * life)
    left = np.sum(new * np.maximum(life - age, 0), axis=-1, keepdims=True)
    return Vintages(paid, in_service - needed, left)
