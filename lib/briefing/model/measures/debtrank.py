"""DebtRank: how far does distress travel through exposures before anybody has defaulted?"""

from typing import NamedTuple

import numpy as np

from briefing.model.measures.flows import Sparse, as_flows, checked_border, payers

Array = np.ndarray

MOST_ROUNDS = 100_000


class DebtRank(NamedTuple):
    """Distress between zero, none, and one, all of the buffer lost."""

    final_stress: Array
    """(party,): distress when nothing spreads any more."""
    additional_stress: float
    """What spreading added, weighted; the shock itself is not counted."""


def debtrank(
    exposures: Array | Sparse,
    buffer: Array,
    shock: Array,
    weights: Array | None = None,
    variant: str = "single_hit",
    cap_impact: bool = True,
) -> DebtRank:
    """Distress after a shock (Battiston et al. 2012; Bardoscia et al. 2015).

    `exposures[i, j]` is what i loses when j is lost in full; over `buffer[i]` it is the impact of j
    on i, capped at one where `cap_impact`. In the `single_hit` variant a party passes its distress
    on once, in the `linear` one it passes on every increase. Linear distress saturates when loops
    are strong: a warning, no finding.
    """
    impact = _impact(exposures, checked_border(buffer, len(buffer)), cap_impact)
    stress = checked_border(shock, impact.shape[0]).copy()
    if np.any((stress < 0) | (stress > 1) | ~np.isfinite(stress)):
        raise ValueError("a shock must lie between 0 and 1 for every party; nothing was spread")
    spread = {"single_hit": _spread_once, "linear": _spread_on}.get(variant)
    if spread is None:
        raise ValueError(f"variant must be single_hit or linear, not {variant!r}")
    final = spread(impact, stress)
    worth = np.ones(len(stress)) if weights is None else checked_border(weights, len(stress))
    return DebtRank(final, float(worth @ (final - stress) / max(worth.sum(), np.finfo(float).tiny)))


def _impact(exposures: Array | Sparse, buffer: Array, cap: bool) -> Sparse:
    lost = as_flows(exposures)
    checked_border(buffer, lost.shape[0])
    wrong = np.flatnonzero(~(np.isfinite(buffer) & (buffer > 0)))
    if wrong.size:
        raise ValueError(f"party {wrong[0]} needs a buffer above zero; nothing was spread")
    impact = lost.copy()
    holders = payers(lost)
    impact.data = lost.data / buffer[holders]
    if cap:
        impact.data = np.minimum(impact.data, 1.0)
    return impact


def _spread_once(impact: Sparse, stress: Array) -> Array:
    now, waiting, done = stress.copy(), stress > 0, np.zeros(len(stress), dtype=bool)
    while waiting.any():
        following = np.minimum(1.0, now + impact @ np.where(waiting, now, 0.0))
        done |= waiting
        waiting = ~done & (following > 0)
        now = following
    return now


def _spread_on(impact: Sparse, stress: Array) -> Array:
    now, increase = stress.copy(), stress.copy()
    for _ in range(MOST_ROUNDS):
        following = np.minimum(1.0, now + impact @ increase)
        increase = following - now
        now = following
        if increase.max(initial=0.0) <= 1e-14:
            return now
    raise ValueError("distress did not settle; loops hand it on almost undiminished")
