"""Exhibits of the front page: the answer first, with its grade and what would overturn it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import numpy as np
import pandas as pd

from briefing.exhibits.disclosure import telling_terms
from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.expiry import ended
from briefing.exhibits.headlines import Headline
from briefing.exhibits.hindsight import Scored
from briefing.exhibits.information import Decision
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.terms import undisclosed_terms
from briefing.exhibits.words import (
    listed,
    money,
    money_in_draws,
    money_span,
    percent,
    percent_of_draws,
    percent_span,
    share_of,
)
from briefing.inputs.facts import Ledger
from briefing.inputs.parameters import ParameterSet
from briefing.inputs.signals import Signals
from briefing.model.circularity import NVIDIA, OTHERS

Array = np.ndarray


def headline_tiles(
    self_funded_revenue_share: Array,
    lower_self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    lower_customer_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    upper_customer_funded_revenue_share: Array,
    equity_value_usd_draws: Array,
    last_round_value_usd: Array,
    lowest_cash_usd_draws: Array,
    peak_funding_gap_usd_draws: Array,
    failure_share: Array,
    headline_figures: Sequence[Headline],
) -> Exhibit:
    """Four key figures, one for each question; their data are all headline figures."""
    short = float(np.mean(lowest_cash_usd_draws < 0))
    gap = float(np.quantile(peak_funding_gap_usd_draws, 0.9))
    own = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    customers = percent_span(
        lower_customer_funded_revenue_share.item(), upper_customer_funded_revenue_share.item()
    )
    return Exhibit(
        title="Key figures",
        data=pd.DataFrame(map(asdict, headline_figures)),
        body=(
            Tile(
                "Of the commitment, Microsoft's own money",
                percent(self_funded_revenue_share.item()),
                f"pro rata; bounds {own}",
                figure="self_funded_revenue_share",
            ),
            Tile(
                "Of the commitment, customers' money",
                percent(customer_funded_revenue_share.item()),
                f"pro rata; bounds {customers}",
                figure="customer_funded_revenue_share",
            ),
            Tile(
                "Anthropic, discounted cash flow",
                money(float(np.median(equity_value_usd_draws))),
                f"median; last round {money(last_round_value_usd.item())}",
                figure="equity_value_usd",
            ),
            Tile(
                "Draws in which money in sight runs out",
                percent(short),
                f"worst tenth lacks {money(gap)} or more"
                if gap > 0
                else f"by 2035, a {percent(failure_share.item())} chance of failure not counted",
                figure="lowest_cash_usd",
            ),
        ),
    )


def key_takeaways(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    lower_customer_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    upper_customer_funded_revenue_share: Array,
    traced_to_commitment_usd: Array,
    commitment_receipts_total_usd: Array,
    nvidia_self_funded_revenue_share: Array,
    upper_nvidia_self_funded_revenue_share: Array,
    equity_value_usd_draws: Array,
    last_round_value_usd: Array,
    lowest_cash_usd_draws: Array,
    azure_scheduled_usd_by_term: Array,
    labs_due_usd: Array,
    labs_paid_with_funding_share: Array,
    labs_paid_without_funding_share: Array,
    anthropic_paid_by_customers_share: Array,
    openai_paid_by_customers_share: Array,
    openai_paid_with_round_share: Array,
    stress_length_years: Array,
    failure_share: Array,
    microsoft_bundle_npv_usd_draws: Array,
    microsoft_npv_at_published_margin_usd_draws: Array,
    nvidia_bundle_npv_usd_draws: Array,
    decisions: Sequence[Decision],
    hindsight_outcomes: tuple[Scored, ...],
    facts: Ledger,
    signals: Signals,
    as_of: date,
) -> Exhibit:
    """E00: what we conclude, how good the evidence is, and what would prove us wrong.

    An answer expires by itself: the watch list says which signal would end it, the ledger whether
    that has been seen.
    """
    low, high = np.quantile(equity_value_usd_draws, [0.1, 0.9])
    last = last_round_value_usd.item()
    below = float(np.mean(equity_value_usd_draws < last))
    short = float(np.mean(lowest_cash_usd_draws < 0))
    peaks = azure_scheduled_usd_by_term.max(axis=-1) * 4
    own = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    customers = percent_span(
        lower_customer_funded_revenue_share.item(), upper_customer_funded_revenue_share.item()
    )
    funded, unfunded = (
        percent(paid.item())
        for paid in (labs_paid_with_funding_share, labs_paid_without_funding_share)
    )
    microsoft, published, nvidia_gain = (
        money_in_draws(draws)
        for draws in (
            microsoft_bundle_npv_usd_draws,
            microsoft_npv_at_published_margin_usd_draws,
            nvidia_bundle_npv_usd_draws,
        )
    )
    traced = traced_to_commitment_usd.sum(axis=1)[0]
    nvidia, others = (
        share_of(traced[whose], commitment_receipts_total_usd.item()) for whose in (NVIDIA, OTHERS)
    )
    where = "; E12 shows at which training costs" if short else ""
    rows = [
        (
            "Is the demand real?",
            f"Customers pay {percent(customer_funded_revenue_share.item())} of the commitment pro "
            f"rata ({customers} by tracing rule), Microsoft's own equity "
            f"{percent(self_funded_revenue_share.item())} ({own}), Nvidia's {percent(nvidia)}, "
            f"other investors and opening cash {percent(others)}, if revenue grows as assumed.",
            "D",
            "A full year in which Anthropic's revenue stays below its bill for compute.",
        ),
        (
            "Does Nvidia pay for its own sales?",
            f"Its own money is {percent(nvidia_self_funded_revenue_share.item())} of its sales for "
            "this capacity pro rata, at most "
            f"{percent(upper_nvidia_self_funded_revenue_share.item())}.",
            "D",
            "A filing that shows equity paid only against chips delivered.",
        ),
        (
            "What if investors stop paying?",
            f"Of {money(labs_due_usd.item())} that OpenAI and Anthropic promised for "
            f"{stress_length_years.item():.0f} years they can pay {funded} with announced "
            f"funding, {unfunded} without any: from customers alone Anthropic "
            f"{percent(anthropic_paid_by_customers_share.item())} of its part, OpenAI "
            f"{percent(openai_paid_by_customers_share.item())}"
            f"{_with_round(openai_paid_by_customers_share, openai_paid_with_round_share)} (E05).",
            "D",
            "A lab that keeps its commitments for a year without a round, or fails to with one.",
        ),
        (
            "What is Anthropic worth?",
            f"{money_span(low, high)} by discounted cash flow in eight draws of ten; the last "
            f"round's {money(last)} lies above {percent_of_draws(below)}.",
            "D",
            "Audited margins above our range for a full year.",
        ),
        (
            "What do the two investors get?",
            f"Shares and margin, less all they cost: {microsoft} for Microsoft ({published} at the "
            f"margin that published prices leave) and {nvidia_gain} for Nvidia, in eight draws of "
            "ten. Prices, margins and what would have been sold anyway are undisclosed (E21, E22).",
            "D",
            "A filing that states the price of the shares or the margin on this capacity.",
        ),
        (
            "What can go wrong?",
            "While growth and margins stay inside our ranges, money in sight runs out in "
            f"{percent_of_draws(short)}{where}. That is generous: costs follow "
            "revenue at once, down to assumed minimums (E12), and the valuation's "
            f"{percent(failure_share.item())} chance of failure is left out.",
            "D",
            "Reported free cash flow that turns positive and stays so."
            if short
            else "Reported cash that falls while revenue grows as assumed.",
        ),
        (
            "What do we not know?",
            f"{undisclosed_terms(facts)} terms of the deal.{_most_telling(decisions)} The length "
            f"of the commitment alone moves its yearly peak from {money(peaks.min())} to "
            f"{money(peaks.max())}.",
            "E",
            "A filing that states term, minimum and exit of the Azure commitment.",
        ),
    ]
    rows = [
        (question, *told, overturned + ended(signals, facts, as_of, question))
        for question, *told, overturned in rows
    ]
    columns = ["Question", "Our answer", "Evidence", "What would overturn it"]
    frame = pd.DataFrame(rows, columns=columns)
    return Exhibit(
        id="E00",
        title="Our answers, and what would prove us wrong",
        stands_as="Opinion",
        body=table(frame),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Evidence is our own grading of what the answer leans on most, on the scale of E01: "
            f"D estimate or assumption, E undisclosed.{_record(hindsight_outcomes)}",
        ),
    )


def _with_round(alone: Array, with_round: Array) -> str:
    if percent(alone.item()) == percent(with_round.item()):
        return ""
    return f"; with all of its last round left, {percent(with_round.item())}"


def _record(outcomes: tuple[Scored, ...]) -> str:
    """How ranges such as these have done so far; nothing before any of them met its outcome."""
    scored = [each for each in outcomes if not each.is_price]
    if not scored:
        return ""
    inside = sum(each.where == "inside" for each in scored)
    return (
        f" Ranges have erred so far: those of the deal's day, made to hold nine outcomes in ten, "
        f"held {inside or 'none'} of {len(scored)} (E45)."
        if inside < 0.9 * len(scored)
        else f" Ranges of the deal's day held {inside} of {len(scored)} outcomes (E45)."
    )


def _most_telling(decisions: Sequence[Decision]) -> str:
    terms = telling_terms(decisions)
    if not terms:
        return " None of them would change one of our four decisions by itself (E15b)."
    first = terms[0]
    return f" To know the {first.spoken} would help most: it {first.gain} (E15b)."


def reading_note(parameters: ParameterSet) -> Exhibit:
    """What the parameter set assumes, in its own words, and how far its pages reach."""
    facts = parameters.facts
    reach = facts.reach(parameters.as_of)
    told = f" Its newest fact became known on {reach.newest}." if reach.newest else ""
    if stale := reach.stale_money(parameters.as_of):
        days = [f"{day} ({facts.parties[name].name})" for name, day in stale]
        told = (
            f" Newest fact: {reach.newest}; on the partners' money: {listed(days)}. Later results "
            "were not read."
        )
    if later := reach.later_pages:
        were = "was" if later == 1 else "were"
        told += f" {later} of its facts {were} read on later pages that tell of those days."
    return Exhibit(
        title=parameters.title,
        body=f"**{parameters.title}.** {parameters.summary}{told}",
    )
