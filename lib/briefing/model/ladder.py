"""The ladder: how firm each leg of the deal and each commitment of Anthropic is by its evidence.

Which rung a leg stands on is a property of its fact in the ledger. Dollars on it come in the three
readings of the deal, and a fall by one rung scales what is expected by what the two rungs draw.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefing.model.measures.promises import counted_usd, notice_usd

if TYPE_CHECKING:
    from briefing.inputs.facts import Fact, Ledger

Array = np.ndarray

RUNGS = ("intent", "ceiling", "announced", "cancellable", "take_or_pay", "paid")
"""From the softest to the firmest."""


class LadderLeg(NamedTuple):
    """One promise: who owes whom, where it stands, and dollars in the reading asked for."""

    payer: str
    payee: str
    kind: str
    """`equity`, `compute` or `option`."""
    rung: str
    amount_usd: Array | None
    """Over the whole term; none where power or chips were named and no price."""
    fact: str


def rung_drawn_share(
    drawn_letter_share: Array,
    drawn_up_to_share: Array,
    drawn_unknown_share: Array,
    drawn_conditional_share: Array,
) -> Mapping[str, Array]:
    """Share of a promise that is expected to be paid on each rung, never less than one below."""
    softest = drawn_letter_share
    ceiling = np.maximum(softest, drawn_up_to_share)
    announced = np.maximum(ceiling, drawn_unknown_share)
    cancellable = np.maximum(announced, drawn_conditional_share)
    full = np.ones((1, 1))
    return dict(zip(RUNGS, (softest, ceiling, announced, cancellable, full, full), strict=True))


def ladder_legs(
    facts: "Ledger",
    firmness: Array,
    drawn_by_binding_share: Mapping[str, Array],
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
    azure_due_usd: Array,
    capacity_option_usd: Array,
) -> tuple[LadderLeg, ...]:
    """Every leg that the ledger gives a rung and no other fact replaces, the firmest first.

    The alliance's own legs come from the model of the deal, all others are announced amounts. Of a
    contract that can be cancelled the time of notice is firm. What was announced as gigawatts or
    chips stays without dollars, also because it overlaps with what is priced.
    """
    of_the_deal = {
        ("microsoft", "anthropic", "equity"): microsoft_equity_total_usd,
        ("nvidia", "anthropic", "equity"): nvidia_equity_total_usd,
        ("anthropic", "microsoft", "compute"): np.sum(azure_due_usd, axis=-1, keepdims=True),
        ("anthropic", "microsoft", "option"): np.sum(capacity_option_usd, axis=-1, keepdims=True),
    }
    found = []
    for rung in reversed(RUNGS):
        for fact in facts.matching(rung=rung).values():
            if fact.id not in facts.superseded:
                leg = fact.subject, str(fact.counterparty), _kind(fact)
                amount = of_the_deal.get(leg)
                if amount is None and fact.payment_kind:
                    amount = _amount(fact, facts, firmness, drawn_by_binding_share)
                found.append(LadderLeg(*leg, rung, amount, fact.id))
    return tuple(found)


def _kind(fact: "Fact") -> str:
    kinds = {"equity_investment": "equity", "capacity_option": "option"}
    return kinds.get(fact.kind, "compute")


def _amount(
    fact: "Fact", facts: "Ledger", firmness: Array, drawn_share: Mapping[str, Array]
) -> Array:
    counted = counted_usd(fact, firmness, drawn_share)
    restated = tuple(facts[name] for name in fact.supersedes if name in facts)
    return np.where(firmness == "firm", counted + notice_usd(fact, restated), counted)


class RungLoss(NamedTuple):
    """What each partner loses if a leg turns out to stand one rung lower."""

    leg: LadderLeg
    falls_to: str
    """The rung below; empty where the leg falls away."""
    lost_usd: Array
    """What the payee does not receive: equity, or sales of capacity that the buyer then lacks."""
    chips_usd: Array
    """Chips that Nvidia does not sell, where the supplier buys from it."""


def rung_losses(
    facts: "Ledger",
    ladder_legs: tuple[LadderLeg, ...],
    rung_drawn_share: Mapping[str, Array],
    chips_of_compute_share: Array,
) -> tuple[RungLoss, ...]:
    """Every leg with dollars, one rung lower: what is counted shrinks as the rungs' shares do.

    From the lowest rung it falls away. Money that is paid in stays paid.
    """
    found = []
    for leg in ladder_legs:
        if leg.amount_usd is None:
            continue
        place = RUNGS.index(leg.rung)
        lower = RUNGS[place - 1] if place else ""
        kept = rung_drawn_share[lower] / rung_drawn_share[leg.rung] if lower else np.zeros((1, 1))
        lost = leg.amount_usd * (1 - kept)
        from_nvidia = leg.kind != "equity" and facts.parties[leg.payee].chips_from == "nvidia"
        chips = lost * chips_of_compute_share if from_nvidia else np.zeros_like(lost)
        found.append(RungLoss(leg, lower, lost, chips))
    return tuple(found)
