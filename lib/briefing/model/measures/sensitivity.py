"""Sensitivity: which uncertain number is how much of the variance of a result due to?

Sobol's indices are for inputs that know nothing of each other; for correlated ones they no longer
add up, and Shapley effects take their place.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from briefing.model.measures.dependence import pearson_of_normals, symmetric_root
from briefing.model.measures.shapley import Coalition, shapley

Array = np.ndarray
Quantile = Callable[[Array], Array]
"""Value of one input below which a share of its distribution lies."""
Result = Callable[[Array], Array]
"""Results, (n,), of inputs, (inputs, n)."""


class Indices(NamedTuple):
    """Parts of the variance, one of each input."""

    first: Array
    """What an input explains on its own; they sum to at most one."""
    total: Array
    """What is left when all others are known; they sum to at least one."""
    variance: float


def linear_indices(coefficients: Sequence[float], standard_deviations: Sequence[float]) -> Indices:
    """Indices of a weighted sum of independent inputs: nothing interacts, both are the same."""
    parts = (np.asarray(coefficients, dtype=float) * np.asarray(standard_deviations)) ** 2
    variance = _positive(parts.sum())
    return Indices(parts / variance, parts / variance, variance)


def g_function_indices(a: Sequence[float]) -> Indices:
    """Indices of Sobol's product of (|4 x − 2| + a) / (1 + a), x uniform (Saltelli & Sobol 1995).

    >>> g_function_indices([0.0, 0.0]).first.round(4).tolist()
    [0.4286, 0.4286]
    """
    own = 1 / (3 * (1 + np.asarray(a, dtype=float)) ** 2)
    variance = _positive(np.expm1(np.sum(np.log1p(own))))
    return Indices(own / variance, own / (1 + own) * (1 + 1 / variance), variance)


class Ishigami(NamedTuple):
    """Moments and indices of the function of Ishigami & Homma (1990)."""

    mean: float
    variance: float
    first: Array
    total: Array
    first_and_third: float
    """What the first and the third input explain only together."""


def ishigami_indices(a: float, b: float) -> Ishigami:
    """Those of sin x₁ + a sin² x₂ + b x₃⁴ sin x₁ for uniform inputs between −π and π.

    >>> ishigami_indices(7, 0.1).first.round(4).tolist()
    [0.3139, 0.4424, 0.0]
    """
    alone = (1 + b * np.pi**4 / 5) ** 2 / 2
    second = a**2 / 8
    together = 8 * b**2 * np.pi**8 / 225
    variance = _positive(alone + second + together)
    first = np.array([alone, second, 0.0]) / variance
    total = np.array([alone + together, second, together]) / variance
    return Ishigami(a / 2, variance, first, total, together / variance)


class Estimated(NamedTuple):
    """Indices as estimated, each with half the width of its interval of confidence."""

    first: Array
    first_error: Array
    total: Array
    total_error: Array


def estimated_indices(
    result: Result,
    inputs: Sequence[Quantile],
    n: int = 512,
    designs: int = 8,
    confidence: float = 0.95,
    seed: int = 0,
) -> Estimated:
    """Indices of any result of independent inputs (Saltelli and others 2010, by scipy).

    `n`, a power of two, is the size of a Sobol design; the result is asked n (inputs + 2) times
    in each of `designs`, scrambled anew. As their estimates are independent, the interval is
    Student's; within one design the points are not, and resampling them would mislead.
    """
    from scipy.stats import sobol_indices, t, uniform

    if n < 2 or n & (n - 1):
        raise ValueError(f"n {n} must be a power of two; a Sobol design is balanced only there")
    if designs < 2:
        raise ValueError(f"designs {designs} must be at least 2; one alone tells of no error")

    def asked(shares: Array) -> Array:
        values = [each(share) for each, share in zip(inputs, shares, strict=True)]
        found = np.asarray(result(np.array(values)), dtype=float)
        if np.ptp(found) == 0:
            _positive(0.0)
        return found[None]

    streams = np.random.SeedSequence(seed).spawn(designs)
    found = [
        sobol_indices(
            func=asked, n=n, dists=[uniform()] * len(inputs), rng=np.random.default_rng(stream)
        )
        for stream in streams
    ]
    width = t.ppf((1 + confidence) / 2, designs - 1) / designs**0.5
    first = np.array([each.first_order for each in found]).reshape(designs, len(inputs))
    total = np.array([each.total_order for each in found]).reshape(designs, len(inputs))
    return Estimated(
        first.mean(axis=0),
        width * first.std(axis=0, ddof=1),
        total.mean(axis=0),
        width * total.std(axis=0, ddof=1),
    )


class Effects(NamedTuple):
    """Shapley effects: parts of the variance of a result, which sum to it."""

    due: Array
    """Variance due to each input, in the result's unit squared."""
    standard_error: Array
    variance: float


