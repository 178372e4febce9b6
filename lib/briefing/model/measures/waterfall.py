"""Waterfalls: who gets how much when a company with preferred shares is sold or listed?

Every payoff is piecewise linear in the value at exit. The pieces are found once, by turning the
question round: at a given price of a common share everybody's best choice is known, and with it
the value of the company at which that price comes about. No game has to be solved.
"""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Terms(NamedTuple):
    """Contract terms of preferred rounds, oldest first: (sets, rounds); made by `terms`."""

    invested: Array
    """Money paid in."""
    shares: Array
    """Common shares that the round can convert into."""
    common_shares: Array
    """(sets, 1): issued common shares; an unissued pool is left out, for it is never paid."""
    liquidation_multiple: Array
    """Preference over money paid in."""
    participation_cap_multiple: Array
    """Most that a participating round gets over its preference; 1 takes no part, infinity no cap"""
    seniority: Array
    """Rank in a shortage, the lowest number first; equal ranks share in proportion."""
    ratchet_multiple: Array
    """Least that a round gets at a listing, over money paid in; zero where nothing is promised."""
    veto_below: Array
    """Value of a listing below which the round need not convert."""


class Payoffs(NamedTuple):
    """What each holder gets, piece by piece: intercept + slope · value at exit."""

    edges: Array
    """(sets, pieces): value at exit from which a piece holds, ascending; the last has no end."""
    intercept: Array
    """(sets, pieces, holders): the rounds in order, then common."""
    slope: Array
    """(sets, pieces, holders)"""

    def at(self, value: Array) -> Array:
        """(sets, holders): payoffs at the exit `value`, one or one per set."""
        values = np.broadcast_to(np.asarray(value, dtype=float), len(self.edges))
        piece = np.maximum(np.sum(self.edges <= values[:, None], axis=1) - 1, 0)
        row = np.arange(len(self.edges))
        return self.intercept[row, piece] + self.slope[row, piece] * values[:, None]


_RULES: dict[str, tuple[float, str]] = {
    "invested": (0.0, "money paid in must be"),
    "shares": (0.0, "a number of shares must be"),
    "common_shares": (0.0, "a number of shares must be"),
    "liquidation_multiple": (0.0, "a preference must be"),
    "participation_cap_multiple": (
        1.0, "a cap below the preference contradicts it; the multiple of the preference must be",
    ),
    "ratchet_multiple": (0.0, "a promise must be"),
    "veto_below": (0.0, "a value must be"),
}  # fmt: skip


def terms(
    invested: Any,
    shares: Any,
    common_shares: Any,
    liquidation_multiple: Any = 1.0,
    participation_cap_multiple: Any = 1.0,
    seniority: Any = 1.0,
    ratchet_multiple: Any = 0.0,
    veto_below: Any = 0.0,
) -> Terms:
    """Checked terms of one set, given per round or for all rounds alike, or of many at once.

    Many are (sets, rounds), with `common_shares` (sets, 1); whatever is alike may be left shorter.
    Raises ValueError with the term, the rule and the consequence.

    >>> terms([50, 100], [100, 100], 750).seniority.tolist()
    [[1.0, 1.0]]
    """
    given = dict(zip(Terms._fields, locals().values(), strict=True))
    arrays = {name: np.asarray(each, dtype=float) for name, each in given.items()}
    own = {name: each for name, each in arrays.items() if name != "common_shares"}
    try:
        shape = np.broadcast_shapes(
            (1, 1), arrays["common_shares"].shape, *(each.shape for each in own.values())
        )
        common = np.broadcast_to(arrays["common_shares"], (shape[0], 1)).astype(float)
    except ValueError:
        sizes = ", ".join(f"{name} {each.shape}" for name, each in arrays.items() if each.ndim)
        raise ValueError(
            f"terms must be of as many rounds and sets each, given: {sizes}; nothing was valued"
        ) from None
    whole = {name: np.broadcast_to(each, shape).astype(float) for name, each in own.items()}
    found = Terms(**whole, common_shares=common)
    for name, (least, rule) in _RULES.items():
        amounts = getattr(found, name)
        endless = name in ("participation_cap_multiple", "veto_below")
        if not np.all((amounts >= least) & (endless | np.isfinite(amounts))):
            wrong = amounts[~((amounts >= least) & (endless | np.isfinite(amounts)))][0]
            raise ValueError(f"{name} {wrong:g}: {rule} at least {least:g}; nothing was valued")
    if np.any(np.isnan(found.seniority)):
        raise ValueError("seniority nan: a rank must be a number; nothing was valued")
    if not np.all((found.shares[:, -1] > 0) & (found.invested[:, -1] > 0)):
        raise ValueError(
            "the last round's money and shares must be more than zero: its price is what the "
            "company is valued from; nothing was valued"
        )
    return found


