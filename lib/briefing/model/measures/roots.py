"""Roots: which value makes many things at once worth what was paid for them?"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray

MOST_STEPS = 60
"""Steps by a factor of e in search of a value that is too high; beyond them there is none."""


def value_worth(worth: Callable[[Array, Array], Array], paid: Array, guess: Array) -> Array:
    """(rows,): the values v with worth(v, row) = paid, where worth rises and never exceeds v.

    `worth` takes values and the rows that they belong to. `guess` is a likely upper end. Solved in
    logarithms, in which worth is nearly linear, by Chandrupatla's bracketing method. Raises
    ValueError where no value is worth what was paid.

    >>> quarter = value_worth(lambda value, row: value / 4, np.array([3.0]), np.array([5.0]))
    >>> quarter.round(6).tolist()
    [12.0]
    """
    from scipy.optimize.elementwise import find_root

    def excess(log_value: Array, row: Array) -> Array:
        return np.log(np.maximum(worth(np.exp(log_value), row), 1e-300) / paid[row])

    rows, high = np.arange(len(paid)), np.log(guess) + 0.01
    for _ in range(MOST_STEPS):
        short = excess(high, rows) < 0
        if not short.any():
            low = np.minimum(np.log(paid), high)
            found = find_root(excess, (low, high), args=(rows,), tolerances={"xatol": 1e-11})
            return np.exp(found.x)
        high = np.where(short, high + 1.0, high)
    raise ValueError(
        "no value of the company makes the last round worth its price: its share of the company "
        "is too small; nothing was valued"
    )
