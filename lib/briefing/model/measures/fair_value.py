"""Fair value: what is a company worth if its newest preferred shares are worth what they cost?

Gornall & Strebulaev, "Squaring venture capital valuations with reality", Journal of Financial
Economics 135 (2020) 120–143. They simulate; here nothing is drawn. The value at exit, discounted
and averaged over the time of exit, has a density in closed form, payoffs are piecewise linear and
the chance of a listing is piecewise linear in the logarithm of value, so that every integral is a
sum of powers and logarithms.
"""

from typing import Any, NamedTuple

import numpy as np

from briefing.model.measures.roots import value_worth
from briefing.model.measures.waterfall import Payoffs, Terms, listing_payoffs, sale_payoffs

Array = np.ndarray

SALE, LISTING = 0, 1
"""Kinds of exit; what is said of both stands in this order."""

OFTEN_SHARE, DECADE_SHARE = 0.65, 0.1
"""Chance of a listing at `listing_often`, and by how much it rises with each tenfold value."""

MOST_DECADES = 3.5
"""Decades above `listing_often` after which that chance reaches one by itself."""


class Exits(NamedTuple):
    """How the company ends, one for all sets or (sets, 1); the paper's values unless said.

    Its value is a geometric Brownian motion until an exponentially distributed time.
    """

    volatility_rate: Any = 0.9
    risk_free_rate: Any = 0.025
    wait_years: Any = 4.0
    """Mean time to exit."""
    listing_never: Any = 32e6
    """Value up to which an exit is never a listing; US dollars, as is all money beside it."""
    listing_often: Any = 1e9
    """Value at which 65% of exits are listings; log-linear in between, 10% a decade above."""
    listing_certain: Any = 1e11
    """Value from which every exit is a listing, as in the replication; the authors' own formula
    rises on until it reaches one, `MOST_DECADES` above `listing_often`."""


class FairValue(NamedTuple):
    """The value at which the last round is worth what was paid for it."""

    total: Array
    """(sets,)"""
    holders: Array
    """(sets, holders): the value of each round and of common; they sum to the total."""


def fair_value(terms: Terms, exits: Exits | None = None, price: Any = None) -> FairValue:
    """Fair value of companies with these `terms`, many sets of terms at once.

    `price` is what the last round's shares are worth, (sets,); by default the money paid in.
    Raises ValueError where no exit can come and where no value is worth the price.

    >>> from briefing.model.measures.waterfall import terms
    >>> found = fair_value(terms([50e6, 100e6], [100e6, 100e6], 750e6))
    >>> round(found.total.item() / 1e6)
    771
    """
    paid = terms.invested[:, -1] if price is None else np.asarray(price, dtype=float)
    # In units of the last round's money, so that no power grows out of bounds.
    unit = terms.invested[:, -1:]
    density = _Density.of(exits or Exits(), unit)
    sale, listing = sale_payoffs(terms), listing_payoffs(terms)
    priced = [
        _Priced.of(density, _scaled(payoffs, unit), kind)
        for kind, payoffs in ((SALE, sale), (LISTING, listing))
    ]
    target = np.broadcast_to(paid, len(unit)) / unit[:, 0]
    if not np.all(target > 0):
        raise ValueError("the price of the last round must be more than zero; nothing was valued")
    newest = [each.of_holder(terms.shares.shape[1] - 1) for each in priced]

    def worth(value: Array, row: Array) -> Array:
        return _worth(newest, density.rows(row), value, row)[:, 0]

    # At this price for every share the value is the post-money figure without its pool.
    every = terms.shares.sum(axis=1) + terms.common_shares[:, 0]
    value = value_worth(worth, target, target * every / terms.shares[:, -1])
    holders = _worth(priced, density, value, np.arange(len(value)))
    return FairValue(value * unit[:, 0], holders * unit)


def listing_share(value: Array, exits: Exits | None = None) -> Array:
    """Chance that an exit at `value` is a listing.

    >>> listing_share(np.array([32e6, 1e9, 1e10, 2e11])).round(6).tolist()
    [0.0, 0.65, 0.75, 1.0]
    """
    chosen = exits or Exits()
    log = np.log(np.maximum(np.asarray(value, dtype=float), 1e-300))
    return _Listing.of(chosen, 1.0).share(log)


