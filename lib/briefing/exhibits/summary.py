"""Exhibits of the front page: the answer first, with its grade and what would overturn it."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit, Tile
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_span, percent, percent_of_draws, percent_span
from briefing.inputs.facts import Ledger
from briefing.inputs.parameters import ParameterSet

Array = np.ndarray


def headline_tiles(
    self_funded_revenue_share: Array,
    lower_self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    enterprise_value_usd: Array,
    last_round_value_usd: Array,
    committed_cash_usd_draws: Array,
    peak_funding_gap_usd_draws: Array,
) -> Exhibit:
    """Four key figures, one for each question."""
    short = float(np.mean((committed_cash_usd_draws < 0).any(axis=-1)))
    gap = float(np.quantile(peak_funding_gap_usd_draws, 0.9))
    bounds = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    return Exhibit(
        title="Key figures",
        body=(
            Tile(
                "Microsoft's own money in its Azure receipts",
                percent(self_funded_revenue_share.item()),
                f"pro rata; bounds {bounds}",
            ),
            Tile(
                "Customers' money in the same receipts",
                percent(customer_funded_revenue_share.item()),
                "pro rata, expected growth",
            ),
            Tile(
                "Anthropic, discounted cash flow",
                money(enterprise_value_usd.item()),
                f"last round {money(last_round_value_usd.item())}",
            ),
            Tile(
                "Draws in which known money runs out",
                percent(short),
                f"worst tenth lacks {money(gap)} or more" if gap > 0 else "by 2035",
            ),
        ),
    )


def key_takeaways(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    nvidia_self_funded_revenue_share: Array,
    upper_nvidia_self_funded_revenue_share: Array,
    enterprise_value_usd_draws: Array,
    last_round_value_usd: Array,
    committed_cash_usd_draws: Array,
    azure_scheduled_usd_by_term: Array,
    facts: Ledger,
) -> Exhibit:
    """E00: what we conclude, how good the evidence is, and what would prove us wrong."""
    low, high = np.quantile(enterprise_value_usd_draws, [0.1, 0.9])
    last = last_round_value_usd.item()
    below = float(np.mean(enterprise_value_usd_draws < last))
    short = float(np.mean((committed_cash_usd_draws < 0).any(axis=-1)))
    peaks = azure_scheduled_usd_by_term.max(axis=-1) * 4
    undisclosed = sum(
        fact.status == "undisclosed" and fact.topic == "alliance" for fact in facts.values()
    )
    bounds = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    rows = [
        (
            "Is the demand real?",
            "Mostly, if growth holds: customers pay "
            f"{percent(customer_funded_revenue_share.item())} "
            "of Azure's receipts, Microsoft's own equity "
            f"{percent(self_funded_revenue_share.item())} "
            f"({bounds} by tracing rule).",
            "C",
            "Two quarters in which Anthropic's revenue falls short of its compute bill.",
        ),
        (
            "Does Nvidia pay for its own sales?",
            f"In part: {percent(nvidia_self_funded_revenue_share.item())} of these chip sales pro "
            f"rata, at most {percent(upper_nvidia_self_funded_revenue_share.item())}.",
            "D",
            "A filing that shows equity paid only against chips delivered.",
        ),
        (
            "What is Anthropic worth?",
            f"{money_span(low, high)} by discounted cash flow in eight draws of ten; the last "
            f"round's {money(last)} lies above {percent(below)} of all draws.",
            "D",
            "Audited margins above our range for a full year.",
        ),
        (
            "What can go wrong?",
            f"Known money runs out in {percent_of_draws(short)}; compute contracted on a plan that "
            "growth misses is the main strain.",
            "D",
            "Reported free cash flow that turns positive and stays so.",
        ),
        (
            "What do we not know?",
            f"{undisclosed} terms. The length alone moves the yearly bill from "
            f"{money(peaks.min())} to {money(peaks.max())}.",
            "E",
            "A filing that states term, minimum and exit of the Azure commitment.",
        ),
    ]
    frame = pd.DataFrame(
        rows, columns=["Question", "Our answer", "Evidence", "What would overturn it"]
    )
    return Exhibit(
        id="E00",
        title="Five questions, what we answer, and what would prove us wrong",
        body=table(frame),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Evidence: the weakest grade on which the answer leans. B confirmed through a relay, "
            "C reported, D estimate or assumption, E undisclosed.",
        ),
    )


def reading_note(parameters: ParameterSet) -> Exhibit:
    """What the parameter set assumes, in its own words."""
    return Exhibit(
        title=parameters.title,
        body=f"**{parameters.title}.** {parameters.summary.strip()}",
    )