def sale_payoffs(terms: Terms) -> Payoffs:
    """Payoffs when the company is sold: every round takes its preference or converts.

    max(min(preference + n · p, cap), n · p) for n shares at the price p of a common share.

    >>> sale_payoffs(terms([50, 100], [100, 100], 750)).at(120.0).round(6).tolist()
    [[40.0, 80.0, 0.0]]
    """
    preference = terms.liquidation_multiple * terms.invested
    return _payoffs(terms, preference, np.zeros_like(preference), terms.seniority)


def listing_payoffs(terms: Terms) -> Payoffs:
    """Payoffs when the company is listed: all convert, but for vetoes and promised floors.

    Below its veto a round keeps what a sale would give it. Where promises exceed the value, rounds
    with a ratchet rank first, as in the replication of Gornall & Strebulaev (2020) by T. Sobolev.
    """
    promised = terms.ratchet_multiple * terms.invested
    first = np.min(terms.seniority) - 1
    rank = np.where(terms.ratchet_multiple > 0, first, terms.seniority)
    bounds = np.sort(terms.veto_below, axis=1)
    bounds = np.hstack([np.zeros((len(bounds), 1)), bounds, np.full((len(bounds), 1), np.inf)])
    if not bounds[:, 1:-1].any():
        bounds = bounds[:, [0, -1]]
    states = []
    for low, high in zip(bounds[:, :-1].T, bounds[:, 1:].T, strict=True):
        keeps = low[:, None] < terms.veto_below
        preference = np.where(keeps, terms.liquidation_multiple * terms.invested, 0.0)
        state = _payoffs(terms, preference, promised, rank)
        edges = np.clip(state.edges, low[:, None], high[:, None])
        states.append(state._replace(edges=edges))
    return Payoffs(*(np.concatenate(parts, axis=1) for parts in zip(*states, strict=True)))


def _payoffs(terms: Terms, preference: Array, promised: Array, rank: Array) -> Payoffs:
    shares = terms.shares
    with np.errstate(invalid="ignore", divide="ignore"):
        cap = np.where(preference > 0, terms.participation_cap_multiple * preference, 0.0)
        most = np.maximum(cap, promised)
        kinks = np.hstack(
            [(cap - preference) / shares, (promised - preference) / shares, most / shares]
        )
    least = np.maximum(preference, promised)
    short, paid_short = _shortage(least, rank)
    prices = np.sort(np.where(np.isfinite(kinks), np.maximum(kinks, 0.0), 0.0), axis=1)
    converted = shares[:, None] * prices[:, :, None]
    joined = np.minimum(preference[:, None] + converted, cap[:, None])
    paid = np.maximum(np.maximum(joined, promised[:, None]), converted)
    values = paid.sum(axis=2) + terms.common_shares * prices
    edges = np.concatenate([short, values], axis=1)
    got = np.concatenate([paid_short, paid], axis=1)
    got = np.concatenate([got, (edges - got.sum(axis=2))[:, :, None]], axis=2)
    width = np.diff(edges, axis=1)[:, :, None]
    last = np.hstack([shares, terms.common_shares])
    last = last / last.sum(axis=1, keepdims=True)
    slope = np.divide(
        np.diff(got, axis=1),
        width,
        out=np.zeros_like(got[:, 1:]),
        where=width > 1e-12 * edges[:, 1:, None],
    )
    slope = np.concatenate([slope, last[:, None]], axis=1)
    return Payoffs(edges, got - slope * edges[:, :, None], slope)


def _shortage(least: Array, rank: Array) -> tuple[Array, Array]:
    """Values up to which preferences take everything, and who gets what of them."""
    before = np.sum(np.where(rank[:, None] < rank[:, :, None], least[:, None], 0.0), axis=2)
    upto = np.sum(np.where(rank[:, None] <= rank[:, :, None], least[:, None], 0.0), axis=2)
    values = np.hstack([np.zeros((len(least), 1)), np.sort(upto, axis=1)])
    tier = (upto - before)[:, None]
    reached = values[:, :, None] - before[:, None]
    filled = np.divide(reached, tier, out=np.zeros(reached.shape), where=tier > 0)
    return values, least[:, None] * np.clip(filled, 0.0, 1.0)
