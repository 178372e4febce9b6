"""Every question of the article: where it is answered, or why it cannot be."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.inputs.facts import DEAL_DAY
from briefing.inputs.questions import ARTICLE

SINCE = {"E08e", "E32b", "E45", "E45b"}
"""Exhibits that compare with the deal's day, and so say nothing on that day."""

NONE = "—"


class Place(NamedTuple):
    """A question in few words, the exhibits that show it, and a reason where none does."""

    question: str
    shown: str
    why_not: str = ""


PLACES: Mapping[str, Place] = {
    "S002": Place("Which advantages does it sharpen, worth what?", "E21, E22, E23"),
    "S005": Place("Was it announced together, and when?", "E01"),
    "S006": Place("Does Anthropic commit to Azure?", "E01, E06"),
    "S008": Place(
        "Training and inference, or fine-tuning?",
        "E01",
        "what the capacity is for is not disclosed beyond chips and models",
    ),
    "S009": Place("Microsoft's equity: ceiling, drawn, when?", "E10, E02, E15"),
    "S010": Place("Nvidia's equity: ceiling, drawn, conditions?", "E10, E22, E15"),
    "S012": Place("Claude in Foundry and Copilot?", "E01, E37"),
    "S022": Place("Instrument and price of the equity?", "E10, E15"),
    "S023": Place("Which models, which Copilots?", "E01, E37"),
    "S029": Place("Is capital aligned across layers?", "E02, E27"),
    "S030": Place("Its share of Azure's and Nvidia's sales?", "E04, E21, E22"),
    "S031": Place("Choice, and less weight on one supplier?", "E21d"),
    "S035": Place("How far does it hedge OpenAI?", "E21d"),
    "S037": Place("Which recurring revenue?", "E21, E04"),
    "S038": Place("Return on Microsoft's capital?", "E21"),
    "S040": Place("What chip demand is secured?", "E22"),
    "S042": Place("What must spill over to other customers?", "E22"),
    "S043": Place("Vendor financing: ratio and precedents?", "E22, E29"),
    "S070": Place("Are the models' names confirmed?", "E01"),
    "S071": Place("Are architectures and joint tuning confirmed?", "E01"),
    "S076": Place("How does Microsoft book the revenue?", "E36"),
    "S080": Place("Azure's part beside Amazon's?", "E24"),
    "S081": Place(
        "Is anything exclusive?",
        "E15",
        "no exclusivity is disclosed; what knowing is worth is shown",
    ),
    "S107": Place("Did OpenAI tie itself to others?", "E24"),
    "S109": Place("Does it loosen others' hold?", "E24"),
    "S110": Place("Price of an anchor tenant?", "E24"),
    "S114": Place("Can values fall at once?", "E38, E17, E16"),
    "S115": Place("Can power and chips come late?", "E38, E19"),
    "S116": Place("Filings on horizon and nature", "E37, E37b, E15"),
    "S117": Place("Production in Azure's regions", "E37, E37b"),
    "S118": Place("Comparison on cost", "E37"),
    "S119": Place("Comparison on latency", "E37", "the model has no assumption on latency"),
    "S120": Place("Comparison on safety", "E37", "the model has no assumption on safety"),
    "S125": Place("How does Microsoft book the stake?", "E36, E37"),
    "S126": Place("How does Nvidia book the stake?", "E36, E37"),
    "S127": Place("How does Anthropic book the purchases?", "E12c, E37"),
    "S128": Place("What does each signal change?", "E37b"),
    "S129": Place("Is it an accelerant?", "E39", "that it speeds anything up has no measure here"),
    "S131": Place("Does it secure supply?", "E19, E39"),
    "S133": Place("Does it make values less clear?", "E09, E39"),
    "S135": Place("Scale against systemic risk?", "E39"),
    "S136": Place("The net verdict?", "E00, E39"),
    "S137": Place("What have the months since shown?", "E45, E37"),
    "X04": Place("Does it spread Microsoft's backlog?", "E21d"),
    "X08": Place("Is the equity a payment to a customer?", "E36"),
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
    enterprise_questions: Exhibit,
    competition_questions: Exhibit,
    as_of: date,
) -> Exhibit:
    """E43q: each question of the article, with its exhibits or a reason."""
    lists = (
        circularity_questions,
        commitment_questions,
        valuation_questions,
        buildout_questions,
        lock_in_questions,
        regulation_questions,
        enterprise_questions,
        competition_questions,
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
        here = [id_ for id_ in shown if id_ not in {*empty, NONE}]
        why = " ".join(dict.fromkeys(each.why_not for each in places if each.why_not))
        if not here and empty & {*shown}:
            why = "nothing has become known since"
        rows.append(
            {
                "Id": name,
                "Question": places[0].question if places else "",
                "Shown in": ", ".join(here) or NONE,
                "Open": _open(here, why),
            }
        )
    frame = pd.DataFrame(rows)
    closed = int(frame["Open"].str.startswith("Not computable").sum())
    in_part = sum(each != "" for each in frame["Open"]) - closed
    here = sum(each != NONE for each in frame["Shown in"])
    return Exhibit(
        id="E43q",
        title=f"{_shown(here, len(frame))} have an exhibit here; {closed} cannot be computed from "
        f"what is public, {in_part} only in part",
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


def _shown(here: int, asked: int) -> str:
    """How many of all questions: in one number where it is all of them."""
    of_the_article = "questions of the article and around it"
    if here == asked:
        return f"All {asked} {of_the_article}"
    return f"{here} of {asked} {of_the_article}"


def _open(here: list[str], why: str) -> str:
    if not why or why.startswith("Not"):
        return why
    return f"{why[0].upper()}{why[1:]}." if here else f"Not computable, because {why}."
