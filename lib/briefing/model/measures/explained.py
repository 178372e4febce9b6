"""Explained variance: which input is how much of a result's variance due to, from given draws?

Sobol's indices and Shapley effects rest on one question: what part of the variance goes away once
some inputs are known? A regression on those inputs answers it from draws that are at hand, so
nothing is computed anew, and inputs may be correlated in any way. What no regression of this form
sees, kinks and products of three, is told as unexplained.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from briefing.model.measures.shapley import Coalition, shapley

Array = np.ndarray

BATCHES = 10
"""Of draws, each left out once to see how far the shares move."""

STUDENT = 2.262157
"""Quantile 0.975 of Student's t with one degree of freedom less than there are batches."""

REST = "rest"

DEGREE = 3


class Share(NamedTuple):
    """Part of the variance, with half the width of its interval of 95% confidence."""

    value: float
    error: float


class Explained(NamedTuple):
    """Parts of the variance of a result, one of each named input."""

    alone: tuple[Share, ...]
    """What an input explains by itself: Sobol's first index where inputs are independent."""
    due: tuple[Share, ...]
    """Its Shapley effect: what it adds to those known before it, averaged over all orders."""
    last: tuple[Share, ...]
    """What it adds when all others are known; with independent inputs its total index, less what
    stays unexplained.
    """
    rest: Share
    """Due to all other inputs together."""
    unexplained: Share


def explained(result: Array, named: Sequence[Array], others: Sequence[Array] = ()) -> Explained:
    """Shares of the variance of `result`, (n,), due to each of `named`, (n,) each, and to `others`.

    The value of knowing some inputs is the adjusted R² of a regression on cubics of each and on
    products of two; of the others, on quadratics (Shapley shares of R²: Lindeman, Merenda & Gold
    1980; by a metamodel: Iooss & Prieur 2019). Errors are those of a jackknife over
    batches of draws. Raises ValueError where a result never varies or draws are too few.
    """
    blocks = [_columns(each, DEGREE) for each in named]
    rest = [column for each in others for column in _columns(each, 2)]
    pairs = [(i, j) for i, j in combinations(range(len(named)), 2) if blocks[i] and blocks[j]]
    products = {pair: [blocks[pair[0]][0] * blocks[pair[1]][0]] for pair in pairs}
    columns = [*(c for b in blocks for c in b), *(c for b in products.values() for c in b), *rest]
    count = len(result)
    if count < 4 * (len(columns) + BATCHES):
        raise ValueError(
            f"{count} draws are too few for a regression on {len(columns)} columns; "
            f"at least {4 * (len(columns) + BATCHES)} are needed, nothing was explained"
        )
    if np.ptp(result) == 0:
        raise ValueError("the result never varies; no part of a variance can be due to anybody")
    versions = _Versions(np.column_stack([*columns, result]), len(rest))
    places = iter(range(len(columns)))
    own = [[next(places) for _ in block] for block in blocks]
    joint = {pair: [next(places) for _ in block] for pair, block in products.items()}

    def value(known: Coalition) -> Array:
        inputs = sorted(int(each) for each in known - {REST})
        used = [place for each in inputs for place in own[each]]
        used += [place for pair in combinations(inputs, 2) for place in joint.get(pair, ())]
        return versions.adjusted(used, REST in known)

    names = [str(place) for place in range(len(named))]
    players = [*names, REST] if rest else names
    known: dict[Coalition, Array] = {}

    def valued(coalition: Coalition) -> Any:
        if coalition not in known:
            known[coalition] = value(coalition)
        return known[coalition]

    # Sums and differences are all that shapley does, so it shares out all versions at once.
    due: dict[str, Any] = dict(shapley(players, valued, most_exact=len(players)).due)
    everyone = frozenset(players)
    whole = known[everyone]
    return Explained(
        alone=tuple(_share(known[frozenset((name,))]) for name in names),
        due=tuple(_share(due[name]) for name in names),
        last=tuple(_share(whole - known[everyone - {name}]) for name in names),
        rest=_share(due.get(REST, np.zeros(BATCHES + 1))),
        unexplained=_share(1 - whole),
    )


