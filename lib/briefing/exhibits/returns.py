"""Exhibits of return: what each investor earns on its equity, by how firmly the deal is read."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.readings import READINGS
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, percent, percent_of_draws, years
from briefing.model.measures.returns import InternalRate

Array = np.ndarray

ByReading = Mapping[str, Array]


def _rate_told(found: InternalRate) -> str:
    """The internal rate, or why there is none."""
    if found.roots.item() == 1:
        return percent(found.rate.item())
    return "none" if found.roots.item() == 0 else "several"


def _needed(share: float) -> str:
    if np.isinf(share) or share > 1:
        return "more than all"
    return "none" if share == 0 else percent(share)


def _multiple(times: float) -> str:
    return "—" if np.isnan(times) else f"{times:.1f}×"


def _payback_told(number: float) -> str:
    return (
        "no money at risk" if number == 0 else "not by 2035" if np.isinf(number) else years(number)
    )


RETURN_NOTES = (
    "Firm counts money reported as paid in and purchases owed whether used or not; headline counts "
    "every ceiling as cash. Where nothing is paid in, nothing has to be earned back.",
    "Payback: until margin alone, without selling the shares, has paid for equity and equipment. "
    "Internal rate: none or several is an answer where payments change sign not at all or more "
    "than once. Must be additional: part of the sales that the money must have brought for the "
    "bundle to be worth its cost.",
    "A negative discount means that the shares are worth more by our value of the briefing's date "
    "than was paid for them; by our value on the deal's day it may be a plus (E23).",
)


def microsoft_return_table(
    microsoft_equity_present_value_usd_by_firmness: ByReading,
    microsoft_stake_present_value_usd_by_firmness: ByReading,
    microsoft_margin_present_value_usd_by_firmness: ByReading,
    microsoft_bundle_npv_usd_by_firmness: ByReading,
    microsoft_economic_npv_usd_by_firmness: ByReading,
    microsoft_npv_at_price_usd_by_firmness: ByReading,
    microsoft_internal_rate_by_firmness: Mapping[str, InternalRate],
    microsoft_payback_years_by_firmness: ByReading,
    microsoft_sales_per_equity_multiple_by_firmness: ByReading,
    azure_effective_discount_share_by_firmness: ByReading,
    microsoft_break_even_additional_share_by_firmness: ByReading,
    microsoft_bundle_irr_rate_draws: Array,
    microsoft_bundle_npv_usd_draws: Array,
    implied_azure_margin_share: Array,
    azure_margin_share: Array,
) -> Exhibit:
    """E21b: Microsoft's return on its equity, by how firmly the deal is read."""
    rows = [
        ("Paid for the shares", microsoft_equity_present_value_usd_by_firmness, _MONEY),
        ("Shares at exit", microsoft_stake_present_value_usd_by_firmness, _MONEY),
        ("Margin on additional sales", microsoft_margin_present_value_usd_by_firmness, _MONEY),
        ("Worth beyond cost, cash clock", microsoft_bundle_npv_usd_by_firmness, _MONEY),
        ("… by depreciation, capital free", microsoft_economic_npv_usd_by_firmness, _MONEY),
        ("… shares at the newest mark", microsoft_npv_at_price_usd_by_firmness, _MONEY),
        ("Payback from margin alone", microsoft_payback_years_by_firmness, _number(_payback_told)),
        ("Internal rate of return", microsoft_internal_rate_by_firmness, _rate_told),
        (
            "Sales per dollar of equity",
            microsoft_sales_per_equity_multiple_by_firmness,
            _number(_multiple),
        ),
        ("Discount on Azure in the equity", azure_effective_discount_share_by_firmness, _PERCENT),
        ("Must be additional", microsoft_break_even_additional_share_by_firmness, _number(_needed)),
    ]
    frame = _by_reading("Microsoft", rows)
    rates = microsoft_bundle_irr_rate_draws[~np.isnan(microsoft_bundle_irr_rate_draws)]
    above = float(np.mean(microsoft_bundle_npv_usd_draws > 0))
    low, high = np.quantile(rates, [0.1, 0.9]) if rates.size else (np.nan, np.nan)
    expected = microsoft_internal_rate_by_firmness["expected"]
    return Exhibit(
        id="E21b",
        title=f"Microsoft's internal rate of return is {_rate_told(expected)} in the expected "
        f"reading; {percent_of_draws(above)} {_earn(above)} more than the hurdle",
        body=table(frame, numbers=list(READINGS.values()), stub="Microsoft"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            *RETURN_NOTES,
            f"Where it exists, the rate lies between {percent(low)} and {percent(high)} in eight "
            "draws in ten.",
            f"A margin of {percent(azure_margin_share.item())} is assumed. Published prices and "
            "costs of a gigawatt, taken at their middle, would leave "
            f"{percent(implied_azure_margin_share.item())}.",
        ),
    )


