"""Consideration payable to a customer: what a payment to the buyer takes off the seller's revenue.

ASC 606-10-32-25 to 32-27 (IFRS 15.70 to 72): a payment to a customer reduces revenue unless it
buys a distinct good or service, and then still by what it exceeds that good's fair value. The
reduction is spread over the contract in proportion to what is invoiced (Example 32).
"""

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class NetRevenue(NamedTuple):
    """What the rule makes of a contract, in the unit of money that came in."""

    reduction: Array
    """What is taken off over the whole contract."""
    reduction_rate: Array
    """The same per dollar of the contract's price."""
    revenue: Array
    """What is invoiced per period, less its part of the reduction."""


def net_revenue(
    contract_price: Array,
    payment: Array,
    fair_value_distinct_good: Array | float = 0.0,
    invoiced: Array | tuple[float, ...] = (),
) -> NetRevenue:
    """Revenue of a seller that pays its customer `payment` around a contract of `contract_price`.

    `fair_value_distinct_good` is what the payment buys, such as shares of the customer at fair
    value; zero where it buys nothing distinct. `invoiced` is per period, the last axis. Raises
    ValueError for negative amounts, for a contract without price, and where more would be taken
    off than the contract's price: revenue would be negative, and the payment is then no rebate.

    >>> found = net_revenue(15.0, 1.5, invoiced=(2.0,))
    >>> float(found.reduction_rate), found.revenue.tolist()
    (0.1, [1.8])
    """
    price, paid, bought, billed = (
        np.asarray(amount, dtype=float)
        for amount in (contract_price, payment, fair_value_distinct_good, invoiced)
    )
    amounts = {"contract price": price, "payment": paid, "fair value": bought, "invoice": billed}
    for name, amount in amounts.items():
        if not np.all(amount >= 0):
            raise ValueError(f"{name} {np.min(amount):g} must not be negative; nothing was reduced")
    if np.any(price == 0):
        raise ValueError("contract price 0 must be positive; there is no revenue to reduce")
    reduction = np.maximum(paid - bought, 0.0)
    if np.any(reduction > price):
        raise ValueError(
            f"payment exceeds what it buys by {np.max(reduction):g}, which must not be more than "
            f"the contract price {np.min(price):g}; revenue would be negative"
        )
    rate = reduction / price
    return NetRevenue(reduction, rate, billed * (1 - rate))
