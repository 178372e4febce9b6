"""Facts in words: how much was stated, and how many terms nobody has disclosed."""

from briefing.exhibits.words import money, number, spanned, unit_price
from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.terms import ANSWERS


def undisclosed_terms(facts: Ledger) -> int:
    """How many terms the ledger records as not disclosed."""
    return sum(fact.status == "undisclosed" for fact in facts.matching(topic="alliance").values())


def amount_text(fact: Fact) -> str:
    """What a fact states, with its unit; a ceiling says that it is one, a term its answer."""
    if fact.term is not None:
        return ANSWERS[fact.term.answer]
    if fact.value is not None:
        return _written(fact, fact.value)
    if fact.low is not None and fact.high is not None and fact.low > 0:
        return spanned(_written(fact, fact.low), _written(fact, fact.high))
    if fact.high is not None:
        return f"up to {_written(fact, fact.high)}"
    return f"at least {_written(fact, fact.low)}" if fact.low is not None else "—"


def _written(fact: Fact, amount: float) -> str:
    unit = fact.unit or ""
    if unit.startswith("USD") and abs(amount) >= 5e6:
        per = unit.removeprefix("USD").replace("/", " per ")
        return f"{money(amount)}{per}"
    if unit == "USD/Mtoken":
        return f"{unit_price(amount)} per million tokens"
    if unit == "years" and amount == 1:
        return "1 year"
    if unit == "ratio":
        return _ratio(amount)
    return f"{number(amount)} {unit}".strip()


def _ratio(amount: float) -> str:
    """Up to one it is a part of something, and above a multiple; a part keeps all its digits."""
    if abs(amount) > 1:
        return number(amount)
    return f"{'−' if amount < 0 else ''}{number(abs(amount) * 100)}%"
