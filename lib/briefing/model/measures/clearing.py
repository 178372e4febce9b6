"""Clearing: what is paid when those who owe one another cannot all pay in full?"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from briefing.model.measures.flows import Sparse, as_flows, checked_border, payers

Array = np.ndarray

TOLERANCE = 1e-13
"""Payments have settled when none moves by more than this part of the largest."""

MOST_ROUNDS = 200_000


class Clearing(NamedTuple):
    """The greatest clearing payments and what follows from them."""

    payments: Array
    """(party,): all that a party pays, to others in the network and outside of it."""
    equity: Array
    """(party,): what is left to its owners; zero in default."""
    default: Array
    """(party,): whether it cannot pay in full."""


def clearing(
    liabilities: Array | Sparse,
    external_assets: Array,
    external_liabilities: Array | None = None,
    external_recovery_share: Array | float = 1.0,
    network_recovery_share: Array | float = 1.0,
) -> Clearing:
    """Greatest clearing vector of Eisenberg & Noe (2001) and Rogers & Veraart (2013).

    `liabilities[i, j]` is what i owes j; debts outside the network rank equally. A party in
    default recovers only `external_recovery_share` (α) of its own assets and
    `network_recovery_share` (β) of what others pay it, the same for all or one per party; with
    both at one no value is lost. Found from above, so that nobody is called in default who need
    not be.

    >>> cleared = clearing(np.array([[0, 4], [0, 0]]), np.array([3.0, 1.0]))
    >>> cleared.payments.tolist(), cleared.equity.tolist()
    ([3.0, 0.0], [0.0, 4.0])
    """
    owed = as_flows(liabilities)
    size = owed.shape[0]
    if np.any(owed.diagonal() > 0):
        party = int(np.flatnonzero(owed.diagonal() > 0)[0])
        raise ValueError(f"party {party} owes itself; leave that out, nothing was cleared")
    assets = checked_border(external_assets, size)
    outside = (
        np.zeros(size)
        if external_liabilities is None
        else checked_border(external_liabilities, size)
    )
    for name, share in (("external", external_recovery_share), ("network", network_recovery_share)):
        if not np.all(np.clip(share, 0, 1) == share):
            raise ValueError(f"{name} recovery {share} must lie between 0 and 1; nothing cleared")
    promised = owed.sum(axis=1) + outside
    received_of = _received(owed, promised)
    paid, default = promised.copy(), np.zeros(size, dtype=bool)
    while True:
        incoming = received_of @ paid
        slack = 1e-12 * np.maximum(promised, 1e-300)
        failing = default | (assets + incoming < promised - slack)
        if not (failing & ~default).any():
            break
        default = failing
        paid = _settled(
            received_of, assets * external_recovery_share, network_recovery_share, promised,
            default, paid,
        )  # fmt: skip
    incoming = received_of @ paid
    equity = np.where(default, 0.0, np.maximum(assets + incoming - promised, 0.0))
    return Clearing(paid, equity, default)


def _received(owed: Sparse, promised: Array) -> Sparse:
    """What each party receives of one unit that another pays."""
    shares = owed.copy()
    paying = payers(owed)
    shares.data = owed.data / promised[paying]
    return csr_array(shares.T)


def _settled(
    received_of: Sparse,
    assets: Array,
    network_share: Array | float,
    promised: Array,
    default: Array,
    start: Array,
) -> Array:
    """Payments when exactly the parties in `default` pay what they have, others in full.

    Falls from above, and stops with the largest payments that agree with one another.
    """
    paid = start
    for _ in range(MOST_ROUNDS):
        has = assets + network_share * (received_of @ paid)
        following = np.where(default, np.minimum(has, promised), promised)
        if np.max(np.abs(following - paid)) <= TOLERANCE * max(promised.max(), 1e-300):
            return following
        paid = following
    raise ValueError("payments did not settle; debts run in circles that hardly anything leaves")
