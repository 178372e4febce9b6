"""Exhibits of the terms of service: on which terms an enterprise gets Claude, and where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.offers import NOT_FOUND, Known, answer, first_said, known_terms, replaced
from briefing.exhibits.tables import Cell, link, read_aloud, table, words
from briefing.exhibits.words import listed
from briefing.inputs.facts import DEAL_DAY, Fact, Ledger
from briefing.inputs.terms import ANSWERS, SURFACE_NAMES, SURFACES

MICROSOFT = ("foundry_on_azure", "foundry_at_anthropic", "copilot")

PLATFORM = ("own_cloud", "cloud_terms", "audited")
"""Questions about a platform, to which buying from the maker itself is no better answer."""

RANK = {"none": 0, "part": 1, "full": 2}


class Question(NamedTuple):
    """What a buyer asks so that yes is the answer hoped for, and what to ask for otherwise."""

    text: str
    ask: str


DATA: Mapping[str, Question] = {
    "own_cloud": Question(
        "Runs on the platform's own cloud", "In writing, where each request is computed"
    ),
    "cloud_terms": Question(
        "Platform's own data terms apply", "Who is processor, and whose terms hold in a dispute"
    ),
    "eu_only": Question("Processed in the EU alone", "Processing in the EU alone, with a remedy"),
    "us_only": Question("Processed in the US alone", "Processing in the US alone, with a remedy"),
    "no_training": Question(
        "No training on what is sent", "No training on content, also after the contract"
    ),
    "no_retention": Question("Can keep nothing", "No retention, and what is exempt from it"),
    "no_review": Question("No people read content", "When people may read content, and who"),
    "user_rights": Question(
        "Sees only what the user may", "The rights with which a model reads company data"
    ),
    "audit_log": Question("Calls logged for audit", "Logs of each call, for how long, and where"),
    "fine_tuning": Question("Can be fine-tuned", "Who owns a tuned model and where it is kept"),
}

DEALING: Mapping[str, Question] = {
    "generally_available": Question("Generally available", "Which functions are still previews"),
    "reserved_capacity": Question("Capacity can be reserved", "Throughput, by region, with a date"),
    "list_price": Question("At Anthropic's list price", "A price that follows the list downwards"),
    "one_bill": Question("On the cloud's bill", "One invoice, also for marketplace items"),
    "counts_to_commitment": Question(
        "Counts to a cloud commitment", "That usage counts, in full, to the commitment"
    ),
}

CARE: Mapping[str, Question] = {
    "pinned_version": Question("A version can be pinned", "The same version for a stated time"),
    "retirement_notice": Question(
        "Notice before a model ends", "Notice longer than your own tests take"
    ),
    "uptime_credit": Question("Service level with credits", "Credits for failure and for slowness"),
    "ip_indemnity": Question(
        "Indemnity for outputs", "Who defends, for which outputs, with what cap"
    ),
    "behaviour": Question(
        "Contract commits to behaviour", "Limits of error for your own tests, and a way out"
    ),
    "safety_tests": Question("Safety tests published", "Results for the version that you pin"),
    "health_data": Question("Health data allowed", "An agreement on health data for this way in"),
    "audited": Question(
        "Covered by the platform's audits", "The audit report that names this service"
    ),
}


ALL: Mapping[str, Question] = {**DATA, **DEALING, **CARE}

GROUPS = {
    **dict.fromkeys(DATA, "Where it runs, and what becomes of data"),
    **dict.fromkeys(DEALING, "How it is bought"),
}
"""Heads under which the questions of E32 stand."""


def data_terms(facts: Ledger) -> Exhibit:
    """E32: for each way to buy Claude, where it runs, what becomes of data, how it is bought."""
    return _matrix("E32", {**DATA, **DEALING}, facts)


def care_terms(facts: Ledger) -> Exhibit:
    """E33: for each way to buy Claude, what a regulated buyer needs to be promised."""
    return _matrix("E33", CARE, facts)


def _matrix(id_: str, questions: Mapping[str, Question], facts: Ledger) -> Exhibit:
    known = {key: fact for key, fact in known_terms(facts).items() if key[1] in questions}
    surfaces = [each for each in SURFACES if any(surface == each for surface, _ in known)]
    if not known:
        return Exhibit(
            title="Terms of service",
            body="No page on the terms on which Claude is sold is known on this day.",
        )
    shown = pd.DataFrame(
        [
            {"Group": GROUPS.get(clause, ""), "Term": question.text}
            | {SURFACE_NAMES[each]: _cell(known.get((each, clause))) for each in surfaces}
            for clause, question in questions.items()
        ]
    )
    plain = shown.drop(columns="Group").map(
        lambda cell: words(cell) if isinstance(cell, tuple) else cell
    )
    return Exhibit(
        id=id_,
        title=_title(known, questions, surfaces),
        body=table(shown, stub="Term", groups="Group"),
        alt=read_aloud(plain, rows=len(plain)),
        data=_one_by_one(known, questions, surfaces),
        stands_as="Opinion",
        notes=(
            "Yes, in part and no are our reading of the page to which each leads; what it says "
            "stands in E41b, by the fact that the data name. A dash means that we found no page "
            "that says so, which is not a no. Contracts that are negotiated may say more, and are "
            "not public.",
            *_switched_on(facts, questions),
        ),
        facts=tuple(known.values()),
    )


def _cell(fact: Fact | None) -> Cell:
    return link(answer(fact), fact.source.url if fact else None)


def _one_by_one(
    known: Known, questions: Mapping[str, Question], surfaces: Sequence[str]
) -> pd.DataFrame:
    """Every answer with the fact behind it, a row each."""
    rows = [
        (
            question.text,
            SURFACE_NAMES[each],
            answer(fact),
            str(fact.known_since),
            fact.id,
        )
        for clause, question in questions.items()
        for each in surfaces
        if (fact := known.get((each, clause)))
    ]
    heads = ["Term", "Bought from", "Answer", "Known since", "Fact"]
    return pd.DataFrame(rows, columns=heads)


def _switched_on(facts: Ledger, questions: Mapping[str, Question]) -> Iterator[str]:
    """Whether Copilot uses Claude unless somebody forbids it, beside what becomes of data."""
    fact = known_terms(facts).get(("copilot", "default_on"))
    if fact and "own_cloud" in questions:
        yield f"Claude in {SURFACE_NAMES['copilot']}: {fact.note}"


def _title(known: Known, questions: Mapping[str, Question], surfaces: Sequence[str]) -> str:
    """What the newest way over Microsoft lacks that another way gives."""
    own = _foundry(surfaces)
    better = [
        question.text
        for clause, question in questions.items()
        if (own, clause) in known and _better(known, own, clause)
    ]
    where = SURFACE_NAMES[own]
    asked = sum((own, clause) in known for clause in questions)
    if not better:
        return f"{where}: of {asked} terms that pages state, none is better elsewhere"
    named = listed([f"“{text}”" for text in better[:3]])
    return f"{where}: of {asked} terms that pages state, {len(better)} are better elsewhere" + (
        f", among them {named}" if len(better) > 3 else f": {named}"
    )


def _foundry(surfaces: Collection[str]) -> str:
    """The way over Azure that is nearest to Azure, of those that are known."""
    nearest = ("foundry_on_azure", "foundry_at_anthropic", *SURFACES)
    return next(each for each in nearest if each in surfaces)


def _better(known: Known, own: str, clause: str) -> list[str]:
    """Ways to buy with a better answer than `own`, at least a yes with conditions."""
    least = max(_rank(known, own, clause), 0)
    others = (each for each in SURFACES if each != own)
    return [
        each
        for each in others
        if _rank(known, each, clause) > least
        and not (clause in PLATFORM and each == "anthropic_api")
    ]


def _rank(known: Known, surface: str, clause: str) -> int:
    fact = known.get((surface, clause))
    return _worth(fact) if fact else -1


def changed_terms(facts: Ledger, as_of: date) -> Exhibit:
    """E32b: terms on Microsoft's ways that read otherwise than in the week of the deal."""
    before, now = known_terms(facts.known_on(DEAL_DAY)), known_terms(facts)
    rows, used, gained = [], [], 0
    for surface in MICROSOFT:
        for clause, question in ALL.items():
            old, new = before.get((surface, clause)), now.get((surface, clause))
            if surface == "foundry_on_azure":  # it took the place of the only way there was
                old = old or before.get(("foundry_at_anthropic", clause))
            if old is None or new is None or answer(old) == answer(new):
                continue
            used += [old, new]
            gained += _worth(new) > _worth(old)
            rows.append(
                {
                    "Bought from": SURFACE_NAMES[surface],
                    "Term": question.text,
                    "Week of the deal": _told(old),
                    "Now": _told(new),
                    "Since": str(first_said(new, facts)),
                }
            )
    if as_of <= DEAL_DAY or not rows:
        return Exhibit(
            id="E32b",
            title="Terms since the deal",
            body="Nothing about these terms has changed between the week of the deal and the day "
            "of this briefing, as far as the pages that we found show.",
        )
    frame = pd.DataFrame(rows)
    better = "all" if gained == len(frame) else gained
    return Exhibit(
        id="E32b",
        title=f"{len(frame)} of Microsoft's terms for Claude read otherwise than in the "
        f"week of the deal, {better} of them better for the buyer",
        body=table(frame, stub="Term", groups="Bought from"),
        alt=read_aloud(frame),
        data=frame,
        stands_as="Opinion",
        notes=(
            "Foundry on Azure did not exist in the week of the deal; its terms stand beside those "
            "of the only way that there was. Terms for which we found no page of that week are not "
            "here, though they may have changed.",
            *_better_still(facts, now),
        ),
        facts=tuple(dict.fromkeys(used)),
    )


