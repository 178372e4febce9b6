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

TOLERANCE = 1e-4
"""Share of its payments by which a party of a fitted pattern may be off."""


class NullModel(NamedTuple):
    """A measure on the network and on networks drawn by chance."""

    observed: float
    values: Array
    """(samples,): the measure on each drawn network."""
    share_at_least: float
    """Share of networks at least as large in the measure, the observed one counted in."""
    refused: int
    """Draws of one kind of flow thrown away because no amounts fit their partners."""
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
    off_at_most: Array
    """By how much a fit may miss what each party pays."""
    barred: list[list[int]]
    """Per payer how much bars a new flow to each party: being the same, or paying it already."""


def _kind(flows: Sparse, tolerance: float) -> _Kind:
    own = as_flows(flows)
    paid, received = own.sum(axis=1), own.sum(axis=0)
    off_at_most = tolerance * np.maximum(paid, paid.max(initial=0.0) * tolerance)
    barred = (np.eye(paid.size, dtype=int) + (own.toarray() > 0)).tolist()
    return _Kind(payers(own), own.indices, own.data, paid, received, off_at_most, barred)


def rewired(
    kinds: Sequence[Sparse],
    generator: np.random.Generator,
    swaps_per_flow: int = 20,
    tolerance: float = TOLERANCE,
) -> list[Sparse] | None:
    """Networks like `kinds` with partners drawn by chance; None where no amounts fit them.

    Within each kind of flow every party keeps its number of payers and payees (directed switching
    after Maslov & Sneppen 2002, no payments to oneself, no double ones) and, to `tolerance`, what
    it pays and receives (biproportional fitting after Deming & Stephan 1940).
    """
    drawn = []
    for flows in kinds:
        rewired_flows = _rewired(_kind(flows, tolerance), generator, swaps_per_flow)
        if rewired_flows is None:
            return None
        drawn.append(csr_array(rewired_flows))
    return drawn


def _rewired(kind: _Kind, generator: np.random.Generator, swaps_per_flow: int = 20) -> Array | None:
    payees = _switched(kind, generator, swaps_per_flow)
    amounts = _fitted(kind, payees)
    if amounts is None:
        return None
    flows = np.zeros((kind.paid.size, kind.paid.size))
    flows[kind.paying, payees] = amounts
    return flows


def _switched(kind: _Kind, generator: np.random.Generator, swaps_per_flow: int) -> tuple[int, ...]:
    """Payees after many swaps between two flows, leaving out those that make a forbidden flow."""
    payee, count = kind.payees.tolist(), kind.payees.size
    if count < 2:
        return tuple(payee)
    barred = [row.copy() for row in kind.barred]
    barred_of = [barred[payer] for payer in kind.paying.tolist()]
    drawn = iter(generator.integers(count, size=2 * swaps_per_flow * count).tolist())
    for one, other in zip(drawn, drawn, strict=True):
        barred_one, to_one = barred_of[one], payee[other]
        if barred_one[to_one]:
            continue
        barred_other, to_other = barred_of[other], payee[one]
        if barred_other[to_other]:
            continue
        barred_one[to_other] -= 1
        barred_other[to_one] -= 1
        barred_one[to_one] = barred_other[to_other] = 1
        payee[one], payee[other] = to_one, to_other
    return tuple(payee)


# A kind of few flows has few ways to be rewired and draws the same ones again and again.
@lru_cache(maxsize=32)
def _fitted(kind: _Kind, payees: tuple[int, ...]) -> Array | None:
    """Amounts at the new payees with rows and columns scaled in turn until both sums are met."""
    paid, received, size = kind.paid, kind.received, kind.paid.size
    columns = np.array(payees, dtype=int)
    if _is_beyond_fit(kind, columns):
        return None
    order = np.lexsort([columns, kind.paying])
    rows, columns, data = kind.paying[order], columns[order], kind.amounts[order]
    tiny = np.finfo(float).tiny
    for _ in range(FIT_ROUNDS):
        for _ in range(STEPS_A_ROUND):
            data *= (paid / np.maximum(np.bincount(rows, data, size), tiny))[rows]
            data *= (received / np.maximum(np.bincount(columns, data, size), tiny))[columns]
        if np.all(np.abs(np.bincount(rows, data, size) - paid) <= kind.off_at_most):
            amounts = np.empty_like(data)
            amounts[order] = data
            return amounts
    return None


def _is_beyond_fit(kind: _Kind, payees: Array) -> bool:
    """Whether somebody pays, or receives, more than all of its partners together ever could.

    Spares most of the fitting: the last step meets what is received, so that what is paid would
    stay off by more than is let pass.
    """
    paid, received, size = kind.paid, kind.received, kind.paid.size
    to_payees = np.bincount(kind.paying, received[payees], size)
    if (paid - to_payees > kind.off_at_most).any():
        return True
    of_payers = np.bincount(payees, (paid + kind.off_at_most)[kind.paying], size)
    return bool((received > of_payers).any())


def null_distribution(
    kinds: Sequence[Sparse],
    measure: Callable[[Array], Array],
    samples: int,
    seed: int,
    most_refused: int = 20,
) -> NullModel:
    """`measure` of the summed network, and of `samples` networks drawn by chance.

    `measure` takes networks (samples, parties, parties) to values (samples,). Draws whose amounts
    cannot be fitted are refused and drawn again, up to `most_refused` times the samples for each
    kind of flow; fewer samples may then come back, and the count of refusals says so. Kinds are
    rewired independently, so to refuse each by itself gives the same networks as to refuse them
    together, with far fewer draws.
    """
    generator = np.random.default_rng(seed)
    whole = np.sum([flows.toarray() for flows in kinds], axis=0)
    by_kind, refused = [], 0
    for flows in kinds:
        drawn, thrown = _drawn(_kind(flows, TOLERANCE), generator, samples, most_refused * samples)
        by_kind.append(drawn)
        refused += thrown
    count = min(map(len, by_kind))
    networks = np.sum([drawn[:count] for drawn in by_kind], axis=0).reshape(count, *whole.shape)
    unlike = np.abs(networks - whole).max(axis=(1, 2), initial=0.0) > 1e-9 * whole.max()
    observed, *values = measure(np.concatenate([whole[None], networks])).tolist()
    found = np.array(values)
    at_least = np.sum(found >= observed * (1 - 1e-9) - 1e-12)
    share_at_least = float((1 + at_least) / (1 + count))
    return NullModel(observed, found, share_at_least, refused, int(unlike.sum()))


def _drawn(
    kind: _Kind, generator: np.random.Generator, samples: int, most_refused: int
) -> tuple[list[Array], int]:
    """Networks of one kind, and how many draws were refused on the way."""
    drawn, refused = [], 0
    while len(drawn) < samples and refused < most_refused:
        flows = _rewired(kind, generator)
        if flows is None:
            refused += 1
        else:
            drawn.append(flows)
    return drawn, refused
