"""Stances: the conclusions that can flip, each by a threshold between printed figures.

A stance is read from the figures that a build printed, never computed anew, so it says what a
reader was told. There are few, and each says when it flips.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from briefing.exhibits.headlines import Headline

Figures = Mapping[str, Headline]


@dataclass(frozen=True)
class Stance:
    """A question with few possible answers; the answer flips when a threshold is crossed."""

    question: str
    rule: str
    taken: Callable[[Figures], str]
    """The answer in words; a KeyError or TypeError where a figure that it needs is missing."""


def _runs_out(figures: Figures) -> str:
    return "it does in some draws" if figures["money_runs_out_share"].value > 0 else "in no draw"


def _last_round(figures: Figures) -> str:
    valued, last = figures["equity_value_usd"], figures["last_round_value_usd"].value
    if last < _end(valued.low):
        return "below the range"
    return "above the range" if last > _end(valued.high) else "inside the range"


def _half(figure: str) -> Callable[[Figures], str]:
    def taken(figures: Figures) -> str:
        low, high = _end(figures[figure].low), _end(figures[figure].high)
        if low > 0.5:
            return "more than half, by every tracing rule"
        return "at most half, by every tracing rule" if high <= 0.5 else "it depends on the rule"

    return taken


def _end(bound: float | None) -> float:
    if bound is None:
        raise KeyError("a figure without the bound that its threshold is compared with")
    return bound


STANCES = (
    Stance(
        "Does money in sight run out before 2036?",
        "flips when the number of draws in which it does becomes zero, or ceases to be",
        _runs_out,
    ),
    Stance(
        "Where does the last round lie in the range of the discounted cash flow?",
        "flips when the round's price crosses the tenth or the ninetieth percentile of the draws",
        _last_round,
    ),
    Stance(
        "Is the commitment mostly Microsoft's own money?",
        "flips when the lower or the upper bound crosses one half",
        _half("self_funded_revenue_share"),
    ),
    Stance(
        "Do customers pay most of the commitment?",
        "flips when the lower or the upper bound crosses one half",
        _half("customer_funded_revenue_share"),
    ),
)
"""All conclusions that can flip. What is no threshold between printed figures is not among them."""


@dataclass(frozen=True)
class Answer:
    """A conclusion in both builds; empty where a build does not have it."""

    question: str
    before: str
    after: str
    rule: str = ""


def flips(before: Figures, after: Figures) -> tuple[Answer, ...]:
    """Stances that are not what they were, as far as both builds print what they rest on."""
    both = ((each, _taken(each, before), _taken(each, after)) for each in STANCES)
    return tuple(
        Answer(each.question, old, new, each.rule)
        for each, old, new in both
        if old and new and old != new
    )


def _taken(stance: Stance, figures: Figures) -> str:
    try:
        return stance.taken(figures)
    except KeyError:
        return ""


def reworded_answers(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Answer, ...]:
    """Questions whose answer reads differently, in the order of the later build."""
    return tuple(
        Answer(question, before.get(question, ""), after.get(question, ""))
        for question in {**after, **before}
        if before.get(question) != after.get(question)
    )
