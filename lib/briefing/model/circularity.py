"""Circularity: how much of what a seller receives is its own money coming back?

Cash is fungible, so the answer is an interval with a stated rule: `lower` (investors' money is
spent last), pro rata, `upper` (spent first). Pro rata is the average-cost tracing of Barlow Clowes
v Vaughan. Money is (draws, quarters, sources), the sources in order of SOURCES.
"""

import numpy as np

from briefing.model.measures.tracing import (
    lower_traced_share,
    pro_rata_mix,
    provenance_by_draw,
    share_of,
    upper_traced_share,
)

Array = np.ndarray

SOURCES = ("Microsoft", "Nvidia", "Other investors", "Customers")
MICROSOFT, NVIDIA, OTHERS, CUSTOMERS = range(4)


def _total(path: Array) -> Array:
    return np.sum(path, axis=-1, keepdims=True)


def anthropic_inflow_usd(
    microsoft_equity_usd: Array,
    nvidia_equity_usd: Array,
    other_investor_equity_usd: Array,
    gap_funding_usd: Array,
    revenue_usd: Array,
) -> Array:
    """Money that Anthropic takes in per quarter, by whose it is."""
    others = other_investor_equity_usd + gap_funding_usd
    return np.stack(
        np.broadcast_arrays(microsoft_equity_usd, nvidia_equity_usd, others, revenue_usd), axis=-1
    )


def anthropic_mix_share(
    anthropic_inflow_usd: Array, outlays_paid_usd: Array, opening_cash_usd: Array
) -> Array:
    """Share of each source in a dollar that Anthropic spends, pro rata, per quarter.

    Opening cash counts as other investors' money: it was there before either pledge.
    """
    opening = np.zeros((len(opening_cash_usd), len(SOURCES)))
    opening[:, OTHERS] = opening_cash_usd[:, 0]
    return pro_rata_mix(anthropic_inflow_usd, outlays_paid_usd, opening)


