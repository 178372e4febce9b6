"""Circulation: how much of the money in a network can be, or is, running in circles?

Every network splits into a circulation, which takes from each party what it gives it, and a rest
without circles. The split is not unique, so no dollar is attributed to a named circle from it.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import block_diag, csr_array, eye_array
from scipy.sparse.linalg import spsolve

from briefing.model.measures.flows import Sparse, as_flows, circle_labels, in_circles, payers

Array = np.ndarray


class Circulation(NamedTuple):
    """A circulation within a network."""

    flows: Sparse
    """The part of each flow that runs in circles."""
    total: float
    """Its sum."""
    share: float
    """Its share of all flows; zero for an empty network."""


def max_circulation(flows: Array | Sparse) -> Circulation:
    """The largest circulation within `flows` (Homs-Dones, MacKay, Sansom & Zhou 2025).

    Maximises Σc subject to 0 ≤ c ≤ f and balance at every party, by linear programming on the
    flows that lie on some circle. A flow from a party to itself is a circle.

    >>> max_circulation(np.array([[0, 1, 1], [0, 0, 1], [1, 0, 0]])).share
    0.75
    """
    paid = as_flows(flows)
    most, on_circle = paid.data, in_circles(paid)
    found = np.zeros_like(most)
    if on_circle.any():
        paying = payers(paid)[on_circle]
        found[on_circle] = _balanced(paying, paid.indices[on_circle], most[on_circle])
    return _circulation(paid, found)


def max_circulation_shares(networks: Array) -> Array:
    """`max_circulation(…).share` of each of (samples, parties, parties) networks, (samples,).

    One programme for all: what a solver does before and after each takes longer than its steps.

    >>> max_circulation_shares(np.array([[[0, 1], [1, 0]], [[0, 3], [1, 0]]])).tolist()
    [1.0, 0.5]
    """
    samples, parties, _ = networks.shape
    paid = networks.sum(axis=(1, 2), keepdims=True)
    # All of one size, so that the solver's tolerance means the same to each.
    alike = np.divide(networks, paid, out=np.zeros(networks.shape), where=paid > 0)
    found = max_circulation(block_diag(list(alike), format="csr")).flows
    return np.asarray(found.sum(axis=1)).reshape(samples, parties).sum(axis=1)


def _balanced(paying: Array, payees: Array, most: Array) -> Array:
    """Largest balanced part of the flows, each at most `most`."""
    parties, ends = np.unique(np.concatenate([paying, payees]), return_inverse=True)
    count, scale = most.size, most.max()
    rows = csr_array(
        (np.repeat([1.0, -1.0], count), (ends, np.tile(np.arange(count), 2))),
        shape=(parties.size, count),
    )
    kept = rows @ (most / scale)
    # The smallest rest without circles is the same problem, and starts from a simpler basis. Scipy
    # hands it over to HiGHS as `linprog` would, with less to do before and after.
    from scipy.optimize import Bounds, LinearConstraint, milp  # half of what the model imports

    solved = milp(
        np.ones(count),
        constraints=LinearConstraint(rows, kept, kept),
        bounds=Bounds(0.0, most / scale),
    )
    if solved.x is None:
        raise ValueError(f"the largest circulation was not found: {solved.message}")
    return np.clip(most - solved.x * scale, 0.0, most)


def balanced_flow_forwarding(flows: Array | Sparse) -> Circulation:
    """The circulation that arises when every party passes money on in proportion (BFF, same paper).

    On each strongly connected part the stationary walk is scaled up as far as the flows allow and
    taken off, and again on what is left, until no circle is.

    >>> balanced_flow_forwarding(np.array([[0, 1, 1], [0, 0, 1], [1, 0, 0]])).total
    2.5
    """
    paid = as_flows(flows)
    paying = payers(paid)
    left = paid.data.copy()
    while (active := _still_circling(paid, paying, left)).any():
        taken = _stationary(paying[active], paid.indices[active], left[active])
        left[active] -= taken
        left[left <= 1e-12 * paid.data] = 0.0
    return _circulation(paid, paid.data - left)


def _still_circling(paid: Sparse, paying: Array, left: Array) -> Array:
    flowing = left > 0
    places = paying[flowing], paid.indices[flowing]
    labels = circle_labels(csr_array((left[flowing], places), shape=paid.shape))
    return flowing & (labels[paying] == labels[paid.indices])


def _stationary(paying: Array, payees: Array, amounts: Array) -> Array:
    """Flows of the stationary walk, as large as the amounts allow, part by part."""
    parties, ends = np.unique(np.concatenate([paying, payees]), return_inverse=True)
    start, end = ends[: paying.size], ends[paying.size :]
    shape = parties.size, parties.size
    out = np.bincount(start, weights=amounts, minlength=parties.size)
    chance = csr_array((amounts / out[start], (start, end)), shape=shape)
    labels = circle_labels(chance)
    order = np.argsort(labels, kind="stable")
    visits = np.zeros(parties.size)
    for members in np.split(order, np.cumsum(np.bincount(labels))[:-1]):
        visits[members] = _visits(csr_array(chance[members][:, members]))
    room = np.full(labels.max() + 1, np.inf)
    np.minimum.at(room, labels, out / visits)
    return (visits * room[labels])[start] * (amounts / out[start])


def _visits(chance: Sparse) -> Array:
    """Stationary distribution of an irreducible walk: one party is held and the rest solved."""
    size = chance.shape[0]
    if size == 1:
        return np.ones(1)
    inner = (eye_array(size - 1, format="csr") - chance[1:, 1:]).T.tocsc()
    first = chance[[0], 1:].toarray().ravel()
    others: Any = spsolve(inner, first)
    return np.concatenate([[1.0], np.atleast_1d(others)])


def _circulation(paid: Sparse, found: Array) -> Circulation:
    part = paid.copy()
    part.data = found
    total, whole = float(found.sum()), float(paid.sum())
    return Circulation(part, total, total / whole if whole else 0.0)
