"""Queues: what can be served when arrivals and capacity do not match."""

import numpy as np

Array = np.ndarray


def served_cumulative(arrivals: Array, capacity: Array) -> Array:
    """Cumulated output of a queue that forwards what has arrived, up to each period's capacity.

    The min-plus form of Lindley's recursion: S(t) + min(0, min over s ≤ t of A(s) − S(s)).
    Capacity that finds nothing waiting is lost. Time is the last axis.

    >>> served_cumulative(np.array([5.0, 0.0]), np.array([6.0, 24.0])).tolist()
    [5.0, 5.0]
    """
    arrived, possible = np.cumsum(arrivals, axis=-1), np.cumsum(capacity, axis=-1)
    waiting = np.minimum.accumulate(arrived - possible, axis=-1)
    return possible + np.minimum(0.0, waiting)
