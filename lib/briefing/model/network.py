"""Network measures: how circular are the alliance and the wider web, and more than by chance?

They describe a network's shape; none of them says whose money a dollar is. Both networks are taken
over the whole horizon as if steady; what a party pays beyond its receipts comes from outside.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from briefing.model.deal import QUARTER_YEARS
from briefing.model.identities import Leg
from briefing.model.measures.circulation import (
    balanced_flow_forwarding,
    max_circulation,
    max_circulation_shares,
)
from briefing.model.measures.cycling import finn
from briefing.model.measures.direction import (
    flow_hierarchy,
    hodge_loop_share,
    improved_trophic_levels,
)
from briefing.model.measures.flows import summed_flows
from briefing.model.measures.loops import TimedFlow, TimedLoop, time_respecting_loops
from briefing.model.measures.null_model import NullModel, null_distribution
from briefing.model.measures.tracing import provenance_by_draw, source_share
from briefing.model.web import ALLIANCE, CHIPS, FINANCING, WebLeg

Array = np.ndarray

LONGEST_LOOP = 5
CHANCE_SAMPLES = 100
CHANCE_SEED = 20251118


class NetworkMeasures(NamedTuple):
    """Shares between zero and one, (draws, 1)."""

    circulation_share: Array
    """Largest part of all payments that can run in circles."""
    forwarding_share: Array
    """Part that runs in circles when every party passes on what it gets in proportion."""
    cycling_share: Array
    """Finn index: part of all money handled that had passed the same party before."""
    hierarchy_share: Array
    """Part of payments that lies on no circle at all (Luo & Magee)."""
    incoherence_share: Array
    """Zero where payments run strictly downhill, one where they are balanced everywhere."""
    loop_share: Array
    """Hodge: part of net payments that is loops of three or more; blind to pairs."""


def _measured(flows: Array, external: Array) -> NetworkMeasures:
    rows = []
    for paid, outside in zip(flows, external, strict=True):
        kept = np.maximum(paid.sum(axis=0) + outside - paid.sum(axis=1), 0.0)
        rows.append(
            (
                max_circulation(paid).share,
                balanced_flow_forwarding(paid).share,
                float(finn(paid, outside, kept).cycling_index),
                flow_hierarchy(paid),
                improved_trophic_levels(paid).incoherence,
                hodge_loop_share(paid),
            )
        )
    return NetworkMeasures(*(np.array(column)[:, None] for column in zip(*rows, strict=True)))


def alliance_flows_usd(legs: tuple[Leg, ...]) -> Array:
    """Payments between Microsoft, Nvidia and Anthropic over the horizon, (draws, 3, 3)."""
    among = [leg for leg in legs if {leg.payer, leg.payee} <= set(ALLIANCE)]
    return summed_flows(among, list(ALLIANCE))


def alliance_external_usd(legs: tuple[Leg, ...], alliance_flows_usd: Array) -> Array:
    """Money that enters each partner from outside over the horizon, (draws, 3).

    For Anthropic its customers and other investors; the two others need what their payments here
    exceed their receipts here by.
    """
    names = list(ALLIANCE)
    lacking = alliance_flows_usd.sum(axis=2) - alliance_flows_usd.sum(axis=1)
    outside = np.maximum(lacking, 0.0)
    entering = sum(
        np.sum(leg.amount_usd, axis=-1)
        for leg in legs
        if leg.payee == "Anthropic" and leg.payer not in names
    )
    anthropic = names.index("Anthropic")
    outside[:, anthropic] = np.maximum(outside[:, anthropic], entering)
    return outside


def alliance_measures(alliance_flows_usd: Array, alliance_external_usd: Array) -> NetworkMeasures:
    """Network measures of the three partners."""
    return _measured(alliance_flows_usd, alliance_external_usd)


def web_measures(
    web_financing_usd: Array, web_operating_usd: Array, web_external_usd: Array
) -> NetworkMeasures:
    """Network measures of the wider web."""
    return _measured(web_financing_usd + web_operating_usd, web_external_usd)


def web_return_share(
    web_financing_usd: Array, web_operating_usd: Array, web_external_usd: Array
) -> Array:
    """Chance that a dollar which leaves a party ever comes back to it, (draws, parties)."""
    flows = web_financing_usd + web_operating_usd
    return np.array(
        [
            finn(paid, outside, np.zeros(len(outside))).return_probability
            for paid, outside in zip(flows, web_external_usd, strict=True)
        ]
    )


def web_direct_revenue_share(
    web_financing_usd: Array, web_operating_usd: Array, web_external_usd: Array
) -> Array:
    """Own money in each party's sales that came straight back from a customer, (draws, parties)."""
    return provenance_by_draw(web_external_usd, web_financing_usd, web_operating_usd).direct_share


def web_self_funded_revenue_share(
    web_financing_usd: Array, web_operating_usd: Array, web_external_usd: Array
) -> Array:
    """Own money in each party's sales inside the web, over all paths, (draws, parties)."""
    traced = provenance_by_draw(web_external_usd, web_financing_usd, web_operating_usd)
    return traced.self_funded_share


def web_backed_revenue_share(
    web_financing_usd: Array, web_operating_usd: Array, web_external_usd: Array
) -> Array:
    """Any web investor's money in each party's sales inside the web, (draws, parties)."""
    shares = []
    for external, financing, operating in zip(
        web_external_usd, web_financing_usd, web_operating_usd, strict=True
    ):
        everybody = np.arange(len(external))
        backed = source_share(external, financing, operating, everybody).sum(axis=1)
        sales = operating.sum(axis=0)
        shares.append(np.where(sales > 0, backed @ operating / np.where(sales > 0, sales, 1), 0))
    return np.array(shares)


def web_loops(web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...]) -> tuple[TimedLoop, ...]:
    """Circles of the point case that begin with financing and can close in time, widest first."""
    flows, financing = [], []
    for leg in web_legs:
        path = leg.amount_usd[0]
        paid = np.flatnonzero(path > 1.0)
        if paid.size:
            flows.append(
                TimedFlow(
                    web_parties.index(leg.payer),
                    web_parties.index(leg.payee),
                    float(path.sum()),
                    paid[0] * QUARTER_YEARS,
                    paid[-1] * QUARTER_YEARS,
                )
            )
            financing.append(leg.kind in FINANCING)
    return time_respecting_loops(flows, financing, LONGEST_LOOP)


def web_chance(web_legs: tuple[WebLeg, ...], web_parties: tuple[str, ...]) -> NullModel:
    """The point case's largest circulation against webs whose partners are drawn by chance."""
    kinds = [
        csr_array(summed_flows([leg for leg in web_legs if leg.kind in wanted], web_parties)[0])
        for wanted in (FINANCING, ("purchase",), (CHIPS,))
    ]
    return null_distribution(kinds, max_circulation_shares, CHANCE_SAMPLES, CHANCE_SEED)
