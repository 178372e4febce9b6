"""What suppliers put into the labs that buy from them.

A supplier that invests in its customer pays for demand, if not only for that. Set beside what the
customer promises to buy, its money says how much of the bill it could have paid itself, and lets
one deal be compared with another. Money is (draws, 1), in dollars up to the end of the model.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from briefing.model.contagion import LABS
from briefing.model.measures.promises import FINANCING
from briefing.model.web import ALLIANCE, CHIPS, WebLeg

Array = np.ndarray


class Tenancy(NamedTuple):
    """What a lab promises to buy from a supplier, and what that supplier puts into the lab."""

    lab: str
    supplier: str
    purchases_usd: Array
    put_in_usd: Array
    is_direct: bool
    """False where clouds buy from the supplier what serves the lab's purchases from them."""
    facts: tuple[str, ...]

    @property
    def put_in_share(self) -> Array:
        """Dollars put in per dollar of purchases promised; not a number where none are."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.purchases_usd > 0, self.put_in_usd / self.purchases_usd, np.nan)


def tenancies(web_legs: tuple[WebLeg, ...]) -> tuple[Tenancy, ...]:
    """Every lab with each of its suppliers, in the order of the legs."""
    bought = [leg for leg in web_legs if leg.kind == "purchase" and leg.payer in LABS]
    buyer = {fact: leg.payer for leg in bought for fact in leg.facts}
    sales, put_in = defaultdict(list), defaultdict(list)
    for leg in bought:
        sales[leg.payer, leg.payee, True].append(leg)
    for leg in web_legs:
        if leg.kind in FINANCING and leg.payee in LABS:
            put_in[leg.payee, leg.payer].append(leg)
        if leg.kind == CHIPS:
            # The alliance's own chips name no fact: they serve its own customer.
            lab = buyer.get(leg.facts[0]) if leg.facts else ALLIANCE["Anthropic"]
            if lab:
                sales[lab, leg.payee, False].append(leg)
    return tuple(
        Tenancy(
            lab,
            supplier,
            _total(legs),
            _total(put_in[lab, supplier]),
            is_direct,
            tuple(fact for leg in (*legs, *put_in[lab, supplier]) for fact in leg.facts),
        )
        for (lab, supplier, is_direct), legs in sales.items()
    )


def _total(legs: list[WebLeg]) -> Array:
    totals = [np.sum(leg.amount_usd, axis=-1, keepdims=True) for leg in legs]
    return np.asarray(sum(totals, start=np.zeros((1, 1))))


CHIP_MAKERS = ("amd", "broadcom", "nvidia")
"""Suppliers of labs that are no clouds."""

AZURE = "microsoft"


def azure_promised_share(tenancies: tuple[Tenancy, ...]) -> Array:
    """Azure's part of what the two labs promise to clouds and owners of sites."""
    return _azure_share(tenancies, LABS)


def azure_openai_promised_share(tenancies: tuple[Tenancy, ...]) -> Array:
    """Azure's part of what OpenAI promises to clouds and owners of sites."""
    return _azure_share(tenancies, ("openai",))


def azure_anthropic_promised_share(tenancies: tuple[Tenancy, ...]) -> Array:
    """Azure's part of what Anthropic promises to clouds and owners of sites."""
    return _azure_share(tenancies, ("anthropic",))


def _azure_share(tenancies: tuple[Tenancy, ...], labs: Collection[str]) -> Array:
    sold = [
        each
        for each in tenancies
        if each.lab in labs and each.is_direct and each.supplier not in CHIP_MAKERS
    ]
    total = sum((each.purchases_usd for each in sold), start=np.zeros((1, 1)))
    own = [each.purchases_usd for each in sold if each.supplier == AZURE]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, sum(own, start=np.zeros((1, 1))) / total, 0.0)
