"""Preferred terms: what does the last round's price say of the company, once terms are allowed for?

The terms of Anthropic's rounds are not public. Everything here is a scenario: what would follow if
they were usual ones. A round buys preferred shares; its price times all shares, the post-money
figure, values every share as if it were protected like the newest.
"""

import numpy as np

from briefing.model.measures.fair_value import MOST_DECADES, Exits, fair_value
from briefing.model.measures.options import backsolved_equity
from briefing.model.measures.waterfall import Terms, terms

Array = np.ndarray

PLAIN = "1×, equal rank"

PROTECTIONS = (
    PLAIN,
    "1×, no unissued pool",
    "1×, a listing never certain",
    "1×, first in rank",
    "Higher preference",
    "Participation with a cap",
    "Ratchet at a listing",
    "Veto of a low listing",
)
"""Terms of the last round that are compared, each the plain ones with one change."""


def last_round_money_usd(raise_to_mark_share: Array, last_round_value_usd: Array) -> Array:
    """New money of the last priced round."""
    return raise_to_mark_share * last_round_value_usd


def plain_terms(
    last_round_value_usd: Array,
    last_round_money_usd: Array,
    earlier_preferred_usd: Array,
    earlier_preferred_share: Array,
    unissued_pool_share: Array,
) -> Terms:
    """The simplest preferred shares: money back once or conversion, all rounds of equal rank.

    Shares are counted in dollars at the last round's price, so that all of them are the post-money
    figure. Earlier rounds are taken together. Raises ValueError where rounds and pool leave no
    common shares.
    """
    earlier = earlier_preferred_share * last_round_value_usd
    issued = last_round_value_usd * (1 - unissued_pool_share)
    return terms(
        _columns(earlier_preferred_usd, last_round_money_usd),
        _columns(earlier, last_round_money_usd),
        issued - earlier - last_round_money_usd,
    )


def _columns(*each: Array) -> Array:
    return np.concatenate(np.broadcast_arrays(*each), axis=1)


def exits(exit_volatility_rate: Array, exit_risk_free_rate: Array, exit_wait_years: Array) -> Exits:
    """How the company may end; the chance of a listing by size is that of the replication."""
    return Exits(exit_volatility_rate, exit_risk_free_rate, exit_wait_years)


def fair_value_under_terms_usd(plain_terms: Terms, exits: Exits) -> Array:
    """Value at which the last round's shares are worth their price under plain 1× terms.

    A scenario: the terms are not public (Gornall & Strebulaev 2020, see `measures/fair_value.py`).
    """
    return fair_value(plain_terms, exits).total[:, None]


def fair_value_by_terms_usd(
    fair_value_under_terms_usd: Array,
    plain_terms: Terms,
    exits: Exits,
    unissued_pool_share: Array,
    last_round_value_usd: Array,
    strong_preference_multiple: Array,
    strong_participation_cap_multiple: Array,
    strong_ratchet_multiple: Array,
    strong_veto_share: Array,
) -> Array:
    """(draws, terms): the same under each of `PROTECTIONS`, every one a scenario.

    The second row issues the whole pool to staff; the third takes the authors' own chance of a
    listing, which stays below one for every value named here, instead of the replication's.
    """
    plain, size = plain_terms, len(plain_terms.shares)

    def last(given: Array, otherwise: float) -> Array:
        column = np.broadcast_to(given, (size, 1))
        return np.hstack([np.full((size, 1), otherwise), column])

    pool = unissued_pool_share * last_round_value_usd
    rising = exits._replace(listing_certain=Exits().listing_often * 10**MOST_DECADES)
    others = (
        (plain._replace(common_shares=plain.common_shares + pool), exits),
        (plain, rising),
        (plain._replace(seniority=last(np.array([[1.0]]), 2.0)), exits),
        (plain._replace(liquidation_multiple=last(strong_preference_multiple, 1.0)), exits),
        (
            plain._replace(participation_cap_multiple=last(strong_participation_cap_multiple, 1.0)),
            exits,
        ),
        (plain._replace(ratchet_multiple=last(strong_ratchet_multiple, 0.0)), exits),
        (plain._replace(veto_below=last(strong_veto_share * last_round_value_usd, 0.0)), exits),
    )
    valued = [fair_value(*each).total[:, None] for each in others]
    return np.concatenate([fair_value_under_terms_usd, *valued], axis=1)


def price_discount_share(fair_value_by_terms_usd: Array, last_round_value_usd: Array) -> Array:
    """(draws, terms): part of the post-money figure that the terms would take off."""
    return 1 - fair_value_by_terms_usd / last_round_value_usd


def backsolved_value_usd(
    plain_terms: Terms,
    exit_risk_free_rate: Array,
    exit_volatility_rate: Array,
    exit_wait_years: Array,
) -> Array:
    """Equity at which a call-option model gives the last round its price under plain 1× terms.

    The backsolve of the AICPA guide: preferences count at every exit, a listing included, and the
    exit comes on one day. A scenario: the terms are not public.
    """
    return backsolved_equity(
        1.0, plain_terms, exit_risk_free_rate, exit_volatility_rate, exit_wait_years
    )[:, None]
