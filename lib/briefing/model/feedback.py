"""Feedback: does a higher price for the lab pay for itself, with customers and without them?

Loop gain is what one more dollar of value comes back as after one turn of the loop. Below one a
shock dies out, above one it grows with each turn, upwards and downwards alike. All links are
averages used at the margin, so the gain is an order of magnitude, not an estimate.
"""

import numpy as np

Array = np.ndarray


def compute_spend_share(
    compute_bought_usd: Array, outlays_due_usd: Array, years_ahead_years: Array
) -> Array:
    """Part of Anthropic's outlays in the coming year that buys compute."""
    ahead = (years_ahead_years > 0) & (years_ahead_years < 1)

    def coming(path: Array) -> Array:
        return np.sum(np.where(ahead, path, 0.0), axis=-1, keepdims=True)

    return np.minimum(coming(compute_bought_usd) / coming(outlays_due_usd), 1.0)


def gain_per_revenue_multiple_share(
    raise_to_mark_share: Array,
    compute_spend_share: Array,
    marginal_revenue_per_compute_multiple: Array,
) -> Array:
    """Loop gain through customers for each turn of revenue that the lab's price is worth.

    A dollar of price raises `raise_to_mark_share` of new money, which buys compute, which earns
    revenue, which is priced at a multiple; this is the product of the first three.
    """
    return raise_to_mark_share * compute_spend_share * marginal_revenue_per_compute_multiple


def customer_loop_gain_multiple(
    gain_per_revenue_multiple_share: Array, last_round_run_rate_multiple: Array
) -> Array:
    """Dollars of price that one dollar of price brings back through customers, per round."""
    return gain_per_revenue_multiple_share * last_round_run_rate_multiple


def critical_run_rate_multiple(gain_per_revenue_multiple_share: Array) -> Array:
    """Price over run-rate at which the loop through customers begins to feed itself."""
    return 1 / gain_per_revenue_multiple_share


def investor_take_share(
    azure_receipts_usd: Array,
    chip_purchases_usd: Array,
    outlays_paid_usd: Array,
    years_ahead_years: Array,
) -> Array:
    """Part of Anthropic's outlays of the next five years that reaches Microsoft or Nvidia.

    Chips that Microsoft buys to serve Anthropic count once more, because Nvidia books them too.
    """
    ahead = (years_ahead_years > 0) & (years_ahead_years < 5)

    def coming(path: Array) -> Array:
        return np.sum(np.where(ahead, path, 0.0), axis=-1, keepdims=True)

    return (coming(azure_receipts_usd) + coming(chip_purchases_usd)) / coming(outlays_paid_usd)


def capital_loop_gain_multiple(
    investor_reinvestment_share: Array, investor_take_share: Array, investor_sales_multiple: Array
) -> Array:
    """Dollars of the investors' own market value that one dollar of it brings back, no customers.

    Investors put a part of each dollar of value into labs; what labs spend with them is sales;
    the market pays a multiple of sales.
    """
    return investor_reinvestment_share * investor_take_share * investor_sales_multiple


def nvidia_sales_multiple(
    nvidia_market_value_usd: Array, nvidia_revenue_usd_per_year: Array
) -> Array:
    """Nvidia's market value over its yearly revenue."""
    return nvidia_market_value_usd / nvidia_revenue_usd_per_year


def microsoft_sales_multiple(
    microsoft_market_value_usd: Array, microsoft_quarterly_revenue_usd: Array
) -> Array:
    """Microsoft's market value over four times its newest quarter's revenue."""
    return microsoft_market_value_usd / (4 * microsoft_quarterly_revenue_usd)


def investor_sales_multiple(nvidia_sales_multiple: Array, microsoft_sales_multiple: Array) -> Array:
    """The higher of the two multiples, which flatters the loop without customers."""
    return np.maximum(nvidia_sales_multiple, microsoft_sales_multiple)
