"""Switching: what is the right to change to the cheaper of two ways worth, and what is its loss?

The right to exchange one thing for another is Margrabe's option (1978). Work that may move once,
at a cost and at any time after a lock ends, is an option of the kind that is exercised early, so it
has no formula and is valued on a tree (Cox, Ross & Rubinstein 1979), the cost of the way in use
being the unit of account.
"""

from typing import Any, NamedTuple

import numpy as np

from briefing.model.measures.options import black_scholes_call

Array = np.ndarray

STEPS_A_YEAR = 4


def exchange_option(received: Any, given: Any, volatility_rate: Any, years: Any) -> Array:
    """Value of the right to give one asset for another at a day (Margrabe 1978).

    `volatility_rate` is that of the ratio of both. What they pay out until then is taken off
    before.

    >>> round(float(exchange_option(1.0, 1.0, 0.3, 4.0)), 4)
    0.2358
    """
    return black_scholes_call(received, given, 0.0, volatility_rate, years)


def ratio_volatility(one_rate: Any, other_rate: Any, correlation: Any) -> Array:
    """Volatility of the ratio of two assets.

    >>> round(float(ratio_volatility(0.2, 0.15, 0.5)), 4)
    0.1803
    """
    one, other = np.asarray(one_rate), np.asarray(other_rate)
    return np.sqrt(one**2 + other**2 - 2 * correlation * one * other)


def spending_present_value(years: Any, discount_rate: Any) -> Array:
    """Present value of one a year, in equal parts at the start of each quarter."""
    steps = np.rint(np.asarray(years) * STEPS_A_YEAR)
    return _annuity(steps, _step_discount(discount_rate))


def switching_value(
    alternative_multiple: Any,
    volatility_rate: Any,
    switching_cost: Any,
    years: Any,
    locked_years: Any,
    discount_rate: Any,
) -> Array:
    """Present value of the right to move work once, after `locked_years` of its `years`.

    In units of a year's spending on the way in use, which is level. `alternative_multiple` is what
    the other way costs over it today; its logarithm wanders with `volatility_rate` and the ratio
    is expected to stay where it is. Moving costs `switching_cost` once, in the same units. All
    arguments broadcast; times are in whole quarters. Zero where the lock lasts as long as the
    work. Raises ValueError at a volatility of zero or below.
    """
    given = np.broadcast_arrays(
        alternative_multiple, switching_cost, volatility_rate, years, locked_years, discount_rate
    )
    alternative, cost, *stated = (np.ravel(each) for each in given)
    return _Tree.of(*stated).worth(alternative, cost).reshape(given[0].shape)


class _Tree(NamedTuple):
    """What a tree needs beside the two prices; cases stand last, so that a step takes few passes.

    Many prices can so be tried on the same tree.
    """

    growth: Array
    """(nodes, cases): the ratio of costs at each node over that of today."""
    left: Array
    """(steps, cases): present value at each step of what is still to be spent."""
    is_open: Array
    """(steps, cases): whether the work may move."""
    rises: Array
    """(cases,): chance of a step up, discounted."""
    falls: Array

    @classmethod
    def of(cls, volatility: Array, years: Array, locked_years: Array, rate: Array) -> "_Tree":
        if not np.all(volatility > 0):
            raise ValueError(f"volatility {np.min(volatility):g} must be more than zero for a tree")
        up = np.exp(volatility * np.sqrt(1 / STEPS_A_YEAR))
        # The ratio is expected to stay: up with this chance, down by the same factor otherwise.
        chance = (1 - 1 / up) / (up - 1 / up)
        discount = _step_discount(rate)
        end, start = np.rint(years * STEPS_A_YEAR), np.rint(locked_years * STEPS_A_YEAR)
        last = int(np.max(end))
        steps = np.arange(last)[:, None]
        return cls(
            up ** np.arange(-last, last)[:, None],
            _annuity(end - steps, discount),
            (start <= steps) & (end > steps),
            discount * chance,
            discount * (1 - chance),
        )

    def cases(self, row: Array) -> "_Tree":
        """The tree of the cases `row` alone."""
        return _Tree(*(np.take(each, row, axis=-1) for each in self))

    def worth(self, alternative_multiple: Array, switching_cost: Array) -> Array:
        """(cases,): value of the right at the root."""
        last = len(self.left)
        # A move that may not be made yet, or no more, costs without end.
        cost = np.where(self.is_open, switching_cost, np.inf)
        saved = 1 - np.minimum(alternative_multiple * self.growth, 1e300)
        value = np.zeros((last + 1, len(self.rises)))
        for step in range(last - 1, -1, -1):
            moved = saved[last - step : last + step + 1 : 2] * self.left[step] - cost[step]
            value = self.rises * value[1 : step + 2] + self.falls * value[: step + 1]
            np.maximum(moved, value, out=value)
        return value[0]


def required_gain(
    alternative_multiple: Any,
    volatility_rate: Any,
    switching_cost: Any,
    years: Any,
    locked_years: Any,
    discount_rate: Any,
) -> Array:
    """Part of its cost that tuned work must save for tuning to pay for its lock.

    The gain lasts as long as the work stays; once the lock ends it may still move, to an
    alternative that has no such gain. Solved by Chandrupatla's method, to a hundred-thousandth.
    """
    from scipy.optimize.elementwise import find_root

    given = np.broadcast_arrays(
        alternative_multiple, switching_cost, volatility_rate, years, locked_years, discount_rate
    )
    alternative, switching, volatility, term, locked, rate = (np.ravel(each) for each in given)
    tree = _Tree.of(volatility, term, locked, rate)
    spending = spending_present_value(term, rate)
    free = spending - switching_value(alternative, volatility, switching, term, 0.0, rate)

    def excess(gain: Array, row: Array) -> Array:
        # At no cost at all the alternative would cost infinitely many times as much.
        cost = np.maximum(1 - gain, 1e-9)
        right = tree.cases(row).worth(alternative[row] / cost, switching[row] / cost)
        return cost * (spending[row] - right) - free[row]

    nothing, rows = np.zeros(len(free)), np.arange(len(free))
    found = find_root(excess, (nothing, nothing + 1), args=(rows,), tolerances={"xatol": 1e-5})
    gain = np.where(excess(nothing, rows) <= 1e-12, 0.0, found.x)
    return gain.reshape(given[0].shape)


def _step_discount(discount_rate: Any) -> Array:
    return (1 + np.asarray(discount_rate, dtype=float)) ** (-1 / STEPS_A_YEAR)


def _annuity(steps: Array, discount: Array) -> Array:
    """Present value of a quarter of one at the start of each of `steps` quarters; zero for none."""
    number = np.maximum(steps, 0)
    level = np.isclose(discount, 1.0)
    safe = np.where(level, 0.5, discount)
    factor = np.where(level, number, (1 - safe**number) / (1 - safe))
    return factor / STEPS_A_YEAR
