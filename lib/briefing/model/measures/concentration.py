"""Concentration: how few sellers share a market, and what stakes in rivals add to it.

In points of up to 10,000, as competition authorities count. Shares are between 0 and 1; sellers
that are not named count as many small ones. Which market is meant decides the answer.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from briefing.model.measures.crossholdings import cross_holdings

Array = np.ndarray

POINTS = 10_000

HIGHLY_CONCENTRATED_POINTS = 1_800
LARGE_CHANGE_POINTS = 100
LARGE_SHARE = 0.30
"""US Department of Justice and Federal Trade Commission, Merger Guidelines (2023), guideline 1
(section 2.1): above 1,800 points, or above a share of 30%, with a change above 100 points each, a
merger is presumed to lessen competition. They speak of mergers; for a minority stake see below."""


def herfindahl_points(shares: Array) -> float:
    """Herfindahl–Hirschman index: the sum of squared shares, 10,000 for a single seller.

    >>> herfindahl_points(np.array([0.3, 0.3, 0.2, 0.2]))
    2600.0
    """
    return _points(np.sum(_checked_shares(shares) ** 2))


class Merger(NamedTuple):
    """A market before and after some of its sellers become one."""

    before_points: float
    after_points: float
    change_points: float
    merged_share: float

    @property
    def is_presumed_harmful(self) -> bool:
        """Whether either presumption of the US guidelines of 2023 applies."""
        is_large = self.after_points > HIGHLY_CONCENTRATED_POINTS or self.merged_share > LARGE_SHARE
        return is_large and self.change_points > LARGE_CHANGE_POINTS


def merger(shares: Array, merging: Iterable[int]) -> Merger:
    """The index before and after the sellers at the places `merging` become one.

    Their shares are taken to add up. The change is twice the product of two shares, in points.

    >>> round(merger(np.array([0.3, 0.3, 0.2, 0.2]), (2, 3)).change_points)
    800
    """
    given, places = _checked_shares(shares), sorted(set(merging))
    if any(not 0 <= place < len(given) for place in places):
        raise ValueError(
            f"merging sellers {places} must be places from 0 to {len(given) - 1}; nothing merged"
        )
    merged = given[places].sum()
    after = np.append(np.delete(given, places), merged)
    change = merged**2 - np.sum(given[places] ** 2)
    return Merger(
        herfindahl_points(given), herfindahl_points(after), _points(change), float(merged)
    )


def modified_herfindahl_points(
    shares: Array, interests: Array, control: Array | None = None
) -> float:
    """The index with what owners hold of several sellers (O'Brien & Salop 2000).

    `interests[i, j]` is what owner i gets of the profit of seller j, `control[i, j]` how much its
    wishes weigh there; without it control is in proportion to interests. It can exceed 10,000, as
    an owner may care more for a rival than for the seller it controls. Raises ValueError where
    nobody who controls a seller has an interest in it.
    """
    given = _checked_shares(shares)
    interest = _checked_interests(interests, len(given))
    weight = interest if control is None else _checked_interests(control, len(given))
    if weight.shape != interest.shape:
        raise ValueError("control and interests need one row for each of the same owners")
    # [j, k]: what those who control seller j get of the profit of seller k.
    wishes = weight.T @ interest
    own = np.diag(wishes)
    if not np.all(own > 0):
        raise ValueError(
            f"seller {int(np.flatnonzero(~(own > 0))[0])} is controlled by nobody who has an "
            "interest in its profit; nothing was computed"
        )
    return _points(float(given @ (wishes / own[:, None]) @ given))


class Readings(NamedTuple):
    """The index by what a stake in a rival is taken to give, in points."""

    none: float
    """Neither interest nor control: the plain index."""
    silent: float
    """A part of the profit and no say: only the holder has reason to spare its rival."""
    proportional: float
    """A part of the profit and as much of the say."""


def readings_of_control(shares: Array, held: Array) -> Readings:
    """Three readings of stakes among sellers, `held[i, j]` the part of seller j that i holds.

    The owners are those outside of each seller; through chains of stakes each gets what
    Brioschi, Buzzacchi & Colombo (1989) give it.
    """
    interests = cross_holdings(held, np.ones(len(shares))).dependency
    return Readings(
        herfindahl_points(shares),
        modified_herfindahl_points(shares, interests, np.eye(len(interests))),
        modified_herfindahl_points(shares, interests),
    )


def readings_by_draw(shares: Array, held: Array) -> tuple[Array, Array, Array]:
    """`readings_of_control` of many markets at once, each reading (draws, 1).

    `shares` is (draws, sellers) and `held` (draws, sellers, sellers); both broadcast. Owners may
    be among the sellers with a share of nothing. Raises ValueError where nothing of a seller is
    left to outside owners.
    """
    sold = np.asarray(shares, dtype=float)
    outside = 1 - held.sum(axis=-2)
    if not (held.min() >= 0 and outside.min() > 0):
        raise ValueError("stakes in a seller must leave something to others; nothing was computed")
    interests = outside[..., None] * _through_chains(held)
    readings = [np.sum(sold**2, axis=-1)]
    for wishes in (interests, np.swapaxes(interests, -1, -2) @ interests):
        weight = wishes / np.diagonal(wishes, axis1=-2, axis2=-1)[..., None]
        readings.append(np.einsum("...j,...jk,...k->...", sold, weight, sold))
    none, silent, proportional = (POINTS * each.reshape(-1, 1) for each in readings)
    return none, silent, proportional


def _through_chains(held: Array) -> Array:
    """What each company gets of the others' profit, its own counted in: (I − held)⁻¹."""
    own = np.eye(held.shape[-1])
    ever = (held != 0).reshape(-1, *own.shape).any(axis=0)
    # Where no holder is held there are no chains, and to invert is most of the work.
    return np.linalg.inv(own - held) if (ever @ ever).any() else own + held


def _points(index: float) -> float:
    return float(POINTS * index)


def _checked_shares(shares: Array) -> Array:
    given = np.asarray(shares, dtype=float)
    if given.ndim != 1 or not np.all((given >= 0) & (given <= 1 + 1e-9)):
        raise ValueError("market shares must lie between 0 and 1; nothing was computed")
    if given.sum() > 1 + 1e-6:
        raise ValueError(
            f"market shares sum to {given.sum():.4g} and must not exceed 1; nothing was computed"
        )
    return given


def _checked_interests(interests: Array, sellers: int) -> Array:
    given = np.asarray(interests, dtype=float)
    if given.ndim != 2 or given.shape[1] != sellers or not np.all(np.isfinite(given)):
        raise ValueError(
            f"interests and control need one finite number for each owner and seller, {sellers} in "
            "a row; nothing was computed"
        )
    return given
