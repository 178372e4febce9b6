"""Exhibits of the terms of service: on which terms an enterprise gets Claude, and where."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.offers import (
    NOT_FOUND,
    Known,
    answer,
    first_said,
    is_silent,
    known_terms,
    newest_terms,
    replaced,
)
from briefing.exhibits.tables import Cell, link, read_aloud, table, words
from briefing.exhibits.words import listed
from briefing.inputs.facts import DEAL_DAY, Fact, Ledger
from briefing.inputs.terms import ANSWERS, SURFACE_NAMES, SURFACES

MICROSOFT = ("foundry_on_azure", "foundry_at_anthropic", "copilot")

PLATFORM = ("own_cloud", "cloud_terms", "audited")
"""Questions about a platform, to which buying from the maker itself is no better answer."""

RANK = {"silent": -1, "none": 0, "part": 1, "full": 2}


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
    "cloud_discount": Question(
        "At the discount agreed with the cloud", "That the cloud's discount, too, applies"
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

UNRANKED: Mapping[str, Question] = {
    "default_on": Question("Used unless somebody forbids it", "Who turns it on, and for whom")
}
"""Asked of changes alone: whether a yes is hoped for depends on the buyer, so it has no rank."""

DEFAULTS = {
    "full": "now on by default",
    "part": "now on by default, though not for everybody",
    "none": "now off by default",
}
"""What each answer to the question of the default means to a buyer."""

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
            "stands in E41b, by the fact that the data name. A yes needs the promise for Claude on "
            "this way in the words of who gives it; what is said in general, or by others, counts "
            "in part. A dash means that we found no page that says so, which is not a no. "
            "Contracts that are negotiated may say more, and are not public.",
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
    """What the newest way over Microsoft lacks that another way gives, and leaves unsaid."""
    own = _foundry(surfaces)
    stated = [clause for clause in questions if (own, clause) in known]
    unsaid = [clause for clause in questions if (own, clause) not in known]
    better = [f"“{questions[clause].text}”" for clause in stated if _better(known, own, clause)]
    more = sum(bool(_better(known, own, clause)) for clause in unsaid)
    told = f"{SURFACE_NAMES[own]}: pages state {len(stated)} of {len(questions)} terms; "
    if better:
        among = ", among them " if len(better) > 3 else ": "
        told += f"{_these(len(better))} better elsewhere{among}{listed(better[:3])}"
    else:
        told += "none is better elsewhere"
    if not unsaid:
        return told
    others = "the other one" if len(unsaid) == 1 else f"the other {len(unsaid)}"
    if not more:
        return f"{told}, and on {others} no other way's page says more"
    on = others if more == len(unsaid) else f"{more} of {others}"
    return f"{told}; on {on} another way's page says more"


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
    if as_of <= DEAL_DAY:
        return Exhibit(
            id="E32b",
            title="The week of the deal",
            body="This briefing stands in the week of the announcement itself, so no later "
            "page stands beside these terms.",
        )
    before, now = known_terms(facts.known_on(DEAL_DAY)), known_terms(facts)
    changes = [each for each in _pairs(before, now) if answer(each.old) != answer(each.new)]
    if not changes:
        return Exhibit(
            id="E32b",
            title="Terms since the deal",
            body="Nothing about these terms has changed between the week of the deal and the day "
            "of this briefing, as far as the pages that we found show.",
        )
    frame = pd.DataFrame(
        [
            {
                "Bought from": SURFACE_NAMES[surface],
                "Term": {**ALL, **UNRANKED}[clause].text,
                "Week of the deal": f"{answer(old)}: {old.note}",
                "Now": f"{answer(new)}, page of {new.known_since}: {new.note}",
                "Answer first known": str(first_said(new, facts)),
            }
            for surface, clause, old, new in changes
        ]
    )
    return Exhibit(
        id="E32b",
        title=_changed_title(changes),
        body=table(frame, stub="Term", groups="Bought from"),
        alt=read_aloud(frame),
        data=frame,
        stands_as="Opinion",
        notes=(
            "Foundry on Azure did not exist in the week of the deal; its terms stand beside those "
            "of the only way that there was. Terms for which we found no page of that week are not "
            "here, though they may have changed. An answer may be older than the page that gives "
            "its newest wording.",
            *_better_still(facts, now),
            *_fell_silent(facts, before),
        ),
        facts=tuple(dict.fromkeys(fact for each in changes for fact in (each.old, each.new))),
    )


class Change(NamedTuple):
    """What a page of the week of the deal answered, and what the newest one does."""

    surface: str
    clause: str
    old: Fact
    new: Fact


def _pairs(before: Known, now: Known) -> Iterator[Change]:
    """Answers of both days to each question, on each of Microsoft's ways."""
    for surface, clause in product(MICROSOFT, (*ALL, *UNRANKED)):
        old, new = before.get((surface, clause)), now.get((surface, clause))
        if surface == "foundry_on_azure":  # it took the place of the only way there was
            old = old or before.get(("foundry_at_anthropic", clause))
        if old is not None and new is not None:
            yield Change(surface, clause, old, new)


def _changed_title(changes: Sequence[Change]) -> str:
    """How many terms changed, how many for the better, and what a buyer may not want."""
    ranked = [each for each in changes if each.clause not in UNRANKED]
    better = sum(_worth(each.new) > _worth(each.old) for each in ranked)
    worse = len(ranked) - better
    told = [f"{_these(better)} better for the buyer"] if ranked else []
    told += [f"{_these(worse)} worse"] if worse else []
    told += [
        f"Claude in {SURFACE_NAMES[each.surface]} is {DEFAULTS[each.new.term.answer]}"
        for each in changes
        if each.clause == "default_on" and each.new.term
    ]
    return (
        f"{len(changes)} of Microsoft's terms for Claude read otherwise than in the week of the "
        f"deal; {listed(told)}"
    )


def _these(count: int) -> str:
    return f"{count or 'none'} {'is' if count == 1 else 'are'}"


def _fell_silent(facts: Ledger, before: Known) -> Iterator[str]:
    """Terms to which a page of the week of the deal had an answer, and the newest has none."""
    told = [
        f"“{ALL[clause].text}” at {SURFACE_NAMES[surface]} ({answer(before[surface, clause])})"
        for (surface, clause), fact in newest_terms(facts).items()
        if surface in MICROSOFT and is_silent(fact) and (surface, clause) in before
    ]
    if told:
        yield (
            f"Answered in the week of the deal, while the newest page does not say: {listed(told)}."
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
            "Better means that a page of another way says yes, or in part where this one says no "
            "or nothing. What to ask for is our view of what a buyer needs; a "
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