def linear_effects(coefficients: Sequence[float], covariance: Array) -> Effects:
    """Exact Shapley effects of a weighted sum of normal inputs (Iooss & Prieur 2019)."""
    weights, spread = np.asarray(coefficients, dtype=float), np.asarray(covariance, dtype=float)

    def explained(known: Coalition) -> float:
        some = sorted(map(int, known))
        through = spread[:, some] @ np.linalg.pinv(spread[np.ix_(some, some)], hermitian=True)
        return float(weights @ through @ spread[some] @ weights) if some else 0.0

    names = [str(place) for place in range(len(weights))]
    due = shapley(names, explained).due
    return Effects(
        np.array([due[name] for name in names]),
        np.zeros(len(names)),
        float(weights @ spread @ weights),
    )


def shapley_effects(
    result: Result,
    inputs: Sequence[Quantile],
    spearman: Array,
    n: int = 4_096,
    batches: int = 16,
    seed: int = 0,
) -> Effects:
    """Shapley effects of any result of inputs correlated by a Gaussian copula (Owen 2014).

    What a group of inputs explains is the covariance of the result with a second one, for which
    only the group is kept and the others are drawn anew given it (Song, Nelson & Staum 2016 for
    correlated inputs). The result is asked n times for each group, 2 to the power of the inputs.
    The effects sum to the variance of the sample exactly. The error is that over `batches`.
    """
    if batches < 2 or n < 2 * batches:
        raise ValueError(f"n {n} must fill at least two batches of two draws, given: {batches}")
    pearson = pearson_of_normals(spearman)
    generator = np.random.default_rng(seed)
    own = symmetric_root(pearson) @ generator.standard_normal((len(inputs), n))
    fresh = generator.standard_normal((len(inputs), n))

    def asked(normals: Array) -> Array:
        from scipy.special import ndtr

        values = [each(ndtr(normal)) for each, normal in zip(inputs, normals, strict=True)]
        return np.asarray(result(np.array(values)), dtype=float)

    usual = asked(own)
    apart = usual - usual.mean()
    names = [str(place) for place in range(len(inputs))]
    products = {frozenset(): np.zeros(n), frozenset(names): apart**2}

    def product(known: Coalition) -> Array:
        if known not in products:
            again = asked(_redrawn(own, fresh, sorted(map(int, known)), pearson))
            products[known] = apart * (again - again.mean())
        return products[known]

    each = [
        shapley(names, lambda known, part=part: float(product(known)[part].mean())).due
        for part in np.array_split(np.arange(n), batches)
    ]
    sizes = [len(part) for part in np.array_split(np.arange(n), batches)]
    due = np.array([[one[name] for name in names] for one in each])
    return Effects(
        np.average(due, axis=0, weights=sizes),
        due.std(axis=0, ddof=1) / batches**0.5,
        float(np.mean(apart**2)),
    )


def _redrawn(own: Array, fresh: Array, known: list[int], pearson: Array) -> Array:
    """Normals of which those `known` are kept and the others are drawn anew, given these."""
    others = [place for place in range(len(own)) if place not in known]
    through = pearson[np.ix_(others, known)] @ np.linalg.pinv(pearson[np.ix_(known, known)])
    left = pearson[np.ix_(others, others)] - through @ pearson[np.ix_(known, others)]
    values, vectors = np.linalg.eigh(left)
    again = own.copy()
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    again[others] = through @ own[known] + root @ fresh[others]
    return again


def _positive(variance: float) -> float:
    if not variance > 0:
        raise ValueError("the result never varies; no part of a variance can be due to anybody")
    return float(variance)
