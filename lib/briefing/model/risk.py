"""Risk: what the commitment does to Anthropic when growth disappoints, and to its sellers."""

import numpy as np

Array = np.ndarray


def azure_shortfall_usd(azure_scheduled_usd: Array, azure_commitment_receipts_usd: Array) -> Array:
    """Part of the announced commitment that Microsoft does not receive within the horizon."""
    scheduled = np.sum(azure_scheduled_usd, axis=-1, keepdims=True)
    return scheduled - np.sum(azure_commitment_receipts_usd, axis=-1, keepdims=True)


def unused_minimum_usd(azure_due_usd: Array, azure_used_usd: Array) -> Array:
    """Minimums paid within the horizon for Azure compute that is never used."""
    return np.sum(azure_due_usd - azure_used_usd, axis=-1, keepdims=True)


def largest_azure_claim_share(
    azure_due_usd: Array, capacity_option_used_usd: Array, compute_bought_usd: Array
) -> Array:
    """Azure's largest quarterly bill as a share of all compute that Anthropic buys then."""
    return np.max(
        (azure_due_usd + capacity_option_used_usd) / compute_bought_usd, axis=-1, keepdims=True
    )


def commitment_present_value_usd(
    azure_scheduled_usd: Array, debt_rate: Array, quarter_start_years: Array
) -> Array:
    """The whole commitment at the start of the model, discounted like a firm debt.

    An upper bound of the obligation: a volume target that binds nobody is no debt at all.
    """
    middle = quarter_start_years + 0.125
    return np.sum(azure_scheduled_usd * (1 + debt_rate) ** -middle, axis=-1, keepdims=True)


def commitment_revenue_multiple(
    azure_commitment_usd: Array, known_run_rate_usd_per_year: Array
) -> Array:
    """Years of the newest known run-rate that the commitment equals; a run-rate is no revenue."""
    return azure_commitment_usd / known_run_rate_usd_per_year
