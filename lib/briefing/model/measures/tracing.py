"""Tracing: whose money is it, once it has been through a pool of cash?

Cash is fungible, so three rules are defensible: tagged money is spent last, in proportion, or
first. Each function follows one of them.
"""

from typing import NamedTuple

import numpy as np

Array = np.ndarray


def pro_rata_mix(inflow: Array, spend: Array, opening: Array) -> Array:
    """Share of each tag in the money spent per period, when every dollar spent is an average one.

    `inflow` is (draws, periods, tags), `spend` (draws, periods), `opening` (draws, tags); the
    result has the shape of `inflow`. A period's inflow arrives before its spending. Average-cost
    tracing is the rule of Barlow Clowes v Vaughan; a pool must never be overdrawn.

    >>> inflow = np.array([[[5.0, 15.0], [0.0, 16.0]]])
    >>> mix = pro_rata_mix(inflow, np.array([[6.0, 24.0]]), np.zeros((1, 2)))
    >>> mix[0, :, 0].round(6).tolist()
    [0.25, 0.116667]
    """
    balance = opening
    mix = np.zeros(np.broadcast_shapes(inflow.shape, (*spend.shape, 1), opening[:, None].shape))
    for period in range(inflow.shape[1]):
        balance = balance + inflow[:, period]
        total = balance.sum(axis=-1, keepdims=True)
        mix[:, period] = np.divide(
            balance, total, out=np.zeros_like(mix[:, period]), where=total > 0
        )
        balance = balance - mix[:, period] * spend[:, period, None]
    return mix


def upper_traced_cumulative(tagged: Array, spend: Array) -> Array:
    """Most tagged money that `spend` can hold, cumulated: it goes out first, min(A(t), S(t)).

    Never too low, and above the pro-rata share under every order of payments.
    """
    return np.minimum(np.cumsum(tagged, axis=-1), np.cumsum(spend, axis=-1))


def lower_traced_cumulative(untagged: Array, spend: Array) -> Array:
    """Least tagged money that `spend` must hold, cumulated: all other money goes out first."""
    return np.maximum(np.cumsum(spend, axis=-1) - np.cumsum(untagged, axis=-1), 0.0)


class Provenance(NamedTuple):
    """Whose money is where, in steady flow."""

    source_share: Array
    """(pool, source): share of each financier's money in each pool."""
    self_funded_share: Array
    """(seller,): share of a seller's revenue that is its own money, over all paths."""
    direct_share: Array
    """(seller,): the same over paths without an intermediary."""


def provenance(external_inflow: Array, financing: Array, operating: Array) -> Provenance:
    """Each seller's self-funded share when flows are steady.

    Financing re-tags cash with the financier's name; operating flows pass on the payer's mix:
    x_j(s) = [f_sj + Σ_k o_kj x_k(s)] / T_j. `financing` and `operating` are (n, n), payer first.
    Sellers that sell nothing get zero. Equivalent to the absorption probabilities of a backward
    Markov chain.

    >>> flows = np.zeros((2, 2)), np.zeros((2, 2))
    >>> flows[0][0, 1], flows[1][1, 0] = 5, 30
    >>> provenance(np.array([0.0, 25.0]), *flows).self_funded_share.round(4).tolist()
    [0.1667, 0.0]
    """
    throughflow = external_inflow + financing.sum(axis=0) + operating.sum(axis=0)
    safe = np.where(throughflow > 0, throughflow, 1.0)
    tagged = (financing / safe).T
    source_share = np.linalg.solve(np.eye(len(safe)) - (operating / safe).T, tagged)
    sales = operating.sum(axis=0)

    def own_share(mix: Array) -> Array:
        own = np.einsum("ji,ji->i", operating, mix)
        return np.divide(own, sales, out=np.zeros_like(sales), where=sales > 0)

    return Provenance(source_share, own_share(source_share), own_share(tagged))
