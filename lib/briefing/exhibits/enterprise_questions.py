"""Sentences on the enterprise desk and on competition: the chapter's answer, the questions."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from briefing.exhibits.buyer_words import all_to_the_middle, worth_in_draws
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.offers import Known, answer, first_said, known_terms, worth_span
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, percent, percent_span, unit_price, years
from briefing.inputs.facts import DEAL_DAY, Ledger
from briefing.inputs.terms import ANSWERS, SURFACE_NAMES, SURFACES

Array = np.ndarray

COLUMNS = ["Id", "Question", "Answer", "Shown in"]

AZURE = ("foundry_on_azure", "foundry_at_anthropic")


def _said(known: Known, clause: str, surfaces: Sequence[str] = (*AZURE, "copilot")) -> str:
    """The answers of Microsoft's ways to one question, in a clause of a sentence."""
    told = [
        f"{SURFACE_NAMES[surface]} {answer(known[surface, clause]).lower()}"
        for surface in surfaces
        if (surface, clause) in known
    ]
    return ", ".join(told) if told else "no page found that says so"


def enterprise_answer(
    routed_task_share: Array,
    routing_saving_share: Array,
    routing_saving_share_draws: Array,
    middle_saving_share: Array,
    middle_solved_share: Array,
    large_solved_share: Array,
    one_platform_advantage_share: Array,
    one_platform_advantage_share_draws: Array,
    one_maker_discount_share: Array,
    maker_lock_in_years: Array,
    facts: Ledger,
) -> Exhibit:
    """The chapter's answer in a paragraph."""
    low, high = np.quantile(routing_saving_share_draws, [0.1, 0.9])
    more = (middle_solved_share - large_solved_share).item()
    worth = worth_in_draws(one_platform_advantage_share.item(), one_platform_advantage_share_draws)
    return Exhibit(
        title="What a buyer gains, and on whose terms",
        body="**Claude is sold under Azure's roof; on whose machines it runs, and under whose "
        f"terms, is another matter.** {_where(facts)} To send "
        f"{percent(routed_task_share.item())} of all tasks to the small model first saves "
        f"{percent(routing_saving_share.item())} of the large one's bill "
        f"({percent_span(float(low), float(high))} in eight draws of ten), if failures "
        f"are seen. {all_to_the_middle(middle_saving_share.item(), more)} "
        "At our assumptions a way in whose usage counts to a commitment is worth "
        f"{worth}, and to give up the right to change the maker for "
        f"{years(maker_lock_in_years.item())} should bring "
        f"{percent(one_maker_discount_share.item())} off. What is negotiated is not public.",
    )


def _where(facts: Ledger) -> str:
    """Where Claude runs when bought through Foundry, under whose terms, and whether in the EU."""
    known = known_terms(facts)
    own = next((each for each in AZURE if (each, "own_cloud") in known), None)
    if own is None:
        return "No page on the terms of these ways is known on this day."
    told = ["Through Foundry Claude runs on Anthropic's machines, outside Azure."]
    if own == "foundry_on_azure":
        day = first_said(known[own, "own_cloud"], facts)
        told = [
            f"Through Foundry Claude can run on Azure's machines since {day}; hosting at Anthropic, "
            "the older way, still runs on Anthropic's."
        ]
    if answer(known.get((own, "cloud_terms"))) == ANSWERS["none"]:
        told.append("The contract for the model is Anthropic's, whatever Microsoft bills.")
    if answer(known.get((own, "eu_only"))) == ANSWERS["none"]:
        elsewhere = [
            SURFACE_NAMES[each]
            for each in SURFACES
            if answer(known.get((each, "eu_only"))) == ANSWERS["full"]
        ]
        told.append(
            "Processing cannot be confined to the EU there"
            + (f"; at {listed(elsewhere)} it can, model by model." if elsewhere else ".")
        )
    return " ".join(told)


