"""Crossings: where a margin changes sign, for many questions at once.

A scan finds the steps in which the sign changes, Chandrupatla's method (1997; scipy's `find_root`)
closes in on each of them. Nothing is clipped: where the sign never changes there is no crossing.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Array = np.ndarray

Margins = Callable[[Array, Array], Array]
"""From questions (n,) and points (n,) to margins (n, conditions); not a number where undefined."""

RELATIVE_TOLERANCE = 1e-11


class Crossings(NamedTuple):
    """Where each condition begins or ceases to hold, by question and condition."""

    at: Array
    """(questions, conditions, most), rising; not a number where there are fewer."""
    holds_first: Array
    """(questions, conditions): whether it holds at the low end of what is defined."""
    low: Array
    """(questions, conditions): first point at which there is a margin; not a number if none."""
    high: Array
    """(questions, conditions): last such point."""


def crossings(margins: Margins, low: Array, high: Array, scanned: int = 33) -> Crossings:
    """All changes of sign of `margins` between `low` and `high`, one pair of ends a question.

    A condition holds where its margin is zero or more. Of two crossings within one of the
    `scanned` - 1 steps neither is seen. At a jump the crossing is the place of the jump.

    >>> found = crossings(lambda _, x: (x**2 - 2)[:, None], np.array([0.0]), np.array([2.0]))
    >>> float(found.at[0, 0, 0].round(9)), bool(found.holds_first[0, 0])
    (1.414213562, False)
    """
    from scipy.optimize import elementwise

    questions = np.arange(len(low))
    points = low + np.linspace(0, 1, scanned)[:, None] * (high - low)
    found = margins(np.tile(questions, scanned), points.ravel())
    found = found.reshape(scanned, len(low), -1)
    holds, defined = found >= 0, ~np.isnan(found)
    turns = (holds[1:] != holds[:-1]) & defined[1:] & defined[:-1]
    step, question, condition = np.nonzero(turns)
    place = np.cumsum(turns, axis=0)[turns] - 1
    at = np.full((*turns.shape[1:], max(1, int(turns.sum(axis=0).max()))), np.nan)
    if len(step):

        def margin(x: Array, question: Array, condition: Array) -> Array:
            each = margins(question.astype(int), x)
            return np.take_along_axis(each, condition.astype(int)[:, None], axis=1)[:, 0]

        bracket = (points[step, question], points[step + 1, question])
        tolerances = {"xrtol": RELATIVE_TOLERANCE}
        at[question, condition, place] = elementwise.find_root(
            margin, bracket, args=(question, condition), tolerances=tolerances
        ).x
    ever = defined.any(axis=0)
    first, last = np.argmax(defined, axis=0), scanned - 1 - np.argmax(defined[::-1], axis=0)
    return Crossings(
        at=at,
        holds_first=np.take_along_axis(holds, first[None], axis=0)[0],
        low=np.where(ever, points[first, questions[:, None]], np.nan),
        high=np.where(ever, points[last, questions[:, None]], np.nan),
    )