class _Listing(NamedTuple):
    """Chance of a listing as level + rise · ln(value) on four stretches."""

    starts: tuple[Array, ...]
    levels: tuple[Any, ...]
    rises: tuple[Any, ...]

    @classmethod
    def of(cls, exits: Exits, unit: Any) -> "_Listing":
        never, often, certain = (
            np.log(np.asarray(each, dtype=float) / unit)
            for each in (exits.listing_never, exits.listing_often, exits.listing_certain)
        )
        most = often + MOST_DECADES * np.log(10)
        if not (np.all(never < often) and np.all((often <= certain) & (certain <= most + 1e-9))):
            raise ValueError(
                "listing_never, listing_often and listing_certain must rise, the last of them by "
                f"at most {MOST_DECADES:g} decades, after which the chance of a listing would "
                "exceed one; nothing was valued"
            )
        first, later = OFTEN_SHARE / (often - never), DECADE_SHARE / np.log(10)
        return cls(
            (never, often, certain),
            (0.0, -first * never, OFTEN_SHARE - later * often, 1.0),
            (0.0, first, later, 0.0),
        )

    def begun(self, log: Array) -> tuple[Array, ...]:
        """Which stretches have begun at `log`, but for the first."""
        return tuple(log >= start for start in self.starts)

    def share(self, log: Array) -> Array:
        begun = self.begun(log)
        return _last(begun, self.levels) + _last(begun, self.rises) * log

    def offsets(self, exponent: Array, upwards: bool) -> tuple[Any, ...]:
        """What joins the antiderivatives of (level + rise ln u) u^(exponent − 1) to one another."""
        stretches = tuple(zip(self.levels, self.rises, strict=True))
        joined: list[Any] = [0.0]
        for start, before, after in zip(self.starts, stretches[:-1], stretches[1:], strict=True):
            step = _antiderivative(start, exponent, *before)
            joined.append(joined[-1] + (step - _antiderivative(start, exponent, *after)))
        # Downwards the antiderivative vanishes at infinity, on the last stretch.
        return tuple(each if upwards else each - joined[-1] for each in joined)


def _last(begun: tuple[Array, ...], of: tuple[Any, ...]) -> Array:
    """The entry of `of` for the last stretch that has begun."""
    first, second, third = begun
    return np.where(third, of[3], np.where(second, of[2], np.where(first, of[1], of[0])))


def _antiderivative(at: Array, exponent: Array, level: Any, rise: Any) -> Array:
    return np.exp(exponent * at) * _over_power(at, exponent, level, rise)


def _over_power(at: Array, exponent: Array, level: Any, rise: Any) -> Array:
    """That antiderivative over u^exponent."""
    return (level + rise * at) / exponent - rise / exponent**2


_Integrals = tuple[tuple[Array, Array], tuple[Array, Array]]
"""Of sales and of listings, each for m = 0 and 1."""


class _Density(NamedTuple):
    """Discounted density of the value at exit: (λ/κ) (x/F)^below or (x/F)^−above, dx/x."""

    factor: Array
    below: Array
    above: Array
    listing: _Listing
    offsets: tuple[tuple[Any, ...], ...]
    """Of the listing, for the powers below, below + 1, −above and 1 − above."""

    @classmethod
    def of(cls, exits: Exits, unit: Array) -> "_Density":
        volatility, rate, wait = (
            np.asarray(each, dtype=float)
            for each in (exits.volatility_rate, exits.risk_free_rate, exits.wait_years)
        )
        for name, each in (("volatility_rate", volatility), ("wait_years", wait)):
            if not np.all((each > 0) & np.isfinite(each)):
                raise ValueError(
                    f"{name} {np.min(each):g} must be more than zero; without it the value never "
                    "moves or the exit never comes, and nothing was valued"
                )
        variance, intensity = volatility**2, 1 / wait
        drift = rate - variance / 2
        if not np.all(intensity + rate > 0):
            raise ValueError(
                f"risk_free_rate {np.min(rate):g} must exceed −1 / wait_years; below it money of "
                "late exits outgrows all else, and nothing was valued"
            )
        kappa = np.sqrt(drift**2 + 2 * variance * (intensity + rate))
        shape = np.ones_like(unit)
        below, above = shape * (drift + kappa) / variance, shape * (kappa - drift) / variance
        listing = _Listing.of(exits, unit)
        offsets = (
            *(listing.offsets(below + extra, upwards=True) for extra in (0, 1)),
            *(listing.offsets(-above + extra, upwards=False) for extra in (0, 1)),
        )
        return cls(shape * intensity / kappa, below, above, listing, offsets)

    def rows(self, row: Array) -> "_Density":
        """The density of the sets `row`."""
        sets = len(self.factor)

        def own(of: Any) -> Any:
            return of[row] if np.shape(of)[:1] == (sets,) else of

        listing = _Listing(*(tuple(own(each) for each in part) for part in self.listing))
        offsets = tuple(tuple(own(each) for each in part) for part in self.offsets)
        return _Density(self.factor[row], self.below[row], self.above[row], listing, offsets)

    def heads(self, log: Array) -> _Integrals:
        """∫ from 0 to x of w(u) u^m u^below du/u, for m = 0 and 1; w weighs the kind of exit."""
        return self._integrals(log, self.below, upwards=True)

    def tails(self, log: Array) -> _Integrals:
        """∫ from x to infinity of w(u) u^m u^−above du/u, for m = 0 and 1."""
        return self._integrals(log, -self.above, upwards=False)

    def _integrals(self, log: Array, power: Array, upwards: bool) -> _Integrals:
        sold, listed = [], []
        begun = self.listing.begun(log)
        stretch = _last(begun, self.listing.levels), _last(begun, self.listing.rises)
        offsets = self.offsets[:2] if upwards else self.offsets[2:]
        for extra, offset in enumerate(offsets):
            exponent = power + extra
            powered = np.exp(exponent * log)
            whole = powered * _over_power(log, exponent, *stretch) + _last(begun, offset)
            listed.append(whole if upwards else -whole)
            everything = powered / (exponent if upwards else -exponent)
            sold.append(everything - listed[-1])
        return (sold[0], sold[1]), (listed[0], listed[1])


