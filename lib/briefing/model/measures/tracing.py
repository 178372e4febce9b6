"""Tracing: whose money is it, once it has been through a pool of cash?

Cash is fungible, so three rules are defensible: tagged money is spent last, in proportion, or
first. Each function follows one of them.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from briefing.model.measures.flows import Sparse, as_flows, checked_border
from briefing.model.measures.walks import (
    is_leaking,
    passed_on,
    refuse_trapped,
    round_trips,
    scaled_rows,
    walk_sums,
)

Array = np.ndarray

DENSE_UP_TO = 100
"""Networks of this many parties are quicker dense, all draws at once."""


def pro_rata_mix(inflow: Array, spend: Array, opening: Array) -> Array:
    """Share of each tag in the money spent per period, when every dollar spent is an average one.

    `inflow` is (draws, periods, tags), `spend` (draws, periods), `opening` (draws, tags); the
    result has the shape of `inflow`. A period's inflow arrives before its spending. Average-cost
    tracing is the rule of Barlow Clowes v Vaughan. Raises ValueError where a pool would fall below
    zero: nothing is clipped, the gap needs a payment of its own.

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
        _refuse_overdraft(total[..., 0], spend[:, period], period)
        mix[:, period] = np.divide(
            balance, total, out=np.zeros_like(mix[:, period]), where=total > 0
        )
        balance = balance - mix[:, period] * spend[:, period, None]
    return mix


def _refuse_overdraft(held: Array, spent: Array, period: int) -> None:
    short = np.max(spent - held * (1 + 1e-9), initial=0.0)
    if short > 1e-9 * np.max(held, initial=0.0) + 1e-9:
        raise ValueError(
            f"period {period}: the pool spends {short:g} more than it holds; add the payment that "
            "funds the gap, nothing was traced"
        )


def pro_rata_injection_time(tagged: Array, kept_share: Array, time: Array) -> Array:
    """Mean time at which the tagged money in a pool was paid in, as spent in each period.

    `kept_share` is the part of the pool that remains after each period's spending; every dollar
    spent is an average one. Zero where no tagged money is in the pool.

    >>> pro_rata_injection_time(
    ...     np.array([[10.0, 10.0]]), np.array([[0.5, 0.0]]), np.array([[0.0, 1.0]])
    ... ).round(3).tolist()
    [[0.0, 0.667]]
    """
    tagged, kept_share, time = np.broadcast_arrays(tagged, kept_share, time)
    mean = np.zeros(tagged.shape)
    held = moment = np.zeros(tagged.shape[:-1])
    for period in range(tagged.shape[-1]):
        held = held + tagged[..., period]
        moment = moment + tagged[..., period] * time[..., period]
        np.divide(moment, held, out=mean[..., period], where=held > 0)
        held, moment = held * kept_share[..., period], moment * kept_share[..., period]
    return mean


def upper_traced_cumulative(tagged: Array, spend: Array) -> Array:
    """Most tagged money that `spend` can hold, cumulated: it goes out first, min(A(t), S(t)).

    Never too low, and above the pro-rata share under every order of payments.
    """
    return np.minimum(np.cumsum(tagged, axis=-1), np.cumsum(spend, axis=-1))


def lower_traced_cumulative(untagged: Array, spend: Array) -> Array:
    """Least tagged money that `spend` must hold, cumulated: all other money goes out first."""
    return np.maximum(np.cumsum(spend, axis=-1) - np.cumsum(untagged, axis=-1), 0.0)


def share_of(part: Array, whole: Array) -> Array:
    """Part over whole; not a number where there is no whole, less than one unit, to speak of."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 1.0)


def upper_traced_share(tagged: Array, spend: Array) -> Array:
    """Most that tagged money can be of all that was spent by the end of each period."""
    tagged, spend = np.broadcast_arrays(tagged, spend)
    return share_of(upper_traced_cumulative(tagged, spend), np.cumsum(spend, axis=-1))


def lower_traced_share(untagged: Array, opening: Array | float, spend: Array) -> Array:
    """Least that it must be, when all other money, `opening` included, is spent first."""
    untagged, spend = np.broadcast_arrays(untagged, spend)
    first = np.concatenate([untagged[..., :1] + opening, untagged[..., 1:]], axis=-1)
    return share_of(lower_traced_cumulative(first, spend), np.cumsum(spend, axis=-1))


class Provenance(NamedTuple):
    """Whose money is where, in steady flow."""

    self_funded_share: Array
    """(seller,): share of a seller's revenue that is its own money, over all paths."""
    direct_share: Array
    """(seller,): the same over paths without an intermediary."""
    standard_error: Array
    """(seller,): of the self-funded share; zero where no part had to be estimated."""


