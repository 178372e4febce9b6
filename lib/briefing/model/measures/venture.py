"""Venture methods: value today from few outcomes, or from one good outcome and a high return."""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


def probability_weighted_value(
    probabilities: Any, values: Any, years: Any, discount_rate: Any
) -> Array:
    """Expected value of the outcomes on the last axis, each discounted from its own year.

    The probability-weighted expected return method (AICPA guide, 2019); all arguments broadcast.
    Raises ValueError where probabilities do not sum to one: an outcome worth nothing is one too.

    >>> float(probability_weighted_value([0.5, 0.5], [121.0, 0.0], [2, 1], 0.10).round(6))
    50.0
    """
    chances = np.asarray(probabilities, dtype=float)
    if not np.all((chances >= 0) & (chances <= 1)):
        raise ValueError(
            f"probability {chances[~((chances >= 0) & (chances <= 1))].flat[0]:g} must lie "
            "between 0 and 1; nothing was valued"
        )
    totals = chances.sum(axis=-1)
    if not np.all(np.abs(totals - 1) < 1e-6):
        wrong = totals.flat[np.argmax(np.abs(totals - 1))]
        raise ValueError(
            f"probabilities sum to {wrong:g} and must sum to 1; name the outcome that is left, "
            "even if it is worth nothing; nothing was valued"
        )
    _refuse_below("years", years, 0.0, "an outcome lies ahead")
    _refuse_above("discount_rate", discount_rate, -1.0)
    discounted = np.asarray(values) * (1.0 + np.asarray(discount_rate)) ** -np.asarray(years)
    return np.sum(chances * discounted, axis=-1)


class VentureValue(NamedTuple):
    """What an investor who wants a return can pay for a part of a company."""

    terminal_value: Array
    post_money: Array
    pre_money: Array
    ownership_share: Array
    new_shares: Array
    price: Array


def venture_value(
    terminal_earnings: Any,
    earnings_multiple: Any,
    required_return_rate: Any,
    years: Any,
    investment: Any = 0.0,
    old_shares: Any = 1.0,
) -> VentureValue:
    """The venture-capital method (Sahlman, "The Basic Venture Capital Formula", HBS 9-804-042).

    Earnings of the terminal year, or its sales, times a multiple of them, discounted at the return
    that investors require of a success. Raises ValueError where the investment would buy the whole
    company or more.

    >>> found = venture_value(2.5, 15, 0.5, 5, investment=3.5, old_shares=1e6)
    >>> round(float(found.ownership_share), 3), round(float(found.post_money), 2)
    (0.709, 4.94)
    """
    _refuse_below("years", years, 0.0, "the terminal year lies ahead")
    _refuse_below("earnings_multiple", earnings_multiple, 0.0, "a multiple has no sign")
    _refuse_below("investment", investment, 0.0, "money is paid in")
    _refuse_below("old_shares", old_shares, 0.0, "a number of shares has no sign")
    _refuse_above("required_return_rate", required_return_rate, -1.0)
    terminal = np.asarray(terminal_earnings, dtype=float) * earnings_multiple
    post = terminal * (1.0 + np.asarray(required_return_rate)) ** -np.asarray(years, dtype=float)
    pre = post - investment
    if np.any((pre <= 0) & (np.asarray(investment) > 0)):
        raise ValueError(
            f"investment {np.max(investment):g} must stay below the post-money value "
            f"{np.min(post):g}; it would buy more than the whole company, and no share is left"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        owned = np.where(np.asarray(investment) > 0, investment / post, 0.0)
        price = pre / np.asarray(old_shares, dtype=float)
    return VentureValue(terminal, post, pre, owned, old_shares * owned / (1 - owned), price)


def _refuse_below(name: str, given: Any, least: float, why: str) -> None:
    if not np.all(np.asarray(given) >= least):
        raise ValueError(
            f"{name} {np.min(given):g} must be at least {least:g}, for {why}; nothing was valued"
        )


def _refuse_above(name: str, given: Any, least: float) -> None:
    if not np.all(np.asarray(given) > least):
        raise ValueError(
            f"{name} {np.min(given):.1%} must stay above {least:.0%}; at or below it money has no "
            "value in time, and nothing was valued"
        )
