"""Direction: does money run downhill through the network, or round in it?"""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg, lsmr, spsolve

from briefing.model.measures.flows import Sparse, as_flows, in_circles, payers

Array = np.ndarray

DIRECT_UP_TO = 2_000
"""Networks of this many parties are solved directly, larger ones iteratively."""


def hodge_loop_share(flows: Array | Sparse) -> float:
    """Share of net flow that no potential explains: loops of three or more (Jiang et al. 2011).

    Pairs are netted first, so equity for compute between two parties vanishes. Between zero and
    one, of squared amounts; zero where nothing flows net.

    >>> round(hodge_loop_share(np.array([[0, 2, 0], [0, 0, 1], [1, 0, 0]])), 6)
    0.888889
    """
    paid = as_flows(flows)
    net = csr_array(paid - paid.T).tocoo()
    once = net.data > 0
    payer, payee, amount = net.row[once], net.col[once], net.data[once]
    if not amount.size:
        return 0.0
    scaled = amount / amount.max()
    edge = np.arange(amount.size)
    slope = csr_array(
        (np.repeat([-1.0, 1.0], amount.size), (np.tile(edge, 2), np.concatenate([payer, payee]))),
        shape=(amount.size, paid.shape[0]),
    )
    potential = lsmr(slope, scaled, atol=1e-14, btol=1e-14, conlim=0, maxiter=100_000)[0]
    rest = scaled - slope @ potential
    return float(min(rest @ rest / (scaled @ scaled), 1.0))


def flow_hierarchy(flows: Array | Sparse) -> float:
    """Share of all money that lies on no circle (Luo & Magee 2011); one where nothing flows.

    >>> flow_hierarchy(np.array([[0, 1, 0], [1, 0, 2], [0, 0, 0]]))
    0.5
    """
    paid = as_flows(flows)
    total = paid.sum()
    return 1.0 - float(paid.data[in_circles(paid)].sum() / total) if total else 1.0


def trophic_levels(flows: Array | Sparse) -> Array:
    """Classic trophic level: one for parties that nobody pays, else one above its mean payer.

    Levine (1980), as networkx has it. Raises ValueError where some party is paid only in circles
    that no party outside of them feeds, so that it has no level.
    """
    paid = as_flows(flows)
    received = paid.sum(axis=0)
    basal = received == 0
    from_share = csr_array(paid.multiply(1 / np.where(basal, 1.0, received)[None, :])).T.tocsr()
    reached = _fed_by(paid, basal)
    if not reached.all():
        raise ValueError(
            f"party {np.flatnonzero(~reached)[0]} is fed by no party that nobody pays, so it has "
            "no classic trophic level; use the improved levels"
        )
    size = paid.shape[0]
    levels: Any = spsolve((diags_array(np.ones(size)) - from_share).tocsc(), np.ones(size))
    return np.atleast_1d(levels)


def _fed_by(paid: Sparse, start: Array) -> Array:
    reached, before = start.copy(), -1
    while reached.sum() != before:
        before = reached.sum()
        reached = reached | (paid.T @ reached.astype(float) > 0)
    return reached


class Trophic(NamedTuple):
    """Improved trophic levels and how far flows are from climbing them one by one."""

    levels: Array
    """(party,): the lowest of each connected part is zero."""
    incoherence: float
    """Zero where every payment climbs one level, one where all is balanced."""


def improved_trophic_levels(flows: Array | Sparse) -> Trophic:
    """Trophic levels without basal parties (MacKay, Johnson & Sansom 2020).

    Solves Λh = v with u = in + out, v = in − out, Λ = diag(u) − W − Wᵀ; the incoherence is the
    flow-weighted mean of (h_payee − h_payer − 1)². Levels are shifted so that each weakly
    connected part starts at zero, as in the paper.
    """
    paid = as_flows(flows)
    into, out = paid.sum(axis=0), paid.sum(axis=1)
    total = paid.sum()
    if not total:
        return Trophic(np.zeros(paid.shape[0]), 0.0)
    parts = connected_components(paid, directed=False)[1]
    levels = _potential(csr_array(paid + paid.T), (into - out), into + out, parts)
    lowest = np.full(parts.max() + 1, np.inf)
    np.minimum.at(lowest, parts, levels)
    levels = levels - lowest[parts]
    payer = payers(paid)
    climb = levels[paid.indices] - levels[payer] - 1
    return Trophic(levels, float(np.clip(paid.data @ climb**2 / total, 0.0, 1.0)))


def _potential(both_ways: Sparse, net: Array, weight: Array, parts: Array) -> Array:
    """Levels with one party of each part held at zero, which makes the system definite."""
    scale = weight.max()
    laplacian = (diags_array(weight) - both_ways).tocsr() / scale
    held = np.unique(parts, return_index=True)[1]
    free = np.setdiff1d(np.arange(len(weight)), held)
    levels = np.zeros(len(weight))
    if not free.size:
        return levels
    inner, wanted = csr_array(laplacian[free][:, free]), net[free] / scale
    if free.size <= DIRECT_UP_TO:
        solved: Any = spsolve(inner.tocsc(), wanted)
        levels[free] = solved
        return levels
    scaling = diags_array(1 / inner.diagonal())
    levels[free], failed = cg(inner, wanted, rtol=1e-12, maxiter=50_000, M=scaling)
    if failed:
        raise ValueError("the levels did not settle; no incoherence can be given")
    return levels
