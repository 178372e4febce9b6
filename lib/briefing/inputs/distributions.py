"""Distributions of uncertain assumptions, each as a quantile function of a share in (0, 1)."""

import math
from functools import lru_cache
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

    def quantile_of_normal(self, score: Array) -> Array:
        """The same where a share is given as its normal score, thirty times as fast.

        By a cubic between 513 exact values and slopes; it strays by less than 1e-9 of the range.
        """
        place = np.clip((score + FARTHEST) / STEP, 0, NODES - 1 - 1e-9)
        left = place.astype(np.intp)
        part = place - left
        constant, first, second, third = _beta_cubics(self.alpha, self.beta)
        inner = (third[left] * part + second[left]) * part + first[left]
        return self.low + (self.high - self.low) * (inner * part + constant[left])


FARTHEST = 8.4
"""Normal score beyond which no draw lies: the smallest uniform one has −8.3."""

NODES = 513
STEP = 2 * FARTHEST / (NODES - 1)


@lru_cache(maxsize=1024)
def _beta_cubics(alpha: float, beta: float) -> tuple[Array, Array, Array, Array]:
    """Coefficients, between neighbouring scores, of a Beta's quantile of a normal score."""
    from scipy.special import betaincinv, betaln, ndtr

    score = np.linspace(-FARTHEST, FARTHEST, NODES)
    # Far up a share rounds to one, but not what is left of it: the upper half is taken from it.
    is_low = score < 0
    value, rest = np.empty(NODES), np.empty(NODES)
    value[is_low] = betaincinv(alpha, beta, ndtr(score[is_low]))
    rest[~is_low] = betaincinv(beta, alpha, ndtr(-score[~is_low]))
    value[~is_low], rest[is_low] = 1 - rest[~is_low], 1 - value[is_low]
    with np.errstate(divide="ignore"):
        density = (alpha - 1) * np.log(value) + (beta - 1) * np.log(rest) - betaln(alpha, beta)
    slope = STEP * np.exp(-(score**2) / 2 - density) / math.sqrt(2 * math.pi)
    rise = np.diff(value)
    start, end = slope[:-1], slope[1:]
    return value[:-1], start, 3 * rise - 2 * start - end, start + end - 2 * rise


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


def drawn_quantile(assumption: Any, share: Array) -> Array:
    """The same for draws, of which there may be many."""
    if assumption.distribution != "pert":
        return quantile(assumption, share)
    from scipy.special import ndtri

    return Pert(assumption.low, assumption.value, assumption.high).quantile_of_normal(ndtri(share))
