"""Build-out: what a gigawatt holds, when it could stand, and what a quarter's delay costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import buildout
from briefing.model.measures.discounting import annuity

ONE = np.ones((1, 1))


def decoded(pue=1.2, rack_share=1.0, blackwell_kw=125.0, rubin_kw=200.0, rent=10.0e9):
    return buildout.decoded_gigawatts(
        ONE * pue, ONE * rack_share, ONE * blackwell_kw, ONE * rubin_kw, ONE * 72,
        ONE * 40e9, ONE * 55e9, ONE * rent,
    )  # fmt: skip


def steps(contract=1.0, head=0.0, grid=4.0, own=4.0, transformer=2.0, cooling=1.0, building=2.0,
          chips=0.5, rubin=0.0, delay=0.0):  # fmt: skip
    given_years = (contract, head, grid, own, transformer, cooling, building, chips, rubin, delay)
    return buildout.build_steps(*(ONE * each for each in given_years))


def whole(commissioning=0.5, **years):
    return buildout.whole_gigawatt_years(steps(**years), ONE * commissioning).item()


def test_a_gigawatt_of_computers_in_racks_of_125_kilowatts_by_hand():
    site, _, computers, _ = decoded()
    # 1,000,000 kW / 125 kW are 8,000 racks of 72; at the meter a sixth goes elsewhere.
    assert computers.gpus.item() == pytest.approx(576_000)
    assert site.racks.item() == pytest.approx(8_000 / 1.2)
    # 10 billion over 480,000 chips and 8,760 hours.
    assert site.rent_usd_per_gpu_hour.item() == pytest.approx(10e9 / (480_000 * 8_760))


@given(st.floats(1.0, 2.0), st.floats(0.3, 1.0), st.floats(50, 300), st.floats(50, 300))
def test_a_site_draws_no_less_than_its_computers(pue, share, blackwell, rubin):
    for each in decoded(pue, share, blackwell, rubin):
        assert each.site_gw.item() >= each.it_gw.item() * (1 - 1e-12)
        assert each.site_gw.item() == pytest.approx(each.it_gw.item() * pue)


@pytest.mark.parametrize("case", ["deal_day", "latest"])
def test_racks_of_a_site_come_near_the_published_count(case, request):
    # About 5,500 racks and 400 thousand chips for each all-in gigawatt (fact gw-racks).
    site = request.getfixturevalue(case).decoded_gigawatts[0]
    assert site.racks.item() == pytest.approx(5_500, rel=0.05)
    assert site.gpus.item() == pytest.approx(400_000, rel=0.05)


def test_thirty_billions_rent_as_the_ledger_s_notes_reckon(latest):
    # 30 at 11 a gigawatt-year: about 2.7 gigawatt-years, or 0.55 GW for five years.
    assert latest.commitment_gw_years == pytest.approx(30 / 11)
    assert latest.commitment_average_gw == pytest.approx(0.55, abs=0.005)


def test_the_price_of_an_hour_spends_the_commitment_and_no_more(latest):
    chips = latest.decoded_gigawatts[0].gpus.item()
    hours = chips * 8_760 * latest.azure_term_years * latest.gpu_busy_share
    assert latest.nested_usd_per_gpu_hour * hours == pytest.approx(latest.azure_commitment_usd)


def test_a_nested_gigawatt_adds_nothing_and_no_reading_exceeds_the_ceiling(latest):
    nested, headline = latest.what_if(gw_reading="nested"), latest.what_if(firmness="headline")
    assert nested.contracted_option_gw == 0
    assert headline.contracted_option_gw == latest.capacity_option_gw == 1
    assert latest.what_if(firmness="firm").contracted_option_gw == 0
    drawn = latest.draws(200).contracted_option_gw
    assert np.all((drawn >= 0) & (drawn <= 1))
    assert 0 < drawn.mean() < drawn.max()


def test_power_is_late_and_the_sooner_of_two_sources_counts():
    assert whole() == 1 + 4 + 0.5
    assert whole(own=2.5) == 1 + 2.5 + 0.5
    assert whole(own=0.0, grid=0.0) == 1 + 2 + 0.5  # transformers and buildings
    assert whole(head=4.0) == 1 + 0.5 + 0.5  # chips, which have no head start


def test_a_delay_holds_up_power_and_buildings_and_not_the_chips():
    assert whole(delay=1.5) == whole() + 1.5
    assert steps(delay=1.5)[-1].ready_years == steps()[-1].ready_years


def test_chips_wait_for_the_newer_generation():
    assert whole(head=9.0, rubin=3.0) == 3.0 + 0.5


@given(*(st.floats(0, 6) for _ in range(5)), st.floats(0, 3))
def test_no_step_that_takes_longer_brings_the_gigawatt_forward(
    grid, own, head, building, chips, more
):
    given_years = {"grid": grid, "own": own, "head": head, "building": building, "chips": chips}
    for name in ("grid", "own", "building", "chips"):
        assert whole(**given_years | {name: given_years[name] + more}) >= whole(**given_years)
    assert whole(**given_years | {"head": head + more}) <= whole(**given_years)


def test_the_first_part_comes_with_the_chips_or_a_ramp_before_the_whole():
    def first(ramp, **years):
        built, ready = steps(**years), ONE * 0.5
        last = buildout.whole_gigawatt_years(built, ready)
        return buildout.first_capacity_years(last, ONE * ramp, built, ready).item()

    assert first(ramp=2.0) == 5.5 - 2
    assert first(ramp=9.0) == 1 + 0.5 + 0.5
    assert first(ramp=2.0, head=4.0) == whole(head=4.0)


def test_nothing_is_contracted_before_the_briefing(deal_day, latest):
    for case in (deal_day, latest):
        assert np.all(case.draws(50).option_contract_years >= case.years_to_as_of)


def test_a_quarter_of_a_gigawatt_by_hand():
    # Rent 12 a year: 3 a quarter, of which 0.8 comes as revenue at the margin.
    rent = ONE * 12e9
    revenue = buildout.anthropic_unserved_revenue_usd(rent, ONE * 0.8)
    saved = buildout.anthropic_rent_saved_usd(rent)
    assert (revenue.item(), saved.item()) == pytest.approx((2.4e9, 3e9))
    assert buildout.anthropic_delay_cost_usd(revenue, saved).item() == pytest.approx(-0.6e9)
    # Chips of 30 billion wear out in five years and should earn 10%: 30 * 0.3 / 4.
    idle = buildout.microsoft_idle_cost_usd(ONE * 45e9, ONE * 2 / 3, ONE * 5.0, ONE * 0.1)
    assert idle.item() == pytest.approx(2.25e9)
    # A sale of 20 at 70%, a quarter later at 10%: 14 * (1 - 1.1 ** -0.25).
    nvidia = buildout.nvidia_delay_cost_usd(ONE * 20e9, ONE, ONE * 0.7, ONE * 0.1)
    assert nvidia.item() == pytest.approx(14e9 * (1 - 1.1**-0.25))


def test_money_without_a_price_can_wait():
    later = buildout.microsoft_delay_cost_usd(ONE * 11e9, ONE * 0.25, ONE * 5.0, ONE * 0.0)
    assert later.item() == 0


@given(st.floats(0.001, 0.5), st.floats(0.1, 30))
def test_an_annuity_is_worth_less_than_its_payments_and_less_than_one_forever(rate, years):
    worth = annuity(np.array(rate), np.array(years))
    assert 0 < worth <= years
    assert worth <= 1 / np.log1p(rate)


def test_chips_that_live_as_long_as_the_term_need_no_others(latest):
    assert latest.what_if(azure_term_years=5, gpu_life_years=5).second_chips_usd == 0
    # Six years with chips of four: a third is left, half a life of further chips.
    short = latest.what_if(azure_term_years=6, gpu_life_years=4)
    assert short.commitment_beyond_chips_share == pytest.approx(1 / 3)
    chips = short.commitment_average_gw * short.build_cost_usd_per_gw
    assert short.second_chips_usd == pytest.approx(0.5 * chips * short.chips_in_build_cost_share)
