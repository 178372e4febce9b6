"""Terms of the alliance that nobody has disclosed, counted the same way everywhere."""

from briefing.inputs.facts import Ledger


def undisclosed_terms(facts: Ledger) -> int:
    """How many terms the ledger records as not disclosed."""
    return sum(fact.status == "undisclosed" for fact in facts.matching(topic="alliance").values())
