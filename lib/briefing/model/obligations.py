"""Obligations: what Anthropic's promises to buy compute weigh, and what covers them.

A firm minimum is a debt with an asset beside it, the capacity; equity falls only by the onerous
part, what the minimum costs beyond the worth of the capacity. Which minimum is owed is disclosed
nowhere, so it is an assumption and the first thing to vary. Paths are (draws, quarters); present
values are those of what is still ahead on the briefing's date, at the borrower's cost of debt.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.discounting import present_value
from briefing.model.measures.onerous import onerous_part, worth
from briefing.model.measures.promises import (
    DAYS_A_YEAR,
    counted_usd,
    least_and_most_usd,
    notice_usd,
    span_years,
)
from briefing.model.measures.schedules import calendar_years, spread_share, window_share
from briefing.model.web import ALLIANCE

if TYPE_CHECKING:
    from briefing.inputs.facts import Fact, Ledger

Array = np.ndarray

QUARTERS_A_YEAR = 4

RUNG_OF_BINDING = {
    "firm": "take_or_pay", "conditional": "announced", "unknown": "announced", "up_to": "ceiling",
    "option": "ceiling", "letter_of_intent": "intent",
}  # fmt: skip
"""Where a promise stands that the ledger gives no rung of its own."""


class Promise(NamedTuple):
    """Compute that Anthropic has promised to buy from one supplier, per quarter."""

    supplier: str
    rung: str
    announced_usd: Array
    """Every dollar that was announced, over its stated or assumed term."""
    due_usd: Array
    """What of it the reading asked for counts."""
    minimum_usd: Array
    """What is owed whether used or not, if the assumed part of it is take-or-pay.

    Of what is not contracted by the evidence the firm reading assumes none.
    """
    facts: tuple[str, ...]


def promises_elsewhere(
    facts: "Ledger",
    firmness: Array,
    drawn_by_binding_share: Mapping[str, Array],
    other_take_or_pay_share: Array,
    web_purchase_term_years: Array,
    quarter_start_years: Array,
    years_to_as_of: Array,
) -> tuple[Promise, ...]:
    """Every commitment of Anthropic's in the ledger to another supplier than Azure, each once.

    A contract that can be cancelled is owed for the time of notice after the briefing's date and
    no longer. Power without a price is no obligation in dollars and is left out, so gigawatts of
    deals that overlap are never added up.
    """
    promises = (
        _promise(
            fact,
            facts,
            counted_usd(fact, firmness, drawn_by_binding_share),
            firmness,
            other_take_or_pay_share,
            web_purchase_term_years,
            quarter_start_years,
            years_to_as_of,
        )
        for fact in facts.payments_by("anthropic")
        if fact.payment_kind == "purchase" and fact.counterparty not in ALLIANCE.values()
    )
    return tuple(each for each in promises if np.any(each.announced_usd > 0))


def compute_promises(
    azure_scheduled_usd: Array,
    azure_due_usd: Array,
    azure_minimum_usd: Array,
    promises_elsewhere: tuple[Promise, ...],
) -> tuple[Promise, ...]:
    """Azure's commitment and every other."""
    azure = Promise(
        "microsoft",
        "announced",
        azure_scheduled_usd,
        azure_due_usd,
        azure_minimum_usd,
        ("alliance-azure-commit",),
    )
    return (azure, *promises_elsewhere)


def _promise(
    fact: "Fact",
    facts: "Ledger",
    counted: Array,
    firmness: Array,
    take_or_pay_share: Array,
    term_years: Array,
    quarter_start_years: Array,
    as_of_years: Array,
) -> Promise:
    rung = fact.rung or RUNG_OF_BINDING[fact.binding or "unknown"]
    start, length = span_years(fact, term_years)
    share = spread_share(quarter_start_years, QUARTER_YEARS, start, length)
    announced, due = least_and_most_usd(fact)[1] * share, counted * share
    minimum = np.where(firmness == "firm", 0.0, announced * take_or_pay_share)
    if rung == "cancellable":
        restated = tuple(facts[name] for name in fact.supersedes if name in facts)
        notice_years = np.full((1, 1), (fact.notice_days or 0.0) / DAYS_A_YEAR)
        minimum = notice_usd(fact, restated) * window_share(
            quarter_start_years, QUARTER_YEARS, as_of_years, notice_years
        )
        due = np.where(firmness == "firm", minimum, due)
    elif rung == "take_or_pay":
        minimum = announced
    due = np.maximum(due, minimum)
    return Promise(str(fact.counterparty), rung, announced, due, minimum, (fact.id,))


def commitments_due_usd(compute_promises: tuple[Promise, ...]) -> Array:
    """What Anthropic owes all suppliers of compute per quarter, as the reading counts it."""
    return sum((each.due_usd for each in compute_promises), np.zeros((1, 1)))


def elsewhere_minimum_usd(promises_elsewhere: tuple[Promise, ...]) -> Array:
    """What Anthropic owes suppliers other than Azure, used or not, per quarter."""
    return sum((each.minimum_usd for each in promises_elsewhere), np.zeros((1, 1)))


def commitments_minimum_usd(azure_minimum_usd: Array, elsewhere_minimum_usd: Array) -> Array:
    """What it owes them used or not, if the assumed part of every promise is take-or-pay."""
    return azure_minimum_usd + elsewhere_minimum_usd


def _ahead(path: Array, years_ahead_years: Array) -> Array:
    return np.where(years_ahead_years > 0, path, 0.0)


def _value_ahead(path: Array, rate: Array, years_ahead_years: Array) -> Array:
    ahead = np.maximum(years_ahead_years, 0.0)
    return present_value(_ahead(path, years_ahead_years), rate, ahead)