def alone(result: Array, inputs: Sequence[Array]) -> Array:
    """What each input explains by itself, (inputs,), to find those worth a closer look."""
    away = result - np.mean(result)
    total = away @ away
    found = []
    for each in inputs:
        columns = _columns(each, DEGREE)
        if not columns or total == 0:
            found.append(0.0)
            continue
        basis = np.column_stack(columns)
        across = basis.T @ away
        fitted = across @ np.linalg.solve(_firm(basis.T @ basis), across)
        found.append(1 - _unfitted(1 - fitted / total, len(away), len(columns)))
    return np.array(found)


def _unfitted(part: Array | float, count: Array | int, columns: int) -> Array:
    """Part of a variance left by a fit, allowing for what any fit takes from noise."""
    return np.asarray(part) * (np.asarray(count) - 1) / (np.asarray(count) - columns - 1)


def _share(versions: Array) -> Share:
    """The whole sample's value, first, with the jackknife's error of those that follow."""
    value, left_out = versions[0], versions[1:]
    spread = np.sum((left_out - left_out.mean()) ** 2) * (BATCHES - 1) / BATCHES
    return Share(float(value), float(STUDENT * spread**0.5))


def _columns(given: Array, degree: int) -> list[Array]:
    """Legendre polynomials of an input scaled to [−1, 1], without means; words by indicators."""
    flat = np.ravel(given)
    if not np.issubdtype(flat.dtype, np.number):
        columns = [np.where(flat == word, 1.0, 0.0) for word in np.unique(flat)[1:]]
    else:
        low, high = flat.min(), flat.max()
        if low == high:
            return []
        x = 2 * (flat - low) / (high - low) - 1
        x = x - x.mean()
        columns = [x, x**2, x**3][:degree]
    return [column - column.mean() for column in columns]


class _Versions:
    """Sums of products of all columns and the result: of all draws, and without each batch."""

    def __init__(self, table: Array, rest: int):
        self._rest = rest
        parts = np.array_split(table, BATCHES)
        sums = np.array([part.sum(axis=0) for part in parts])
        products = np.array([part.T @ part for part in parts])
        counts = np.array([len(part) for part in parts])
        self._count = np.concatenate([[counts.sum()], counts.sum() - counts])
        total = np.concatenate([[sums.sum(axis=0)], sums.sum(axis=0) - sums])
        product = np.concatenate([[products.sum(axis=0)], products.sum(axis=0) - products])
        centred = product - total[:, :, None] * total[:, None, :] / self._count[:, None, None]
        self._own = _firm(centred)
        self._variance = self._own[:, -1, -1]
        self._given_rest = self._without_rest() if rest else self._own

    def _without_rest(self) -> Array:
        """The same once what the rest explains is taken out of every column and of the result."""
        width = self._own.shape[-1]
        kept = [*range(width - 1 - self._rest), width - 1]
        apart = list(range(width - 1 - self._rest, width - 1))
        across = self._own[:, apart][:, :, kept]
        solved = np.linalg.solve(self._own[:, apart][:, :, apart], across)
        return self._own[:, kept][:, :, kept] - across.transpose(0, 2, 1) @ solved

    def adjusted(self, used: list[int], with_rest: bool) -> Array:
        """Adjusted R² of every version."""
        sums = self._given_rest if with_rest else self._own
        left = sums[:, -1, -1]
        if used:
            across = sums[:, used, -1:]
            fitted = np.linalg.solve(sums[:, used][:, :, used], across)
            left = left - np.sum(across * fitted, axis=(1, 2))
        columns = len(used) + (self._rest if with_rest else 0)
        return 1 - _unfitted(left / self._variance, self._count, columns)


def _firm(sums: Array) -> Array:
    """Sums of products with a trace of a ridge, so that what is nearly a copy does no harm."""
    return sums * (1 + 1e-10 * np.eye(sums.shape[-1]))