def terms_to_ask(facts: Ledger) -> Exhibit:
    """E33b: where pages of Microsoft's ways say less than a yes, and what to ask for instead."""
    known = known_terms(facts)
    own = _foundry([surface for surface, _ in known] or SURFACES)
    rows, used = [], []
    for clause, question in ALL.items():
        fact = known.get((own, clause))
        if answer(fact) == ANSWERS["full"]:
            continue
        better = _better(known, own, clause)
        used += [known[each, clause] for each in better] + ([fact] if fact else [])
        rows.append(
            {
                "Term": question.text,
                SURFACE_NAMES[own]: answer(fact),
                "Better at": ", ".join(SURFACE_NAMES[each] for each in better) or NOT_FOUND,
                "What to ask for": question.ask,
            }
        )
    if not used:
        return Exhibit(
            title="What to ask for",
            body="No page on these terms is known on this day, so there is nothing to hold against "
            "what a buyer needs.",
        )
    frame = pd.DataFrame(rows)
    return Exhibit(
        id="E33b",
        title=f"On {len(frame)} of {len(ALL)} terms the pages on "
        f"{SURFACE_NAMES[own]} say less than yes, or nothing",
        body=table(frame, stub="Term"),
        alt=read_aloud(frame),
        data=frame,
        stands_as="Opinion",
        notes=(
            "Better means that a page of another way says yes, or says yes with conditions where "
            "this one says no or nothing. What to ask for is our view of what a buyer needs; a "
            "lawyer's reading of the contract goes before it.",
        ),
        facts=tuple(dict.fromkeys(used)),
    )


def _better_still(facts: Ledger, now: Known) -> Iterator[str]:
    """Which of Microsoft's terms were better still at some time between, and are no more."""
    told = [
        f"“{ALL[clause].text}” at {SURFACE_NAMES[surface]}"
        for (surface, clause), fact in now.items()
        if surface in MICROSOFT
        and clause in ALL
        and any(_worth(older) > _worth(fact) for older in replaced(fact, facts))
    ]
    if told:
        yield f"At one time between better still than they are now: {listed(told)}."


def _worth(fact: Fact) -> int:
    return RANK[fact.term.answer] if fact.term else -1


def _told(fact: Fact) -> str:
    return f"{answer(fact)}: {fact.note}"
