import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.power import site, site_gw_of_it

USUAL = {
    "site_gw": 1.0,
    "usage_effectiveness_multiple": 1.25,
    "rack_kw": 100.0,
    "gpus_per_rack": 72.0,
    "load_share": 0.5,
    "kgco2_per_mwh": 400.0,
    "water_litres_per_it_kwh": 2.0,
}


def test_a_gigawatt_by_hand():
    found = site(**USUAL)
    assert found.it_kw == 800_000
    assert (found.racks, found.gpus) == (8_000, 576_000)
    assert found.mwh_per_year == 4_380_000
    assert found.tco2_per_year == 1_752_000
    assert found.water_m3_per_year == 800_000 * 4_380 * 2 / 1_000


@given(times=st.floats(0.01, 100))
def test_all_that_is_counted_grows_with_the_site(times):
    usual, larger = site(**USUAL), site(**{**USUAL, "site_gw": times})
    assert larger == pytest.approx(tuple(times * each for each in usual))


def test_a_gigawatt_of_computers_holds_more_racks_than_one_at_the_meter():
    at_meter = site(**USUAL)
    of_computers = site(**{**USUAL, "site_gw": site_gw_of_it(1.0, 1.25)})
    assert of_computers.racks == pytest.approx(1.25 * at_meter.racks)


def test_draws_are_counted_each_by_itself():
    drawn = site(**{**USUAL, "rack_kw": np.array([[100.0], [200.0]])})
    assert np.ravel(drawn.gpus).tolist() == [576_000, 288_000]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"usage_effectiveness_multiple": 0.9}, "0.9 must be at least 1, for the whole site"),
        ({"rack_kw": 0}, "rack_kw 0 must exceed 0"),
        ({"load_share": 1.1}, "load_share 1.1 must be at most 1"),
        ({"site_gw": -1}, "site_gw -1 must be at least 0"),
    ],
)
def test_a_site_that_cannot_be_is_refused(change, told):
    with pytest.raises(ValueError, match=told):
        site(**{**USUAL, **change})
