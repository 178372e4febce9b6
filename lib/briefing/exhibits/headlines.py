"""Headline figures: the few numbers that a reader remembers, each with its range."""

from dataclasses import dataclass

import numpy as np

from briefing.exhibits.words import money, money_span, percent, percent_span

Array = np.ndarray


IDS = (
    "self_funded_revenue_share",
    "customer_funded_revenue_share",
    "nvidia_self_funded_revenue_share",
    "equity_value_usd",
    "last_round_value_usd",
    "money_runs_out_share",
    "labs_paid_without_funding_share",
)
"""What the headline figures are called, for those who watch them."""


COUNTED = {"money_runs_out_share": "lowest_cash_usd"}
"""Headline figures that are parts of all draws, and the quantity by which these are counted."""


@dataclass(frozen=True)
class Headline:
    """One number as printed, with its ends and, in words, what lies between them."""

    id: str
    label: str
    value: float
    low: float | None
    high: float | None
    unit: str
    shown: str
    range: str = ""


def headline_figures(
    lower_self_funded_revenue_share: Array,
    self_funded_revenue_share: Array,
    upper_self_funded_revenue_share: Array,
    lower_customer_funded_revenue_share: Array,
    customer_funded_revenue_share: Array,
    upper_customer_funded_revenue_share: Array,
    nvidia_self_funded_revenue_share: Array,
    upper_nvidia_self_funded_revenue_share: Array,
    equity_value_usd_draws: Array,
    last_round_value_usd: Array,
    lowest_cash_usd_draws: Array,
    labs_paid_without_funding_share: Array,
) -> tuple[Headline, ...]:
    """What the front page claims, as numbers; of the point case, and of its draws."""
    low, middle, high = np.quantile(equity_value_usd_draws, [0.1, 0.5, 0.9])
    return (
        _share(
            "self_funded_revenue_share",
            "Microsoft's own money in the commitment",
            self_funded_revenue_share.item(),
            lower_self_funded_revenue_share.item(),
            upper_self_funded_revenue_share.item(),
        ),
        _share(
            "customer_funded_revenue_share",
            "Customers' money in the commitment",
            customer_funded_revenue_share.item(),
            lower_customer_funded_revenue_share.item(),
            upper_customer_funded_revenue_share.item(),
        ),
        _share(
            "nvidia_self_funded_revenue_share",
            "Nvidia's own money in these chip sales",
            nvidia_self_funded_revenue_share.item(),
            high=upper_nvidia_self_funded_revenue_share.item(),
        ),
        _usd(
            "equity_value_usd",
            "Anthropic, discounted cash flow",
            float(middle),
            float(low),
            float(high),
        ),
        _usd("last_round_value_usd", "Anthropic, last round", last_round_value_usd.item()),
        _share(
            "money_runs_out_share",
            "Draws in which money in sight runs out",
            float(np.mean(lowest_cash_usd_draws < 0)),
        ),
        _share(
            "labs_paid_without_funding_share",
            "Of what labs promised, payable without funding",
            labs_paid_without_funding_share.item(),
        ),
    )


def _share(
    name: str, label: str, value: float, low: float | None = None, high: float | None = None
) -> Headline:
    range_ = "" if low is None or high is None else f"{percent_span(low, high)} by tracing rule"
    return Headline(name, label, value, low, high, "share", percent(value), range_)


def _usd(
    name: str, label: str, value: float, low: float | None = None, high: float | None = None
) -> Headline:
    range_ = "" if low is None or high is None else f"{money_span(low, high)} in eight draws of ten"
    return Headline(name, label, value, low, high, "usd", money(value), range_)