class _Priced(NamedTuple):
    """Payoffs ready to be valued at any value of the company.

    At the value F a payoff is worth F^above · tail − F^−below · head over the pieces above and
    below F, and the piece in which F lies joins them.
    """

    kind: int
    edges: Array
    """(pieces, sets), so that pieces are counted a row at a time."""
    tail: Array
    head: Array
    intercept: Array
    slope: Array

    @classmethod
    def of(cls, density: _Density, payoffs: Payoffs, kind: int) -> "_Priced":
        # Far enough out for nothing to be left there, and near enough for powers to exist.
        edges = np.clip(payoffs.edges, 1e-12, 1e60)
        log = np.log(edges)
        with np.errstate(over="ignore", invalid="ignore"):
            tails = [each[:, :, None] for each in density.tails(log)[kind]]
            heads = [each[:, :, None] for each in density.heads(log)[kind]]
        steps = [_steps(payoffs.intercept), _steps(payoffs.slope)]
        tail = steps[0] * tails[0] + steps[1] * tails[1]
        head = steps[0] * heads[0] + steps[1] * heads[1]
        after = np.cumsum(tail[:, ::-1], axis=1)[:, ::-1]
        after = np.concatenate([after[:, 1:], np.zeros_like(after[:, :1])], axis=1)
        rows = np.ascontiguousarray(edges.T)
        return cls(kind, rows, after, np.cumsum(head, axis=1), payoffs.intercept, payoffs.slope)

    def of_holder(self, holder: int) -> "_Priced":
        only = slice(holder, holder + 1)
        return self._replace(
            tail=self.tail[:, :, only],
            head=self.head[:, :, only],
            intercept=self.intercept[:, :, only],
            slope=self.slope[:, :, only],
        )


def _worth(priced: list[_Priced], density: _Density, value: Array, row: Array) -> Array:
    """(rows, holders): worth of payoffs of the sets `row`, whose `density` it is, at `value`."""
    log = np.log(value)[:, None]
    up, down = np.exp(density.above * log), np.exp(-density.below * log)
    heads, tails = density.heads(log), density.tails(log)
    worths = []
    for each in priced:
        piece = np.maximum(np.sum(each.edges[:, row] <= value, axis=0) - 1, 0)
        around = [
            down * head + up * tail
            for head, tail in zip(heads[each.kind], tails[each.kind], strict=True)
        ]
        worth = (
            up * each.tail[row, piece]
            - down * each.head[row, piece]
            + around[0] * each.intercept[row, piece]
            + around[1] * each.slope[row, piece]
        )
        worths.append(density.factor * worth)
    return worths[SALE] + worths[LISTING]


def _steps(pieces: Array) -> Array:
    return np.concatenate([pieces[:, :1], np.diff(pieces, axis=1)], axis=1)


def _scaled(payoffs: Payoffs, unit: Array) -> Payoffs:
    return payoffs._replace(
        edges=payoffs.edges / unit, intercept=payoffs.intercept / unit[:, :, None]
    )
