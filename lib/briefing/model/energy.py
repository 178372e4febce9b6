"""Energy: what the announced gigawatt draws, drinks, emits and pays for power.

For the whole ceiling of the announcement, in the reading of a gigawatt that is assumed. Emissions
are counted three ways: of the grid where the site stands, less what clean power covers there hour
by hour, and less what contracts match over a year. All are (draws, 1).
"""

import numpy as np

from briefing.model.buildout import COMPUTERS
from briefing.model.measures.power import (
    HOURS_PER_YEAR,
    MEGAWATTS_PER_GIGAWATT,
    Site,
    site,
    site_gw_of_it,
)

Array = np.ndarray

KILOWATT_HOURS_PER_MWH = 1e3


def meter_gw(
    capacity_option_gw: Array, load_reading: Array, usage_effectiveness_multiple: Array
) -> Array:
    """Power at the meter of the announced ceiling."""
    computers = site_gw_of_it(capacity_option_gw, usage_effectiveness_multiple)
    return np.where(load_reading == COMPUTERS, computers, capacity_option_gw)


def ceiling_site(
    meter_gw: Array,
    usage_effectiveness_multiple: Array,
    grace_blackwell_rack_kw: Array,
    compute_rack_share: Array,
    rack_gpu_count: Array,
    site_load_share: Array,
    grid_kgco2_per_kwh: Array,
    water_litres_per_kwh: Array,
) -> Site:
    """All that the ceiling holds, draws, emits and drinks in a year at its average load."""
    return site(
        meter_gw,
        usage_effectiveness_multiple,
        grace_blackwell_rack_kw / compute_rack_share,
        rack_gpu_count,
        site_load_share,
        grid_kgco2_per_kwh * KILOWATT_HOURS_PER_MWH,
        water_litres_per_kwh,
    )


def electricity_mwh_per_year(ceiling_site: Site) -> Array:
    """Electricity at the meter in a year."""
    return np.asarray(ceiling_site.mwh_per_year)


def computers_reading_mwh_per_year(
    capacity_option_gw: Array, usage_effectiveness_multiple: Array, site_load_share: Array
) -> Array:
    """Electricity in a year if the gigawatt is power of the computers, whichever is assumed.

    With nothing used beside them, a usage effectiveness of one, it is that of a gigawatt of site.
    """
    at_meter = site_gw_of_it(capacity_option_gw, usage_effectiveness_multiple)
    return np.asarray(at_meter) * MEGAWATTS_PER_GIGAWATT * HOURS_PER_YEAR * site_load_share


def cooling_mwh_per_year(
    electricity_mwh_per_year: Array, usage_effectiveness_multiple: Array
) -> Array:
    """The part of it that does not reach the computers: cooling, conversion and light."""
    return electricity_mwh_per_year * (1 - 1 / usage_effectiveness_multiple)


def site_water_m3_per_year(ceiling_site: Site) -> Array:
    """Water used on the site in a year; what power stations use is left out."""
    return np.asarray(ceiling_site.water_m3_per_year)


def location_tco2_per_year(ceiling_site: Site) -> Array:
    """Emissions of the grid for this electricity, location-based; no contract is netted."""
    return np.asarray(ceiling_site.tco2_per_year)


def hourly_tco2_per_year(location_tco2_per_year: Array, hourly_matched_share: Array) -> Array:
    """What is left when clean power of the same grid and hour is netted."""
    return location_tco2_per_year * (1 - hourly_matched_share)


def market_tco2_per_year(location_tco2_per_year: Array, yearly_matched_share: Array) -> Array:
    """What is left when contracts for clean power of any hour and grid are netted over the year.

    As the usual market-based account has it (GHG Protocol, Scope 2 Guidance).
    """
    return location_tco2_per_year * (1 - yearly_matched_share)


def power_bill_usd_per_year(
    electricity_mwh_per_year: Array, power_price_usd_per_kwh: Array
) -> Array:
    """What the electricity costs in a year."""
    return electricity_mwh_per_year * KILOWATT_HOURS_PER_MWH * power_price_usd_per_kwh


def power_bill_rent_share(
    power_bill_usd_per_year: Array, capacity_option_gw: Array, tenant_cost_usd_per_gw_year: Array
) -> Array:
    """That bill over the rent of the same capacity."""
    rent = capacity_option_gw * tenant_cost_usd_per_gw_year
    return np.divide(
        power_bill_usd_per_year, rent, out=np.zeros(np.shape(rent * power_bill_usd_per_year)),
        where=rent > 0,
    )  # fmt: skip


def power_price_exposure_usd_per_year(electricity_mwh_per_year: Array) -> Array:
    """What one cent more for a kilowatt-hour costs in a year."""
    return electricity_mwh_per_year * KILOWATT_HOURS_PER_MWH * 0.01


def carbon_bill_usd_per_year(
    location_tco2_per_year: Array, carbon_price_usd_per_tco2: Array
) -> Array:
    """What the assumed price on carbon adds in a year, charged on what the grid emits."""
    return location_tco2_per_year * carbon_price_usd_per_tco2


def power_kgco2_per_gpu_hour(
    grid_kgco2_per_kwh: Array,
    electricity_mwh_per_year: Array,
    ceiling_site: Site,
) -> Array:
    """Emissions of the grid for an hour of one chip, at the site's average load."""
    hours = np.asarray(ceiling_site.gpus) * HOURS_PER_YEAR
    kwh = electricity_mwh_per_year * KILOWATT_HOURS_PER_MWH
    return grid_kgco2_per_kwh * np.divide(kwh, hours, out=np.zeros(hours.shape), where=hours > 0)


def average_load_gw(meter_gw: Array, site_load_share: Array) -> Array:
    """Average draw of the ceiling."""
    return meter_gw * site_load_share
