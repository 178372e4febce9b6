"""Scores of forecasts against what came: ranges by the pinball loss, chances by Brier's score.

Both are proper: on average nobody scores better by saying other than what they think.
"""

from collections.abc import Sequence

import numpy as np

Array = np.ndarray


def pinball_loss(forecast: Array, outcome: Array, share: Array) -> Array:
    """Loss of a forecast of the `share` quantile, in the unit of the outcome; zero where it hit.

    What lies above the forecast costs `share` for each unit, what lies below costs the rest
    (Koenker and Bassett 1978, Regression quantiles, Econometrica 46, 33–50). Arrays broadcast.
    Raises ValueError for a share outside 0 and 1.

    >>> loss = pinball_loss(np.array([10.0, 20.0]), np.array(15.0), np.array([0.05, 0.95]))
    >>> loss.round(9).tolist()
    [0.25, 0.25]
    """
    shares = np.asarray(share, dtype=float)
    if not np.all((shares > 0) & (shares < 1)):
        raise ValueError("the share of a quantile must lie between 0 and 1")
    above = np.asarray(outcome) - np.asarray(forecast)
    return np.where(above >= 0, shares * above, (shares - 1) * above)


def brier_score(chances: Sequence[float] | Array, happened: Sequence[bool] | Array) -> float:
    """Mean squared distance of stated chances from what came: 0 is best, 1 worst.

    One half of Brier's own sum over both classes (Brier 1950, Verification of forecasts expressed
    in terms of probability, Monthly Weather Review 78, 1–3), as it is used for events that happen
    or not. Raises ValueError for no forecasts, unequal numbers or chances outside 0 to 1.

    >>> brier_score([0.5, 0.5], [True, False])
    0.25
    """
    stated, came = np.asarray(chances, dtype=float), np.asarray(happened, dtype=float)
    if stated.size == 0 or stated.shape != came.shape:
        raise ValueError(f"{stated.size} chances and {came.size} outcomes; both must be as many")
    if not np.all((stated >= 0) & (stated <= 1)):
        raise ValueError("a chance must lie between 0 and 1")
    return float(np.mean((stated - came) ** 2))
