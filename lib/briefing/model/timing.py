"""Timing: when does an investor's money come back, and on which clock is that counted?

On the cash clock money counts when it is paid: chips precede the customer's payments. On the
economic clock purchases count when they are used: chips over their life, capacity as it is drawn.
A number on one clock is never mixed with one on the other. Paths are (draws, quarters).
"""

import numpy as np

from briefing.model.circularity import MICROSOFT, NVIDIA
from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.queues import served_cumulative
from briefing.model.measures.schedules import spread_share
from briefing.model.measures.tracing import (
    lower_traced_share,
    pro_rata_injection_time,
    share_of,
    upper_traced_share,
)

Array = np.ndarray


def _total(path: Array) -> Array:
    return np.sum(path, axis=-1, keepdims=True)


def cumulative_self_funded_revenue_share(
    traced_to_commitment_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Microsoft's own money in all that it has received by each quarter's end, pro rata."""
    own = np.cumsum(traced_to_commitment_usd[..., MICROSOFT], axis=-1)
    return share_of(own, np.cumsum(azure_commitment_receipts_usd, axis=-1))


def cumulative_upper_self_funded_revenue_share(
    anthropic_inflow_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Upper bound by each quarter's end: its equity went to the commitment first."""
    return upper_traced_share(anthropic_inflow_usd[..., MICROSOFT], azure_commitment_receipts_usd)


def cumulative_lower_self_funded_revenue_share(
    anthropic_inflow_usd: Array, opening_cash_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Lower bound by each quarter's end: the commitment was paid with others' money first."""
    others = np.delete(anthropic_inflow_usd, MICROSOFT, axis=-1).sum(axis=-1)
    return lower_traced_share(others, opening_cash_usd, azure_commitment_receipts_usd)


def nvidia_money_in_chips_usd(
    nvidia_money_to_azure_usd: Array, azure_receipts_usd: Array, chip_purchases_usd: Array
) -> Array:
    """Nvidia's equity in each quarter's chip payments, pro rata, with a ring-fenced pool."""
    own_share = nvidia_money_to_azure_usd / np.maximum(azure_receipts_usd, 1.0)
    return own_share * np.minimum(chip_purchases_usd, azure_receipts_usd)


def cumulative_nvidia_self_funded_revenue_share(
    nvidia_money_in_chips_usd: Array, chip_purchases_usd: Array
) -> Array:
    """Nvidia's own money in all chip sales by each quarter's end, pro rata, ring-fenced."""
    return share_of(
        np.cumsum(nvidia_money_in_chips_usd, axis=-1), np.cumsum(chip_purchases_usd, axis=-1)
    )


def cumulative_upper_nvidia_self_funded_revenue_share(
    anthropic_inflow_usd: Array, azure_receipts_usd: Array, chip_purchases_usd: Array
) -> Array:
    """Upper bound by each quarter's end, with no dollar back before it has left."""
    tagged, receipts = np.broadcast_arrays(anthropic_inflow_usd[..., NVIDIA], azure_receipts_usd)
    reaching = np.diff(served_cumulative(tagged, receipts), prepend=0.0, axis=-1)
    reaching, chips = np.broadcast_arrays(reaching, chip_purchases_usd)
    return share_of(served_cumulative(reaching, chips), np.cumsum(chips, axis=-1))


def quarterly_self_funded_revenue_share(
    traced_to_commitment_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Microsoft's own money in each single quarter's receipts, pro rata."""
    return share_of(traced_to_commitment_usd[..., MICROSOFT], azure_commitment_receipts_usd)


def peak_self_funded_share(quarterly_self_funded_revenue_share: Array) -> Array:
    """Largest share that its own money reaches in any quarter's receipts."""
    return np.max(np.nan_to_num(quarterly_self_funded_revenue_share), axis=-1, keepdims=True)


def peak_self_funded_years(
    quarterly_self_funded_revenue_share: Array, quarter_start_years: Array
) -> Array:
    """Start of the quarter in which that share is largest, in years from the model's start."""
    shares = np.nan_to_num(quarterly_self_funded_revenue_share)
    starts = np.broadcast_to(quarter_start_years, shares.shape)
    peak = np.argmax(shares, axis=-1, keepdims=True)
    return np.take_along_axis(starts, peak, axis=-1)


def round_trip_lag_years(
    microsoft_equity_usd: Array,
    traced_to_commitment_usd: Array,
    cash_usd: Array,
    outlays_paid_usd: Array,
    quarter_start_years: Array,
) -> Array:
    """Mean time that a dollar of Microsoft's equity which comes back has been away, pro rata."""
    kept = cash_usd / (cash_usd + outlays_paid_usd)
    left = pro_rata_injection_time(microsoft_equity_usd, kept, quarter_start_years)
    back = traced_to_commitment_usd[..., MICROSOFT]
    return share_of(_total(back * (quarter_start_years - left)), _total(back))


def chip_use_usd(
    chip_purchases_usd: Array,
    build_lead_years: Array,
    gpu_life_years: Array,
    quarter_start_years: Array,
) -> Array:
    """Chips as they wear out: each purchase spread evenly over its life in service.

    Straight-line depreciation from the quarter in which the capacity starts to earn; what wears
    out after the horizon is left out.
    """
    in_service = quarter_start_years + build_lead_years
    used = np.zeros((1, 1))
    # One purchase at a time, so that its wear in all draws stays in the cache.
    for quarter in range(chip_purchases_usd.shape[-1]):
        bought, start = chip_purchases_usd[:, [quarter]], in_service[:, [quarter]]
        worn = spread_share(quarter_start_years, QUARTER_YEARS, start, gpu_life_years)
        used = used + bought * worn
    return used


def economic_nvidia_self_funded_revenue_share(chip_use_by_source_usd: Array) -> Array:
    """Nvidia's own money in the chips used up, economic clock, pro rata, ring-fenced.

    Each quarter's wear is paid first from what Anthropic paid Azure in that quarter.
    """
    return share_of(chip_use_by_source_usd[:, [NVIDIA]], _total(chip_use_by_source_usd))


def economic_self_funded_revenue_share(
    anthropic_mix_share: Array, azure_used_usd: Array, paid_share: Array
) -> Array:
    """Microsoft's own money in the Azure capacity used, economic clock, pro rata."""
    used = azure_used_usd * paid_share
    return share_of(_total(anthropic_mix_share[..., MICROSOFT] * used), _total(used))


def compute_purse_self_funded_revenue_share(
    microsoft_equity_usd: Array,
    nvidia_equity_usd: Array,
    compute_bought_usd: Array,
    paid_share: Array,
    azure_commitment_receipts_usd: Array,
) -> Array:
    """Microsoft's own money if both investors' equity may pay for compute only, and does so first.

    Between suppliers of compute it is spread as the purchases are. Whether proceeds are earmarked
    is undisclosed.
    """
    both = microsoft_equity_usd + nvidia_equity_usd
    both, compute = np.broadcast_arrays(both, compute_bought_usd * paid_share)
    spent = np.diff(served_cumulative(both, compute), prepend=0.0, axis=-1)
    microsofts = share_of(_total(microsoft_equity_usd), _total(both))
    in_compute = spent * np.nan_to_num(microsofts) / np.maximum(compute, 1.0)
    own = np.minimum(in_compute, 1.0) * azure_commitment_receipts_usd
    return share_of(_total(own), _total(azure_commitment_receipts_usd))


MICROSOFTS_CASH = "Microsoft's own cash"


def chip_money_by_source_usd(
    anthropic_mix_share: Array, azure_receipts_usd: Array, chip_purchases_usd: Array
) -> Array:
    """Chip sales for this capacity by whose money pays them, cash clock, (draws, sources + 1).

    Sources are those of Anthropic's purse, as far as each quarter's receipts go; the last column
    is what Microsoft pays ahead from its own cash.
    """
    return _by_source(anthropic_mix_share, azure_receipts_usd, chip_purchases_usd)


def chip_use_by_source_usd(
    anthropic_mix_share: Array, azure_receipts_usd: Array, chip_use_usd: Array
) -> Array:
    """The same for chips as they wear out, economic clock."""
    return _by_source(anthropic_mix_share, azure_receipts_usd, chip_use_usd)


def _by_source(mix_share: Array, receipts: Array, chips: Array) -> Array:
    chips, receipts = np.broadcast_arrays(chips, receipts)
    from_receipts = np.minimum(chips, receipts)
    purse = np.sum(mix_share * from_receipts[..., None], axis=1)
    ahead = np.sum(chips - from_receipts, axis=-1, keepdims=True)
    return np.concatenate([purse, ahead], axis=-1)


def cumulative_lower_nvidia_self_funded_revenue_share(
    microsoft_quarterly_revenue_usd: Array, chip_purchases_usd: Array
) -> Array:
    """Lower bound by each quarter's end: Microsoft paid with its other revenue first."""
    return lower_traced_share(microsoft_quarterly_revenue_usd, 0.0, chip_purchases_usd)
