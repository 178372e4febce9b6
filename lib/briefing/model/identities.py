"""Identities: what must hold to the dollar in every briefing, whatever the parameters."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

Array = np.ndarray

TOLERANCE_SHARE = 1e-9
"""Largest residual, as a share of the money involved, that rounding can explain."""


class BrokenIdentity(ArithmeticError):
    """An accounting identity does not hold, so no number of this briefing can be trusted."""


class Leg(NamedTuple):
    """Payments from one party to another, per quarter."""

    payer: str
    payee: str
    kind: str
    amount_usd: Array


def legs(
    microsoft_equity_usd: Array,
    nvidia_equity_usd: Array,
    other_investor_equity_usd: Array,
    gap_funding_usd: Array,
    revenue_usd: Array,
    microsoft_claude_usd_per_year: Array,
    azure_receipts_usd: Array,
    outlays_paid_usd: Array,
    chip_purchases_usd: Array,
) -> tuple[Leg, ...]:
    """Every payment of the alliance and its surroundings that the model knows."""
    claude = np.minimum(microsoft_claude_usd_per_year / 4, revenue_usd)
    others = outlays_paid_usd - azure_receipts_usd
    return (
        Leg("Microsoft", "Anthropic", "Equity", microsoft_equity_usd),
        Leg("Nvidia", "Anthropic", "Equity", nvidia_equity_usd),
        Leg("Other investors", "Anthropic", "Equity", other_investor_equity_usd),
        Leg("Other investors", "Anthropic", "Money still to be found", gap_funding_usd),
        Leg("Customers", "Anthropic", "Sales", revenue_usd - claude),
        Leg("Microsoft", "Anthropic", "Sales", claude),
        Leg("Anthropic", "Microsoft", "Compute and chips", azure_receipts_usd),
        Leg("Anthropic", "Other suppliers", "Other costs", others),
        Leg("Microsoft", "Nvidia", "Compute and chips", chip_purchases_usd),
    )


def net_payments_usd(legs: tuple[Leg, ...]) -> Mapping[str, Array]:
    """What each party receives less what it pays, per quarter."""
    net: dict[str, Array] = {}
    for leg in legs:
        net[leg.payee] = net.get(leg.payee, 0.0) + leg.amount_usd
        net[leg.payer] = net.get(leg.payer, 0.0) - leg.amount_usd
    return net


def payments_residual_share(net_payments_usd: Mapping[str, Array], legs: tuple[Leg, ...]) -> Array:
    """Sum of net payments over all parties, over all money paid: zero."""
    paid = sum(np.sum(np.abs(leg.amount_usd), axis=-1, keepdims=True) for leg in legs)
    total = np.sum(sum(net_payments_usd.values()), axis=-1, keepdims=True)
    return np.abs(total) / np.maximum(paid, 1.0)


def cash_residual_share(
    net_payments_usd: Mapping[str, Array], cash_usd: Array, opening_cash_usd: Array
) -> Array:
    """Anthropic's net receipts from all legs against the change in its cash: they agree."""
    expected = opening_cash_usd + np.cumsum(net_payments_usd["Anthropic"], axis=-1)
    scale = np.maximum(np.max(np.abs(cash_usd), axis=-1, keepdims=True), opening_cash_usd)
    return np.max(np.abs(expected - cash_usd), axis=-1, keepdims=True) / np.maximum(scale, 1.0)


def tracing_residual_share(
    traced_to_commitment_usd: Array, azure_commitment_receipts_usd: Array
) -> Array:
    """Receipts under the commitment against the sum of their sources: all is somebody's."""
    gap = np.abs(traced_to_commitment_usd.sum(axis=-1) - azure_commitment_receipts_usd)
    paid = np.maximum(np.sum(azure_commitment_receipts_usd, axis=-1, keepdims=True), 1.0)
    return np.max(gap, axis=-1, keepdims=True) / paid


def bounds_residual_share(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
) -> Array:
    """How far the pro-rata share lies outside its own bounds: nowhere."""
    below = np.maximum(lower_self_funded_revenue_share - self_funded_revenue_share, 0)
    above = np.maximum(self_funded_revenue_share - upper_self_funded_revenue_share, 0)
    # Where nothing is received there is no share, and nothing to lie outside of.
    return np.where(np.isnan(self_funded_revenue_share), 0.0, below + above)


def commitment_residual_share(azure_scheduled_usd: Array, azure_commitment_usd: Array) -> Array:
    """The schedule against the commitment, when the horizon holds the whole term."""
    scheduled = np.sum(azure_scheduled_usd, axis=-1, keepdims=True)
    return np.maximum(scheduled - azure_commitment_usd, 0) / np.maximum(azure_commitment_usd, 1.0)


def identity_residuals(
    payments_residual_share: Array,
    cash_residual_share: Array,
    tracing_residual_share: Array,
    bounds_residual_share: Array,
    commitment_residual_share: Array,
) -> Mapping[str, float]:
    """The largest residual of each identity; raises BrokenIdentity when one does not hold."""
    residuals = {
        "Payments sum to zero over all parties": payments_residual_share,
        "Anthropic's cash rolls forward by its receipts and payments": cash_residual_share,
        "Receipts under the commitment are the sum of their sources": tracing_residual_share,
        "The pro-rata share lies between its bounds": bounds_residual_share,
        "No more than the commitment is scheduled": commitment_residual_share,
    }
    largest = {claim: float(np.max(residual)) for claim, residual in residuals.items()}
    for claim, residual in largest.items():
        if not residual <= TOLERANCE_SHARE:
            raise BrokenIdentity(f"{claim}: off by {residual:.2g} of the money involved")
    return largest
