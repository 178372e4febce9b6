"""Flows: a network of payments as a sparse matrix, payer by row, payee by column."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Array = np.ndarray
Sparse = Any
"""A scipy.sparse.csr_array, which scipy's own types describe too loosely to be checked."""


def flow_matrix(flows: Iterable[tuple[int, int, float]], size: int) -> Sparse:
    """Matrix (size, size) of payments given as (payer, payee, amount); equal pairs add up.

    Raises ValueError at an amount that is negative or no number, and at an unknown party.

    >>> flow_matrix([(0, 1, 2.0), (0, 1, 3.0)], 2).toarray().tolist()
    [[0.0, 5.0], [0.0, 0.0]]
    """
    rows = [(payer, payee, float(amount)) for payer, payee, amount in flows]
    for number, (payer, payee, amount) in enumerate(rows):
        named = f"flow {number} ({payer} pays {payee} {amount:g})"
        if not (np.isfinite(amount) and amount >= 0):
            raise ValueError(
                f"{named}: an amount must be a finite number of at least zero; turn payer and "
                "payee round, nothing was measured"
            )
        if not all(party == int(party) and 0 <= party < size for party in (payer, payee)):
            raise ValueError(
                f"{named}: a party must be a whole number from 0 to {size - 1}; nothing was "
                "measured"
            )
    starts, ends, amounts = zip(*rows, strict=True) if rows else ((), (), ())
    places = np.array(starts, dtype=int), np.array(ends, dtype=int)
    matrix: Sparse = coo_array((np.array(amounts, dtype=float), places), shape=(size, size)).tocsr()
    matrix.eliminate_zeros()
    return matrix


class Payment(Protocol):
    """What one party pays another: `amount_usd` is (draws, periods)."""

    @property
    def payer(self) -> str:
        """Who pays."""
        ...

    @property
    def payee(self) -> str:
        """Who is paid."""
        ...

    @property
    def amount_usd(self) -> Array:
        """How much, by draw and period."""
        ...


def summed_flows(
    payments: Iterable[Payment], parties: Sequence[str], weight: Array | float = 1.0
) -> Array:
    """Payments between `parties` summed over time, (draws, payers, payees).

    `weight` may thin them out by period. What is below one unit counts as nothing: it is
    rounding, of either sign.
    """
    sums = [
        (
            parties.index(payment.payer),
            parties.index(payment.payee),
            np.sum(payment.amount_usd * weight, axis=-1),
        )
        for payment in payments
    ]
    draws = max((len(usd) for _, _, usd in sums), default=1)
    total = np.zeros((draws, len(parties), len(parties)))
    for payer, payee, usd in sums:
        total[:, payer, payee] += usd
    return np.where(np.abs(total) < 1.0, 0.0, total)


def as_flows(matrix: Array | Sparse) -> Sparse:
    """A dense or sparse matrix of flows, checked like `flow_matrix` and made sparse."""
    sparse: Sparse = csr_array(matrix, dtype=float)
    if sparse.shape[0] != sparse.shape[1]:
        raise ValueError(f"flows need a square matrix, payer by payee, not {sparse.shape}")
    wrong = np.flatnonzero(~(np.isfinite(sparse.data) & (sparse.data >= 0)))
    if wrong.size:
        payer = int(np.searchsorted(sparse.indptr, wrong[0], side="right")) - 1
        payee, amount = int(sparse.indices[wrong[0]]), sparse.data[wrong[0]]
        raise ValueError(
            f"party {payer} pays {payee} {amount:g}: an amount must be a finite number of at "
            "least zero; nothing was measured"
        )
    sparse.sum_duplicates()
    sparse.eliminate_zeros()
    return sparse


def checked_border(given: Array, size: int) -> Array:
    """Amounts that cross the network's border, one per party and none below zero."""
    amounts = np.asarray(given, dtype=float)
    if amounts.shape != (size,):
        raise ValueError(f"flows across the border need one amount per party, {size} in all")
    wrong = np.flatnonzero(~(np.isfinite(amounts) & (amounts >= 0)))
    if wrong.size:
        raise ValueError(
            f"party {wrong[0]} has {amounts[wrong[0]]:g} across the border: it must be a finite "
            "number of at least zero; nothing was measured"
        )
    return amounts


def payers(flows: Sparse) -> Array:
    """Payer of each stored flow, in the order of the matrix's data; payees are its `indices`."""
    return np.repeat(np.arange(flows.shape[0]), np.diff(flows.indptr))


def circle_labels(flows: Sparse) -> Array:
    """Number of the strongly connected part to which each party belongs.

    Two parties share a number when money can go from each to the other and back.
    """
    return connected_components(flows, directed=True, connection="strong")[1]


def in_circles(flows: Sparse) -> Array:
    """Which stored flows lie on some circle, in the order of the matrix's data."""
    labels = circle_labels(flows)
    return labels[payers(flows)] == labels[flows.indices]
