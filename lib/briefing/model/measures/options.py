"""Options: what is each class of share worth when owners' equity is a bundle of calls?

The option-pricing method of the AICPA guide on portfolio-company investments (2019): what a class
gets at exit is a sum of call spreads between the breakpoints of its waterfall.
"""

from typing import Any

import numpy as np

from briefing.model.measures.roots import value_worth
from briefing.model.measures.waterfall import Payoffs, Terms, sale_payoffs

Array = np.ndarray


def black_scholes_call(
    spot: Any, strike: Any, risk_free_rate: Any, volatility_rate: Any, years: Any
) -> Array:
    """Value of a European call (Black & Scholes 1973); all arguments broadcast.

    At no volatility or no time it is what is left of the spot over the discounted strike. Raises
    ValueError at a negative amount, volatility or time.

    >>> round(float(black_scholes_call(42, 40, 0.10, 0.20, 0.5)), 2)
    4.76
    """
    from scipy.special import ndtr

    given = {
        "spot": spot, "strike": strike, "volatility_rate": volatility_rate, "years": years,
    }  # fmt: skip
    for name, each in given.items():
        if not np.all(np.asarray(each) >= 0):
            raise ValueError(
                f"{name} {np.min(each):g} must be at least zero; no option has a value without it"
            )
    spots, strikes = np.asarray(spot, dtype=float), np.asarray(strike, dtype=float)
    due = strikes * np.exp(-np.asarray(risk_free_rate) * years)
    spread = np.asarray(volatility_rate) * np.sqrt(years)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.log(spots / due) / spread
        value = spots * ndtr(middle + spread / 2) - due * ndtr(middle - spread / 2)
    # Without a spread, a spot or a strike, nothing is left to chance.
    certain = (spread == 0) | (spots == 0) | (due == 0)
    return np.where(certain, np.maximum(spots - due, 0.0), value)


def class_values(
    equity: Any, terms: Terms, risk_free_rate: Any, volatility_rate: Any, years: Any
) -> Array:
    """(sets, holders): value of each round and of common when all of it together is `equity`.

    `equity` is one number or (sets,); rate, volatility and time to exit are one or (sets, 1).

    >>> from briefing.model.measures.waterfall import terms
    >>> class_values(100, terms(20, 20, 80), 0.03, 0.6, 4).round(2).tolist()
    [[25.94, 74.06]]
    """
    return _worth(equity, sale_payoffs(terms), risk_free_rate, volatility_rate, years)


def _worth(equity: Any, payoffs: Payoffs, rate: Any, volatility: Any, years: Any) -> Array:
    whole = np.broadcast_to(np.asarray(equity, dtype=float), len(payoffs.edges))
    calls = black_scholes_call(whole[:, None], payoffs.edges, rate, volatility, years)
    first = payoffs.slope[:, :1]
    steps = np.concatenate([first, np.diff(payoffs.slope, axis=1)], axis=1)
    return np.sum(steps * calls[:, :, None], axis=1)


def backsolved_equity(
    price_per_share: Any, terms: Terms, risk_free_rate: Any, volatility_rate: Any, years: Any
) -> Array:
    """(sets,): equity at which a share of the last round is worth `price_per_share`.

    Raises ValueError where price, volatility or time is not more than zero.

    >>> from briefing.model.measures.waterfall import terms
    >>> backsolved_equity(2.0, terms(1, 20, 80, 0), 0.03, 0.6, 4).round(6).tolist()
    [200.0]
    """
    given = {
        "price_per_share": price_per_share, "volatility_rate": volatility_rate, "years": years,
    }  # fmt: skip
    for name, each in given.items():
        if not np.all((np.asarray(each) > 0) & np.isfinite(each)):
            raise ValueError(
                f"{name} {np.min(each):g} must be more than zero; nothing was solved for"
            )
    last = terms.shares.shape[1] - 1
    settings = [np.asarray(each) for each in (risk_free_rate, volatility_rate, years)]
    # Terms that are all fixed are one set, whatever is drawn beside them.
    sets = max([len(terms.shares), *(len(each) for each in settings if each.ndim)])
    payoffs = sale_payoffs(terms)
    newest = Payoffs(
        *(
            np.broadcast_to(each, (sets, *each.shape[1:]))
            for each in payoffs._replace(slope=payoffs.slope[:, :, last : last + 1])
        )
    )
    prices = np.broadcast_to(np.asarray(price_per_share, dtype=float), sets)
    settings = [np.broadcast_to(each, (sets, 1)) for each in settings]

    def worth(equity: Array, row: Array) -> Array:
        own = Payoffs(*(each[row] for each in newest))
        return _worth(equity, own, *(each[row] for each in settings))[:, 0]

    every = terms.shares.sum(axis=1) + terms.common_shares[:, 0]
    return value_worth(worth, prices * terms.shares[:, -1], prices * every)
