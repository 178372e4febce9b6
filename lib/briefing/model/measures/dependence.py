"""Dependence: uncertain numbers that move together, each still with its own distribution.

We state Spearman's correlation, for it is about ranks and so holds for any distribution. The
Gaussian copula turns it into that of normal numbers behind the ranks.
"""

from typing import NamedTuple

import numpy as np

Array = np.ndarray

MOST_ROUNDS = 1_000
CLOSE = 1e-12
UNIFORM_STEP = 2.0**-53
"""Distance of neighbouring uniform draws; the normal number of a plain zero would be infinite."""


def pearson_of_normals(spearman: Array | float) -> Array:
    """Correlation of the normals behind ranks of this correlation, 2 sin(π ρ / 6) (Kruskal 1958).

    >>> pearson_of_normals(1.0).round(9).item()
    1.0
    """
    return 2 * np.sin(np.pi * _checked(spearman) / 6)


def spearman_of_normals(pearson: Array | float) -> Array:
    """The way back: correlation of the ranks of normals, 6 asin(r / 2) / π."""
    return 6 / np.pi * np.arcsin(_checked(pearson) / 2)


def kendall_of_normals(pearson: Array | float) -> Array:
    """Kendall's tau of normals, 2 asin(r) / π: pairs in one order less those in the other.

    >>> kendall_of_normals(0.5).round(9).item()
    0.333333333
    """
    return 2 / np.pi * np.arcsin(_checked(pearson))


class Repaired(NamedTuple):
    """A matrix that some numbers can have as their correlations, and how far it was to it."""

    matrix: Array
    largest_change: float
    """Largest absolute change of one correlation; zero where nothing was wrong."""
    least_eigenvalue: float
    """Of the matrix as given; below zero no numbers can be correlated like that."""


def repaired(correlations: Array) -> Repaired:
    """The nearest correlation matrix, in the sum of squared changes (Higham 2002).

    Alternating projections onto the matrices without negative eigenvalues and onto those with
    ones on the diagonal, with the correction of Dykstra. A matrix that is right stays as it is.

    >>> repaired(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]])).matrix[0].round(4).tolist()
    [1.0, 0.7607, 0.1573]
    """
    given = _checked_matrix(correlations)
    least = float(np.linalg.eigvalsh(given)[0])
    if least >= -CLOSE:
        return Repaired(given, 0.0, least)
    found, correction = given, np.zeros_like(given)
    for _ in range(MOST_ROUNDS):
        before = found
        shifted = found - correction
        possible = _without_negative(shifted)
        correction = possible - shifted
        found = possible.copy()
        np.fill_diagonal(found, 1.0)
        if np.max(np.abs(found - before)) < CLOSE:
            break
    possible = _without_negative(found)
    size = np.sqrt(np.diag(possible))
    possible = possible / np.outer(size, size)
    possible = (possible + possible.T) / 2
    np.fill_diagonal(possible, 1.0)
    return Repaired(possible, float(np.max(np.abs(possible - given))), least)


class Copula(NamedTuple):
    """A Gaussian copula: how numbers of any distribution are made to move together."""

    pearson: Array
    """Correlations of the normals behind the ranks, (k, k)."""
    spearman: Array
    """What they make of the ranks: as wanted, unless what was wanted contradicts itself."""


def copula(spearman: Array) -> Copula:
    """The copula with these correlations of ranks, or with the nearest possible ones."""
    wanted = _checked_matrix(spearman)
    nearest = repaired(pearson_of_normals(wanted))
    if nearest.largest_change == 0:
        return Copula(nearest.matrix, wanted)
    return Copula(nearest.matrix, spearman_of_normals(nearest.matrix))


def correlated_uniforms(uniforms: Array, pearson: Array) -> Array:
    """Independent uniform numbers, (n, k), made to move together through a Gaussian copula.

    `pearson` is (k, k), the correlations of the normals behind. Each column stays uniform, each
    row depends on its own row only, and every number keeps most of its own stream. Raises
    ValueError where no numbers can be correlated like that.
    """
    from scipy.special import ndtr, ndtri

    root = symmetric_root(pearson)
    inside = np.clip(np.asarray(uniforms, dtype=float), UNIFORM_STEP / 2, 1 - UNIFORM_STEP)
    normals = ndtri(inside)
    # Term by term, for a product of matrices may round a row by how many others there are.
    mixed = sum(normals[:, [place]] * root[place] for place in range(len(root)))
    return ndtr(mixed)


