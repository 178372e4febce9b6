"""Distributions of uncertain assumptions, each as a quantile function of a share in (0, 1)."""

import math
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Pert(NamedTuple):
    """Beta distribution on [low, high] with a given most likely value (Malcolm et al. 1959)."""

    low: float
    mode: float
    high: float

    @property
    def alpha(self) -> float:
        """First shape of the Beta, 1 + 4 (mode − low) / (high − low)."""
        return 1 + 4 * (self.mode - self.low) / (self.high - self.low)

    @property
    def beta(self) -> float:
        """Second shape of the Beta, 1 + 4 (high − mode) / (high − low)."""
        return 1 + 4 * (self.high - self.mode) / (self.high - self.low)

    @property
    def mean(self) -> float:
        """Mean, (low + 4 mode + high) / 6.

        >>> Pert(3, 5, 7).mean
        5.0
        """
        return (self.low + 4 * self.mode + self.high) / 6

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the scaled Beta, not the (high − low) / 6 of older texts."""
        total = self.alpha + self.beta
        variance = self.alpha * self.beta / (total**2 * (total + 1))
        return (self.high - self.low) * variance**0.5

    def quantile(self, share: Array) -> Array:
        """Value below which `share` of the distribution lies."""
        from scipy.special import betaincinv

        return self.low + (self.high - self.low) * betaincinv(self.alpha, self.beta, share)


class LogNormal(NamedTuple):
    """A number whose logarithm is normal with mean `mu` and standard deviation `sigma`."""

    mu: float
    sigma: float

    @classmethod
    def of_quantiles(
        cls, low: float, high: float, low_share: float = 0.05, high_share: float = 0.95
    ) -> "LogNormal":
        """The one of which `low_share` lies below `low` and `high_share` below `high`.

        >>> round(LogNormal.of_quantiles(50.0, 200.0).median)
        100
        """
        from scipy.special import ndtri

        if not 0 < low < high < float("inf"):
            raise ValueError(f"low {low:g} must lie above zero and below high {high:g}")
        if not 0 < low_share < high_share < 1:
            raise ValueError(
                f"shares {low_share:g} and {high_share:g} must rise between 0 and 1; they say how "
                "much lies below each end"
            )
        ends = float(ndtri(low_share)), float(ndtri(high_share))
        sigma = math.log(high / low) / (ends[1] - ends[0])
        return cls(math.log(low) - ends[0] * sigma, sigma)

    @property
    def median(self) -> float:
        """Half of all draws lie below it."""
        return math.exp(self.mu)

    @property
    def mean(self) -> float:
        """Mean, above the median for the long tail."""
        return math.exp(self.mu + self.sigma**2 / 2)

    def quantile(self, share: Array) -> Array:
        """Value below which `share` of the distribution lies."""
        from scipy.special import ndtri

        return np.exp(self.mu + self.sigma * ndtri(share))


def uniform_quantile(low: float, high: float, share: Array) -> Array:
    """Quantile of the flat distribution on [low, high].

    >>> float(uniform_quantile(2.0, 4.0, 0.5))
    3.0
    """
    return low + (high - low) * np.asarray(share)


def choice_quantile(weights: dict[str, float], share: Array) -> Array:
    """The option into whose stretch of the cumulated weights `share` falls.

    >>> str(choice_quantile({"nested": 1, "additional": 3}, np.array(0.2)))
    'nested'
    """
    edges = np.cumsum(list(weights.values())) / sum(weights.values())
    places = np.minimum(np.searchsorted(edges, share, side="right"), len(weights) - 1)
    return np.array(list(weights), dtype=str)[places]


def quantile(assumption: Any, share: Array) -> Array:
    """Quantile of an assumption by its stated distribution; `fixed` gives its value throughout."""
    match assumption.distribution:
        case "pert":
            return Pert(assumption.low, assumption.value, assumption.high).quantile(share)
        case "uniform":
            return uniform_quantile(assumption.low, assumption.high, share)
        case "choice":
            return choice_quantile(assumption.options, share)
        case _:
            return np.full(np.shape(share), assumption.value)
