"""Walks: where does a dollar go that is passed on again and again, and does it come back?

`walk[i, j]` is the chance that a dollar at i is next at j; what is missing from one leaks out. All
sums over walks are entries of the resolvent (I − walk)⁻¹ = I + walk + walk² + …: sparse
for a large network, dense for many small ones at once.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from briefing.model.measures.flows import Sparse, circle_labels, payers

Array = np.ndarray

EXACT_UP_TO = 600
"""Parts of this many parties are solved exactly; larger ones would fill up when factorised."""

MOST_PRODUCT_ENTRIES = 40_000_000
"""Sparse products with more entries than this are left to the estimate."""

MOST_STEPS = 200_000

BALANCING_SWEEPS = 10


def refuse_trapped(walk: Sparse) -> None:
    """Raise ValueError where money could go round for ever, so that its sum has no end."""
    count, labels = connected_components(walk, directed=True, connection="strong")
    kept = walk.sum(axis=1)
    paying = payers(walk)
    leaks = np.zeros(count, dtype=bool)
    leaks[labels[kept < 1 - 1e-12]] = True
    leaks[labels[paying[labels[paying] != labels[walk.indices]]]] = True
    if not leaks.all():
        parties = np.flatnonzero(labels == np.flatnonzero(~leaks)[0])
        raise ValueError(
            f"parties {parties[:8].tolist()} only pay one another and nothing enters or leaves, so "
            "money goes round without end and no share can be given; add the flow from outside"
        )


def passed_on(walk: Sparse, start: Array, tolerance: float = 1e-12) -> Array:
    """(I − walk)⁻¹ start: everything that `start` becomes as it is passed on, summed.

    `start` is a vector or a block of columns. Adds walk by walk until the next step is below
    `tolerance` of the sum; cost is linear in the flows and in the steps that money needs to leak.
    """
    total, step = start.copy(), start
    for _ in range(MOST_STEPS):
        step = walk @ step
        total += step
        if not np.all(np.isfinite(total)):
            break
        if np.max(np.abs(step), initial=0.0) <= tolerance * np.max(np.abs(total), initial=0.0):
            return total
    raise ValueError(
        f"money leaks so slowly that {MOST_STEPS} steps do not suffice, or multiplies; no share "
        "can be given"
    )


def is_leaking(walk: Array) -> Array:
    """(draws,): whether `refuse_trapped` lets each dense walk of a stack (draws, n, n) pass."""
    leaks = walk.sum(axis=-1) < 1 - 1e-12
    for _ in range(walk.shape[-1]):
        leaks = leaks | (walk @ leaks[..., None] > 0)[..., 0]
    return leaks.all(axis=-1)


def walk_sums(walk: Array) -> Array:
    """(I − walk)⁻¹ − I = walk + walk² + … for each small dense walk of a stack (draws, n, n).

    Parties are let in one by one as stations on the way (Kleene 1956). No sum has a negative
    term, so what no walk joins stays at exactly zero.
    """
    sums = walk.copy()
    for via in range(walk.shape[-1]):
        leaving = 1 - sums[:, via, via]
        if np.any(leaving <= 0):
            raise ValueError("money leaks too slowly for any sum; no share can be given")
        sums += sums[:, :, [via]] * (sums[:, [via]] / leaving[:, None, None])
    return sums


class Diagonal(NamedTuple):
    """Diagonal of a sum over walks, with what is known of its error."""

    value: Array
    standard_error: Array
    """Zero where the value is exact to rounding."""
    probes: Array
    """Deviations of each probe from the value, (parties, probes); none where all is exact."""


def round_trips(
    left: Sparse, walk: Sparse, right: Sparse, probes: int = 64, seed: int = 1
) -> Diagonal:
    """Diagonal of left (I − walk)⁻¹ right: sums over the walks that end where they began.

    Such walks never leave a strongly connected part, so each part is solved on its own: exactly
    up to EXACT_UP_TO parties, else with short walks counted exactly and long ones estimated by
    random signs (Hutchinson 1990; Bekas, Kokiopoulou & Saad 2007) with a standard error.
    """
    size = walk.shape[0]
    value, error = np.zeros(size), np.zeros(size)
    deviations = np.zeros((size, probes))
    labels = circle_labels(csr_array(left + walk + right))
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels))
    counts = np.diff(ends, prepend=0)
    alone = order[(ends - counts)[counts == 1]]
    value[alone] = _loops_of_one(left, walk, right)[alone]
    any_estimated = False
    for part in np.flatnonzero(counts > 1):
        members = order[ends[part] - counts[part] : ends[part]]
        inside = [_block(matrix, members) for matrix in (left, walk, right)]
        if counts[part] <= EXACT_UP_TO:
            value[members] = _exact(inside[0], inside[1], inside[2])
            continue
        any_estimated = True
        generator = np.random.default_rng(seed)
        value[members], deviations[members] = _estimated(
            inside[0], inside[1], inside[2], probes, generator
        )
        error[members] = deviations[members].std(axis=1, ddof=1) / np.sqrt(probes)
    return Diagonal(value, error, deviations if any_estimated else deviations[:, :0])


def _block(matrix: Sparse, members: Array) -> Sparse:
    return csr_array(matrix[members][:, members])


def _loops_of_one(left: Sparse, walk: Sparse, right: Sparse) -> Array:
    staying = walk.diagonal()
    return left.diagonal() * right.diagonal() / np.where(staying < 1, 1 - staying, 1.0)


def _exact(left: Sparse, walk: Sparse, right: Sparse) -> Array:
    inner = np.linalg.solve(np.eye(walk.shape[0]) - walk.toarray(), right.toarray())
    return np.einsum("ij,ji->i", left.toarray(), inner)


def _estimated(
    left: Sparse, walk: Sparse, right: Sparse, probes: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Value and each probe's deviation from it.

    Balanced first (Osborne 1960): the diagonal stays, and what random signs must cancel shrinks.
    """
    left, walk, right = _balanced(left, walk, right)
    known, counted = _short_walks(left, walk, right)
    signs = generator.choice([-1.0, 1.0], size=(walk.shape[0], probes))
    long = right @ signs
    for _ in range(counted):
        long = walk @ long
    found = signs * (left @ passed_on(walk, long, tolerance=1e-9))
    mean = found.mean(axis=1)
    return known + mean, found - mean[:, None]