def symmetric_root(correlations: Array) -> Array:
    """The matrix whose square is `correlations`; unlike a triangular one it knows no order."""
    given = _checked_matrix(correlations)
    values, vectors = np.linalg.eigh(given)
    if values[0] < -1e-9:
        raise ValueError(
            f"correlations contradict each other (smallest eigenvalue {values[0]:.3g}, must be at "
            "least 0); repair them first, nothing was drawn"
        )
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


class Reordered(NamedTuple):
    """A sample put into another order, column by column."""

    sample: Array
    spearman: Array
    """Achieved correlations of ranks, (k, k)."""


def reordered(sample: Array, spearman: Array, seed: int = 0) -> Reordered:
    """Columns of `sample`, (n, k), reordered towards these rank correlations (Iman & Conover 1982).

    Only the order changes: each column keeps its values exactly. Normal scores are mixed so that
    their correlations are those wanted, and each column follows the ranks of its scores.
    """
    from scipy.special import ndtri

    given = np.asarray(sample, dtype=float)
    count, width = given.shape
    if count <= width:
        raise ValueError(
            f"{count} draws of {width} numbers are too few; there must be more draws than numbers, "
            "nothing was reordered"
        )
    target = repaired(pearson_of_normals(_checked_matrix(spearman)))
    if target.largest_change > 1e-3:
        raise ValueError(
            f"correlations contradict each other (smallest eigenvalue {target.least_eigenvalue:.3g}"
            ", must be at least 0); repair them first, nothing was reordered"
        )
    scores = ndtri(np.arange(1, count + 1) / (count + 1))
    generator = np.random.default_rng(seed)
    mixed = np.column_stack([generator.permutation(scores) for _ in range(width)])
    # What correlation the shuffled scores have by chance is taken out before ours goes in.
    values, vectors = np.linalg.eigh(np.corrcoef(mixed, rowvar=False).reshape(width, width))
    inverse = np.divide(1, np.sqrt(np.abs(values)), where=values > CLOSE, out=np.zeros(width))
    mixed = mixed @ (vectors * inverse) @ vectors.T @ symmetric_root(target.matrix)
    ranks = np.argsort(np.argsort(mixed, axis=0, kind="stable"), axis=0, kind="stable")
    ordered = np.take_along_axis(np.sort(given, axis=0), ranks, axis=0)
    return Reordered(ordered, rank_correlations(ordered))


def rank_correlations(sample: Array) -> Array:
    """Spearman's correlations of the columns of `sample`, (k, k); none of a constant is known."""
    given = np.asarray(sample)
    width = given.shape[1]
    ranks = np.column_stack([_ranks(given[:, place]) for place in range(width)])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.corrcoef(ranks, rowvar=False)
    return found.reshape(width, width)


def _ranks(column: Array) -> Array:
    """Ranks from one up; equal values share the mean of theirs."""
    # As scipy.stats has it, whose import takes longer than all else here.
    _, places, counts = np.unique(column, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def _without_negative(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


def _checked(correlation: Array | float) -> Array:
    given = np.asarray(correlation, dtype=float)
    if not np.all(np.abs(given) <= 1 + CLOSE):
        worst = given.flat[np.argmax(np.nan_to_num(np.abs(given), nan=np.inf))]
        raise ValueError(f"correlation {worst:g} must lie between -1 and 1; nothing was computed")
    return np.clip(given, -1, 1)


def _checked_matrix(correlations: Array) -> Array:
    given = np.asarray(correlations, dtype=float)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not np.allclose(given, given.T):
        raise ValueError("correlations need a symmetric square matrix; nothing was computed")
    if not np.all(np.abs(np.diag(given) - 1) <= CLOSE):
        raise ValueError("a number's correlation with itself must be 1; nothing was computed")
    return _checked(given)
