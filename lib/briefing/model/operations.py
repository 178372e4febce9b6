"""Anthropic's operations: what it earns, what compute it needs, and when its cash runs out.

All paths are (draws, quarters). Revenue does not depend on whether compute can be paid for: where
funding fails, the unpaid part is shown as such and the revenue is too kind.
"""

from typing import NamedTuple

import numpy as np

from briefing.model.deal import QUARTER_YEARS

Array = np.ndarray


def known_growth(
    opening_run_rate_usd_per_year: Array,
    opening_run_rate_years: Array,
    known_run_rate_usd_per_year: Array,
    known_run_rate_years: Array,
) -> Array:
    """Logarithmic growth per year between the opening and the newest known run-rate."""
    span = np.maximum(known_run_rate_years - opening_run_rate_years, 1e-9)
    return np.log(known_run_rate_usd_per_year / opening_run_rate_usd_per_year) / span


def _fading_growth(
    years: Array, momentum_growth_rate: Array, mature_growth_rate: Array, half_life_years: Array
) -> Array:
    """Logarithmic growth gained within `years` while its excess over the mature rate halves."""
    mature = np.log1p(mature_growth_rate)
    decay_years = half_life_years / np.log(2)
    excess = np.log1p(momentum_growth_rate) - mature
    return mature * years + excess * decay_years * (1 - np.exp(-years / decay_years))


def years_since_run_rate_years(quarter_start_years: Array, known_run_rate_years: Array) -> Array:
    """Years from the newest known run-rate to the middle of each quarter; negative before it."""
    return quarter_start_years + QUARTER_YEARS / 2 - known_run_rate_years


def run_rate_usd_per_year(
    known_run_rate_usd_per_year: Array,
    known_growth: Array,
    years_since_run_rate_years: Array,
    momentum_growth_rate: Array,
    mature_growth_rate: Array,
    growth_half_life_years: Array,
) -> Array:
    """Run-rate at mid-quarter: along the known figures, then growth that halves its excess.

    Between the opening and the newest known run-rate growth is even; after it the yearly growth
    (in logarithms) falls from momentum towards its mature rate with the stated half-life.
    """
    after = np.maximum(years_since_run_rate_years, 0)
    growth = known_growth * np.minimum(years_since_run_rate_years, 0) + _fading_growth(
        after, momentum_growth_rate, mature_growth_rate, growth_half_life_years
    )
    return known_run_rate_usd_per_year * np.exp(growth)


def plan_over_outcome_multiple(
    years_since_run_rate_years: Array,
    momentum_growth_rate: Array,
    mature_growth_rate: Array,
    growth_half_life_years: Array,
    planned_growth_half_life_years: Array,
) -> Array:
    """Revenue that Anthropic plans for over revenue that comes, per quarter."""
    after = np.maximum(years_since_run_rate_years, 0)
    planned, coming = (
        _fading_growth(after, momentum_growth_rate, mature_growth_rate, half_life)
        for half_life in (planned_growth_half_life_years, growth_half_life_years)
    )
    return np.exp(planned - coming)


def revenue_usd(run_rate_usd_per_year: Array, recognised_revenue_share: Array) -> Array:
    """Revenue per quarter: a quarter of the run-rate, less what is not recognised as revenue."""
    return run_rate_usd_per_year * QUARTER_YEARS * recognised_revenue_share


def gross_margin_share(
    quarter_start_years: Array,
    opening_gross_margin_share: Array,
    mature_gross_margin_share: Array,
    gross_margin_ramp_years: Array,
) -> Array:
    """Gross margin, moving in a straight line from its opening to its mature level."""
    progress = np.clip(quarter_start_years / gross_margin_ramp_years, 0, 1)
    return opening_gross_margin_share + progress * (
        mature_gross_margin_share - opening_gross_margin_share
    )


def cost_of_revenue_usd(revenue_usd: Array, gross_margin_share: Array) -> Array:
    """Cost of serving customers: inference compute, resellers' cut, support."""
    return revenue_usd * (1 - gross_margin_share)


def training_share(
    quarter_start_years: Array,
    opening_training_share: Array,
    mature_training_share: Array,
    training_half_life_years: Array,
) -> Array:
    """Training compute as a share of revenue, halving its excess over the mature level."""
    excess = opening_training_share - mature_training_share
    return mature_training_share + excess * 0.5 ** (quarter_start_years / training_half_life_years)


def training_usd(revenue_usd: Array, training_share: Array) -> Array:
    """Compute that is useful to train models, per quarter."""
    return revenue_usd * training_share


