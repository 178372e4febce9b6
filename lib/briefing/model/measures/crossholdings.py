"""Cross-holdings: what are companies worth that own one another, and who falls with whom?"""

from typing import NamedTuple

import numpy as np

from briefing.model.measures.flows import as_flows

Array = np.ndarray


class CrossHoldings(NamedTuple):
    """Values of companies that hold parts of one another."""

    gross: Array
    """(company,): own assets and stakes at gross value; stakes are counted more than once."""
    market: Array
    """(company,): what belongs to outside owners."""
    dependency: Array
    """(company, asset): share of each company's assets that belongs to another in the end."""
    inflation_factor: float
    """Sum of gross values over the assets beneath them; one without cross-holdings."""


def cross_holdings(held: Array, assets: Array) -> CrossHoldings:
    """Values of Brioschi, Buzzacchi & Colombo (1989) and Elliott, Golub & Jackson (2014).

    `held[i, j]` is the share of j that i holds. Raises ValueError where a company is held by
    others in full or more, so that nothing is left to outside owners.

    >>> both = cross_holdings(np.array([[0, 0.5], [0.5, 0]]), np.array([1.0, 1.0]))
    >>> both.gross.tolist(), both.market.tolist()
    ([2.0, 2.0], [1.0, 1.0])
    """
    shares = np.asarray(held, dtype=float)
    worth = _checked_values(assets, len(shares))
    dependency = _dependency(shares, 1 - shares.sum(axis=0))
    gross = np.linalg.solve(np.eye(len(worth)) - shares, worth)
    total = worth.sum()
    inflation = float(gross.sum() / total) if total else 1.0
    return CrossHoldings(gross, dependency @ worth, dependency, inflation)


def _checked_values(given: Array, size: int) -> Array:
    values = np.asarray(given, dtype=float)
    if values.shape != (size,) or not np.all(np.isfinite(values)):
        raise ValueError(f"assets need one finite number per company, {size} in all")
    return values


def _dependency(held: Array, outside_share: Array) -> Array:
    if not np.all(np.isfinite(held) & (held >= 0)):
        raise ValueError("a holding must be a share of at least zero; nothing was valued")
    full = np.flatnonzero(held.sum(axis=0) >= 1)
    if full.size:
        raise ValueError(
            f"company {full[0]} is held by others to {held.sum(axis=0)[full[0]]:.0%}; something "
            "must be left to outside owners, nothing was valued"
        )
    return outside_share[:, None] * np.linalg.inv(np.eye(len(held)) - held)


def debt_dependency(debtor_rows: Array, cross_held_share: float) -> Array:
    """Dependency matrix of debtors that hold one another's debt (Elliott et al. 2014, section V).

    Row i of `debtor_rows` is who holds how much of i's debt. The holdings of each debtor are
    scaled so that `cross_held_share` of it is in the others' hands; a debtor whom nobody holds
    depends on nobody.
    """
    rows = as_flows(debtor_rows).toarray()
    np.fill_diagonal(rows, 0.0)
    total = rows.sum(axis=1)
    fraction = np.divide(rows, total[:, None], out=np.zeros_like(rows), where=total[:, None] > 0)
    held = cross_held_share * fraction.T
    return _dependency(held, 1 - held.sum(axis=0))


def failure_waves(
    dependency: Array, assets: Array, reference_assets: Array, threshold_share: float
) -> tuple[tuple[int, ...], ...]:
    """Who fails, wave by wave, in the best case (Elliott, Golub & Jackson 2014).

    A company fails when its value is below `threshold_share` of its value at `reference_assets`;
    failing costs it half of that threshold, which lowers the value of whoever depends on it.
    """
    matrix = np.asarray(dependency, dtype=float)
    worth = _checked_values(assets, len(matrix))
    threshold = threshold_share * (matrix @ _checked_values(reference_assets, len(matrix)))
    failed = np.zeros(len(threshold), dtype=bool)
    waves = []
    while True:
        value = matrix @ (worth - np.where(failed, threshold / 2, 0.0))
        new = ~failed & (value < threshold * (1 - 1e-12))
        if not new.any():
            return tuple(waves)
        waves.append(tuple(np.flatnonzero(new).tolist()))
        failed |= new
