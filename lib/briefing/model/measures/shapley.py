"""Shapley values: how much of what many causes bring about together is due to each of them."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

Coalition = frozenset[str]

MOST_EXACT = 10
"""Players up to which every coalition is valued: ten have 1,024, and each more doubles them."""

PAIRS = 100


class Shares(NamedTuple):
    """What is due to each player; together what all of them bring over what nobody does."""

    due: dict[str, float]
    standard_error: dict[str, float]
    """Of the average over sampled orders; zero where every coalition was valued."""
    is_exact: bool


def shapley(
    players: Sequence[str],
    value: Callable[[Coalition], float],
    most_exact: int = MOST_EXACT,
    pairs: int = PAIRS,
    seed: int = 0,
) -> Shares:
    """What each player adds to those before it, averaged over all orders (Shapley 1953).

    `value` is asked once for each coalition. Beyond `most_exact` players, `pairs` of orders are
    drawn, each order with its reverse (antithetic; Mitchell, Cooper, Frank and Holmes 2022). The
    additions of one order sum to the whole, and so do their averages.

    >>> shapley(["left", "right"], lambda worn: 10.0 if len(worn) == 2 else 0.0).due
    {'left': 5.0, 'right': 5.0}
    """
    if len(set(players)) < len(players):
        raise ValueError("players need names of their own; nothing was shared")
    valued = cache(value)
    if len(players) <= most_exact:
        due = {player: _average_addition(player, players, valued) for player in players}
        return Shares(due, dict.fromkeys(players, 0.0), is_exact=True)
    if pairs < 2:
        raise ValueError(f"an error needs two pairs of orders or more, given: {pairs}")
    generator = np.random.default_rng(seed)
    orders: list[list[str]] = [
        [players[int(place)] for place in generator.permutation(len(players))] for _ in range(pairs)
    ]
    added = [(_additions(order, valued), _additions(order[::-1], valued)) for order in orders]
    halves = {player: [(one[player] + two[player]) / 2 for one, two in added] for player in players}
    return Shares(
        {player: float(np.mean(half)) for player, half in halves.items()},
        {player: float(np.std(half, ddof=1) / pairs**0.5) for player, half in halves.items()},
        is_exact=False,
    )


def _average_addition(
    player: str, players: Sequence[str], value: Callable[[Coalition], float]
) -> float:
    """Additions to coalitions of each size weigh the same, as the player's place is any."""
    others = [each for each in players if each != player]
    return sum(
        (value(frozenset((*some, player))) - value(frozenset(some)))
        / (len(players) * comb(len(others), size))
        for size in range(len(players))
        for some in combinations(others, size)
    )


def _additions(order: Sequence[str], value: Callable[[Coalition], float]) -> dict[str, float]:
    values = [value(frozenset(order[:count])) for count in range(len(order) + 1)]
    return {player: values[place + 1] - values[place] for place, player in enumerate(order)}