def enterprise_questions(
    routed_task_share: Array,
    routing_saving_share: Array,
    routing_saving_share_draws: Array,
    routing_break_even_failure_share: Array,
    middle_saving_share: Array,
    middle_solved_share: Array,
    large_solved_share: Array,
    large_model_least_usd_per_task: Array,
    large_model_least_usd_per_task_draws: Array,
    one_platform_advantage_share: Array,
    buyer_freedom_share: Array,
    two_platform_freedom_share: Array,
    one_maker_discount_share: Array,
    migration_payback_years: Array,
    maker_lock_in_years: Array,
    supplier_hhi: Array,
    as_of: date,
    facts: Ledger,
) -> Exhibit:
    """E33q: every question of the article on buyers, with the number or the term."""
    known = known_terms(facts)
    low, high = np.quantile(routing_saving_share_draws, [0.1, 0.9])
    saved = f"{percent(routing_saving_share.item())} ({percent_span(float(low), float(high))} in eight draws of ten)"
    routed = percent(routed_task_share.item())
    worth = large_model_least_usd_per_task.item()
    dear = (
        f"The large model pays when a solved task is worth {unit_price(worth)} or more at our "
        f"assumptions, in eight draws of ten {worth_span(large_model_least_usd_per_task_draws)}"
        if np.isfinite(worth)
        else "In its maker's own test the large model solved no more than the middle one"
    )
    more = (middle_solved_share - large_solved_share).item()
    instead = all_to_the_middle(middle_saving_share.item(), more)
    one, two = buyer_freedom_share.item(), two_platform_freedom_share.item()
    months = migration_payback_years.item() * 12
    by_day, since = (" By day in E32b.", ", E32b") if as_of > DEAL_DAY else ("", "")
    rows = [
        ("S013", "How much diversity is added?", f"Counting OpenAI and Anthropic alone, the index of Microsoft's suppliers falls from 10,000 to {supplier_hhi.item():,.0f}. For a buyer that is worth the right to change the model: {percent(one)} of spending on one platform, {percent(two)} over two.", "E21d, E31"),
        ("S031", "Choice, and less weight on one supplier?", f"Choice is worth {percent(one - two)} of spending more where it needs no second platform. How much weight moved is in E21d.", "E31, E21d"),
        ("S032", "A broader palette for agents?", f"More makers in one place; generally available: {_said(known, 'generally_available')}.", "E32"),
        ("S033", "What is routing to the right model worth?", f"{saved} of the large model's bill where {routed} of all tasks go to the small one first, less what unseen failures cost. {instead} That customers asked for it is the companies' word; no count of customers is public.", "E30b"),
        ("S034", "Capability against token cost and safety?", f"{dear}. Can be fine-tuned: {_said(known, 'fine_tuning')}. Safety is tested by its maker and has no price.", "E30c, E33"),
        ("S047", "Models matched to tasks?", f"It pays while fewer than {percent(routing_break_even_failure_share.item())} of the tasks given to the small model fail. Which tasks suit which model is known from each buyer's own tests alone.", "E30, E30b"),
        ("S048", "Less friction from one platform?", f"Worth {percent(one_platform_advantage_share.item())} of the list price to a customer whose usage counts to its commitment; on the cloud's bill: {_said(known, 'one_bill')}.", "E31"),
        ("S050", "One place for compliance and logs?", f"Calls logged for audit: {_said(known, 'audit_log')}. Platform's own data terms: {_said(known, 'cloud_terms')}.", "E32"),
        ("S053", "Value for regulated enterprises?", f"Health data: {_said(known, 'health_data')}. Covered by the platform's audits: {_said(known, 'audited')}. What to ask for is listed.", "E33, E33b"),
        ("S054", "Where to deploy which model?", "Where the terms that a buyer cannot do without are a yes; among those, where usage counts to its commitment.", "E32, E31, E30"),
        ("S082", "How do models reach enterprise data?", f"With the rights of the user who asks: {_said(known, 'user_rights')}. An interface sees what is sent to it; whose rights apply is left to the application.", "E32"),
        ("S083", "What of telemetry?", f"Keeping can be switched off: {_said(known, 'no_retention')}. No people read content: {_said(known, 'no_review')}.", "E32"),
        ("S084", "Guarantees on model updates?", f"A version can be pinned: {_said(known, 'pinned_version')}. Notice before a model ends: {_said(known, 'retirement_notice')}.", "E33"),
        ("S085", "Safeguards of fine-tuning?", f"Can be fine-tuned: {_said(known, 'fine_tuning', SURFACES)}. Where it cannot, there is nothing to safeguard.", "E32"),
        ("S088", "Higher switching costs for customers?", f"A move at our assumptions is earned back in {months:.0f} months; a second platform takes {percent(one - two)} of spending off the right to move.", "E31, E31b"),
        ("S091", "Safety at a larger reach?", f"Safety tests published: {_said(known, 'safety_tests', ('anthropic_api', *AZURE))}. Whether reach makes anything safer has no measure here.", "E33"),
        ("S092", "Auditability and traceability?", f"Calls logged for audit: {_said(known, 'audit_log')}. Covered by the platform's audits: {_said(known, 'audited')}.", "E32, E33"),
        ("S093", "Commitments on models' behaviour?", f"By contract: {_said(known, 'behaviour', ('anthropic_api', *AZURE, 'copilot'))}.", "E33"),
        ("S094", "Commitments on updates?", f"Notice before a model ends: {_said(known, 'retirement_notice', ('anthropic_api', *AZURE, 'copilot'))}.", "E33"),
        ("S095", "Redress?", f"Service level with credits: {_said(known, 'uptime_credit')}. Indemnity for outputs: {_said(known, 'ip_indemnity', ('anthropic_api', *AZURE, 'copilot'))}. Anthropic's liability is capped: {answer(known.get(('anthropic_api', 'liability_cap'))).lower()}.", "E33"),
        ("S118", "Comparison on cost", f"List prices by tier are compared; sending {routed} of all tasks to the small model first saves {saved}. {instead}", "E30, E30b"),
        ("S130", "Near-term gains for customers?", f"For one with an open commitment, if its usage counts to it, {percent(one_platform_advantage_share.item())} of the list price; for others choice, worth {percent(one - two)} of spending. A commitment of {years(maker_lock_in_years.item())} to one maker should bring {percent(one_maker_discount_share.item())} off.", "E31"),
        ("X09", "Where does inference run?", f"On the platform's own cloud: {_said(known, 'own_cloud')}.{by_day}", f"E32{since}"),
        ("X10", "Does an Azure commitment cover Claude?", f"Counts to a cloud commitment: {_said(known, 'counts_to_commitment')}.", "E32, E31"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return Exhibit(
        id="E33q",
        title=f"{len(frame)} questions of the article on buyers",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Yes, in part and no are our reading of pages, one way to buy after another; what no "
            "page says is not listed.",
        ),
    )


def competition_questions(
    azure_promised_share: Array,
    azure_promised_share_on_deal_day: Array,
    azure_openai_promised_share: Array,
    azure_openai_promised_share_on_deal_day: Array,
    one_platform_advantage_share: Array,
    supplier_hhi: Array,
    as_of: date,
) -> Exhibit:
    """E34b: the article's questions on competition, with the number."""
    both = _then_too(azure_promised_share, azure_promised_share_on_deal_day, as_of)
    openai = _then_too(azure_openai_promised_share, azure_openai_promised_share_on_deal_day, as_of)
    rows = [
        ("S004", "Does it reshape competition between clouds?", f"Of what the two labs promise to clouds Azure holds {both}. What each cloud holds, in dollars too, is in E34.", "E34"),
        ("S036", "Is Azure more competitive?", f"By what labs promise it holds {both}; a part can fall where dollars do not, and both are shown. By choice it has gained: it sells OpenAI's models and Anthropic's.", "E34, E21d"),
        ("S105", "Is Azure more attractive to those who seek choice?", f"To its own customers, if their usage counts to their commitment: choice without a second platform, worth {percent(one_platform_advantage_share.item())} of the list price.", "E31, E34"),
        ("S106", "More pressure on OpenAI?", f"Of what OpenAI promises to clouds Azure holds {openai}. Inside Microsoft's products its models have a rival; index of Microsoft's suppliers {supplier_hhi.item():,.0f} of 10,000.", "E34, E21d"),
        ("S108", "Faster innovation, or fragments?", "Neither has a measure in public figures. Both labs buy from several clouds, and Claude is sold on all three large ones, so less hangs on one pair.", "E34"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return Exhibit(
        id="E34b",
        title=f"{len(frame)} questions of the article on competition",
        body=table(frame, stub="Id"),
        alt=read_aloud(frame),
        data=frame,
        stands_as="Estimate",
        notes=("Promises are those of E34, in the expected reading; a promise is not use.",),
    )


def _then_too(now: Array, then: Array, as_of: date) -> str:
    """A share, and what it was in the week of the deal where that has passed."""
    was = f" ({percent(then.item())} in the week of the deal)" if as_of > DEAL_DAY else ""
    return f"{percent(now.item())}{was}"
