"""Value of information: what a decision gains if something uncertain were known before it.

A net benefit is what an option gains, in dollars. Knowing everything is worth the mean of the best
option's gain in each draw, less the gain of the option that is best on average (EVPI). Knowing some
parameters alone is worth the same with each gain replaced by its mean given these (EVPPI).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Array = np.ndarray

KNOTS = (0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875)
"""Quantiles at which splines may bend, in the order in which a finer fit adds them."""

ALONE = 1e-5
"""Part of its size by which a function must differ from those before it to say anything."""

ROWS = 4096
"""Draws that are fitted at a time, so that what is computed of them stays in the cache."""


class Worth(NamedTuple):
    """What knowing something is worth to a decision, by two estimates that err either way."""

    fitted: float
    """From the fitted means: noise in a fit errs upwards, a kink that it rounds off downwards."""
    held_out: float
    """Gain where the option of each draw is chosen by a fit without it: never too much, but for
    chance, because no fit chooses better than who knows.
    """
    error: float
    """Standard error of `held_out` from the number of draws."""

    @property
    def usd(self) -> float:
        """The larger: what somebody gains by acting on a fit can be gained by knowing."""
        return max(self.fitted, self.held_out, 0.0)


class Gains(NamedTuple):
    """What the options of a decision gain over the one that is best without knowing more."""

    usd: Array
    """(options, draws)."""
    everything_usd: float
    """What knowing everything is worth."""


class Known(NamedTuple):
    """Parameters that are known together, as columns between −1 and 1."""

    scaled: Array
    """(columns, draws); a parameter of words has a column for each word but the first."""
    of: Array
    """(columns,) number of the parameter of which the column tells."""
    knots: Array
    """(columns, knots) where a spline of it may bend; a word has none, so not a number."""


def perfect_worth(net_benefit: Array, probability: Array | None = None) -> float:
    """Value of knowing everything (EVPI); net benefits are (draws or states, options).

    >>> round(perfect_worth(np.array([[0, -50], [0, 10], [0, 60]]), np.array([0.2, 0.5, 0.3])), 9)
    10.0
    """
    best = np.argmax(np.average(net_benefit, axis=0, weights=probability))
    missed = np.max(net_benefit, axis=1) - net_benefit[:, best]
    return float(np.average(missed, weights=probability))


def partial_worth(net_benefit: Array, joint_probability: Array) -> float:
    """Value of knowing x alone (EVPPI), from net benefits [x][y][option] and the chance of (x, y).

    Exact for finitely many states: given x, y stays uncertain and the option that is best on
    average over y is taken.
    """
    chance = joint_probability / np.sum(joint_probability)
    # The chance of x is within each row, so that a state that never comes needs no division.
    gains = np.einsum("xy,xyd->xd", chance, net_benefit)
    best = np.argmax(np.sum(gains, axis=0))
    return float(np.sum(np.max(gains, axis=1) - gains[:, best]))


def normal_worth(mean: Array, deviation: Array) -> Array:
    """Value of knowing a normal net benefit before choosing between it and nothing.

    The unit normal loss integral (Raiffa and Schlaifer 1961).

    >>> round(float(normal_worth(0.0, 1.0)), 6)
    0.398942
    """
    from scipy.special import ndtr

    away, deviation = np.abs(mean), np.asarray(deviation, dtype=float)
    score = np.divide(away, deviation, out=np.full(np.broadcast(away, deviation).shape, np.inf),
                      where=deviation > 0)  # fmt: skip
    density = np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi)
    tail = np.where(np.isinf(score), 0.0, away * ndtr(-score))
    return np.maximum(deviation * density - tail, 0.0)


def over_best(net_benefit: Array) -> Gains:
    """Gains over the option that is best on average; net benefits are (draws, options).

    What all options gain alike changes no decision and would only be noise.
    """
    best = int(np.argmax(np.mean(net_benefit, axis=0)))
    usd = np.ascontiguousarray((net_benefit - net_benefit[:, best : best + 1]).T)
    return Gains(usd, perfect_worth(net_benefit))


def known_together(parameters: Sequence[Array]) -> Known:
    """`parameters`, a number or a word in each draw, as functions can be fitted to them."""
    columns = [_scaled(each.reshape(-1)) for each in parameters]
    scaled = np.array([each for those in columns for each in those])
    scaled = scaled.reshape(-1, len(parameters[0]))
    of = np.repeat(np.arange(len(parameters)), [len(those) for those in columns])
    bends = np.array([np.issubdtype(each.dtype, np.number) for each in parameters])[of, None]
    return Known(scaled, of, np.where(bends, np.quantile(scaled, KNOTS, axis=1).T, np.nan))


def known_worths(decisions: Sequence[Gains], known: Known) -> list[Worth]:
    """Value of knowing the parameters of `known` together (EVPPI) to each decision, from draws.

    Regression of Strong, Oakley and Brennan (2014): the mean of each gain given the parameters is
    fitted by least squares. The size of the fit is chosen by the Bayesian information criterion,
    from a constant upwards, so that what says nothing is worth nothing. Never below zero (Jensen)
    nor above the value of knowing everything.
    """
    gains = np.vstack([each.usd for each in decisions])
    ends = np.cumsum([len(each.usd) for each in decisions]).tolist()
    fitted, taken = _fits(gains, [slice(*pair) for pair in pairwise([0, *ends])], known)
    return [
        Worth(
            float(np.clip(value, 0.0, each.everything_usd)),
            float(np.mean(those)),
            float(np.std(those) / np.sqrt(len(those))),
        )
        for each, value, those in zip(decisions, fitted, taken, strict=True)
    ]


def estimate_benefit(outcome: Array, guesses: int = 39) -> Array:
    """Net benefits of stating one number for `outcome`: less the dollars by which it is wrong.

    The options are quantiles of the outcome, evenly apart; an error of a dollar costs a dollar
    either way, so without further knowledge the median is best.
    """
    shares = (np.arange(guesses) + 1) / (guesses + 1)
    return -np.abs(outcome.reshape(-1, 1) - np.quantile(outcome, shares))


def binned_worth(net_benefit: Array, parameter: Array, bins: int = 20) -> float:
    """Value of knowing one parameter, from means within bins of equally many draws.

    A check of the regression: cruder, but it assumes no shape.
    """
    order = np.argsort(parameter.reshape(-1), kind="stable")
    parts = np.array_split(net_benefit[order], bins)
    sums = np.array([np.sum(part, axis=0) for part in parts])
    value = np.sum(np.max(sums, axis=1)) - np.max(np.sum(sums, axis=0))
    return float(value / len(net_benefit))


def _fits(gains: Array, decisions: Sequence[slice], known: Known) -> tuple[Array, Array]:
    """Value of each decision by the fitted gains, and its gain by fits that leave out the draw.

    The draws are read twice, some thousand at a time: for the sums that make the fit, and for what
    it says of each draw.
    """
    draws = gains.shape[1]
    blocks = [slice(start, start + ROWS) for start in range(0, draws, ROWS)]
    steps = _steps(known, draws)
    count = sum(steps.values())
    squares, products = np.zeros((count, count)), np.zeros((count, len(gains)))
    for rows in blocks:
        functions = _functions(known, steps, rows)
        squares += functions @ functions.T
        products += functions @ gains[:, rows].T
    kept, triangle = _triangle(squares)
    # From here on the functions are made to have length one and to stand at right angles.
    weights = _solved(triangle, products[kept])
    sizes = np.unique(np.searchsorted(kept, np.cumsum(list(steps.values()))))
    chosen = _chosen(weights, np.einsum("gd,gd->g", gains, gains), sizes, draws)
    used = np.where(np.arange(len(weights))[:, None] < chosen, weights, 0.0)
    levels, level = np.unique(chosen, return_inverse=True)
    last = levels[-1]
    kept, triangle, used = kept[:last], triangle[:last, :last], used[:last].T
    # Of the finer functions, which no fit has, nothing is asked any more.
    firsts = np.cumsum([0, *steps.values()])
    coarse = [step for step, first in zip(steps, firsts, strict=False) if first <= kept[-1]]
    sums, best = np.zeros(len(gains)), np.zeros(len(decisions))
    taken = np.empty((len(decisions), draws))
    for rows in blocks:
        functions = _solved(triangle, _functions(known, coarse, rows)[kept])
        added = np.add.reduceat(functions**2, [0, *levels[:-1]], axis=0)
        left_out = np.maximum(1 - np.cumsum(added, axis=0), ALONE)[level]
        fitted, gained = used @ functions, gains[:, rows]
        without = gained - (gained - fitted) / left_out
        sums += np.sum(fitted, axis=1)
        for place, those in enumerate(decisions):
            best[place] += np.sum(np.max(fitted[those], axis=0))
            option = np.argmax(without[those], axis=0)[None]
            taken[place, rows] = np.take_along_axis(gained[those], option, axis=0)[0]
    unknowing = np.array([np.max(sums[those]) for those in decisions])
    return (best - unknowing) / draws, taken


CONSTANT, ITSELF, PAIRS, SQUARE, CUBE, FIRST_KNOT = range(6)
"""Steps from coarse to fine: cubic splines of each parameter and products of two."""


def _steps(known: Known, draws: int) -> Mapping[int, int]:
    """How many functions each step adds.

    Steps that would make more than a tenth as many functions as there are draws are left out: they
    would fit noise.
    """
    steps = {CONSTANT: 1}
    for step in range(ITSELF, FIRST_KNOT + len(KNOTS)):
        size = len(_step(known, step, slice(1)))
        if size and sum(steps.values()) + size <= draws / 10:
            steps[step] = size
    return steps


def _step(known: Known, step: int, rows: slice) -> Array:
    scaled = known.scaled[:, rows]
    if step == CONSTANT:
        return np.ones((1, scaled.shape[1]))
    if step == ITSELF:
        return scaled
    if step == PAIRS:
        first, second = np.tril_indices(len(scaled), -1)
        apart = known.of[first] != known.of[second]
        return scaled[first[apart]] * scaled[second[apart]]
    bends = ~np.isnan(known.knots[:, 0])
    powered = scaled[bends]
    if step >= FIRST_KNOT:
        powered = np.maximum(powered - known.knots[bends, step - FIRST_KNOT, None], 0.0)
    return powered * powered if step == SQUARE else powered * powered * powered


def _functions(known: Known, steps: Iterable[int], rows: slice) -> Array:
    """(functions, draws)."""
    return np.vstack([_step(known, step, rows) for step in steps])


def _triangle(squares: Array) -> tuple[Array, Array]:
    """Which functions are no sum of those before, and the Cholesky factor of their squares."""
    from scipy.linalg import get_lapack_funcs

    (cholesky,) = get_lapack_funcs(("potrf",), (squares,))
    size = np.sqrt(np.diag(squares))
    kept = np.flatnonzero(size > 0)
    while True:
        scale = size[kept]
        part = squares[np.ix_(kept, kept)] / np.outer(scale, scale)
        triangle, stopped = cholesky(part, lower=True, clean=True)
        # Where it stopped, what is left of a function is nothing or below; the rest is not filled.
        reached = np.diag(triangle)[: stopped - 1] if stopped else np.diag(triangle)
        alone = np.append(reached > ALONE, [False] if stopped else [])
        if alone.all():
            return kept, triangle * scale[:, None]
        kept = np.delete(kept, np.argmin(alone))


def _solved(triangle: Array, right: Array) -> Array:
    from scipy.linalg import solve_triangular

    return solve_triangular(triangle, right, lower=True, check_finite=False)


def _chosen(weights: Array, total: Array, sizes: Array, draws: int) -> Array:
    """How many functions the fit of each gain has, by the Bayesian information criterion."""
    explained = np.cumsum(weights**2, axis=0)[sizes - 1]
    # Residuals below rounding count as none, or a constant gain would be fitted by its own noise.
    left = np.maximum(total - explained, np.maximum(total, 1e-300) * 1e-12)
    scores = draws * np.log(left) + np.log(draws) * sizes[:, None]
    return sizes[np.argmin(scores, axis=0)]


def _scaled(parameter: Array) -> list[Array]:
    """A parameter between −1 and 1; words as one column for each but the first."""
    if not np.issubdtype(parameter.dtype, np.number):
        return [np.where(parameter == word, 1.0, -1.0) for word in np.unique(parameter)[1:]]
    low, high = np.min(parameter), np.max(parameter)
    return [] if high == low else [2 * (parameter - low) / (high - low) - 1]