def _earn(share: float) -> str:
    return "earns" if share == 0 else "earn"


def _by_reading(
    party: str, rows: list[tuple[str, Mapping[str, Any], Callable[[Any], str]]]
) -> pd.DataFrame:
    """Words by row and reading."""
    cells = [
        [label, *(written(values[key]) for key in READINGS)] for label, values, written in rows
    ]
    return pd.DataFrame(cells, columns=[party, *READINGS.values()])


def _number(written: Callable[[float], str]) -> Callable[[Array], str]:
    return lambda value: written(value.item())


_MONEY, _PERCENT = _number(money), _number(percent)


def nvidia_return_table(
    nvidia_equity_present_value_usd_by_firmness: ByReading,
    nvidia_stake_present_value_usd_by_firmness: ByReading,
    nvidia_margin_present_value_usd_by_firmness: ByReading,
    nvidia_bundle_npv_usd_by_firmness: ByReading,
    nvidia_npv_at_price_usd_by_firmness: ByReading,
    nvidia_internal_rate_by_firmness: Mapping[str, InternalRate],
    nvidia_payback_years_by_firmness: ByReading,
    commitment_chips_total_usd_by_firmness: ByReading,
    chips_secured_quarters_multiple_by_firmness: ByReading,
    alliance_vendor_finance_share_by_firmness: ByReading,
    vendor_finance_per_chip_multiple_by_firmness: ByReading,
    chips_effective_discount_share_by_firmness: ByReading,
    nvidia_break_even_additional_share_by_firmness: ByReading,
    nvidia_spill_over_needed_usd_by_firmness: ByReading,
    vendor_finance_share: Array,
) -> Exhibit:
    """E22b: Nvidia's return and the demand that its equity secures, by firmness."""
    rows = [
        ("Paid for the shares", nvidia_equity_present_value_usd_by_firmness, _MONEY),
        ("Shares at exit", nvidia_stake_present_value_usd_by_firmness, _MONEY),
        ("Margin on additional chips", nvidia_margin_present_value_usd_by_firmness, _MONEY),
        ("Worth beyond cost", nvidia_bundle_npv_usd_by_firmness, _MONEY),
        ("… shares at the newest mark", nvidia_npv_at_price_usd_by_firmness, _MONEY),
        ("Payback from margin alone", nvidia_payback_years_by_firmness, _number(_payback_told)),
        ("Internal rate of return", nvidia_internal_rate_by_firmness, _rate_told),
        ("Chips inside the commitment", commitment_chips_total_usd_by_firmness, _MONEY),
        (
            "… in quarters of Nvidia's sales",
            chips_secured_quarters_multiple_by_firmness,
            _number(_quarters),
        ),
        ("Equity over a year's sales", alliance_vendor_finance_share_by_firmness, _PERCENT),
        (
            "Equity per dollar of these chips",
            vendor_finance_per_chip_multiple_by_firmness,
            _number(_multiple),
        ),
        ("Discount on chips in the equity", chips_effective_discount_share_by_firmness, _PERCENT),
        ("Must be additional", nvidia_break_even_additional_share_by_firmness, _number(_needed)),
        ("Sales elsewhere to make up", nvidia_spill_over_needed_usd_by_firmness, _MONEY),
    ]
    frame = _by_reading("Nvidia", rows)
    chips = commitment_chips_total_usd_by_firmness["expected"].item()
    quarters = chips_secured_quarters_multiple_by_firmness["expected"].item()
    return Exhibit(
        id="E22b",
        title=f"In the expected reading the commitment brings {money(chips)} of chips, "
        f"{_of_a_quarter(quarters)}",
        body=table(frame, numbers=list(READINGS.values()), stub="Nvidia"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            *RETURN_NOTES,
            "Nvidia's equity in all companies of the web, most of it not in Anthropic, is "
            f"{percent(vendor_finance_share.item())} of a year's sales. A vendor's equity ranks "
            "behind a vendor's loan, and is no claim on the chips.",
            "The sale is to Microsoft, which may use the chips for others. Sales elsewhere to make "
            "up: what a loss would need from customers whom the alliance persuades, at the same "
            "margin, in present value.",
        ),
    )


def _of_a_quarter(number: float) -> str:
    if number < 1:
        return f"{percent(number)} of what Nvidia sells in a quarter"
    return f"as much as Nvidia sells in {number:.1f} quarters"


def _quarters(number: float) -> str:
    return f"{number:.2f}" if number < 1 else f"{number:.1f}"
