"""Null model: would partners drawn by chance make as circular a network?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


@dataclass(frozen=True, eq=False)
class _Kind:
    """Flows of one kind, in the order of their matrix, and the sums that rewiring keeps."""

    paying: Array
    payees: Array
    amounts: Array
    paid: Array
    received: Array


def _kind(flows: Sparse) -> _Kind:
    paid = as_flows(flows)
    return _Kind(payers(paid), paid.indices, paid.data, paid.sum(axis=1), paid.sum(axis=0))


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
    return _rewired([_kind(flows) for flows in kinds], generator, swaps_per_flow, tolerance)


def _rewired(
    kinds: Sequence[_Kind],
    generator: np.random.Generator,
    swaps_per_flow: int = 20,
    tolerance: float = 1e-4,
) -> list[Sparse] | None:
    drawn = []
    for kind in kinds:
        fitted = _fitted(kind, _switched(kind, generator, swaps_per_flow), tolerance)
        if fitted is None:
            return None
        drawn.append(fitted)
    size = kinds[0].paid.size
    return [csr_array(flows, shape=(size, size)) for flows in drawn]


def _switched(kind: _Kind, generator: np.random.Generator, swaps_per_flow: int) -> tuple[int, ...]:
    """Payees after many swaps between two flows, leaving out those that make a forbidden flow."""
    payer, payee = kind.paying.tolist(), kind.payees.tolist()
    count = len(payee)
    if count < 2:
        return tuple(payee)
    present = set(zip(payer, payee, strict=True))
    for one, other in generator.integers(count, size=(swaps_per_flow * count, 2)).tolist():
        a, b, c, d = payer[one], payee[one], payer[other], payee[other]
        if a == d or c == b or (a, d) in present or (c, b) in present:
            continue
        present -= {(a, b), (c, d)}
        present |= {(a, d), (c, b)}
        payee[one], payee[other] = d, b
    return tuple(payee)


# A kind of few flows has few ways to be rewired and draws the same ones again and again.
@lru_cache(maxsize=32)
def _fitted(
    kind: _Kind, payees: tuple[int, ...], tolerance: float
) -> tuple[Array, tuple[Array, Array]] | None:
    """Amounts at the new payees with rows and columns scaled in turn until both sums are met."""
    paid, received, size = kind.paid, kind.received, kind.paid.size
    off_at_most = tolerance * np.maximum(paid, paid.max(initial=0.0) * tolerance)
    columns = np.array(payees, dtype=int)
    if _is_beyond_fit(kind, columns, off_at_most):
        return None
    order = np.lexsort([columns, kind.paying])
    rows, columns, data = kind.paying[order], columns[order], kind.amounts[order]
    tiny = np.finfo(float).tiny
    for _ in range(FIT_ROUNDS):
        for _ in range(STEPS_A_ROUND):
            data *= (paid / np.maximum(np.bincount(rows, data, size), tiny))[rows]
            data *= (received / np.maximum(np.bincount(columns, data, size), tiny))[columns]
        if np.all(np.abs(np.bincount(rows, data, size) - paid) <= off_at_most):
            return data, (rows, columns)
    return None


def _is_beyond_fit(kind: _Kind, payees: Array, off_at_most: Array) -> bool:
    """Whether somebody pays, or receives, more than all of its partners together ever could.

    Spares most of the fitting: the last step meets what is received, so that what is paid would
    stay off by more than is let pass.
    """
    paid, received, size = kind.paid, kind.received, kind.paid.size
    to_payees = np.bincount(kind.paying, received[payees], size)
    of_payers = np.bincount(payees, (paid + off_at_most)[kind.paying], size)
    return bool(np.any(paid - to_payees > off_at_most) or np.any(received > of_payers))


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
    checked = [_kind(flows) for flows in kinds]
    values, refused, unlike = [], 0, 0
    while len(values) < samples and refused < most_refused * samples:
        drawn = _rewired(checked, generator)
        if drawn is None:
            refused += 1
            continue
        network = csr_array(sum(drawn[1:], start=drawn[0]))
        unlike += bool(abs(network - whole).max() > 1e-9 * whole.max())
        values.append(measure(network))
    found = np.array(values)
    at_least = np.sum(found >= observed * (1 - 1e-9) - 1e-12)
    return NullModel(observed, found, float((1 + at_least) / (1 + found.size)), refused, unlike)
