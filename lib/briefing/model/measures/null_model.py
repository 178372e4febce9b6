"""Null model: would partners drawn by chance make as circular a network?"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from briefing.model.measures.flows import Sparse, as_flows, payers

Array = np.ndarray

FIT_ROUNDS, STEPS_A_ROUND = 12, 10
"""Patterns that fit at all do so within these steps; others never would."""


class NullModel(NamedTuple):
    """A measure on the network and on networks drawn by chance."""

    observed: float
    values: Array
    """(samples,): the measure on each drawn network."""
    share_at_least: float
    """Share of networks at least as large in the measure, the observed one counted in."""
    refused: int
    """Draws thrown away because no amounts fit their partners."""
    unlike: int
    """Drawn networks that differ from the observed one; with none the test says nothing."""


def rewired(
    kinds: Sequence[Sparse],
    generator: np.random.Generator,
    swaps_per_flow: int = 20,
    tolerance: float = 1e-4,
) -> list[Sparse] | None:
    """Networks like `kinds` with partners drawn by chance; None where no amounts fit them.

    Within each kind of flow every party keeps its number of payers and payees (directed switching
    after Maslov & Sneppen 2002, no payments to oneself, no double ones) and, to `tolerance`, what
    it pays and receives (biproportional fitting after Deming & Stephan 1940).
    """
    drawn = []
    for flows in kinds:
        paid = as_flows(flows)
        paying = payers(paid)
        payees = _switched(paying, paid.indices.copy(), generator, swaps_per_flow)
        start = csr_array((paid.data, (paying, payees)), shape=paid.shape)
        fitted = _fitted(start, paid.sum(axis=1), paid.sum(axis=0), tolerance)
        if fitted is None:
            return None
        drawn.append(fitted)
    return drawn


def _switched(
    paying: Array, payees: Array, generator: np.random.Generator, swaps_per_flow: int
) -> Array:
    """Payees after many swaps between two flows, leaving out those that make a forbidden flow."""
    count = paying.size
    present = set(zip(paying.tolist(), payees.tolist(), strict=True))
    if count < 2:
        return payees
    for one, other in generator.integers(count, size=(swaps_per_flow * count, 2)):
        new = (paying[one], payees[other]), (paying[other], payees[one])
        if any(pair[0] == pair[1] or pair in present for pair in new):
            continue
        present -= {(paying[one], payees[one]), (paying[other], payees[other])}
        present |= set(new)
        payees[one], payees[other] = payees[other], payees[one]
    return payees


def _fitted(start: Sparse, paid: Array, received: Array, tolerance: float) -> Sparse | None:
    """`start` with rows and columns scaled in turn until both sums are met."""
    rows = payers(start)
    data = start.data.copy()
    size, tiny = start.shape[0], np.finfo(float).tiny
    for _ in range(FIT_ROUNDS):
        for _ in range(STEPS_A_ROUND):
            data *= (paid / np.maximum(np.bincount(rows, data, size), tiny))[rows]
            data *= (received / np.maximum(np.bincount(start.indices, data, size), tiny))[
                start.indices
            ]
        off = np.abs(np.bincount(rows, data, size) - paid)
        if np.all(off <= tolerance * np.maximum(paid, paid.max(initial=0.0) * tolerance)):
            fitted = start.copy()
            fitted.data = data
            return fitted
    return None


def null_distribution(
    kinds: Sequence[Sparse],
    measure: Callable[[Sparse], float],
    samples: int,
    seed: int,
    most_refused: int = 20,
) -> NullModel:
    """`measure` of the summed network, and of `samples` networks drawn by chance.

    Draws whose amounts cannot be fitted are refused and drawn again, up to `most_refused` times
    the samples; fewer samples may then come back, and the count of refusals says so.
    """
    generator = np.random.default_rng(seed)
    whole = csr_array(sum(kinds[1:], start=kinds[0]))
    observed = measure(whole)
    values, refused, unlike = [], 0, 0
    while len(values) < samples and refused < most_refused * samples:
        drawn = rewired(kinds, generator)
        if drawn is None:
            refused += 1
            continue
        network = csr_array(sum(drawn[1:], start=drawn[0]))
        unlike += bool(abs(network - whole).max() > 1e-9 * whole.max())
        values.append(measure(network))
    found = np.array(values)
    at_least = np.sum(found >= observed * (1 - 1e-9) - 1e-12)
    return NullModel(observed, found, float((1 + at_least) / (1 + found.size)), refused, unlike)
