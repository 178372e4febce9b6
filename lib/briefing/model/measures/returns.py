"""Returns: what dated payments earn, and when they have paid for themselves."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray

GROWTHS = np.geomspace(0.01, 101.0, 321)
"""One plus each rate at which a stream is looked at: from −99 to 10,000 percent a year."""

STEPS = 12
"""Between two neighbours of that grid a stream is almost straight; twelve steps are plenty."""


class InternalRate(NamedTuple):
    """Rates at which a stream is worth nothing, (draws, 1) each."""

    rate: Array
    """The one rate per year; not a number where there is none, or more than one."""
    roots: Array
    """How many there are between −99 and 10,000 percent."""


def internal_rate(flows: Array, years: Array) -> InternalRate:
    """Internal rate of return of `flows`, (draws, periods), paid at `years`, (1, periods).

    Every change of sign on a fine grid of rates brackets one root, which is then found within its
    bracket. None or several is an answer, given as such: nothing is clipped or picked. Two roots
    closer than four percent of one plus the rate pass for none.

    >>> found = internal_rate(np.array([[-100.0, 0.0, 121.0]]), np.array([[0.0, 1.0, 2.0]]))
    >>> found.rate.round(6).tolist(), found.roots.tolist()
    ([[0.1]], [[1]])
    """
    flows, years = np.atleast_2d(flows), np.atleast_2d(years)
    logs = np.log(GROWTHS)
    signs = np.sign(flows @ np.exp(-years.T * logs))
    # A rate that is exactly on the grid belongs to the bracket before it.
    signs[signs == 0] = -1.0
    crossed = signs[:, 1:] != signs[:, :-1]
    roots = np.where(np.any(flows != 0, axis=-1), crossed.sum(axis=-1), 0)
    rate = np.full(len(flows), np.nan)
    single = np.flatnonzero(roots == 1)
    first = crossed[single].argmax(axis=-1)
    rate[single] = np.expm1(_root(flows[single], years, logs[first], logs[first + 1]))
    return InternalRate(rate[:, None], roots[:, None])


def _root(flows: Array, years: Array, low: Array, high: Array) -> Array:
    """The logarithm of growth between `low` and `high` where worth is nothing (Illinois method)."""

    def worth(log_growth: Array) -> Array:
        return np.sum(flows * np.exp(-years * log_growth[:, None]), axis=-1)

    at_low, at_high = worth(low), worth(high)
    middle = low
    for _ in range(STEPS):
        span = np.where(at_high == at_low, 1.0, at_high - at_low)
        middle = high - at_high * (high - low) / span
        found = worth(middle)
        turned = found * at_high <= 0
        low, at_low = np.where(turned, high, low), np.where(turned, at_high, at_low / 2)
        high, at_high = middle, found
    return middle


def payback(flows: Array, period_ends: Array) -> Array:
    """Time at which the sum of all flows stops being negative for good, (draws, 1).

    Zero where it never is, infinite where it still is at the end.

    >>> flows = np.array([[-4.0, 3.0, 3.0], [-4.0, 1.0, 1.0]])
    >>> payback(flows, np.array([[1.0, 2.0, 3.0]])).tolist()
    [[3.0], [inf]]
    """
    flows, ends = np.broadcast_arrays(flows, period_ends)
    total = np.cumsum(flows, axis=-1)
    owing = total < -1e-9 * np.sum(np.abs(flows), axis=-1, keepdims=True)
    periods = flows.shape[-1]
    last = periods - 1 - np.argmax(owing[..., ::-1], axis=-1, keepdims=True)
    after = np.take_along_axis(ends, np.minimum(last + 1, periods - 1), axis=-1)
    reached = np.where(owing[..., -1:], np.inf, after)
    return np.where(owing.any(axis=-1, keepdims=True), reached, 0.0)
