"""Every question of the article: where it is answered, why it cannot be, or which chapter owes it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.inputs.facts import DEAL_DAY
from briefing.inputs.questions import ARTICLE

LATER = {"E30", "E31", "E32", "E33", "E34", "E35"}
"""Exhibits of chapters that are not written yet; a reader is told that they are not covered."""

SINCE = {"E08e", "E45", "E45b"}
"""Exhibits that compare with the deal's day, and so say nothing on that day."""

NONE = "—"

NOT_COVERED = "Not covered yet"


class Place(NamedTuple):
    """A question in few words, the exhibits that show it, and a reason where none does."""

    question: str
    shown: str
    why_not: str = ""


PLACES: Mapping[str, Place] = {
    "S002": Place("Which advantages does it sharpen, worth what?", "E21, E22, E23"),
    "S004": Place("Does it reshape competition between clouds?", "E34"),
    "S005": Place("Was it announced together, and when?", "E01"),
    "S006": Place("Does Anthropic commit to Azure?", "E01, E06"),
    "S008": Place("Training and inference, or fine-tuning?", "E01"),
    "S009": Place("Microsoft's equity: ceiling, drawn, when?", "E10, E02, E15"),
    "S010": Place("Nvidia's equity: ceiling, drawn, conditions?", "E10, E22, E15"),
    "S012": Place("Claude in Foundry and Copilot?", "E01, E37"),
    "S013": Place("How much diversity is added?", "E30"),
    "S022": Place("Instrument and price of the equity?", "E10, E15"),
    "S023": Place("Which models, which Copilots?", "E01, E37"),
    "S029": Place("Is capital aligned across layers?", "E02, E27"),
    "S030": Place("Its share of Azure's and Nvidia's sales?", "E04, E21, E22"),
    "S031": Place("Choice, and less weight on one supplier?", "E21"),
    "S032": Place("A broader palette for agents?", "E30"),
    "S033": Place("What is routing to the right model worth?", "E30"),
    "S034": Place("Capability against token cost and safety?", "E30"),
    "S035": Place("How far does it hedge OpenAI?", "E21"),
    "S036": Place("Is Azure more competitive?", "E34"),
    "S037": Place("Which recurring revenue?", "E21, E04"),
    "S038": Place("Return on Microsoft's capital?", "E21"),
    "S040": Place("What chip demand is secured?", "E22"),
    "S042": Place("What must spill over to other customers?", "E22"),
    "S043": Place("Vendor financing: ratio and precedents?", "E22, E29"),
    "S047": Place("Models matched to tasks?", "E30"),
    "S048": Place("Less friction from one platform?", "E31"),
    "S050": Place("One place for compliance and logs?", "E32"),
    "S053": Place("Value for regulated enterprises?", "E33"),
    "S054": Place("Where to deploy which model?", "E30"),
    "S061": Place(
        "Does the dip of the shares reflect the deal?",
        NONE,
        "daily prices of the shares and of their market are not in the ledger",
    ),
    "S070": Place("Are the models' names confirmed?", "E01"),
    "S071": Place("Are architectures and joint tuning confirmed?", "E01"),
    "S076": Place("How does Microsoft book the revenue?", "E36"),
    "S080": Place("Azure's part beside Amazon's?", "E24"),
    "S081": Place(
        "Is anything exclusive?",
        "E15",
        "no exclusivity is disclosed; what knowing is worth is shown",
    ),
    "S082": Place("How do models reach enterprise data?", "E32"),
    "S083": Place("What of telemetry?", "E32"),
    "S084": Place("Guarantees on model updates?", "E32"),
    "S085": Place("Safeguards of fine-tuning?", "E32"),
    "S091": Place("Safety at a larger reach?", "E33"),
    "S092": Place("Auditability and traceability?", "E33"),
    "S093": Place("Commitments on models' behaviour?", "E33"),
    "S094": Place("Commitments on updates?", "E33"),
    "S095": Place("Redress?", "E33"),
    "S105": Place("Is Azure more attractive to those who seek choice?", "E34"),
    "S106": Place("More pressure on OpenAI?", "E34"),
    "S107": Place("Did OpenAI tie itself to others?", "E24"),
    "S108": Place("Faster innovation, or fragments?", "E34"),
    "S109": Place("Does it loosen others' hold?", "E24"),
    "S110": Place("Price of an anchor tenant?", "E24"),
    "S114": Place("Can values fall at once?", "E38, E17, E16"),
    "S115": Place("Can power and chips come late?", "E38, E19"),
    "S116": Place("Filings on horizon and nature", "E37, E37b, E15"),
    "S117": Place("Production in Azure's regions", "E37, E37b"),
    "S118": Place("Comparison on cost", "E37", "what it would change is not covered"),
    "S119": Place("Comparison on latency", "E37", "the model has no assumption on latency"),
    "S120": Place("Comparison on safety", "E37", "the model has no assumption on safety"),
    "S125": Place("How does Microsoft book the stake?", "E36, E37"),
    "S126": Place("How does Nvidia book the stake?", "E36, E37"),
    "S127": Place("How does Anthropic book the purchases?", "E12c, E37"),
    "S128": Place("What does each signal change?", "E37b"),
    "S129": Place("Is it an accelerant?", "E39", "that it speeds anything up has no measure here"),
    "S130": Place("Near-term gains for customers?", "E31"),
    "S131": Place("Does it secure supply?", "E19, E39"),
    "S133": Place("Does it make values less clear?", "E09, E39"),
    "S135": Place("Scale against systemic risk?", "E39"),
    "S136": Place("The net verdict?", "E00, E39"),
    "S137": Place("What have the months since shown?", "E45, E37"),
    "X04": Place("Does it spread Microsoft's backlog?", "E21"),
    "X08": Place("Is the equity a payment to a customer?", "E36"),
    "X09": Place("Where does inference run?", "E32"),
    "X10": Place("Does an Azure commitment cover Claude?", "E31"),
    "X12": Place("What did the view of November 2025 get right?", "E45, E45b, E08e"),
}
"""What no chapter's own list of questions answers in a sentence."""


