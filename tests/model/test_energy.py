"""Energy: electricity, water, carbon and bills of the announced gigawatt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import energy
from briefing.model.measures.power import Site

ONE = np.ones((1, 1))


def ceiling(gw=1.0, pue=1.12, load=0.85, kg=0.37, litres=0.4):
    return energy.ceiling_site(
        ONE * gw, ONE * pue, ONE * 132, ONE, ONE * 72, ONE * load, ONE * kg, ONE * litres
    )


def test_the_published_gigawatt_comes_out():
    # Case energy_1gw_a: 1 GW, PUE 1.12, racks of 132 kW, 85% load, 370 kg/MWh, 0.4 l/kWh.
    site = ceiling()
    assert energy.electricity_mwh_per_year(site).item() == pytest.approx(7_446_000)
    assert energy.location_tco2_per_year(site).item() == pytest.approx(2_755_020)
    assert energy.site_water_m3_per_year(site).item() == pytest.approx(2_659_285.714)
    assert np.asarray(site.gpus).item() == pytest.approx(487_012.987)


@given(st.floats(0.01, 10), st.floats(1, 2), st.floats(0.1, 0.5))
def test_energy_is_linear_in_load_and_in_power(gw, pue, load):
    once = energy.electricity_mwh_per_year(ceiling(gw, pue, load))
    assert energy.electricity_mwh_per_year(ceiling(gw, pue, 2 * load)).item() == pytest.approx(
        2 * once.item()
    )
    assert energy.electricity_mwh_per_year(ceiling(2 * gw, pue, load)).item() == pytest.approx(
        2 * once.item()
    )


@given(st.floats(1, 2))
def test_a_gigawatt_of_computers_takes_more_at_the_meter(pue):
    facility, computers = (
        energy.meter_gw(ONE, np.array([[reading]]), ONE * pue).item()
        for reading in ("facility", "computers")
    )
    assert facility == 1
    assert computers == pytest.approx(pue)


def test_the_whole_site_is_a_row_of_the_grid_of_computers(latest):
    site = energy.computers_reading_mwh_per_year(ONE, ONE, ONE * latest.site_load_share)
    assert site.item() == pytest.approx(latest.electricity_mwh_per_year)
    both = latest.what_if(load_reading="computers")
    assert both.electricity_mwh_per_year == pytest.approx(both.computers_reading_mwh_per_year)


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_matched_is_netted_and_never_more_than_was_emitted(hourly, yearly):
    grid = ONE * 3e6
    assert energy.hourly_tco2_per_year(grid, ONE * hourly).item() == pytest.approx(
        3e6 * (1 - hourly)
    )
    assert 0 <= energy.market_tco2_per_year(grid, ONE * yearly).item() <= 3e6


def test_bills_by_hand():
    # 7 TWh at 8 cents, and 3 million tonnes at 30 dollars.
    power = energy.power_bill_usd_per_year(ONE * 7e6, ONE * 0.08)
    assert power.item() == pytest.approx(560e6)
    assert energy.carbon_bill_usd_per_year(ONE * 3e6, ONE * 30).item() == pytest.approx(90e6)
    assert energy.power_price_exposure_usd_per_year(ONE * 7e6).item() == pytest.approx(70e6)
    assert energy.power_bill_rent_share(power, ONE, ONE * 11e9).item() == pytest.approx(0.56 / 11)


def test_no_ceiling_draws_nothing_and_divides_by_nothing():
    nothing = Site(*(ONE * 0 for _ in Site._fields))
    assert energy.electricity_mwh_per_year(nothing).item() == 0
    assert energy.power_bill_rent_share(ONE * 0, ONE * 0, ONE * 11e9).item() == 0
    assert energy.power_kgco2_per_gpu_hour(ONE * 0.4, ONE * 0, nothing).item() == 0


def test_an_hour_of_a_chip_by_hand():
    # 8.76 TWh over 500 thousand chips: 2 kWh an hour each.
    site = Site(*(ONE * 0 for _ in Site._fields))._replace(gpus=ONE * 500_000)
    assert energy.power_kgco2_per_gpu_hour(ONE * 0.4, ONE * 8.76e6, site).item() == pytest.approx(
        0.8
    )


def test_what_does_not_reach_the_computers_is_the_rest_of_the_site(latest):
    reaching = latest.electricity_mwh_per_year / latest.usage_effectiveness_multiple
    assert latest.cooling_mwh_per_year == pytest.approx(latest.electricity_mwh_per_year - reaching)
