"""Expiry: whether what would end an answer of the front page has been seen.

No exhibit by itself; sentences that state an answer say it with this.
"""

from datetime import date

from briefing.inputs.facts import Ledger
from briefing.inputs.signals import Signals, fired, seen_in


def uncapital(text: str) -> str:
    """`text` for the middle of a sentence; names keep their capital.

    >>> uncapital("Vera Rubin ships"), uncapital("Nvidia says"), uncapital("Sales run ahead")
    ('Vera Rubin ships', 'Nvidia says', 'sales run ahead')
    """
    proper = ("Anthropic", "Microsoft", "Nvidia", "Azure", "Claude", "Vera")
    return text if text.startswith(proper) else text[:1].lower() + text[1:]


def ended(signals: Signals, facts: Ledger, as_of: date, question: str) -> str:
    """Whether what would end an answer of the front page has been seen, in a sentence."""
    ends = {name: signal for name, signal in signals.items() if question in signal.ends}
    if not ends:
        return ""
    hits = fired(ends, facts, as_of)
    if hits:
        told = "; ".join(
            f"{uncapital(ends[name].title)} "
            f"({min(facts[each].known_since for each in seen_in(ends[name], facts, as_of))})"
            for name in hits
        )
        return f" Seen, and taken into this answer: {told}."
    told = "; ".join(uncapital(each.title) for each in ends.values())
    return f" Reopened once seen: {told}."