def all_questions(
    circularity_questions: Exhibit,
    commitment_questions: Exhibit,
    valuation_questions: Exhibit,
    buildout_questions: Exhibit,
    lock_in_questions: Exhibit,
    regulation_questions: Exhibit,
    as_of: date,
) -> Exhibit:
    """E43q: each question of the article, with its exhibits, a reason, or the chapter to come."""
    lists = (
        circularity_questions,
        commitment_questions,
        valuation_questions,
        buildout_questions,
        lock_in_questions,
        regulation_questions,
    )
    found: dict[str, list[Place]] = {}
    for each in lists:
        for row in [] if each.data is None else each.data.to_dict("records"):
            answer, shown = row["Answer"], row["Shown in"]
            if shown != NONE:
                why = answer if answer.startswith("Not computable") else ""
                place = Place(row["Question"], f"{each.id}, {shown}", why)
                found.setdefault(row["Id"], []).append(place)
    rows = []
    for name in ARTICLE:
        places = [*found.get(name, []), *([PLACES[name]] if name in PLACES else [])]
        shown = list(dict.fromkeys(id_ for each in places for id_ in each.shown.split(", ")))
        empty = SINCE if as_of <= DEAL_DAY else set[str]()
        here = [id_ for id_ in shown if id_ not in {*LATER, *empty, NONE}]
        owed = [id_ for id_ in shown if id_ in LATER]
        why = " ".join(dict.fromkeys(each.why_not for each in places if each.why_not))
        if not here and empty & {*shown}:
            why = "nothing has become known since"
        rows.append(
            {
                "Id": name,
                "Question": places[0].question if places else "",
                "Shown in": ", ".join(here) or NONE,
                "Open": _open(here, owed, why),
            }
        )
    frame = pd.DataFrame(rows)
    later = int(frame["Open"].str.startswith(NOT_COVERED).sum())
    closed = int(frame["Open"].str.startswith("Not computable").sum())
    here = sum(each != NONE for each in frame["Shown in"])
    return Exhibit(
        id="E43q",
        title=f"Of {len(frame)} questions of the article and around it {here} have an exhibit here "
        f"and {later} are not covered yet; {closed} cannot be computed from what is public",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "The article is one of November 2025 on the alliance, with which this desk began; it "
            "names “AI's Circular Bet” by WebProNews as its source. Questions are numbered in its "
            "order; those that begin with X come from "
            "the checks around it. Where a chapter answers in a sentence, its own list of "
            "questions stands first. An exhibit is not always a whole answer, and some of those that "
            "cannot be computed are shown as far as they go.",
        ),
    )


def _open(here: list[str], owed: list[str], why: str) -> str:
    if owed and not here:
        return NOT_COVERED
    if why:
        return why if why.startswith("Not") or here else f"Not computable, because {why}"
    return "Covered in part" if owed else ""