def traced_to_commitment_usd(
    anthropic_mix_share: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Microsoft's receipts under the commitment per quarter, by whose money it was, pro rata."""
    return anthropic_mix_share * azure_commitment_receipts_usd[..., None]


def commitment_receipts_total_usd(azure_commitment_receipts_usd: Array) -> Array:
    """All that Microsoft receives under the commitment within the horizon."""
    return _total(azure_commitment_receipts_usd)


def traced_return_usd(traced_to_commitment_usd: Array) -> Array:
    """Microsoft's own equity that comes back to it under the commitment, pro rata."""
    return _total(traced_to_commitment_usd[..., MICROSOFT])


def self_funded_revenue_share(
    traced_return_usd: Array, commitment_receipts_total_usd: Array
) -> Array:
    """Share of Microsoft's receipts under the commitment that is its own money, pro rata."""
    return share_of(traced_return_usd, commitment_receipts_total_usd)


def upper_self_funded_revenue_share(cumulative_upper_self_funded_revenue_share: Array) -> Array:
    """Upper bound: Microsoft's equity is spent on the commitment before any other money."""
    return cumulative_upper_self_funded_revenue_share[..., -1:]


def lower_self_funded_revenue_share(cumulative_lower_self_funded_revenue_share: Array) -> Array:
    """Lower bound: the commitment is paid with others' money as long as there is any."""
    return cumulative_lower_self_funded_revenue_share[..., -1:]


def investor_funded_revenue_share(
    traced_to_commitment_usd: Array, commitment_receipts_total_usd: Array
) -> Array:
    """Share of those receipts that is Microsoft's or Nvidia's equity, pro rata."""
    both = traced_to_commitment_usd[..., MICROSOFT] + traced_to_commitment_usd[..., NVIDIA]
    return share_of(_total(both), commitment_receipts_total_usd)


def upper_investor_funded_revenue_share(
    anthropic_inflow_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Upper bound: both investors' equity is spent on the commitment before any other money."""
    both = anthropic_inflow_usd[..., MICROSOFT] + anthropic_inflow_usd[..., NVIDIA]
    return upper_traced_share(both, azure_commitment_receipts_usd)[..., -1:]


def lower_investor_funded_revenue_share(
    anthropic_inflow_usd: Array, opening_cash_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Lower bound: the commitment is paid with customers' and other investors' money first."""
    untagged = anthropic_inflow_usd[..., OTHERS] + anthropic_inflow_usd[..., CUSTOMERS]
    return lower_traced_share(untagged, opening_cash_usd, azure_commitment_receipts_usd)[..., -1:]


def customer_funded_revenue_share(
    traced_to_commitment_usd: Array, commitment_receipts_total_usd: Array
) -> Array:
    """Share of those receipts that Anthropic's customers paid for, pro rata.

    Microsoft is one of the customers, where it buys Claude for its own products.
    """
    return share_of(_total(traced_to_commitment_usd[..., CUSTOMERS]), commitment_receipts_total_usd)


def upper_customer_funded_revenue_share(
    anthropic_inflow_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Upper bound: customers' money is spent on the commitment before any other."""
    return upper_traced_share(anthropic_inflow_usd[..., CUSTOMERS], azure_commitment_receipts_usd)[
        ..., -1:
    ]


def lower_customer_funded_revenue_share(
    anthropic_inflow_usd: Array, opening_cash_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Lower bound: the commitment is paid with investors' money as long as there is any."""
    untagged = np.delete(anthropic_inflow_usd, CUSTOMERS, axis=-1).sum(axis=-1)
    return lower_traced_share(untagged, opening_cash_usd, azure_commitment_receipts_usd)[..., -1:]


def azure_receipts_total_usd(azure_receipts_usd: Array) -> Array:
    """All that Anthropic pays Azure within the horizon, beyond the commitment too."""
    return _total(azure_receipts_usd)


def nvidia_money_to_azure_usd(anthropic_mix_share: Array, azure_receipts_usd: Array) -> Array:
    """Nvidia's equity that reaches Azure per quarter, pro rata."""
    return anthropic_mix_share[..., NVIDIA] * azure_receipts_usd


def chip_purchases_total_usd(chip_purchases_usd: Array) -> Array:
    """All that Microsoft pays Nvidia for this capacity within the horizon."""
    return _total(chip_purchases_usd)


def nvidia_self_funded_revenue_share(cumulative_nvidia_self_funded_revenue_share: Array) -> Array:
    """Share of those chip sales that is Nvidia's own money, pro rata, with a ring-fenced pool.

    Each quarter's chips are paid first from what Anthropic paid Azure in that quarter, the rest
    from Microsoft's own cash.
    """
    return cumulative_nvidia_self_funded_revenue_share[..., -1:]


def treasury_nvidia_self_funded_revenue_share(
    nvidia_money_to_azure_usd: Array,
    chip_purchases_usd: Array,
    microsoft_quarterly_revenue_usd: Array,
    chip_purchases_total_usd: Array,
) -> Array:
    """The same, pro rata, when Azure's receipts mix with all of Microsoft's revenue first."""
    own_share = nvidia_money_to_azure_usd / microsoft_quarterly_revenue_usd
    return share_of(_total(own_share * chip_purchases_usd), chip_purchases_total_usd)


def upper_nvidia_self_funded_revenue_share(
    cumulative_upper_nvidia_self_funded_revenue_share: Array,
) -> Array:
    """Upper bound: Nvidia's equity goes to Azure first, and from Azure to Nvidia first.

    Chips are paid before the capacity earns, so dates bind here: no dollar comes back before it
    has left.
    """
    return cumulative_upper_nvidia_self_funded_revenue_share[..., -1:]


def lower_nvidia_self_funded_revenue_share(
    cumulative_lower_nvidia_self_funded_revenue_share: Array,
) -> Array:
    """Lower bound: Microsoft pays for the chips with its other revenue as far as that goes."""
    return cumulative_lower_nvidia_self_funded_revenue_share[..., -1:]


def round_trip_share(microsoft_equity_total_usd: Array, azure_due_usd: Array) -> Array:
    """The press's ratio: pledge over purchases, as if no other dollar ever paid for Azure."""
    purchases = _total(azure_due_usd)
    return share_of(np.minimum(microsoft_equity_total_usd, purchases), purchases)


def steady_self_funded_revenue_share(
    anthropic_inflow_usd: Array, opening_cash_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """The pro-rata share if the whole horizon were one steady flow: what it is without dates."""
    totals = anthropic_inflow_usd.sum(axis=1)
    microsoft, nvidia, anthropic = range(3)
    external = np.zeros((len(totals), 3))
    external[:, anthropic] = totals[:, OTHERS] + totals[:, CUSTOMERS] + opening_cash_usd[:, 0]
    financing, operating = np.zeros((2, len(totals), 3, 3))
    financing[:, microsoft, anthropic] = totals[:, MICROSOFT]
    financing[:, nvidia, anthropic] = totals[:, NVIDIA]
    operating[:, anthropic, microsoft] = _total(azure_commitment_receipts_usd)[:, 0]
    steady = provenance_by_draw(external, financing, operating)
    return steady.self_funded_share[:, [microsoft]]


def prefunded_years(
    anthropic_inflow_usd: Array, azure_receipts_usd: Array, quarter_start_years: Array
) -> Array:
    """Years from the start until Azure has first received more than both investors paid in."""
    both = np.cumsum(anthropic_inflow_usd[..., [MICROSOFT, NVIDIA]].sum(axis=-1), axis=-1)
    passed = np.cumsum(azure_receipts_usd, axis=-1) > both + 1.0
    first = np.argmax(passed, axis=-1, keepdims=True)
    starts = np.broadcast_to(quarter_start_years, passed.shape)
    reached = np.take_along_axis(starts, first, axis=-1)
    return np.where(passed.any(axis=-1, keepdims=True), reached, np.inf)
