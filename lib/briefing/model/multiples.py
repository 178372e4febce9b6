"""Multiples: what one price is worth of revenue, by basis and day; two bases are never mixed.

A run-rate is a pace, trailing revenue what four past quarters brought, forward revenue what four
coming ones may bring. The same price looks dear on the second and cheap on the third.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefing.model.deal import QUARTER_YEARS

if TYPE_CHECKING:
    from briefing.inputs.facts import Ledger

Array = np.ndarray

QUARTERS_A_YEAR = 4

ROUNDS: Mapping[str, tuple[str, str]] = {
    "Series E": ("anthropic-val-series-e", "anthropic-series-e"),
    "Series F": ("anthropic-val-series-f", "anthropic-series-f"),
    "Series G": ("anthropic-val-series-g", "alliance-series-g-includes"),
    "Series H": ("anthropic-val-series-h", "anthropic-series-h"),
}
"""Facts that state each round's post-money price and the money raised."""

RUN_RATES = (
    "anthropic-runrate-2025-01",
    "anthropic-runrate-2025-08",
    "anthropic-runrate-2025-10",
    "anthropic-runrate-2025-12",
    "anthropic-runrate-2026-02",
    "anthropic-runrate-2026-04",
    "anthropic-runrate-2026-05",
)
"""Run-rates that the company has confirmed or that the press agrees on, in order of time."""


@dataclass(frozen=True)
class PricedRound:
    """One round: its price after the money, the money, and the pace of sales on its day."""

    name: str
    years: float
    """From the model's first day; a month counts as its middle."""
    post_money_usd: float
    raised_usd: float
    run_rate_usd_per_year: float
    is_run_rate_stated: bool
    """Whether a run-rate of the same month is known, else it lies on the way between two."""
    facts: tuple[str, ...]

    @property
    def run_rate_multiple(self) -> float:
        """Post-money price over the run-rate of that day."""
        return self.post_money_usd / self.run_rate_usd_per_year


def priced_rounds(facts: "Ledger") -> tuple[PricedRound, ...]:
    """Rounds with a known price, the oldest first."""
    known = [(name, *pair) for name, pair in ROUNDS.items() if all(each in facts for each in pair)]
    return tuple(_round(facts, *each) for each in known)


def _round(facts: "Ledger", name: str, price: str, money: str) -> PricedRound:
    fact, raised = facts[price], facts[money].value
    if fact.value is None or raised is None:
        raise ValueError(f"{name}: facts {price!r} and {money!r} must have a value each")
    month = (fact.as_of or "")[:7]
    stated = [each for each in _known_run_rates(facts) if (facts[each].as_of or "")[:7] == month]
    pace = facts[stated[-1]].value if stated else _pace(facts, np.array([fact.as_of_years])).item()
    return PricedRound(
        name=name,
        years=fact.as_of_years,
        post_money_usd=fact.value,
        raised_usd=raised,
        run_rate_usd_per_year=pace or np.nan,
        is_run_rate_stated=bool(stated),
        facts=(price, money, *(stated[-1:] or _known_run_rates(facts))),
    )


def _known_run_rates(facts: "Ledger") -> list[str]:
    return [each for each in RUN_RATES if each in facts]


def _pace(facts: "Ledger", years: Array) -> Array:
    """Run-rate on a day, growing evenly between two known ones and before the first two.

    After the newest it stays where it is: what comes then is the model's forecast.
    """
    known = [facts[each] for each in _known_run_rates(facts)]
    days = np.array([each.as_of_years for each in known])
    logs = np.log([each.value or np.nan for each in known])
    before = np.minimum(years - days[0], 0) * (logs[1] - logs[0]) / (days[1] - days[0])
    return np.exp(np.interp(years, days, logs) + before)


def earlier_run_rate_usd_per_year(facts: "Ledger") -> Array:
    """Run-rate in the middle of each of the four quarters before the model's first."""
    return _pace(facts, (np.arange(-QUARTERS_A_YEAR, 0) + 0.5) * QUARTER_YEARS)[None, :]


def revenue_with_past_usd(
    earlier_run_rate_usd_per_year: Array, recognised_revenue_share: Array, revenue_usd: Array
) -> Array:
    """Revenue per quarter, from four quarters before the model's first."""
    past = earlier_run_rate_usd_per_year * QUARTER_YEARS * recognised_revenue_share
    draws = max(len(past), len(revenue_usd))
    return np.concatenate(
        [np.broadcast_to(each, (draws, each.shape[-1])) for each in (past, revenue_usd)], axis=-1
    )


