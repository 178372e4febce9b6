"""Circular value: how much of a listed company's market value rests on its own money coming back?

The market pays a multiple of sales. Sales that are the seller's own money, in the busiest year of
the deal and at that multiple, are the most that this deal can put into the price in that way.
"""

import numpy as np

Array = np.ndarray

QUARTERS_A_YEAR = 4


def _by_year(path: Array) -> Array:
    """Sum of the four quarters that end with each quarter, of fewer at the start."""
    summed = np.cumsum(path, axis=-1)
    before = np.concatenate(
        [np.zeros_like(summed[..., :QUARTERS_A_YEAR]), summed[..., :-QUARTERS_A_YEAR]], axis=-1
    )
    return summed - before


def _busiest_year(path: Array) -> Array:
    return np.max(_by_year(path), axis=-1, keepdims=True)


def _most_own(sales: Array, *through: Array) -> Array:
    """Most own money that sales of four quarters can hold: all that came in by their end.

    `through` are the flows that it takes one after another, from the payment of the equity on.
    """
    come = [np.cumsum(path, axis=-1) for path in through]
    held = np.minimum.reduce(np.broadcast_arrays(_by_year(sales), *come))
    return np.max(held, axis=-1, keepdims=True)


def busiest_receipts_usd_per_year(azure_commitment_receipts_usd: Array) -> Array:
    """Microsoft's receipts under the commitment in their largest four quarters in a row."""
    return _busiest_year(azure_commitment_receipts_usd)


def busiest_chips_usd_per_year(chip_purchases_usd: Array) -> Array:
    """Nvidia's sales of chips for this capacity in their largest four quarters in a row."""
    return _busiest_year(chip_purchases_usd)


def most_own_receipts_usd_per_year(
    azure_commitment_receipts_usd: Array, microsoft_equity_usd: Array
) -> Array:
    """Most of Microsoft's own money that its receipts of four quarters in a row can hold."""
    return _most_own(azure_commitment_receipts_usd, microsoft_equity_usd)


def most_own_chips_usd_per_year(
    chip_purchases_usd: Array, nvidia_equity_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Most of Nvidia's own money that chips of four quarters in a row can hold, through Azure."""
    return _most_own(chip_purchases_usd, nvidia_equity_usd, azure_commitment_receipts_usd)


def _rests_on(share: Array, sales: Array, multiple: Array) -> Array:
    return np.where(sales > 1.0, np.nan_to_num(share) * sales * multiple, 0.0)


def lower_microsoft_circular_value_usd(
    lower_self_funded_revenue_share: Array,
    busiest_receipts_usd_per_year: Array,
    microsoft_sales_multiple: Array,
) -> Array:
    """Lower bound of Microsoft's market value that rests on its own money, spent last."""
    return _rests_on(
        lower_self_funded_revenue_share, busiest_receipts_usd_per_year, microsoft_sales_multiple
    )


def microsoft_circular_value_usd(
    self_funded_revenue_share: Array,
    busiest_receipts_usd_per_year: Array,
    microsoft_sales_multiple: Array,
) -> Array:
    """Microsoft's market value that rests on its own money coming back, pro rata."""
    return _rests_on(
        self_funded_revenue_share, busiest_receipts_usd_per_year, microsoft_sales_multiple
    )


def upper_microsoft_circular_value_usd(
    most_own_receipts_usd_per_year: Array,
    microsoft_circular_value_usd: Array,
    microsoft_sales_multiple: Array,
) -> Array:
    """Upper bound of Microsoft's market value that rests on its own money, spent in one year."""
    at_once = most_own_receipts_usd_per_year * microsoft_sales_multiple
    return np.maximum(at_once, microsoft_circular_value_usd)


def lower_nvidia_circular_value_usd(
    lower_nvidia_self_funded_revenue_share: Array,
    busiest_chips_usd_per_year: Array,
    nvidia_sales_multiple: Array,
) -> Array:
    """Lower bound of Nvidia's market value that rests on its own money."""
    return _rests_on(
        lower_nvidia_self_funded_revenue_share, busiest_chips_usd_per_year, nvidia_sales_multiple
    )


def nvidia_circular_value_usd(
    nvidia_self_funded_revenue_share: Array,
    busiest_chips_usd_per_year: Array,
    nvidia_sales_multiple: Array,
) -> Array:
    """Nvidia's market value that rests on its own money coming back, pro rata."""
    return _rests_on(
        nvidia_self_funded_revenue_share, busiest_chips_usd_per_year, nvidia_sales_multiple
    )


def upper_nvidia_circular_value_usd(
    most_own_chips_usd_per_year: Array,
    nvidia_circular_value_usd: Array,
    nvidia_sales_multiple: Array,
) -> Array:
    """Upper bound of Nvidia's market value that rests on its own money, spent in one year."""
    at_once = most_own_chips_usd_per_year * nvidia_sales_multiple
    return np.maximum(at_once, nvidia_circular_value_usd)


def upper_microsoft_circular_value_share(
    upper_microsoft_circular_value_usd: Array, microsoft_market_value_usd: Array
) -> Array:
    """That upper bound over Microsoft's market value."""
    return upper_microsoft_circular_value_usd / microsoft_market_value_usd


def upper_nvidia_circular_value_share(
    upper_nvidia_circular_value_usd: Array, nvidia_market_value_usd: Array
) -> Array:
    """That upper bound over Nvidia's market value."""
    return upper_nvidia_circular_value_usd / nvidia_market_value_usd


def microsoft_pledge_of_value_share(
    microsoft_equity_cap_usd: Array, microsoft_market_value_usd: Array
) -> Array:
    """All that Microsoft might pay in, as part of its market value."""
    return microsoft_equity_cap_usd / microsoft_market_value_usd


def nvidia_pledge_of_value_share(
    nvidia_equity_cap_usd: Array, nvidia_market_value_usd: Array
) -> Array:
    """All that Nvidia might pay in, as part of its market value."""
    return nvidia_equity_cap_usd / nvidia_market_value_usd
