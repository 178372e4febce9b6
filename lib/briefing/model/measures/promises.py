"""Promises: how a fact that promises money falls into time, and how much of it is counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from briefing.inputs.facts import Fact

Array = np.ndarray

FINANCING = ("equity", "loan")

PERIOD_YEARS = 0.25

DAYS_A_YEAR = 365.25


def span_years(fact: "Fact", spread_years: Array) -> tuple[Array, Array]:
    """Start and length of a promise in years; without an end it takes `spread_years`.

    Financing with an end and no start was paid in by then; what is firm and undated, at once.
    """
    begins, ends = fact.start_years, fact.end_years
    if ends is not None and fact.start is None and fact.payment_kind in FINANCING:
        return np.array([[ends - PERIOD_YEARS]]), np.full((1, 1), PERIOD_YEARS)
    if ends is not None:
        return np.array([[begins]]), np.array([[ends - begins]])
    if fact.binding == "firm" and fact.payment_kind in FINANCING:
        quarter = np.floor(begins / PERIOD_YEARS) * PERIOD_YEARS
        return np.array([[quarter]]), np.full((1, 1), PERIOD_YEARS)
    return np.array([[begins]]), spread_years


def least_and_most_usd(fact: "Fact") -> tuple[float, float]:
    """What of a promise is firm by the ledger, and its ceiling, over the whole term."""
    ceiling = fact.high if fact.high is not None and fact.binding != "firm" else fact.value
    firm = fact.value if fact.binding == "firm" else fact.low
    least, most = firm or 0.0, ceiling or fact.high or 0.0
    if fact.unit == "USD/year" and fact.end_years is not None:
        length = fact.end_years - fact.start_years
        least, most = least * length, most * length
    return least, most


def counted_usd(fact: "Fact", firmness: Array, drawn_share: Mapping[str, Array]) -> Array:
    """What of a promise is counted in the reading `firmness`, over the whole term."""
    least, most = least_and_most_usd(fact)
    expected = least + drawn_share[fact.binding or "unknown"] * (most - least)
    return np.where(firmness == "firm", least, np.where(firmness == "headline", most, expected))


def notice_usd(fact: "Fact", restated: tuple["Fact", ...] = ()) -> float:
    """What a contract that can be cancelled still costs after notice is given.

    At the highest yearly rate that the fact or those that it restates imply: a total over the
    whole term averages a cheaper start. Zero where no notice is stated.
    """
    rates = [_rate_usd_per_year(each) for each in (fact, *restated) if each.end_years is not None]
    return max(rates, default=0.0) * (fact.notice_days or 0.0) / DAYS_A_YEAR


def _rate_usd_per_year(fact: "Fact") -> float:
    return least_and_most_usd(fact)[1] / ((fact.end_years or 0.0) - fact.start_years)