def _year_of(revenue: Array, day_years: Array, *, ahead: bool) -> Array:
    """Revenue of the four quarters whose middle lies within a year before or after a day."""
    middle = (np.arange(revenue.shape[-1]) - QUARTERS_A_YEAR + 0.5) * QUARTER_YEARS - day_years
    within = (middle > 0) & (middle <= 1) if ahead else (middle > -1) & (middle <= 0)
    return np.sum(np.where(within, revenue, 0.0), axis=-1, keepdims=True)


def trailing_revenue_usd(revenue_with_past_usd: Array, years_to_as_of: Array) -> Array:
    """Revenue of the four quarters before the briefing's date; a half-spent quarter is past."""
    return _year_of(revenue_with_past_usd, years_to_as_of, ahead=False)


def revenue_of_2025_usd(revenue_with_past_usd: Array) -> Array:
    """Revenue of the calendar year in which the model starts, to be held against what was said."""
    # The model starts in October, and the first of the four quarters before it is of 2024.
    return np.sum(revenue_with_past_usd[..., 1 : 1 + QUARTERS_A_YEAR], axis=-1, keepdims=True)


def trailing_revenue_multiple(last_round_value_usd: Array, trailing_revenue_usd: Array) -> Array:
    """The last priced round over the four quarters before the briefing's date."""
    return last_round_value_usd / trailing_revenue_usd


def implied_forward_revenue_multiple(
    last_round_value_usd: Array, forward_revenue_usd: Array
) -> Array:
    """The last priced round over our forecast of the four quarters after the briefing's date."""
    return last_round_value_usd / forward_revenue_usd


def last_round_years(priced_rounds: tuple[PricedRound, ...]) -> Array:
    """Day of the last priced round, in years from the model's first."""
    return np.array([[priced_rounds[-1].years]])


def last_round_day_run_rate_usd_per_year(priced_rounds: tuple[PricedRound, ...]) -> Array:
    """Run-rate on the day of the last priced round."""
    return np.array([[priced_rounds[-1].run_rate_usd_per_year]])


def last_round_day_trailing_revenue_usd(
    revenue_with_past_usd: Array, last_round_years: Array
) -> Array:
    """Revenue of the four quarters before the last priced round."""
    return _year_of(revenue_with_past_usd, last_round_years, ahead=False)


def last_round_day_forward_revenue_usd(
    revenue_with_past_usd: Array, last_round_years: Array
) -> Array:
    """Our view of the four quarters after the last priced round, past ones and coming ones."""
    return _year_of(revenue_with_past_usd, last_round_years, ahead=True)


def last_round_day_run_rate_multiple(
    last_round_value_usd: Array, last_round_day_run_rate_usd_per_year: Array
) -> Array:
    """The last priced round over the run-rate of its own day."""
    return last_round_value_usd / last_round_day_run_rate_usd_per_year


def last_round_day_trailing_multiple(
    last_round_value_usd: Array, last_round_day_trailing_revenue_usd: Array
) -> Array:
    """The last priced round over the four quarters before it."""
    return last_round_value_usd / last_round_day_trailing_revenue_usd


def last_round_day_forward_multiple(
    last_round_value_usd: Array, last_round_day_forward_revenue_usd: Array
) -> Array:
    """The last priced round over the four quarters after it."""
    return last_round_value_usd / last_round_day_forward_revenue_usd


def nvidia_annualised_multiple(
    nvidia_market_value_usd: Array, nvidia_revenue_usd_per_year: Array
) -> Array:
    """Nvidia's market value over four times its newest quarter."""
    return nvidia_market_value_usd / nvidia_revenue_usd_per_year


def microsoft_annualised_multiple(
    microsoft_market_value_usd: Array, microsoft_quarterly_revenue_usd: Array
) -> Array:
    """Microsoft's market value over four times its newest quarter."""
    return microsoft_market_value_usd / (QUARTERS_A_YEAR * microsoft_quarterly_revenue_usd)


def openai_annualised_multiple(
    openai_value_usd: Array, openai_revenue_usd_per_year: Array
) -> Array:
    """OpenAI's last price over the yearly pace of sales that the press reports."""
    return openai_value_usd / openai_revenue_usd_per_year


def run_rate_multiple_value_usd(
    known_run_rate_usd_per_year: Array, peer_run_rate_multiple: Array
) -> Array:
    """The newest known run-rate at what others cost, over theirs; growth is not compared."""
    return known_run_rate_usd_per_year * peer_run_rate_multiple


def trailing_multiple_value_usd(
    trailing_revenue_usd: Array, peer_trailing_multiple: Array
) -> Array:
    """Revenue of the last four quarters at what others cost, over theirs."""
    return trailing_revenue_usd * peer_trailing_multiple
