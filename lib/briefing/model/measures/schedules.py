"""Schedules: how an amount falls into periods."""

import numpy as np

Array = np.ndarray


def spread_share(period_start: Array, period: float, start: Array, length: Array) -> Array:
    """Share of an amount paid evenly over `length` from `start` on that falls into each period.

    Periods begin at `period_start` and last `period`; an amount is spread over at least one.
    All in the same unit of time; time is the last axis.

    >>> spread_share(np.array([0.0, 0.25, 0.5]), 0.25, np.array([0.25]), np.array([1.0])).tolist()
    [0.0, 0.25, 0.25]
    """
    spread = np.maximum(length, period)
    begun = np.clip((period_start - start) / spread, 0, 1)
    ended = np.clip((period_start + period - start) / spread, 0, 1)
    return np.maximum(ended - begun, 0.0)  # rounding may leave a trace below zero


def window_share(period_start: Array, period: float, start: Array, length: Array) -> Array:
    """The same for a window that may be shorter than a period, of which it keeps to its part.

    >>> window_share(np.array([0.0, 1.0, 2.0]), 1.0, np.array([0.5]), np.array([1.0])).tolist()
    [0.5, 0.5, 0.0]
    """
    ends = np.minimum(period_start + period, start + length)
    return np.maximum(ends - np.maximum(period_start, start), 0.0) / length


def calendar_years(quarterly: Array) -> Array:
    """Sums over whole calendar years of a path whose first quarter is the last of a year.

    >>> calendar_years(np.arange(9.0)[None, :]).tolist()
    [[10.0, 26.0]]
    """
    whole = quarterly[..., 1:]
    years = whole.shape[-1] // 4
    return whole[..., : 4 * years].reshape(*whole.shape[:-1], years, 4).sum(axis=-1)
