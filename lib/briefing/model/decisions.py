"""Decisions: what stated readers gain by acting, and which undisclosed terms they would act on.

Knowing a number is worth something only to somebody who would then do something else. Gains are
those of a reader who weighs a dollar won like a dollar lost. Terms are grouped by the document in
which they could be read together, each by the name of its assumption.
"""

from collections.abc import Mapping

import numpy as np

Array = np.ndarray

Known = Mapping[str, Array]
"""What would be known together, by the names of the assumptions."""


def held_stake_gain_usd(
    decision_stake_usd: Array, equity_value_usd: Array, last_round_value_usd: Array
) -> Array:
    """What holding shares priced like the last round gains over selling them at that price."""
    return decision_stake_usd * (equity_value_usd / last_round_value_usd - 1)


def forward_commitment_receipts_usd(
    azure_commitment_receipts_usd: Array, years_ahead_years: Array
) -> Array:
    """What Microsoft receives under the commitment in the four quarters after the date."""
    ahead = (years_ahead_years > 0) & (years_ahead_years < 1)
    return np.sum(np.where(ahead, azure_commitment_receipts_usd, 0.0), axis=-1, keepdims=True)


def azure_schedule_terms(
    azure_term_years: Array, azure_ramp_years: Array, azure_start_years: Array
) -> Known:
    """Over how long the commitment runs, and how fast it starts."""
    return {
        "azure_term_years": azure_term_years,
        "azure_ramp_years": azure_ramp_years,
        "azure_start_years": azure_start_years,
    }


def azure_minimum_terms(azure_take_or_pay_share: Array, termination_fee_share: Array) -> Known:
    """How much of the commitment is owed used or not, and what leaving it costs."""
    return {
        "azure_take_or_pay_share": azure_take_or_pay_share,
        "termination_fee_share": termination_fee_share,
    }


def azure_price_terms(azure_margin_share: Array, tenant_cost_usd_per_gw_year: Array) -> Known:
    """What Azure's capacity costs Anthropic, and what Microsoft keeps of it."""
    return {
        "azure_margin_share": azure_margin_share,
        "tenant_cost_usd_per_gw_year": tenant_cost_usd_per_gw_year,
    }


def gigawatt_terms(
    gw_reading: Array,
    capacity_option_drawn_share: Array,
    capacity_option_start_years: Array,
    capacity_option_ramp_years: Array,
    capacity_option_term_years: Array,
) -> Known:
    """Whether the gigawatt comes on top, how much of it is taken, and when."""
    return {
        "gw_reading": gw_reading,
        "capacity_option_drawn_share": capacity_option_drawn_share,
        "capacity_option_start_years": capacity_option_start_years,
        "capacity_option_ramp_years": capacity_option_ramp_years,
        "capacity_option_term_years": capacity_option_term_years,
    }


def equity_terms(
    microsoft_equity_placed_usd: Array,
    microsoft_equity_drawn_share: Array,
    nvidia_equity_placed_usd: Array,
    nvidia_equity_drawn_share: Array,
    equity_start_years: Array,
    equity_spread_years: Array,
    strategic_post_money_usd: Array,
    strategic_money_in_rounds_share: Array,
) -> Known:
    """How much the two pay in, when, at what price, and whether rounds count it already."""
    return {
        "microsoft_equity_placed_usd": microsoft_equity_placed_usd,
        "microsoft_equity_drawn_share": microsoft_equity_drawn_share,
        "nvidia_equity_placed_usd": nvidia_equity_placed_usd,
        "nvidia_equity_drawn_share": nvidia_equity_drawn_share,
        "equity_start_years": equity_start_years,
        "equity_spread_years": equity_spread_years,
        "strategic_post_money_usd": strategic_post_money_usd,
        "strategic_money_in_rounds_share": strategic_money_in_rounds_share,
    }


def compute_contract_terms(
    azure_largest_compute_share: Array, other_take_or_pay_share: Array
) -> Known:
    """How Anthropic's compute is shared out, and how firmly the rest of it is contracted."""
    return {
        "azure_largest_compute_share": azure_largest_compute_share,
        "other_take_or_pay_share": other_take_or_pay_share,
    }


def account_terms(
    recognised_revenue_share: Array,
    opening_gross_margin_share: Array,
    cost_of_revenue_compute_share: Array,
    opening_training_share: Array,
    opening_operating_expense_share: Array,
    opening_cash_usd: Array,
) -> Known:
    """What audited accounts of Anthropic would show about the present."""
    return {
        "recognised_revenue_share": recognised_revenue_share,
        "opening_gross_margin_share": opening_gross_margin_share,
        "cost_of_revenue_compute_share": cost_of_revenue_compute_share,
        "opening_training_share": opening_training_share,
        "opening_operating_expense_share": opening_operating_expense_share,
        "opening_cash_usd": opening_cash_usd,
    }


def use_terms(azure_commitment_drawn_share: Array) -> Known:
    """How much of the commitment Anthropic means to use: no term, so no document tells it."""
    return {"azure_commitment_drawn_share": azure_commitment_drawn_share}


def outlook_terms(
    momentum_growth_rate: Array,
    growth_half_life_years: Array,
    mature_growth_rate: Array,
    mature_gross_margin_share: Array,
    gross_margin_ramp_years: Array,
    mature_training_share: Array,
    training_half_life_years: Array,
    mature_operating_expense_share: Array,
) -> Known:
    """Growth and costs still to come, which no document tells either."""
    return {
        "momentum_growth_rate": momentum_growth_rate,
        "growth_half_life_years": growth_half_life_years,
        "mature_growth_rate": mature_growth_rate,
        "mature_gross_margin_share": mature_gross_margin_share,
        "gross_margin_ramp_years": gross_margin_ramp_years,
        "mature_training_share": mature_training_share,
        "training_half_life_years": training_half_life_years,
        "mature_operating_expense_share": mature_operating_expense_share,
    }