def commitments_ahead_usd(commitments_due_usd: Array, years_ahead_years: Array) -> Array:
    """All of it that still lies ahead within the horizon."""
    return np.sum(_ahead(commitments_due_usd, years_ahead_years), axis=-1, keepdims=True)


def azure_minimum_present_value_usd(
    azure_minimum_usd: Array, debt_rate: Array, years_ahead_years: Array
) -> Array:
    """Present value of Azure's minimum still ahead, at the borrower's cost of debt.

    It belongs to debt and, as capacity, to assets (CFA practice; Moody's and S&P likewise).
    """
    return _value_ahead(azure_minimum_usd, debt_rate, years_ahead_years)


def azure_onerous_usd(
    azure_minimum_usd: Array,
    azure_minimum_present_value_usd: Array,
    azure_largest_compute_share: Array,
    compute_need_usd: Array,
    capacity_worth_multiple: Array,
    resale_share: Array,
    debt_rate: Array,
    years_ahead_years: Array,
) -> Array:
    """Part of Azure's minimum that buys nothing of its worth, as a present value.

    Useful is what of the compute needed may go to Azure; no right to use a minimum later is
    assumed here, for none is disclosed.
    """
    useful = azure_largest_compute_share * compute_need_usd
    in_use, resold = worth(azure_minimum_usd, useful, capacity_worth_multiple, resale_share)
    worth_usd = _value_ahead(in_use + resold, debt_rate, years_ahead_years)
    return onerous_part(azure_minimum_present_value_usd, worth_usd)


def obligation_present_value_usd(
    commitments_minimum_usd: Array, debt_rate: Array, years_ahead_years: Array
) -> Array:
    """Present value of the minimums of all suppliers still ahead: debt, and capacity beside it."""
    return _value_ahead(commitments_minimum_usd, debt_rate, years_ahead_years)


def onerous_obligation_usd(
    azure_onerous_usd: Array,
    elsewhere_minimum_usd: Array,
    azure_minimum_usd: Array,
    azure_largest_compute_share: Array,
    compute_need_usd: Array,
    capacity_worth_multiple: Array,
    resale_share: Array,
    debt_rate: Array,
    years_ahead_years: Array,
) -> Array:
    """Part of all suppliers' minimums that buys nothing of its worth, as a present value.

    Azure's minimum is used as far as Azure may serve the need, the others' for the rest of it.
    """
    at_azure = np.minimum(azure_minimum_usd, azure_largest_compute_share * compute_need_usd)
    useful = compute_need_usd - at_azure
    in_use, resold = worth(elsewhere_minimum_usd, useful, capacity_worth_multiple, resale_share)
    owed, worth_usd = (
        _value_ahead(path, debt_rate, years_ahead_years)
        for path in (elsewhere_minimum_usd, in_use + resold)
    )
    return azure_onerous_usd + onerous_part(owed, worth_usd)


def overhang_present_value_usd(
    compute_overhang_usd: Array, debt_rate: Array, years_ahead_years: Array
) -> Array:
    """Compute paid for and not needed still ahead, which the cash flows carry in full.

    A present value like that of the minimums; nothing of it is sold on.
    """
    return np.maximum(_value_ahead(compute_overhang_usd, debt_rate, years_ahead_years), 0.0)


def minimum_partner_equity_multiple(
    azure_minimum_present_value_usd: Array,
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
) -> Array:
    """Azure's minimum still ahead, as a present value, over the equity that the partners pay.

    Infinite in a reading that counts no equity.
    """
    equity = microsoft_equity_total_usd + nvidia_equity_total_usd
    over = azure_minimum_present_value_usd / np.maximum(equity, 1.0)
    return np.where(equity > 0, over, np.inf)


def commitment_trailing_revenue_multiple(
    azure_commitment_usd: Array, trailing_revenue_usd: Array
) -> Array:
    """The commitment over twelve months of revenue that the ledger can add up."""
    return azure_commitment_usd / trailing_revenue_usd


def commitments_forward_revenue_multiple(
    commitments_ahead_usd: Array, forward_revenue_usd: Array
) -> Array:
    """Years of the coming four quarters' revenue that all commitments ahead equal."""
    return commitments_ahead_usd / forward_revenue_usd


def azure_schedule_revenue_share(
    azure_scheduled_usd: Array, revenue_usd: Array, years_ahead_years: Array
) -> Array:
    """Heaviest quarter of the announced schedule still ahead, over the revenue of that quarter."""
    return np.max(_ahead(azure_scheduled_usd / revenue_usd, years_ahead_years), -1, keepdims=True)


def compute_means_usd(
    revenue_usd: Array,
    operating_expense_usd: Array,
    cost_of_revenue_usd: Array,
    cost_of_revenue_compute_share: Array,
) -> Array:
    """Operating cash before compute, per quarter: what customers leave to pay for it."""
    other = cost_of_revenue_usd * (1 - cost_of_revenue_compute_share)
    return revenue_usd - operating_expense_usd - other


def first_uncovered_years(
    commitments_due_usd: Array,
    compute_means_usd: Array,
    quarter_start_years: Array,
    years_to_as_of: Array,
) -> Array:
    """Years until the first calendar year whose operating cash does not cover what falls due.

    Counted from the briefing's date over whole calendar years; infinite if every one is covered.
    Cash in hand and new money would come on top.
    """
    due, means = calendar_years(commitments_due_usd), calendar_years(compute_means_usd)
    starts = quarter_start_years[..., 1::QUARTERS_A_YEAR] - years_to_as_of
    short = (due > means) & (starts > 0)
    first = np.argmax(short, axis=-1, keepdims=True)
    years = np.take_along_axis(np.broadcast_to(starts, short.shape), first, axis=-1)
    return np.where(short.any(axis=-1, keepdims=True), years, np.inf)
