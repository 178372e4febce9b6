"""Exhibits of the back matter: assumptions, sources, and what must hold to the dollar."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import Run, link, read_aloud, table
from briefing.exhibits.terms import amount_text
from briefing.exhibits.words import quantity_text
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.parameters import ParameterSet

Array = np.ndarray

SAID = "What was said"


def assumption_register(parameters: ParameterSet) -> Exhibit:
    """E41: every assumption with value, range, reason and the facts behind it."""
    assumptions = list(parameters.assumptions.values())
    frame = pd.DataFrame(
        {
            "Group": [each.group for each in assumptions],
            "Assumption": [each.name.replace("_", " ") for each in assumptions],
            "Value": [quantity_text(each.name, each.value) for each in assumptions],
            "Range": [_range(each) for each in assumptions],
            "Reason, and facts": [_reason(each) for each in assumptions],
        }
    )
    ranged = sum(not each.is_fixed for each in assumptions)
    return Exhibit(
        id="E41",
        title=f"{len(assumptions)} assumptions carry the model, {ranged} of them as ranges",
        stands_as="Assumptions",
        body=table(frame, numbers=["Value"], groups="Group"),
        alt=read_aloud(frame),
        data=frame,
        notes=("A range without a named shape is a PERT distribution around the value.",),
        printed={fact.id: fact.id for each in assumptions for fact in each.facts},
    )


def _reason(assumption: Assumption) -> str:
    facts = ", ".join(fact.id for fact in assumption.facts)
    return f"{assumption.reason} [{facts}]" if facts else assumption.reason


def _range(assumption: Assumption) -> str:
    if assumption.options and not assumption.is_fixed:
        total = sum(assumption.options.values())
        return ", ".join(
            f"{name} {weight / total:.0%}" for name, weight in assumption.options.items()
        )
    if assumption.low is None or assumption.high is None:
        return "fixed"
    ends = [quantity_text(assumption.name, end) for end in (assumption.low, assumption.high)]
    return " to ".join(ends) + (", uniform" if assumption.distribution == "uniform" else "")


def source_register(parameters: ParameterSet) -> Exhibit:
    """E41b: every fact known on the briefing's date, with grade, page and what rests on it."""
    facts = sorted(parameters.facts.values(), key=lambda fact: (fact.topic, fact.id))
    resting = Counter(fact.id for each in parameters.assumptions.values() for fact in each.facts)
    frame = pd.DataFrame(
        {
            "Topic": [fact.topic.replace("_", " ").capitalize() for fact in facts],
            "Fact": [fact.id for fact in facts],
            "Amount": [amount_text(fact) for fact in facts],
            "Grade": [fact.grade for fact in facts],
            "Known since": [str(fact.known_since) for fact in facts],
            SAID: [fact.note for fact in facts],
            "Used": [str(resting[fact.id] or "") for fact in facts],
        }
    )
    told = [(Run(f"{fact.note} "), *link(_credit(fact), fact.source.url)) for fact in facts]
    urls = [fact.source.url or "" for fact in facts]
    good = sum(fact.grade in "AB" for fact in facts)
    return Exhibit(
        id="E41b",
        title=f"{len(facts)} facts were known, {good} of them confirmed by a company or filing; "
        f"assumptions rest on {len(resting)}",
        stands_as="Facts",
        body=table(
            frame.assign(**{SAID: told}).rename(columns={SAID: f"{SAID}, and where it was read"}),
            numbers=["Known since", "Used"],
            groups="Topic",
        ),
        alt=read_aloud(frame),
        data=frame.assign(**{"Read at": [_page(fact) for fact in facts]}, URL=urls),
        notes=(
            "Confirmed means that a company said it or filed it, mostly read through a relay. Most "
            "pages were read in excerpts and not whole, so a qualification further down may have "
            "been missed; what was said is told in our words.",
            "The last column counts the assumptions that rest on a fact.",
        ),
    )


def _credit(fact: Fact) -> str:
    """Publisher and day of the page; its title too where no address leads to it."""
    if not fact.source.url:
        return _page(fact)
    return ", ".join(filter(None, [fact.source.publisher, fact.published]))


def _page(fact: Fact) -> str:
    return f"{fact.source.publisher}: {fact.source.title}"


def identity_table(identity_residuals: Mapping[str, float]) -> Exhibit:
    """E43: what must hold to the dollar, and how far it is off."""
    frame = pd.DataFrame(
        {
            "Identity": list(identity_residuals),
            "Largest residual": [
                f"{residual:.1e}" if residual else "0" for residual in identity_residuals.values()
            ],
        }
    )
    # Whoever sends a briefing reads the data once more; a reader learns nothing from 5.8e-19.
    shown = frame.replace({"Largest residual": r".*e.*"}, "below rounding", regex=True)
    return Exhibit(
        id="E43",
        title=f"All {len(frame)} accounting identities hold",
        body=table(shown, numbers=["Largest residual"]),
        alt=read_aloud(shown),
        data=frame,
        notes=(
            "Residuals are shares of the money involved and stand in the data; a briefing in which "
            "one exceeds rounding is not built.",
        ),
    )


def ledger_answer(facts: Ledger, as_of: date) -> Exhibit:
    """How much was known on the briefing's date, and how well."""
    grades = Counter(fact.grade for fact in facts.values())
    confirmed = grades["A"] + grades["B"]
    return Exhibit(
        title="What was known",
        body=(
            f"On {as_of.day} {as_of:%B %Y} the ledger held **{len(facts)}** facts. Companies or "
            f"filings had confirmed {confirmed} of them, of which {grades['A']} were read in a "
            f"primary source; {grades['C']} were reported by the press, {grades['D']} were "
            f"estimates or disputed, and {grades['E']} record that something is not disclosed. "
            "Most pages were read in excerpts and not whole."
        ),
    )