def operating_expense_usd(
    revenue_usd: Array,
    quarter_start_years: Array,
    opening_operating_expense_share: Array,
    mature_operating_expense_share: Array,
    training_half_life_years: Array,
) -> Array:
    """People, sales and offices, as a share of revenue that falls with the same half-life."""
    excess = opening_operating_expense_share - mature_operating_expense_share
    decay = 0.5 ** (quarter_start_years / training_half_life_years)
    return revenue_usd * (mature_operating_expense_share + excess * decay)


def compute_need_usd(
    cost_of_revenue_usd: Array, cost_of_revenue_compute_share: Array, training_usd: Array
) -> Array:
    """Compute that Anthropic needs from anybody, per quarter: to serve and to train."""
    return cost_of_revenue_usd * cost_of_revenue_compute_share + training_usd


def needed_elsewhere_usd(
    compute_need_usd: Array, azure_used_usd: Array, capacity_option_used_usd: Array
) -> Array:
    """Compute needed of other suppliers than Azure, per quarter.

    Negative in the headline reading where Azure alone is paid for more than is needed.
    """
    return compute_need_usd - azure_used_usd - capacity_option_used_usd


def compute_overhang_usd(
    elsewhere_minimum_usd: Array,
    needed_elsewhere_usd: Array,
    azure_due_usd: Array,
    azure_used_usd: Array,
) -> Array:
    """Compute paid for beyond need, per quarter: minimums that nothing is used for.

    Suppliers stand in for each other, up to the largest share that Azure can take, so what is owed
    anyway is used first; where clouds and chips cannot replace each other, more lies idle. Azure's
    minimums paid ahead of use count when paid and are credited, negative, when used later.
    """
    idle = np.maximum(elsewhere_minimum_usd - needed_elsewhere_usd, 0)
    return idle + azure_due_usd - azure_used_usd


def compute_bought_usd(compute_need_usd: Array, compute_overhang_usd: Array) -> Array:
    """Compute that Anthropic pays for, needed or not, per quarter."""
    return compute_need_usd + compute_overhang_usd


def operating_income_usd(
    revenue_usd: Array,
    cost_of_revenue_usd: Array,
    training_usd: Array,
    operating_expense_usd: Array,
) -> Array:
    """Revenue less what running it needs, before tax and before compute paid for nothing."""
    return revenue_usd - cost_of_revenue_usd - training_usd - operating_expense_usd


def tax_usd(operating_income_usd: Array, compute_overhang_usd: Array, tax_rate: Array) -> Array:
    """Tax on quarters with income; losses carried forward are left out, which is unkind."""
    return np.maximum(operating_income_usd - compute_overhang_usd, 0) * tax_rate


def free_cash_flow_usd(
    operating_income_usd: Array, compute_overhang_usd: Array, tax_usd: Array
) -> Array:
    """Cash that the operations leave per quarter, before any investor pays in."""
    return operating_income_usd - compute_overhang_usd - tax_usd


def outlays_due_usd(revenue_usd: Array, free_cash_flow_usd: Array) -> Array:
    """Everything that Anthropic has to pay per quarter."""
    return revenue_usd - free_cash_flow_usd


def _round_share(quarter_start_years: Array, round_years: Array) -> Array:
    starts = quarter_start_years
    return np.where((round_years >= starts) & (round_years < starts + QUARTER_YEARS), 1.0, 0.0)


def other_investor_equity_usd(
    quarter_start_years: Array,
    next_round_usd: Array,
    next_round_years: Array,
    later_round_usd: Array,
    later_round_years: Array,
    strategic_money_in_rounds_share: Array,
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
    financing_open_share: Array,
) -> Array:
    """Equity from everybody else in the rounds known so far, per quarter.

    The rounds include strategic money pledged earlier, so that part is taken off: sum rounds,
    never rounds plus pledges.
    """
    rounds = next_round_usd * _round_share(quarter_start_years, next_round_years)
    rounds = rounds + later_round_usd * _round_share(quarter_start_years, later_round_years)
    total = np.sum(rounds, axis=-1, keepdims=True)
    strategic = microsoft_equity_total_usd + nvidia_equity_total_usd
    included = np.minimum(strategic * strategic_money_in_rounds_share, total)
    others_share = 1 - included / np.maximum(total, 1.0)
    return rounds * others_share * financing_open_share


def committed_cash_usd(
    opening_cash_usd: Array,
    free_cash_flow_usd: Array,
    microsoft_equity_usd: Array,
    nvidia_equity_usd: Array,
    other_investor_equity_usd: Array,
) -> Array:
    """Cash at each quarter's end if nobody pays in more than is known; may fall below zero."""
    equity = microsoft_equity_usd + nvidia_equity_usd + other_investor_equity_usd
    return opening_cash_usd + np.cumsum(free_cash_flow_usd + equity, axis=-1)


