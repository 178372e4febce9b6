"""Value of information: what a decision gains if something uncertain were known before it.

A net benefit is what an option gains, in dollars. Knowing everything is worth the mean of the best
option's gain in each draw, less the gain of the option that is best on average (EVPI). Knowing some
parameters alone is worth the same with each gain replaced by its mean given these (EVPPI).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Array = np.ndarray

KNOTS = (0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875)
"""Quantiles at which splines may bend, in the order in which a finer fit adds them."""

ALONE = 1e-9
"""Part of its size by which a column must differ from the columns before it to say anything."""


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


class Basis(NamedTuple):
    """Functions of some parameters, at each draw, from which means given these are fitted."""

    columns: Array
    """(draws, functions), each of length one and at right angles to all others."""
    sizes: Sequence[int]
    """After how many columns a fit may stop, from a constant to the finest."""


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


def spline_basis(parameters: Sequence[Array]) -> Basis:
    """Cubic splines of each parameter and products of two, from coarse to fine.

    A parameter of words, such as a reading, has a column for each word. Blocks that would make
    more than a tenth as many columns as there are draws are left out: they would fit noise.
    """
    draws = len(parameters[0])
    scaled = [column for each in parameters for column in _scaled(each.reshape(-1))]
    blocks = [
        [np.ones(draws)],
        scaled,
        [a * b for place, a in enumerate(scaled) for b in scaled[:place]],
        *([each**power for each in scaled] for power in (2, 3)),
        *([np.maximum(x - np.quantile(x, at), 0) ** 3 for x in scaled] for at in KNOTS),
    ]
    basis = np.empty((draws, sum(map(len, blocks))), order="F")
    kept, sizes = 0, []
    for block in blocks:
        if not block or (kept and kept + len(block) > draws / 10):
            continue
        added = _apart(np.column_stack(block), basis[:, :kept])
        basis[:, kept : kept + added.shape[1]] = added
        kept += added.shape[1]
        sizes.append(kept)
    return Basis(basis[:, :kept], tuple(dict.fromkeys(sizes)))


def _apart(block: Array, before: Array) -> Array:
    """What `block` says beyond the columns before it, as columns of length one at right angles.

    A column that the others make up is left out. Whole blocks at once, for one column after the
    other takes many times as long.
    """
    size = np.linalg.norm(block, axis=0)
    rest = block
    # Twice is enough: once leaves a trace of the columns before it.
    for _ in range(2):
        rest = rest - before @ (before.T @ rest)
    while rest.shape[1]:
        found, triangle = np.linalg.qr(rest)
        alone = np.abs(np.diag(triangle)) > ALONE * size
        if alone.all():
            return found
        # One that is made up by others leaves a direction of chance, so the others start anew.
        rest, size = rest[:, alone], size[alone]
    return rest


def known_worth(net_benefit: Array, known: Basis) -> Worth:
    """Value of knowing the parameters of `known` together (EVPPI), from draws.

    Regression of Strong, Oakley and Brennan (2014): the mean of each gain given the parameters is
    fitted by least squares. The size of the fit is chosen by the Bayesian information criterion,
    from a constant upwards, so that what says nothing is worth nothing. Never below zero (Jensen)
    nor above the value of knowing everything. Net benefits are (draws, options).
    """
    best = int(np.argmax(np.mean(net_benefit, axis=0)))
    # What all options gain alike changes no decision and would only be noise.
    gains = net_benefit - net_benefit[:, best : best + 1]
    fitted, without = _fits(gains, known)
    value = np.mean(np.max(fitted, axis=1)) - np.max(np.mean(fitted, axis=0))
    taken = np.take_along_axis(gains, np.argmax(without, axis=1)[:, None], axis=1)[:, 0]
    return Worth(
        float(np.clip(value, 0.0, perfect_worth(gains))),
        float(np.mean(taken)),
        float(np.std(taken) / np.sqrt(len(taken))),
    )


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


def _fits(gains: Array, known: Basis) -> tuple[Array, Array]:
    """Fitted gains, and those of fits that leave out the very draw which they are for."""
    basis, sizes = known.columns, np.array(known.sizes)
    draws = len(basis)
    weights = basis.T @ gains
    explained = np.cumsum(weights**2, axis=0)
    total = np.sum(gains**2, axis=0)
    # Residuals below rounding count as none, or a constant gain would be fitted by its own noise.
    floor = np.maximum(total, 1e-300) * 1e-15
    left = np.maximum(total - explained[sizes - 1], floor)
    scores = draws * np.log(left) + np.log(draws) * sizes[:, None]
    chosen = sizes[np.argmin(scores, axis=0)]
    used = np.where(np.arange(len(weights))[:, None] < chosen, weights, 0.0)
    fitted = basis @ used
    of_size = {size: np.sum(basis[:, :size] ** 2, axis=1) for size in set(chosen.tolist())}
    leverage = np.column_stack([of_size[size] for size in chosen.tolist()])
    without = gains - (gains - fitted) / np.maximum(1 - leverage, ALONE)
    return fitted, without


def _scaled(parameter: Array) -> list[Array]:
    """A parameter between −1 and 1; words as one column for each but the first."""
    if not np.issubdtype(parameter.dtype, np.number):
        return [np.where(parameter == word, 1.0, -1.0) for word in np.unique(parameter)[1:]]
    low, high = np.min(parameter), np.max(parameter)
    return [] if high == low else [2 * (parameter - low) / (high - low) - 1]
