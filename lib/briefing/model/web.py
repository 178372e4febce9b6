"""The web: every payment announced between the companies around the alliance, as known on a day.

Each promise in the ledger becomes a leg with a path by quarter. The alliance's own legs come from
the model of the deal; all others are announced amounts, drawn as far as their firmness suggests
and spread over their stated or assumed term. Money is (draws, payers, payees).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefing.model.deal import QUARTER_YEARS
from briefing.model.identities import Leg
from briefing.model.measures.flows import summed_flows
from briefing.model.measures.promises import FINANCING, counted_usd, span_years
from briefing.model.measures.schedules import spread_share

if TYPE_CHECKING:
    from briefing.inputs.facts import Ledger

Array = np.ndarray

CHIPS = "chips"

ALLIANCE = {"Microsoft": "microsoft", "Nvidia": "nvidia", "Anthropic": "anthropic"}

ALLIANCE_KINDS = {"Equity": "equity", "Compute and chips": "purchase", "Sales": "purchase"}


class WebLeg(NamedTuple):
    """Payments from one party to another, per quarter, in dollars of the reading asked for."""

    payer: str
    payee: str
    kind: str
    """`equity`, `loan`, `purchase`, or `chips`, which a cloud buys to serve the purchases."""
    binding: str
    """How firm the ledger says it is; `model` where the model of the deal gives the amount."""
    amount_usd: Array
    facts: tuple[str, ...]


def drawn_by_binding_share(
    drawn_conditional_share: Array,
    drawn_up_to_share: Array,
    drawn_letter_share: Array,
    drawn_unknown_share: Array,
) -> Mapping[str, Array]:
    """Share of a promise beyond its firm part that is expected to be paid, by its firmness."""
    return {
        "firm": np.ones((1, 1)),
        "conditional": drawn_conditional_share,
        "up_to": drawn_up_to_share,
        "option": drawn_up_to_share,
        "letter_of_intent": drawn_letter_share,
        "unknown": drawn_unknown_share,
    }


def chips_of_compute_share(
    nvidia_content_usd_per_gw: Array, tenant_cost_usd_per_gw_year: Array, gpu_life_years: Array
) -> Array:
    """Share of what a tenant pays a cloud over the chips' life that the cloud pays for them."""
    rent = tenant_cost_usd_per_gw_year * gpu_life_years
    return np.minimum(nvidia_content_usd_per_gw / rent, 1.0)


def announced_legs(
    facts: "Ledger",
    firmness: Array,
    drawn_by_binding_share: Mapping[str, Array],
    web_equity_spread_years: Array,
    web_purchase_term_years: Array,
    quarter_start_years: Array,
    financing_open_share: Array,
) -> tuple[WebLeg, ...]:
    """Every promise of the ledger that falls into the horizon, each once, by quarter.

    Firm counts what is contracted or a stated least, headline the ceiling, expected what lies
    between, by the kind of promise. Money that was paid in before the horizon is left out.
    """
    found = []
    for fact in facts.payments:
        if {fact.subject, fact.counterparty} <= set(ALLIANCE.values()):
            continue
        equity = fact.payment_kind in FINANCING
        spread = web_equity_spread_years if equity else web_purchase_term_years
        start, length = span_years(fact, spread)
        share = spread_share(quarter_start_years, QUARTER_YEARS, start, length)
        if equity:
            share = share * financing_open_share
        amount = counted_usd(fact, firmness, drawn_by_binding_share) * share
        if np.any(share > 0):
            found.append(
                WebLeg(
                    fact.subject,
                    str(fact.counterparty),
                    fact.payment_kind,
                    fact.binding or "unknown",
                    amount,
                    (fact.id,),
                )
            )
    return tuple(found)


def web_legs(
    facts: "Ledger",
    announced_legs: tuple[WebLeg, ...],
    legs: tuple[Leg, ...],
    chips_of_compute_share: Array,
) -> tuple[WebLeg, ...]:
    """The alliance's legs, all announced ones, and the chips that clouds buy to serve them."""
    modelled = tuple(
        WebLeg(
            ALLIANCE[leg.payer],
            ALLIANCE[leg.payee],
            CHIPS if leg.payee == "Nvidia" else ALLIANCE_KINDS[leg.kind],
            "model",
            leg.amount_usd,
            (),
        )
        for leg in legs
        if {leg.payer, leg.payee} <= set(ALLIANCE)
    )
    chips = tuple(
        WebLeg(
            leg.payee,
            supplier,
            CHIPS,
            "derived",
            leg.amount_usd * chips_of_compute_share,
            leg.facts,
        )
        for leg in announced_legs
        if leg.kind == "purchase" and (supplier := facts.parties[leg.payee].chips_from)
        if supplier != leg.payer
    )
    return (*modelled, *announced_legs, *chips)


def web_parties(web_legs: tuple[WebLeg, ...], facts: "Ledger") -> tuple[str, ...]:
    """Everybody who pays or is paid in the web, in the order of the register."""
    named = {party for leg in web_legs for party in (leg.payer, leg.payee)}
    return tuple(party for party in facts.parties if party in named)


def web_financing_usd(web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...]) -> Array:
    """Equity and loans over the horizon, by payer and payee."""
    return summed_flows([leg for leg in web_legs if leg.kind in FINANCING], web_parties)


def web_operating_usd(web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...]) -> Array:
    """Purchases over the horizon, chips included, by payer and payee."""
    return summed_flows([leg for leg in web_legs if leg.kind not in FINANCING], web_parties)


def web_external_usd(web_financing_usd: Array, web_operating_usd: Array) -> Array:
    """What each party must find outside the web to pay all that it has promised inside.

    Its customers, lenders and older cash in one sum: the balance that makes the web add up, with
    no pool below zero. It is no forecast of anybody's revenue.
    """
    flows = web_financing_usd + web_operating_usd
    return np.maximum(flows.sum(axis=2) - flows.sum(axis=1), 0.0)


def web_sales_usd(web_operating_usd: Array) -> Array:
    """What each party sells inside the web over the horizon."""
    return web_operating_usd.sum(axis=1)


def anthropic_commitments_usd(web_legs: tuple[WebLeg, ...]) -> Mapping[str, Array]:
    """What Anthropic has promised each supplier over the horizon, by supplier."""
    found: dict[str, Array] = {}
    for leg in web_legs:
        if leg.payer == "anthropic":
            total = np.sum(leg.amount_usd, axis=-1, keepdims=True)
            found[leg.payee] = found.get(leg.payee, 0.0) + total
    return found


def anthropic_need_usd(web_legs: tuple[WebLeg, ...], compute_need_usd: Array) -> Array:
    """Compute that Anthropic needs in the quarters in which it has any commitment to pay."""
    due = sum(leg.amount_usd for leg in web_legs if leg.payer == "anthropic")
    return np.sum(np.where(due > 1.0, compute_need_usd, 0.0), axis=-1, keepdims=True)
