"""Remedies: what could authorities order, how likely is it, and what would it take from whom?

A remedy is a what-if of the whole model: each assumption that it touches goes to an end of its own
range, so no figure is made up for it. Likelihoods are judgements; no authority is known to have
looked at this deal.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

Array = np.ndarray

End = Literal["low", "high"]


class Remedy(NamedTuple):
    """An order, what it moves in the model, and who could give it."""

    label: str
    moves: Mapping[str, End | float]
    """Assumptions that go to an end of their range, or to a value that the order itself means."""
    authorities: tuple[str, ...]


REMEDIES: Mapping[str, Remedy] = {
    "no_exclusivity": Remedy(
        "No exclusive or preferred terms",
        {"azure_largest_compute_share": "low"},
        ("us", "eu", "uk"),
    ),
    "equal_access": Remedy(
        "Access and portability on equal terms",
        {"azure_margin_share": "low"},
        ("us", "eu", "uk"),
    ),
    "unlinked_purchases": Remedy(
        "No purchases tied to equity",
        {
            # Nobody can be held to a purchase that may not be a condition.
            "azure_take_or_pay_share": 0.0,
            "azure_commitment_drawn_share": "low",
            "azure_additional_share": "low",
            "chips_additional_share": "low",
        },
        ("us",),
    ),
    "divestiture": Remedy("The stakes must be sold", {"stake_exit_years": "low"}, ("us",)),
}
"""In the order of how much they ask. A further one is one entry."""


def remedy_likelihoods_share(
    us_decision_share: Array,
    eu_decision_share: Array,
    uk_decision_share: Array,
    no_exclusivity_remedy_share: Array,
    equal_access_remedy_share: Array,
    unlinked_purchases_remedy_share: Array,
    divestiture_remedy_share: Array,
) -> dict[str, Array]:
    """Likelihood that any authority orders each remedy, if they decide independently."""
    decides = {"us": us_decision_share, "eu": eu_decision_share, "uk": uk_decision_share}
    orders = {
        "no_exclusivity": no_exclusivity_remedy_share,
        "equal_access": equal_access_remedy_share,
        "unlinked_purchases": unlinked_purchases_remedy_share,
        "divestiture": divestiture_remedy_share,
    }
    likelihoods = {}
    for name, remedy in REMEDIES.items():
        spared = np.ones((1, 1))
        for authority in remedy.authorities:
            spared = spared * (1 - decides[authority] * orders[name])
        likelihoods[name] = 1 - spared
    return likelihoods


def microsoft_forced_sale_loss_usd(
    microsoft_stake_present_value_usd: Array, forced_sale_discount_share: Array
) -> Array:
    """What Microsoft's shares fetch less if they must be sold, in present value."""
    return microsoft_stake_present_value_usd * forced_sale_discount_share


def nvidia_forced_sale_loss_usd(
    nvidia_stake_present_value_usd: Array, forced_sale_discount_share: Array
) -> Array:
    """What Nvidia's shares fetch less if they must be sold, in present value."""
    return nvidia_stake_present_value_usd * forced_sale_discount_share
