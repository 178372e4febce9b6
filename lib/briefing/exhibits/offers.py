"""Offers as the ledger knows them: terms by way to buy and question, prices by maker and tier."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from briefing.exhibits.words import percent_of_draws, spanned, unit_price
from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.terms import ANSWERS

Array = np.ndarray

NOT_FOUND = "—"

TIERS = {"top": "Top", "large": "Large", "middle": "Middle", "small": "Small"}

Known = Mapping[tuple[str, str], Fact]


def known_terms(facts: Ledger) -> Known:
    """The newest known answer for each way to buy and each clause, where its page gives one."""
    return {key: fact for key, fact in newest_terms(facts).items() if not is_silent(fact)}


def is_silent(fact: Fact) -> bool:
    """Whether the page was read for an answer and gives none."""
    return fact.term is not None and fact.term.answer == "silent"


def newest_terms(facts: Ledger) -> Known:
    """The newest page on each way to buy and each clause, also where it no longer answers."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in sorted(facts.values(), key=lambda each: each.known_since):
        if fact.term is not None and fact.id not in facts.superseded:
            found[fact.term.surface, fact.term.clause] = fact
    return found


def answer(fact: Fact | None) -> str:
    """The answer in a word; a dash where we found no page that gives one."""
    return ANSWERS[fact.term.answer] if fact and fact.term else NOT_FOUND


def first_said(fact: Fact, facts: Ledger) -> date:
    """Since when a reader could know this answer, over the older pages that say the same."""
    alike = takewhile(lambda older: older.term == fact.term, replaced(fact, facts))
    return min(each.known_since for each in (fact, *alike))


def replaced(fact: Fact, facts: Ledger) -> Iterator[Fact]:
    """All that the fact has replaced, the newest first."""
    for name in fact.supersedes:
        older = facts.get(name)
        if older is not None:
            yield older
            yield from replaced(older, facts)


class Priced(NamedTuple):
    """A model of a tier with its list prices per million tokens, as known on a day."""

    model: str
    input_usd: float
    output_usd: float
    facts: tuple[Fact, ...]


def priced(facts: Ledger, maker: str) -> Mapping[str, Priced]:
    """The newest model of each tier of a maker, where both of its prices are known."""
    found: dict[str, Priced] = {}
    known = facts.matching(kind="list_price", subject=maker).values()
    for fact in sorted(known, key=lambda each: each.known_since):
        if fact.price is None or fact.id in facts.superseded:
            continue
        pair = {
            other.price.of: other
            for other in known
            if other.price and other.price.model == fact.price.model
        }
        if len(pair) == 2:
            read, write = pair["input"], pair["output"]
            found[fact.price.tier] = Priced(
                fact.price.model, read.value or 0.0, write.value or 0.0, (read, write)
            )
    return found


def worth_span(least_draws: Array) -> str:
    """What a solved task must be worth in eight draws of ten, or in how many nothing suffices.

    >>> worth_span(np.array([0.1, 0.2, 0.3])), worth_span(np.array([0.1, np.inf]))
    ('$0.10 to $0.30', '$0.10 or more, and no price suffices in 50% of draws')
    """
    low, high = np.quantile(least_draws, [0.1, 0.9], method="nearest").tolist()
    if np.isfinite(high):
        return spanned(unit_price(low), unit_price(high))
    never = f"no price suffices in {percent_of_draws(float(np.mean(np.isinf(least_draws))))}"
    return f"{unit_price(low)} or more, and {never}" if np.isfinite(low) else never