def _balanced(left: Sparse, walk: Sparse, right: Sparse) -> tuple[Sparse, Sparse, Sparse]:
    """The three under one diagonal similarity that evens out the rows and columns of the walk."""
    size = np.ones(walk.shape[0])
    both = csr_array(walk + _relative(left) + _relative(right))
    for _ in range(BALANCING_SWEEPS):
        rows = (both @ size) / size
        columns = size * (both.T @ (1 / size))
        size = size * np.sqrt(np.where((rows > 0) & (columns > 0), rows, 1.0))
        size = size / np.sqrt(np.where((rows > 0) & (columns > 0), columns, 1.0))
    return tuple(_similar(matrix, size) for matrix in (left, walk, right))


def _relative(matrix: Sparse) -> Sparse:
    return matrix / max(matrix.data.max(initial=0.0), np.finfo(float).tiny)


def _similar(matrix: Sparse, size: Array) -> Sparse:
    scaled = matrix.copy()
    scaled.data = matrix.data * size[matrix.indices] / size[payers(matrix)]
    return scaled


def _short_walks(left: Sparse, walk: Sparse, right: Sparse) -> tuple[Array, int]:
    """Sum over the shortest walks, and how many lengths are in it."""
    first = _product_diagonal(left, right)
    entries = max(_entries(left, walk), _entries(walk, right))
    if entries > MOST_PRODUCT_ENTRIES:
        return first, 1
    front, back = csr_array(left @ walk), csr_array(walk @ right)
    return first + _product_diagonal(front, right) + _product_diagonal(front, back), 3


def _product_diagonal(first: Sparse, second: Sparse) -> Array:
    return np.asarray(first.multiply(second.T.tocsr()).sum(axis=1)).ravel()


def _entries(first: Sparse, second: Sparse) -> int:
    """Most entries that the product can have."""
    into = np.bincount(first.indices, minlength=first.shape[1])
    return int(into @ np.diff(second.indptr))


def scaled_rows(matrix: Sparse, by: Array) -> Sparse:
    """Each row divided by its own number; rows of nothing stay nothing."""
    safe = np.where(by > 0, by, 1.0)
    return csr_array(matrix.multiply(1 / safe[:, None]))
