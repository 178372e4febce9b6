"""Payoffs and fair value a second way: one scalar root and one integral at a time.

Slow and plain: the tests and the bench compare the measures with it.
"""

import math
from itertools import pairwise

from scipy.integrate import quad
from scipy.optimize import brentq


def paid_to_last(value, rounds, common_shares, listed):
    """What the last of `rounds` gets at `value`; rounds are dictionaries of their terms."""
    claims = []
    for one in rounds:
        keeps = not listed or value < one["veto_below"]
        preference = one["liquidation_multiple"] * one["invested"] if keeps else 0.0
        cap = preference * one["participation_cap_multiple"] if preference else 0.0
        promised = one["ratchet_multiple"] * one["invested"] if listed else 0.0
        first = listed and promised > 0
        claims.append((preference, cap, promised, one["shares"], -1 if first else one["seniority"]))

    def taken(claim, price):
        preference, cap, promised, shares, _ = claim
        return max(min(preference + shares * price, cap), promised, shares * price)

    def total(price):
        return sum(taken(claim, price) for claim in claims) + common_shares * price

    if value <= total(0):
        left = value
        for rank in sorted({claim[-1] for claim in claims}):
            tier = sum(taken(claim, 0) for claim in claims if claim[-1] == rank)
            if claims[-1][-1] == rank:
                return taken(claims[-1], 0) / tier * min(left, tier) if tier else 0.0
            left = max(left - tier, 0.0)
    shares = common_shares + sum(one["shares"] for one in rounds)
    price = brentq(lambda p: total(p) - value, 0.0, value / shares * 1.01, xtol=1e-14, rtol=1e-13)
    return taken(claims[-1], price)


def listing_chance(value):
    """Gornall & Strebulaev's chance of a listing, as the replication has it."""
    if value >= 1e11:
        return 1.0
    if value >= 1e9:
        return 0.65 + 0.1 * math.log10(value / 1e9)
    if value >= 32e6:
        return 0.65 * math.log(value / 32e6) / math.log(1e9 / 32e6)
    return 0.0


def worth_of_last(fair, rounds, common_shares, volatility=0.9, rate=0.025, wait=4.0):
    """Present value of the last round when the company is worth `fair`, by quadrature."""
    variance, intensity = volatility**2, 1 / wait
    drift = rate - variance / 2
    kappa = math.sqrt(drift**2 + 2 * variance * (intensity + rate))

    def weighed(log):
        value = fair * math.exp(log)
        chance = listing_chance(value)
        paid = chance * paid_to_last(value, rounds, common_shares, True)
        paid += (1 - chance) * paid_to_last(value, rounds, common_shares, False)
        return paid * intensity / kappa * math.exp((drift * log - kappa * abs(log)) / variance)

    own = [one["veto_below"] for one in rounds] + [sum(one["invested"] for one in rounds)]
    bends = [32e6, 1e9, 1e11, fair, *filter(None, own)]
    places = sorted({math.log(bend / fair) for bend in bends} | {-25.0, 45.0})
    return sum(
        quad(weighed, low, high, limit=200, epsabs=1e-2, epsrel=1e-7)[0]
        for low, high in pairwise(places)
    )


def fair_value_of(rounds, common_shares):
    """Value at which the last round is worth the money paid in, by bracketing."""
    paid = rounds[-1]["invested"]
    shares = common_shares + sum(one["shares"] for one in rounds)
    most = 1.2 * paid * shares / rounds[-1]["shares"]
    return brentq(
        lambda fair: worth_of_last(fair, rounds, common_shares) / paid - 1, paid, most, rtol=1e-7
    )
