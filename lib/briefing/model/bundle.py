"""The bundle: what do the equity and the margin on the purchases give each investor together?

A strategic investor may overpay for shares because purchases come with them, so the shares alone
are the wrong measure (and their price no clean sign of value). Two clocks: on the cash clock
Microsoft buys equipment before Anthropic pays; on the economic clock its cost is matched to the
service by depreciation. Nvidia is paid when it delivers, so its clocks agree. All is before tax, in
money of the model's first day, the quarter of the deal.
"""

import numpy as np

from briefing.model.deal import QUARTER_YEARS, chip_purchases_usd
from briefing.model.measures.discounting import present_value
from briefing.model.measures.returns import InternalRate, internal_rate, payback
from briefing.model.measures.vintages import Vintages, vintages

Array = np.ndarray


def quarter_middle_years(quarter_start_years: Array) -> Array:
    """When the money of a quarter moves on average, in years from the model's first day."""
    return quarter_start_years + QUARTER_YEARS / 2


# What Microsoft earns on the commitment


def azure_depreciation_usd(
    azure_commitment_receipts_usd: Array, azure_margin_share: Array, azure_capital_cost_share: Array
) -> Array:
    """Cost of the equipment that serves the commitment per quarter, on the economic clock."""
    cost = azure_commitment_receipts_usd * (1 - azure_margin_share)
    return cost * azure_capital_cost_share


def azure_running_cost_usd(
    azure_commitment_receipts_usd: Array, azure_margin_share: Array, azure_capital_cost_share: Array
) -> Array:
    """Power, people and repair for the commitment per quarter."""
    cost = azure_commitment_receipts_usd * (1 - azure_margin_share)
    return cost * (1 - azure_capital_cost_share)


def azure_vintages(
    azure_depreciation_usd: Array, gpu_life_years: Array, build_lead_years: Array
) -> Vintages:
    """Equipment that Microsoft buys for the commitment, replaced when its life ends."""
    life, lead = (
        np.rint(years / QUARTER_YEARS).astype(int) for years in (gpu_life_years, build_lead_years)
    )
    return vintages(azure_depreciation_usd, np.maximum(life, 1), lead)


def azure_capex_usd(azure_vintages: Vintages) -> Array:
    """What Microsoft pays for that equipment per quarter, on the cash clock."""
    return azure_vintages.purchases


def azure_freed_usd(azure_vintages: Vintages) -> Array:
    """What other customers bear of the cost of that equipment, once it is no longer needed.

    At cost, without gain or loss; what is left of it at the horizon counts at its book value.
    """
    freed = azure_vintages.idle_charge.copy()
    freed[:, -1:] += azure_vintages.book_left
    return freed


def microsoft_cash_margin_usd(
    azure_commitment_receipts_usd: Array,
    azure_running_cost_usd: Array,
    azure_capex_usd: Array,
    azure_freed_usd: Array,
) -> Array:
    """What the commitment leaves Microsoft per quarter on the cash clock; negative as it builds."""
    receipts = azure_commitment_receipts_usd + azure_freed_usd
    return receipts - azure_running_cost_usd - azure_capex_usd


def microsoft_earned_margin_usd(
    azure_commitment_receipts_usd: Array, azure_margin_share: Array
) -> Array:
    """What the commitment leaves Microsoft per quarter on the economic clock."""
    return azure_commitment_receipts_usd * azure_margin_share


def implied_azure_margin_share(
    build_cost_usd_per_gw: Array,
    chips_in_build_cost_share: Array,
    gpu_life_years: Array,
    building_life_years: Array,
    azure_capital_cost_share: Array,
    tenant_cost_usd_per_gw_year: Array,
) -> Array:
    """Margin that published prices and costs of a gigawatt imply: a test of the one assumed.

    Chips and buildings are written off over their own lives.
    """
    chips = chips_in_build_cost_share / gpu_life_years
    buildings = (1 - chips_in_build_cost_share) / building_life_years
    cost = build_cost_usd_per_gw * (chips + buildings) / azure_capital_cost_share
    return 1 - cost / tenant_cost_usd_per_gw_year


# What Nvidia earns on the chips inside it


def commitment_chips_usd(
    azure_commitment_receipts_usd: Array,
    tenant_cost_usd_per_gw_year: Array,
    nvidia_content_usd_per_gw: Array,
    azure_nvidia_share: Array,
    build_lead_years: Array,
) -> Array:
    """Microsoft's purchases from Nvidia to serve the commitment alone, per quarter."""
    capacity_gw = azure_commitment_receipts_usd / QUARTER_YEARS / tenant_cost_usd_per_gw_year
    return chip_purchases_usd(
        capacity_gw, nvidia_content_usd_per_gw, azure_nvidia_share, build_lead_years
    )


def nvidia_chip_margin_usd(commitment_chips_usd: Array, nvidia_margin_share: Array) -> Array:
    """Nvidia's gross profit on those chips per quarter."""
    return commitment_chips_usd * nvidia_margin_share


# What the stake is worth when it can be sold


def exit_quarter_share(quarter_start_years: Array, stake_exit_years: Array) -> Array:
    """One in the quarter in which the stakes are sold, at the latest the model's last."""
    last = quarter_start_years[..., -1:]
    exit_years = np.minimum(stake_exit_years, last)
    started = quarter_start_years <= exit_years
    return np.where(started & (exit_years < quarter_start_years + QUARTER_YEARS), 1.0, 0.0)


