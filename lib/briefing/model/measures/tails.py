"""Tails: how far draws go down, how bad the worst of them are, and how well either is known.

Positions are gains, so losses are negative and the bad tail is the low one. A percentile that the
number of draws cannot hold between two of them is refused and not made up.
"""

from math import ceil, log
from typing import NamedTuple

import numpy as np

Array = np.ndarray

CONFIDENCE = 0.95


class TooFewDraws(ValueError):
    """Draws that cannot hold a percentile between two of them."""


class Percentile(NamedTuple):
    """A value below which a share of the draws lies, and where the true one lies."""

    value: float
    low: float
    high: float
    """Ends of the interval of confidence, two of the draws; no shape is assumed."""

    @property
    def error(self) -> float:
        """Half the width of the interval; zero where both ends are the same, infinite ones too."""
        return 0.0 if self.low == self.high else (self.high - self.low) / 2


def least_draws(share: float, confidence: float = CONFIDENCE) -> int:
    """Fewest draws that hold the `share` percentile between their smallest and largest.

    Fewer miss one side with more than half of the doubt that `confidence` leaves.

    >>> least_draws(0.05), least_draws(0.99)
    (72, 368)
    """
    outside = min(share, 1 - share)
    if not 0 < outside < 1:
        raise ValueError(f"share {share:g} must lie between 0 and 1; no draw bounds the ends")
    return ceil(log((1 - confidence) / 2) / log(1 - outside))


def percentile(draws: Array, share: float, confidence: float = CONFIDENCE) -> Percentile:
    """A percentile with its interval from order statistics (Conover 1999, section 3.2).

    The number of draws below the true one is binomial whatever the distribution, so two of the
    sorted draws bound it. Raises TooFewDraws where none does.
    """
    ordered = np.sort(np.ravel(draws))
    count, least = len(ordered), least_draws(share, confidence)
    if count < least:
        raise TooFewDraws(
            f"{count} draws are too few for the {share:.3g} percentile; at least {least} hold it "
            f"between two of them with {confidence:.0%} confidence"
        )
    doubt = (1 - confidence) / 2
    below = _binomial_quantile(doubt, count, share)
    above = _binomial_quantile(1 - doubt, count, share)
    # Ranks start at one and places at zero.
    low, high = ordered[max(below - 1, 0)], ordered[min(above, count - 1)]
    value = np.quantile(ordered, share, method="inverted_cdf")
    return Percentile(float(value), float(low), float(high))


def _binomial_quantile(probability: float, count: int, share: float) -> int:
    """Least number of successes that is reached with this probability or more."""
    # As scipy.stats has it, whose import takes longer than a page of percentiles.
    from scipy.special import bdtr, bdtrik

    found = ceil(float(bdtrik(probability, count, share)))
    return found - 1 if found > 0 and bdtr(found - 1, count, share) >= probability else found


class Tail(NamedTuple):
    """The worst part of a position's draws."""

    value_at_risk: Percentile
    """The position at the edge of the tail: no worse but in the tail's share of draws."""
    expected_shortfall: float
    """Mean of the position within the tail (Acerbi & Tasche 2002)."""
    standard_error: float
    """Of that mean, the doubt about the tail's edge included (Manistre & Hancock 2005)."""


def tail(position: Array, share: float, confidence: float = CONFIDENCE) -> Tail:
    """The worst `share` of draws of a position; raises TooFewDraws where they are too few.

    >>> worst = tail(np.arange(1000.0), 0.1)
    >>> worst.value_at_risk.value, worst.expected_shortfall
    (99.0, 49.5)
    """
    edge = percentile(position, share, confidence)
    ordered = np.sort(np.ravel(position))
    size = share * len(ordered)
    # The draw at the edge belongs to the tail with what is left of the share.
    weights = np.clip(size - np.arange(len(ordered)), 0.0, 1.0)
    mean = float(weights @ ordered) / size
    spread = float(weights @ (ordered - mean) ** 2) / size
    error = (spread + (1 - share) * (mean - edge.value) ** 2) / size
    return Tail(edge, mean, error**0.5)
