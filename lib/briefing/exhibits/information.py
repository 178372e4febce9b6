"""What information is worth: decisions of stated readers, and what they gain by knowing more.

No exhibit by itself; the tables of decisions and of undisclosed terms are made from it.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from briefing.exhibits.words import money
from briefing.model.decisions import Known
from briefing.model.measures.information import (
    Gains,
    Worth,
    estimate_benefit,
    known_together,
    known_worths,
    over_best,
)

Array = np.ndarray

NOTHING = Worth(0.0, 0.0, 0.0)

GUESSES = 19
"""Numbers from which a reader who has to state one may choose."""


ESTIMATE = "State"
"""How a choice begins whose answer is a number."""


class Decision(NamedTuple):
    """Somebody's choice, with what knowing things beforehand is worth to it."""

    who: str
    head: str
    """Short name, for a column."""
    choice: str
    today: str
    """What is best on average without knowing more."""
    everything_usd: float
    alone: Mapping[str, Mapping[str, Worth]]
    """By group, and within it by the name of each assumption."""
    together: Mapping[str, Worth]
    """By the name of each group, and of all undisclosed terms."""
    is_estimate: bool = False
    """Whether a number is chosen: then knowing more is worth the error that it spares."""


class Group(NamedTuple):
    """What would be known together."""

    label: str
    document: str
    """Where it could be read; nothing where no document would tell it."""


ALL_TERMS = "all undisclosed terms"

GROUPS: Mapping[str, Group] = {
    "azure_schedule": Group(
        "the term, ramp and start of the Azure contract",
        "the contract itself, if a listing makes it an exhibit; payments due by year in the notes",
    ),
    "azure_minimum": Group(
        "the minimum owed to Azure and the fee for leaving",
        "the contract's clauses on minimum and termination; purchase obligations in the notes",
    ),
    "azure_price": Group(
        "the price and margin of Azure's capacity",
        "the contract's price schedule, which may be blacked out; segment margins only hint at it",
    ),
    "gigawatt": Group(
        "the terms of the gigawatt",
        "the contract or a capacity order; leases not yet begun in Microsoft's notes hint at it",
    ),
    "equity": Group(
        "the terms of the equity",
        "notes on investments in Microsoft's and Nvidia's quarterly reports; holders in a listing",
    ),
    "compute_contracts": Group(
        "all compute contracts",
        "notes on commitments in a registration statement of Anthropic",
    ),
    "accounts": Group(
        "Anthropic's present accounts", "audited accounts in a registration statement of Anthropic"
    ),
    "use": Group("how much of the commitment is used", ""),
    "outlook": Group("growth and costs to come", ""),
}
"""What would be known together; those without a document stand beside the others to compare."""


def decisions(
    held_stake_gain_usd_draws: Array,
    microsoft_bundle_npv_usd_draws: Array,
    commitment_receipts_total_usd_draws: Array,
    forward_commitment_receipts_usd_draws: Array,
    decision_stake_usd: Array,
    azure_schedule_terms_draws: Known,
    azure_minimum_terms_draws: Known,
    azure_price_terms_draws: Known,
    gigawatt_terms_draws: Known,
    equity_terms_draws: Known,
    compute_contract_terms_draws: Known,
    account_terms_draws: Known,
    use_terms_draws: Known,
    outlook_terms_draws: Known,
) -> tuple[Decision, ...]:
    """Four decisions of stated readers, with what each group of terms is worth to them."""
    known = (
        azure_schedule_terms_draws, azure_minimum_terms_draws, azure_price_terms_draws,
        gigawatt_terms_draws, equity_terms_draws, compute_contract_terms_draws,
        account_terms_draws, use_terms_draws, outlook_terms_draws,
    )  # fmt: skip
    groups = dict(zip(GROUPS, known, strict=True))
    held, bundle = held_stake_gain_usd_draws, microsoft_bundle_npv_usd_draws
    whole, ahead = commitment_receipts_total_usd_draws, forward_commitment_receipts_usd_draws
    stake = money(decision_stake_usd.item())
    draws = max(map(len, (held, bundle, whole, ahead)))
    stated = [
        (
            f"a holder of {stake} of Anthropic's shares",
            f"Holder of {stake}",
            f"Hold shares that the last round prices at {stake}, or sell them at that price",
            _acting(held, "sell", "hold"),
            _or_nothing(held),
        ),
        (
            "Microsoft's shareholders",
            "Microsoft's bundle",
            "Back equity and Azure's capacity together, or leave both",
            _acting(bundle, "leave", "back"),
            _or_nothing(bundle),
        ),
        (
            "a creditor who counts the commitment",
            "Count, all years",
            f"{ESTIMATE} what Microsoft will receive under the commitment in all",
            f"state {money(float(np.median(whole)))}",
            estimate_benefit(whole, GUESSES),
        ),
        (
            "an analyst of Microsoft's next four quarters",
            "Count, four quarters",
            f"{ESTIMATE} what of it Microsoft will receive in the next four quarters",
            f"state {money(float(np.median(ahead)))}",
            estimate_benefit(ahead, GUESSES),
        ),
    ]
    gains = [over_best(np.broadcast_to(each[-1], (draws, each[-1].shape[1]))) for each in stated]
    disclosable = [group for group, each in GROUPS.items() if each.document]
    every_term = [values for group in disclosable for values in groups[group].values()]
    asked = (
        {(group, name): [each] for group, terms in groups.items() for name, each in terms.items()}
        | {(group, ""): list(terms.values()) for group, terms in groups.items()}
        | {(ALL_TERMS, ""): every_term}
    )
    # The longest first, or it would be waited for at the end.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        longest = sorted(asked.items(), key=lambda each: -len(each[1]))
        fits = {key: pool.submit(_worths, gains, known) for key, known in longest}
    alone = {
        group: {name: fits[group, name].result() for name in terms}
        for group, terms in groups.items()
    }
    together = {
        group: _at_least(fits[group, ""].result(), each.values()) for group, each in alone.items()
    }
    together[ALL_TERMS] = _at_least(
        fits[ALL_TERMS, ""].result(), [together[group] for group in disclosable]
    )
    return tuple(
        Decision(
            who,
            head,
            choice,
            today,
            each.everything_usd,
            {
                group: {name: worths[place] for name, worths in terms.items()}
                for group, terms in alone.items()
            },
            {group: worths[place] for group, worths in together.items()},
            is_estimate=choice.startswith(ESTIMATE),
        )
        for place, ((who, head, choice, today, _), each) in enumerate(
            zip(stated, gains, strict=True)
        )
    )


def _or_nothing(gain: Array) -> Array:
    return np.hstack([np.zeros_like(gain), gain])


def _acting(gain: Array, otherwise: str, acts: str) -> str:
    return acts if float(np.mean(gain)) > 0 else otherwise


def _worths(decisions: Sequence[Gains], parameters: Sequence[Array]) -> list[Worth]:
    draws = decisions[0].usd.shape[1]
    varying = [each for each in parameters if len(each) == draws > 1]
    if not varying:
        return [NOTHING] * len(decisions)
    return known_worths(decisions, known_together(varying))


def _at_least(together: Sequence[Worth], parts: Iterable[Sequence[Worth]]) -> list[Worth]:
    """Whoever knows more may act on any part of it, so the whole is worth no less than a part."""
    return [max(each, key=lambda worth: worth.usd) for each in zip(together, *parts, strict=True)]