def lowest_cash_usd(committed_cash_usd: Array, years_ahead_years: Array) -> Array:
    """Lowest point of that cash still to come; negative where known money runs out."""
    ahead = np.where(years_ahead_years > 0, committed_cash_usd, np.inf)
    return np.min(ahead, axis=-1, keepdims=True)


def peak_funding_gap_usd(lowest_cash_usd: Array) -> Array:
    """Most that Anthropic needs beyond the money known so far; zero if it never needs any."""
    return np.maximum(-lowest_cash_usd, 0)


def runway_years(
    committed_cash_usd: Array, quarter_start_years: Array, years_to_as_of: Array
) -> Array:
    """Years from the briefing's date until known money is spent; infinite if it never is."""
    short = committed_cash_usd < 0
    first = np.argmax(short, axis=-1, keepdims=True)
    ends = np.broadcast_to(quarter_start_years + QUARTER_YEARS, committed_cash_usd.shape)
    years = np.take_along_axis(ends, first, axis=-1) - years_to_as_of
    return np.where(short.any(axis=-1, keepdims=True), np.maximum(years, 0.0), np.inf)


class CashLedger(NamedTuple):
    """Anthropic's cash, quarter by quarter: what came in, what was paid, what remains."""

    cash_usd: Array
    gap_funding_usd: Array
    outlays_paid_usd: Array


def cash_ledger(
    opening_cash_usd: Array,
    revenue_usd: Array,
    outlays_due_usd: Array,
    microsoft_equity_usd: Array,
    nvidia_equity_usd: Array,
    other_investor_equity_usd: Array,
    cash_buffer_years: Array,
    financing_open_share: Array,
) -> CashLedger:
    """Roll cash forward. A shortfall is an explicit payment by new investors while they still pay.

    Once they do not, outlays are paid as far as the cash goes, and no pool is ever overdrawn.
    """
    equity = microsoft_equity_usd + nvidia_equity_usd + other_investor_equity_usd
    inflow = revenue_usd + equity
    due = np.broadcast_to(outlays_due_usd, np.broadcast_shapes(inflow.shape, outlays_due_usd.shape))
    buffer = cash_buffer_years * due / QUARTER_YEARS
    wanted = buffer * np.ones_like(financing_open_share)
    cash, gap, paid = (np.zeros(wanted.shape) for _ in range(3))
    balance = opening_cash_usd[..., 0]
    for quarter in range(wanted.shape[-1]):
        available = balance + inflow[..., quarter]
        missing = due[..., quarter] + wanted[..., quarter] - available
        gap[..., quarter] = np.maximum(missing, 0) * financing_open_share[..., quarter]
        available = available + gap[..., quarter]
        paid[..., quarter] = np.minimum(due[..., quarter], available)
        balance = available - paid[..., quarter]
        cash[..., quarter] = balance
    return CashLedger(cash, gap, paid)


def cash_usd(cash_ledger: CashLedger) -> Array:
    """Anthropic's cash at each quarter's end, after new investors filled any gap."""
    return cash_ledger.cash_usd


def gap_funding_usd(cash_ledger: CashLedger) -> Array:
    """Money that new investors must bring per quarter to keep the cash buffer."""
    return cash_ledger.gap_funding_usd


def outlays_paid_usd(cash_ledger: CashLedger) -> Array:
    """What Anthropic really pays per quarter."""
    return cash_ledger.outlays_paid_usd


def paid_share(outlays_paid_usd: Array, outlays_due_usd: Array) -> Array:
    """Share of what is due that is paid; every payee is treated alike."""
    return outlays_paid_usd / outlays_due_usd


def unpaid_usd(outlays_due_usd: Array, outlays_paid_usd: Array) -> Array:
    """What Anthropic owes over the horizon and has no money for."""
    return np.sum(outlays_due_usd - outlays_paid_usd, axis=-1, keepdims=True)


def azure_commitment_receipts_usd(azure_due_usd: Array, paid_share: Array) -> Array:
    """What Microsoft receives under the commitment per quarter."""
    return azure_due_usd * paid_share


def capacity_option_receipts_usd(capacity_option_used_usd: Array, paid_share: Array) -> Array:
    """What Microsoft receives for capacity beyond the commitment per quarter."""
    return capacity_option_used_usd * paid_share


def azure_receipts_usd(
    azure_commitment_receipts_usd: Array, capacity_option_receipts_usd: Array
) -> Array:
    """What Anthropic pays Microsoft for Azure per quarter, counted as Nvidia-based capacity."""
    return azure_commitment_receipts_usd + capacity_option_receipts_usd
