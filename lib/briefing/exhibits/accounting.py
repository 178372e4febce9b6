"""Exhibits of accounting: what each treatment would show, beside what the money does."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import Cell, link, read_aloud, table
from briefing.exhibits.words import listed, money, money_span, percent, percent_span
from briefing.inputs.facts import Ledger

Array = np.ndarray

_DELOITTE = "https://dart.deloitte.com/USDART/home/codification/"

_VIEWPOINT = "https://viewpoint.pwc.com/dt/us/en/"

RULES = {
    "ASC 606-10-32-25": _VIEWPOINT + "fasb_financial_accou/asus_fulltext/2019/asu-2019-08/"
    "ASU-2019-08-Topic-718-and-606/Amendments_Introduction/Amendments_60610.html",
    "ASC 606-10-55-43": _DELOITTE + "revenue/asc606-10/roadmap-revenue-recognition/"
    "chapter-11-customer-options-for-additional/11-1-in-general",
    "ASC 606-10-55-48": _DELOITTE + "revenue/asc606-10/roadmap-revenue-recognition/"
    "chapter-8-step-5-determine-when/8-8-customers-unexercised-rights-breakage",
    "ASC 842-10-15-3": _DELOITTE + "broad-transactions/asc842-10/roadmap-leasing/"
    "chapter-3-identifying-a-lease/3-2-definition-a-lease",
    "ASC 323-10-15-7": _DELOITTE + "assets/32x/asc323-10/roadmap-equity-method-investments-jv/"
    "chapter-3-applying-equity-method-accounting/3-2-general-presumption",
}
"""Paragraphs whose own words were read, on the page that quotes them."""

EXPLAINED = {
    "ASC 606-10-32-26": _DELOITTE + "revenue/asc606-10/roadmap-revenue-recognition/"
    "chapter-6-step-3-determine-transaction/6-6-consideration-payable-a-customer",
    "ASC 606-10-50-13": "https://www.sec.gov/Archives/edgar/data/76063/000007606318000016/R9999.htm",
    "ASC 440-10-50-2": _VIEWPOINT + "pwc/accounting_guides/financial_statement_/"
    "financial_statement___18_US/chapter_23_commitmen_US/233_commitments_US.html",
    "ASC 321-10-35-2": "https://www.gaapdynamics.com/insights/blog/2018/02/20/"
    "accounting-for-investments-in-equity-securities-asc-321-part-ii/",
}
"""Paragraphs whose words were not seen, and the page read that names or explains them."""

NOT_SEEN = "*"


class Treatment(NamedTuple):
    """One way to book one question, and what stands beside it."""

    party: str
    question: str
    treatment: str
    books: str
    economics: str
    rule: str


def accounting_explorer(
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
    microsoft_reduction_rate: Array,
    microsoft_reduction_rate_draws: Array,
    most_microsoft_reduction_rate: Array,
    microsoft_excess_usd: Array,
    nvidia_excess_usd: Array,
    self_funded_revenue_share: Array,
    lower_self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    nvidia_self_funded_revenue_share: Array,
    commitment_receipts_total_usd: Array,
    commitment_chips_total_usd: Array,
    azure_commitment_usd: Array,
    azure_minimum_total_usd: Array,
    minimum_present_value_usd: Array,
    commitment_present_value_usd: Array,
    unused_minimum_usd_draws: Array,
    microsoft_price_gain_usd: Array,
    nvidia_price_gain_usd: Array,
    microsoft_fair_gain_usd: Array,
    nvidia_fair_gain_usd: Array,
    microsoft_equity_method_usd: Array,
    nvidia_equity_method_usd: Array,
    book_left_at_term_share: Array,
    worn_out_at_term_share: Array,
    facts: Ledger,
) -> Exhibit:
    """E36: each party's possible treatments, what they report, and the economic figure beside."""
    receipts, pledge = commitment_receipts_total_usd.item(), azure_commitment_usd.item()
    rate, most = microsoft_reduction_rate.item(), most_microsoft_reduction_rate.item()
    own = self_funded_revenue_share.item()
    bounds = percent_span(
        lower_self_funded_revenue_share.item(), upper_self_funded_revenue_share.item()
    )
    own_told = f"{percent(own)} of it is Microsoft's own money pro rata, {bounds} at the bounds"
    minimum = azure_minimum_total_usd.item()
    unused = np.quantile(unused_minimum_usd_draws, [0.1, 0.9])
    debt = f"owed like a debt of {money(minimum_present_value_usd.item())}"
    rows = [
        Treatment(
            "Microsoft", "Equity and sales", "Two deals, shares bought at fair value",
            f"revenue {money(receipts)}, nothing taken off", own_told, "ASC 606-10-32-26",
        ),
        Treatment(
            "", "", "Paid to a customer, shares worth our value",
            f"{percent(rate)} off the pledge", f"overpaid by {money(microsoft_excess_usd.item())}",
            "ASC 606-10-32-26",
        ),
        Treatment(
            "", "", "Paid to a customer, shares not distinct",
            f"{percent(most)} off the pledge of {money(pledge)}",
            f"{money(microsoft_equity_total_usd.item())} of equity", "ASC 606-10-32-25",
        ),
        Treatment(
            "", "Backlog", "Only what is owed, or all of it",
            f"{money_span(minimum, pledge)} of obligations to perform",
            f"{money(receipts)} expected by 2035", "ASC 606-10-50-13",
        ),
        Treatment(
            "", "The gigawatt", "An option without a material right",
            "not in the backlog until it is used", "a ceiling, no promise", "ASC 606-10-55-43",
        ),
        Treatment(
            "", "Minimums not used", "As rights are used, or once their use is remote",
            _sooner_or_later(unused),
            "paid for, never used", "ASC 606-10-55-48",
        ),
        Treatment(
            "", "Service or lease", "A lease if chips are identified and Anthropic directs them",
            "the same sum, as income from leases", "the same payments", "ASC 842-10-15-3",
        ),
        Treatment(
            "", "Useful life of the chips", "Written off more slowly than they wear out",
            f"{percent(book_left_at_term_share.item())} of cost left when the term ends, "
            f"{percent(worn_out_at_term_share.item())} when they are worn out",
            "nothing left when they are worn out", "",
        ),
        Treatment(
            "Microsoft, Nvidia", "The stakes", "Cost until a price of the same shares is seen",
            f"gains of {money(microsoft_price_gain_usd.item())} and "
            f"{money(nvidia_price_gain_usd.item())} at the newest mark (E10b)",
            f"{money(microsoft_fair_gain_usd.item())} and {money(nvidia_fair_gain_usd.item())} at "
            "our fair value", "ASC 321-10-35-2",
        ),
        Treatment(
            "", "", "Equity method, with significant influence and shares like common ones",
            f"{money(microsoft_equity_method_usd.item())} and "
            f"{money(nvidia_equity_method_usd.item())} of Anthropic's coming year",
            "the same, whatever is booked", "ASC 323-10-15-7",
        ),
        Treatment(
            "Nvidia", "Equity and sales", "Anthropic is a customer of its customer, or is not",
            _nvidia_books(nvidia_excess_usd.item(), commitment_chips_total_usd.item()),
            f"{percent(nvidia_self_funded_revenue_share.item())} of chip sales is its own money "
            "pro rata", "ASC 606-10-32-25",
        ),
        Treatment(
            "Anthropic", "The commitment", "A service not yet given",
            "no liability; a note, if it is owed without condition", debt,
            "ASC 440-10-50-2",
        ),
        Treatment(
            "", "", "A lease, once the chips serve",
            f"liability of up to {money(commitment_present_value_usd.item())}",
            debt, "ASC 842-10-15-3",
        ),
    ]  # fmt: skip
    frame = pd.DataFrame(
        {
            "Party": [row.party for row in rows],
            "Question": [row.question for row in rows],
            "Treatment": [row.treatment for row in rows],
            "In the books": [row.books for row in rows],
            "In economic terms": [row.economics for row in rows],
            "Rule": [_cited(row.rule) for row in rows],
        }
    )
    drawn = microsoft_reduction_rate_draws[~np.isnan(microsoft_reduction_rate_draws)]
    low, high = np.quantile(drawn, [0.1, 0.9]) if drawn.size else (np.nan, np.nan)
    drawn_told = percent_span(float(low), float(high)) if high else "nothing"
    stated = [facts[each] for each in STATED if each in facts]
    return Exhibit(
        id="E36",
        title=f"If the shares are worth our value the rule takes {_taken(rate)} off what Microsoft "
        f"books under the commitment, while {percent(own)} of that is its own money: both are right"
        if not np.isnan(rate) and not np.isnan(own)
        else "The rule and the money answer different questions, and both are right",
        body=table(frame),
        alt=read_aloud(frame.drop(columns="Rule"), rows=len(frame)),
        data=frame.drop(columns="Rule").assign(Rule=[_marked(row.rule) for row in rows]),
        notes=(
            "No company has said how it books the deal. These are the treatments that the rules "
            "know, not what anyone does, and auditors decide on contracts that nobody outside has "
            "seen.",
            "Rules are cited by paragraph. The words of "
            f"{listed([_bare(each) for each in RULES])} were read, as quoted on the pages linked. "
            f"Those with an asterisk, {listed([_bare(each) for each in EXPLAINED])}, were not seen "
            "in their own words; the page linked names or explains them.",
            "Shares bought at fair value are a distinct good, and independent investors at the "
            "same price are strong evidence of fair value, so an auditor may well find nothing to "
            "take off. On our own value, eight draws in ten take off "
            f"{drawn_told}. Our value is of the briefing's date, discounted to the "
            "day of payment; a contract's first day may know less.",
            "A purchase is to be told in a note if it cannot freely be cancelled and was part of "
            "financing the facilities, among other conditions; whether this one is such is not "
            "disclosed. Where the buyer controls an identified asset it is a lease and no service.",
            "An empty party or question repeats the one above. Gains are as if all the money had "
            "been paid in; the companies have named none of theirs as Anthropic's.",
        ),
        facts=tuple(stated),
    )


def _sooner_or_later(unused_usd: np.ndarray) -> str:
    told = money_span(*unused_usd)
    return "no revenue" if told == money(0) else f"{told} of revenue, sooner or later"


def _taken(rate: float) -> str:
    return percent(rate) if rate else "nothing"


def _marked(rule: str) -> str:
    return f"{rule}{NOT_SEEN}" if rule in EXPLAINED else rule


def _cited(rule: str) -> Cell:
    return link(_marked(rule), (RULES | EXPLAINED)[rule] if rule else None)


def _bare(rule: str) -> str:
    """Topic and paragraph, for a list that has said what they are of."""
    return rule.removeprefix("ASC ")


def _nvidia_books(excess_usd: float, chips_usd: float) -> str:
    if excess_usd < 5e6:
        return f"nothing taken off {money(chips_usd)} of chips"
    return f"nothing or {money(excess_usd)} taken off {money(chips_usd)} of chips"


STATED = (
    "asc606-cpc", "asc606-asu", "undisclosed-revenue-recognition", "msft-investment-gains-q3",
    "nvda-ni-gaap-gap", "msft-bookings-230",
)  # fmt: skip
"""Facts that the explorer stands beside: the rule, and what has been reported so far."""
