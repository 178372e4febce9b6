"""Moves: a few assumptions at other values than the set's own, as a reader would try them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product

import numpy as np

from briefing.inputs.assumptions import Assumption

Move = tuple[tuple[str, float], ...]
"""Names of assumptions with the values that they are moved to; nothing where none is moved."""

POSITIONS = 9
"""Values of one assumption that a reader may try, its own among them."""

PRINTED_DIGITS = 2
"""Digits that a value between the ends has, so that what is printed is what was computed."""


def is_movable(assumption: Assumption) -> bool:
    """Whether it is a number that we are unsure of."""
    return not assumption.is_fixed and assumption.low is not None and assumption.high is not None


def positions(assumption: Assumption) -> tuple[float, ...]:
    """From low to high in about equal steps; the set's own value takes the place of the nearest."""
    low, own, high = _range(assumption)
    grid = np.linspace(low, high, POSITIONS)
    inner = grid[1:-1].tolist()
    if low < own < high:
        inner.remove(min(inner, key=lambda each: abs(each - own)))
    taken = {_rounded(each): each for each in (low, own, high)}
    between = {_rounded(each): _rounded(each) for each in inner if low < _rounded(each) < high}
    # Where steps are smaller than what is printed, equal prints stand for one value.
    return tuple(sorted({low, own, high, *(between | taken).values()}))


def ends(assumptions: Iterable[Assumption]) -> tuple[Move, ...]:
    """No move, then each assumption alone at the low and at the high end of its range."""
    alone = ((each.name, end) for each in assumptions for end in _range(each)[::2])
    return ((), *((moved,) for moved in alone))


def one_or_two(assumptions: Sequence[Assumption]) -> tuple[Move, ...]:
    """No move, each assumption alone at every position, and every pair at all of theirs."""
    tried = {
        each.name: [(each.name, at) for at in positions(each) if at != each.value]
        for each in assumptions
    }
    alone = ((moved,) for all_ in tried.values() for moved in all_)
    pairs = (pair for both in combinations(tried.values(), 2) for pair in product(*both))
    return ((), *alone, *pairs)


def columns(
    moves: Sequence[Move], assumptions: Mapping[str, Assumption]
) -> Mapping[str, np.ndarray]:
    """Values of every assumption that some move moves, a row for each move."""
    moved = {name: [] for move in moves for name, _ in move}
    for move in moves:
        to = dict(move)
        for name, values in moved.items():
            values.append(to.get(name, assumptions[name].value))
    return {name: np.array(values, dtype=float)[:, None] for name, values in moved.items()}


def _range(assumption: Assumption) -> tuple[float, float, float]:
    low, high = assumption.low, assumption.high
    if low is None or high is None:
        raise ValueError(f"{assumption.name} has no range, so there is nothing to move it over")
    return low, float(assumption.value), high


def _rounded(value: float) -> float:
    return float(f"{value:.{PRINTED_DIGITS}g}")
