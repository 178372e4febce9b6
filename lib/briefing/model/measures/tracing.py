"""Tracing: whose money is it, once it has been through a pool of cash?

Cash is fungible, so three rules are defensible: tagged money is spent last, in proportion, or
first. Each function follows one of them.
"""

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
    for period in range(mix.shape[1]):
        balance = balance + inflow[:, period]
        total = balance.sum(axis=-1, keepdims=True)
        mix[:, period] = np.divide(
            balance, total, out=np.zeros_like(mix[:, period]), where=total > 0
        )
        balance = balance - mix[:, period] * spend[:, period, None]
    return mix


def served_cumulative(arrivals: Array, capacity: Array) -> Array:
    """Cumulated output of a queue that forwards what has arrived, up to each period's capacity.

    The min-plus form of Lindley's recursion: S(t) + min(0, min over s ≤ t of A(s) − S(s)).
    With tagged money as arrivals and spending as capacity it is the most tagged money that can
    have been spent: none is spent before it arrives. Time is the last axis.

    >>> served_cumulative(np.array([5.0, 0.0]), np.array([6.0, 24.0])).tolist()
    [5.0, 5.0]
    """
    arrived, possible = np.cumsum(arrivals, axis=-1), np.cumsum(capacity, axis=-1)
    waiting = np.minimum.accumulate(arrived - possible, axis=-1)
    return possible + np.minimum(0.0, waiting)


def upper_traced_cumulative(tagged: Array, spend: Array) -> Array:
    """Most tagged money that `spend` can hold, cumulated: tagged money goes out first."""
    return served_cumulative(tagged, spend)


def lower_traced_cumulative(untagged: Array, spend: Array) -> Array:
    """Least tagged money that `spend` must hold, cumulated: untagged money goes out first."""
    return np.cumsum(spend, axis=-1) - served_cumulative(untagged, spend)


def provenance(external_inflow: Array, financing: Array, operating: Array) -> tuple[Array, Array]:
    """Whose money each pool holds, and each seller's self-funded revenue ratio, in steady flow.

    Financing re-tags cash with the financier's name; operating flows pass on the payer's mix:
    x_j(s) = [f_sj + Σ_k o_kj x_k(s)] / T_j. `financing` and `operating` are (n, n), payer first.
    Returns the shares x as (pool, source) and, per seller, Σ_j o_ji x_j(i) / Σ_j o_ji, zero
    where nothing is sold. Equivalent to the absorption probabilities of a backward Markov chain.
    """
    throughflow = external_inflow + financing.sum(axis=0) + operating.sum(axis=0)
    safe = np.where(throughflow > 0, throughflow, 1.0)
    passed_on = (operating / safe).T
    tagged = (financing / safe).T
    source_share = np.linalg.solve(np.eye(len(safe)) - passed_on, tagged)
    sales = operating.sum(axis=0)
    own_money_back = np.einsum("ji,ji->i", operating, source_share)
    ratio = np.divide(own_money_back, sales, out=np.zeros_like(sales), where=sales > 0)
    return source_share, ratio