def provenance(
    external_inflow: Array, financing: Array, operating: Array, probes: int = 64, seed: int = 1
) -> Provenance:
    """Each seller's self-funded share when flows are steady.

    Financing re-tags cash with the financier's name; operating flows pass on the payer's mix:
    x_j(s) = [f_sj + Σ_k o_kj x_k(s)] / T_j. `financing` and `operating` are (n, n), payer first,
    dense or sparse. Sellers that sell nothing get zero. Equivalent to the absorption
    probabilities of a backward Markov chain. Serves 100,000 pools and more: a dollar of one's own
    comes back only within a strongly connected part.

    >>> flows = np.zeros((2, 2)), np.zeros((2, 2))
    >>> flows[0][0, 1], flows[1][1, 0] = 5, 30
    >>> provenance(np.array([0.0, 25.0]), *flows).self_funded_share.round(4).tolist()
    [0.1667, 0.0]
    """
    sold, handed_on, tagged = _mixing(external_inflow, financing, operating)
    refuse_trapped(handed_on)
    bought_by = scaled_rows(csr_array(sold.T), sold.sum(axis=0))
    own = round_trips(bought_by, handed_on, tagged, probes, seed)
    direct = bought_by.multiply(csr_array(tagged.T)).sum(axis=1)
    return Provenance(np.clip(own.value, 0.0, 1.0), np.asarray(direct), own.standard_error)


def provenance_by_draw(external_inflow: Array, financing: Array, operating: Array) -> Provenance:
    """`provenance` of every draw, (draws, seller), with dense (draws, n) and (draws, n, n).

    Small networks are solved all at once. Large ones go one by one, and so do those that
    `provenance` refuses: it says why.
    """
    networks = external_inflow, financing, operating
    if operating.shape[-1] > DENSE_UP_TO or not all(map(_are_amounts, networks)):
        return _one_by_one(*networks)
    walk, tagged, bought_by = _dense_mixing(*networks)
    if not is_leaking(walk).all():
        return _one_by_one(*networks)
    mix = tagged + walk_sums(walk) @ tagged
    own, direct = (np.einsum("dsk,dks->ds", bought_by, part) for part in (mix, tagged))
    return Provenance(np.clip(own, 0.0, 1.0), direct, np.zeros_like(own))


def _are_amounts(given: Array) -> bool:
    return bool(np.all(np.isfinite(given) & (given >= 0)))


def _one_by_one(*networks: Array) -> Provenance:
    traced = [provenance(*network) for network in zip(*networks, strict=True)]
    return Provenance(*(np.array(column) for column in zip(*traced, strict=True)))


def source_share(
    external_inflow: Array, financing: Array, operating: Array, sources: Array
) -> Array:
    """(pool, source): share of the money of each of `sources` in each pool's cash, steady flow.

    One column per source, each as long as there are pools: ask for the sources that matter.
    """
    _, handed_on, tagged = _mixing(external_inflow, financing, operating)
    refuse_trapped(handed_on)
    return passed_on(handed_on, tagged[:, np.asarray(sources)].toarray())


def _mixing(external_inflow: Array, financing: Array, operating: Array) -> tuple[Sparse, ...]:
    """Checked operating flows, and each pool's mix by operating payer and by financier."""
    financed, sold = as_flows(financing), as_flows(operating)
    through = checked_border(external_inflow, sold.shape[0]) + financed.sum(axis=0)
    through = through + sold.sum(axis=0)
    handed_on = scaled_rows(csr_array(sold.T), through)
    return sold, handed_on, scaled_rows(csr_array(financed.T), through)


def _dense_mixing(external_inflow: Array, financing: Array, operating: Array) -> tuple[Array, ...]:
    """Each pool's mix by operating payer and by financier, and each seller's customers' shares."""
    sales = operating.sum(axis=1)
    through = external_inflow + financing.sum(axis=1) + sales
    parts = (operating, through), (financing, through), (operating, sales)
    return tuple(
        np.swapaxes(flows, 1, 2) / np.where(whole > 0, whole, 1.0)[..., None]
        for flows, whole in parts
    )