def stake_growth_multiple(
    discount_rate: Array,
    stake_exit_years: Array,
    years_to_as_of: Array,
    pool_dilution_share: Array,
) -> Array:
    """Value of a stake at exit over its value on the briefing's date.

    A fairly valued company grows by its discount rate. Fairly priced rounds cost holders no value,
    shares for staff do.
    """
    ahead = np.maximum(stake_exit_years - years_to_as_of, 0)
    return (1 + discount_rate) ** ahead * (1 - pool_dilution_share)


def microsoft_exit_value_usd(
    microsoft_look_through_value_usd: Array, stake_growth_multiple: Array
) -> Array:
    """What Microsoft's stake is expected to fetch at exit."""
    return microsoft_look_through_value_usd * stake_growth_multiple


def nvidia_exit_value_usd(
    nvidia_look_through_value_usd: Array, stake_growth_multiple: Array
) -> Array:
    """What Nvidia's stake is expected to fetch at exit."""
    return nvidia_look_through_value_usd * stake_growth_multiple


# The bundle, quarter by quarter


def microsoft_sales_flow_usd(
    microsoft_cash_margin_usd: Array, azure_additional_share: Array, microsoft_equity_usd: Array
) -> Array:
    """Microsoft's equity and the margin on sales that came because of it, without the stake."""
    return microsoft_cash_margin_usd * azure_additional_share - microsoft_equity_usd


def microsoft_bundle_flow_usd(
    microsoft_sales_flow_usd: Array, microsoft_exit_value_usd: Array, exit_quarter_share: Array
) -> Array:
    """The same with the sale of the stake, per quarter, on the cash clock."""
    return microsoft_sales_flow_usd + microsoft_exit_value_usd * exit_quarter_share


def nvidia_sales_flow_usd(
    nvidia_chip_margin_usd: Array, chips_additional_share: Array, nvidia_equity_usd: Array
) -> Array:
    """Nvidia's equity and the margin on sales that came because of it, without the stake."""
    return nvidia_chip_margin_usd * chips_additional_share - nvidia_equity_usd


def nvidia_bundle_flow_usd(
    nvidia_sales_flow_usd: Array, nvidia_exit_value_usd: Array, exit_quarter_share: Array
) -> Array:
    """The same with the sale of the stake, per quarter."""
    return nvidia_sales_flow_usd + nvidia_exit_value_usd * exit_quarter_share


def microsoft_bundle_npv_usd(
    microsoft_bundle_flow_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Net present value of Microsoft's bundle on the deal's day, cash clock."""
    return present_value(microsoft_bundle_flow_usd, investor_hurdle_rate, quarter_middle_years)


def microsoft_npv_at_published_margin_usd(
    microsoft_bundle_npv_usd: Array,
    azure_running_present_value_usd: Array,
    azure_equipment_present_value_usd: Array,
    azure_additional_share: Array,
    azure_margin_share: Array,
    implied_azure_margin_share: Array,
) -> Array:
    """The same if Azure kept only the margin that published prices and costs imply.

    All costs of the commitment move in proportion to what is not margin.
    """
    costs = azure_running_present_value_usd + azure_equipment_present_value_usd
    more = (1 - implied_azure_margin_share) / (1 - azure_margin_share) - 1
    return microsoft_bundle_npv_usd - azure_additional_share * costs * more


def nvidia_bundle_npv_usd(
    nvidia_bundle_flow_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Net present value of Nvidia's bundle on the deal's day."""
    return present_value(nvidia_bundle_flow_usd, investor_hurdle_rate, quarter_middle_years)


def microsoft_internal_rate(
    microsoft_bundle_flow_usd: Array, quarter_middle_years: Array
) -> InternalRate:
    """Microsoft's internal rate of return, and how many rates would do."""
    return internal_rate(microsoft_bundle_flow_usd, quarter_middle_years)


def nvidia_internal_rate(
    nvidia_bundle_flow_usd: Array, quarter_middle_years: Array
) -> InternalRate:
    """Nvidia's internal rate of return, and how many rates would do."""
    return internal_rate(nvidia_bundle_flow_usd, quarter_middle_years)


def microsoft_bundle_irr_rate(microsoft_internal_rate: InternalRate) -> Array:
    """Yearly return on Microsoft's bundle; not a number where none or several rates would do."""
    return microsoft_internal_rate.rate


def nvidia_bundle_irr_rate(nvidia_internal_rate: InternalRate) -> Array:
    """Yearly return on Nvidia's bundle; not a number where none or several rates would do."""
    return nvidia_internal_rate.rate


def microsoft_payback_years(microsoft_sales_flow_usd: Array, quarter_start_years: Array) -> Array:
    """Years until the margin alone has paid for equipment and equity; infinite if it never does."""
    return payback(microsoft_sales_flow_usd, quarter_start_years + QUARTER_YEARS)


def nvidia_payback_years(nvidia_sales_flow_usd: Array, quarter_start_years: Array) -> Array:
    """Years until the margin on chips alone has paid for the equity; infinite if it never does."""
    return payback(nvidia_sales_flow_usd, quarter_start_years + QUARTER_YEARS)
