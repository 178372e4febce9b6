"""The article's questions on value and on printed numbers, each with its computed answer."""

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.press_words import BEFORE, CEILING, PRICE, WORDS, arithmetic_text
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span, number, percent_span
from briefing.inputs.facts import Ledger
from briefing.model.multiples import PricedRound
from briefing.model.press import PressFigure

Array = np.ndarray
Figures = tuple[PressFigure, ...]


@dataclass(frozen=True)
class Question:
    """One question; the arguments of `answer` are the names of the quantities that it needs."""

    id: str
    question: str
    shown: str
    """Numbers of the exhibits that show it, or a dash where it cannot be answered here."""
    answer: Callable[..., str]


def _last_before(priced_rounds: tuple[PricedRound, ...]) -> str:
    each = next(each for each in priced_rounds if each.name == "Series F")
    return (
        f"Yes, as the price of its newest shares: {money(each.post_money_usd)} after "
        f"{money(each.raised_usd)} of new money, {money(each.post_money_usd - each.raised_usd)} "
        f"before it, {each.run_rate_multiple:.0f} times the run-rate of that month."
    )


def _higher_values(press_figures: Figures) -> str:
    found = _by_id(press_figures)
    if "press_value_since" in found:
        value = found["press_value_since"]
        return f"{_printed(value)}. Series G later set the same: {arithmetic_text(value)}."
    value = found["press_value"]
    return f"{_printed(value)}, from people and not from the companies; no sum leads to it. {arithmetic_text(value)}."


def _implied(press_figures: Figures) -> str:
    found = _by_id(press_figures)
    value = found.get("press_value_since") or found["press_value"]
    pledged = found["circular"].instead_usd[0]
    least, most = min(found["last_round"].printed_usd), max(value.printed_usd)
    return (
        f"None that is known: neither shares nor price were stated. At {money_span(least, most)} "
        f"the pledges' {money(pledged)} would buy {percent_span(pledged / most, pledged / least)}."
    )


def _extrapolated(press_figures: Figures) -> str:
    slips = Counter(WORDS[each.id].slip for each in press_figures)
    ceilings, prices = slips[CEILING], slips[BEFORE] + slips[PRICE]
    return (
        f"{ceilings} of {len(press_figures)} figures read a ceiling as cash, {prices} "
        f"rest{'s' if prices == 1 else ''} on the pricing of a round; the other {len(press_figures) - ceilings - prices} slip elsewhere."
    )


def _confirmed(press_figures: Figures, facts: Ledger) -> str:
    used = {name: facts[name] for each in press_figures for name in each.facts}
    good = sum(fact.status == "confirmed" for fact in used.values())
    return (
        f"{good} of the {len(used)} entries behind E09, among them both ceilings, the purchases and "
        "the priced rounds. No value was confirmed for this deal on its day."
    )


def _divergence(press_figures: Figures) -> str:
    spreads = [each.spread_multiple for each in press_figures]
    finite = [each for each in spreads if np.isfinite(each)]
    rest = len(spreads) - len(finite)
    no_floor = f"; {rest} more have no floor" if rest else ""
    return f"By {min(finite):.1f} to {max(finite):.1f} times, {np.median(finite):.1f} in the middle{no_floor}."


def _run_rate(
    facts: Ledger,
    last_round_day_run_rate_usd_per_year: Array,
    last_round_day_trailing_revenue_usd: Array,
) -> str:
    pace, sold = (
        each.item()
        for each in (last_round_day_run_rate_usd_per_year, last_round_day_trailing_revenue_usd)
    )
    method = facts.get("anthropic-runrate-method")
    how = (
        f"Four weeks of use times {number(method.value)} and a month of subscriptions times twelve, "
        "resale gross"
        if method and method.value
        else "How it is computed was not public"
    )
    return (
        f"{how}. It hides how fast sales grow: at the last round the pace was {money(pace)} a year, "
        f"{pace / sold:.1f} times the {money(sold)} of the four quarters before."
    )


QUESTIONS = (
    Question("S064", "Was it $183bn after the September round?", "E08c, E09", _last_before),
    Question("S065", "Which higher values, and how derived?", "E09", _higher_values),
    Question("S066", "What value do the commitments imply?", "E09", _implied),
    Question("S067", "Do press figures extrapolate from caps and round prices?", "E09", _extrapolated),
    Question("S068", "Which numbers are confirmed?", "E01, E09", _confirmed),
    Question("S069", "How far do the headlines diverge?", "E09, E09b", _divergence),
    Question("X01", "Is $45bn a double count?", "E03h, E09", lambda press_figures: f"Two flows that run against each other, added up: {arithmetic_text(_by_id(press_figures)['circular'])}. A dollar that goes round is in it twice."),
    Question("X06", "What does a run-rate hide?", "E08d, E09", _run_rate),
    Question("X11", "What does the same gigawatt cost?", "E09c", lambda gigawatt_prices: f"{gigawatt_prices.title}."),
)  # fmt: skip
"""In the order of the article. A further one is one line, with the quantities that it asks for."""


def _by_id(figures: Figures) -> Mapping[str, PressFigure]:
    return {each.id: each for each in figures}


def _printed(figure: PressFigure) -> str:
    return money_span(min(figure.printed_usd), max(figure.printed_usd))


def valuation_questions(**quantities: Any) -> Exhibit:
    """E08q: every question of the article that this chapter answers, with the number."""
    rows = [
        (each.id, each.question, each.answer(**_asked(each, quantities)), each.shown)
        for each in QUESTIONS
    ]
    frame = pd.DataFrame(rows, columns=["Id", "Question", "Answer", "Shown in"])
    open_ = sum(each.shown == "—" for each in QUESTIONS)
    rest = f", {open_} cannot be answered from what is known here" if open_ else ""
    return Exhibit(
        id="E08q",
        title=f"{len(rows)} questions of the article on value and printed numbers: "
        f"{len(rows) - open_} have an answer{rest}",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=("Point values; ranges stand in the exhibits named.",),
    )


def _asked(question: Question, quantities: Mapping[str, Any]) -> dict[str, Any]:
    return {name: quantities[name] for name in inspect.signature(question.answer).parameters}


# The graph reads from the signature what an exhibit rests on: here, what any answer asks for.
valuation_questions.__signature__ = inspect.Signature(  # pyright: ignore[reportFunctionMemberAccess]
    [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
        for name in dict.fromkeys(
            name for each in QUESTIONS for name in inspect.signature(each.answer).parameters
        )
    ]
)
